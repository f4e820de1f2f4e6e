//! Conflicts as people see them: with their evidence, and what they cost by device and month.
//! No writes; of another organisation's redemptions only the times are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{narrow, page};
use crate::{
    domain::{
        access::Tenant,
        calendar::Instant,
        cents::Cents,
        ids::*,
        usage::UsageFilter,
        view::{ConflictView, CounterpartView, ExposureView, Filter},
    },
    store::{
        conflicts::{ConflictRow, TABLE},
        connection::{Database, reading},
        convert,
        device_schema::{conflict, conflict_against, record},
        reads::ReadError,
        schema::*,
    },
};

/// Conflicts that an overview is made of at most: the newest ones.
const MOST_CONFLICTS: i64 = 10_000;

type Counterparts = HashMap<i64, Vec<CounterpartView>>;

/// Programme, organisation, venue, device and month of an overview's line.
type Place = (i64, i64, i64, i64, i64);

impl Database {
    pub fn conflicts(&self, filter: &Filter) -> Result<Vec<ConflictView>, ReadError> {
        let Some((own, programmes)) = self.party(filter.within)? else { return Ok(Vec::new()) };
        let of_payment = filter.payment.map(|id| self.conflicts_paid_by(id)).transpose()?;
        let rows: Vec<ConflictRow> = reading!(self, conn => {
            let mut query = conflict::table.into_boxed();
            narrow!(query, conflict::organisation => own,
                conflict::organisation => filter.organisation,
                conflict::programme => filter.programme,
                conflict::venue => filter.venue,
                conflict::device => filter.device,
                conflict::voucher => filter.voucher,
                conflict::seq => filter.id.map(Seq));
            if let Some(programmes) = &programmes {
                query = query.filter(conflict::programme.eq_any(programmes));
            }
            if let Some(payment) = &of_payment {
                query = query.filter(sql::<Bool>(payment));
            }
            if filter.waiting {
                query = query.filter(conflict::fate.eq("open"));
            }
            page!(query, filter, desc conflict::seq).load(conn)
        })?;
        let funder = match filter.within {
            Tenant::Funder(funder) => Some(funder),
            _ => None,
        };
        let decisions: Vec<i64> = rows.iter().filter_map(|row| row.decision).collect();
        let earned = self.earned(&decisions, funder)?;
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let mut against = self.counterparts(&seqs, own)?;
        let mut texts = self.evidence(&rows)?;
        let view = |row: ConflictRow| {
            let earned = row.decision.and_then(|seq| earned.get(&seq)).copied();
            let text = texts.remove(&row.seq).unwrap_or_default();
            viewed(row, earned.unwrap_or_default(), &mut against, text)
        };
        rows.into_iter().map(view).collect()
    }

    /// The organisation whose rows a tenant sees alone, and the programmes; `None`: none at all.
    #[expect(clippy::type_complexity, reason = "two filters that belong together, used twice")]
    pub(super) fn party(
        &self,
        within: Tenant,
    ) -> Result<Option<(Option<OrganisationId>, Option<Vec<i64>>)>, ReadError> {
        Ok(match within {
            Tenant::Any => Some((None, None)),
            Tenant::Organisation(own) => Some((Some(own), None)),
            Tenant::Funder(funder) => Some((None, Some(self.programmes_paid_by(funder)?))),
            Tenant::Issuer(_) => None,
        })
    }

    fn counterparts(
        &self,
        conflicts: &[i64],
        own: Option<OrganisationId>,
    ) -> Result<Counterparts, ReadError> {
        let pairs: Vec<(i64, i64)> = reading!(self, conn => conflict_against::table
            .filter(conflict_against::conflict.eq_any(conflicts))
            .order(conflict_against::redemption)
            .load(conn))?;
        let seqs: Vec<i64> = pairs.iter().map(|(redemption, _)| *redemption).collect();
        let rows: Vec<(i64, i64, i64, i64, i64)> = reading!(self, conn => redemption::table
            .filter(redemption::seq.eq_any(&seqs))
            .select((
                redemption::seq,
                redemption::venue,
                redemption::organisation,
                redemption::occurred_at,
                redemption::recorded_at,
            ))
            .load(conn))?;
        let found: HashMap<i64, _> = rows.into_iter().map(|row| (row.0, row)).collect();
        let mut counterparts: Counterparts = HashMap::new();
        for (redemption, conflict) in pairs {
            let Some((seq, venue, organisation, occurred_at, recorded_at)) = found.get(&redemption)
            else {
                continue;
            };
            let told = own.is_none_or(|own| own.0 == *organisation);
            counterparts.entry(conflict).or_default().push(CounterpartView {
                redemption: told.then_some(Seq(*seq)),
                venue: told.then_some(VenueId(*venue)),
                occurred_at: Instant(*occurred_at),
                recorded_at: Instant(*recorded_at),
            });
        }
        Ok(counterparts)
    }

    /// The signed records of conflicts.
    fn evidence(&self, rows: &[ConflictRow]) -> Result<HashMap<i64, String>, ReadError> {
        let mut texts = HashMap::with_capacity(rows.len());
        for row in rows {
            let text: Option<String> = reading!(self, conn => record::table
                .find((row.device, row.sequence, &row.hash))
                .select(record::text)
                .get_result(conn)
                .optional())?;
            texts.extend(text.map(|text| (row.seq, text)));
        }
        Ok(texts)
    }

    /// Which of these redemptions some conflict is against.
    pub(super) fn contested(&self, seqs: &[i64]) -> Result<BTreeSet<i64>, ReadError> {
        let rows: Vec<i64> = reading!(self, conn => conflict_against::table
            .filter(conflict_against::redemption.eq_any(seqs))
            .select(conflict_against::redemption)
            .load(conn))?;
        Ok(rows.into_iter().collect())
    }

    /// What conflicts are about and cost, by programme, venue, device and month of the workshop,
    /// the newest month first.
    pub fn exposures(&self, filter: &UsageFilter) -> Result<Vec<ExposureView>, ReadError> {
        let Some((own, programmes)) = self.party(filter.within)? else { return Ok(Vec::new()) };
        let paid = filter.funder.map(|funder| self.programmes_paid_by(funder)).transpose()?;
        let rows: Vec<ConflictRow> = reading!(self, conn => {
            let mut query = conflict::table.into_boxed();
            narrow!(query, conflict::organisation => own,
                conflict::programme => filter.programme,
                conflict::venue => filter.venue);
            for programmes in [&programmes, &paid].into_iter().flatten() {
                query = query.filter(conflict::programme.eq_any(programmes));
            }
            if let Some(from) = filter.from {
                query = query.filter(conflict::month.ge(from.month_number()));
            }
            if let Some(to) = filter.to {
                query = query.filter(conflict::month.le(to.month_number()));
            }
            query.order(conflict::seq.desc()).limit(MOST_CONFLICTS).load(conn)
        })?;
        let funder = match filter.within {
            Tenant::Funder(funder) => Some(funder),
            _ => filter.funder,
        };
        let decisions: Vec<i64> = rows.iter().filter_map(|row| row.decision).collect();
        let earned = self.earned(&decisions, funder)?;
        let mut lines: BTreeMap<Place, ExposureView> = BTreeMap::new();
        for row in &rows {
            let contested = row.contested()?;
            let elsewhere = filter.territory.as_ref().is_some_and(|at| *at != contested.territory);
            if elsewhere || filter.issuer.is_some_and(|issuer| issuer != contested.issuer) {
                continue;
            }
            let place = (row.programme, row.organisation, row.venue, row.device, row.month);
            let line = lines.entry(place).or_insert_with(|| nothing(place));
            line.conflicts += 1;
            line.open += i64::from(row.fate == "open");
            line.workshops += row.workshops;
            line.workshops_paid += if row.fate == "paid" { row.workshops } else { 0 };
            let cents = row.decision.and_then(|seq| earned.get(&seq)).copied();
            line.paid_cents.0 += cents.unwrap_or_default();
        }
        let mut lines: Vec<ExposureView> = lines.into_values().collect();
        self.mark_alarms(&mut lines)?;
        lines.sort_by_key(|line| (-line.month, line.programme.0, line.venue.0, line.device.0));
        Ok(lines)
    }

    /// Says where a device or a venue has more in a month than one device may cost.
    fn mark_alarms(&self, lines: &mut [ExposureView]) -> Result<(), ReadError> {
        let mut devices: HashMap<_, i64> = HashMap::new();
        let mut venues: HashMap<_, i64> = HashMap::new();
        for line in lines.iter() {
            let workshops = line.workshops;
            *devices.entry((line.programme, line.device, line.month)).or_default() += workshops;
            *venues.entry((line.programme, line.venue, line.month)).or_default() += workshops;
        }
        let programmes: BTreeSet<i64> = lines.iter().map(|line| line.programme.0).collect();
        let mut caps: HashMap<ProgrammeId, i64> = HashMap::new();
        for id in programmes.into_iter().map(ProgrammeId) {
            let programme = self.programme(id)?;
            let cap = programme.map_or(0, |row| row.terms.offline.guaranteed_a_month);
            caps.insert(id, i64::from(cap));
        }
        for line in lines {
            line.cap = caps.get(&line.programme).copied().unwrap_or_default();
            let of_device = devices.get(&(line.programme, line.device, line.month));
            let of_venue = venues.get(&(line.programme, line.venue, line.month));
            line.alarm = of_device.max(of_venue).is_some_and(|workshops| *workshops > line.cap);
        }
        Ok(())
    }
}

fn nothing((programme, organisation, venue, device, month): Place) -> ExposureView {
    ExposureView {
        programme: ProgrammeId(programme),
        organisation: OrganisationId(organisation),
        venue: VenueId(venue),
        device: DeviceId(device),
        month,
        conflicts: 0,
        open: 0,
        workshops: 0,
        workshops_paid: 0,
        paid_cents: Cents::ZERO,
        cap: 0,
        alarm: false,
    }
}

fn viewed(
    row: ConflictRow,
    earned: i64,
    against: &mut Counterparts,
    record: String,
) -> Result<ConflictView, ReadError> {
    let contested = row.contested()?;
    let state = match row.fate.as_str() {
        "paid" => "paid",
        "unpaid" => "unpaid",
        _ => "open",
    };
    Ok(ConflictView {
        id: Seq(row.seq),
        programme: ProgrammeId(row.programme),
        voucher: VoucherId(row.voucher),
        device: DeviceId(row.device),
        sequence: row.sequence,
        organisation: OrganisationId(row.organisation),
        venue: VenueId(row.venue),
        workshops: convert::small(TABLE, row.workshops)?,
        delivery: contested.delivery,
        typed: row.typed != 0,
        reason: contested.reason.code(),
        against: against.remove(&row.seq).unwrap_or_default(),
        occurred_at: Instant(row.occurred_at),
        received_at: Instant(row.recorded_at),
        month: row.month,
        state,
        earned_cents: Cents(earned),
        currency: "EUR",
        decision: row.decision.map(Seq),
        decided_at: row.decided_at.map(Instant),
        decided_by: row.decided_by.map(UserId),
        note: row.note,
        record,
    })
}
