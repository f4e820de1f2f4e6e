//! Taking a programme over into a new database, and what there is to do then: what venues are
//! owed, and which payments nobody knows the end of. No rows: `store/continuity` puts them in.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Serialize;

use super::unpack::Unpacking;
use crate::{
    app::service::Fault,
    domain::{
        access::Tenant,
        calendar::Instant,
        cents::Cents,
        hold::HoldState,
        ids::{FunderId, OrganisationId, PaymentId, ProgrammeId, Seq},
        ledger::Stage,
        receipt::ReceiptKey,
        settlement::{PaymentState, RunState},
        usage::Breakdown,
        view::{Filter, Row},
    },
    store::{AsOf, Database, Location, ReadError},
};

/// A programme that was taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Takeover {
    pub programme: ProgrammeId,
    pub name: String,
    /// The event that says so.
    pub seq: Seq,
    /// The moment that the archive is of, and the last event of the journal it comes from.
    pub made_at: Instant,
    pub through: Seq,
    pub head: String,
    pub digest: String,
    /// Whether one of the given receipt keys signed the archive; missing: none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    pub events: u64,
    pub vouchers: Vec<Counted>,
    pub owed: Vec<Owed>,
    pub unanswered: Vec<Unanswered>,
}

/// Vouchers of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub state: &'static str,
    pub vouchers: u64,
}

/// What an organisation is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owed {
    pub organisation: OrganisationId,
    pub name: String,
    /// Earned, and in no payment: the next run pays it.
    pub earned_cents: Cents,
    /// Of that, what waits until somebody has looked.
    pub held_cents: Cents,
    /// In payments without an answer: see there before it is paid once more.
    pub in_payment_cents: Cents,
    /// Undone after it was paid: the next payment keeps it back.
    pub to_give_back_cents: Cents,
    /// Out of whose money what is earned comes.
    pub funders: Vec<Share>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    pub funder: FunderId,
    pub name: String,
    pub earned_cents: Cents,
}

/// A payment that may have been paid or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    pub payment: PaymentId,
    pub number: i64,
    pub run: i64,
    pub run_state: RunState,
    pub organisation: OrganisationId,
    pub name: String,
    pub amount_cents: Cents,
}

/// An archive, and what is known of it.
pub struct Archive<'a> {
    pub path: &'a Path,
    /// The file with the age private key.
    pub identity: &'a Path,
    /// The receipt keys of the service that it comes from, as somebody kept them.
    pub keys: Option<&'a [ReceiptKey]>,
    /// The highest number that any event of the old journal is known to have.
    pub last_seq: Option<Seq>,
}

/// Takes the programme of an archive over into a new database; with receipt keys, only if
/// one of them signed it.
///
/// # Errors
/// One sentence on what is wrong; the database is as empty as before then.
pub fn take_over(
    location: &Location,
    archive: &Archive<'_>,
    now: Instant,
) -> Result<Takeover, Fault> {
    let database = Database::open(location)?;
    let mut unpacking = Unpacking::open(archive.path, archive.identity)?;
    let signed = archive.keys.map(|keys| unpacking.signed_by(keys)).transpose()?;
    if signed == Some(false) {
        let what = "none of these receipt keys signed the archive".to_owned();
        return Err(Fault::Order(what));
    }
    let (origin, digest) = (unpacking.origin.clone(), unpacking.digest());
    let (seq, events) = database.take_over(
        &origin,
        &digest,
        archive.last_seq,
        &mut |table, take| unpacking.lines(table, take),
        now,
    )?;
    Ok(Takeover {
        programme: origin.programme,
        name: origin.name,
        seq,
        made_at: origin.made_at,
        through: archive.last_seq.unwrap_or(origin.seq),
        head: origin.hash,
        digest,
        signed,
        events,
        vouchers: counted(&database, origin.programme, now)?,
        owed: owed(&database, origin.programme)?,
        unanswered: unanswered(&database, origin.programme)?,
    })
}

/// Rows that are read at a time.
const PAGE: u32 = 1_000;

/// Every row of a list, page by page.
fn all<R: Row>(
    of: ProgrammeId,
    mut read: impl FnMut(&Filter) -> Result<Vec<R>, ReadError>,
) -> Result<Vec<R>, Fault> {
    let mut filter = Filter { programme: Some(of), limit: PAGE, ..Filter::of(Tenant::Any) };
    let mut rows = Vec::new();
    loop {
        let page = read(&filter)?;
        let Some(last) = page.last() else { return Ok(rows) };
        filter.after = Some(last.cursor());
        rows.extend(page);
    }
}

/// The organisations here, by number: those that the programme names.
fn payees(database: &Database, of: ProgrammeId) -> Result<BTreeMap<OrganisationId, String>, Fault> {
    let rows =
        all(of, |filter| database.organisations(&Filter { programme: None, ..filter.clone() }));
    Ok(rows?.into_iter().map(|row| (row.id, row.name)).collect())
}

fn counted(database: &Database, of: ProgrammeId, now: Instant) -> Result<Vec<Counted>, Fault> {
    let mut states: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut filter = Filter { programme: Some(of), limit: PAGE, ..Filter::of(Tenant::Any) };
    loop {
        let page = database.vouchers(&filter, now)?;
        let Some(last) = page.last() else { break };
        filter.after = Some(last.cursor());
        for row in &page {
            *states.entry(row.state.code()).or_default() += 1;
        }
    }
    Ok(states.into_iter().map(|(state, vouchers)| Counted { state, vouchers }).collect())
}

fn owed(database: &Database, of: ProgrammeId) -> Result<Vec<Owed>, Fault> {
    let filter = Filter { programme: Some(of), limit: u32::MAX, ..Filter::of(Tenant::Any) };
    let mut sums: BTreeMap<OrganisationId, BTreeMap<(Stage, FunderId), i64>> = BTreeMap::new();
    for account in database.accounts(&filter, AsOf::Now)? {
        let of_payees = [Stage::Earned, Stage::InPayment, Stage::Receivable];
        let Some(payee) = account.organisation.filter(|_| of_payees.contains(&account.stage))
        else {
            continue;
        };
        let stages = sums.entry(payee).or_default();
        *stages.entry((account.stage, account.funder)).or_default() += account.balance_cents.0;
    }
    sums.retain(|_, stages| stages.values().any(|cents| *cents != 0));
    let mut held: BTreeMap<OrganisationId, i64> = BTreeMap::new();
    for hold in all(of, |filter| database.holds(filter))? {
        if hold.state == HoldState::Held {
            *held.entry(hold.organisation).or_default() += hold.earned_cents.0;
        }
    }
    let funders = sums.values().flat_map(|stages| stages.keys().map(|(_, funder)| funder.0));
    let funders: Vec<i64> = funders.collect::<BTreeSet<_>>().into_iter().collect();
    let (payees, funders) = (payees(database, of)?, database.names(Breakdown::Funder, &funders)?);
    let owed = sums.into_iter().map(|(organisation, stages)| {
        let of = |stage: Stage| {
            let of_stage = stages.iter().filter(|((one, _), _)| *one == stage);
            Cents(of_stage.map(|(_, cents)| *cents).sum())
        };
        let earned =
            stages.iter().filter(|((stage, _), cents)| *stage == Stage::Earned && **cents != 0);
        let share = |((_, funder), cents): (&(Stage, FunderId), &i64)| Share {
            funder: *funder,
            name: funders.get(&funder.0).cloned().unwrap_or_default(),
            earned_cents: Cents(*cents),
        };
        Owed {
            organisation,
            name: payees.get(&organisation).cloned().unwrap_or_default(),
            earned_cents: of(Stage::Earned),
            held_cents: Cents(held.get(&organisation).copied().unwrap_or_default()),
            in_payment_cents: of(Stage::InPayment),
            to_give_back_cents: Cents(of(Stage::Receivable).0.saturating_neg()),
            funders: earned.map(share).collect(),
        }
    });
    Ok(owed.collect())
}

fn unanswered(database: &Database, of: ProgrammeId) -> Result<Vec<Unanswered>, Fault> {
    let runs = all(of, |filter| database.settlements(filter))?;
    let runs: BTreeMap<_, _> = runs.iter().map(|run| (run.id, (run.number, run.state))).collect();
    let mut payments = all(of, |filter| {
        let payment_state = Some(PaymentState::InPayment);
        database.payments(&Filter { payment_state, ..filter.clone() })
    })?;
    payments.sort_by_key(|payment| payment.number);
    let payees = payees(database, of)?;
    let lines = payments.into_iter().filter_map(|payment| {
        let (run, run_state) = *runs.get(&payment.settlement)?;
        Some(Unanswered {
            payment: payment.id,
            number: payment.number,
            run,
            run_state,
            organisation: payment.organisation,
            name: payees.get(&payment.organisation).cloned().unwrap_or_default(),
            amount_cents: payment.amount_cents,
        })
    });
    Ok(lines.collect())
}
