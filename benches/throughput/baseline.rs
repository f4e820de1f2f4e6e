//! What the engine is compared with: raw one-row commits, and a redemption row by row.
//! No engine: plain diesel, as one would write it without thinking of speed.

use std::path::Path;

use diesel::{
    connection::SimpleConnection as _,
    prelude::*,
    r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection},
    upsert::excluded,
};
use pass_numerique::{
    domain::{calendar::Instant, cents::legs, programme::Terms},
    store::Location,
    sys::clock,
};
use sha2::{Digest as _, Sha256};

use crate::{rows::*, schema::*, town::Visit};

const SQLITE: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;";
/// Connections of the naive way's pool.
const POOL: u32 = 16;

pub fn sqlite(path: &Path) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    conn.batch_execute(SQLITE).unwrap();
    conn
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(SQLITE).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// A connection of either database, with the statements of a redemption one by one.
pub enum Client {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Pg(PgConnection),
}

#[derive(Clone)]
pub enum Clients {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    #[cfg(feature = "postgres")]
    Pg(Pool<ConnectionManager<PgConnection>>),
}

/// Locks what is read until the commit, where there is more than one writer.
macro_rules! read_locked {
    (sqlite, $query:expr) => {
        $query
    };
    (postgres, $query:expr) => {
        $query.for_update()
    };
}

/// One redemption with the rows that the engine writes, statement by statement.
macro_rules! redeem {
    ($name:ident, $conn:ty, $kind:ident) => {
        fn $name(conn: &mut $conn, visit: Visit, now: Instant) -> QueryResult<()> {
            let id = clock::request_id().0.as_bytes().to_vec();
            let scope = format!("o{}", visit.organisation);
            let before = request::table.find((&scope, &id)).first::<RequestRow>(conn).optional()?;
            assert!(before.is_none());
            let query = voucher::table.filter(voucher::id.eq(visit.voucher.0));
            let row: VoucherRow = read_locked!($kind, query).first(conn)?;
            let venue: VenueRow = venue::table.find(visit.venue.0).first(conn)?;
            let payee: OrganisationRow = organisation::table.find(venue.organisation).first(conn)?;
            let programme: ProgrammeRow = programme::table.find(row.programme).first(conn)?;
            let day = i64::from(now.day(&"Europe/Paris".parse().unwrap()).0);
            assert!(venue.active == 1 && payee.approval == "approved" && row.standing == "active");
            assert!(day >= row.first_day && day <= row.last_day);
            let terms: Terms = serde_json::from_str(&programme.terms).unwrap();
            let mut free: Vec<i64> = serde_json::from_str(&row.free).unwrap();
            let mut uses: Vec<serde_json::Value> = serde_json::from_str(&row.uses).unwrap();
            let number = free.remove(0);

            let query = read_locked!($kind, head::table.find(1));
            let mut head: HeadRow = query.first(conn)?;
            head.seq += 1;
            let seq = head.seq;
            let content = serde_json::json!({
                "kind": "redeemed", "venue": venue.id, "organisation": payee.id,
                "issuer": row.issuer, "territory": venue.territory, "numbers": [number],
                "delivery": {"service": "everyday_tools", "group": true, "minutes": 90},
            });
            let content = content.to_string();
            let hash = Sha256::new().chain_update(&head.hash).chain_update(&content).finalize();
            head.hash = hash.to_vec();

            let weights: Vec<u32> = terms.shares.iter().map(|share| share.weight).collect();
            let legs = legs(terms.price_cents, &weights, number);
            let usage = |funder| usage_row(&row, &venue, day, funder);
            let mut cells = vec![UsageDayRow {
                redemptions: 1,
                workshops_used: 1,
                ..usage(0)
            }];
            let mut line = 0;
            for (share, cents) in terms.shares.iter().zip(legs) {
                let funder = share.funder.0;
                cells.push(UsageDayRow { earned_cents: cents.0, ..usage(funder) });
                for (stage, payee, sign) in [("committed", 0, -1), ("earned", payee.id, 1)] {
                    let query = account::table
                        .filter(account::programme.eq(row.programme))
                        .filter(account::version.eq(row.version))
                        .filter(account::organisation.eq(payee))
                        .filter(account::funder.eq(funder))
                        .filter(account::stage.eq(stage));
                    let found = read_locked!($kind, query).first::<AccountRow>(conn).optional()?;
                    let known = found.is_some();
                    let mut total = found.unwrap_or_else(|| {
                        head.account += 1;
                        AccountRow {
                            id: head.account,
                            programme: row.programme,
                            version: row.version,
                            funder,
                            stage: stage.to_owned(),
                            organisation: payee,
                            debit_cents: 0,
                            credit_cents: 0,
                        }
                    });
                    match sign {
                        -1 => total.debit_cents += cents.0,
                        _ => total.credit_cents += cents.0,
                    }
                    let totals = (
                        account::debit_cents.eq(total.debit_cents),
                        account::credit_cents.eq(total.credit_cents),
                    );
                    if known {
                        let query = diesel::update(account::table.find(total.id));
                        query.set(totals).execute(conn)?;
                    } else {
                        diesel::insert_into(account::table).values(&total).execute(conn)?;
                    }
                    diesel::insert_into(posting::table)
                        .values(PostingRow {
                            event: seq,
                            line,
                            account: total.id,
                            amount_cents: sign * cents.0,
                            debit_after: total.debit_cents,
                            credit_after: total.credit_cents,
                        })
                        .execute(conn)?;
                    line += 1;
                    diesel::insert_into(account_day::table)
                        .values(AccountDayRow {
                            account: total.id,
                            day,
                            debit_cents: total.debit_cents,
                            credit_cents: total.credit_cents,
                        })
                        .on_conflict((account_day::account, account_day::day))
                        .do_update()
                        .set((
                            account_day::debit_cents.eq(excluded(account_day::debit_cents)),
                            account_day::credit_cents.eq(excluded(account_day::credit_cents)),
                        ))
                        .execute(conn)?;
                }
            }
            for cell in cells {
                use usage_day as u;
                diesel::insert_into(u::table)
                    .values(cell)
                    .on_conflict((
                        u::day, u::programme, u::issuer, u::venue, u::territory, u::service,
                        u::funder,
                    ))
                    .do_update()
                    .set((
                        u::redemptions.eq(u::redemptions + excluded(u::redemptions)),
                        u::workshops_used.eq(u::workshops_used + excluded(u::workshops_used)),
                        u::earned_cents.eq(u::earned_cents + excluded(u::earned_cents)),
                    ))
                    .execute(conn)?;
            }
            uses.push(serde_json::json!({
                "seq": seq.to_string(), "venue": venue.id.to_string(), "at": now, "day": day,
                "numbers": [number],
            }));
            diesel::update(voucher::table.find(row.number))
                .set((
                    voucher::free.eq(serde_json::to_string(&free).unwrap()),
                    voucher::uses.eq(serde_json::to_string(&uses).unwrap()),
                ))
                .execute(conn)?;
            let event = event_row(seq, &row, &head, day, now, content.clone());
            diesel::insert_into(event::table).values(event).execute(conn)?;
            let redemption = redemption_row(seq, &row, &venue, now, content);
            diesel::insert_into(redemption::table).values(redemption).execute(conn)?;
            let (programme, version) = (row.programme, row.version);
            let used = WorkshopRow { programme, version, number, redemption: seq };
            diesel::insert_into(workshop::table).values(used).execute(conn)?;
            let outcome = format!("{{\"outcome\":\"redeemed\",\"seq\":\"{seq}\",\"left\":9}}");
            let asked = RequestRow { scope, id, hash: vec![7; 32], outcome, recorded_at: now.0 };
            diesel::insert_into(request::table).values(asked).execute(conn)?;
            diesel::update(head::table.find(1)).set(head).execute(conn)?;
            Ok(())
        }
    };
}

redeem!(redeem_sqlite, SqliteConnection, sqlite);
#[cfg(feature = "postgres")]
redeem!(redeem_postgres, PgConnection, postgres);

fn event_row(
    seq: i64,
    of: &VoucherRow,
    head: &HeadRow,
    day: i64,
    now: Instant,
    content: String,
) -> EventRow {
    EventRow {
        seq,
        kind: "redeemed".to_owned(),
        occurred_at: now.0,
        recorded_at: now.0,
        day,
        actor: None,
        device: None,
        programme: Some(of.programme),
        voucher: Some(of.id),
        reverses: None,
        content,
        hash: head.hash.clone(),
    }
}

fn redemption_row(
    seq: i64,
    of: &VoucherRow,
    venue: &VenueRow,
    now: Instant,
    content: String,
) -> RedemptionRow {
    RedemptionRow {
        seq,
        voucher: of.id,
        programme: of.programme,
        venue: venue.id,
        organisation: venue.organisation,
        issuer: of.issuer,
        territory: venue.territory.clone(),
        workshops: 1,
        content,
        occurred_at: now.0,
        recorded_at: now.0,
        actor: None,
    }
}

fn usage_row(of: &VoucherRow, venue: &VenueRow, day: i64, funder: i64) -> UsageDayRow {
    UsageDayRow {
        day,
        programme: of.programme,
        issuer: of.issuer,
        venue: venue.id,
        territory: venue.territory.clone(),
        service: "everyday_tools".to_owned(),
        funder,
        ..UsageDayRow::default()
    }
}

diesel::table! {
    raw_row (id) {
        id -> BigInt,
        body -> Binary,
    }
}

/// The table that raw commits go to.
pub const RAW: &str = "CREATE TABLE raw_row (id BIGINT NOT NULL PRIMARY KEY, body $BYTES NOT NULL)";

impl Client {
    pub fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite(path)),
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => Self::Pg(PgConnection::establish(url).unwrap()),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => unreachable!("built without PostgreSQL"),
        }
    }

    /// One insert of one row of 100 bytes, in a commit of its own.
    pub fn insert_raw(&mut self, id: i64) {
        let row = (raw_row::id.eq(id), raw_row::body.eq(vec![0x5a_u8; 100]));
        let insert = diesel::insert_into(raw_row::table).values(row);
        match self {
            Self::Sqlite(conn) => insert.execute(conn),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => insert.execute(conn),
        }
        .unwrap();
    }

    /// Redemptions row by row, all in one commit.
    pub fn redeem(&mut self, visits: &[Visit], now: Instant) {
        match self {
            Self::Sqlite(conn) => conn.immediate_transaction(|conn| {
                visits.iter().try_for_each(|visit| redeem_sqlite(conn, *visit, now))
            }),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => conn.transaction(|conn| {
                visits.iter().try_for_each(|visit| redeem_postgres(conn, *visit, now))
            }),
        }
        .unwrap();
    }
}

impl Clients {
    pub fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(path) => {
                let pool = Pool::builder().max_size(POOL).connection_customizer(Box::new(Settings));
                Self::Sqlite(pool.build(ConnectionManager::new(path.to_string_lossy())).unwrap())
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => {
                let pool = Pool::builder().max_size(POOL);
                Self::Pg(pool.build(ConnectionManager::new(url)).unwrap())
            }
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => unreachable!("built without PostgreSQL"),
        }
    }

    /// The naive way: a connection from the pool, and a transaction for one redemption.
    pub fn redeem(&self, visit: Visit, now: Instant) {
        match self {
            Self::Sqlite(pool) => {
                let mut conn: PooledConnection<_> = pool.get().unwrap();
                conn.immediate_transaction(|conn| redeem_sqlite(conn, visit, now))
            }
            #[cfg(feature = "postgres")]
            Self::Pg(pool) => {
                let mut conn: PooledConnection<_> = pool.get().unwrap();
                conn.transaction(|conn| redeem_postgres(conn, visit, now))
            }
        }
        .unwrap();
    }
}
