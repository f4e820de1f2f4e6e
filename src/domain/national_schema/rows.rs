//! Rows of a CSV file or of a JSON array of objects, each with the line on which it starts.
//! No meaning: which column a cell stands in, but not whether its text is right.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{Import, MAX_ROWS, Wrongness, columns::Column};
use crate::domain::office::{Lines, Table};

/// The cells of a row that are not empty, by column.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: BTreeMap<Column, String>,
}

/// Finds columns by header once, and remembers the headers that name none.
#[derive(Default)]
pub(super) struct Headers {
    found: HashMap<String, Option<Column>>,
    pub(super) unknown: Vec<String>,
}

impl Headers {
    fn find(&mut self, header: &str) -> Option<Column> {
        if let Some(column) = self.found.get(header) {
            return *column;
        }
        let column = Column::find(header);
        if column.is_none() && !header.trim().is_empty() {
            self.unknown.push(header.trim().to_owned());
        }
        self.found.insert(header.to_owned(), column);
        column
    }
}

impl Row {
    /// Puts a value in its column, unless an earlier field of the row did.
    fn put(&mut self, column: Option<Column>, text: &str) {
        let text = text.trim();
        let Some(column) = column else { return };
        if column != Column::LeftOut && !text.is_empty() {
            self.cells.entry(column).or_insert_with(|| text.to_owned());
        }
    }
}

/// The rows of a CSV file.
pub(super) fn csv(text: &str, headers: &mut Headers, import: &mut Import) -> Vec<Row> {
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut rows = Vec::new();
    for (line, record) in Table::new(text) {
        let Ok(record) = record else {
            import.error(line, None, Wrongness::RowUnreadable);
            break;
        };
        let Some(columns) = &columns else {
            columns = Some(record.iter().map(|header| headers.find(header)).collect());
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= MAX_ROWS {
            import.error(line, None, Wrongness::RowsTooMany(MAX_ROWS));
            break;
        }
        if record.len() != columns.len() {
            import.error(line, None, Wrongness::RowCells(record.len()));
            continue;
        }
        let mut row = Row { line, cells: BTreeMap::new() };
        for (column, cell) in columns.iter().zip(&record) {
            row.put(*column, cell);
        }
        rows.push(row);
    }
    if !columns.is_some_and(|columns| columns.contains(&Some(Column::Name))) {
        import.error(1, Some(Column::Name.name()), Wrongness::FileNotStandard);
        rows.clear();
    }
    rows
}

/// The rows of a JSON array of objects. An element that is wrong does not spoil the others.
pub(super) fn json(text: &str, headers: &mut Headers, import: &mut Import) -> Vec<Row> {
    let mut lines = Lines::new(text);
    let mut rows = Vec::new();
    let (elements, end) = elements(text);
    for (at, element) in elements {
        let line = lines.of(at);
        if rows.len() >= MAX_ROWS {
            import.error(line, None, Wrongness::RowsTooMany(MAX_ROWS));
            return rows;
        }
        match serde_json::from_str::<Map<String, Value>>(element) {
            Ok(object) => {
                let mut row = Row { line, cells: BTreeMap::new() };
                for (header, value) in &object {
                    row.put(headers.find(header), &flat(value));
                }
                rows.push(row);
            }
            Err(_) => import.error(line, None, Wrongness::RowNotObject),
        }
    }
    if let Err((at, wrong)) = end {
        import.error(lines.of(at), None, wrong);
    }
    rows
}

/// A value as a CSV cell would hold it; an object inside is not read.
fn flat(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let values: Vec<String> = values
                .iter()
                .filter(|value| !value.is_array())
                .map(flat)
                .filter(|text| !text.trim().is_empty())
                .collect();
            values.join("|")
        }
    }
}

/// Elements of an array with the byte at which each starts, and where and how the array is broken.
type Elements<'a> = (Vec<(usize, &'a str)>, Result<(), (usize, Wrongness)>);

/// Cuts an array into its elements by brackets and quotes alone; each is parsed on its own.
fn elements(text: &str) -> Elements<'_> {
    let mut elements = Vec::new();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut from = 0;
    let mut cut = |from: usize, to: usize, last: bool| {
        let piece = text.get(from..to).unwrap_or_default();
        let element = piece.trim_start();
        // A comma before the end is no element.
        if !(last && element.is_empty()) {
            elements.push((from + piece.len() - element.len(), element));
        }
    };
    for (at, byte) in text.bytes().enumerate() {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => {
                depth += 1;
                if depth == 1 {
                    from = at + 1;
                }
            }
            b']' | b'}' if depth > 1 => depth -= 1,
            b']' | b'}' => {
                cut(from, at, true);
                let after = text.get(at + 1..).unwrap_or_default();
                let end = if after.trim().is_empty() {
                    Ok(())
                } else {
                    Err((at, Wrongness::FileAfterEnd))
                };
                return (elements, end);
            }
            b',' if depth == 1 => {
                cut(from, at, false);
                from = at + 1;
            }
            _ => {}
        }
    }
    cut(from, text.len(), true);
    (elements, Err((text.len(), Wrongness::FileCutOff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_cut_between_its_elements_only() {
        let text = "[ {\"a\": \"],}\\\"\", \"b\": [1, 2]},\n\n 3 , {} ]";
        let (found, end) = elements(text);
        let cut: Vec<&str> = found.iter().map(|(_, element)| element.trim_end()).collect();
        assert_eq!(cut, ["{\"a\": \"],}\\\"\", \"b\": [1, 2]}", "3", "{}"]);
        assert_eq!(end, Ok(()));
        let mut lines = Lines::new(text);
        let at: Vec<u64> = found.iter().map(|(at, _)| lines.of(*at)).collect();
        assert_eq!(at, [1, 3, 3]);
    }
}
