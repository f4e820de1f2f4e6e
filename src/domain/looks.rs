//! How the operator presents itself, and colours that everybody can read.
//! No stylesheet and no picture: `pages` has them.

use std::{fmt, str::FromStr};

use super::plain::is_plain;

/// The longest name, in characters: it stands in the head of every page.
pub const LONGEST_NAME: usize = 40;

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// Grounds that the stylesheet has, in light and in dark.
const LIGHT: [Colour; 2] = [WHITE, Colour([0xf3, 0xf5, 0xf9])];
const DARK: [Colour; 2] = [Colour([0x14, 0x17, 0x1d]), Colour([0x1f, 0x24, 0x2d])];
const WHITE: Colour = Colour([0xff; 3]);
const INK: Colour = Colour([0x10, 0x13, 0x1a]);

/// Tenths: what text needs (WCAG 2.2, 1.4.3).
pub const NEEDED_TENTHS: u32 = 45;

/// Not six hexadecimal digits after `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb")]
pub struct NotAColour;

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').ok_or(NotAColour)?;
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes());
        bytes.ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotAColour)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", data_encoding::HEXLOWER.encode(&self.0))
    }
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "WCAG defines contrast on real numbers; nothing is paid by it"
)]
impl Colour {
    /// Relative luminance (WCAG 2.2, glossary).
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast of two colours in tenths, rounded down: 10 to 210.
    #[must_use]
    pub fn contrast_tenths(self, other: Self) -> u32 {
        let (one, two) = (self.luminance(), other.luminance());
        ((one.max(two) + 0.05) / (one.min(two) + 0.05) * 10.0 + 1e-9) as u32
    }

    /// So many twentieths of white mixed in.
    fn lighter(self, twentieths: u8) -> Self {
        let mix = |byte: u8| {
            let more = u16::from(255 - byte) * u16::from(twentieths) / 20;
            byte.saturating_add(u8::try_from(more).unwrap_or(u8::MAX))
        };
        Self(self.0.map(mix))
    }
}

impl Colour {
    fn least(self, grounds: [Self; 2]) -> u32 {
        grounds.map(|ground| self.contrast_tenths(ground)).into_iter().min().unwrap_or_default()
    }

    /// The ink of what stands on this colour.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast_tenths(WHITE) >= self.contrast_tenths(INK) { WHITE } else { INK }
    }

    /// The same colour, light enough to be read on a dark ground.
    #[must_use]
    pub fn for_dark(self) -> Self {
        let lighter = (0..=20).map(|twentieths| self.lighter(twentieths));
        let mut readable = lighter.filter(|colour| colour.least(DARK) >= NEEDED_TENTHS);
        readable.next().unwrap_or(WHITE)
    }
}

/// Why looks are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLooks {
    #[error("a name has 1 to {LONGEST_NAME} visible characters")]
    Name,
    #[error(transparent)]
    NotAColour(#[from] NotAColour),
    #[error("the contrast with a light ground is {tenths} tenths, {NEEDED_TENTHS} are needed")]
    Contrast { tenths: u32 },
    #[error("the logo is no PNG or JPEG picture, or too large")]
    Logo,
}

/// Name and colour, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    pub name: String,
    pub accent: Colour,
    /// A PNG picture.
    pub logo: Option<Vec<u8>>,
}

impl Looks {
    /// # Errors
    /// What is wrong, the name first.
    pub fn new(name: &str, accent: &str, logo: Option<Vec<u8>>) -> Result<Self, BadLooks> {
        let name = name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || !is_plain(name) {
            return Err(BadLooks::Name);
        }
        let accent: Colour = accent.trim().parse()?;
        let tenths = accent.least(LIGHT);
        if tenths < NEEDED_TENTHS {
            return Err(BadLooks::Contrast { tenths });
        }
        Ok(Self { name: name.to_owned(), accent, logo })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let (black, white) = (colour("#000000"), colour("#ffffff"));
        assert_eq!((black.contrast_tenths(white), white.contrast_tenths(white)), (210, 10));
        // Known neighbours of the limit: 4.54 and 4.48 on white.
        assert_eq!(colour("#767676").contrast_tenths(white), 45);
        assert_eq!(colour("#777777").contrast_tenths(white), 44);
    }

    #[test]
    fn a_colour_that_cannot_be_read_on_light_is_refused_with_its_contrast() {
        let refused = |accent| Looks::new("A", accent, None).unwrap_err();
        assert_eq!(refused("#ffcc00"), BadLooks::Contrast { tenths: 13 });
        // Enough on white, not on the raised ground.
        assert!(matches!(refused("#767676"), BadLooks::Contrast { .. }));
        for wrong in ["", "red", "#12345", "#1234567", "1f4fa8", "#gggggg"] {
            assert_eq!(refused(wrong), BadLooks::NotAColour(NotAColour), "{wrong}");
        }
        assert_eq!(Looks::new(" Ville ", "#1F4FA8", None).unwrap().accent.to_string(), "#1f4fa8");
    }

    #[test]
    fn a_name_is_short_and_hides_nothing() {
        let long = "a".repeat(41);
        for wrong in ["", "  ", &long, "a\u{202e}b"] {
            assert_eq!(Looks::new(wrong, "#1f4fa8", None), Err(BadLooks::Name), "{wrong:?}");
        }
    }

    #[test]
    fn every_colour_has_a_light_twin_and_an_ink_that_can_be_read() {
        for step in 0..=255_u8 {
            for accent in [[step, 0, 0], [0, step, 255 - step], [step, step, step]].map(Colour) {
                let dark = accent.for_dark();
                assert!(dark.least(DARK) >= NEEDED_TENTHS, "{accent} {dark}");
                let taken = accent.least(LIGHT) >= NEEDED_TENTHS;
                for ground in [dark].into_iter().chain(taken.then_some(accent)) {
                    assert!(ground.contrast_tenths(ground.ink()) >= NEEDED_TENTHS, "{ground}");
                }
            }
        }
    }
}
