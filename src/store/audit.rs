//! The audit: replays the journal and compares everything that was folded from it.
//! No repair: it says what differs.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{
    balance, batches, conflicts,
    connection::{Conn, Database, OpenError, on_either},
    continuity, devices, disputes, keys,
    load::Failure,
    people, records, rollup,
    rows::*,
    schema::*,
    settlements,
};
use crate::domain::{
    apply::Fold,
    world::{Head, Recorded},
};

/// One thing that is not as the events say.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The table, or `chain` or `balance`.
    pub place: &'static str,
    pub key: String,
    pub what: String,
}

/// What the audit read, and what differed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Audit {
    pub events: u64,
    pub postings: u64,
    pub accounts: u64,
    pub vouchers: u64,
    pub differences: Vec<Difference>,
}

/// Why an audit could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// Events replayed at a time, so that memory stays flat.
const CHUNK: i64 = 5_000;

impl Database {
    /// Recomputes chain, postings, accounts, vouchers and usage from the events.
    ///
    /// # Errors
    /// When the database cannot be read; differences are no error.
    pub fn audit(&self) -> Result<Audit, AuditError> {
        let mut conn = Conn::open(&self.location)?;
        conn.execute(match conn {
            Conn::Sqlite(_) => "BEGIN",
            #[cfg(feature = "postgres")]
            Conn::Pg(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
        .map_err(Failure::from)?;
        let audit = run(&mut conn)?;
        conn.execute("ROLLBACK").map_err(Failure::from)?;
        Ok(audit)
    }
}

/// Recomputes what a transaction sees.
pub(super) fn run(conn: &mut Conn) -> Result<Audit, Failure> {
    let mut auditor = Auditor::default();
    auditor.replay(conn)?;
    auditor.compare(conn)?;
    Ok(auditor.audit)
}

#[derive(Default)]
struct Auditor {
    audit: Audit,
    fold: Fold,
    redemptions: HashMap<i64, RedemptionRow>,
    usage: BTreeMap<crate::domain::usage::Cell, crate::domain::usage::Figures>,
    workshops: BTreeMap<(i64, i64, i64), i64>,
    /// Programme and day.
    day_ends: BTreeMap<(i64, i64), i64>,
    records: records::Told,
    settlements: settlements::Seen,
    /// Up to here numbers of other programmes are missing: the journal came from elsewhere.
    from_elsewhere: i64,
}

impl Auditor {
    fn differs(&mut self, place: &'static str, key: impl ToString, what: impl ToString) {
        // A broken chain breaks every link after it: the first ones tell enough.
        if self.audit.differences.len() < 1_000 {
            let (key, what) = (key.to_string(), what.to_string());
            self.audit.differences.push(Difference { place, key, what });
        }
    }

    fn replay(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        self.from_elsewhere = continuity::taken_over(conn)?;
        let mut after = 0;
        loop {
            let rows: Vec<EventRow> = on_either!(conn, conn => {
                event::table.filter(event::seq.gt(after)).order(event::seq).limit(CHUNK).load(conn)?
            });
            let Some(last) = rows.last().map(|row| row.seq) else { break };
            let postings: Vec<PostingRow> = on_either!(conn, conn => {
                posting::table
                    .filter(posting::event.gt(after))
                    .filter(posting::event.le(last))
                    .order((posting::event, posting::line))
                    .load(conn)?
            });
            for row in &rows {
                self.step(row, &postings)?;
            }
            after = last;
        }
        Ok(())
    }

    /// Applies one event and compares its hash and its postings.
    fn step(&mut self, row: &EventRow, postings: &[PostingRow]) -> Result<(), Failure> {
        let event = row.domain()?;
        // Numbers that were lost with the end of a journal are no gap: the event says which.
        let expected = event.body.seq_after(self.fold.world.head.seq).0;
        let elsewhere = row.seq < self.from_elsewhere && row.seq > expected;
        if row.seq != expected && !elsewhere {
            self.differs("event", row.seq, format!("expected seq {expected}: a gap"));
            self.fold.world.head.seq = row.seq - 1;
        }
        if let Err(cause) = self.fold.apply(event) {
            self.differs("event", row.seq, cause);
            return Ok(());
        }
        let Some(recorded) = self.fold.effects.events.pop() else { return Ok(()) };
        self.audit.events += 1;
        self.records.note(&recorded.event);
        self.settlements.note(&recorded, &self.fold);
        let again = EventRow::of(&recorded)?;
        if again != *row {
            let what = if again.hash == row.hash { "a column differs" } else { "hash differs" };
            self.differs("chain", row.seq, what);
            // Go on from what is stored, so that one edit is one difference.
            self.fold.world.head.hash = row.hash.as_slice().try_into().unwrap_or_default();
        }
        self.check_postings(&recorded, postings);
        self.collect();
        Ok(())
    }

    fn check_postings(&mut self, recorded: &Recorded, postings: &[PostingRow]) {
        let seq = recorded.event.seq;
        let from = postings.partition_point(|row| row.event < seq.0);
        let stored = postings.get(from..).unwrap_or_default().iter();
        let stored: Vec<&PostingRow> = stored.take_while(|row| row.event == seq.0).collect();
        let made = (0..).zip(&recorded.postings).map(|(line, row)| PostingRow::of(seq, line, row));
        let made: Vec<PostingRow> = made.collect();
        self.audit.postings += u64::try_from(made.len()).unwrap_or_default();
        if made.iter().ne(stored) {
            self.differs("posting", seq, "lines differ from the event's");
        }
    }

    /// Takes over what the event changed, and clears it.
    fn collect(&mut self) {
        let effects = std::mem::take(&mut self.fold.effects);
        for (cell, figures) in effects.usage {
            self.usage.entry(cell).or_default().add(&figures);
        }
        for (programme, version, number) in effects.workshops_freed {
            self.workshops.remove(&(programme.0, i64::from(version), number));
        }
        for ((programme, version, number), seq) in effects.workshops_taken {
            self.workshops.insert((programme.0, i64::from(version), number), seq.0);
        }
        for ((programme, day), seq) in effects.day_ends {
            self.day_ends.insert((programme.0, i64::from(day.0)), seq.0);
        }
        for seq in effects.created.redemptions {
            let record = self.fold.world.redemptions.get(&seq);
            let row = record.and_then(|record| RedemptionRow::of(record).ok());
            self.redemptions.extend(row.map(|row| (seq.0, row)));
        }
    }

    fn compare(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        self.compare_head(conn)?;
        self.compare_accounts(conn)?;
        self.compare_day_ends(conn)?;
        self.compare_vouchers(conn)?;
        self.compare_batches(conn)?;
        self.compare_programmes(conn)?;
        self.compare_usage(conn)?;
        self.compare_redemptions(conn)?;
        self.compare_keys(conn)?;
        self.compare_devices(conn)?;
        self.compare_settlements(conn)?;
        for (place, key, what) in balance::differences(&self.fold.world) {
            self.differs(place, key, what);
        }
        Ok(())
    }

    fn compare_head(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let row: HeadRow = on_either!(conn, conn => head::table.first(conn)?);
        let stored = row.domain()?;
        let Head { seq, hash, account, voucher, .. } = self.fold.world.head;
        let ends = (stored.seq, stored.hash, stored.account, stored.voucher);
        if ends != (seq, hash, account, voucher) {
            self.differs("head", stored.seq, "is not the end of the journal");
        }
        Ok(())
    }

    fn compare_accounts(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let rows: Vec<AccountRow> = on_either!(conn, conn => account::table.load(conn)?);
        let mut expected: HashMap<i64, AccountRow> = self
            .fold
            .world
            .accounts
            .iter()
            .map(|(key, account)| (account.id.0, AccountRow::of(key, account)))
            .collect();
        for row in rows {
            self.audit.accounts += 1;
            if expected.remove(&row.id).as_ref() != Some(&row) {
                self.differs("account", row.id, "totals differ from its postings");
            }
        }
        for id in expected.into_keys() {
            self.differs("account", id, "is missing");
        }
        Ok(())
    }

    fn compare_day_ends(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let rows: Vec<DayEndRow> = on_either!(conn, conn => day_end::table.load(conn)?);
        let stored: BTreeMap<_, _> =
            rows.iter().map(|row| ((row.programme, row.day), row.seq)).collect();
        if stored != self.day_ends {
            self.differs("day_end", "all", "last events of days differ from the events");
        }
        Ok(())
    }

    fn compare_vouchers(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let mut after = 0;
        loop {
            let rows: Vec<VoucherRow> = on_either!(conn, conn => {
                voucher::table
                    .filter(voucher::number.gt(after))
                    .order(voucher::number)
                    .limit(CHUNK)
                    .load(conn)?
            });
            let Some(last) = rows.last().map(|row| row.number) else { break };
            for row in &rows {
                self.audit.vouchers += 1;
                let stored = row.domain()?;
                let expected = self.fold.world.vouchers.remove(&stored.id);
                if expected.as_ref() != Some(&stored) {
                    // The id stays out of the report: it is half of what a voucher is worth.
                    self.differs("voucher", row.number, "differs from its events");
                }
            }
            after = last;
        }
        let missing: Vec<i64> =
            self.fold.world.vouchers.values().map(|voucher| voucher.number).collect();
        for number in missing {
            self.differs("voucher", number, "is missing");
        }
        Ok(())
    }

    fn compare_batches(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let mut expected = std::mem::take(&mut self.fold.world.batches);
        for batch in batches::all(conn)? {
            if expected.remove(&batch.seq).as_ref() != Some(&batch) {
                self.differs("batch", batch.seq, "differs from its events");
            }
        }
        for seq in expected.into_keys() {
            self.differs("batch", seq, "is missing");
        }
        Ok(())
    }

    fn compare_programmes(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let rows: Vec<ProgrammeRow> = on_either!(conn, conn => programme::table.load(conn)?);
        for row in rows {
            let stored = row.domain()?;
            let expected = self.fold.world.programmes.get(&stored.id).map(|expected| {
                let mut expected = expected.clone();
                expected.name.clone_from(&stored.name);
                expected
            });
            if expected.as_ref() != Some(&stored) {
                self.differs("programme", stored.id, "differs from its events");
            }
        }
        let rows: Vec<AllocationRow> = on_either!(conn, conn => allocation::table.load(conn)?);
        for row in rows {
            let expected = self.fold.world.allocations.iter();
            let mut expected =
                expected.filter(|(key, _)| key.0.0 == row.programme && key.1.0 == row.issuer);
            if expected.next().map(|(_, value)| *value) != Some(row.domain()) {
                let key = format!("programme {} issuer {}", row.programme, row.issuer);
                self.differs("allocation", key, "differs from its events");
            }
        }
        Ok(())
    }

    fn compare_keys(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let mut found = keys::differences(conn, &self.fold.world)?;
        found.extend(disputes::differences(conn, &self.fold.world)?);
        for (place, key, what) in found.into_iter().chain(people::differences(conn)?) {
            self.differs(place, key, what);
        }
        Ok(())
    }

    fn compare_devices(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        for id in devices::differences(conn, &self.fold.world)? {
            self.differs("device", id, "differs from its events");
        }
        for seq in conflicts::differences(conn, &self.fold.world)? {
            self.differs("conflict", seq, "differs from its events");
        }
        for event in std::mem::take(&mut self.records).differences(conn)? {
            self.differs("record", event, "differs from its events");
        }
        Ok(())
    }

    fn compare_settlements(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let seen = std::mem::take(&mut self.settlements);
        for (place, key) in seen.differences(conn, &self.fold.world)? {
            self.differs(place, key, "differs from its events");
        }
        Ok(())
    }

    fn compare_usage(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let rows: Vec<UsageDayRow> = on_either!(conn, conn => usage_day::table.load(conn)?);
        let usage = std::mem::take(&mut self.usage);
        let mut expected: Vec<UsageDayRow> =
            usage.iter().map(|(cell, figures)| UsageDayRow::of(cell, figures)).collect();
        let key = |row: &UsageDayRow| {
            let place = (row.day, row.programme, row.issuer, row.venue);
            (place, row.territory.clone(), row.service.clone(), row.funder)
        };
        let mut rows = rows;
        rows.sort_by_key(key);
        expected.sort_by_key(key);
        if rows.len() != expected.len() {
            let what = format!("{} rows instead of {}", rows.len(), expected.len());
            self.differs("usage_day", "all", what);
        }
        for (row, expected) in rows.iter().zip(&expected) {
            if row != expected {
                let key = format!("day {} programme {}", row.day, row.programme);
                self.differs("usage_day", key, "differs from its events");
            }
        }
        let cells = rollup::differences(conn)?;
        if cells > 0 {
            self.differs("usage_month", "all", format!("{cells} rows differ from their days"));
        }
        Ok(())
    }

    fn compare_redemptions(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let rows: Vec<RedemptionRow> = on_either!(conn, conn => redemption::table.load(conn)?);
        for row in rows {
            if self.redemptions.remove(&row.seq).as_ref() != Some(&row) {
                self.differs("redemption", row.seq, "differs from its event");
            }
        }
        let missing: Vec<i64> = self.redemptions.keys().copied().collect();
        for seq in missing {
            self.differs("redemption", seq, "is missing");
        }
        let rows: Vec<WorkshopRow> = on_either!(conn, conn => workshop::table.load(conn)?);
        let key = |row: &WorkshopRow| ((row.programme, row.version, row.number), row.redemption);
        let stored: BTreeMap<_, _> = rows.iter().map(key).collect();
        if stored != self.workshops {
            self.differs("workshop", "all", "live uses differ from the events");
        }
        Ok(())
    }
}
