//! The report on people as a workbook (Office Open XML, ISO/IEC 29500).
//! No sums and no words: the caller has both.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::domain::calendar::Instant;

/// The workbook: a row a cell, its figure last.
///
/// # Errors
/// When the library cannot write it.
pub fn workbook(
    title: &str,
    at: Instant,
    heads: &[String],
    rows: &[([String; 5], i64)],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(at.0.div_euclid(1_000_000))?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let name: String = title.chars().take(31).collect();
    let sheet = workbook.add_worksheet().set_name(&name)?;
    let (head, count) = (Format::new().set_bold(), Format::new().set_num_format("#,##0"));
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in (0..).zip(heads) {
        sheet.set_column_width(column, 24)?;
        sheet.write_with_format(0, column, heading, &head)?;
    }
    for (number, (texts, people)) in (1..).zip(rows) {
        for (column, text) in (0..).zip(texts) {
            // A text cell, whatever it begins with: no formula.
            sheet.write_string(number, column, text)?;
        }
        let last = u16::try_from(texts.len()).unwrap_or_default();
        sheet.write_with_format(number, last, *people, &count)?;
    }
    workbook.save_to_buffer()
}
