//! A row as a venue: what each field must look like, and what is forgiven.
//! No names of people, no e-mail, no mobile numbers leave this file.

use super::{
    Fee, Import, Position, VenueRecord, Wrongness,
    columns::{self, Column, Terms, find, is_pass},
    forms::{day, is_commune, is_mobile, is_web, microdegrees, phone},
    rows::Row,
    text::{clean, digest, key},
};
use crate::domain::{
    calendar::Day,
    payee::{Siret, SiretError},
};

/// The longest text of a field, in characters.
const MAX_TEXT: usize = 500;
/// The longest id of a file's own, in characters.
const MAX_ID: usize = 100;
/// Items of a list that are read.
const MAX_ITEMS: usize = 40;

/// What is counted over the file, to be said once.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) placeholders: usize,
    pub(super) mobiles: usize,
}

/// One row on its way: reads fields, and puts what is wrong with them on the list.
struct Reader<'a> {
    row: &'a Row,
    import: &'a mut Import,
}

/// The venue of a row; `None`, with the reasons on the list, if it can't be one.
pub(super) fn record(row: &Row, tally: &mut Tally, import: &mut Import) -> Option<VenueRecord> {
    let mut reader = Reader { row, import };
    // All four, so that one reading shows every error of the row.
    let name = reader.required(Column::Name);
    let commune = reader.required(Column::Commune);
    let address = reader.required(Column::Address);
    let postcode = reader.postcode();
    let (name, commune, address, postcode) = (name?, commune?, address?, postcode?);
    let mut venue = VenueRecord {
        source_id: reader
            .own_id()
            .unwrap_or_else(|| digest(&[name.as_str(), address.as_str(), postcode.as_str()])),
        siret: reader.siret(tally),
        name,
        commune,
        postcode,
        insee_code: reader.insee(),
        address,
        address_extra: reader.text(Column::AddressExtra),
        position: reader.position(),
        phone: reader.phone(tally),
        websites: reader.urls(Column::Website),
        hours: reader.text(Column::Hours),
        source: reader.text(Column::Source),
        parent: reader.text(Column::Parent),
        updated_on: reader.day(),
        services: reader.terms(&[Column::Services], columns::SERVICES),
        support: reader.terms(&[Column::Support], columns::SUPPORT),
        accessibility_url: reader.urls(Column::Accessibility).into_iter().next(),
        booking_url: reader.urls(Column::Booking).into_iter().next(),
        kinds: reader.kinds(),
        ..VenueRecord::default()
    };
    let mobility = reader.terms(&[Column::Mobility], columns::MOBILITY);
    (venue.itinerant, venue.fixed) = (mobility.contains(&true), mobility.contains(&false));
    reader.audiences(&mut venue);
    reader.fees_and_labels(&mut venue);
    Some(venue)
}

impl Reader<'_> {
    fn raw(&self, column: Column) -> Option<&str> {
        self.row.cells.get(&column).map(String::as_str)
    }

    fn warn(&mut self, column: Column, wrong: Wrongness) {
        self.import.warning(self.row.line, Some(column.name()), wrong);
    }

    fn fail<T>(&mut self, column: Column, wrong: Wrongness) -> Option<T> {
        self.import.error(self.row.line, Some(column.name()), wrong);
        None
    }

    /// A text, `None` if there is none or too much.
    fn text(&mut self, column: Column) -> Option<String> {
        let (text, email) = clean(self.raw(column)?);
        if email {
            self.warn(column, Wrongness::EmailLeftOut);
        }
        if text.chars().count() > MAX_TEXT {
            self.warn(column, Wrongness::TextTooLong(MAX_TEXT));
            return None;
        }
        Some(text).filter(|text| !text.is_empty())
    }

    fn required(&mut self, column: Column) -> Option<String> {
        self.text(column).or_else(|| self.fail(column, Wrongness::Needed))
    }

    fn own_id(&mut self) -> Option<String> {
        let id = self.text(Column::Id)?;
        if id.chars().count() > MAX_ID {
            self.warn(Column::Id, Wrongness::IdTooLong(MAX_ID));
            return None;
        }
        Some(id)
    }

    fn postcode(&mut self) -> Option<String> {
        let text = self.required(Column::Postcode)?;
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let rest = text.strip_prefix(&*digits).unwrap_or_default();
        match (digits.len(), rest.is_empty()) {
            (5, true) => Some(digits),
            (4, true) => {
                self.warn(Column::Postcode, Wrongness::PostcodeShort(text));
                Some(format!("0{digits}"))
            }
            // The last key pressed twice: whichever of the two goes, the same is left.
            (6, true) if digits.get(4..5) == digits.get(5..) => {
                self.warn(Column::Postcode, Wrongness::PostcodeCut(text));
                digits.get(..5).map(str::to_owned)
            }
            (5, false) => {
                self.warn(Column::Postcode, Wrongness::PostcodeCut(text));
                Some(digits)
            }
            _ => self.fail(Column::Postcode, Wrongness::PostcodeWrong(text)),
        }
    }

    /// A first zero that a table program took off is put back.
    fn insee(&mut self) -> Option<String> {
        let text = self.text(Column::Insee)?.to_ascii_uppercase();
        let code = match text.len() {
            4 => format!("0{text}"),
            _ => text,
        };
        let fits = is_commune(&code);
        if !fits {
            self.warn(Column::Insee, Wrongness::InseeWrong(code.clone()));
        }
        fits.then_some(code)
    }

    fn siret(&mut self, tally: &mut Tally) -> Option<Siret> {
        let text = self.text(Column::Pivot)?;
        match text.parse() {
            Ok(siret) => Some(siret),
            Err(SiretError::Placeholder) => {
                tally.placeholders += 1;
                None
            }
            Err(error) => {
                self.warn(Column::Pivot, no_siret(error, text));
                None
            }
        }
    }

    fn position(&mut self) -> Option<Position> {
        let latitude = self.raw(Column::Latitude).map(|text| microdegrees(text, 90.0));
        let longitude = self.raw(Column::Longitude).map(|text| microdegrees(text, 180.0));
        match (latitude, longitude) {
            (None, None) => None,
            (Some(Some(0)), Some(Some(0))) => {
                self.warn(Column::Latitude, Wrongness::PositionZero);
                None
            }
            (Some(Some(latitude_microdegrees)), Some(Some(longitude_microdegrees))) => {
                Some(Position { latitude_microdegrees, longitude_microdegrees })
            }
            (Some(Some(_)), _) => {
                self.warn(Column::Longitude, Wrongness::LongitudeWrong);
                None
            }
            _ => {
                self.warn(Column::Latitude, Wrongness::LatitudeWrong);
                None
            }
        }
    }

    fn day(&mut self) -> Option<Day> {
        let text = self.text(Column::Updated)?;
        let day = day(&text);
        if day.is_none() {
            self.warn(Column::Updated, Wrongness::DayWrong(text));
        }
        day
    }

    fn phone(&mut self, tally: &mut Tally) -> Option<String> {
        let text = self.text(Column::Phone)?;
        match phone(&text) {
            Some(number) if is_mobile(&number) => {
                tally.mobiles += 1;
                None
            }
            Some(number) => Some(number),
            None => {
                self.warn(Column::Phone, Wrongness::PhoneWrong);
                None
            }
        }
    }

    fn urls(&mut self, column: Column) -> Vec<String> {
        let Some(text) = self.text(column) else { return Vec::new() };
        let text = [";http", "; http", ",http", ", http"]
            .iter()
            .fold(text, |text, sign| text.replace(sign, "|http"));
        let mut urls = Vec::new();
        for item in text.split('|').map(str::trim).filter(|item| !item.is_empty()).take(MAX_ITEMS) {
            let url = if item.starts_with("www.") { format!("http://{item}") } else { item.into() };
            if !is_web(&url) {
                self.warn(column, Wrongness::UrlWrong(item.to_owned()));
            } else if !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    }

    /// The items of a list, of which the standard separates v1 with `|` and v0 with `;`.
    fn items(&mut self, column: Column) -> Vec<String> {
        let Some(text) = self.text(column) else { return Vec::new() };
        let items = text.split(['|', ';']).map(str::trim).filter(|item| !item.is_empty());
        let mut items: Vec<String> = items.map(str::to_owned).collect();
        if items.len() > MAX_ITEMS {
            self.warn(column, Wrongness::ItemsTooMany(MAX_ITEMS));
            items.truncate(MAX_ITEMS);
        }
        items
    }

    /// The items of a list of which `known` knows some; one that it does not know may be several
    /// with commas.
    fn split_items(&mut self, column: Column, known: impl Fn(&str) -> bool) -> Vec<String> {
        let split = |item: String| -> Vec<String> {
            if known(&item) || !item.split(',').any(&known) {
                return vec![item];
            }
            item.split(',').map(|part| part.trim().to_owned()).collect()
        };
        self.items(column).into_iter().flat_map(split).filter(|item| !item.is_empty()).collect()
    }

    fn terms<T: Copy + PartialEq>(&mut self, from: &[Column], terms: Terms<T>) -> Vec<T> {
        let mut found = Vec::new();
        for column in from {
            for item in self.split_items(*column, |item| find(terms, item).is_some()) {
                match find(terms, &item) {
                    Some(term) => found.push(term),
                    None => self.warn(*column, Wrongness::NotListed(item)),
                }
            }
        }
        in_order(terms, &found)
    }

    fn kinds(&mut self) -> Vec<String> {
        let mut kinds = Vec::new();
        for item in self.items(Column::Kinds) {
            let code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if !item.chars().all(code) {
                self.warn(Column::Kinds, Wrongness::KindWrong(item));
            } else if !kinds.contains(&item) {
                kinds.push(item);
            }
        }
        kinds
    }

    /// Whom the venue is for. v0 says who is welcome: where that is adults at large, no age is
    /// specifically addressed.
    fn audiences(&mut self, venue: &mut VenueRecord) {
        let mut audiences = self.terms(&[Column::Audiences], columns::AUDIENCES);
        let mut needs = self.terms(&[Column::Needs], columns::NEEDS);
        let welcome = self.items(Column::Welcome);
        let everybody = welcome.iter().any(|item| key(item) == "adultes");
        for item in welcome {
            match (find(columns::AUDIENCES, &item), find(columns::NEEDS, &item)) {
                (Some(_), _) if everybody => {}
                (Some(audience), _) => audiences.push(audience),
                (None, Some(need)) => needs.push(need),
                (None, None) if key(&item) == "adultes" => {}
                (None, None) => self.warn(Column::Welcome, Wrongness::NotListed(item)),
            }
        }
        venue.audiences = in_order(columns::AUDIENCES, &audiences);
        venue.special_needs = in_order(columns::NEEDS, &needs);
    }

    /// Fees, programmes and labels, any of which may say that the venue takes the pass.
    fn fees_and_labels(&mut self, venue: &mut VenueRecord) {
        let mut fees = Vec::new();
        for column in [Column::Fees, Column::Conditions] {
            for item in self.split_items(column, |item| find(columns::FEES, item).is_some()) {
                match find(columns::FEES, &item) {
                    Some(fee) => fees.push(fee),
                    None if is_pass(&item) => venue.accepts_pass = true,
                    None => self.warn(column, Wrongness::NotListed(item)),
                }
            }
        }
        let known = |item: &str| {
            find(columns::PROGRAMMES, item).is_some()
                || find(columns::LABELS, item).is_some()
                || is_pass(item)
        };
        let (mut programmes, mut labels) = (Vec::new(), Vec::new());
        for column in
            [Column::Programmes, Column::NationalLabels, Column::Labels, Column::OtherLabels]
        {
            for item in self.split_items(column, known) {
                match (find(columns::PROGRAMMES, &item), find(columns::LABELS, &item)) {
                    (Some(programme), _) => programmes.push(programme),
                    (None, Some(label)) => labels.push(label),
                    _ if is_pass(&item) => venue.accepts_pass = true,
                    _ if venue.other_labels.contains(&item) => {}
                    _ => venue.other_labels.push(item),
                }
            }
        }
        if venue.accepts_pass {
            fees.push(Fee::FreeOnCondition);
        }
        venue.fees = in_order(columns::FEES, &fees);
        venue.programmes = in_order(columns::PROGRAMMES, &programmes);
        venue.labels = in_order(columns::LABELS, &labels);
    }
}

/// Why a text is no SIRET; placeholders are counted before.
const fn no_siret(error: SiretError, text: String) -> Wrongness {
    match error {
        SiretError::Siren => Wrongness::SiretIsSiren(text),
        SiretError::Length(_) | SiretError::Placeholder => Wrongness::SiretLength(text),
        SiretError::NotDigits => Wrongness::SiretNotDigits(text),
        SiretError::Key => Wrongness::SiretKey(text),
    }
}

/// What was found, once and in the order of the list.
fn in_order<T: Copy + PartialEq>(terms: Terms<T>, found: &[T]) -> Vec<T> {
    terms.iter().map(|(term, _)| *term).filter(|term| found.contains(term)).collect()
}
