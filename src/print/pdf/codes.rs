//! The QR of a pass at a size on paper, as polygons.
//! No text beside it, and no place on a page.

use super::{
    contour::Contour,
    plan::{Area, MM, Micrometres},
    values::Pass,
};
use crate::print::qr::{Medium, QUIET_ZONE, Qr, QrFailure};

/// On a page of its own: read at arm's length, and from a bad print.
pub const LARGE_MM: u32 = 55;
/// On a quarter of a page.
pub const MEDIUM_MM: u32 = 42;
/// On a card: the least there is.
pub const SMALL_MM: u32 = 30;

pub struct Code {
    contour: Contour,
    pub side: Micrometres,
}

impl Code {
    /// A QR on a square of a side, or of the least that its host needs: with 64 characters, 33 mm.
    ///
    /// # Errors
    /// As for a QR: host or digits.
    pub fn of(pass: &Pass, side_mm: u32) -> Result<Self, QrFailure> {
        let at = |side_mm| Qr::of_voucher(&pass.host, &pass.digits, Medium::Paper { side_mm });
        let (qr, side_mm) = match at(side_mm) {
            Err(QrFailure::TooSmall { minimum_mm }) => (at(minimum_mm)?, minimum_mm),
            made => (made?, side_mm),
        };
        Ok(Self { contour: Contour::of(&qr), side: i64::from(side_mm) * MM })
    }

    /// How wide the quiet zone is.
    pub fn quiet(&self) -> Micrometres {
        let side = self.side * i64::from(QUIET_ZONE);
        side.checked_div(i64::from(self.contour.side)).unwrap_or(0)
    }

    /// Where it stands so that its dark modules, not its quiet zone, begin at `x`.
    pub fn area(&self, x: Micrometres, y: Micrometres) -> Area {
        Area { x: x - self.quiet(), y, width: self.side, height: self.side }
    }

    pub fn into_contour(self) -> Contour {
        self.contour
    }
}
