//! Writing a batch on SQLite: few rows a statement, each prepared once for the connection's life.
//! No rules; no text is built from values.

use std::{marker::PhantomData, sync::LazyLock};

use diesel::{
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Nullable, Text},
    sqlite::Sqlite,
};

use super::{super::schema::*, Batch, UsageDayRow, VoucherRow};
use crate::domain::usage::Figures;

/// A value that a statement is executed with.
trait Bound {
    fn bind<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

macro_rules! bound {
    ($($rust:ty as $sql:ty),+) => {$(
        impl Bound for $rust {
            fn bind<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                out.push_bind_param::<$sql, _>(self)
            }
        }
    )+};
}

bound!(i64 as BigInt, Option<i64> as Nullable<BigInt>, String as Text, Vec<u8> as Binary);

/// An update, or an insert of several rows. Diesel's own are prepared anew each time, since it
/// cannot know that their text is always the same; here `Name` says so.
///
/// All say `OR ROLLBACK`: a batch that meets a constraint is given up as a whole, and SQLite need
/// not copy each page for the case that a statement alone is undone.
struct Fixed<'a, Name> {
    /// Split where its values stand.
    text: &'a [String],
    values: Vec<&'a dyn Bound>,
    name: PhantomData<Name>,
}

impl<Name: 'static> QueryId for Fixed<'_, Name> {
    type QueryId = Name;
}

impl<Name> QueryFragment<Sqlite> for Fixed<'_, Name> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // Diesel writes a value's `?` itself.
        let mut text = self.text.iter();
        out.push_sql(text.next().map_or("", String::as_str));
        for (value, after) in self.values.iter().zip(text) {
            value.bind(out.reborrow())?;
            out.push_sql(after);
        }
        Ok(())
    }
}

impl<Name> RunQueryDsl<SqliteConnection> for Fixed<'_, Name> {}

type Parts = LazyLock<Vec<String>>;

fn parts(text: &str) -> Vec<String> {
    text.split('?').map(str::to_owned).collect()
}

/// Executes a fixed text for fields of a row: one use of this macro, one text.
macro_rules! fixed {
    ($conn:expr, $text:expr, $row:expr, [$($field:ident),+]) => {{
        struct Name;
        static TEXT: Parts = LazyLock::new(|| parts($text));
        let values: Vec<&dyn Bound> = vec![$(&$row.$field),+];
        Fixed { text: &TEXT, values, name: PhantomData::<Name> }.execute($conn)?
    }};
}

/// Rows of one statement, as long as there are so many: what a statement costs besides its rows
/// is then little.
const TOGETHER: usize = 8;

/// Inserts rows of a table: one use of this macro, two texts.
macro_rules! insert {
    ($conn:expr, $table:literal, $rows:expr, [$($field:ident),+]) => {{
        struct Several;
        struct One;
        const FIELDS: &[&str] = &[$(stringify!($field)),+];
        static SEVERAL: Parts = LazyLock::new(|| inserting($table, FIELDS, TOGETHER));
        static ONE: Parts = LazyLock::new(|| inserting($table, FIELDS, 1));
        let (several, rest) = $rows.as_chunks::<TOGETHER>();
        for rows in several {
            let values = rows.iter().flat_map(|row| -> [&dyn Bound; FIELDS.len()] {
                [$(&row.$field),+]
            });
            let values = values.collect();
            Fixed { text: &SEVERAL, values, name: PhantomData::<Several> }.execute($conn)?;
        }
        for row in rest {
            let values: Vec<&dyn Bound> = vec![$(&row.$field),+];
            Fixed { text: &ONE, values, name: PhantomData::<One> }.execute($conn)?;
        }
    }};
}

fn inserting(table: &str, fields: &[&str], rows: usize) -> Vec<String> {
    let row = format!("({})", vec!["?"; fields.len()].join(", "));
    let (fields, rows) = (fields.join(", "), vec![row; rows].join(", "));
    parts(&format!("INSERT OR ROLLBACK INTO {table} ({fields}) VALUES {rows}"))
}

pub(super) fn write(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    journal(conn, batch)?;
    for row in &batch.new_vouchers {
        diesel::insert_into(voucher::table).values(row).execute(conn)?;
    }
    for row in &batch.old_vouchers {
        update_voucher(conn, row)?;
    }
    insert!(
        conn,
        "redemption",
        batch.redemptions,
        [
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
        ]
    );
    for key in &batch.freed {
        diesel::delete(workshop::table.find(*key)).execute(conn)?;
    }
    insert!(conn, "workshop", batch.taken, [programme, version, number, redemption]);
    accounts(conn, batch)?;
    usage(conn, batch)?;
    for (scope, id) in &batch.forgotten {
        diesel::delete(request::table.find((scope, id))).execute(conn)?;
    }
    insert!(conn, "request", batch.requests, [scope, id, hash, outcome, recorded_at]);
    for row in &batch.head {
        fixed!(
            conn,
            "UPDATE OR ROLLBACK head SET seq = ?, hash = ?, account = ?, funder = ?, issuer = ?, \
             organisation = ?, venue = ?, person = ?, programme = ?, voucher = ? WHERE id = ?",
            row,
            [
                seq,
                hash,
                account,
                funder,
                issuer,
                organisation,
                venue,
                person,
                programme,
                voucher,
                id
            ]
        );
    }
    Ok(())
}

fn journal(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    insert!(
        conn,
        "event",
        batch.events,
        [
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
        ]
    );
    insert!(
        conn,
        "posting",
        batch.postings,
        [event, line, account, amount_cents, debit_after, credit_after]
    );
    Ok(())
}

/// What a voucher was issued with never changes, and a redemption moves no column of an index:
/// naming one would rewrite the index's page even where its value stays.
fn update_voucher(conn: &mut SqliteConnection, row: &VoucherRow) -> QueryResult<()> {
    let used = fixed!(
        conn,
        "UPDATE OR ROLLBACK voucher SET first_day = ?, life = ?, free = ?, uses = ?, \
         successor = ?, last_event = ? \
         WHERE number = ? AND last_day = ? AND standing = ? AND money = ?",
        row,
        [first_day, life, free, uses, successor, last_event, number, last_day, standing, money]
    );
    if used == 1 {
        return Ok(());
    }
    fixed!(
        conn,
        "UPDATE OR ROLLBACK voucher SET version = ?, first_day = ?, last_day = ?, standing = ?, \
         life = ?, money = ?, free = ?, uses = ?, successor = ?, \
         last_event = ? WHERE number = ?",
        row,
        [
            version, first_day, last_day, standing, life, money, free, uses, successor, last_event,
            number
        ]
    );
    Ok(())
}

fn accounts(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.accounts {
        // Nearly all are there: an upsert would look into the unique index each time.
        let there = fixed!(
            conn,
            "UPDATE OR ROLLBACK account SET debit_cents = ?, credit_cents = ? WHERE id = ?",
            row,
            [debit_cents, credit_cents, id]
        );
        if there == 0 {
            diesel::insert_into(account::table).values(row).execute(conn)?;
        }
    }
    for row in &batch.day_ends {
        fixed!(
            conn,
            "INSERT OR ROLLBACK INTO day_end (programme, day, seq) VALUES (?, ?, ?) \
             ON CONFLICT (programme, day) DO UPDATE SET seq = excluded.seq",
            row,
            [programme, day, seq]
        );
    }
    Ok(())
}

struct Counts;
struct Money;

/// A cell has money or counts, by whether it has a funder: only that half is named, and its row
/// inserted where it is the day's first.
fn usage(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    static COUNTS: Parts = LazyLock::new(|| add_usage(|name| !is_money(name)));
    static MONEY: Parts = LazyLock::new(|| add_usage(is_money));
    for row in &batch.usage {
        let moves = |money| row.figures().any(|(name, by)| is_money(name) == money && *by != 0);
        let counts = moves(false) || !moves(true);
        if counts && add::<Counts>(conn, &COUNTS, row, |name| !is_money(name))? == 0
            || moves(true) && add::<Money>(conn, &MONEY, row, is_money)? == 0
        {
            diesel::insert_into(usage_day::table).values(row).execute(conn)?;
        }
    }
    Ok(())
}

fn is_money(name: &str) -> bool {
    name.ends_with("_cents")
}

fn add_usage(which: fn(&str) -> bool) -> Vec<String> {
    let names = Figures::NAMES.iter().filter(|name| which(name));
    let sums = names.map(|name| format!("{name} = {name} + ?")).collect::<Vec<_>>().join(", ");
    parts(&format!(
        "UPDATE OR ROLLBACK usage_day SET {sums} WHERE day = ? AND programme = ? AND issuer = ? \
         AND venue = ? AND territory = ? AND service = ? AND funder = ?"
    ))
}

fn add<Name: 'static>(
    conn: &mut SqliteConnection,
    text: &[String],
    row: &UsageDayRow,
    which: fn(&str) -> bool,
) -> QueryResult<usize> {
    let UsageDayRow { day, programme, issuer, venue, territory, service, funder, .. } = row;
    let figures = row.figures().filter(|(name, _)| which(name));
    let mut values: Vec<&dyn Bound> = Vec::with_capacity(Figures::NAMES.len());
    values.extend(figures.map(|(_, figure)| -> &dyn Bound { figure }));
    let key: [&dyn Bound; 7] = [day, programme, issuer, venue, territory, service, funder];
    values.extend(key);
    Fixed { text, values, name: PhantomData::<Name> }.execute(conn)
}
