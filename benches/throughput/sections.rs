//! What is measured, one function a table.
//! No set-up of databases (`town.rs`, `seed.rs`) and no statements (`baseline.rs`).

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

use pass_numerique::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant, Zone},
        feed::{ENTRY_BYTES, Entry},
        ids::{ProgrammeId, Seq},
        usage::{Breakdown, UsageFilter},
    },
    store::MonthSlice,
};

use crate::{
    Plan,
    baseline::{Client, Clients, RAW},
    contest::{Contender, Figure, contest},
    machine::{median, now, writers_cpu},
    town::{Shape, Town, Visit, location},
};

/// People who wait for an answer at the same time.
pub const CLIENTS: usize = 64;

pub fn heading(text: &str) {
    println!("\n### {text}\n");
}

/// The figures, each with its ratio to those it is compared with.
pub fn print(figures: &[Figure], against: &[usize]) {
    let of: Vec<String> = against.iter().map(|at| format!(" ÷ {} |", figures[*at].name)).collect();
    println!("| | per second | p50 ms | p99 ms |{}", of.concat());
    println!("|---|---:|---:|---:|{}", "---:|".repeat(against.len()));
    for Figure { name, a_second, p50_ms, p99_ms } in figures {
        let ratios: Vec<String> = against
            .iter()
            .map(|at| format!(" {:.2} |", a_second / figures[*at].a_second))
            .collect();
        println!("| {name} | {a_second:.0} | {p50_ms:.2} | {p99_ms:.2} |{}", ratios.concat());
    }
}

/// Redemptions through the engine, beside the naive way, row by row, and raw commits.
pub fn engine(plan: &Plan) {
    for (database, server) in plan.servers() {
        heading(&format!("Redemptions, {database}"));
        let town = || Town::found(location(&plan.folder, server), Shape::usual(plan.vouchers));
        let (ours, naive, rows) = (town(), town(), town());
        let pool = Clients::of(&naive.location);
        let alone = Mutex::new(Client::of(&rows.location));
        let raw: Vec<_> = (0..16).map(|_| Mutex::new(Client::of(&rows.location))).collect();
        rows.execute(&RAW.replace("$BYTES", server.map_or("BLOB", |_| "BYTEA")));
        let id = AtomicI64::new(0);
        let insert = |client: usize| {
            raw[client].lock().unwrap().insert_raw(id.fetch_add(1, Ordering::Relaxed));
        };
        let (now, batch) = (ours.now, 64);
        let mut contenders = vec![
            Contender::new("raw, 1 client", 1, insert),
            Contender::new("naive, 64 clients", CLIENTS, |_| pool.redeem(naive.visit(), now)),
            Contender::new("engine, 1 client", 1, |_| ours.redeem()),
            Contender::new("engine, 64 clients", CLIENTS, |_| ours.redeem()),
            Contender::new("row by row, batches of 64", 1, |_| {
                let visits: Vec<Visit> = (0..batch).map(|_| rows.visit()).collect();
                alone.lock().unwrap().redeem(&visits, now);
            })
            .each(batch),
            // What the rows alone cost, whoever writes them.
            Contender::new("row by row, one a commit", 1, |_| {
                alone.lock().unwrap().redeem(&[rows.visit()], now);
            }),
        ];
        let mut against = vec![0, 1, 4, 5];
        if server.is_some() {
            contenders.push(Contender::new("raw, 16 clients", 16, insert));
            against.push(6);
        }
        print(&contest(&contenders, plan.rounds, plan.time), &against);
    }
}

/// CPU of the writer's thread for a redemption with two co-funders. What it costs depends on how
/// many share a commit: two numbers of clients give two sizes of batches.
pub fn writer(plan: &Plan) {
    heading("CPU of the writer, two co-funders");
    println!("| | µs a redemption | redemptions a batch |\n|---|---:|---:|");
    for (database, server) in plan.servers() {
        for clients in [CLIENTS, 2 * CLIENTS] {
            let town = Town::found(location(&plan.folder, server), Shape::usual(plan.vouchers));
            let (mut cpu, mut sizes) = (Vec::new(), Vec::new());
            for _ in 0..=plan.rounds {
                let (before, counts) = (writers_cpu().unwrap_or_default(), town.writer.counts());
                let run = [Contender::new("", clients, |_| town.redeem())];
                contest(&run, 1, plan.time);
                let after = town.writer.counts();
                let done = (after.commands - counts.commands) as f64;
                let used = writers_cpu().unwrap_or_default().saturating_sub(before);
                cpu.push(used.as_secs_f64() * 1e6 / done);
                sizes.push(done / (after.batches - counts.batches) as f64);
            }
            let (cpu, size) = (median(&cpu), median(&sizes));
            println!("| {database}, {clients} clients | {cpu:.1} | {size:.1} |");
        }
    }
}

/// One funder behind all redemptions, against a thousand.
pub fn hot_funder(plan: &Plan) {
    for (database, server) in plan.servers() {
        heading(&format!("One funder against 1,000, {database}"));
        let shape = Shape { funders: 1, ..Shape::usual(plan.vouchers) };
        let one = Town::found(location(&plan.folder, server), shape);
        let shape = Shape { programmes: 1_000, ..shape };
        let many = Town::found(location(&plan.folder, server), shape);
        let contenders = [
            Contender::new("1,000 funders", CLIENTS, |_| many.redeem()),
            Contender::new("1 funder", CLIENTS, |_| one.redeem()),
        ];
        print(&contest(&contenders, plan.rounds, plan.time), &[0]);
    }
}

/// A few vouchers in the file against very many.
pub fn growth(plan: &Plan) {
    for (database, server) in plan.servers() {
        heading(&format!("Vouchers in the file, {database}"));
        let few = 10_000;
        let found = |vouchers| Town::found(location(&plan.folder, server), Shape::usual(vouchers));
        let (small, large) = (found(few), found(plan.grown));
        // Few vouchers have few workshops: shorter turns.
        let time = plan.time / 4;
        let contenders = [
            Contender::new(&format!("{few} vouchers"), CLIENTS, |_| small.redeem()),
            Contender::new(&format!("{} vouchers", plan.grown), CLIENTS, |_| large.redeem()),
        ];
        print(&contest(&contenders, plan.rounds, time), &[0]);
        drop(contenders);
        feed(&large);
        let place = large.location.clone();
        large.end();
        crate::program::start(&place, &plan.folder, plan.rounds);
    }
}

/// What a device reads that begins its feed: every voucher of its programme, page by page.
fn feed(town: &Town) {
    let (programme, today) = ([ProgrammeId(1)], town.now.day(&Zone::paris()));
    let (mut times, mut entries) = (Vec::new(), 0);
    let (mut number, mut until) = (0, None);
    loop {
        let begin = now();
        let page = town.database.vouchers_from(&programme, number, until).unwrap();
        let told = page.vouchers.iter().filter_map(|voucher| {
            let entry = Entry::of(voucher, today)?;
            (!entry.follows_from(voucher)).then_some(entry)
        });
        entries += told.count();
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        (number, until) = (page.next, Some(page.until));
        if page.next == 0 {
            break;
        }
    }
    let (pages, all_ms, page_ms) = (times.len(), times.iter().sum::<f64>(), median(&times));
    let bytes = entries * ENTRY_BYTES;
    println!(
        "\nA device's feed from its beginning: {all_ms:.0} ms in {pages} pages of {page_ms:.0} ms; \
         {entries} vouchers are told of, in {bytes} bytes."
    );
}

/// A funder's report with few and with many days and venues behind it.
pub fn report(plan: &Plan) {
    const YEAR: i64 = 365;
    for (database, server) in plan.servers() {
        heading(&format!("A funder's report, {database}"));
        println!(
            "| postings | cells of usage | one sum, ms | by month, ms |\n|---:|---:|---:|---:|"
        );
        for venues in [10, 500] {
            let town = Town::found(location(&plan.folder, server), Shape::usual(1_000));
            town.execute(&crate::seed::usage(YEAR, venues));
            town.execute(&crate::seed::months(&town.location));
            // A cell of counts and two of money stand for about 14 redemptions of 4 lines.
            let redemptions = YEAR * venues * 14;
            let funder = pass_numerique::domain::ids::FunderId(1);
            let filter = UsageFilter { funder: Some(funder), ..UsageFilter::of(Tenant::Any) };
            let timed = |by| {
                let times: Vec<f64> = (0..plan.rounds * 4)
                    .map(|_| {
                        let begin = now();
                        assert!(!town.database.usage(by, &filter).unwrap().is_empty());
                        begin.elapsed().as_secs_f64() * 1e3
                    })
                    .collect();
                median(&times)
            };
            let (sum, months) = (timed(Breakdown::None), timed(Breakdown::Month));
            let (postings, cells) = (redemptions * 4, YEAR * venues * 3);
            println!("| {postings} | {cells} | {sum:.1} | {months:.1} |");
        }
    }
}

/// The pass over a month's journal that its statements are made of, with few and with many postings
/// of earlier months behind it.
pub fn statement(plan: &Plan) {
    const MONTH: i64 = 25_000;
    for (database, server) in plan.servers() {
        heading(&format!("The statements of a month, {database}"));
        println!("| postings before it | postings of the month | one pass, ms |\n|---:|---:|---:|");
        for behind in [0, i64::try_from(plan.grown / 4).unwrap()] {
            let town = Town::found(location(&plan.folder, server), Shape::usual(1_000));
            let first = 2 * crate::seed::FIRST_SEQ;
            let begin = first + behind;
            town.execute(&crate::seed::journal(&town.location, first, behind, 20_000));
            town.execute(&crate::seed::journal(&town.location, begin, MONTH, 20_100));
            let slice = MonthSlice {
                programme: ProgrammeId(1),
                from: Seq(begin),
                through: Seq(begin + MONTH),
                first_day: Day(20_100),
                last_day: Day(20_129),
                begins: Instant(0),
            };
            let times: Vec<f64> = (0..plan.rounds * 4)
                .map(|_| {
                    let begin = now();
                    assert!(!town.database.flows(&slice).unwrap().is_empty());
                    begin.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            println!("| {} | {} | {:.0} |", behind * 4, MONTH * 4, median(&times));
        }
    }
}
