//! Closed months over the API: statements in four forms with the same figures, and the same bytes
//! for ever. What they say is tested in `core/closing`, who sees which in `access.rs`.

use std::io::Read as _;

use pass_numerique::domain::{
    command::{Ask, Outcome, Reverse, Shown},
    registry::Role,
    statement::Statement,
};
use serde_json::json;

use crate::{
    core::{
        books::history,
        closing::{fees::charge, month, statements::close_all},
        settlement::guaranteed::over_api,
    },
    support::{
        api::{Api, Caller, Reply},
        on_each_database,
    },
};

/// A figure: a count, or cents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Count(i64),
    Cents(i64),
}

use Figure::{Cents, Count};

/// Every figure of a statement's tables, in their order, with the sums below some of them.
fn figures(statement: &Statement) -> Vec<Figure> {
    let mut figures = Vec::new();
    for line in &statement.stages {
        figures.extend([line.opening_cents, line.in_cents].map(Cents));
        figures.extend([line.out_cents, line.closing_cents].map(Cents));
    }
    for line in &statement.balance {
        figures.extend([line.opening_workshops, line.month_workshops].map(Count));
        figures.push(Count(line.closing_workshops));
        figures.extend([line.opening_cents, line.month_cents, line.closing_cents].map(Cents));
    }
    if let Some(fee) = &statement.fee {
        figures.extend([fee.base_month_cents, fee.opening_cents].map(Cents));
        figures.extend([fee.month_cents, fee.closing_cents].map(Cents));
    }
    for held in statement.held.iter().filter(|held| held.redemptions > 0) {
        figures.extend([held.redemptions, held.workshops].map(Count));
        figures.push(Cents(held.amount_cents));
    }
    for places in [&statement.territories, &statement.venues] {
        let rows = places.iter().map(|line| {
            [line.redemptions, line.workshops, line.earned_cents, line.guaranteed_cents]
        });
        summed(&mut figures, &rows.collect::<Vec<_>>(), 2);
    }
    for workshops in [&statement.workshops, &statement.late] {
        let rows = workshops.iter().map(|line| [line.workshops, line.amount_cents]);
        summed(&mut figures, &rows.collect::<Vec<_>>(), 1);
    }
    let rows = statement.reversals.iter().map(|line| [line.workshops, line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 1);
    let rows = statement.conflicts.iter().map(|line| [line.workshops, line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 1);
    figures.extend(statement.payments.iter().map(|line| Cents(line.amount_cents)));
    for control in &statement.controls {
        figures.extend([control.one, control.other].map(Cents));
    }
    figures
}

/// Rows of some counts and then cents, with their sums.
pub fn summed<const N: usize>(figures: &mut Vec<Figure>, rows: &[[i64; N]], counts: usize) {
    if rows.is_empty() {
        return;
    }
    let mut sums = [0; N];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    for row in rows.iter().chain([&sums]) {
        let figure = |(at, value): (usize, &i64)| {
            if at < counts { Count(*value) } else { Cents(*value) }
        };
        figures.extend(row.iter().enumerate().map(figure));
    }
}

pub fn cents_alone(figures: &[Figure]) -> Vec<i64> {
    let cents = figures.iter().filter_map(|figure| match figure {
        Cents(cents) => Some(*cents),
        Count(_) => None,
    });
    cents.collect()
}

/// `-1234,50` of any cell.
fn decimal(text: &str) -> Option<i64> {
    let text = text.replace('−', "-");
    let (euros, cents) = text.split_once(',')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let bare = euros.trim_start_matches('-');
    (cents.len() == 2 && digits(bare) && digits(cents))
        .then(|| format!("{euros}{cents}").parse().unwrap())
}

pub fn of_csv(text: &str) -> Vec<i64> {
    text.lines().flat_map(|line| line.split(';')).filter_map(decimal).collect()
}

/// Numbers of all sheets but the first, which has the facts; a spreadsheet holds euros.
pub fn of_workbook(bytes: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut numbers = Vec::new();
    for sheet in 2..=archive.len() {
        let mut text = String::new();
        let name = format!("xl/worksheets/sheet{sheet}.xml");
        let Ok(mut file) = archive.by_name(&name) else { break };
        file.read_to_string(&mut text).unwrap();
        for cell in text.split("<c ").skip(1) {
            let cell = cell.split("</c>").next().unwrap();
            if !cell.contains("t=\"s\"") {
                let value = cell.split("<v>").nth(1).and_then(|rest| rest.split('<').next());
                numbers.extend(value.map(str::to_owned));
            }
        }
    }
    numbers
}

/// A count or an amount with two decimals, after a point.
pub fn in_euros(figure: Figure) -> String {
    let cents = match figure {
        Count(count) => return format!("{count}.00"),
        Cents(cents) => cents,
    };
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// What a PDF says in euros, line by line; `None` where there is no pdftotext.
pub fn of_paper(bytes: &[u8]) -> Option<Vec<i64>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let read =
        std::process::Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output();
    let read = read.ok()?;
    let text = String::from_utf8(read.stdout).unwrap();
    let amounts = text
        .split('€')
        .filter_map(|before| decimal(&amount_at_end(before.trim_end_matches(['\u{a0}', ' ']))));
    Some(amounts.collect())
}

/// `1200,00` of a text that ends in `1 200,00`: thousands stand apart by one narrow space, of which
/// pdftotext makes a plain one; columns stand further apart.
fn amount_at_end(text: &str) -> String {
    let signs: Vec<char> = text.chars().rev().collect();
    let digit = |at: usize| signs.get(at).is_some_and(char::is_ascii_digit);
    let mut own = Vec::new();
    for (at, sign) in signs.iter().enumerate() {
        match sign {
            ',' | '-' | '−' | '0'..='9' => own.push(*sign),
            ' ' | '\u{202f}' if at > 0 && digit(at - 1) && digit(at + 1) => {}
            _ => break,
        }
    }
    own.into_iter().rev().collect()
}

fn document(caller: &Caller<'_>, id: &str, format: &str) -> Reply {
    let path = format!("/v1/statements/{id}/document?format={format}");
    let reply = caller.exchange("GET", &path, &[("Accept-Language", "fr")], None);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

#[test]
fn a_statement_says_the_same_in_all_four_forms() {
    on_each_database(|town| {
        let office = history(town);
        charge(&office.town, &[("2026-12", 425)]).unwrap();
        close_all(&office.town);
        over_api(office, |api| {
            let auditor = api.person(Role::Auditor);
            let list = auditor.get("/v1/statements?limit=200");
            let rows = list.body["items"].as_array().unwrap().clone();
            assert!(rows.len() > 20, "{}", rows.len());
            for row in rows.iter().step_by(3) {
                let id = row["id"].as_str().unwrap();
                let json = auditor.get(&format!("/v1/statements/{id}/document"));
                let digest = pass_numerique::domain::sepa::digest(&json.text);
                assert_eq!(row["sha256"], json!(digest));
                let statement: Statement = serde_json::from_str(&json.text).unwrap();
                let expected = figures(&statement);
                let cents = cents_alone(&expected);
                let csv = document(&auditor, id, "csv");
                assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
                assert_eq!(of_csv(&csv.text), cents, "{}", csv.text);
                assert!(csv.text.contains(&digest));
                let told = of_workbook(&document(&auditor, id, "xlsx").bytes);
                assert_eq!(told.len(), expected.len());
                for (told, expected) in told.iter().zip(&expected) {
                    let value: f64 = told.parse().unwrap();
                    assert_eq!(format!("{value:.2}"), in_euros(*expected), "{told}");
                }
                let paper = document(&auditor, id, "pdf");
                let Some(told) = of_paper(&paper.bytes) else { continue };
                assert_eq!(told, cents, "{:?}", statement.party);
            }
        });
    });
}

/// A question about the closed month, in each form; with the statement's own forms.
fn everything(caller: &Caller<'_>, statement: &str) -> Vec<(String, Vec<u8>)> {
    let mut answers = Vec::new();
    for by in ["none", "venue", "territory", "funder"] {
        for format in ["json", "csv", "xlsx", "pdf"] {
            let path =
                format!("/v1/reports/usage?from=2026-11-01&to=2026-11-30&by={by}&format={format}");
            let reply = caller.exchange("GET", &path, &[("Accept-Language", "fr")], None);
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
            answers.push((path, reply.bytes));
        }
    }
    for format in ["json", "csv", "xlsx", "pdf"] {
        answers.push((format!("statement as {format}"), document(caller, statement, format).bytes));
    }
    answers
}

#[test]
fn reports_and_statements_of_a_closed_month_stay_the_same_bytes() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let first = town.redeemed(voucher);
        let api = Api::start(town);
        let town = &api.town;
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        town.service.tend_statements(&|| true).unwrap();
        let funder = town.funders[0];
        let list = api.person(Role::Analyst(funder)).get("/v1/statements");
        let statement = list.body["items"][0]["id"].as_str().unwrap().to_owned();
        let before = everything(&api.person(Role::Analyst(funder)), &statement);
        let of_all = everything(&api.person(Role::Operator), &statement);
        assert!(before.iter().any(|(_, bytes)| bytes.starts_with(b"%PDF")));
        // A late workshop, a reversal, other names, another look, another day.
        let mut late = town.redemption(Shown::Known(voucher));
        let Ask::Redeem(redeem) = &mut late.ask else { panic!() };
        redeem.occurred_at = "2026-11-29T16:00:00+01:00".parse().unwrap();
        assert!(matches!(town.service.ask(late).unwrap().outcome, Outcome::Redeemed(_)));
        let undo = Reverse { redemption: first, organisation: None, supervisor: false };
        let undone = town.service.ask_as(None, Ask::Reverse(undo)).unwrap();
        assert!(matches!(undone, Outcome::Reversed { .. }), "{undone:?}");
        let operator = api.person(Role::Operator);
        for (path, body) in [
            (format!("/v1/venues/{}", town.venue), json!({"name": "Autre", "territory": "26"})),
            (format!("/v1/funders/{funder}"), json!({"name": "Autre"})),
            ("/v1/looks".to_owned(), json!({"name": "Autre ville", "accent": "#1f4fa8"})),
        ] {
            let reply = operator.patch(&path, &body);
            assert!(reply.status < 300, "{path}: {}", reply.text);
        }
        town.service.reload_looks().unwrap();
        town.set("2027-01-05T10:00:00+01:00");
        let after = everything(&api.person(Role::Analyst(funder)), &statement);
        for ((path, before), (_, after)) in before.iter().zip(&after) {
            assert!(before == after, "{path}: {}", String::from_utf8_lossy(after));
        }
        let again = everything(&api.person(Role::Operator), &statement);
        for ((path, before), (_, after)) in of_all.iter().zip(&again) {
            assert!(before == after, "{path}: {}", String::from_utf8_lossy(after));
        }
        // The open month has all of it.
        let operator = api.person(Role::Operator);
        let december = operator.get("/v1/reports/usage?from=2026-12-01&to=2026-12-31&by=venue");
        assert_eq!(december.body["lines"][0]["name"], "Autre", "{}", december.text);
        town.audit();
    });
}

#[test]
fn wrong_months_are_told_by_reason_and_change_nothing() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let programme = api.town.programme;
        let of = |month: &str| json!({"programme": programme, "month": month});
        let seq = api.town.service.database().as_of().unwrap();
        for (body, status, reason, field) in [
            (of("2026-13"), 422, "field_invalid", "month"),
            (of("November"), 422, "field_invalid", "month"),
            (of("2026-11-01"), 422, "field_invalid", "month"),
            (json!({"month": "2026-11"}), 422, "field_invalid", "programme"),
            (json!({"programme": "99", "month": "2026-11"}), 404, "not_found", "programme"),
            (of("2026-11"), 409, "day_not_over", ""),
            (of("2026-12"), 409, "period_not_next", ""),
            (of("2026-10"), 409, "period_closed", ""),
        ] {
            let reply = operator.post("/v1/periods", &body);
            assert_eq!((reply.status, reply.reason()), (status, reason), "{body}: {}", reply.text);
            assert_eq!(reply.body["field"].as_str().unwrap_or(""), field, "{}", reply.text);
        }
        for path in ["/v1/statements/1", "/v1/statements/1/document", "/v1/periods/1"] {
            assert_eq!(operator.get(path).status, 404, "{path}");
        }
        assert_eq!(operator.get("/v1/programmes/99/closing").status, 404);
        assert_eq!(operator.get("/v1/statements?month=x").status, 400);
        assert_eq!(api.town.service.database().as_of().unwrap(), seq);
        let closing = operator.get(&format!("/v1/programmes/{programme}/closing"));
        assert_eq!(
            (&closing.body["month"], &closing.body["over"]),
            (&json!("2026-11"), &json!(false))
        );
        api.town.set("2026-12-01T10:00:00+01:00");
        let operator = api.person(Role::Operator);
        let closed = operator.post("/v1/periods", &of("2026-11"));
        assert_eq!(closed.status, 201, "{}", closed.text);
        let read = operator.get(&format!("/v1/periods/{}", closed.body["id"].as_str().unwrap()));
        assert_eq!((&read.body["month"], &read.body["stated"]), (&json!("2026-11"), &json!(false)));
    });
}
