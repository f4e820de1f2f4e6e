//! The report's page and its files: the same figures everywhere.
//! No sums: the report's own tests have them.

use std::io::Read as _;

use pass_numerique::domain::registry::Role;

use super::{logged_in, pdf_text};
use crate::support::{api::Api, on_each_database};

/// Issues two passes and redeems one workshop.
fn something(api: &Api) {
    let voucher = api.town.issue(10).unwrap();
    api.town.issue(5).unwrap();
    let paper = api.town.service.paper(voucher).unwrap();
    let shown = api.town.service.read_code(&paper.url).unwrap();
    api.town.service.ask(api.town.redemption(shown)).unwrap();
}

#[test]
fn the_screen_the_csv_and_the_workbook_tell_the_same_figures() {
    on_each_database(|town| {
        let api = Api::start(town);
        something(&api);
        let browser = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let page = browser.get("/reports?by=programme").text;
        let cells = |row: &str| -> Vec<String> {
            let row = row.split("<td class=\"number\">").skip(1);
            row.map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
        };
        let body = page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        let on_screen = cells(body);
        assert_eq!(on_screen[..7], ["2", "1", "15", "1", "0", "0", "14"], "{page}");
        // Of ten euros a workshop this funder pays its share.
        let line = api.state.service.database();
        let filter = pass_numerique::domain::usage::UsageFilter::of(
            pass_numerique::domain::access::Tenant::Funder(api.town.funders[0]),
        );
        let by = pass_numerique::domain::usage::Breakdown::None;
        let report = pass_numerique::app::report::usage_report(line, by, &filter).unwrap();
        let earned = report.lines[0].earned_cents;
        let euros = format!("{},{:02}\u{a0}€", earned / 100, earned % 100);
        assert_eq!(on_screen[7], euros);

        let csv = browser.get("/reports.csv?by=programme");
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let header = csv.text.trim_start_matches('\u{feff}').lines().next().unwrap();
        let columns: Vec<&str> = header.split(';').collect();
        let values: Vec<&str> = csv.text.lines().nth(1).unwrap().split(';').collect();
        let value = |name: &str| values[columns.iter().position(|c| *c == name).unwrap()];
        assert_eq!([value("workshops_issued"), value("workshops_used")], ["15", "1"]);
        assert_eq!(value("earned_cents"), earned.to_string());

        let book = browser.bytes("/reports.xlsx?by=programme");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let sheet = part("xl/worksheets/sheet1.xml");
        for cell in ["<c r=\"D2\"", "<v>15</v>", "<v>14</v>"] {
            assert!(sheet.contains(cell), "{cell}: {sheet}");
        }
        assert!(part("xl/charts/chart1.xml").contains("<c:barChart>"));
    });
}

#[test]
fn a_period_is_told_beside_the_one_before_and_an_empty_one_says_what_to_do() {
    on_each_database(|town| {
        let api = Api::start(town);
        something(&api);
        let browser = logged_in(&api, Role::Operator);
        let today = api.town.service.clock.now().day(&"Europe/Paris".parse().unwrap());
        let (from, to) = (today.plus(-3), today.plus(3));
        let page = browser.get(&format!("/reports?from={from}&to={to}")).text;
        assert!(page.contains("avant\u{a0}: 0"), "{page}");
        assert!(page.contains(&format!("value=\"{from}\"")), "{page}");
        assert!(
            page.contains(&format!("/reports.xlsx?by=month&#38;from={from}&#38;to={to}")),
            "{page}"
        );
        let later = browser.get("/reports?from=2031-01-01&to=2031-01-31").text;
        assert!(later.contains("Élargissez les dates"), "{later}");
        let nonsense = browser.get("/reports?from=%3Cscript%3E&by=nothing&programme=x");
        assert_eq!(nonsense.status, 200);
        assert!(!nonsense.text.contains("<script"));
    });
}

#[test]
fn the_report_on_paper_and_over_the_api_says_what_the_screen_says() {
    on_each_database(|town| {
        let api = Api::start(town);
        something(&api);
        let person = api.person(Role::Analyst(api.town.funders[0]));
        let browser = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let paper = browser.get("/reports.pdf?by=programme&territory=93");
        assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"));
        let path = "/v1/reports/usage?by=programme&territory=93&format=";
        let french = [("Accept-Language", "fr")];
        let same = person.exchange("GET", &format!("{path}pdf"), &french, None);
        assert!(same.bytes == paper.bytes, "{}", same.status);
        let book = person.exchange("GET", &format!("{path}xlsx"), &french, None);
        assert!(book.bytes.starts_with(b"PK"), "{}", book.text);
        let Some(text) = pdf_text(&paper.bytes) else { return };
        // The key of the chart stands above it, and its table below.
        let key = text.find("Ateliers émis").zip(text.find("Total"));
        assert!(key.is_some_and(|(key, total)| key < total), "{text}");
        for part in ["Bilan", "Territoire 93", "Total", "15"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
    });
}
