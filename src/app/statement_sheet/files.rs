//! An account as a file for a spreadsheet: CSV, and a workbook (Office Open XML, ISO/IEC 29500).
//! No figures of its own: the tables have them.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Sheet};
use crate::app::{
    report::harmless,
    report_sheet::{COUNT, EUROS, euros},
};

/// The words of a cell that is no figure.
pub type Tell<'a> = &'a dyn Fn(&Cell) -> String;

/// All tables one below the other, for a spreadsheet: no cell of it starts a formula.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(
    sheet: &Sheet,
    say: &dyn Fn(&str) -> String,
    tell: Tell<'_>,
) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let plain = |cell: &Cell| match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Cents(cents) => decimal(*cents),
        Cell::Percent(points) => decimal(i64::from(*points)) + "\u{a0}%",
        Cell::Tenths(tenths) => format!("{},{}", tenths / 10, tenths % 10),
        Cell::Day(day) => day.to_string(),
        Cell::Moment(_) | Cell::Text(_) | Cell::Word(_) | Cell::Reason(_) => harmless(&tell(cell)),
    };
    for (key, cell) in &sheet.facts {
        writer.write_record([say(key), plain(cell)])?;
    }
    for part in &sheet.parts {
        writer.write_record([""])?;
        writer.write_record([say(part.key)])?;
        writer.write_record(part.columns.iter().map(|column| say(column.key)))?;
        for row in part.rows.iter().chain(&part.total) {
            writer.write_record(row.iter().map(plain))?;
        }
    }
    let bytes = writer.into_inner().map_err(|cause| csv::Error::from(cause.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// `-12,50`.
fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{},{:02}", cents / 100, cents % 100)
}

/// The workbook: a sheet of facts, and one for each table.
///
/// # Errors
/// When the library cannot write it.
pub fn workbook(
    account: &Sheet,
    say: &dyn Fn(&str) -> String,
    tell: Tell<'_>,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(account.at.0.div_euclid(1_000_000))?;
    let title = say(account.document);
    workbook.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&made));
    let head = Format::new().set_bold().set_text_wrap();
    let first = workbook.add_worksheet().set_name(sheet_name(&title))?;
    first.set_column_width(0, 40)?.set_column_width(1, 70)?;
    for (row, (key, cell)) in (0..).zip(&account.facts) {
        first.write_with_format(row, 0, say(key), &head)?;
        put(first, (row, 1), cell, tell)?;
    }
    for part in &account.parts {
        let sheet = workbook.add_worksheet().set_name(sheet_name(&say(part.key)))?;
        sheet.set_freeze_panes(1, 1)?;
        for (column, heading) in (0..).zip(part.columns) {
            sheet.set_column_width(column, if heading.figure { 16 } else { 30 })?;
            sheet.write_with_format(0, column, say(heading.key), &head)?;
        }
        for (row, cells) in (1..).zip(part.rows.iter().chain(&part.total)) {
            for (column, cell) in (0..).zip(cells) {
                put(sheet, (row, column), cell, tell)?;
            }
        }
    }
    workbook.save_to_buffer()
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    tell: Tell<'_>,
) -> Result<(), XlsxError> {
    let number = |format| Format::new().set_num_format(format);
    match cell {
        Cell::Count(count) => sheet.write_with_format(row, column, *count, &number(COUNT))?,
        Cell::Cents(cents) => {
            sheet.write_with_format(row, column, euros(*cents), &number(EUROS))?
        }
        // A text cell, whatever it begins with: no formula.
        other => sheet.write_string(row, column, tell(other))?,
    };
    Ok(())
}

/// As spreadsheets allow it: 31 signs, without some.
fn sheet_name(name: &str) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    name.chars().filter(allowed).take(31).collect()
}

#[cfg(test)]
mod tests {
    use super::{decimal, sheet_name};

    #[test]
    fn cents_are_written_as_spreadsheets_read_them() {
        assert_eq!([decimal(0), decimal(5), decimal(-1_250)], ["0,00", "0,05", "-12,50"]);
    }

    #[test]
    fn a_sheet_has_a_name_that_spreadsheets_take() {
        assert_eq!(sheet_name("Lieux : tous / d’ici"), "Lieux  tous  d’ici");
        assert_eq!(sheet_name(&"x".repeat(40)).len(), 31);
    }
}
