//! A chart on a page: its bars in two greys, with values beside and names below.
//! No geometry of bars (`print/chart`), and no bytes (`paint`).

use super::{
    letters::{Line, Typefaces, Weight},
    plan::{Area, Mark, Micrometres, points},
};
use crate::print::chart::Chart;

/// Issued and used: told apart without colour, on any printer.
const GREYS: [u8; 2] = [190, 60];
const WHITE: u8 = 255;
const SIZE: Micrometres = points(80);
const KEY: Micrometres = 3_000;
const GAP: Micrometres = 1_500;

/// A chart, with its words.
pub struct Plot {
    pub chart: Chart,
    /// What the two bars of a pair are.
    pub series: [String; 2],
    /// Of the lines across, in their order.
    pub values: Vec<String>,
    /// What is said in its place to whoever does not see it.
    pub alternative: String,
}

impl Plot {
    /// How high it is, as wide as this, with its key.
    pub fn height(&self, width: Micrometres) -> Micrometres {
        width * self.chart.height / self.chart.width + 2 * KEY
    }

    /// What is drawn in an area of that height.
    pub fn marks(&self, typefaces: &Typefaces, area: Area) -> Vec<Mark> {
        let scale = |length: i64| length * area.width / self.chart.width;
        let (left, top) = (area.x, area.y + 2 * KEY);
        let mut marks = vec![Mark::Filled { area, lightness: WHITE }];
        let mut x = left + scale(self.chart.left);
        for (name, lightness) in self.series.iter().zip(GREYS) {
            let key = Area { x, y: area.y, width: KEY, height: KEY };
            marks.push(Mark::Filled { area: key, lightness });
            let line = typefaces.line(name, Weight::Regular, SIZE);
            x += KEY + GAP;
            let next = x + line.width + 2 * KEY;
            marks.push(Mark::Text { line, x, baseline: area.y + KEY });
            x = next;
        }
        for (rule, value) in self.chart.rules.iter().zip(&self.values) {
            let y = top + scale(rule.y);
            let from = (left + scale(self.chart.left), y);
            marks.push(Mark::Cut { from, to: (area.right(), y), dashed: false });
            let line = typefaces.line(value, Weight::Regular, SIZE);
            let x = from.0 - GAP - line.width;
            marks.push(Mark::Text { line, x, baseline: y + SIZE / 3 });
        }
        for bar in &self.chart.bars {
            let Some(lightness) = GREYS.get(bar.series).copied() else { continue };
            let (x, y) = (left + scale(bar.x), top + scale(bar.y));
            let bar = Area { x, y, width: scale(bar.width), height: scale(bar.height) };
            marks.push(Mark::Filled { area: bar, lightness });
        }
        for label in &self.chart.labels {
            let line: Line = typefaces.line(&label.text, Weight::Regular, SIZE);
            let x = left + scale(label.x) - line.width / 2;
            marks.push(Mark::Text { line, x, baseline: top + scale(self.chart.base + 24) });
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::Breakdown;

    fn plot() -> Plot {
        let lines = [("Marne".to_owned(), [100, 50]), ("Ariège".to_owned(), [40, 0])];
        let chart = Chart::of(Breakdown::Territory, lines.into_iter()).unwrap();
        let values = chart.rules.iter().map(|rule| rule.value.to_string()).collect();
        let series = ["délivrés".to_owned(), "suivis".to_owned()];
        Plot { chart, series, values, alternative: "Un graphique".to_owned() }
    }

    #[test]
    fn bars_are_as_tall_on_paper_as_their_values_and_all_stands_inside() {
        let (plot, typefaces) = (plot(), Typefaces::read().unwrap());
        let width = 269_000;
        let area = Area { x: 14_000, y: 30_000, width, height: plot.height(width) };
        let marks = plot.marks(&typefaces, area);
        let filled = |wanted: u8| -> Vec<Area> {
            let of = |mark: &Mark| match mark {
                Mark::Filled { area, lightness } if *lightness == wanted => Some(*area),
                _ => None,
            };
            marks.iter().filter_map(of).collect()
        };
        let (issued, used) = (filled(190), filled(60));
        // The key first, then the bars.
        let heights = |bars: &[Area]| bars.iter().skip(1).map(|bar| bar.height).collect::<Vec<_>>();
        let (issued_heights, used_heights) = (heights(&issued), heights(&used));
        assert_eq!((issued_heights.len(), used_heights.len()), (2, 2));
        let (tall, half) = (issued_heights[0], used_heights[0]);
        assert!((tall - 2 * half).abs() <= 500 && half > 10_000, "{tall} {half}");
        assert_eq!(used_heights[1], 0);
        for bar in issued.iter().chain(&used) {
            assert!(bar.x >= area.x && bar.right() <= area.right(), "{bar:?}");
            assert!(bar.y >= area.y && bar.bottom() <= area.bottom(), "{bar:?}");
        }
        let said: Vec<&str> = marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text { line, .. } => Some(line.text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(
            said,
            ["délivrés", "suivis", "0", "20", "40", "60", "80", "100", "Marne", "Ariège"]
        );
    }
}
