//! Text that fits: lines that break between words, smaller letters, an ellipsis at last.
//! No place on a page (`plan`).

use super::{
    letters::{Line, Typefaces, Weight, printable},
    plan::Micrometres,
};

/// By how much letters shrink at a time: half a point.
const STEP: Micrometres = 176;
const ELLIPSIS: char = '…';

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub weight: Weight,
    pub size: Micrometres,
    /// The size below which it is cut instead.
    pub smallest: Micrometres,
}

/// A text that fits.
pub struct Block {
    pub lines: Vec<Line>,
    /// From one baseline to the next.
    pub leading: Micrometres,
}

impl Style {
    /// Letters of a size and not smaller.
    pub const fn of(weight: Weight, size: Micrometres) -> Self {
        Self { weight, size, smallest: size }
    }

    pub const fn down_to(self, smallest: Micrometres) -> Self {
        Self { smallest, ..self }
    }
}

/// From one baseline to the next, for letters of a size.
pub const fn leading(size: Micrometres) -> Micrometres {
    size * 5 / 4
}

impl Block {
    pub fn height(&self) -> Micrometres {
        i64::try_from(self.lines.len()).unwrap_or(0).saturating_mul(self.leading)
    }
}

/// Where a line ends: after a word, or within one that is wider than the line.
struct Cut<'a> {
    text: &'a str,
    within_word: bool,
}

/// Sets a text in at most `most` lines of a width. Empty if there is no text or no line.
pub fn fit(
    typefaces: &Typefaces,
    text: &str,
    style: Style,
    width: Micrometres,
    most: usize,
) -> Block {
    let text = printable(text);
    let mut size = style.size;
    loop {
        let cuts = cuts(typefaces, &text, style.weight, size, width, most);
        let whole = cuts.len() <= most;
        if whole || size - STEP < style.smallest {
            let lines = lines(typefaces, &cuts, style.weight, size, width, most);
            return Block { lines, leading: leading(size) };
        }
        size -= STEP;
    }
}

/// Breaks a text into lines, and one more than `most` if it does not fit: the rest.
fn cuts<'a>(
    typefaces: &Typefaces,
    text: &'a str,
    weight: Weight,
    size: Micrometres,
    width: Micrometres,
    most: usize,
) -> Vec<Cut<'a>> {
    let fits = |part: &str| typefaces.line(part, weight, size).width <= width;
    let (mut found, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        if found.len() == most || fits(rest) {
            found.push(Cut { text: rest, within_word: false });
            break;
        }
        let words = rest.match_indices(' ').map(|(at, _)| at);
        let end = words.take_while(|at| rest.get(..*at).is_some_and(&fits)).last();
        let cut =
            end.or_else(|| letters_that_fit(rest, &fits)).and_then(|at| rest.split_at_checked(at));
        // Not even one letter: the line is narrower than any paper has it.
        let Some((head, tail)) = cut else { break };
        found.push(Cut { text: head, within_word: end.is_none() });
        rest = tail.trim_start_matches(' ');
    }
    found
}

/// Bytes of the letters of a long word that fit, marks kept with their letter.
fn letters_that_fit(text: &str, fits: &impl Fn(&str) -> bool) -> Option<usize> {
    let mark = |letter: char| matches!(letter, '\u{300}'..='\u{36f}');
    let ends = text.char_indices().skip(1).filter(|(_, letter)| !mark(*letter)).map(|(at, _)| at);
    ends.take_while(|at| text.get(..*at).is_some_and(fits)).last()
}

fn lines(
    typefaces: &Typefaces,
    cuts: &[Cut<'_>],
    weight: Weight,
    size: Micrometres,
    width: Micrometres,
    most: usize,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, cut) in cuts.iter().enumerate().take(most) {
        let more = at + 1 < cuts.len();
        if more && at + 1 == most {
            let rest: Vec<&str> = cuts.iter().skip(at).map(|cut| cut.text).collect();
            lines.push(shortened(typefaces, &rest.join(" "), weight, size, width));
            continue;
        }
        let line = typefaces.line(cut.text, weight, size);
        if !more || cut.within_word {
            lines.push(line);
            continue;
        }
        // The space between two words stays in the text that is read aloud or copied.
        let spaced = typefaces.line(&format!("{} ", cut.text), weight, size);
        lines.push(Line { width: line.width, ..spaced });
    }
    lines
}

/// As much of a text as fits before an ellipsis.
fn shortened(
    typefaces: &Typefaces,
    text: &str,
    weight: Weight,
    size: Micrometres,
    width: Micrometres,
) -> Line {
    let line = |letters: &str| {
        let letters = letters.trim_end_matches([' ', '\u{a0}', ',', '-']);
        typefaces.line(&format!("{letters}{ELLIPSIS}"), weight, size)
    };
    let ends = text.char_indices().map(|(at, _)| at);
    let fitting = ends
        .map(|at| line(text.get(..at).unwrap_or_default()))
        .take_while(|line| line.width <= width)
        .last();
    fitting.unwrap_or_else(|| typefaces.line("", weight, size))
}
