//! A redemption statement by statement, with the rows that the engine writes.
//! No engine: plain diesel, as one would write it without thinking of speed.

use diesel::{prelude::*, upsert::excluded};
use pass_numerique::{
    domain::{calendar::Instant, cents::legs, programme::Terms},
    sys::clock,
};
use sha2::{Digest as _, Sha256};

use crate::{rows::*, schema::*, town::Visit};

/// What one redemption is about, once it is read.
struct Case {
    voucher: VoucherRow,
    venue: VenueRow,
    terms: Terms,
    head: HeadRow,
    number: i64,
    day: i64,
    now: Instant,
    content: String,
}

/// Locks what is read until the commit, where there is more than one writer.
macro_rules! locked {
    (sqlite, $query:expr) => {
        $query
    };
    (postgres, $query:expr) => {
        $query.for_update()
    };
}

macro_rules! redeem {
    ($name:ident, $conn:ty, $kind:ident) => {
        pub mod $name {
            use super::*;

            pub fn redeem(conn: &mut $conn, visit: Visit, now: Instant) -> QueryResult<()> {
                let id = clock::request_id().0.as_bytes().to_vec();
                let scope = format!("o{}", visit.organisation);
                let before: Option<RequestRow> =
                    request::table.find((&scope, &id)).first(conn).optional()?;
                assert!(before.is_none());
                let mut case = read(conn, visit, now)?;
                money(conn, &mut case)?;
                write(conn, &case)?;
                let seq = case.head.seq;
                let outcome = format!("{{\"outcome\":\"redeemed\",\"seq\":\"{seq}\",\"left\":9}}");
                let (hash, recorded_at) = (vec![7; 32], now.0);
                diesel::insert_into(request::table)
                    .values(RequestRow { scope, id, hash, outcome, recorded_at })
                    .execute(conn)?;
                diesel::update(head::table.find(1)).set(case.head).execute(conn)?;
                Ok(())
            }

            fn read(conn: &mut $conn, visit: Visit, now: Instant) -> QueryResult<Case> {
                let query = voucher::table.filter(voucher::id.eq(visit.voucher.0));
                let voucher: VoucherRow = locked!($kind, query).first(conn)?;
                let venue: VenueRow = venue::table.find(visit.venue.0).first(conn)?;
                let payee: OrganisationRow =
                    organisation::table.find(venue.organisation).first(conn)?;
                let programme: ProgrammeRow =
                    programme::table.find(voucher.programme).first(conn)?;
                let head: HeadRow = locked!($kind, head::table.find(1)).first(conn)?;
                assert!(payee.approval == "approved");
                Ok(Case::of(voucher, venue, &programme, head, now))
            }

            /// The accounts, one by one, each with its posting and its day.
            fn money(conn: &mut $conn, case: &mut Case) -> QueryResult<()> {
                let mut line = 0;
                for (funder, cents) in case.legs() {
                    for (stage, payee, sign) in
                        [("committed", 0, -1), ("earned", case.venue.organisation, 1)]
                    {
                        let query = account::table
                            .filter(account::programme.eq(case.voucher.programme))
                            .filter(account::version.eq(case.voucher.version))
                            .filter(account::organisation.eq(payee))
                            .filter(account::funder.eq(funder))
                            .filter(account::stage.eq(stage));
                        let found: Option<AccountRow> =
                            locked!($kind, query).first(conn).optional()?;
                        let known = found.is_some();
                        let mut total =
                            found.unwrap_or_else(|| case.new_account(funder, stage, payee));
                        match sign {
                            -1 => total.debit_cents += cents,
                            _ => total.credit_cents += cents,
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
                        post(conn, case, line, sign * cents, &total)?;
                        line += 1;
                    }
                }
                Ok(())
            }

            fn post(
                conn: &mut $conn,
                case: &Case,
                line: i64,
                amount_cents: i64,
                total: &AccountRow,
            ) -> QueryResult<()> {
                let (debit, credit) = (total.debit_cents, total.credit_cents);
                diesel::insert_into(posting::table)
                    .values(PostingRow {
                        event: case.head.seq,
                        line,
                        account: total.id,
                        amount_cents,
                        debit_after: debit,
                        credit_after: credit,
                    })
                    .execute(conn)?;
                Ok(())
            }

            fn write(conn: &mut $conn, case: &Case) -> QueryResult<()> {
                use usage_day as u;
                diesel::insert_into(day_end::table)
                    .values(DayEndRow {
                        programme: case.voucher.programme,
                        day: case.day,
                        seq: case.head.seq,
                    })
                    .on_conflict((day_end::programme, day_end::day))
                    .do_update()
                    .set(day_end::seq.eq(excluded(day_end::seq)))
                    .execute(conn)?;
                for cell in case.cells() {
                    diesel::insert_into(u::table)
                        .values(cell)
                        .on_conflict((
                            u::day,
                            u::programme,
                            u::issuer,
                            u::venue,
                            u::territory,
                            u::service,
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
                let (free, uses) = case.free_and_uses();
                diesel::update(voucher::table.find(case.voucher.number))
                    .set((
                        voucher::free.eq(free),
                        voucher::uses.eq(uses),
                        voucher::last_event.eq(case.head.seq),
                    ))
                    .execute(conn)?;
                diesel::insert_into(event::table).values(case.event()).execute(conn)?;
                diesel::insert_into(redemption::table).values(case.redemption()).execute(conn)?;
                diesel::insert_into(workshop::table).values(case.workshop()).execute(conn)?;
                Ok(())
            }
        }
    };
}

redeem!(on_sqlite, SqliteConnection, sqlite);
#[cfg(feature = "postgres")]
redeem!(on_postgres, PgConnection, postgres);

impl Case {
    fn of(
        voucher: VoucherRow,
        venue: VenueRow,
        programme: &ProgrammeRow,
        mut head: HeadRow,
        now: Instant,
    ) -> Self {
        let day = i64::from(now.day(&"Europe/Paris".parse().unwrap()).0);
        assert!(venue.active == 1 && voucher.standing == "active");
        assert!(day >= voucher.first_day && day <= voucher.last_day);
        let free: Vec<i64> = serde_json::from_str(&voucher.free).unwrap();
        let number = free[0];
        let content = serde_json::json!({
            "kind": "redeemed", "venue": venue.id, "organisation": venue.organisation,
            "issuer": voucher.issuer, "territory": venue.territory, "numbers": [number],
            "delivery": {"service": "everyday_tools", "group": true, "minutes": 90},
        });
        let content = content.to_string();
        head.seq += 1;
        head.hash =
            Sha256::new().chain_update(&head.hash).chain_update(&content).finalize().to_vec();
        let terms = serde_json::from_str(&programme.terms).unwrap();
        Self { voucher, venue, terms, head, number, day, now, content }
    }

    fn legs(&self) -> Vec<(i64, i64)> {
        let shares = &self.terms.shares;
        let weights: Vec<u32> = shares.iter().map(|share| share.weight).collect();
        let legs = legs(self.terms.price_cents, &weights, self.number);
        shares.iter().zip(legs).map(|(share, cents)| (share.funder.0, cents.0)).collect()
    }

    fn new_account(&mut self, funder: i64, stage: &str, organisation: i64) -> AccountRow {
        self.head.account += 1;
        AccountRow {
            id: self.head.account,
            programme: self.voucher.programme,
            version: self.voucher.version,
            funder,
            stage: stage.to_owned(),
            organisation,
            debit_cents: 0,
            credit_cents: 0,
        }
    }

    fn cells(&self) -> Vec<UsageDayRow> {
        let cell = |funder| UsageDayRow {
            day: self.day,
            programme: self.voucher.programme,
            issuer: self.voucher.issuer,
            venue: self.venue.id,
            territory: self.venue.territory.clone(),
            service: "everyday_tools".to_owned(),
            funder,
            ..UsageDayRow::default()
        };
        let counts = UsageDayRow { redemptions: 1, workshops_used: 1, ..cell(0) };
        let money = self.legs().into_iter();
        let money =
            money.map(|(funder, earned_cents)| UsageDayRow { earned_cents, ..cell(funder) });
        [counts].into_iter().chain(money).collect()
    }

    fn free_and_uses(&self) -> (String, String) {
        let mut free: Vec<i64> = serde_json::from_str(&self.voucher.free).unwrap();
        let mut uses: Vec<serde_json::Value> = serde_json::from_str(&self.voucher.uses).unwrap();
        free.remove(0);
        uses.push(serde_json::json!({
            "seq": self.head.seq.to_string(), "venue": self.venue.id.to_string(),
            "at": self.now, "day": self.day, "numbers": [self.number],
        }));
        (serde_json::to_string(&free).unwrap(), serde_json::to_string(&uses).unwrap())
    }

    fn event(&self) -> EventRow {
        EventRow {
            seq: self.head.seq,
            kind: "redeemed".to_owned(),
            occurred_at: self.now.0,
            recorded_at: self.now.0,
            day: self.day,
            actor: None,
            device: None,
            programme: Some(self.voucher.programme),
            voucher: Some(self.voucher.id),
            previous: self.voucher.last_event,
            reverses: None,
            content: self.content.clone(),
            hash: self.head.hash.clone(),
        }
    }

    fn redemption(&self) -> RedemptionRow {
        RedemptionRow {
            seq: self.head.seq,
            voucher: self.voucher.id,
            programme: self.voucher.programme,
            venue: self.venue.id,
            organisation: self.venue.organisation,
            issuer: self.voucher.issuer,
            territory: self.venue.territory.clone(),
            workshops: 1,
            content: self.content.clone(),
            occurred_at: self.now.0,
            recorded_at: self.now.0,
            actor: None,
        }
    }

    fn workshop(&self) -> WorkshopRow {
        let (programme, version) = (self.voucher.programme, self.voucher.version);
        WorkshopRow { programme, version, number: self.number, redemption: self.head.seq }
    }
}
