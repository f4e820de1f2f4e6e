//! The register of voucher keys in the database: loading, writing, reading, comparing.
//! No rules and no private key; `domain::decide` says what a key may become.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Binary, Bool, Nullable},
    upsert::excluded,
};

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::Unreadable,
    load::Failure,
    reads::ReadError,
    receipts,
    rows::*,
    schema::*,
};
use crate::domain::{
    calendar::{Day, Instant, MICROSECONDS_A_SECOND},
    command::{Ask, Command},
    ids::{Seq, VenueId},
    key::KeyState,
    key_register::{KeyAsk, KeySetText, PublicKey, Published, Purpose, Registered, digest},
    voucher::Kid,
    world::{Alarm, Effects, World},
};

/// How often a key's good signature was shown at a venue over what was never issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AlarmLine {
    pub kid: Kid,
    pub venue: VenueId,
    /// The beginning of the hour.
    pub hour: Instant,
    pub times: i64,
}

/// The last valid day of all vouchers that a key signed: bytes 1 to 4 of the payload name it.
/// It reads every voucher, once in a key's life.
macro_rules! last_expiry {
    ($conn:expr, $kid:expr) => {
        voucher::table
            .filter(sql::<Bool>("substr(payload, 2, 4) = ").bind::<Binary, _>($kid.0.to_vec()))
            .select(sql::<Nullable<BigInt>>("MAX(last_day)"))
            .get_result::<Option<i64>>($conn)
    };
}

/// Loads the keys if a command issues, replaces or asks about keys: they are few.
pub(super) fn load(
    conn: &mut Conn,
    world: &mut World,
    commands: &[Command],
) -> Result<(), Failure> {
    let needs = |command: &Command| {
        matches!(
            command.ask,
            Ask::Issue { .. }
                | Ask::Replace { .. }
                | Ask::MintChunk { .. }
                | Ask::Key(_)
                | Ask::ReceiptKey(_)
        )
    };
    if !commands.iter().any(needs) {
        return Ok(());
    }
    let rows: Vec<VoucherKeyRow> = on_either!(conn, conn => voucher_key::table.load(conn)?);
    for row in rows {
        let key = row.domain()?;
        world.keys.insert(key.kid(), key);
    }
    receipts::load(conn, world, commands)?;
    for command in commands {
        match &command.ask {
            Ask::Key(KeyAsk::Retire { kid }) => {
                let last = on_either!(conn, conn => last_expiry!(conn, *kid)?);
                let day = last.and_then(|day| i32::try_from(day).ok()).map(Day);
                world.last_expiry.extend(day.map(|day| (*kid, day)));
            }
            Ask::Key(KeyAsk::Publish { .. }) => {
                let last: Option<KeySetRow> = on_either!(conn, conn => {
                    key_set::table.order(key_set::sequence.desc()).first(conn).optional()?
                });
                world.key_sets.extend(last.map(|row| row.published()).transpose()?);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes keys that changed, sets that were published, and counts alarms.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    for key in effects.changed.keys.iter().filter_map(|kid| world.keys.get(kid)) {
        let row = VoucherKeyRow::of(key);
        on_either!(conn, conn => {
            diesel::insert_into(voucher_key::table)
                .values(&row)
                .on_conflict(voucher_key::kid)
                .do_update()
                .set((
                    voucher_key::state.eq(excluded(voucher_key::state)),
                    voucher_key::activated_at.eq(excluded(voucher_key::activated_at)),
                    voucher_key::ended_at.eq(excluded(voucher_key::ended_at)),
                    voucher_key::first_day.eq(excluded(voucher_key::first_day)),
                    voucher_key::last_day.eq(excluded(voucher_key::last_day)),
                    voucher_key::verifies_until.eq(excluded(voucher_key::verifies_until)),
                ))
                .execute(conn)?
        });
    }
    receipts::write(conn, world, effects)?;
    for set in &effects.key_sets {
        let row = KeySetRow::of(set);
        on_either!(conn, conn => {
            diesel::insert_into(key_set::table).values(&row).execute(conn)?
        });
    }
    for (alarm, times) in &effects.alarms {
        let row = AlarmRow::of(alarm, *times);
        on_either!(conn, conn => {
            diesel::insert_into(alarm::table)
                .values(&row)
                .on_conflict((alarm::kid, alarm::venue, alarm::hour))
                .do_update()
                .set(alarm::times.eq(alarm::times + excluded(alarm::times)))
                .execute(conn)?
        });
    }
    Ok(())
}

/// What differs from the events: place, key and what.
pub(super) fn differences(
    conn: &mut Conn,
    world: &World,
) -> Result<Vec<(&'static str, String, &'static str)>, Failure> {
    let mut found = Vec::new();
    let rows: Vec<VoucherKeyRow> = on_either!(conn, conn => voucher_key::table.load(conn)?);
    let mut missing: BTreeSet<Kid> = world.keys.keys().copied().collect();
    for row in rows {
        let key = row.domain()?;
        let kid = key.kid();
        missing.remove(&kid);
        if world.keys.get(&kid) != Some(&key) || row.kid != kid.0 {
            found.push(("voucher_key", kid.to_string(), "differs from its events"));
        }
    }
    found.extend(missing.into_iter().map(|kid| ("voucher_key", kid.to_string(), "is missing")));
    found.extend(receipts::differences(conn, world)?);
    let rows: Vec<KeySetRow> = on_either!(conn, conn => key_set::table.load(conn)?);
    let stored: BTreeMap<_, _> = rows.iter().map(KeySetRow::published).collect::<Result<_, _>>()?;
    for sequence in world.key_sets.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        if world.key_sets.get(sequence) != stored.get(sequence) {
            found.push(("key_set", sequence.to_string(), "differs from its event"));
        }
    }
    Ok(found)
}

impl Database {
    /// All voucher keys that were ever registered, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn voucher_keys(&self) -> Result<Vec<Registered>, ReadError> {
        let rows: Vec<VoucherKeyRow> = reading!(self, conn => voucher_key::table
            .order(voucher_key::added_seq)
            .load(conn))?;
        rows.iter().map(|row| row.domain().map_err(ReadError::from)).collect()
    }

    /// One voucher key, as it is now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn voucher_key(&self, kid: Kid) -> Result<Option<Registered>, ReadError> {
        let row: Option<VoucherKeyRow> = reading!(self, conn =>
            voucher_key::table.find(kid.0.to_vec()).get_result(conn).optional())?;
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// The key set that was published last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn key_set(&self) -> Result<Option<KeySetText>, ReadError> {
        let row: Option<KeySetRow> = reading!(self, conn => key_set::table
            .order(key_set::sequence.desc())
            .first(conn)
            .optional())?;
        Ok(row.map(KeySetRow::domain).transpose()?)
    }

    /// Alarms that were counted from `since` on, the newest first, the first `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn alarms(&self, since: Instant, limit: i64) -> Result<Vec<AlarmLine>, ReadError> {
        let rows: Vec<AlarmRow> = reading!(self, conn => alarm::table
            .filter(alarm::hour.ge(since.0.div_euclid(HOUR)))
            .order((alarm::hour.desc(), alarm::kid, alarm::venue))
            .limit(limit)
            .load(conn))?;
        rows.into_iter().map(|row| row.domain().map_err(ReadError::from)).collect()
    }
}

const HOUR: i64 = 3_600 * MICROSECONDS_A_SECOND;

fn fixed<const N: usize>(table: &'static str, bytes: &[u8]) -> Result<[u8; N], Unreadable> {
    bytes.try_into().map_err(|_| Unreadable { table, what: format!("expected {N} bytes") })
}

impl VoucherKeyRow {
    fn domain(&self) -> Result<Registered, Unreadable> {
        use KeyState::{Active, Compromised, Pending, Retired};
        let table = "voucher_key";
        let states = [Pending, Active, Retired, Compromised];
        let state = states.into_iter().find(|state| state.code() == self.state);
        let mut purposes = Purpose::ALL.into_iter();
        let purpose = purposes.find(|purpose| purpose.code() == self.purpose);
        let day = |day: Option<i64>| {
            let out = |_| Unreadable { table, what: "a day is out of range".to_owned() };
            day.map(|day| i32::try_from(day).map(Day).map_err(out)).transpose()
        };
        Ok(Registered {
            public: PublicKey(fixed(table, &self.public_key)?),
            state: state.ok_or_else(|| Unreadable { table, what: self.state.clone() })?,
            purpose: purpose.ok_or_else(|| Unreadable { table, what: self.purpose.clone() })?,
            added: Seq(self.added_seq),
            added_at: Instant(self.added_at),
            activated_at: self.activated_at.map(Instant),
            ended_at: self.ended_at.map(Instant),
            first_day: day(self.first_day)?,
            last_day: day(self.last_day)?,
            verifies_until: day(self.verifies_until)?,
        })
    }

    fn of(key: &Registered) -> Self {
        let day = |day: Option<Day>| day.map(|day| i64::from(day.0));
        Self {
            kid: key.kid().0.to_vec(),
            public_key: key.public.0.to_vec(),
            state: key.state.code().to_owned(),
            purpose: key.purpose.code().to_owned(),
            added_seq: key.added.0,
            added_at: key.added_at.0,
            activated_at: key.activated_at.map(|at| at.0),
            ended_at: key.ended_at.map(|at| at.0),
            first_day: day(key.first_day),
            last_day: day(key.last_day),
            verifies_until: day(key.verifies_until),
        }
    }
}

impl KeySetRow {
    fn domain(self) -> Result<KeySetText, Unreadable> {
        let sequence = u64::try_from(self.sequence).unwrap_or_default();
        let (root, expires_at) = (PublicKey(fixed("key_set", &self.root)?), self.expires_at);
        Ok(KeySetText { sequence, root, expires_at: Instant(expires_at), text: self.text })
    }

    fn published(&self) -> Result<(u64, Published), Unreadable> {
        let root = PublicKey(fixed("key_set", &self.root)?);
        let set =
            Published { root, digest: digest(&self.text), expires_at: Instant(self.expires_at) };
        Ok((u64::try_from(self.sequence).unwrap_or_default(), set))
    }

    fn of(set: &KeySetText) -> Self {
        Self {
            sequence: i64::try_from(set.sequence).unwrap_or(i64::MAX),
            root: set.root.0.to_vec(),
            expires_at: set.expires_at.0,
            text: set.text.clone(),
        }
    }
}

impl AlarmRow {
    fn of(alarm: &Alarm, times: i64) -> Self {
        Self { kid: alarm.kid.0.to_vec(), venue: alarm.venue.0, hour: alarm.hour, times }
    }

    fn domain(self) -> Result<AlarmLine, Unreadable> {
        let (kid, hour) = (Kid(fixed("alarm", &self.kid)?), Instant(self.hour * HOUR));
        Ok(AlarmLine { kid, venue: VenueId(self.venue), hour, times: self.times })
    }
}
