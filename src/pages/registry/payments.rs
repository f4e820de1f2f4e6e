//! Payments: what each organisation was paid, and which workshops that is.
//! No runs: `settlements` has them.

use serde_json::json;

use super::{
    disputes::about_this,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, text},
    settlements::{organisation, paying_funder, payment_state, programme},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::{Instant, Zone},
        cents::Cents,
        dispute::About,
        ids::VenueId,
        settlement::{FunderAmount, PaymentState, view::PaymentView},
        view::Filter,
    },
    http::v1::{disputes, settlements::payments},
};

/// Workshops that a page lists.
const MOST: u32 = 200;

pub static SECTION: Section = Section {
    code: "payments",
    read: Verb::PaymentRead,
    columns: &[
        text("payment-name"),
        text("organisation"),
        text("prepared-at"),
        figure("amount"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "answer",
            verb: Verb::SettlementAnswer,
            grave: false,
            fields,
            call: calls!(one payments::answer_payment),
        },
        Action {
            code: "order",
            verb: Verb::PaymentConfirm,
            grave: false,
            fields: order,
            call: calls!(one payments::confirm_payment),
        },
        Action {
            code: "dispute",
            verb: Verb::DisputeOpen,
            grave: false,
            fields: |_, one| Ok(about_this(About::Payment, one)),
            call: calls!(new disputes::create_dispute),
        },
    ],
};

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().payments(filter)? {
        let cells = vec![
            row.end_to_end_id.clone(),
            organisation(desk, row.organisation)?,
            desk.say.moment(row.prepared_at, &Zone::paris()),
            desk.say.euros(&row.amount_cents),
            payment_state(desk, &row),
        ];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn sum(amounts: &[FunderAmount]) -> Cents {
    Cents(amounts.iter().map(|share| share.amount_cents.0).sum())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().payments(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut facts = vec![
        ("state", payment_state(desk, &row)),
        ("programme", programme(desk, row.programme)?),
        ("organisation", organisation(desk, row.organisation)?),
        ("amount", desk.say.euros(&row.amount_cents)),
        ("payment-earned", desk.say.euros(&sum(&row.earned))),
        ("payment-kept-back", desk.say.euros(&sum(&row.kept_back))),
        ("holder", row.holder.clone()),
        ("iban", row.iban.clone()),
        ("prepared-at", desk.say.moment(row.prepared_at, &Zone::paris())),
    ];
    if let Some(at) = row.answered_at {
        facts.push(("answered-at", desk.say.moment(at, &Zone::paris())));
    }
    if let Some(code) = &row.code {
        facts.push(("bank-reason", code.clone()));
    }
    if let Some((reference, day)) = row.reference.clone().zip(row.paid_on) {
        facts.push(("order-reference", reference));
        facts.push(("order-day", desk.say.day(&day)));
    }
    let by_funder = paying_funder(desk, row.programme)?.is_some();
    let answers: &[&str] = match row.state {
        PaymentState::InPayment if by_funder => &["order", "answer"],
        PaymentState::InPayment | PaymentState::Paid => &["answer"],
        _ => &[],
    };
    let shown = Shown::new(row.end_to_end_id.clone(), facts).offering(answers);
    let mut shown = shown.offering(&["dispute"]);
    for (key, format) in [("evidence-pdf", "pdf"), ("evidence-csv", "csv")] {
        shown.links.push((key, format!("/payments/{}/evidence?format={format}", row.id)));
    }
    if let Some(later) = row.reissued_in {
        shown.links.push(("payment-later", format!("/payments/{later}")));
    }
    if desk.may(Verb::SettlementRead) {
        shown.links.push(("payment-run", format!("/settlements/{}", row.settlement)));
    }
    shown.tables.push(workshops(desk, filter, &row)?);
    shown.tables.extend(conflicts(desk, filter, &row)?);
    Ok(Some(shown))
}

const COLUMNS: &[Column] =
    &[text("workshop-at"), text("venue"), figure("workshops"), figure("earned")];

/// A funder sees its own share of each workshop.
const SHARES: &[Column] =
    &[text("workshop-at"), text("venue"), figure("workshops"), figure("claim-share")];

const fn columns(filter: &Filter) -> &'static [Column] {
    if matches!(filter.within, Tenant::Funder(_)) { SHARES } else { COLUMNS }
}

/// The workshops that it pays.
fn workshops(desk: &Desk<'_>, filter: &Filter, row: &PaymentView) -> Result<Table, Fault> {
    let filter = Filter { payment: Some(row.id), limit: MOST, ..Filter::of(filter.within) };
    let mut rows = Vec::new();
    for row in desk.service.database().redemptions(&filter)? {
        let (at, earned) = (row.occurred_at, row.earned_cents);
        rows.push(cells(desk, at, row.venue, row.workshops.into(), earned)?);
    }
    Ok(Table { key: "payment-workshops", columns: columns(&filter), rows })
}

/// The workshops that no pass pays for, and that it pays from the guarantee.
fn conflicts(desk: &Desk<'_>, filter: &Filter, row: &PaymentView) -> Result<Option<Table>, Fault> {
    let filter = Filter { payment: Some(row.id), limit: MOST, ..Filter::of(filter.within) };
    let mut rows = Vec::new();
    for row in desk.service.database().conflicts(&filter)? {
        let (at, earned) = (row.occurred_at, row.earned_cents);
        rows.push(cells(desk, at, row.venue, row.workshops.into(), earned)?);
    }
    let table = Table { key: "payment-conflicts", columns: columns(&filter), rows };
    Ok((!table.rows.is_empty()).then_some(table))
}

fn cells(
    desk: &Desk<'_>,
    at: Instant,
    venue: VenueId,
    workshops: i64,
    earned: Cents,
) -> Result<Vec<String>, Fault> {
    let venues = desk.service.database().venues(&Filter::one(Tenant::Any, venue.0))?;
    let venue = venues.into_iter().next().map(|venue| venue.profile.name);
    Ok(vec![
        desk.say.moment(at, &Zone::paris()),
        venue.unwrap_or_default(),
        workshops.to_string(),
        desk.say.euros(&earned),
    ])
}

fn fields(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let rows = match filter {
        Some(filter) => desk.service.database().payments(filter)?,
        None => Vec::new(),
    };
    let row = rows.first();
    let paid = row.is_some_and(|row| row.state == PaymentState::Paid);
    // Who pays itself says with which order: another form.
    let by_funder = match row {
        Some(row) => paying_funder(desk, row.programme)?.is_some(),
        None => false,
    };
    let answers: &[&str] = match (paid, by_funder) {
        (true, _) => &["returned"],
        (false, true) => &["rejected"],
        (false, false) => &["paid", "rejected"],
    };
    let choice = |code: &&str| -> Choice {
        (json!(code).to_string(), desk.say.t(&format!("payment-{code}")))
    };
    Ok(vec![
        Field::at("answer", "bank-answer", Kind::Json(answers.iter().map(choice).collect())),
        Field::at("code", "bank-reason", Kind::Maybe),
    ])
}

/// How the order was paid.
fn order(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let today = desk.service.clock.now().day(&Zone::paris());
    Ok(vec![
        Field::at("reference", "order-reference", Kind::Text),
        Field::at("day", "order-day", Kind::Day).with(today),
    ])
}
