//! Tables as office programs save them: in which encoding, and with which sign between the cells.
//! No meaning of columns.

use std::borrow::Cow;

/// What the high half of Windows-1252 holds where it differs from Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text without its byte order mark, and whether it was UTF-8; what is not is read as
/// Windows-1252, as office programs write it.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => {
            let char_of = |byte: &u8| {
                let special =
                    byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at)));
                special.copied().unwrap_or(char::from(*byte))
            };
            (Cow::Owned(bytes.iter().map(char_of).collect()), false)
        }
    }
}

/// The sign that separates cells: the one that the first line holds most often outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(0, b','), (0, b';'), (0, b'\t')];
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(_, sign)| *sign == byte).for_each(|(n, _)| *n += 1),
        }
    }
    // The first of equals is the comma.
    counts.iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, sign)| *sign)
}

/// The number of the line on which a byte stands; asked in the order of the bytes.
pub struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    pub fn of(&mut self, at: usize) -> u64 {
        let passed = self.text.get(self.at..at).unwrap_or_default();
        self.line =
            passed.iter().filter(|byte| **byte == b'\n').fold(self.line, |line, _| line + 1);
        self.at = self.at.max(at);
        self.line
    }
}

/// Where the record begins that is read next: the reader stands before the ends of lines.
fn start(text: &str, position: u64) -> usize {
    let position = usize::try_from(position).unwrap_or(text.len());
    let rest = text.as_bytes().get(position..).unwrap_or_default();
    position + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// The records of a table, each with the line on which it begins; the first that cannot be read is
/// the last.
pub struct Table<'a> {
    text: &'a str,
    lines: Lines<'a>,
    reader: csv::Reader<&'a [u8]>,
    ended: bool,
}

impl<'a> Table<'a> {
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self { text, lines: Lines::new(text), reader, ended: false }
    }
}

impl Iterator for Table<'_> {
    type Item = (u64, Result<csv::StringRecord, csv::Error>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let line = self.lines.of(start(self.text, self.reader.position().byte()));
        let mut record = csv::StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(true) => Some((line, Ok(record))),
            Ok(false) => None,
            Err(error) => {
                self.ended = true;
                Some((line, Err(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_office_programs_write_is_read() {
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9"), (Cow::Borrowed("é"), true));
        assert_eq!(decode(b"L\x92\xe9t\xe9 \x9cuvre \x80"), ("L’été œuvre €".into(), false));
    }

    #[test]
    fn the_delimiter_is_what_the_header_holds_most_often() {
        assert_eq!(delimiter("id;nom;adresse\n1,2,3,4,5"), b';');
        assert_eq!(delimiter("\"a;b;c\",nom"), b',');
        assert_eq!(delimiter("\nid\tnom"), b'\t');
        assert_eq!(delimiter(""), b',');
    }
}
