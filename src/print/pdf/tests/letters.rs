//! Letters and lines: what the font lacks, what is too long, what no PDF may hold.
//! No pages (`layout`).

use proptest::prelude::*;

use crate::print::pdf::{
    letters::{Typefaces, Weight, printable},
    plan::{MM, points},
    wrap::{Block, Style, fit},
};

fn typefaces() -> Typefaces {
    Typefaces::read().unwrap()
}

fn shown(block: &Block) -> Vec<&str> {
    block.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn what_the_font_lacks_is_seen_as_missing_and_what_it_can_compose_is_not() {
    let shown = |text: &str| {
        let line = typefaces().line(&printable(text), Weight::Regular, points(120));
        assert!(line.glyphs.iter().all(|glyph| glyph.id != 0), "{text}");
        line.text
    };
    assert_eq!(shown("L’été à Œuilly, ñ ç ÿ ß Ł ő — 10 €"), "L’été à Œuilly, ñ ç ÿ ß Ł ő — 10 €");
    // Written with combining marks, and letters that are drawn from two glyphs.
    assert_eq!(shown("e\u{301}te\u{301}"), "e\u{301}te\u{301}");
    assert_eq!(shown("Ĉ Ũ"), "Ĉ Ũ");
    assert_eq!(shown("Café 日本 🚌 !"), "Café ?? ? !");
    assert_eq!(shown("مرحبا"), "?????");
}

#[test]
fn what_a_pdf_may_not_hold_or_nobody_sees_goes() {
    assert_eq!(printable(" a\t\r\n b \u{0}\u{7}c "), "a b c");
    assert_eq!(printable("a\u{feff}b\u{200b}c\u{202e}d\u{ad}e\u{fffe}f"), "abcdef");
    assert_eq!(printable("9\u{202f}h\u{a0}30, 1\u{2011}2"), "9\u{a0}h\u{a0}30, 1-2");
    assert_eq!(printable(&"a".repeat(9_999)).len(), 600);
}

#[test]
fn lines_break_between_words_and_keep_their_spaces_for_whoever_hears_them() {
    let style = Style::of(Weight::Regular, points(120));
    let set = |text: &str, most| {
        let block = fit(&typefaces(), text, style, 40 * MM, most);
        shown(&block).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(set("Montrez le QR code au début", 3), ["Montrez le QR code ", "au début"]);
    assert_eq!(
        set("Valable jusqu’au 30\u{a0}novembre", 3),
        ["Valable jusqu’au ", "30\u{a0}novembre"]
    );
    assert_eq!(set("Montrez le QR code au début de l’atelier", 1), ["Montrez le QR code…"]);
    assert_eq!(set("", 3), [""; 0]);
    assert_eq!(set("a", 0), [""; 0]);
}

#[test]
fn a_text_shrinks_before_it_is_cut() {
    let style = Style::of(Weight::Bold, points(200));
    let text = "10 ateliers";
    let size = |style| {
        let block = fit(&typefaces(), text, style, 30 * MM, 1);
        (block.lines[0].text.clone(), block.lines[0].size)
    };
    assert_eq!(size(style).0, "10 atel…");
    let (whole, smaller) = size(style.down_to(points(100)));
    assert_eq!(whole, text);
    assert!(smaller < points(200) && smaller >= points(100), "{smaller}");
}

proptest! {
    #[test]
    fn whatever_is_written_stays_within_its_lines(
        text in "\\PC{0,80}|[A-Za-zé’ ]{0,400}|\\p{any}{0,60}|W{0,300}",
        width in 5..180_i64,
        most in 0..5_usize,
        size in 60..400_i64,
    ) {
        let style = Style::of(Weight::Bold, points(size)).down_to(points(60));
        let block = fit(&typefaces(), &text, style, width * MM, most);
        prop_assert!(block.lines.len() <= most);
        for line in &block.lines {
            prop_assert!(line.width <= width * MM, "{} in {width} mm", line.width);
            prop_assert!(line.glyphs.iter().all(|glyph| glyph.id != 0));
            for glyph in &line.glyphs {
                prop_assert!(line.text.get(glyph.from..glyph.to).is_some());
            }
        }
        // Nothing is lost but what an ellipsis stands for.
        if most > 0 && width > 20 && !printable(&text).is_empty() {
            prop_assert!(!block.lines.is_empty());
        }
    }
}
