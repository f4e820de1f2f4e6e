//! A list of passes to be issued, a line each, as an agent keeps it in a spreadsheet.
//! No issuing, and nothing about whether the budget allows it.

use std::collections::HashMap;

use super::{
    national_schema::folded,
    office::{Table, decode},
    own_reference::OwnReference,
};

/// Lines of one list at most: what somebody hands out in some weeks.
pub const MOST_LINES: usize = 200;
/// Bytes of a file at most.
pub const MOST_BYTES: usize = 64 * 1024;

/// One pass to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In the file; the header is 1.
    pub number: u64,
    pub own_reference: Option<OwnReference>,
    pub workshops: u8,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrongness {
    /// It cannot be read as a line of a table.
    Unreadable,
    /// More or fewer cells than there are headings.
    Cells,
    /// An own reference that is too long, or has signs that hide text.
    Reference,
    /// The same own reference stands on an earlier line.
    Twice { earlier: u64 },
    /// No number, or one that the programme does not allow.
    Workshops,
}

/// What is wrong with the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAList {
    TooLarge,
    /// More lines than one list may have.
    TooLong,
    /// No line below the headings.
    Empty,
    /// No heading that is known, or one that is not.
    Headings,
}

/// The lines that are good, and what is wrong with the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueList {
    pub lines: Vec<Line>,
    pub wrong: Vec<(u64, Wrongness)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    OwnReference,
    Workshops,
}

impl Column {
    fn find(heading: &str) -> Option<Self> {
        match folded(heading).as_str() {
            "reference" | "votre reference" | "own reference" => Some(Self::OwnReference),
            "ateliers" | "workshops" | "nombre d ateliers" => Some(Self::Workshops),
            _ => None,
        }
    }
}

impl IssueList {
    /// Reads a table with the columns `référence` and `ateliers` (`reference`, `workshops`), either
    /// of which may be missing; a line without a number of workshops has `usual`.
    ///
    /// # Errors
    /// When it is no such table; single lines that are wrong stand in the list.
    pub fn read(
        bytes: &[u8],
        allowed: std::ops::RangeInclusive<u8>,
        usual: u8,
    ) -> Result<Self, NotAList> {
        if bytes.len() > MOST_BYTES {
            return Err(NotAList::TooLarge);
        }
        let (text, _) = decode(bytes);
        let mut records = Table::new(&text);
        let headings = records.next().and_then(|(_, record)| record.ok()).ok_or(NotAList::Empty)?;
        let columns: Option<Vec<Column>> = headings.iter().map(Column::find).collect();
        let columns = columns.ok_or(NotAList::Headings)?;
        let (mut list, mut seen) = (Self::default(), HashMap::new());
        for (number, record) in records {
            let Ok(record) = record else {
                list.wrong.push((number, Wrongness::Unreadable));
                break;
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if list.lines.len() + list.wrong.len() >= MOST_LINES {
                return Err(NotAList::TooLong);
            }
            match line(number, &record, &columns, &allowed, usual) {
                Ok(line) => match twice(&mut seen, &line) {
                    Some(earlier) => list.wrong.push((number, Wrongness::Twice { earlier })),
                    None => list.lines.push(line),
                },
                Err(wrong) => list.wrong.push((number, wrong)),
            }
        }
        if list.lines.is_empty() && list.wrong.is_empty() {
            return Err(NotAList::Empty);
        }
        Ok(list)
    }

    /// The table again, as `read` takes it: what was looked at is what is issued.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = "reference;workshops\n".to_owned();
        let mut at = 2;
        for line in &self.lines {
            // An empty line in place of each that is not there, so that the others keep theirs.
            while at < line.number {
                text.push_str(";\n");
                at += 1;
            }
            let own = line.own_reference.as_ref().map_or("", OwnReference::as_str);
            text.push_str(&format!("\"{}\";{}\n", own.replace('"', "\"\""), line.workshops));
            at += 1;
        }
        text
    }
}

fn line(
    number: u64,
    record: &csv::StringRecord,
    columns: &[Column],
    allowed: &std::ops::RangeInclusive<u8>,
    usual: u8,
) -> Result<Line, Wrongness> {
    if record.len() != columns.len() {
        return Err(Wrongness::Cells);
    }
    let cell = |wanted: Column| {
        let found = columns.iter().zip(record).find(|(column, _)| **column == wanted);
        found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    };
    let own_reference = cell(Column::OwnReference).map(str::parse).transpose();
    let own_reference = own_reference.map_err(|_| Wrongness::Reference)?;
    let workshops = match cell(Column::Workshops) {
        Some(text) => text.parse().map_err(|_| Wrongness::Workshops)?,
        None => usual,
    };
    if !allowed.contains(&workshops) {
        return Err(Wrongness::Workshops);
    }
    Ok(Line { number, own_reference, workshops })
}

/// The earlier line with the same own reference.
fn twice(seen: &mut HashMap<String, u64>, line: &Line) -> Option<u64> {
    let own = line.own_reference.as_ref()?.folded();
    match seen.get(&own) {
        Some(earlier) => Some(*earlier),
        None => {
            seen.insert(own, line.number);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<IssueList, NotAList> {
        IssueList::read(text.as_bytes(), 5..=10, 8)
    }

    fn line(number: u64, own: Option<&str>, workshops: u8) -> Line {
        Line { number, own_reference: own.map(|own| own.parse().unwrap()), workshops }
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_save_it() {
        let good = vec![line(2, Some("Dossier 1"), 5), line(3, Some("É-2"), 8), line(5, None, 10)];
        let list = IssueList { lines: good, wrong: Vec::new() };
        let french = "Référence;Ateliers\nDossier 1;5\r\nÉ-2;\n;\n;10\n";
        assert_eq!(read(french), Ok(list.clone()));
        let latin: Vec<u8> = french.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(IssueList::read(&latin, 5..=10, 8), Ok(list.clone()));
        let english = "workshops,reference\n5,\"Dossier  1\"\n,É-2\n,\n10,\n";
        assert_eq!(read(english), Ok(list.clone()));
        // What is looked at is read again, line by line.
        assert_eq!(read(&list.text()), Ok(list));
        assert_eq!(
            read("reference\n\"a;\"\"b\"\n").unwrap().text(),
            "reference;workshops\n\"a;\"\"b\";8\n"
        );
    }

    #[test]
    fn each_wrong_line_is_told_with_its_number_and_the_others_are_kept() {
        let long = "a".repeat(61);
        let text =
            format!("reference;workshops\nA;5\na;6\nB;4\nC;11\nD;six\n{long};5\nE\nF;7;8\nG;9\n");
        let list = read(&text).unwrap();
        assert_eq!(list.lines, [line(2, Some("A"), 5), line(10, Some("G"), 9)]);
        assert_eq!(
            list.wrong,
            [
                (3, Wrongness::Twice { earlier: 2 }),
                (4, Wrongness::Workshops),
                (5, Wrongness::Workshops),
                (6, Wrongness::Workshops),
                (7, Wrongness::Reference),
                (8, Wrongness::Cells),
                (9, Wrongness::Cells),
            ]
        );
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        assert_eq!(read(""), Err(NotAList::Empty));
        assert_eq!(read("reference;workshops\n;\n"), Err(NotAList::Empty));
        assert_eq!(read("reference;nom\nA;Dupont\n"), Err(NotAList::Headings));
        assert_eq!(read("Dossier 1;5\n"), Err(NotAList::Headings));
        let lines = |count: usize| {
            let lines: String = (0..count).map(|number| format!("{number}\n")).collect();
            read(&format!("reference\n{lines}"))
        };
        assert_eq!(lines(MOST_LINES).unwrap().lines.len(), MOST_LINES);
        assert_eq!(lines(MOST_LINES + 1), Err(NotAList::TooLong));
        assert_eq!(read(&"x".repeat(MOST_BYTES + 1)), Err(NotAList::TooLarge));
    }
}
