//! Writing a batch on PostgreSQL: one statement for all its rows, however many there are.
//! No rules; no statement a row.

use diesel::prelude::*;

use super::{
    super::schema::*,
    Batch,
    unnest::{Columns, Part, Together, columns},
};
use crate::domain::usage::{Figures, with_figures};

/// Rows of a table by which another writer would find them: the key of an upsert.
const USAGE_KEY: &str = "day, programme, issuer, venue, territory, service, funder";

pub(super) fn write(conn: &mut PgConnection, batch: &Batch) -> QueryResult<()> {
    // First of all: the parts of one statement do not see each other, and a freed number may be
    // taken again in the same batch.
    for key in &batch.freed {
        diesel::delete(workshop::table.find(*key)).execute(conn)?;
    }
    for (scope, id) in &batch.forgotten {
        diesel::delete(request::table.find((scope, id))).execute(conn)?;
    }
    let mut parts = journal(batch);
    parts.extend(vouchers(batch));
    parts.extend(accounts(batch));
    parts.extend(figures(batch));
    parts.retain(|part| !part.columns.is_empty());
    if !parts.is_empty() {
        Together(parts).execute(conn)?;
    }
    Ok(())
}

fn insert<'a>(table: &str, columns: Columns<'a>, conflict: &str) -> Part<'a> {
    let before = format!("INSERT INTO {table} ({}) SELECT * FROM UNNEST(", columns.names);
    let after = if conflict.is_empty() { ")".to_owned() } else { format!(") {conflict}") };
    Part { before, columns, after }
}

fn journal(batch: &Batch) -> Vec<Part<'_>> {
    let events = columns!(
        batch.events,
        seq,
        kind,
        occurred_at,
        recorded_at,
        day,
        actor,
        device,
        programme,
        voucher,
        previous,
        reverses,
        content,
        hash
    );
    let postings =
        columns!(batch.postings, event, line, account, amount_cents, debit_after, credit_after);
    let requests = columns!(batch.requests, scope, id, hash, outcome, recorded_at);
    let head = columns!(
        batch.head,
        id,
        seq,
        hash,
        account,
        funder,
        issuer,
        organisation,
        venue,
        person,
        programme,
        voucher
    );
    let end = "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, \
        account = excluded.account, funder = excluded.funder, issuer = excluded.issuer, \
        organisation = excluded.organisation, venue = excluded.venue, \
        person = excluded.person, programme = excluded.programme, voucher = excluded.voucher";
    vec![
        insert("event", events, ""),
        insert("posting", postings, ""),
        insert("request", requests, ""),
        insert("head", head, end),
    ]
}

fn vouchers(batch: &Batch) -> Vec<Part<'_>> {
    let new = columns!(
        batch.new_vouchers,
        number,
        issued_seq,
        batch,
        id,
        programme,
        version,
        issuer,
        agent,
        payload,
        workshops,
        first_day,
        last_day,
        standing,
        life,
        money,
        free,
        uses,
        predecessor,
        successor,
        begun,
        last_event,
        reference,
        code_tag
    );
    // What a voucher was issued with never changes; stock has its version from its activation.
    let old = columns!(
        batch.old_vouchers,
        number,
        version,
        first_day,
        last_day,
        standing,
        life,
        money,
        free,
        uses,
        successor,
        last_event
    );
    let update = Part {
        before: "UPDATE voucher SET version = n.version, first_day = n.first_day, \
            last_day = n.last_day, standing = n.standing, life = n.life, money = n.money, \
            free = n.free, uses = n.uses, successor = n.successor, \
            last_event = n.last_event FROM UNNEST("
            .to_owned(),
        after: format!(") AS n ({}) WHERE voucher.number = n.number", old.names),
        columns: old,
    };
    let redemptions = columns!(
        batch.redemptions,
        seq,
        voucher,
        programme,
        venue,
        organisation,
        issuer,
        territory,
        workshops,
        content,
        occurred_at,
        recorded_at,
        actor
    );
    let taken = columns!(batch.taken, programme, version, number, redemption);
    vec![
        insert("voucher", new, ""),
        update,
        insert("redemption", redemptions, ""),
        insert("workshop", taken, ""),
    ]
}

fn accounts(batch: &Batch) -> Vec<Part<'_>> {
    const TOTALS: &str = "ON CONFLICT (id) DO UPDATE SET debit_cents = excluded.debit_cents, \
        credit_cents = excluded.credit_cents";
    let accounts = columns!(
        batch.accounts,
        id,
        programme,
        version,
        funder,
        stage,
        organisation,
        debit_cents,
        credit_cents
    );
    let ends = columns!(batch.day_ends, programme, day, seq);
    vec![
        insert("account", accounts, TOTALS),
        insert("day_end", ends, "ON CONFLICT (programme, day) DO UPDATE SET seq = excluded.seq"),
    ]
}

fn figures(batch: &Batch) -> Vec<Part<'_>> {
    macro_rules! rows {
        ($($(#[$doc:meta])* $name:ident,)+) => {
            columns!(
                batch.usage, day, programme, issuer, venue, territory, service, funder, $($name),+
            )
        };
    }
    let rows = with_figures!(rows);
    let sums: Vec<String> = Figures::NAMES
        .iter()
        .map(|name| format!("{name} = usage_day.{name} + excluded.{name}"))
        .collect();
    let add = format!("ON CONFLICT ({USAGE_KEY}) DO UPDATE SET {}", sums.join(", "));
    vec![insert("usage_day", rows, &add)]
}
