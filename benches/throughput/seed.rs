//! SQL that fills a town's database with vouchers, each with its event, postings and request.
//! No chain and no audit: it is there to be of the right size.

use pass_numerique::{domain::usage::Figures, store::Location};

/// Where seeded seqs begin: what stands before is the founding.
pub const FIRST_SEQ: i64 = 1_000_000;

struct Dialect {
    prepare: &'static str,
    series: &'static str,
    random_id: &'static str,
    tag: &'static str,
    hash: &'static str,
    request: &'static str,
    finish: &'static str,
}

const SQLITE: Dialect = Dialect {
    prepare: "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
        CREATE TEMP TABLE template AS SELECT * FROM voucher;
        CREATE INDEX temp.template_programme ON template (programme);",
    series: "WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < $N)",
    random_id: "random() & 9223372036854775807",
    tag: "randomblob(16)",
    hash: "zeroblob(32)",
    request: "CAST(printf('%016d', i) AS BLOB)",
    finish: "PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);",
};

const POSTGRES: Dialect = Dialect {
    prepare: "CREATE TEMP TABLE template AS SELECT * FROM voucher;",
    series: "WITH s AS (SELECT i FROM generate_series(0::BIGINT, $N - 1) AS i)",
    random_id: "('x' || md5(i::TEXT))::BIT(64)::BIGINT & 9223372036854775807",
    tag: "decode(md5('t' || i), 'hex')",
    hash: "decode(repeat('00', 32), 'hex')",
    request: "convert_to(lpad(i::TEXT, 16, '0'), 'UTF8')",
    finish: "ANALYZE; CHECKPOINT;",
};

/// The statements that add `vouchers`, shared out over the programmes there are.
pub fn statements(location: &Location, vouchers: usize) -> String {
    let dialect = match location {
        Location::Sqlite(_) => &SQLITE,
        Location::Postgres(_) => &POSTGRES,
    };
    let Dialect { prepare, series, random_id, tag, hash, request, finish } = dialect;
    let series = series.replace("$N", &vouchers.to_string());
    let first = "i / (SELECT COUNT(*) FROM template) * 10 + 10";
    let numbers: Vec<String> = (0..10).map(|n| format!("({first} + {n})")).collect();
    let (workshops, cents) = (vouchers * 10, vouchers * 10_000);
    let numbers = numbers.join(" || ',' || ");
    format!(
        "{prepare} BEGIN;
        {series} INSERT INTO voucher SELECT {FIRST_SEQ} + i, {FIRST_SEQ} + i, t.batch,
            {random_id}, t.programme, t.version,
            t.issuer, t.agent, t.payload, t.workshops, t.first_day, t.last_day, t.standing, t.life,
            t.money, '[' || {numbers} || ']', '[]', NULL, NULL, 0, NULL, 'S' || i, {tag}
            FROM s JOIN template t
            ON t.programme = 1 + i % (SELECT COUNT(*) FROM template);
        {series} INSERT INTO event SELECT {FIRST_SEQ} + i, 'seeded', 0, 0, 20000, NULL, NULL, 1,
            i, NULL, NULL, '{{\"kind\":\"seeded\"}}', {hash} FROM s;
        {series} INSERT INTO posting SELECT {FIRST_SEQ} + i, line, 1 + line, 600, i * 600, 0
            FROM s CROSS JOIN (SELECT 0 AS line UNION ALL SELECT 1 UNION ALL SELECT 2
            UNION ALL SELECT 3) AS lines;
        {series} INSERT INTO request SELECT 'o1', {request}, {hash}, '{{}}', 0 FROM s;
        UPDATE head SET seq = {FIRST_SEQ} + {vouchers}, voucher = {FIRST_SEQ} + {vouchers};
        UPDATE programme SET next_number = next_number + {workshops};
        UPDATE account SET credit_cents = credit_cents + {cents}
            WHERE stage = 'committed';
        COMMIT; {finish}"
    )
}

/// Daily figures of one programme with two funders: a cell of counts and two of money for each
/// venue and day.
pub fn usage(days: i64, venues: i64) -> String {
    format!(
        "WITH RECURSIVE d(day) AS (SELECT 20000 UNION ALL SELECT day + 1 FROM d
            WHERE day + 1 < 20000 + {days}),
        v(venue) AS (SELECT 1000 UNION ALL SELECT venue + 1 FROM v
            WHERE venue + 1 < 1000 + {venues}),
        f(funder) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2)
        INSERT INTO usage_day SELECT day, 1, 1, venue, '93', 'everyday_tools', funder,
            0, 0, 0, 0, 2, 40, 3, 14, 14, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 8400, 0, 0
        FROM d CROSS JOIN v CROSS JOIN f"
    )
}

/// The months of those days, as the writer would have summed them on the days after.
pub fn months(location: &Location) -> String {
    let month = match location {
        Location::Sqlite(_) => "CAST(strftime('%Y%m', day * 86400, 'unixepoch') AS INTEGER)",
        Location::Postgres(_) => "to_char(DATE '1970-01-01' + day::INTEGER, 'YYYYMM')::BIGINT",
    };
    let sums: Vec<_> = Figures::NAMES.iter().map(|name| format!("SUM({name})")).collect();
    let (key, sums) = ("programme, issuer, venue, territory, service, funder", sums.join(", "));
    format!(
        "INSERT INTO usage_month SELECT {month}, {key}, {sums} FROM usage_day
            WHERE day BETWEEN 20000 AND 20700 GROUP BY 1, {key}"
    )
}

/// So many events of one programme from a number on, each with four postings, spread over the 30
/// days from `day` on.
pub fn journal(location: &Location, first: i64, events: i64, day: i64) -> String {
    let dialect = match location {
        Location::Sqlite(_) => &SQLITE,
        Location::Postgres(_) => &POSTGRES,
    };
    let Dialect { series, hash, finish, .. } = dialect;
    let series = series.replace("$N", &events.max(1).to_string());
    format!(
        "BEGIN;
        {series} INSERT INTO event SELECT {first} + i, 'redeemed', 0, 0, {day} + i % 30, NULL,
            NULL, 1, NULL, NULL, NULL, '{{\"kind\":\"redeemed\"}}', {hash} FROM s
            WHERE i < {events};
        {series} INSERT INTO posting SELECT {first} + i, line, 1 + line, 600, i * 600, 0
            FROM s CROSS JOIN (SELECT 0 AS line UNION ALL SELECT 1 UNION ALL SELECT 2
            UNION ALL SELECT 3) AS lines WHERE i < {events};
        COMMIT; {finish}"
    )
}
