//! What may be wrong with a file of venues, each with a stable code and what it names.
//! No sentences: `locales/` has them, by code.

/// Declares the catalogue: what is wrong, what it names, and its code.
macro_rules! wrongness {
    ($($(#[$meta:meta])* $name:ident $(($($of:ty),+))? = $code:literal,)+) => {
        /// What is wrong with a line, a field of it, or the file.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Wrongness { $($(#[$meta])* $name $(($($of),+))?),+ }

        impl Wrongness {
            pub const CODES: &'static [&'static str] = &[$($code),+];

            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code),+ }
            }
        }
    };
}

wrongness! {
    /// More MiB than are read.
    FileTooLarge(usize) = "file_too_large",
    FileUtf16 = "file_utf16",
    /// It was read as Windows-1252.
    FileNotUtf8 = "file_not_utf8",
    FileEmpty = "file_empty",
    /// In JSON, where a list of venues is expected.
    FileOneObject = "file_one_object",
    /// No column of names.
    FileNotStandard = "file_not_standard",
    FileAfterEnd = "file_after_end",
    FileCutOff = "file_cut_off",
    /// Fields that nobody knows.
    FieldsUnknown(String) = "fields_unknown",
    /// Only so many venues are read.
    RowsTooMany(usize) = "rows_too_many",
    /// Neither this row nor those after it.
    RowUnreadable = "row_unreadable",
    /// So many cells, and another number of headers.
    RowCells(usize) = "row_cells",
    RowNotObject = "row_not_object",
    /// The id, and the line that has it already.
    IdTwice(String, u64) = "id_twice",
    /// More characters than so many: an id was derived.
    IdTooLong(usize) = "id_too_long",
    Needed = "needed",
    /// More characters than so many.
    TextTooLong(usize) = "text_too_long",
    /// More items than so many.
    ItemsTooMany(usize) = "items_too_many",
    EmailLeftOut = "email_left_out",
    /// Mobile numbers, which may be people's own.
    MobilesLeftOut(usize) = "mobiles_left_out",
    NotListed(String) = "not_listed",
    KindWrong(String) = "kind_wrong",
    /// A first zero was put back.
    PostcodeShort(String) = "postcode_short",
    /// Its first five digits were read.
    PostcodeCut(String) = "postcode_cut",
    PostcodeWrong(String) = "postcode_wrong",
    InseeWrong(String) = "insee_wrong",
    /// Rows that have only zeros.
    SiretPlaceholders(usize) = "siret_placeholders",
    SiretIsSiren(String) = "siret_is_siren",
    SiretLength(String) = "siret_length",
    SiretNotDigits(String) = "siret_not_digits",
    SiretKey(String) = "siret_key",
    /// In the Gulf of Guinea.
    PositionZero = "position_zero",
    LatitudeWrong = "latitude_wrong",
    LongitudeWrong = "longitude_wrong",
    DayWrong(String) = "day_wrong",
    PhoneWrong = "phone_wrong",
    UrlWrong(String) = "url_wrong",
}

impl Wrongness {
    /// What of the file it names.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::FieldsUnknown(text)
            | Self::IdTwice(text, _)
            | Self::NotListed(text)
            | Self::KindWrong(text)
            | Self::PostcodeShort(text)
            | Self::PostcodeCut(text)
            | Self::PostcodeWrong(text)
            | Self::InseeWrong(text)
            | Self::SiretIsSiren(text)
            | Self::SiretLength(text)
            | Self::SiretNotDigits(text)
            | Self::SiretKey(text)
            | Self::DayWrong(text)
            | Self::UrlWrong(text) => Some(text),
            _ => None,
        }
    }

    /// The number that it names: of rows, characters, or another line.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::IdTwice(_, line) => Some(*line),
            Self::FileTooLarge(count)
            | Self::RowsTooMany(count)
            | Self::RowCells(count)
            | Self::IdTooLong(count)
            | Self::TextTooLong(count)
            | Self::ItemsTooMany(count)
            | Self::MobilesLeftOut(count)
            | Self::SiretPlaceholders(count) => u64::try_from(*count).ok(),
            _ => None,
        }
    }
}
