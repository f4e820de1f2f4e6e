//! One statement, put together from what was read of its month.
//! No queries but of its own party's figures.

use super::{
    Fault,
    ground::{Ground, own},
};
use crate::{
    domain::{
        access::Tenant,
        fee::{self, FeeLine},
        ids::{FunderId, OrganisationId},
        ledger::Stage,
        period::Party,
        sepa::end_to_end_id,
        settlement::Amounts,
        statement::*,
        usage::{Breakdown, Figures, UsageFilter},
        view::Filter,
    },
    store::{Database, UsageLine, Workshop},
};

/// Stages that are an organisation's own.
const OF_ORGANISATIONS: [Stage; 3] = [Stage::Earned, Stage::InPayment, Stage::Receivable];
const TAKEN: [&str; 2] = ["redeemed", "reversed"];
const EARNING: [&str; 3] = ["redeemed", "reversed", "conflict_decided"];
const ISSUING: [&str; 3] = ["voucher_issued", "voucher_activated", "batch_opened"];
const BACK: [Stage; 2] = [Stage::Releasable, Stage::Available];
const EARNED: [Stage; 2] = [Stage::Earned, Stage::Receivable];

impl Ground {
    /// The statement of a party; nothing for an organisation that has nothing in the month.
    pub fn statement(
        &self,
        database: &Database,
        party: Party,
        number: i64,
    ) -> Result<Option<Statement>, Fault> {
        let earlier = self.earlier(database, party)?;
        let stages = self.stage_lines(party, earlier.as_ref());
        let moved = |line: &StageLine| {
            [line.opening_cents, line.in_cents, line.out_cents].iter().any(|cents| *cents != 0)
        };
        if matches!(party, Party::Organisation(_)) && !stages.iter().any(moved) {
            return Ok(None);
        }
        let closed = &self.period.closed;
        let mut statement = Statement {
            format: FORMAT.to_owned(),
            number,
            party,
            party_name: String::new(),
            programme: self.period.programme,
            programme_name: self.programme.name.clone(),
            month: closed.month,
            first_day: closed.month.first_day(),
            last_day: closed.month.last_day(),
            time_zone: self.programme.terms.time_zone.clone(),
            currency: "EUR".to_owned(),
            vat: self.programme.terms.papers.vat,
            closed_seq: crate::domain::ids::Seq(self.period.id.0),
            closed_at: self.period.closed_at,
            chain: self.chain.clone(),
            open_conflicts: closed.conflicts,
            quarantined: closed.quarantined,
            held: None,
            stages,
            balance: Vec::new(),
            fee: None,
            territories: Vec::new(),
            venues: Vec::new(),
            workshops: Vec::new(),
            late: Vec::new(),
            reversals: Vec::new(),
            conflicts: Vec::new(),
            payments: Vec::new(),
            controls: Vec::new(),
        };
        self.lines(&mut statement);
        match party {
            Party::Funder(id) => self.of_funder(database, id, earlier.as_ref(), &mut statement)?,
            Party::Organisation(id) => self.of_organisation(database, id, &mut statement)?,
        }
        Ok(Some(statement))
    }

    fn stage_lines(&self, party: Party, earlier: Option<&Statement>) -> Vec<StageLine> {
        let moved = self.stages(party);
        let all: &[Stage] = match party {
            Party::Funder(_) => Stage::ALL,
            Party::Organisation(_) => &OF_ORGANISATIONS,
        };
        let line = |stage: &Stage| {
            let (debit, credit) = moved.get(stage).copied().unwrap_or_default();
            let other_side = matches!(stage, Stage::Funding | Stage::Receivable);
            let (out_cents, in_cents) = if other_side { (credit, debit) } else { (debit, credit) };
            let opening_cents = earlier.map_or(0, |earlier| earlier.closing(*stage));
            let closing_cents = opening_cents + in_cents - out_cents;
            StageLine { stage: *stage, opening_cents, in_cents, out_cents, closing_cents }
        };
        all.iter().map(line).collect()
    }

    /// The lines that both kinds of statement have, with a funder's own cents.
    fn lines(&self, statement: &mut Statement) {
        let (funder, organisation) = match statement.party {
            Party::Funder(id) => (Some(id), None),
            Party::Organisation(id) => (None, Some(id)),
        };
        let meant = |of: OrganisationId| organisation.is_none_or(|own| own == of);
        let mut held = HeldSum::default();
        for row in self.held.iter().filter(|row| meant(row.organisation)) {
            held.redemptions += 1;
            held.workshops += row.workshops;
            held.amount_cents += own(&row.shares, funder);
        }
        statement.held = Some(held);
        let late = self.late.iter().filter(|row| meant(row.organisation));
        statement.late = late.map(|row| self.workshop(row, funder)).collect();
        let earlier = |day| organisation.is_some() || day < self.slice.first_day;
        let undone = self.reversals.iter();
        let undone = undone.filter(|row| meant(row.organisation) && earlier(row.day));
        statement.reversals = undone
            .map(|row| ReversalLine {
                seq: row.seq,
                redemption: row.redemption,
                day: row.day,
                venue: row.venue,
                venue_name: self.venue_name(row.venue),
                workshops: row.workshops,
                amount_cents: own(&row.shares, funder),
            })
            .collect();
        let conflicts = self.conflicts.iter().filter(|row| meant(row.organisation));
        statement.conflicts = conflicts
            .map(|row| ConflictLine {
                seq: row.seq,
                occurred_at: row.occurred_at,
                venue: row.venue,
                venue_name: self.venue_name(row.venue),
                workshops: row.workshops,
                reason: row.reason.code().to_owned(),
                state: match row.paid {
                    None => "open",
                    Some(true) => "paid",
                    Some(false) => "unpaid",
                }
                .to_owned(),
                amount_cents: own(&row.shares, funder),
            })
            .collect();
        let payments = self.payments.iter().filter(|row| meant(row.organisation));
        statement.payments = payments
            .map(|row| PaymentLine {
                id: row.id,
                number: row.number,
                end_to_end_id: end_to_end_id(self.period.programme, row.number),
                organisation: row.organisation,
                organisation_name: self.organisation_name(row.organisation),
                day: row.day,
                state: row.state,
                amount_cents: transferred(&row.lines, &row.netted, funder),
            })
            .collect();
    }

    fn workshop(&self, row: &Workshop, funder: Option<FunderId>) -> WorkshopLine {
        WorkshopLine {
            seq: row.seq,
            occurred_at: row.occurred_at,
            venue: row.venue,
            venue_name: self.venue_name(row.venue),
            workshops: row.workshops,
            amount_cents: own(&row.shares, funder),
        }
    }

    fn place(&self, line: &UsageLine, venue: bool) -> PlaceLine {
        let number = line.key.parse().ok().map(crate::domain::ids::VenueId);
        let name = number.filter(|_| venue).map(|id| self.venue_name(id));
        PlaceLine {
            key: line.key.clone(),
            name: name.unwrap_or_default(),
            redemptions: line.figures.redemptions,
            workshops: line.figures.workshops_used,
            earned_cents: line.figures.earned_cents,
            guaranteed_cents: line.figures.guaranteed_cents,
        }
    }

    fn of_organisation(
        &self,
        database: &Database,
        id: OrganisationId,
        statement: &mut Statement,
    ) -> Result<(), Fault> {
        let party = Party::Organisation(id);
        statement.party_name = self.organisation_name(id);
        let mut workshops = database.month_workshops(&self.slice, Some(id))?;
        workshops.sort_by_key(|row| row.seq);
        statement.workshops = workshops.iter().map(|row| self.workshop(row, None)).collect();
        let venues = self.venues_of(id).map(|line| self.place(line, true));
        statement.venues = venues.filter(happened).collect();
        statement.territories = Vec::new();
        let lines = statement.workshops.iter().map(|line| line.amount_cents).sum::<i64>()
            + statement.reversals.iter().map(|line| line.amount_cents).sum::<i64>()
            + statement.conflicts.iter().map(|line| line.amount_cents).sum::<i64>();
        let earned = self.net(party, &EARNING, &EARNED);
        statement.controls = vec![
            control("lines", lines, earned),
            control("venues", earned_at(&statement.venues), earned),
        ];
        Ok(())
    }

    fn of_funder(
        &self,
        database: &Database,
        id: FunderId,
        earlier: Option<&Statement>,
        statement: &mut Statement,
    ) -> Result<(), Fault> {
        let party = Party::Funder(id);
        let names = database.funders(&Filter::one(Tenant::Any, id.0))?;
        statement.party_name = names.into_iter().next().map(|row| row.name).unwrap_or_default();
        let all = UsageFilter {
            programme: Some(self.period.programme),
            funder: Some(id),
            to: Some(self.slice.last_day),
            ..UsageFilter::of(Tenant::Any)
        };
        let month = UsageFilter { from: Some(self.slice.first_day), ..all.clone() };
        let places = |by, venue| -> Result<Vec<PlaceLine>, Fault> {
            let lines = database.usage(by, &month)?;
            let places = lines.iter().map(|line| self.place(line, venue)).filter(happened);
            Ok(places.collect())
        };
        statement.territories = places(Breakdown::Territory, false)?;
        statement.venues = places(Breakdown::Venue, true)?;
        let (in_month, at_end) = (sum(database, &month)?, sum(database, &all)?);
        statement.balance = self.balance(party, earlier, &in_month, &at_end);
        let paid = self.payments.iter();
        let paid = paid.map(|row| row.effect * transferred(&row.lines, &row.netted, Some(id)));
        let earned = self.net(party, &EARNING, &EARNED);
        let before = earlier.and_then(|earlier| earlier.fee.as_ref());
        let rate = fee::rate(&self.programme.terms.papers.fees, self.period.closed.month);
        statement.fee = FeeLine::after(before, rate, earned);
        let closing = |stage| statement.closing(stage);
        let held = Stage::ALL.iter().filter(|stage| **stage != Stage::Funding);
        let held = held.map(|stage| match stage {
            Stage::Receivable => -closing(*stage),
            stage => closing(*stage),
        });
        let back = statement.closing_of(BalanceItem::Expired)
            + statement.closing_of(BalanceItem::Cancelled);
        let used = statement.closing_of(BalanceItem::Used) + at_end.guaranteed_cents;
        let moved = |stage| statement.stages.iter().find(|line| line.stage == stage);
        let paid_out = moved(Stage::Paid).map_or(0, |line| line.in_cents - line.out_cents);
        statement.controls = vec![
            control("stages", closing(Stage::Funding), held.sum()),
            control("issued", statement.closing_of(BalanceItem::Issued), at_end.committed_cents),
            control("used", used, at_end.earned_cents),
            control("given_back", back, at_end.given_back_cents),
            control(
                "outstanding",
                statement.closing_of(BalanceItem::Outstanding),
                closing(Stage::Committed),
            ),
            control("territories", earned_at(&statement.territories), earned),
            control("venues", earned_at(&statement.venues), earned),
            control("payments", paid.sum(), paid_out),
        ];
        Ok(())
    }

    /// Workshops from the figures of usage, cents from the journal: two ways that have to agree.
    fn balance(
        &self,
        party: Party,
        earlier: Option<&Statement>,
        month: &Figures,
        end: &Figures,
    ) -> Vec<BalanceLine> {
        let of_people = match party {
            Party::Funder(id) => self.ended.get(&id).copied().unwrap_or_default(),
            Party::Organisation(_) => 0,
        };
        let issued = self.net(party, &ISSUING, &[Stage::Committed]);
        let used = self.net(party, &TAKEN, &EARNED);
        let ended = |kind| -self.net(party, &[kind], &[Stage::Committed]);
        let of_time = self.net(party, &TAKEN, &BACK) - of_people;
        let expired = ended("voucher_expired") + of_time;
        let cancelled = ended("voucher_cancelled") + of_people;
        let line = |item: BalanceItem| {
            let (workshops, at_end, month_cents) = match item {
                BalanceItem::Issued => (month.workshops_issued, end.workshops_issued, issued),
                BalanceItem::Used => (month.workshops_used, end.workshops_used, used),
                BalanceItem::Expired => (month.workshops_expired, end.workshops_expired, expired),
                BalanceItem::Cancelled => {
                    (month.workshops_cancelled, end.workshops_cancelled, cancelled)
                }
                BalanceItem::Outstanding => {
                    (left(month), left(end), issued - used - expired - cancelled)
                }
            };
            let opening_cents = earlier.map_or(0, |earlier| earlier.closing_of(item));
            BalanceLine {
                item,
                opening_workshops: at_end - workshops,
                month_workshops: workshops,
                closing_workshops: at_end,
                opening_cents,
                month_cents,
                closing_cents: opening_cents + month_cents,
            }
        };
        BalanceItem::ALL.map(line).to_vec()
    }
}

const fn left(figures: &Figures) -> i64 {
    let ended = figures.workshops_expired + figures.workshops_cancelled;
    figures.workshops_issued - figures.workshops_used - ended
}

fn sum(database: &Database, filter: &UsageFilter) -> Result<Figures, Fault> {
    let lines = database.usage(Breakdown::None, filter)?;
    Ok(lines.into_iter().next().map(|line| line.figures).unwrap_or_default())
}

const fn happened(line: &PlaceLine) -> bool {
    line.redemptions != 0 || line.workshops != 0 || line.earned_cents != 0
}

fn earned_at(places: &[PlaceLine]) -> i64 {
    places.iter().map(|line| line.earned_cents).sum()
}

fn control(check: &str, one: i64, other: i64) -> Control {
    Control { check: check.to_owned(), one, other }
}

/// What a payment transfers: all, or of one funder's money.
fn transferred(lines: &Amounts, netted: &Amounts, funder: Option<FunderId>) -> i64 {
    let sum = |amounts: &Amounts| -> i64 {
        let meant = amounts.shares().filter(|share| funder.is_none_or(|own| own == share.funder));
        meant.map(|share| share.amount_cents.0).sum()
    };
    sum(lines) - sum(netted)
}
