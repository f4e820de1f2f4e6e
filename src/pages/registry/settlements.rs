//! Settlement runs: prepared, approved, exported, and what the bank answered.
//! No single payment (`payments`), and no reading of a bank's file (`bank_answer`).

use actix_web::HttpResponse;

use super::{
    events,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, nothing, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::Zone,
        ids::{FunderId, OrganisationId, ProgrammeId},
        settlement::{
            RunState,
            view::{PaymentView, SettlementView},
        },
        usage::Breakdown,
        view::Filter,
    },
    http::v1::settlements::{self, take_rest},
};

/// Payments and waiting organisations that a page lists; the list of payments has them all.
const MOST: u32 = 200;

pub static SECTION: Section = Section {
    code: "settlements",
    read: Verb::SettlementRead,
    columns: &[
        figure("settlement-number"),
        text("programme"),
        text("settlement-day"),
        figure("payments"),
        figure("amount"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::SettlementPrepare,
            grave: false,
            fields,
            call: calls!(new settlements::create_settlement),
        },
        Action {
            code: "approve",
            verb: Verb::SettlementApprove,
            grave: false,
            fields: nothing,
            call: calls!(bare settlements::approve_settlement),
        },
        Action {
            code: "export",
            verb: Verb::SettlementExport,
            grave: false,
            fields: nothing,
            call: calls!(bare settlements::export_settlement),
        },
        Action {
            code: "paid",
            verb: Verb::SettlementAnswer,
            grave: false,
            fields: nothing,
            call: |asked| {
                Box::pin(async move {
                    let id = asked.number()?;
                    let taken = take_rest(&asked.state, asked.caller, id).await?;
                    Ok(HttpResponse::Ok().json(taken))
                })
            },
        },
        Action {
            code: "cancel",
            verb: Verb::SettlementPrepare,
            grave: true,
            fields: nothing,
            call: calls!(bare settlements::cancel_settlement),
        },
    ],
};

fn state(desk: &Desk<'_>, row: &SettlementView) -> String {
    let answered = row.payments == row.paid + row.failed;
    match row.state {
        RunState::Exported if answered => desk.say.t("settlement-answered"),
        RunState::Exported if paying_funder(desk, row.programme).is_ok_and(|of| of.is_some()) => {
            desk.say.t("settlement-ordered")
        }
        state => desk.say.t(&format!("settlement-{}", state.code())),
    }
}

/// The funder that pays a programme's venues itself.
pub fn paying_funder(desk: &Desk<'_>, id: ProgrammeId) -> Result<Option<FunderId>, Fault> {
    let programme = desk.service.database().programme(id)?;
    Ok(programme.and_then(|row| row.terms.paying_funder()))
}

/// What a programme is called.
pub fn programme(desk: &Desk<'_>, id: ProgrammeId) -> Result<String, Fault> {
    let names = desk.service.database().names(Breakdown::Programme, &[id.0])?;
    Ok(names.get(&id.0).cloned().unwrap_or_default())
}

/// What an organisation is called.
pub fn organisation(desk: &Desk<'_>, id: OrganisationId) -> Result<String, Fault> {
    let rows = desk.service.database().organisations(&Filter::one(Tenant::Any, id.0))?;
    Ok(rows.into_iter().next().map(|row| row.name).unwrap_or_default())
}

pub fn payment_state(desk: &Desk<'_>, row: &PaymentView) -> String {
    desk.say.t(&format!("payment-{}", row.state.code()))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().settlements(filter)? {
        let cells = vec![
            row.number.to_string(),
            programme(desk, row.programme)?,
            desk.say.day(&row.day),
            desk.say.count(&row.payments),
            desk.say.euros(&row.amount_cents),
            state(desk, &row),
        ];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().settlements(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let moment = |at| desk.say.moment(at, &Zone::paris());
    let mut facts = vec![
        ("state", state(desk, &row)),
        ("programme", programme(desk, row.programme)?),
        ("settlement-day", desk.say.day(&row.day)),
        ("amount", desk.say.euros(&row.amount_cents)),
        ("payments", desk.say.count(&row.payments)),
        ("payments-paid", desk.say.count(&row.paid)),
        ("payments-failed", desk.say.count(&row.failed)),
        ("settlement-waiting", desk.say.count(&row.waiting)),
        ("prepared-at", moment(row.prepared_at)),
        ("prepared-by", events::whom(desk, Some(row.prepared_by))?),
    ];
    if let Some((at, by)) = row.approved_at.zip(row.approved_by) {
        facts.push(("approved-at", moment(at)));
        facts.push(("approved-by", events::whom(desk, Some(by))?));
    }
    if let Some((at, sha256)) = row.exported_at.zip(row.sha256.clone()) {
        facts.push(("exported-at", moment(at)));
        facts.push(("sha256", sha256));
    }
    let by_funder = paying_funder(desk, row.programme)?.is_some();
    let title = desk.say.of("settlement-title", &row.number.to_string());
    let mut shown = Shown::new(title, facts).offering(match row.state {
        RunState::Preparing => &["cancel"],
        RunState::Prepared => &["approve", "cancel"],
        RunState::Approved => &["export", "cancel"],
        RunState::Exported if by_funder => &[],
        RunState::Exported if row.payments > row.paid + row.failed => &["paid"],
        RunState::Exported | RunState::Cancelled => &[],
    });
    if row.payments > 0 {
        shown.links.push(("claims-title", format!("/settlements/{}/claims", row.id)));
    }
    if by_funder && row.state == RunState::Exported && desk.may(Verb::PaymentConfirm) {
        let place = format!("/settlements/{}/payment-orders.csv", row.id);
        shown.links.push(("settlement-orders", place));
    } else if row.state == RunState::Exported && desk.may(Verb::SettlementExport) {
        shown.links.push(("settlement-file", format!("/settlements/{}/pain.001.xml", row.id)));
        shown.links.push(("bank-answer", format!("/settlements/{}/bank-answer", row.id)));
    }
    shown.tables.push(payments(desk, &row)?);
    shown.tables.push(waiting(desk, &row)?);
    Ok(Some(shown))
}

fn payments(desk: &Desk<'_>, run: &SettlementView) -> Result<Table, Fault> {
    const COLUMNS: &[Column] = &[
        text("payment-name"),
        text("organisation"),
        figure("amount"),
        text("iban"),
        text("state"),
    ];
    let filter = Filter { settlement: Some(run.id), limit: MOST, ..Filter::of(Tenant::Any) };
    let mut rows = Vec::new();
    for row in desk.service.database().payments(&filter)? {
        rows.push(vec![
            row.end_to_end_id.clone(),
            organisation(desk, row.organisation)?,
            desk.say.euros(&row.amount_cents),
            account(desk, &row),
            payment_state(desk, &row),
        ]);
    }
    Ok(Table { key: "payments", columns: COLUMNS, rows })
}

/// Where a payment goes, and whether that is new.
pub fn account(desk: &Desk<'_>, row: &PaymentView) -> String {
    if row.new_account {
        return format!("{} ({})", row.iban, desk.say.t("payment-new-account"));
    }
    row.iban.clone()
}

fn waiting(desk: &Desk<'_>, run: &SettlementView) -> Result<Table, Fault> {
    const COLUMNS: &[Column] = &[text("organisation"), figure("amount"), text("cause")];
    let filter = Filter { settlement: Some(run.id), limit: MOST, ..Filter::of(Tenant::Any) };
    let mut rows = Vec::new();
    for row in desk.service.database().waiting(&filter)? {
        rows.push(vec![
            organisation(desk, row.organisation)?,
            desk.say.euros(&row.amount_cents),
            desk.say.t(&format!("waits-{}", row.cause.code())),
        ]);
    }
    Ok(Table { key: "settlement-waiting", columns: COLUMNS, rows })
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let all = Filter { limit: MOST, ..Filter::of(Tenant::Any) };
    let programmes = desk.service.database().programmes(&all)?;
    let programmes: Vec<Choice> =
        programmes.into_iter().map(|row| (row.id.to_string(), row.name)).collect();
    // Mostly the month that is over.
    let today = desk.service.clock.now().day(&Zone::paris());
    let last = today.month_start().plus(-1);
    Ok(vec![
        Field::new("programme", Kind::Choice(programmes)),
        Field::at("day", "settlement-day", Kind::Day).with(last),
    ])
}
