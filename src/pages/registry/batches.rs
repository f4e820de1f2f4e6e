//! Batches: many passes in one go, minted in the background, and their sheets.
//! No minting and no sheets.

use super::{
    events,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb, within},
        calendar::Zone,
        printing::{Again, PASSES_A_PART, Printed},
        usage::Breakdown,
        view::{BatchView, Filter},
    },
    http::v1::batches,
    pages::printing::{
        sheets::{FORMATS, print},
        shop::take,
    },
};

pub static SECTION: Section = Section {
    code: "batches",
    read: Verb::VoucherRead,
    columns: &[
        figure("batch-number"),
        text("programme"),
        text("issuer"),
        figure("passes"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::BatchCreate,
            grave: false,
            fields,
            call: calls!(new batches::create_batch),
        },
        Action {
            code: "print",
            verb: Verb::VoucherPrint,
            grave: false,
            fields: sheets,
            call: print,
        },
        Action {
            code: "print-shop",
            verb: Verb::PrintListTake,
            grave: false,
            fields: print_shop,
            call: take,
        },
    ],
};

fn state(desk: &Desk<'_>, row: &BatchView) -> String {
    desk.say.t(if row.minted == row.count { "batch-ready" } else { "batch-minting" })
}

fn names(desk: &Desk<'_>, row: &BatchView) -> Result<(String, String), Fault> {
    let database = desk.service.database();
    let named = |by, id: i64| Ok::<_, Fault>(database.names(by, &[id])?.remove(&id));
    let programme = named(Breakdown::Programme, row.programme.0)?.unwrap_or_default();
    Ok((programme, named(Breakdown::Issuer, row.issuer.0)?.unwrap_or_default()))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().batches(filter)? {
        let (programme, issuer) = names(desk, &row)?;
        let count = desk.say.count(&i64::from(row.count));
        let cells = vec![row.id.to_string(), programme, issuer, count, state(desk, &row)];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().batches(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let (programme, issuer) = names(desk, &row)?;
    let facts = vec![
        ("state", state(desk, &row)),
        ("programme", programme),
        ("issuer", issuer),
        ("passes", desk.say.count(&i64::from(row.count))),
        ("workshops-number", row.workshops.to_string()),
        ("batch-kind", desk.say.t(if row.stock { "batch-stock" } else { "batch-active" })),
    ];
    let mut shown = Shown::new(desk.say.of("batch-title", &row.id.to_string()), facts);
    if row.minted < row.count {
        shown.progress = Some((row.minted.into(), row.count.into()));
    } else {
        shown = shown.offering(&["print"]);
        if row.stock {
            shown = shown.offering(&["print-shop"]);
        }
    }
    shown.links.push(("batch-list", format!("/batches/{}/vouchers.csv", row.id)));
    shown.tables.push(log(desk, &row)?);
    let lists = print_lists(desk, &row)?;
    if !lists.rows.is_empty() {
        shown.tables.push(lists);
    }
    Ok(Some(shown))
}

/// What was printed of a batch.
fn log(desk: &Desk<'_>, row: &BatchView) -> Result<Table, Fault> {
    const COLUMNS: &[Column] =
        &[text("when"), text("part"), text("format"), text("by-whom"), text("why-again")];
    let mut rows = Vec::new();
    let all = Printed::Part { batch: row.id, part: 0 };
    for printing in desk.service.database().printings(all)? {
        let Printed::Part { part: number, .. } = printing.what else { continue };
        let why = printing.again.map(|again| desk.say.t(&format!("again-{}", again.code())));
        rows.push(vec![
            desk.say.moment(printing.at, &Zone::paris()),
            part(desk, row, number),
            desk.say.t(&format!("format-{}", printing.format)),
            events::whom(desk, Some(printing.by))?,
            why.unwrap_or_default(),
        ]);
    }
    Ok(Table { key: "print-log", columns: COLUMNS, rows })
}

/// `1 – 1 000` of the first part.
fn part(desk: &Desk<'_>, row: &BatchView, number: u32) -> String {
    let first = number.saturating_mul(PASSES_A_PART) + 1;
    let last = (first + PASSES_A_PART - 1).min(row.count);
    let count = |number: u32| desk.say.count(&i64::from(number));
    format!("{} – {}", count(first), count(last))
}

fn sheets(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let rows = desk.service.database().batches(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(Vec::new()) };
    let parts = (0..row.count.div_ceil(PASSES_A_PART))
        .map(|number| (number.to_string(), part(desk, &row, number)));
    let format = |code: &str| (code.to_owned(), desk.say.t(&format!("format-{code}")));
    Ok(vec![
        Field::new("part", Kind::Choice(parts.collect())),
        Field::new("format", Kind::Choice(FORMATS.map(format).to_vec())),
        Field::new("reason", Kind::Choice(reasons(desk))),
    ])
}

/// Why something is printed once more; the first time nothing need be said.
fn reasons(desk: &Desk<'_>) -> Vec<Choice> {
    let mut reasons = vec![(String::new(), desk.say.t("again-first"))];
    let said = |again: Again| desk.say.t(&format!("again-{}", again.code()));
    reasons.extend(Again::ALL.map(|again| (again.code().to_owned(), said(again))));
    reasons
}

fn print_shop(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![Field::new("recipient", Kind::Text), Field::new("reason", Kind::Choice(reasons(desk)))])
}

/// What a print shop was given of a batch.
fn print_lists(desk: &Desk<'_>, row: &BatchView) -> Result<Table, Fault> {
    const COLUMNS: &[Column] =
        &[text("when"), text("recipient"), text("by-whom"), text("why-again")];
    let mut rows = Vec::new();
    for list in desk.service.database().print_lists(row.id)? {
        let why = list.again.map(|again| desk.say.t(&format!("again-{}", again.code())));
        rows.push(vec![
            desk.say.moment(list.at, &Zone::paris()),
            list.recipient,
            events::whom(desk, list.by)?,
            why.unwrap_or_default(),
        ]);
    }
    Ok(Table { key: "print-shop-log", columns: COLUMNS, rows })
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(own) = within(desk.role, Verb::BatchCreate) else { return Ok(Vec::new()) };
    let all = Filter { limit: 200, ..Filter::of(own) };
    let database = desk.service.database();
    let programmes = database.programmes(&all)?.into_iter().filter(|row| !row.closed);
    let programmes: Vec<Choice> = programmes.map(|row| (row.id.to_string(), row.name)).collect();
    let mut fields = vec![
        Field::new("programme", Kind::Choice(programmes)),
        Field::new("workshops", Kind::Number).with(10),
        Field::new("count", Kind::Number),
        Field::new("stock", Kind::Flag).with("yes"),
    ];
    if own == Tenant::Any {
        let issuers = database.issuers(&all)?.into_iter().map(|row| (row.id.to_string(), row.name));
        fields.push(Field::new("issuer", Kind::Choice(issuers.collect())));
    }
    Ok(fields)
}
