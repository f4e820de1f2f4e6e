//! What all statements of one month are made of, read once.
//! No single statement (`make.rs`).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Fault, read};
use crate::{
    domain::{
        access::Tenant,
        calendar::Zone,
        ids::{FunderId, OrganisationId, Seq, VenueId},
        ledger::Stage,
        period::{Party, Period},
        programme::Programme,
        refusal::Reason,
        statement::Statement,
        usage::{Breakdown, UsageFilter},
        view::Filter,
    },
    store::{
        Contested, Database, Flow, Held, MonthSlice, Paid, ReadError, Shares, Undone, UsageLine,
        Workshop,
    },
};

/// Names that one question asks for.
const NAMES: usize = 10_000;

pub struct Ground {
    pub period: Period,
    pub before: Option<Period>,
    pub slice: MonthSlice,
    pub programme: Programme,
    /// Of the event that closed the month.
    pub chain: String,
    pub flows: HashMap<Party, Vec<Flow>>,
    pub ended: Shares,
    pub late: Vec<Workshop>,
    pub reversals: Vec<Undone>,
    pub conflicts: Vec<Contested>,
    pub payments: Vec<Paid>,
    pub held: Vec<Held>,
    /// Of all funders together, by whose venues they are.
    venues: HashMap<OrganisationId, Vec<UsageLine>>,
    venue_names: HashMap<i64, String>,
    organisation_names: HashMap<i64, String>,
}

impl Ground {
    pub fn gather(
        database: &Database,
        period: &Period,
        before: Option<Period>,
    ) -> Result<Self, Fault> {
        let missing = || Fault::Refused(Reason::NotFound);
        let programme = database.programme(period.programme)?.ok_or_else(missing)?;
        let zone: &Zone = &programme.terms.time_zone;
        let month = period.closed.month;
        let slice = MonthSlice {
            programme: period.programme,
            from: before.as_ref().and_then(|before| before.next).unwrap_or(Seq(1)),
            through: period.closed.through,
            first_day: month.first_day(),
            last_day: month.last_day(),
            begins: month.first_day().start(zone),
        };
        let closed = database.events(&Filter::one(Tenant::Any, period.id.0))?;
        let chain = closed.into_iter().next().ok_or_else(missing)?.hash;
        let mut flows: HashMap<Party, Vec<Flow>> = HashMap::new();
        for flow in database.flows(&slice)? {
            let of = flow.organisation.map(Party::Organisation);
            for party in of.into_iter().chain([Party::Funder(flow.funder)]) {
                flows.entry(party).or_default().push(flow.clone());
            }
        }
        let filter = UsageFilter {
            programme: Some(period.programme),
            from: Some(month.first_day()),
            to: Some(month.last_day()),
            ..UsageFilter::of(Tenant::Any)
        };
        let mut ground = Self {
            period: period.clone(),
            before,
            programme,
            chain,
            flows,
            ended: database.given_back_of_ended(&slice)?,
            late: database.month_workshops(&slice, None)?,
            reversals: database.month_reversals(&slice)?,
            conflicts: database.month_conflicts(&slice)?,
            payments: database.month_payments(&slice)?,
            held: database.month_held(&slice)?,
            venues: HashMap::new(),
            slice,
            venue_names: HashMap::new(),
            organisation_names: HashMap::new(),
        };
        let lines = database.usage(Breakdown::Venue, &filter)?;
        ground.name(database, &lines)?;
        let owners = database.owners()?;
        for line in lines {
            let venue = line.key.parse().ok().map(VenueId);
            if let Some(owner) = venue.and_then(|venue| owners.get(&venue)) {
                ground.venues.entry(*owner).or_default().push(line);
            }
        }
        Ok(ground)
    }

    /// Asks once what places and organisations are called.
    fn name(&mut self, database: &Database, counted: &[UsageLine]) -> Result<(), ReadError> {
        let counted = counted.iter().filter_map(|line| line.key.parse().ok());
        let told = self.reversals.iter().map(|line| line.venue.0);
        let told = told.chain(self.conflicts.iter().map(|line| line.venue.0));
        let told = told.chain(self.late.iter().map(|line| line.venue.0));
        let venues: BTreeSet<i64> = counted.chain(told).collect();
        let venues: Vec<i64> = venues.into_iter().collect();
        for part in venues.chunks(NAMES) {
            self.venue_names.extend(database.names(Breakdown::Venue, part)?);
        }
        let payees = database.payees()?;
        self.organisation_names = payees.into_iter().map(|(id, name, _)| (id, name)).collect();
        Ok(())
    }

    /// Those that may get a statement and have none yet: funders first, each in their order.
    pub fn parties_to_come(&self, database: &Database) -> Result<Vec<Party>, Fault> {
        let earlier = self.programme.earlier.iter().flat_map(|version| &version.shares);
        let shares = self.programme.terms.shares.iter().chain(earlier);
        let mut parties: BTreeSet<Party> =
            shares.map(|share| Party::Funder(share.funder)).collect();
        parties.extend(self.flows.keys().copied());
        if let Some(before) = &self.before {
            let stated = database.stated(before.id)?;
            parties.extend(stated.into_iter().map(|(party, _)| party));
        }
        let done: HashSet<Party> =
            database.stated(self.period.id)?.into_iter().map(|(party, _)| party).collect();
        parties.retain(|party| !done.contains(party));
        Ok(parties.into_iter().collect())
    }

    /// The statement of the month before.
    pub fn earlier(&self, database: &Database, party: Party) -> Result<Option<Statement>, Fault> {
        let Some(before) = &self.before else { return Ok(None) };
        let id = database.statement_of(before.id, party)?;
        id.map(|id| read(database, id)).transpose()
    }

    pub fn venue_name(&self, id: VenueId) -> String {
        self.venue_names.get(&id.0).cloned().unwrap_or_default()
    }

    pub fn organisation_name(&self, id: OrganisationId) -> String {
        self.organisation_names.get(&id.0).cloned().unwrap_or_default()
    }

    /// The lines of an organisation's venues.
    pub fn venues_of(&self, of: OrganisationId) -> impl Iterator<Item = &UsageLine> + '_ {
        self.venues.get(&of).into_iter().flatten()
    }

    /// In each stage, what went out of it and what came in.
    pub fn stages(&self, party: Party) -> BTreeMap<Stage, (i64, i64)> {
        let mut stages: BTreeMap<Stage, (i64, i64)> = BTreeMap::new();
        for flow in self.flows.get(&party).into_iter().flatten() {
            let sums = stages.entry(flow.stage).or_default();
            sums.0 += flow.debit;
            sums.1 += flow.credit;
        }
        stages
    }

    /// What events of some kinds moved into some stages, less what they moved out.
    pub fn net(&self, party: Party, kinds: &[&str], stages: &[Stage]) -> i64 {
        let flows = self.flows.get(&party).into_iter().flatten();
        let meant = flows
            .filter(|flow| kinds.contains(&flow.kind.as_str()) && stages.contains(&flow.stage));
        meant.map(|flow| flow.credit - flow.debit).sum()
    }
}

/// The part of cents that is a party's: a funder's own share, or all.
pub fn own(shares: &Shares, funder: Option<FunderId>) -> i64 {
    match funder {
        Some(funder) => shares.get(&funder).copied().unwrap_or_default(),
        None => shares.values().sum(),
    }
}
