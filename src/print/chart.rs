//! Pairs of bars, for screens and paper alike: issued and used, a pair a line.
//! No words and no colours: who draws them has those.

use crate::domain::usage::Breakdown;

/// Units of the drawing; it grows with its column.
const WIDTH: i64 = 960;
const HEIGHT: i64 = 320;
const LEFT: i64 = 70;
const BOTTOM: i64 = 40;
const TOP: i64 = 12;
/// More pairs than these are a table's work.
const MOST: usize = 24;

pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    /// 0 for issued, 1 for used.
    pub series: usize,
    /// What a pointer that rests on it is told.
    pub value: i64,
    pub name: String,
}

pub struct Label {
    pub x: i64,
    pub text: String,
}

/// A line across, with its value.
pub struct Rule {
    pub y: i64,
    pub value: i64,
}

pub struct Chart {
    pub width: i64,
    pub height: i64,
    pub left: i64,
    pub base: i64,
    pub bars: Vec<Bar>,
    pub labels: Vec<Label>,
    pub rules: Vec<Rule>,
}

impl Chart {
    /// Of the lines in their order; of very many the last months, or the first others.
    pub fn of(by: Breakdown, lines: impl Iterator<Item = (String, [i64; 2])>) -> Option<Self> {
        let mut lines: Vec<_> = lines.collect();
        let surplus = lines.len().saturating_sub(MOST);
        match by {
            Breakdown::Month => drop(lines.drain(..surplus)),
            _ => lines.truncate(MOST),
        }
        let most = lines.iter().flat_map(|(_, values)| *values).max().filter(|most| *most > 0)?;
        let step = step(most);
        let ceiling = (most + step - 1) / step * step;
        let (base, across) = (HEIGHT - BOTTOM, WIDTH - LEFT);
        let pairs = i64::try_from(lines.len()).unwrap_or(1).max(1);
        let pitch = across / pairs;
        let width = (pitch * 2 / 5).clamp(2, 60);
        let tall = |value: i64| value.max(0) * (base - TOP) / ceiling;
        let mut chart = Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            base,
            bars: Vec::new(),
            labels: Vec::new(),
            rules: Vec::new(),
        };
        for value in (0..=ceiling / step).map(|at| at * step) {
            chart.rules.push(Rule { y: base - tall(value), value });
        }
        let every = (pairs * 90 / across).max(0) + 1;
        for (at, (name, values)) in (0..).zip(lines) {
            let middle = LEFT + pitch * at + pitch / 2;
            for (series, value) in values.into_iter().enumerate() {
                let x = if series == 0 { middle - width } else { middle };
                let (y, height) = (base - tall(value), tall(value));
                chart.bars.push(Bar { x, y, width, height, series, value, name: name.clone() });
            }
            if at % every == 0 {
                let wide = usize::try_from(pitch * every / 9).unwrap_or(0).max(4);
                chart.labels.push(Label { x: middle, text: shortened(&name, wide) });
            }
        }
        Some(chart)
    }
}

/// A round number that cuts `most` into two to five parts: 1, 2 or 5 times a power of ten.
fn step(most: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for step in [unit, unit.saturating_mul(2), unit.saturating_mul(5)] {
            if most <= step.saturating_mul(5) {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        assert_eq!(
            [step(1), step(5), step(6), step(11), step(26), step(999)],
            [1, 1, 2, 5, 10, 200]
        );
        assert_eq!(step(i64::MAX), step(i64::MAX));
    }

    #[test]
    fn bars_are_as_tall_as_their_values_and_nothing_has_no_chart() {
        let lines = [("a".to_owned(), [100, 50]), ("b".to_owned(), [0, 25])];
        let chart = Chart::of(Breakdown::Month, lines.into_iter()).unwrap();
        let heights: Vec<i64> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [268, 134, 0, 67]);
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == chart.base));
        assert!(Chart::of(Breakdown::Month, [("a".to_owned(), [0, 0])].into_iter()).is_none());
    }

    #[test]
    fn of_many_months_the_last_are_shown_and_all_bars_stand_inside() {
        let lines = (0..100_i64).map(|n| (format!("mois {n}"), [n, 1]));
        let chart = Chart::of(Breakdown::Month, lines).unwrap();
        assert_eq!(chart.bars.len(), 48);
        assert!(chart.bars.iter().any(|bar| bar.name == "mois 99"));
        assert!(chart.bars.iter().all(|bar| bar.x >= LEFT && bar.x + bar.width <= WIDTH));
    }
}
