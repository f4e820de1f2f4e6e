//! The ledger: every account's totals, and the lines of one.
//! Nothing is posted here.

use std::collections::{BTreeSet, HashMap};

use super::section::{Column, Desk, Line, Section, Shown, Table, figure, text};
use crate::{
    app::{service::Fault, view::AsOf},
    domain::{
        access::{Tenant, Verb},
        usage::Breakdown,
        view::{AccountView, Filter},
    },
};

/// Lines of an account that its page shows.
const LINES: u32 = 200;

pub static SECTION: Section = Section {
    code: "ledger",
    read: Verb::LedgerRead,
    columns: &[
        text("account"),
        text("programme"),
        text("by-funder"),
        text("organisation"),
        figure("debit"),
        figure("credit"),
        figure("balance"),
    ],
    searched: false,
    links: &[
        ("ledger-csv", "/ledger/export?format=csv", Verb::LedgerRead),
        ("ledger-hledger", "/ledger/export?format=hledger", Verb::LedgerRead),
        ("ledger-beancount", "/ledger/export?format=beancount", Verb::LedgerRead),
    ],
    lines,
    shown,
    actions: &[],
};

/// The names of what accounts are about.
struct Names {
    programmes: HashMap<i64, String>,
    funders: HashMap<i64, String>,
    organisations: HashMap<i64, String>,
}

impl Names {
    fn of(desk: &Desk<'_>, rows: &[AccountView]) -> Result<Self, Fault> {
        let database = desk.service.database();
        let distinct = |number: fn(&AccountView) -> Option<i64>| -> Vec<i64> {
            rows.iter().filter_map(number).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let mut organisations = HashMap::new();
        for id in distinct(|row| row.organisation.map(|of| of.0)) {
            let found = database.organisations(&Filter::one(Tenant::Any, id))?;
            organisations.extend(found.into_iter().map(|row| (id, row.name)));
        }
        let programmes = distinct(|row| Some(row.programme.0));
        let funders = distinct(|row| Some(row.funder.0));
        Ok(Self {
            programmes: database.names(Breakdown::Programme, &programmes)?,
            funders: database.names(Breakdown::Funder, &funders)?,
            organisations,
        })
    }

    fn cells(&self, desk: &Desk<'_>, row: &AccountView) -> Vec<String> {
        let named = |names: &HashMap<i64, String>, id: i64| names.get(&id).cloned();
        let payee = row.organisation.and_then(|of| named(&self.organisations, of.0));
        vec![
            desk.say.t(&format!("stage-{}", row.stage.code())),
            named(&self.programmes, row.programme.0).unwrap_or_default(),
            named(&self.funders, row.funder.0).unwrap_or_default(),
            payee.unwrap_or_default(),
            desk.say.euros(&row.debit_cents),
            desk.say.euros(&row.credit_cents),
            desk.say.euros(&row.balance_cents),
        ]
    }
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().accounts(filter, AsOf::Now)?;
    let names = Names::of(desk, &rows)?;
    Ok(rows.iter().map(|row| Line::of(row, names.cells(desk, row))).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    const COLUMNS: &[Column] =
        &[text("event-number"), figure("debit"), figure("credit"), figure("balance")];
    let database = desk.service.database();
    // Accounts are read with their totals, all of a tenant's at once.
    let all = Filter { id: None, limit: u32::MAX, ..filter.clone() };
    let rows = database.accounts(&all, AsOf::Now)?;
    let rows: Vec<_> = rows.into_iter().filter(|row| Some(row.account.0) == filter.id).collect();
    let names = Names::of(desk, &rows)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let keys = SECTION.columns.iter().map(|column| column.key);
    let facts: Vec<_> = keys.zip(names.cells(desk, row)).skip(1).collect();
    let title = desk.say.t(&format!("stage-{}", row.stage.code()));
    let mut shown = Shown::new(title, facts);
    let postings = database.postings(&Filter { limit: LINES, ..filter.clone() })?;
    let cents = |cents: i64| if cents == 0 { String::new() } else { desk.say.cents(&cents) };
    let line = |line: crate::domain::view::PostingView| {
        let balance = line.credit_after_cents.0 - line.debit_after_cents.0;
        vec![
            line.event.to_string(),
            cents((-line.amount_cents.0).max(0)),
            cents(line.amount_cents.0.max(0)),
            desk.say.cents(&balance),
        ]
    };
    let rows = postings.into_iter().map(line).collect();
    shown.tables.push(Table { key: "postings", columns: COLUMNS, rows });
    Ok(Some(shown))
}
