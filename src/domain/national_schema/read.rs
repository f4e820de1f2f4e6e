//! Reads a file of venues: CSV or JSON, whatever it is called.
//! Nothing here refuses a whole file for one bad row.

use std::collections::HashMap;

use super::{
    Import, MAX_BYTES, Numbered, VenueRecord, Wrongness,
    record::{Tally, record},
    rows::{self, Headers},
};
use crate::domain::office::decode;

/// Unknown fields that the one warning about them names.
const NAMED: usize = 20;

/// Reads venues from a CSV file (`,`, `;` or tab) or a JSON array of objects.
///
/// Needed are name, address, postcode and commune, and an id that no earlier row has; a row without
/// is an error and left out. A wrong value elsewhere is a warning, and the venue is read without
/// it. What a whole file does wrong (unknown fields, placeholders) is one warning on line 1.
#[must_use]
pub fn read(bytes: &[u8]) -> Import {
    let mut import = Import::default();
    if bytes.len() > MAX_BYTES {
        import.error(1, None, Wrongness::FileTooLarge(MAX_BYTES >> 20));
        return import;
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        import.error(1, None, Wrongness::FileUtf16);
        return import;
    }
    let (text, utf8) = decode(bytes);
    if !utf8 {
        import.warning(1, None, Wrongness::FileNotUtf8);
    }
    let mut headers = Headers::default();
    let rows = match text.trim_start().bytes().next() {
        None => {
            import.error(1, None, Wrongness::FileEmpty);
            Vec::new()
        }
        Some(b'[') => rows::json(&text, &mut headers, &mut import),
        Some(b'{') => {
            import.error(1, None, Wrongness::FileOneObject);
            Vec::new()
        }
        Some(_) => rows::csv(&text, &mut headers, &mut import),
    };
    let mut tally = Tally::default();
    let mut lines = HashMap::new();
    for row in &rows {
        let Some(venue) = record(row, &mut tally, &mut import) else { continue };
        keep(row.line, venue, &mut lines, &mut import);
    }
    whole_file(&headers, &tally, &mut import);
    import.problems.sort_by_key(|problem| problem.line);
    import
}

/// Keeps a venue unless an earlier line has its id.
fn keep(line: u64, venue: VenueRecord, lines: &mut HashMap<String, u64>, import: &mut Import) {
    match lines.get(&venue.source_id) {
        Some(first) => {
            import.error(line, Some("id"), Wrongness::IdTwice(venue.source_id, *first));
        }
        None => {
            lines.insert(venue.source_id.clone(), line);
            import.records.push(Numbered { line, value: venue });
        }
    }
}

/// One warning for each thing that is the same on many rows.
fn whole_file(headers: &Headers, tally: &Tally, import: &mut Import) {
    if !headers.unknown.is_empty() {
        let named: Vec<String> =
            headers.unknown.iter().take(NAMED).map(|name| format!("{name:.60}")).collect();
        let more = if headers.unknown.len() > NAMED { ", …" } else { "" };
        let named = format!("{}{more}", named.join(", "));
        import.warning(1, None, Wrongness::FieldsUnknown(named));
    }
    let placeholders = tally.placeholders;
    if placeholders > 0 {
        import.warning(1, Some("pivot"), Wrongness::SiretPlaceholders(placeholders));
    }
    let mobiles = tally.mobiles;
    if mobiles > 0 {
        import.warning(1, Some("telephone"), Wrongness::MobilesLeftOut(mobiles));
    }
}
