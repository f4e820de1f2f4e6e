//! What a payment pays, workshop by workshop, and what each funder owes of a run: the evidence that
//! a public accountant asks for. No formats of documents (`http`), and no sums of the ledger.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    report::{harmless, sheet},
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    calendar::{Day, Instant, Zone},
    cents::Cents,
    ids::{FunderId, ProgrammeId, Seq, SettlementId, VenueId},
    papers::Vat,
    programme::Payer,
    refusal::Reason,
    sepa::message_id,
    settlement::view::{PaymentView, SettlementView},
    usage::Breakdown,
    view::{Filter, Row as _},
};

/// Rows read at a time.
const CHUNK: u32 = 1_000;

/// One workshop, or several of one pass, that a payment pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLine {
    /// The event that earned it.
    pub seq: Seq,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub venue: String,
    pub workshops: i64,
    /// Of a funder its share.
    pub amount_cents: Cents,
    /// No pass paid for it: the guarantee did.
    pub guaranteed: bool,
}

/// What a payment pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub payment: PaymentView,
    pub programme: String,
    pub payer: Payer,
    pub vat: Vat,
    pub zone: Zone,
    pub organisation: String,
    pub siret: Option<String>,
    pub lines: Vec<EvidenceLine>,
    /// Of all lines; of a funder its share.
    pub total: Cents,
}

/// A line of the evidence as a file.
#[derive(Serialize)]
struct Written<'a> {
    payment: &'a str,
    organisation: String,
    event: Seq,
    occurred_at: Instant,
    recorded_at: Instant,
    venue: String,
    workshops: i64,
    amount_cents: Cents,
    guaranteed: bool,
    vat: &'static str,
}

/// What each funder's money has in the payments of a run, as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimsReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    pub settlement: SettlementId,
    pub programme: ProgrammeId,
    /// The run pays what was earned up to the end of this day.
    pub day: Day,
    pub payer: Payer,
    /// How the programme's vouchers stand to VAT.
    pub vat: Vat,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    pub claims: Vec<Claim>,
}

/// One funder's part of a run: of the payments that are made or on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claim {
    #[schema(example = "PN1-R3-F2")]
    pub number: String,
    pub funder: FunderId,
    pub payments: i64,
    pub amount_cents: Cents,
    /// It pays the venues itself: nobody claims this of it, it claims the rest of the others.
    pub pays: bool,
}

/// # Errors
/// When the database does not answer.
pub fn evidence(
    service: &Service,
    within: Tenant,
    payment: PaymentView,
) -> Result<Evidence, Fault> {
    let database = service.database();
    let programme = database.programme(payment.programme)?;
    let programme = programme.ok_or(Fault::Refused(Reason::NotFound))?;
    let one = Filter::one(Tenant::Any, payment.organisation.0);
    let organisation = database.organisations(&one)?.into_iter().next();
    let organisation = organisation.ok_or(Fault::Refused(Reason::NotFound))?;
    let mut lines = workshops(service, within, &payment)?;
    lines.extend(guaranteed(service, within, &payment)?);
    lines.sort_by_key(|line| line.seq);
    let total = Cents(lines.iter().map(|line| line.amount_cents.0).sum());
    Ok(Evidence {
        payment,
        programme: programme.name,
        payer: programme.terms.payer,
        vat: programme.terms.papers.vat,
        zone: programme.terms.time_zone,
        organisation: organisation.name,
        siret: organisation.siret,
        lines,
        total,
    })
}

fn named(service: &Service, venues: &[VenueId]) -> Result<HashMap<i64, String>, Fault> {
    let numbers: Vec<i64> = venues.iter().map(|venue| venue.0).collect();
    Ok(service.database().names(Breakdown::Venue, &numbers)?)
}

fn workshops(
    service: &Service,
    within: Tenant,
    payment: &PaymentView,
) -> Result<Vec<EvidenceLine>, Fault> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let id = Some(payment.id);
        let filter = Filter { payment: id, after, limit: CHUNK, ..Filter::of(within) };
        let rows = service.database().redemptions(&filter)?;
        let Some(last) = rows.last() else { return Ok(lines) };
        after = Some(last.cursor());
        let venues: Vec<VenueId> = rows.iter().map(|row| row.venue).collect();
        let names = named(service, &venues)?;
        lines.extend(rows.into_iter().map(|row| EvidenceLine {
            seq: row.seq,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            venue: names.get(&row.venue.0).cloned().unwrap_or_default(),
            workshops: row.workshops.into(),
            amount_cents: row.earned_cents,
            guaranteed: false,
        }));
    }
}

fn guaranteed(
    service: &Service,
    within: Tenant,
    payment: &PaymentView,
) -> Result<Vec<EvidenceLine>, Fault> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let id = Some(payment.id);
        let filter = Filter { payment: id, after, limit: CHUNK, ..Filter::of(within) };
        let rows = service.database().conflicts(&filter)?;
        let Some(last) = rows.last() else { return Ok(lines) };
        after = Some(last.cursor());
        let venues: Vec<VenueId> = rows.iter().map(|row| row.venue).collect();
        let names = named(service, &venues)?;
        lines.extend(rows.into_iter().map(|row| EvidenceLine {
            seq: row.decision.unwrap_or(row.id),
            occurred_at: row.occurred_at,
            recorded_at: row.received_at,
            venue: names.get(&row.venue.0).cloned().unwrap_or_default(),
            workshops: row.workshops.into(),
            amount_cents: row.earned_cents,
            guaranteed: true,
        }));
    }
}

/// The evidence of payments as CSV for a spreadsheet, one line a redemption.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(all: &[Evidence]) -> Result<String, csv::Error> {
    sheet(all.iter().flat_map(|one| {
        one.lines.iter().map(|line| Written {
            payment: &one.payment.end_to_end_id,
            organisation: harmless(&one.organisation),
            event: line.seq,
            occurred_at: line.occurred_at,
            recorded_at: line.recorded_at,
            venue: harmless(&line.venue),
            workshops: line.workshops,
            amount_cents: line.amount_cents,
            guaranteed: line.guaranteed,
            vat: one.vat.code(),
        })
    }))
}

/// The payments of a run that are made or on their way.
///
/// # Errors
/// When the database does not answer.
pub fn payments_of(service: &Service, run: SettlementId) -> Result<Vec<PaymentView>, Fault> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let of = Filter { settlement: Some(run), after, limit: CHUNK, ..Filter::of(Tenant::Any) };
        let rows = service.database().payments(&of)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.cursor());
        all.extend(rows.into_iter().filter(|row| !row.state.failed()));
    }
    all.sort_by_key(|row| row.number);
    Ok(all)
}

/// What a funder has in a payment, after what is kept back.
#[must_use]
pub fn share_of(payment: &PaymentView, funder: FunderId) -> Cents {
    let of = |amounts: &[crate::domain::settlement::FunderAmount]| -> i64 {
        let own = amounts.iter().filter(|share| share.funder == funder);
        own.map(|share| share.amount_cents.0).sum()
    };
    Cents(of(&payment.earned) - of(&payment.kept_back))
}

/// # Errors
/// When the database does not answer.
pub fn claims(
    service: &Service,
    within: Tenant,
    run: &SettlementView,
) -> Result<ClaimsReport, Fault> {
    let database = service.database();
    let as_of = database.as_of()?;
    let programme = database.programme(run.programme)?;
    let programme = programme.ok_or(Fault::Refused(Reason::NotFound))?;
    let paying = programme.terms.paying_funder();
    let mut sums: BTreeMap<FunderId, (i64, i64)> = BTreeMap::new();
    for payment in payments_of(service, run.id)? {
        let shares = payment.earned.iter().chain(&payment.kept_back);
        let mut funders: Vec<FunderId> = shares.map(|share| share.funder).collect();
        funders.sort_unstable();
        funders.dedup();
        for funder in funders {
            let (payments, cents) = sums.entry(funder).or_default();
            *payments += 1;
            *cents += share_of(&payment, funder).0;
        }
    }
    let sees = |funder: FunderId| match within {
        Tenant::Funder(own) => own == funder || Some(own) == paying,
        _ => true,
    };
    let name = message_id(run.programme, run.number);
    let claim = |(funder, (payments, cents)): (FunderId, (i64, i64))| Claim {
        number: format!("{name}-F{funder}"),
        funder,
        payments,
        amount_cents: Cents(cents),
        pays: paying == Some(funder),
    };
    Ok(ClaimsReport {
        as_of,
        settlement: run.id,
        programme: run.programme,
        day: run.day,
        payer: programme.terms.payer,
        vat: programme.terms.papers.vat,
        currency: "EUR",
        claims: sums.into_iter().filter(|(funder, _)| sees(*funder)).map(claim).collect(),
    })
}
