//! Records made without network, as they arrived: evidence, and what became of each.
//! No rules: `decide/records.rs` has them. No text of a pass stands here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};
use uuid::Uuid;

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::{self, Unreadable},
    device_schema::record,
    load::Failure,
    reads::ReadError,
    wanted::Wanted,
};
use crate::domain::{
    access::Tenant,
    calendar::Instant,
    command::{Redeem, Request, Scope, Shown},
    conflict::Knowledge,
    event::{Body, Event},
    ids::*,
    record::{Arrived, Claims, DecidedRecord, Hash, Link, Settled, Verdict, Waiting},
    refusal::Reason,
    view::{Filter, QuarantinedView},
    world::{Effects, World},
};

const TABLE: &str = "record";

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = record, treat_none_as_default_value = false)]
struct RecordRow {
    device: i64,
    sequence: i64,
    hash: Vec<u8>,
    before: Vec<u8>,
    request: Vec<u8>,
    request_hash: Vec<u8>,
    organisation: i64,
    venue: i64,
    person: Option<i64>,
    voucher: Option<i64>,
    payload: Option<Vec<u8>>,
    workshops: i64,
    delivery: String,
    occurred_at: i64,
    received_at: i64,
    verdict: String,
    told: String,
    text: String,
    event: Option<i64>,
    decided_at: Option<i64>,
    decided_by: Option<i64>,
    accepted: Option<i64>,
    redemption: Option<i64>,
    note: Option<String>,
}

impl RecordRow {
    fn of(arrived: &Arrived) -> Result<Self, Unreadable> {
        let Arrived { request, ask, link, event, received_at } = arrived;
        let (claims, redeem) = (&ask.record.claims, &ask.redeem);
        let payload = match redeem.shown {
            Shown::Signed { payload, .. } => Some(payload.to_vec()),
            Shown::Known(_) | Shown::Refused(_) => None,
        };
        Ok(Self {
            device: claims.device.0,
            sequence: i64::from(claims.sequence),
            hash: link.hash.0.to_vec(),
            before: link.before.0.to_vec(),
            request: request.id.0.as_bytes().to_vec(),
            request_hash: request.hash.to_vec(),
            organisation: redeem.organisation.0,
            venue: redeem.venue.0,
            person: claims.person.map(|id| id.0),
            voucher: redeem.shown.voucher().map(|id| id.0),
            payload,
            workshops: i64::from(redeem.workshops),
            delivery: convert::text(TABLE, &redeem.delivery)?,
            occurred_at: link.occurred_at.0,
            received_at: received_at.0,
            verdict: link.verdict.code().to_owned(),
            told: convert::text(TABLE, &link.verdict)?,
            text: ask.record.text.clone(),
            event: event.map(|seq| seq.0),
            decided_at: None,
            decided_by: None,
            accepted: None,
            redemption: None,
            note: None,
        })
    }

    fn link(&self) -> Result<Link, Unreadable> {
        Ok(Link {
            hash: Hash(convert::bytes(TABLE, &self.hash)?),
            before: Hash(convert::bytes(TABLE, &self.before)?),
            occurred_at: Instant(self.occurred_at),
            verdict: convert::json(TABLE, &self.told)?,
        })
    }

    fn shown(&self) -> Result<Shown, Unreadable> {
        Ok(match (self.voucher, &self.payload) {
            (Some(voucher), Some(payload)) => {
                let payload = convert::bytes(TABLE, payload)?;
                Shown::Signed { voucher: VoucherId(voucher), payload }
            }
            (Some(voucher), None) => Shown::Known(VoucherId(voucher)),
            (None, _) => Shown::Refused(Reason::VoucherUnknown),
        })
    }

    /// What a decision about it needs.
    fn waiting(&self) -> Result<Waiting, Unreadable> {
        let odd = || Unreadable { table: TABLE, what: "text".to_owned() };
        let claims = Claims::of_evidence(&self.text).ok_or_else(odd)?;
        let id = Uuid::from_bytes(convert::bytes(TABLE, &self.request)?);
        let organisation = OrganisationId(self.organisation);
        Ok(Waiting {
            device: DeviceId(self.device),
            person: self.person.map(UserId),
            request: Request {
                scope: Scope::Organisation(organisation),
                id: RequestId(id),
                hash: convert::bytes(TABLE, &self.request_hash)?,
            },
            redeem: Redeem {
                organisation,
                venue: VenueId(self.venue),
                shown: self.shown()?,
                workshops: convert::small(TABLE, self.workshops)?,
                delivery: convert::json(TABLE, &self.delivery)?,
                occurred_at: Instant(self.occurred_at),
                dry_run: false,
            },
            sequence: claims.sequence,
            hash: Hash(convert::bytes(TABLE, &self.hash)?),
            knowledge: Knowledge::of(&claims),
            decided: self.decided_at.is_some(),
        })
    }

    fn view(self) -> Result<QuarantinedView, Unreadable> {
        let cause = match convert::json(TABLE, &self.told)? {
            Verdict::Quarantined(cause) => Some(cause),
            _ => None,
        };
        let cause = cause.ok_or_else(|| Unreadable {
            table: TABLE,
            what: "an event, but no quarantine".to_owned(),
        })?;
        Ok(QuarantinedView {
            id: Seq(self.event.unwrap_or_default()),
            device: DeviceId(self.device),
            sequence: self.sequence,
            organisation: OrganisationId(self.organisation),
            venue: VenueId(self.venue),
            person: self.person.map(UserId),
            cause,
            voucher: self.voucher.map(VoucherId),
            workshops: convert::small(TABLE, self.workshops)?,
            occurred_at: Instant(self.occurred_at),
            received_at: Instant(self.received_at),
            record: self.text,
            accepted: self.accepted.map(|accepted| accepted != 0),
            decided_at: self.decided_at.map(Instant),
            decided_by: self.decided_by.map(UserId),
            redemption: self.redemption.map(Seq),
            note: self.note,
        })
    }
}

/// Loads the neighbours of the records of a batch, and what is to be decided about; both name
/// more that is wanted.
pub(super) fn load(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let mut places: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for (device, sequence) in &wanted.records {
        places.entry(*device).or_default().extend([sequence - 1, *sequence, sequence + 1]);
    }
    for (device, sequences) in places {
        let rows: Vec<RecordRow> = on_either!(conn, conn => record::table
            .filter(record::device.eq(device))
            .filter(record::sequence.eq_any(&sequences))
            .load(conn)?);
        for row in rows {
            let link = row.link()?;
            if let Verdict::Accepted(redemption) | Verdict::Replayed(redemption) = &link.verdict {
                wanted.redemptions.insert(redemption.seq.0);
            }
            let place = (DeviceId(row.device), convert::small(TABLE, row.sequence)?);
            world.records.entry(place).or_default().push(link);
        }
    }
    for event in &wanted.quarantines {
        let row: Option<RecordRow> = on_either!(conn, conn => record::table
            .filter(record::event.eq(event))
            .first(conn)
            .optional()?);
        let Some(row) = row else { continue };
        let waiting = row.waiting()?;
        wanted.requests.push(waiting.request);
        wanted.users.extend(row.person);
        wanted.devices.insert(row.device);
        wanted.venues.insert(row.venue);
        wanted.taking.insert(row.venue);
        wanted.people.extend(row.person);
        wanted.vouchers.extend(row.voucher);
        wanted.money = true;
        world.quarantined.insert(Seq(*event), waiting);
    }
    Ok(())
}

/// Writes what arrived, and what was decided.
pub(super) fn write(conn: &mut Conn, effects: &Effects) -> Result<(), Failure> {
    for arrived in &effects.records {
        let row = RecordRow::of(arrived)?;
        on_either!(conn, conn => {
            diesel::insert_into(record::table).values(&row).execute(conn)?
        });
    }
    for Settled { quarantine, accepted, redemption, at, by, note } in &effects.settled {
        on_either!(conn, conn => {
            diesel::update(record::table.filter(record::event.eq(quarantine.0)))
                .set((
                    record::decided_at.eq(Some(at.0)),
                    record::decided_by.eq(by.map(|id| id.0)),
                    record::accepted.eq(Some(i64::from(*accepted))),
                    record::redemption.eq(redemption.map(|seq| seq.0)),
                    record::note.eq(Some(note)),
                ))
                .execute(conn)?
        });
    }
    Ok(())
}

/// What the journal says of records in quarantine, for the audit.
#[derive(Default)]
pub(super) struct Told(BTreeMap<i64, Fate>);

/// Whose record it is, its place and hash; whether it was accepted, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fate {
    place: (Option<i64>, i64, Vec<u8>),
    accepted: Option<i64>,
    redemption: Option<i64>,
}

impl Told {
    pub fn note(&mut self, event: &Event) {
        match &event.body {
            Body::RecordQuarantined { sequence, hash, .. } => {
                let place = (event.device.map(|id| id.0), i64::from(*sequence), hash.0.to_vec());
                self.0.insert(event.seq.0, Fate { place, accepted: None, redemption: None });
            }
            Body::RecordDecided { quarantine, accepted, redemption, .. } => {
                if let Some(fate) = self.0.get_mut(&quarantine.0) {
                    fate.accepted = Some(i64::from(*accepted));
                    fate.redemption = redemption.map(|seq| seq.0);
                }
            }
            _ => {}
        }
    }

    /// Records that are not as the events say, by the event that put them in quarantine.
    pub fn differences(mut self, conn: &mut Conn) -> Result<Vec<i64>, Failure> {
        let rows: Vec<RecordRow> = on_either!(conn, conn => {
            record::table.filter(record::event.is_not_null()).load(conn)?
        });
        let mut differing = Vec::new();
        for row in rows {
            let place = (Some(row.device), row.sequence, row.hash);
            let (accepted, redemption) = (row.accepted, row.redemption);
            let event = row.event.unwrap_or_default();
            if self.0.remove(&event) != Some(Fate { place, accepted, redemption }) {
                differing.push(event);
            }
        }
        differing.extend(self.0.into_keys());
        Ok(differing)
    }
}

impl Database {
    /// Records that were or are in quarantine, the newest first.
    pub fn quarantined(&self, filter: &Filter) -> Result<Vec<QuarantinedView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => filter.organisation,
            Tenant::Organisation(own) => Some(own),
            Tenant::Funder(_) | Tenant::Issuer(_) => return Ok(Vec::new()),
        };
        let rows: Vec<RecordRow> = reading!(self, conn => {
            let mut query = record::table.filter(record::event.is_not_null()).into_boxed();
            if let Some(own) = own {
                query = query.filter(record::organisation.eq(own.0));
            }
            if let Some(venue) = filter.venue {
                query = query.filter(record::venue.eq(venue.0));
            }
            if let Some(id) = filter.id {
                query = query.filter(record::event.eq(id));
            }
            if filter.waiting {
                query = query.filter(record::accepted.is_null());
            }
            if let Some(programme) = filter.programme {
                query = query.filter(sql::<Bool>(&format!(
                    "record.voucher IN (SELECT id FROM voucher WHERE programme = {programme})"
                )));
            }
            if let Some(after) = filter.after {
                query = query.filter(record::event.lt(after));
            }
            query.order(record::event.desc()).limit(i64::from(filter.limit)).load(conn)
        })?;
        rows.into_iter().map(|row| row.view().map_err(ReadError::from)).collect()
    }

    /// What was decided about records of a device that were put aside, of those at these places.
    pub fn decided(
        &self,
        device: DeviceId,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, ReadError> {
        type Row = (i64, Vec<u8>, Option<i64>, Option<i64>);
        let sequences: Vec<i64> = sequences.iter().copied().map(i64::from).collect();
        let rows: Vec<Row> = reading!(self, conn => {
            record::table
                .filter(record::device.eq(device.0))
                .filter(record::sequence.eq_any(&sequences))
                .filter(record::decided_at.is_not_null())
                .order(record::sequence)
                .select((record::sequence, record::request, record::accepted, record::redemption))
                .load(conn)
        })?;
        let decided = |(sequence, request, accepted, redemption): Row| {
            let request = Uuid::from_bytes(convert::bytes(TABLE, &request)?);
            Ok(DecidedRecord {
                sequence: convert::small(TABLE, sequence)?,
                request: RequestId(request),
                accepted: accepted == Some(1),
                redemption: redemption.map(Seq),
            })
        };
        rows.into_iter().map(decided).collect::<Result<_, Unreadable>>().map_err(ReadError::from)
    }

    /// How far the chains of devices have come, and how many places of each are still empty.
    pub(super) fn chains(&self, devices: &[i64]) -> Result<HashMap<i64, (i64, i64)>, ReadError> {
        let rows: Vec<(i64, i64, i64)> = reading!(self, conn => record::table
            .filter(record::device.eq_any(devices))
            .group_by(record::device)
            .select((
                record::device,
                sql::<BigInt>("MAX(sequence)"),
                sql::<BigInt>("COUNT(DISTINCT sequence)"),
            ))
            .load(conn))?;
        let chain = |(device, last, there): (i64, i64, i64)| (device, (last, last - there));
        Ok(rows.into_iter().map(chain).collect())
    }
}
