//! The usage report as a workbook (Office Open XML, ISO/IEC 29500): figures, and a chart of them.
//! No sums and no words: `report.rs` has the figures, the caller the words.

use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError,
};

use super::report::{Line, UsageReport};
use crate::domain::{calendar::Instant, usage::Breakdown};

/// Cents in a cell: a spreadsheet counts in euros.
pub(super) const EUROS: &str = "#,##0.00\\ \"€\"";
pub(super) const COUNT: &str = "#,##0";
/// The chart stands right of a short table and below a long one.
const CHART_ROWS: u32 = 18;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Count,
    Cents,
}

pub type Figure = fn(&Line) -> i64;

/// The columns after the line's name: the key of the word, and the figure.
pub const COLUMNS: &[(&str, Kind, Figure)] = &[
    ("report-handed-over", Kind::Count, |line| line.vouchers_handed_over),
    ("report-started", Kind::Count, |line| line.vouchers_started),
    ("report-issued", Kind::Count, |line| line.workshops_issued),
    ("report-used", Kind::Count, |line| line.workshops_used),
    ("report-expired", Kind::Count, |line| line.workshops_expired),
    ("report-cancelled", Kind::Count, |line| line.workshops_cancelled),
    ("report-outstanding", Kind::Count, |line| line.workshops_outstanding),
    ("report-committed", Kind::Cents, |line| line.committed_cents),
    ("report-earned", Kind::Cents, |line| line.earned_cents),
    ("report-guaranteed", Kind::Cents, |line| line.guaranteed_cents),
    ("report-given-back", Kind::Cents, |line| line.given_back_cents),
    ("report-money-outstanding", Kind::Cents, |line| line.outstanding_cents),
];
/// Of `COLUMNS`, what the chart shows: issued and used.
const CHARTED: [u16; 2] = [3, 4];

/// The workbook of a report; `say` has the words, `called` what people call a line.
///
/// # Errors
/// When the library cannot write it.
pub fn workbook(
    report: &UsageReport,
    at: Instant,
    say: &dyn Fn(&str) -> String,
    called: &dyn Fn(&Line) -> String,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let seconds = at.0.div_euclid(1_000_000);
    let made = ExcelDateTime::from_timestamp(seconds)?;
    let title = say("report-title");
    workbook.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&made));
    let name: String = title.chars().take(31).collect();
    let sheet = workbook.add_worksheet().set_name(&name)?;
    let last = table(sheet, report, say, called)?;
    sheet.write(last + 2, 0, format!("{} {}", say("report-as-of"), report.as_of))?;
    if report.by != Breakdown::None && last > 0 {
        let mut chart = Chart::new(ChartType::Column);
        chart.title().set_name(&say("report-chart"));
        for column in CHARTED {
            chart
                .add_series()
                .set_name((name.as_str(), 0, column))
                .set_categories((name.as_str(), 1, 0, last, 0))
                .set_values((name.as_str(), 1, column, last, column));
        }
        chart.set_width(960).set_height(20 * CHART_ROWS);
        sheet.insert_chart(last + 4, 0, &chart)?;
    }
    workbook.save_to_buffer()
}

/// The number of the last line.
fn table(
    sheet: &mut Worksheet,
    report: &UsageReport,
    say: &dyn Fn(&str) -> String,
    called: &dyn Fn(&Line) -> String,
) -> Result<u32, XlsxError> {
    let head = Format::new().set_bold().set_text_wrap();
    let formats =
        |kind| Format::new().set_num_format(if kind == Kind::Cents { EUROS } else { COUNT });
    let (counts, cents) = (formats(Kind::Count), formats(Kind::Cents));
    sheet.set_column_width(0, 32)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.write_with_format(0, 0, say(&by_word(report.by)), &head)?;
    for (column, (word, _, _)) in (1..).zip(COLUMNS) {
        sheet.set_column_width(column, 15)?;
        sheet.write_with_format(0, column, say(word), &head)?;
    }
    let mut last = 0;
    for (row, line) in (1..).zip(&report.lines) {
        // A text cell, whatever it begins with: no formula.
        sheet.write_string(row, 0, called(line))?;
        for (column, (_, kind, figure)) in (1..).zip(COLUMNS) {
            let value = figure(line);
            match kind {
                Kind::Count => sheet.write_with_format(row, column, value, &counts)?,
                Kind::Cents => sheet.write_with_format(row, column, euros(value), &cents)?,
            };
        }
        last = row;
    }
    Ok(last)
}

/// The word of a breakdown.
#[must_use]
pub fn by_word(by: Breakdown) -> String {
    format!("by-{}", by.code())
}

/// Spreadsheets know no other numbers: exact up to 90,000 milliards of euros.
#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "the file format has floating-point cells only; nothing is computed from it here"
)]
pub(super) fn euros(cents: i64) -> f64 {
    cents as f64 / 100.0
}
