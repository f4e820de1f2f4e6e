//! Programmes: their terms, money, allocations and venues.
//! No single term: `terms` has them.

use std::collections::BTreeMap;

use super::{
    continuity, ending,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, nothing, text},
    terms,
};
use crate::{
    app::{service::Fault, view::AsOf},
    domain::{
        access::{Tenant, Verb, within},
        ending::Phase,
        ids::{FunderId, ProgrammeId},
        ledger::Stage,
        period::view::Closing,
        usage::Breakdown,
        view::{Filter, ProgrammeView},
    },
    http::v1::{periods, programmes, settlements::accounts},
    words::Fact,
};

pub static SECTION: Section = Section {
    code: "programmes",
    read: Verb::ProgrammeRead,
    columns: &[text("name"), text("territory"), text("last-day"), figure("price"), text("state")],
    searched: true,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::ProgrammeCreate,
            grave: false,
            fields: terms::new,
            call: calls!(new programmes::create_programme),
        },
        Action {
            code: "funds",
            verb: Verb::ProgrammeFund,
            grave: false,
            fields: money,
            call: calls!(one programmes::fund_programme),
        },
        Action {
            code: "withdrawals",
            verb: Verb::ProgrammeFund,
            grave: false,
            fields: money,
            call: calls!(one programmes::withdraw_funds),
        },
        Action {
            code: "allocations",
            verb: Verb::AllocationCreate,
            grave: false,
            fields: allocation,
            call: calls!(one programmes::allocate),
        },
        Action {
            code: "guarantee",
            verb: Verb::ProgrammeGuarantee,
            grave: false,
            fields: guarantee,
            call: calls!(one programmes::guarantee),
        },
        Action {
            code: "venues",
            verb: Verb::ProgrammeAdmit,
            grave: false,
            fields: admission,
            call: calls!(one programmes::admit_venue),
        },
        Action {
            code: "payer",
            verb: Verb::PayerAccountEnter,
            grave: false,
            fields: payer,
            call: calls!(one accounts::enter_payer_account),
        },
        Action {
            code: "change",
            verb: Verb::ProgrammeChange,
            grave: false,
            fields: terms::change,
            call: calls!(one programmes::change_programme),
        },
        Action {
            code: "archive",
            verb: Verb::ProgrammeExport,
            grave: false,
            fields: continuity::fields,
            call: continuity::take,
        },
        Action {
            code: "period",
            verb: Verb::PeriodClose,
            grave: true,
            fields: period,
            call: calls!(new periods::close_period),
        },
        Action {
            code: "close",
            verb: Verb::ProgrammeClose,
            grave: true,
            fields: nothing,
            call: calls!(bare programmes::close_programme),
        },
        Action {
            code: "end",
            verb: Verb::ProgrammeEnd,
            grave: true,
            fields: nothing,
            call: calls!(bare programmes::end_programme),
        },
    ],
};

fn state(desk: &Desk<'_>, row: &ProgrammeView) -> String {
    let today = desk.service.clock.now().day(&row.terms.time_zone);
    let phase = row.terms.phase(row.ended, today);
    if row.closed && phase <= Phase::Blocked {
        return desk.say.t("programme-closed");
    }
    desk.say.t(&format!("programme-{}", phase.code()))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().programmes(filter)?;
    let line = |row: &ProgrammeView| {
        let cells = vec![
            row.name.clone(),
            row.terms.territory.clone(),
            desk.say.day(&row.terms.last_day),
            desk.say.euros(&row.terms.price_cents),
            state(desk, row),
        ];
        Line::of(row, cells)
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().programmes(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut facts = vec![("state", state(desk, &row))];
    facts.extend(terms::facts(desk, &row)?);
    facts.extend(ending::facts(desk, &row));
    facts.push(("guarantee-left", desk.say.count(&row.guarantee_left)));
    facts.extend(paid_from(desk, row.id)?);
    let closing = closing(desk, &row)?;
    if let Some(closing) = &closing {
        facts.push(("closing-next", closing_month(desk, closing)));
    }
    let mut shown = Shown::new(row.name.clone(), facts).offering(&["payer", "archive"]);
    if closing.is_some_and(|closing| closing.over) {
        shown = shown.offering(&["period"]);
    }
    if desk.may(Verb::YearlyAccountRead) {
        let place = format!("/programmes/{}/yearly-account", row.id);
        shown.links.push(("yearly-to-account", place));
    }
    shown.tables.extend(budget(desk, row.id)?);
    shown.tables.extend(ending::tables(desk, &row)?);
    if ending::may_end(desk, &row) {
        shown = shown.offering(&["end"]);
    }
    shown.tables.extend(allocations(desk, row.id)?);
    shown.tables.extend(continuity::taken(desk, row.id)?);
    if !row.closed {
        shown = shown.offering(&[
            "funds",
            "allocations",
            "guarantee",
            "change",
            "withdrawals",
            "close",
        ]);
        if row.terms.venues_listed {
            shown = shown.offering(&["venues"]);
        }
    }
    Ok(Some(shown))
}

/// The account that its venues are paid from, for whoever may see it.
fn paid_from(desk: &Desk<'_>, id: ProgrammeId) -> Result<Vec<(&'static str, String)>, Fault> {
    if !desk.may(Verb::PayerAccountRead) {
        return Ok(Vec::new());
    }
    let Some(row) = desk.service.database().payer_account(id)? else { return Ok(Vec::new()) };
    let minimum = desk.say.euros(&row.minimum_cents);
    Ok(vec![("payer-holder", row.holder), ("payer-iban", row.iban), ("payer-minimum", minimum)])
}

/// The month that is closed next, for whoever may see it.
fn closing(desk: &Desk<'_>, row: &ProgrammeView) -> Result<Option<Closing>, Fault> {
    if !desk.may(Verb::PeriodRead) {
        return Ok(None);
    }
    let today = desk.service.clock.now().day(&row.terms.time_zone);
    Ok(desk.service.database().closing(row.id, today)?)
}

/// A month, and what stands open.
fn closing_month(desk: &Desk<'_>, closing: &Closing) -> String {
    let over = if closing.over { "closing-month" } else { "closing-month-runs" };
    let facts = [
        ("month", Fact::from(desk.say.month(&closing.month.to_string()))),
        ("conflicts", Fact::from(closing.open_conflicts)),
        ("quarantined", Fact::from(closing.quarantined)),
    ];
    desk.say.say(over, &facts)
}

/// Closing says what stands open, and that nothing of the month changes any more.
fn period(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let rows = match filter {
        Some(filter) => desk.service.database().programmes(filter)?,
        None => Vec::new(),
    };
    let Some(row) = rows.into_iter().next() else { return Ok(Vec::new()) };
    let mut fields =
        vec![Field::new("programme", Kind::Fixed(serde_json::json!(row.id.to_string())))];
    if let Some(closing) = closing(desk, &row)? {
        let month = closing.month.to_string();
        let choice = (month.clone(), closing_month(desk, &closing));
        fields.push(Field::new("month", Kind::Choice(vec![choice])).with(month));
    }
    Ok(fields)
}

fn payer(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![
        Field::new("holder", Kind::Text),
        Field::new("iban", Kind::Text),
        Field::new("bic", Kind::Maybe),
        Field::at("minimum_cents", "payer-minimum", Kind::Euros).with("1,00"),
    ])
}

/// Where each funder's money stands, if whoever asks may see it.
fn budget(desk: &Desk<'_>, programme: ProgrammeId) -> Result<Option<Table>, Fault> {
    let Some(own) = within(desk.role, Verb::LedgerRead) else { return Ok(None) };
    let filter = Filter { programme: Some(programme), limit: u32::MAX, ..Filter::of(own) };
    let database = desk.service.database();
    let mut sums: BTreeMap<FunderId, BTreeMap<Stage, i64>> = BTreeMap::new();
    for account in database.accounts(&filter, AsOf::Now)? {
        let stages = sums.entry(account.funder).or_default();
        *stages.entry(account.stage).or_default() += account.balance_cents.0;
    }
    let numbers: Vec<i64> = sums.keys().map(|funder| funder.0).collect();
    let names = database.names(Breakdown::Funder, &numbers)?;
    let row = |(funder, stages): (&FunderId, &BTreeMap<Stage, i64>)| {
        let cents = |stage: Stage| desk.say.cents(&stages.get(&stage).copied().unwrap_or_default());
        vec![
            names.get(&funder.0).cloned().unwrap_or_default(),
            cents(Stage::Available),
            cents(Stage::Guarantee),
            cents(Stage::Committed),
            cents(Stage::Earned),
        ]
    };
    Ok(Some(Table {
        key: "budget",
        columns: const {
            &[
                text("by-funder"),
                figure("stage-available"),
                figure("stage-guarantee"),
                figure("stage-committed"),
                figure("stage-earned"),
            ]
        },
        rows: sums.iter().map(row).collect(),
    }))
}

fn allocations(desk: &Desk<'_>, programme: ProgrammeId) -> Result<Option<Table>, Fault> {
    const COLUMNS: &[Column] =
        &[text("issuer"), figure("granted"), figure("taken"), figure("remaining")];
    let Some(own) = within(desk.role, Verb::AllocationRead) else { return Ok(None) };
    let filter = Filter { programme: Some(programme), limit: 200, ..Filter::of(own) };
    let database = desk.service.database();
    let rows = database.allocations(&filter)?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.issuer.0).collect();
    let names = database.names(Breakdown::Issuer, &numbers)?;
    let row = |row: crate::domain::view::AllocationView| {
        vec![
            names.get(&row.issuer.0).cloned().unwrap_or_default(),
            desk.say.count(&row.granted),
            desk.say.count(&row.taken),
            desk.say.count(&(row.granted - row.taken)),
        ]
    };
    Ok(Some(Table {
        key: "allocations",
        columns: COLUMNS,
        rows: rows.into_iter().map(row).collect(),
    }))
}

/// The funders that share the programme.
fn sharing(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Choice>, Fault> {
    let database = desk.service.database();
    let one = filter.cloned().unwrap_or_else(|| Filter::one(Tenant::Any, 0));
    let rows = database.programmes(&one)?;
    let shares = rows.into_iter().flat_map(|row| row.terms.shares);
    let numbers: Vec<i64> = shares.map(|share| share.funder.0).collect();
    let names = database.names(Breakdown::Funder, &numbers)?;
    let choice = |id: &i64| Some((id.to_string(), names.get(id)?.clone()));
    Ok(numbers.iter().filter_map(choice).collect())
}

fn money(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let by = ["deposit", "pledge"];
    let by = by.map(|by| (by.to_owned(), desk.say.t(&format!("fund-{by}"))));
    Ok(vec![
        Field::new("funder", Kind::Choice(sharing(desk, filter)?)),
        Field::at("amount_cents", "amount", Kind::Euros),
        Field::at("by", "fund-by", Kind::Choice(by.to_vec())),
    ])
}

fn allocation(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let all = Filter { limit: 200, ..Filter::of(Tenant::Any) };
    let issuers = desk.service.database().issuers(&all)?;
    let issuers = issuers.into_iter().map(|row| (row.id.to_string(), row.name)).collect();
    Ok(vec![
        Field::new("issuer", Kind::Choice(issuers)),
        Field::at("workshops", "workshops-granted", Kind::Number),
    ])
}

fn guarantee(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![Field::at("workshops", "guarantee-workshops", Kind::Number)])
}

fn admission(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![Field::at("venue", "venue-number", Kind::Text)])
}
