//! The sheets of an archive that people read: passes, what venues are owed, payments, the ledger.
//! A take-over reads none of them.

use std::{collections::BTreeMap, io::Write};

use serde_json::{Map, Value};

use super::pack::Packing;
use crate::{
    app::report::harmless,
    domain::{
        calendar::Day,
        ids::{FunderId, OrganisationId},
        ledger::Stage,
        settlement::Amounts,
    },
    store::{CopyError, ProgrammeCopy},
};

type Row = Map<String, Value>;

pub(super) fn write<W: Write>(
    packing: &mut Packing<W>,
    copy: &mut ProgrammeCopy,
) -> Result<(), CopyError> {
    vouchers(packing, copy)?;
    owed(packing, copy)?;
    payments(packing, copy)?;
    ledger(packing, copy)
}

/// Cells as a line that spreadsheets read.
fn cells(cells: &[String]) -> Result<Vec<u8>, CopyError> {
    let terminator = csv::Terminator::CRLF;
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    writer.write_record(cells).map_err(|cause| CopyError::Write(cause.into()))?;
    writer.into_inner().map_err(|cause| CopyError::Write(cause.into_error()))
}

/// Begins a sheet: UTF-8 that spreadsheets know by its first bytes.
fn headed<W: Write>(
    packing: &mut Packing<W>,
    name: &str,
    headings: &[&str],
) -> Result<(), CopyError> {
    packing.begin(&format!("{name}.csv"))?;
    let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
    packing.write("\u{feff}".as_bytes(), 0)?;
    packing.write(&cells(&headings)?, 0)
}

fn text(row: &Row, name: &str) -> String {
    harmless(row.get(name).and_then(Value::as_str).unwrap_or_default())
}

fn number(row: &Row, name: &str) -> i64 {
    row.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn day(row: &Row, name: &str) -> String {
    i32::try_from(number(row, name)).map(|day| Day(day).to_string()).unwrap_or_default()
}

/// A column that holds JSON.
fn parsed<T: serde::de::DeserializeOwned>(row: &Row, name: &str) -> Result<T, CopyError> {
    let text = row.get(name).and_then(Value::as_str).unwrap_or_default();
    serde_json::from_str(text).map_err(|cause| CopyError::Damaged(format!("{name}: {cause}")))
}

/// The register of passes: by reference, since the number of a pass is half of what it is worth.
fn vouchers<W: Write>(packing: &mut Packing<W>, copy: &mut ProgrammeCopy) -> Result<(), CopyError> {
    const HEADINGS: &[&str] = &[
        "reference",
        "issuer",
        "standing",
        "money",
        "workshops",
        "left",
        "left_numbers",
        "version",
        "first_day",
        "accepted_until",
    ];
    headed(packing, "vouchers", HEADINGS)?;
    copy.rows("voucher", &mut |row| {
        let free: Vec<i64> = parsed(&row, "free")?;
        let standing = text(&row, "standing");
        let workshops = number(&row, "workshops");
        let left = i64::try_from(free.len()).unwrap_or_default();
        let left = if standing == "stock" { workshops } else { left };
        let numbers: Vec<String> = free.iter().map(i64::to_string).collect();
        let line = [
            text(&row, "reference"),
            number(&row, "issuer").to_string(),
            standing,
            text(&row, "money"),
            workshops.to_string(),
            left.to_string(),
            numbers.join(" "),
            number(&row, "version").to_string(),
            day(&row, "first_day"),
            day(&row, "last_day"),
        ];
        packing.write(&cells(&line)?, 1)
    })?;
    packing.end();
    Ok(())
}

/// Names of a table by number.
fn names(copy: &mut ProgrammeCopy, table: &str) -> Result<BTreeMap<i64, Row>, CopyError> {
    let mut rows = BTreeMap::new();
    copy.rows(table, &mut |row| {
        rows.insert(number(&row, "id"), row);
        Ok(())
    })?;
    Ok(rows)
}

/// What is owed to an organisation out of one funder's money.
#[derive(Default)]
struct Owed {
    earned: i64,
    held: i64,
    in_payment: i64,
    /// What it has to give back, below zero.
    receivable: i64,
}

fn owed<W: Write>(packing: &mut Packing<W>, copy: &mut ProgrammeCopy) -> Result<(), CopyError> {
    const HEADINGS: &[&str] = &[
        "organisation",
        "name",
        "siret",
        "holder",
        "iban",
        "bic",
        "funder",
        "funder_name",
        "earned_cents",
        "of_which_held_cents",
        "in_payment_cents",
        "receivable_cents",
    ];
    let lines = owed_lines(copy)?;
    let (organisations, funders) = (names(copy, "organisation")?, names(copy, "funder")?);
    let mut accounts: BTreeMap<i64, Row> = BTreeMap::new();
    // The account that was entered last is the one that is paid to.
    copy.rows("bank_account", &mut |row| {
        accounts.insert(number(&row, "organisation"), row);
        Ok(())
    })?;
    headed(packing, "owed", HEADINGS)?;
    let nobody = Row::new();
    for ((organisation, funder), owed) in lines {
        let row = organisations.get(&organisation.0).unwrap_or(&nobody);
        let account = accounts.get(&organisation.0).unwrap_or(&nobody);
        let line = [
            organisation.to_string(),
            text(row, "name"),
            text(row, "siret"),
            text(account, "holder"),
            text(account, "iban"),
            text(account, "bic"),
            funder.to_string(),
            text(funders.get(&funder.0).unwrap_or(&nobody), "name"),
            owed.earned.to_string(),
            owed.held.to_string(),
            owed.in_payment.to_string(),
            owed.receivable.to_string(),
        ];
        packing.write(&cells(&line)?, 1)?;
    }
    packing.end();
    Ok(())
}

fn owed_lines(
    copy: &mut ProgrammeCopy,
) -> Result<BTreeMap<(OrganisationId, FunderId), Owed>, CopyError> {
    let mut lines: BTreeMap<(OrganisationId, FunderId), Owed> = BTreeMap::new();
    for balance in copy.balances()? {
        let Some(organisation) = balance.organisation.filter(|_| balance.cents != 0) else {
            continue;
        };
        let line = lines.entry((organisation, balance.funder)).or_default();
        match balance.stage {
            Stage::Earned => line.earned += balance.cents,
            Stage::InPayment => line.in_payment += balance.cents,
            Stage::Receivable => line.receivable += balance.cents,
            _ => {}
        }
    }
    copy.rows("hold", &mut |row| {
        if row.get("state").and_then(Value::as_str) == Some("held") {
            let amounts: Amounts = parsed(&row, "amounts")?;
            for share in amounts.shares() {
                let key = (OrganisationId(number(&row, "organisation")), share.funder);
                lines.entry(key).or_default().held += share.amount_cents.0;
            }
        }
        Ok(())
    })?;
    Ok(lines)
}

fn payments<W: Write>(packing: &mut Packing<W>, copy: &mut ProgrammeCopy) -> Result<(), CopyError> {
    const HEADINGS: &[&str] =
        &["payment", "number", "run", "run_state", "organisation", "name", "state", "amount_cents"];
    let (organisations, runs) = (names(copy, "organisation")?, names(copy, "settlement")?);
    headed(packing, "payments", HEADINGS)?;
    copy.rows("payment", &mut |row| {
        let (lines, netted): (Amounts, Amounts) = (parsed(&row, "lines")?, parsed(&row, "netted")?);
        let run = runs.get(&number(&row, "settlement"));
        let organisation = organisations.get(&number(&row, "organisation"));
        let line = [
            number(&row, "id").to_string(),
            number(&row, "number").to_string(),
            run.map(|run| number(run, "number").to_string()).unwrap_or_default(),
            run.map(|run| text(run, "state")).unwrap_or_default(),
            number(&row, "organisation").to_string(),
            organisation.map(|row| text(row, "name")).unwrap_or_default(),
            text(&row, "state"),
            lines.sum().0.saturating_sub(netted.sum().0).to_string(),
        ];
        packing.write(&cells(&line)?, 1)
    })?;
    packing.end();
    Ok(())
}

fn ledger<W: Write>(packing: &mut Packing<W>, copy: &mut ProgrammeCopy) -> Result<(), CopyError> {
    const HEADINGS: &[&str] = &[
        "event",
        "day",
        "kind",
        "line",
        "version",
        "funder",
        "stage",
        "organisation",
        "amount_cents",
    ];
    let accounts = names(copy, "account")?;
    let nobody = Row::new();
    headed(packing, "ledger", HEADINGS)?;
    copy.rows("event", &mut |row| {
        let postings = row.get("postings").and_then(Value::as_array).into_iter().flatten();
        for (line, posting) in (0_i64..).zip(postings) {
            let part = |place: usize| posting.get(place).and_then(Value::as_i64);
            let account = part(0).and_then(|id| accounts.get(&id)).unwrap_or(&nobody);
            let organisation = Some(number(account, "organisation")).filter(|id| *id != 0);
            let line = [
                number(&row, "seq").to_string(),
                day(&row, "day"),
                text(&row, "kind"),
                line.to_string(),
                number(account, "version").to_string(),
                number(account, "funder").to_string(),
                text(account, "stage"),
                organisation.map(|id| id.to_string()).unwrap_or_default(),
                part(1).unwrap_or_default().to_string(),
            ];
            packing.write(&cells(&line)?, 1)?;
        }
        Ok(())
    })?;
    packing.end();
    Ok(())
}
