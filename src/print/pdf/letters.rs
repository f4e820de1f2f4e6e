//! Letters: the two typefaces, and lines of text as glyphs with their width.
//! No breaking of lines (`wrap`), and no place on a page.

use krilla::text::Font;
use rustybuzz::{BufferFlags, Direction, Face, ShapePlan, UnicodeBuffer, script};

use super::{plan::Micrometres, values::PdfFailure};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/AtkinsonHyperlegible-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/AtkinsonHyperlegible-Bold.ttf");

/// What stands for a character that the font lacks: seen, and in every font.
const FALLBACK: char = '?';
/// The longest text that is looked at; nothing printed has room for more.
const LONGEST: usize = 600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// One typeface, for shaping and for the PDF.
struct Typeface {
    face: Face<'static>,
    plan: ShapePlan,
    font: Font,
}

pub struct Typefaces {
    regular: Typeface,
    bold: Typeface,
}

/// A glyph, in units of the font.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineGlyph {
    pub id: u32,
    pub advance: i32,
    pub x_offset: i32,
    pub y_offset: i32,
    /// The bytes of the text that it draws, from and to.
    pub from: usize,
    pub to: usize,
}

/// A line of text, ready to be drawn. No `Debug`: it may be a code.
#[derive(Clone)]
pub struct Line {
    pub text: String,
    pub weight: Weight,
    /// The em.
    pub size: Micrometres,
    /// Without the space that ends a line which goes on in the next one.
    pub width: Micrometres,
    pub glyphs: Vec<LineGlyph>,
}

impl Typeface {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let face = Face::from_slice(bytes, 0)?;
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &[]);
        Some(Self { face, plan, font: Font::new(bytes.into(), 0)? })
    }

    fn shape(&self, text: &str) -> Vec<LineGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        // Always the same, as the plan wants it: the font is Latin.
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        buffer.set_flags(BufferFlags::DO_NOT_INSERT_DOTTED_CIRCLE);
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan, buffer);
        let (infos, places) = (shaped.glyph_infos(), shaped.glyph_positions());
        let start = |cluster: u32| usize::try_from(cluster).unwrap_or(text.len());
        let mut glyphs: Vec<LineGlyph> = infos
            .iter()
            .zip(places)
            .map(|(info, place)| LineGlyph {
                id: info.glyph_id,
                advance: place.x_advance,
                x_offset: place.x_offset,
                y_offset: place.y_offset,
                from: start(info.cluster),
                to: text.len(),
            })
            .collect();
        let (mut next, mut end) = (text.len(), text.len());
        for glyph in glyphs.iter_mut().rev() {
            if glyph.from != next {
                (next, end) = (glyph.from, next);
            }
            glyph.to = end;
        }
        glyphs
    }
}

impl Typefaces {
    /// # Errors
    /// `Font`, which the tests rule out.
    pub fn read() -> Result<Self, PdfFailure> {
        let read = |bytes| Typeface::read(bytes).ok_or(PdfFailure::Font);
        Ok(Self { regular: read(REGULAR)?, bold: read(BOLD)? })
    }

    const fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub fn font(&self, weight: Weight) -> Font {
        self.of(weight).font.clone()
    }

    /// A text as one line, whatever its width. Characters that the font lacks become `?`.
    pub fn line(&self, text: &str, weight: Weight, size: Micrometres) -> Line {
        let typeface = self.of(weight);
        let mut text = text.to_owned();
        let mut glyphs = typeface.shape(&text);
        if glyphs.iter().any(|glyph| glyph.id == 0) {
            let lacks = |at: usize| {
                glyphs.iter().any(|glyph| glyph.id == 0 && (glyph.from..glyph.to).contains(&at))
            };
            let shown = |(at, letter)| if lacks(at) { FALLBACK } else { letter };
            text = text.char_indices().map(shown).collect();
            glyphs = typeface.shape(&text);
            // A mark may now stand on another letter: nothing without a glyph gets through.
            glyphs.retain(|glyph| glyph.id != 0);
        }
        let units: i64 = glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum();
        let width = scaled(units, size, typeface.face.units_per_em());
        Line { text, weight, size, width, glyphs }
    }

    /// Units of an em, the same in both weights.
    pub fn units_per_em(&self) -> u16 {
        u16::try_from(self.regular.face.units_per_em()).unwrap_or(1_000)
    }
}

/// Units of the font as a length, rounded up.
fn scaled(units: i64, size: Micrometres, units_per_em: i32) -> Micrometres {
    let whole = units.saturating_mul(size).saturating_add(i64::from(units_per_em) - 1);
    whole.checked_div(i64::from(units_per_em)).unwrap_or(0)
}

/// A text of one line without what cannot be printed: any space is a space, spaces that keep words
/// together are one kind, what has no shape of its own goes.
pub fn printable(text: &str) -> String {
    let mut clean = String::new();
    for letter in text.chars().take(LONGEST) {
        let letter = match letter {
            '\u{a0}' | '\u{2007}' | '\u{202f}' => '\u{a0}',
            '\u{2010}' | '\u{2011}' => '-',
            letter if letter.is_whitespace() => ' ',
            letter if letter.is_control() || shapeless(letter) => continue,
            letter => letter,
        };
        if letter != ' ' || !(clean.is_empty() || clean.ends_with(' ')) {
            clean.push(letter);
        }
    }
    clean.truncate(clean.trim_end_matches(' ').len());
    clean
}

/// Directions, joiners, soft hyphens, variants, tags and what is no character: a PDF/UA file may
/// not hold some of them, and the others show nothing.
const fn shapeless(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
