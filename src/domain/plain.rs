//! Text from outside that may be shown: nothing in it hides or reorders what stands beside it.
//! No escaping: whoever shows it does that.

/// Without control characters and without those that change the direction of text (Unicode
/// Standard Annex 9).
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let hidden = |c: char| {
        let marks = ['\u{200e}', '\u{200f}'];
        let runs = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
        c.is_control() || marks.contains(&c) || runs.iter().any(|run| run.contains(&c))
    };
    !text.chars().any(hidden)
}
