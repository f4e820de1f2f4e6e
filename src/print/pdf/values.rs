//! What a PDF is made of: sentences, and the passes.
//! No sentence of its own, and no layout.

use std::fmt;

use krilla::image::Image;

use crate::print::qr::QrFailure;

/// The most passes in one PDF.
pub const MOST_PASSES: usize = 5_000;

/// The sentences that all passes of a PDF share, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Of every sentence here and in the passes: `fr-FR`, `en` (RFC 5646).
    pub language: String,
    /// Title of the document, and the largest heading.
    pub title: String,
    /// Who runs the service.
    pub operator: String,
    pub logo: Option<Logo>,
    /// Before the manual code.
    pub code: String,
    /// Before the reference.
    pub reference: String,
    pub steps_heading: String,
    /// Short sentences, one idea each.
    pub steps: Vec<String>,
    pub appointment_heading: String,
    pub venues_heading: String,
    pub help_heading: String,
    /// Whom to call, and when.
    pub help: String,
    /// Over the card to cut out.
    pub card_hint: String,
    /// Over the stub, which whoever hands the pass out keeps.
    pub stub_hint: String,
    /// What a screen reader says in place of the QR. It holds no code.
    pub qr_alternative: String,
    /// Stamped across the QR of a preview.
    pub specimen: String,
}

/// The operator's logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Read once, however many passes show it.
    pub(super) image: Image,
    /// What a screen reader says in its place.
    pub(super) alternative: String,
}

impl Logo {
    /// # Errors
    /// `Picture` for what is no PNG, or has no points; `Inaccessible` without words for it.
    pub fn of_png(png: Vec<u8>, alternative: String) -> Result<Self, PdfFailure> {
        if alternative.trim().is_empty() {
            return Err(PdfFailure::Inaccessible);
        }
        let image = Image::from_png(png.into(), true).map_err(|_| PdfFailure::Picture)?;
        let (width, height) = image.size();
        if width == 0 || height == 0 {
            return Err(PdfFailure::Picture);
        }
        Ok(Self { image, alternative })
    }
}

/// A place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    pub name: String,
    pub address: String,
    pub hours: Option<String>,
    /// How far it is, in words.
    pub distance: Option<String>,
}

/// A pass to print. Bearer value: `Debug` redacts what it is redeemed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// The host of the address in the QR.
    pub host: String,
    /// The 204 digits of the signed text.
    pub digits: String,
    pub programme: String,
    /// What is left, in words: `10 ateliers`.
    pub value: String,
    /// The last day, or for stock how long it is valid from hand-over, in words.
    pub validity: String,
    pub manual_code: String,
    pub reference: String,
    /// The nearest; three are printed at most.
    pub venues: Vec<Venue>,
    /// The first appointment, if one was made.
    pub appointment: Option<String>,
    /// A preview: stamped as such.
    pub specimen: bool,
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// How passes stand on the pages of a sheet, all A4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Ten cards of 85.6 by 54 mm (ISO/IEC 7810 ID-1), two by five.
    Cards,
    /// Four quarters of a page (A6), two by two.
    Quarters,
    /// One a page, as a pass is printed alone.
    Pages,
}

/// Why there is no PDF. It says nothing of what was to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfFailure {
    #[error("there is no pass to print")]
    Nothing,
    #[error("one PDF has at most {MOST_PASSES} passes")]
    TooMany,
    #[error(transparent)]
    Qr(#[from] QrFailure),
    #[error("the logo cannot be read")]
    Picture,
    #[error("the font cannot be read")]
    Font,
    #[error("the PDF cannot be made accessible: a title, a language or a description is missing")]
    Inaccessible,
    #[error("the PDF cannot be written")]
    Writing,
}
