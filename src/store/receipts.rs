//! Receipts: their keys in the database, and what each redemption's receipt says.
//! No signatures: `sys::signer` makes them.

use std::collections::{BTreeMap, HashMap};

use diesel::{prelude::*, upsert::excluded};

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::{self, Unreadable},
    lists::of_history,
    load::Failure,
    people_schema::receipt_key,
    reads::ReadError,
    rows::*,
    schema::{event, redemption, voucher},
};
use crate::domain::{
    access::Tenant,
    calendar::{Day, Instant},
    cents::Cents,
    command::{Ask, Command},
    event::Redeemed,
    ids::{OrganisationId, RequestId, Seq, VenueId, VoucherId},
    key_register::PublicKey,
    receipt::{Receipt, ReceiptKey},
    world::{Effects, World},
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = receipt_key, treat_none_as_default_value = false)]
struct ReceiptKeyRow {
    id: i64,
    public_key: Vec<u8>,
    added_at: i64,
    signs_from: i64,
    compromised_at: Option<i64>,
}

impl ReceiptKeyRow {
    fn domain(&self) -> Result<ReceiptKey, Unreadable> {
        Ok(ReceiptKey {
            id: Seq(self.id),
            public: PublicKey(convert::bytes("receipt_key", &self.public_key)?),
            added_at: Instant(self.added_at),
            signs_from: Instant(self.signs_from),
            compromised_at: self.compromised_at.map(Instant),
        })
    }

    fn of(key: &ReceiptKey) -> Self {
        Self {
            id: key.id.0,
            public_key: key.public.0.to_vec(),
            added_at: key.added_at.0,
            signs_from: key.signs_from.0,
            compromised_at: key.compromised_at.map(|at| at.0),
        }
    }
}

/// Loads the receipt keys if a command asks about keys: they are few.
pub(super) fn load(
    conn: &mut Conn,
    world: &mut World,
    commands: &[Command],
) -> Result<(), Failure> {
    let asks = |command: &Command| matches!(command.ask, Ask::Key(_) | Ask::ReceiptKey(_));
    if commands.iter().any(asks) {
        let rows: Vec<ReceiptKeyRow> = on_either!(conn, conn => receipt_key::table.load(conn)?);
        for row in rows {
            world.receipt_keys.insert(Seq(row.id), row.domain()?);
        }
    }
    Ok(())
}

/// Writes receipt keys that changed.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let changed = effects.changed.receipt_keys.iter();
    for key in changed.filter_map(|id| world.receipt_keys.get(id)) {
        let row = ReceiptKeyRow::of(key);
        on_either!(conn, conn => {
            diesel::insert_into(receipt_key::table)
                .values(&row)
                .on_conflict(receipt_key::id)
                .do_update()
                .set(receipt_key::compromised_at.eq(excluded(receipt_key::compromised_at)))
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
    let rows: Vec<ReceiptKeyRow> = on_either!(conn, conn => receipt_key::table.load(conn)?);
    let stored: BTreeMap<Seq, ReceiptKey> = rows
        .iter()
        .map(|row| Ok((Seq(row.id), row.domain()?)))
        .collect::<Result<_, Unreadable>>()?;
    let ids = world.receipt_keys.keys().chain(stored.keys());
    let ids = ids.filter(|id| world.receipt_keys.get(id) != stored.get(id));
    let ids: std::collections::BTreeSet<&Seq> = ids.collect();
    let told = |id: &Seq| ("receipt_key", id.to_string(), "differs from its events");
    Ok(ids.into_iter().map(told).collect())
}

/// In microseconds.
const DAY: i64 = 86_400_000_000;

/// Whose receipts, and of which business days.
#[derive(Clone, Debug)]
pub struct Receipts {
    pub within: Tenant,
    /// This redemption alone.
    pub seq: Option<Seq>,
    pub organisation: Option<OrganisationId>,
    /// Business days, the last one inclusive.
    pub days: Option<(Day, Day)>,
    pub after: Seq,
    /// Redemptions that are looked at for one piece.
    pub limit: u32,
}

/// Receipts, and the redemption that was looked at last; none: there are no more.
pub type Page = (Vec<Receipt>, Option<Seq>);

impl Database {
    /// All receipt keys there ever were, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receipt_keys(&self) -> Result<Vec<ReceiptKey>, ReadError> {
        let rows: Vec<ReceiptKeyRow> =
            reading!(self, conn => receipt_key::table.order(receipt_key::id).load(conn))?;
        Ok(rows.iter().map(ReceiptKeyRow::domain).collect::<Result<_, _>>()?)
    }

    /// What the receipts of redemptions say, in the order of the journal.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receipts(&self, of: &Receipts) -> Result<Page, ReadError> {
        let own = match of.within {
            Tenant::Any => None,
            Tenant::Organisation(own) => Some(own),
            Tenant::Funder(_) | Tenant::Issuer(_) => return Ok((Vec::new(), None)),
        };
        let rows: Vec<RedemptionRow> = reading!(self, conn => {
            let mut query = redemption::table.filter(redemption::seq.gt(of.after.0)).into_boxed();
            for organisation in [own, of.organisation].into_iter().flatten() {
                query = query.filter(redemption::organisation.eq(organisation.0));
            }
            if let Some(seq) = of.seq {
                query = query.filter(redemption::seq.eq(seq.0));
            }
            // A business day begins and ends somewhere within these.
            if let Some((from, to)) = of.days {
                let day = |day: Day| i64::from(day.0) * DAY;
                query = query
                    .filter(redemption::recorded_at.ge(day(from.plus(-1))))
                    .filter(redemption::recorded_at.lt(day(to.plus(2))));
            }
            query.order(redemption::seq).limit(i64::from(of.limit)).load(conn)
        })?;
        let full = rows.len() >= usize::try_from(of.limit).unwrap_or(usize::MAX);
        let last = rows.last().filter(|_| full).map(|row| Seq(row.seq));
        Ok((self.told(&rows, of)?, last))
    }

    fn told(&self, rows: &[RedemptionRow], of: &Receipts) -> Result<Vec<Receipt>, ReadError> {
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let events: Vec<EventRow> = reading!(self, conn => event::table
            .filter(event::seq.eq_any(&seqs))
            .load(conn))?;
        let events: HashMap<i64, EventRow> =
            events.into_iter().map(|event| (event.seq, event)).collect();
        let earned = self.earned(&seqs, None)?;
        let mut receipts = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(event) = events.get(&row.seq) else { continue };
            let outside = |(from, to): (Day, Day)| {
                !(i64::from(from.0)..=i64::from(to.0)).contains(&event.day)
            };
            if of.days.is_some_and(outside) {
                continue;
            }
            let redeemed: Redeemed = convert::json("event", &event.content)?;
            let Some((left, last_day)) = self.left_after(row.voucher, row.seq)? else { continue };
            receipts.push(Receipt {
                id: redeemed.request.unwrap_or(RequestId(uuid::Uuid::nil())),
                seq: Seq(row.seq),
                organisation: OrganisationId(row.organisation),
                venue: VenueId(row.venue),
                voucher: redeemed.shown.unwrap_or(VoucherId(row.voucher)),
                workshops: convert::small("redemption", row.workshops)?,
                left,
                last_day,
                earned_cents: Cents(earned.get(&row.seq).copied().unwrap_or_default()),
                occurred_at: Instant(row.occurred_at),
                recorded_at: Instant(row.recorded_at),
                head: convert::bytes("event", &event.hash)?,
            });
        }
        Ok(receipts)
    }

    /// Workshops that a voucher still opened after an event of its history, and its last day.
    fn left_after(&self, id: i64, seq: i64) -> Result<Option<(u8, Day)>, ReadError> {
        let found: Option<(i64, i64)> = reading!(self, conn => voucher::table
            .filter(voucher::id.eq(id))
            .select((voucher::workshops, voucher::last_day))
            .first(conn)
            .optional())?;
        let Some((workshops, last_day)) = found else { return Ok(None) };
        let history: Vec<(i64, Option<i64>)> = reading!(self, conn => event::table
            .filter(of_history("event.seq", VoucherId(id)))
            .filter(event::seq.le(seq))
            .filter(event::kind.eq_any(["redeemed", "reversed"]))
            .select((event::seq, event::reverses))
            .load(conn))?;
        let made: Vec<i64> = history.iter().map(|(seq, _)| *seq).collect();
        let taken: Vec<(i64, i64)> = reading!(self, conn => redemption::table
            .filter(redemption::seq.eq_any(&made))
            .select((redemption::seq, redemption::workshops))
            .load(conn))?;
        let undone = |of: i64| history.iter().any(|(_, reverses)| *reverses == Some(of));
        let taken: i64 =
            taken.iter().filter(|(seq, _)| !undone(*seq)).map(|(_, workshops)| workshops).sum();
        let left = convert::small("voucher", (workshops - taken).max(0))?;
        Ok(Some((left, Day(convert::small("voucher", last_day)?))))
    }
}
