//! How fast an organisation was paid: what an operator attests to public bodies that take passes
//! (CGCT, art. R. 1617-7; instruction 06-031-A-B-M). No documents (`delays_sheet.rs`).

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::service::{Fault, Service};
use crate::{
    domain::{
        access::Tenant,
        calendar::Day,
        ids::{OrganisationId, PaymentId, ProgrammeId, Seq},
        ledger::Stage,
        papers::Vat,
        programme::{Payer, Programme},
        refusal::Reason,
        sepa::message_id,
        settlement::{PaymentState, view::PaymentView},
        view::{Filter, Row as _},
    },
    store::{AsOf, Database, PaidWork},
};

/// Rows read at a time.
const CHUNK: u32 = 1_000;

/// What was paid in a period, and how many days after the workshops were recorded. Money that waits
/// now is told too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentDelays {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    pub organisation: OrganisationId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// Its SIREN is of the range that INSEE gives to public bodies.
    pub public_body: bool,
    /// Payments made from this day,
    pub from: Day,
    /// to the end of this one.
    pub to: Day,
    /// What waits, waits on this day.
    pub today: Day,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    pub programmes: Vec<ProgrammeDelays>,
    pub payments: Vec<PaymentDelay>,
}

/// A programme that paid it in the period, or owes it something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeDelays {
    pub programme: ProgrammeId,
    pub name: String,
    pub payer: Payer,
    pub vat: Vat,
    /// Within how many days it is paid at most, where that was promised.
    pub promised_days: Option<u16>,
    pub payments: i64,
    pub workshops: i64,
    pub amount_cents: i64,
    /// Of the workshops paid.
    pub longest_days: Option<i64>,
    /// The mean in tenths of a day, by workshop.
    pub mean_tenths: Option<i64>,
    /// Paid later than was promised.
    pub late_workshops: i64,
    /// Workshops that no payment has reached yet, since when, and how many of them wait longer
    /// than was promised.
    pub waiting_workshops: i64,
    pub waiting_since: Option<Day>,
    pub waiting_late_workshops: i64,
    /// Earned and on its way, less what the organisation owes.
    pub waiting_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentDelay {
    pub id: PaymentId,
    pub programme: ProgrammeId,
    #[schema(example = "PN1-12")]
    pub end_to_end_id: String,
    #[schema(example = "PN1-R3")]
    pub run: String,
    /// Of the accountant who paid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub paid_on: Day,
    pub workshops: i64,
    /// Days on which the first and the last of them were recorded.
    pub first_day: Option<Day>,
    pub last_day: Option<Day>,
    pub amount_cents: i64,
    /// From the first of them to the payment.
    pub longest_days: Option<i64>,
    pub late_workshops: i64,
}

/// What is added up of a programme.
#[derive(Default)]
struct Sums {
    payments: i64,
    amount_cents: i64,
    work: PaidWork,
    longest_days: Option<i64>,
    waiting: PaidWork,
    waiting_cents: i64,
}

/// # Errors
/// When the database does not answer, or there is no such organisation.
pub fn payment_delays(
    service: &Service,
    organisation: OrganisationId,
    (from, to): (Day, Day),
    today: Day,
) -> Result<PaymentDelays, Fault> {
    let database = service.database();
    let as_of = database.as_of()?;
    let one = Filter::one(Tenant::Any, organisation.0);
    let row = database.organisations(&one)?.into_iter().next();
    let row = row.ok_or(Fault::Refused(Reason::NotFound))?;
    let (mut programmes, mut sums) = (BTreeMap::new(), BTreeMap::new());
    let mut payments = Vec::new();
    for payment in all_payments(database, organisation)? {
        let of = known(database, &mut programmes, payment.programme)?;
        let promised = of.terms.papers.payment_days;
        let sums: &mut Sums = sums.entry(payment.programme).or_default();
        if payment.state == PaymentState::Paid {
            let at = payment.answered_at.unwrap_or(payment.prepared_at);
            let paid = payment.paid_on.unwrap_or_else(|| at.day(&of.terms.time_zone));
            if (from..=to).contains(&paid) {
                let work = database.paid_work(payment.id, paid, promised)?;
                payments.push(sums.paid(database, payment, paid, &work)?);
            }
        } else if payment.reissued_in.is_none() {
            add(&mut sums.waiting, &database.paid_work(payment.id, today, promised)?);
        }
    }
    waiting(database, organisation, today, (&mut programmes, &mut sums))?;
    payments.sort_by_key(|line| (line.paid_on, line.id));
    let programmes = sums.into_iter().filter_map(|(id, sums)| sums.told(programmes.get(&id)?));
    let siren = row.siret.as_deref().unwrap_or_default();
    Ok(PaymentDelays {
        as_of,
        organisation,
        name: row.name,
        public_body: siren.starts_with(['1', '2']),
        siret: row.siret,
        from,
        to,
        today,
        currency: "EUR",
        programmes: programmes.collect(),
        payments,
    })
}

fn all_payments(database: &Database, of: OrganisationId) -> Result<Vec<PaymentView>, Fault> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let own = Tenant::Organisation(of);
        let rows = database.payments(&Filter { after, limit: CHUNK, ..Filter::of(own) })?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = Some(last.cursor());
        all.extend(rows);
    }
}

fn known<'a>(
    database: &Database,
    programmes: &'a mut BTreeMap<ProgrammeId, Programme>,
    id: ProgrammeId,
) -> Result<&'a Programme, Fault> {
    use std::collections::btree_map::Entry;
    match programmes.entry(id) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => {
            let row = database.programme(id)?.ok_or(Fault::Refused(Reason::NotFound))?;
            Ok(entry.insert(row))
        }
    }
}

/// What has no payment yet, and what all that waits is worth.
fn waiting(
    database: &Database,
    organisation: OrganisationId,
    today: Day,
    (programmes, sums): (&mut BTreeMap<ProgrammeId, Programme>, &mut BTreeMap<ProgrammeId, Sums>),
) -> Result<(), Fault> {
    let all =
        Filter { organisation: Some(organisation), limit: u32::MAX, ..Filter::of(Tenant::Any) };
    for account in database.accounts(&all, AsOf::Now)? {
        let held = matches!(account.stage, Stage::Earned | Stage::InPayment | Stage::Receivable);
        if held {
            sums.entry(account.programme).or_default().waiting_cents += account.balance_cents.0;
        }
    }
    for (id, sums) in sums {
        let promised = known(database, programmes, *id)?.terms.papers.payment_days;
        add(&mut sums.waiting, &database.unpaid_work((organisation, *id), today, promised)?);
    }
    Ok(())
}

fn add(to: &mut PaidWork, work: &PaidWork) {
    to.workshops += work.workshops;
    to.waited_days += work.waited_days;
    to.late_workshops += work.late_workshops;
    to.days = match (to.days, work.days) {
        (Some((first, last)), Some(more)) => Some((first.min(more.0), last.max(more.1))),
        (one, other) => one.or(other),
    };
}

impl Sums {
    fn paid(
        &mut self,
        database: &Database,
        payment: PaymentView,
        paid: Day,
        work: &PaidWork,
    ) -> Result<PaymentDelay, Fault> {
        let one = Filter::one(Tenant::Any, payment.settlement.0);
        let run = database.settlements(&one)?.into_iter().next();
        let longest_days = work.days.map(|(first, _)| i64::from(paid.0 - first.0));
        self.payments += 1;
        self.amount_cents += payment.amount_cents.0;
        self.longest_days = self.longest_days.max(longest_days);
        add(&mut self.work, work);
        Ok(PaymentDelay {
            id: payment.id,
            programme: payment.programme,
            end_to_end_id: payment.end_to_end_id,
            run: run.map(|run| message_id(run.programme, run.number)).unwrap_or_default(),
            reference: payment.reference,
            paid_on: paid,
            workshops: work.workshops,
            first_day: work.days.map(|(first, _)| first),
            last_day: work.days.map(|(_, last)| last),
            amount_cents: payment.amount_cents.0,
            longest_days,
            late_workshops: work.late_workshops,
        })
    }

    /// Nothing of a programme that neither paid in the period nor owes anything.
    fn told(self, of: &Programme) -> Option<ProgrammeDelays> {
        let Self { payments, amount_cents, work, longest_days, waiting, waiting_cents } = self;
        if payments == 0 && waiting.workshops == 0 && waiting_cents == 0 {
            return None;
        }
        let mean = (work.waited_days * 10 + work.workshops / 2).checked_div(work.workshops);
        Some(ProgrammeDelays {
            programme: of.id,
            name: of.name.clone(),
            payer: of.terms.payer,
            vat: of.terms.papers.vat,
            promised_days: of.terms.papers.payment_days,
            payments,
            workshops: work.workshops,
            amount_cents,
            longest_days,
            mean_tenths: mean,
            late_workshops: work.late_workshops,
            waiting_workshops: waiting.workshops,
            waiting_since: waiting.days.map(|(first, _)| first),
            waiting_late_workshops: waiting.late_workshops,
            waiting_cents,
        })
    }
}
