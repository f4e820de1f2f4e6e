//! A pass as a PDF to print, many of them on sheets to cut, and reports; tagged for screen readers.
//! No sentences, clock or files: labels and passes come in as values, bytes go out.

mod card;
mod codes;
mod contour;
mod document;
mod letters;
mod paint;
mod pass;
mod plan;
mod plot;
mod quarter;
mod sheet;
mod values;
mod wrap;

#[cfg(test)]
mod tests;

pub use document::{Column, Document, MOST_ROWS, Part, Table, document};
pub use plot::Plot;
pub use values::{Format, Labels, Logo, MOST_PASSES, Pass, PdfFailure, Venue};

use letters::Typefaces;
use paint::{Front, Painting};
use plan::PAGE;

/// A pass on a page of its own (A4): the QR at 55 mm, what to do, where to go, and a card to cut
/// out. The same pass gives the same bytes.
///
/// # Errors
/// `Qr` when host or digits cannot be printed, `Inaccessible` when a label is empty that PDF/UA
/// wants.
pub fn pass(labels: &Labels, pass: &Pass) -> Result<Vec<u8>, PdfFailure> {
    sheet(labels, Format::Pages, std::slice::from_ref(pass), &mut |_| {})
}

/// Passes in their order on pages of a format, with cutting marks. `progress` hears after each page
/// how many passes are drawn.
///
/// # Errors
/// As for one pass; `Nothing` or `TooMany` when there are none or more than `MOST_PASSES`.
pub fn sheet(
    labels: &Labels,
    format: Format,
    passes: &[Pass],
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<u8>, PdfFailure> {
    if passes.is_empty() {
        return Err(PdfFailure::Nothing);
    }
    if passes.len() > MOST_PASSES {
        return Err(PdfFailure::TooMany);
    }
    // krilla asks for the title only.
    let needed = [&labels.title, &labels.language, &labels.qr_alternative];
    if needed.iter().any(|label| label.trim().is_empty()) {
        return Err(PdfFailure::Inaccessible);
    }
    let typefaces = Typefaces::read()?;
    let front =
        Front { title: &labels.title, operator: &labels.operator, language: &labels.language };
    let mut painting = Painting::new(&typefaces, &front)?;
    let mut drawn = 0;
    sheet::pages(labels, format, passes, |nodes, group| {
        painting.page(PAGE, nodes, page_name(labels, group))?;
        drawn += group.len();
        progress(drawn);
        Ok(())
    })?;
    painting.finish()
}

/// What the outline says of a page: the references on it.
fn page_name(labels: &Labels, passes: &[Pass]) -> String {
    let reference = |pass: Option<&Pass>| pass.map_or("", |pass| &pass.reference).to_owned();
    let name = match passes {
        [] | [_] => reference(passes.first()),
        [..] => format!("{} – {}", reference(passes.first()), reference(passes.last())),
    };
    if name.trim().is_empty() { labels.title.clone() } else { name }
}
