//! The QR of a voucher (ISO/IEC 18004) as SVG and PNG, and the way back from a PNG.
//! No signature and no log: the digits are bearer value and appear in no error here.

use std::{fmt::Write as _, io::Cursor};

use image::{GrayImage, ImageFormat, ImageReader, Limits, Luma};
use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits, types::QrError};

use crate::domain::voucher::text::DIGITS;

/// Light modules on each side (ISO/IEC 18004, section 6.3.8).
pub const QUIET_ZONE: u32 = 4;
/// The longest host, with its port; QR versions and paper are measured with 17.
pub const LONGEST_HOST: usize = 64;
/// Pixels of the largest side of a PNG that is written or read.
pub const LARGEST_SIDE: u32 = 4096;

/// Where the QR is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// On paper, as a square of this side in mm, quiet zone included.
    Paper { side_mm: u32 },
    /// On a screen, where nothing is torn.
    Screen,
}

/// How much of the QR may be lost (ISO/IEC 18004: M about 15 %, Q 25 %, H 30 %).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    M,
    Q,
    H,
}

impl Correction {
    const fn level(self) -> EcLevel {
        match self {
            Self::M => EcLevel::M,
            Self::Q => EcLevel::Q,
            Self::H => EcLevel::H,
        }
    }
}

/// Why there is no QR, or nothing in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrFailure {
    #[error("the host is not 1 to 64 letters, digits, dots and hyphens, with or without a port")]
    Host,
    #[error("a voucher has exactly 204 digits")]
    Digits,
    #[error("the QR needs a square of at least {minimum_mm} mm: smaller modules than 0.5 mm smear")]
    TooSmall { minimum_mm: u32 },
    #[error("the image would be larger than 4096 pixels, or empty")]
    Scale,
    #[error("this is not a PNG of at most 4096 by 4096 pixels")]
    NotAnImage,
    #[error("there is no readable QR in the image")]
    NothingFound,
    #[error("the QR cannot be made")]
    Encoding,
}

/// The modules of a QR, without quiet zone.
pub struct Qr {
    width: u32,
    /// Row by row; true is dark.
    dark: Vec<bool>,
    correction: Correction,
}

impl Qr {
    /// The QR of `HTTPS://HOST/` and the digits, at the highest correction that the medium lets
    /// be read: on paper the highest of Q and H whose modules are 0.5 mm or more, on screens M.
    ///
    /// # Errors
    /// `Host`, `Digits`, or `TooSmall` if not even Q fits the paper.
    pub fn of_voucher(host: &str, digits: &str, medium: Medium) -> Result<Self, QrFailure> {
        let Medium::Paper { side_mm } = medium else {
            return Self::at(host, digits, Correction::M);
        };
        let mut minimum_mm = 0;
        for correction in [Correction::H, Correction::Q] {
            let bits = segments(host, digits, correction)?;
            let side = side_of(&bits);
            if side_mm.saturating_mul(2) >= side {
                return Self::drawn(bits, correction);
            }
            minimum_mm = side.div_ceil(2);
        }
        Err(QrFailure::TooSmall { minimum_mm })
    }

    /// The same at a given correction: the smallest version that holds the address in
    /// alphanumeric mode and the digits in numeric mode, said outright rather than found by an
    /// optimiser.
    ///
    /// # Errors
    /// `Host` or `Digits`.
    pub fn at(host: &str, digits: &str, correction: Correction) -> Result<Self, QrFailure> {
        Self::drawn(segments(host, digits, correction)?, correction)
    }

    /// The QR of any other address, for a telephone in front of a screen.
    ///
    /// # Errors
    /// When it is too long for a QR.
    pub fn of_address(address: &str) -> Result<Self, QrFailure> {
        let correction = Correction::M;
        let code = QrCode::with_error_correction_level(address, correction.level());
        Self::of_code(code.map_err(|_| QrFailure::Encoding)?, correction)
    }

    /// By far the most of the work, since each of eight masks is tried and judged.
    fn drawn(bits: Bits, correction: Correction) -> Result<Self, QrFailure> {
        let code = QrCode::with_bits(bits, correction.level()).map_err(|_| QrFailure::Encoding)?;
        Self::of_code(code, correction)
    }

    fn of_code(code: QrCode, correction: Correction) -> Result<Self, QrFailure> {
        let width = u32::try_from(code.width()).map_err(|_| QrFailure::Encoding)?;
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { width, dark, correction })
    }

    /// The image as an address that stands in a page: nothing is fetched, and nothing kept.
    #[must_use]
    pub fn inline_svg(&self, side_mm: u32) -> String {
        let svg = data_encoding::BASE64.encode(self.svg(side_mm).as_bytes());
        format!("data:image/svg+xml;base64,{svg}")
    }

    /// Modules of a side, without quiet zone.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    #[must_use]
    pub const fn correction(&self) -> Correction {
        self.correction
    }

    /// Modules of a side, with quiet zone.
    #[must_use]
    pub const fn side(&self) -> u32 {
        self.width + 2 * QUIET_ZONE
    }

    /// Whether a module is dark; `x` and `y` count from the corner of the quiet zone.
    #[must_use]
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        let inside = |at: u32| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.width);
        let place = inside(x).zip(inside(y)).map(|(x, y)| y * self.width + x);
        place
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| self.dark.get(place).copied())
            .unwrap_or(false)
    }

    /// An SVG 1.1 image, a square of `side_mm` with quiet zone, one path on white.
    #[must_use]
    pub fn svg(&self, side_mm: u32) -> String {
        let side = self.side();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side_mm}mm\" \
             height=\"{side_mm}mm\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
             <path d=\""
        );
        for (x, y, length) in self.runs() {
            // Writing to a string cannot fail.
            let _ = write!(svg, "M{x} {y}h{length}v1h-{length}z");
        }
        svg.push_str("\"/></svg>");
        svg
    }

    /// Where dark modules stand side by side: `x`, `y` and how many.
    fn runs(&self) -> Vec<(u32, u32, u32)> {
        let mut runs: Vec<(u32, u32, u32)> = Vec::new();
        for y in 0..self.side() {
            for x in (0..self.side()).filter(|x| self.is_dark(*x, y)) {
                match runs.last_mut() {
                    Some((start, row, length)) if *row == y && *start + *length == x => {
                        *length += 1;
                    }
                    _ => runs.push((x, y, 1)),
                }
            }
        }
        runs
    }

    /// A greyscale PNG with quiet zone, `scale` pixels a module.
    ///
    /// # Errors
    /// `Scale` if that is nothing, or more than 4096 pixels a side.
    pub fn png(&self, scale: u32) -> Result<Vec<u8>, QrFailure> {
        let side = self.side().checked_mul(scale).ok_or(QrFailure::Scale)?;
        if side == 0 || side > LARGEST_SIDE {
            return Err(QrFailure::Scale);
        }
        let image = GrayImage::from_fn(side, side, |x, y| {
            let dark = x.checked_div(scale).zip(y.checked_div(scale));
            Luma([if dark.is_some_and(|(x, y)| self.is_dark(x, y)) { 0 } else { 255 }])
        });
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).map_err(|_| QrFailure::Encoding)?;
        Ok(bytes.into_inner())
    }
}

/// The address and the digits in the smallest version that holds them.
fn segments(host: &str, digits: &str, correction: Correction) -> Result<Bits, QrFailure> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    if host.is_empty() || host.len() > LONGEST_HOST || !host.bytes().all(allowed) {
        return Err(QrFailure::Host);
    }
    if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(QrFailure::Digits);
    }
    let head = format!("HTTPS://{}/", host.to_ascii_uppercase());
    let of = |version: i16| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_alphanumeric_data(head.as_bytes())?;
        bits.push_numeric_data(digits.as_bytes())?;
        bits.push_terminator(correction.level())?;
        Ok(bits)
    };
    (1..=40)
        .map(of)
        .find(|bits| !matches!(bits, Err(QrError::DataTooLong)))
        .and_then(Result::ok)
        .ok_or(QrFailure::Encoding)
}

/// Modules of a side with quiet zone, before anything is drawn.
fn side_of(bits: &Bits) -> u32 {
    u32::try_from(bits.version().width()).unwrap_or(0).saturating_add(2 * QUIET_ZONE)
}

/// The text of the first readable QR in a PNG.
///
/// # Errors
/// `NotAnImage` or `NothingFound`.
pub fn decode_png(bytes: &[u8]) -> Result<String, QrFailure> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.limits(limits);
    let image = reader.decode().map_err(|_| QrFailure::NotAnImage)?.into_luma8();
    let sides = usize::try_from(image.width()).ok().zip(usize::try_from(image.height()).ok());
    let (width, height) = sides.ok_or(QrFailure::NotAnImage)?;
    let pixels = image.into_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    let grids = prepared.detect_grids();
    grids
        .iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .ok_or(QrFailure::NothingFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::voucher::{
        example::{self, DIGITS as EXAMPLE},
        text,
    };

    /// 17 characters, as in the measurements.
    const HOST: &str = "pass.departe77.fr";

    fn on_paper(side_mm: u32) -> Result<Qr, QrFailure> {
        Qr::of_voucher(HOST, EXAMPLE, Medium::Paper { side_mm })
    }

    #[test]
    fn a_voucher_has_41_modules_at_m_and_49_at_q() {
        assert_eq!(HOST.len(), 17);
        let width = |correction| Qr::at(HOST, EXAMPLE, correction).unwrap().width();
        assert_eq!(width(Correction::M), 41);
        assert_eq!(width(Correction::Q), 49);
        assert_eq!(width(Correction::H), 57);
    }

    #[test]
    fn every_module_is_where_the_library_has_it_when_it_chooses_the_segments_itself() {
        let text = format!("HTTPS://{}/{EXAMPLE}", HOST.to_uppercase());
        let found = QrCode::with_error_correction_level(&text, EcLevel::Q).unwrap();
        let ours = Qr::at(HOST, EXAMPLE, Correction::Q).unwrap();
        assert_eq!(found.width(), 49);
        for (x, y) in (0..49).flat_map(|x| (0..49).map(move |y| (x, y))) {
            let place = (usize::try_from(x).unwrap(), usize::try_from(y).unwrap());
            let dark = ours.is_dark(x + QUIET_ZONE, y + QUIET_ZONE);
            assert_eq!(dark, found[place] == Color::Dark, "{x} {y}");
        }
    }

    #[test]
    fn paper_takes_the_highest_correction_whose_modules_are_half_a_millimetre() {
        let correction = |side_mm| on_paper(side_mm).unwrap().correction();
        assert_eq!(correction(30), Correction::Q);
        assert_eq!(correction(35), Correction::H);
        assert_eq!(correction(60), Correction::H);
        for side_mm in 29..80 {
            assert!(f64::from(side_mm) / f64::from(on_paper(side_mm).unwrap().side()) >= 0.5);
        }
        let small = on_paper(28).err();
        assert_eq!(small, Some(QrFailure::TooSmall { minimum_mm: 29 }));
        let screen = Qr::of_voucher(HOST, EXAMPLE, Medium::Screen).unwrap();
        assert_eq!(screen.correction(), Correction::M);
    }

    #[test]
    fn a_png_of_any_scale_and_correction_is_read_back_to_the_same_voucher() {
        for correction in [Correction::M, Correction::Q, Correction::H] {
            for scale in [2, 3, 4, 7, 10] {
                let png = Qr::at(HOST, EXAMPLE, correction).unwrap().png(scale).unwrap();
                let read = decode_png(&png).unwrap();
                assert_eq!(read, format!("HTTPS://PASS.DEPARTE77.FR/{EXAMPLE}"));
                assert_eq!(text::read(&read), Ok(example::signed()));
            }
        }
    }

    #[test]
    fn an_svg_draws_the_same_modules_as_a_png() {
        let qr = on_paper(30).unwrap();
        let svg = qr.svg(30);
        assert!(svg.contains(r#"width="30mm" height="30mm" viewBox="0 0 57 57""#));
        let path = svg.rsplit_once("<path d=\"").unwrap().1.trim_end_matches("\"/></svg>");
        let mut drawn = vec![false; 57 * 57];
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let number = |text: &str| text.parse::<usize>().unwrap();
            let start = number(y) * 57 + number(x);
            drawn[start..start + number(length)].fill(true);
        }
        for (place, dark) in drawn.into_iter().enumerate() {
            let (x, y) = (u32::try_from(place % 57).unwrap(), u32::try_from(place / 57).unwrap());
            assert_eq!(qr.is_dark(x, y), dark, "{x} {y}");
        }
    }

    #[test]
    fn the_quiet_zone_is_four_light_modules_wide() {
        let qr = on_paper(30).unwrap();
        for at in 0..qr.side() {
            for edge in (0..QUIET_ZONE).chain(qr.side() - QUIET_ZONE..qr.side()) {
                assert!(!qr.is_dark(at, edge) && !qr.is_dark(edge, at));
            }
        }
        assert!(qr.is_dark(QUIET_ZONE, QUIET_ZONE));
    }

    #[test]
    fn a_torn_corner_is_read_at_q() {
        let png = on_paper(30).unwrap().png(6).unwrap();
        let mut image = image::load_from_memory(&png).unwrap().into_luma8();
        let whole = image.width();
        for y in 0..60 {
            for x in 0..60 {
                image.put_pixel(whole - 40 - x, whole - 120 - y, Luma([255]));
            }
        }
        let mut torn = Cursor::new(Vec::new());
        image.write_to(&mut torn, ImageFormat::Png).unwrap();
        let read = decode_png(torn.get_ref()).unwrap();
        assert_eq!(text::read(&read), Ok(example::signed()));
    }

    #[test]
    fn what_cannot_be_printed_or_read_is_said() {
        let of = |host: &str, digits: &str| Qr::at(host, digits, Correction::M).err();
        for host in ["", "a/b", "a b", "é.fr", "a?b", &"a".repeat(65)] {
            assert_eq!(of(host, EXAMPLE), Some(QrFailure::Host));
        }
        assert_eq!(of("localhost:8443", EXAMPLE), None);
        assert_eq!(of(HOST, &EXAMPLE[1..]), Some(QrFailure::Digits));
        let qr = on_paper(30).unwrap();
        assert_eq!(qr.png(0), Err(QrFailure::Scale));
        assert_eq!(qr.png(72), Err(QrFailure::Scale));
        assert_eq!(qr.png(u32::MAX), Err(QrFailure::Scale));
        assert_eq!(decode_png(b"not a png"), Err(QrFailure::NotAnImage));
        let mut blank = Cursor::new(Vec::new());
        GrayImage::from_pixel(99, 99, Luma([255])).write_to(&mut blank, ImageFormat::Png).unwrap();
        assert_eq!(decode_png(blank.get_ref()), Err(QrFailure::NothingFound));
    }
}
