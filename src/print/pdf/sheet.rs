//! Many passes on pages to print and cut: where each stands, and the planning on every core.
//! No layout of one pass (`card`, `quarter`, `pass`), and no bytes (`paint`).

use std::thread::{self, ScopedJoinHandle};

use super::{
    card,
    codes::{Code, MEDIUM_MM, SMALL_MM},
    letters::Typefaces,
    pass,
    plan::{Area, MM, Mark, Micrometres, Node, PAGE},
    quarter,
    values::{Format, Labels, Pass, PdfFailure},
};

/// Pages that are planned before the first of them is painted, so that few are held at once.
const PAGES_AHEAD: usize = 32;
/// More threads than this gain nothing: painting is one.
const MOST_THREADS: usize = 8;
/// How far a mark reaches into the margin, and around where two cuts meet.
const MARK: Micrometres = 5 * MM;
const CROSS: Micrometres = 1_500;
/// How far a mark reaches from the edge of the paper, of which printers leave 4 mm blank.
const EDGE: Micrometres = 9 * MM;

impl Format {
    /// How many columns and rows of passes a page has.
    pub(super) const fn grid(self) -> (usize, usize) {
        match self {
            Self::Cards => (2, 5),
            Self::Quarters => (2, 2),
            Self::Pages => (1, 1),
        }
    }

    /// Passes a page.
    #[must_use]
    pub const fn a_page(self) -> usize {
        let (columns, rows) = self.grid();
        columns * rows
    }

    /// The size of one pass.
    const fn piece(self) -> (Micrometres, Micrometres) {
        match self {
            Self::Cards => (card::WIDTH, card::HEIGHT),
            Self::Quarters => (quarter::WIDTH, quarter::HEIGHT),
            Self::Pages => (PAGE.width, PAGE.height),
        }
    }

    /// Where the passes of a page stand, row by row, in the middle of the page.
    pub(super) fn places(self) -> Vec<Area> {
        let (columns, rows) = self.grid();
        let (width, height) = self.piece();
        let [columns, rows] = [columns, rows].map(|count| i64::try_from(count).unwrap_or(0));
        let (left, top) = ((PAGE.width - columns * width) / 2, (PAGE.height - rows * height) / 2);
        let place =
            |row, column| Area { x: left + column * width, y: top + row * height, width, height };
        (0..rows).flat_map(|row| (0..columns).map(move |column| place(row, column))).collect()
    }
}

/// Plans the pages of a slice of passes, in order, a few at a time, and hands each to `paint`.
///
/// # Errors
/// As for a QR, or what `paint` says.
pub fn pages(
    labels: &Labels,
    format: Format,
    passes: &[Pass],
    mut paint: impl FnMut(Vec<Node>, &[Pass]) -> Result<(), PdfFailure>,
) -> Result<(), PdfFailure> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    for window in passes.chunks(format.a_page() * PAGES_AHEAD) {
        let a_thread = PAGES_AHEAD.div_ceil(threads) * format.a_page();
        let planned = thread::scope(|scope| {
            let shares: Vec<_> = window
                .chunks(a_thread)
                .map(|share| scope.spawn(move || plans(labels, format, share)))
                .collect();
            // A thread that panicked made nothing.
            let shares = shares.into_iter().map(ScopedJoinHandle::join);
            shares.map(|share| share.unwrap_or(Err(PdfFailure::Writing))).collect::<Vec<_>>()
        });
        let mut groups = window.chunks(format.a_page());
        for share in planned {
            for page in share? {
                paint(page, groups.next().unwrap_or_default())?;
            }
        }
    }
    Ok(())
}

/// The pages of some passes, on this thread.
fn plans(labels: &Labels, format: Format, passes: &[Pass]) -> Result<Vec<Vec<Node>>, PdfFailure> {
    let typefaces = Typefaces::read()?;
    let groups = passes.chunks(format.a_page());
    groups.map(|group| plan(&typefaces, labels, format, group)).collect()
}

/// One page.
///
/// # Errors
/// As for a QR.
pub fn plan(
    typefaces: &Typefaces,
    labels: &Labels,
    format: Format,
    passes: &[Pass],
) -> Result<Vec<Node>, PdfFailure> {
    let mut nodes = Vec::new();
    for (pass, area) in passes.iter().zip(format.places()) {
        match format {
            Format::Cards => {
                let code = Code::of(pass, SMALL_MM)?;
                nodes.push(card::card(typefaces, labels, pass, code, area, true));
            }
            Format::Quarters => {
                let code = Code::of(pass, MEDIUM_MM)?;
                nodes.push(quarter::quarter(typefaces, labels, pass, code, area));
            }
            Format::Pages => nodes.append(&mut pass::page(typefaces, labels, pass)?),
        }
    }
    let marks = cutting_marks(format);
    if !marks.is_empty() {
        nodes.push(Node::Artifact(marks));
    }
    Ok(nodes)
}

/// For a guillotine: short lines at the margins for each cut; for scissors: small crosses where
/// cuts meet. Passes touch, so that one cut parts two; the edge of the paper is not cut.
pub(super) fn cutting_marks(format: Format) -> Vec<Mark> {
    let places = format.places();
    let columns = edges(places.iter().flat_map(|place| [place.x, place.right()]), PAGE.width);
    let rows = edges(places.iter().flat_map(|place| [place.y, place.bottom()]), PAGE.height);
    let mut marks = Vec::new();
    let mut cut = |from, to| marks.push(Mark::Cut { from, to, dashed: false });
    for x in &columns {
        for (from, to) in reaches(&rows, PAGE.height) {
            cut((*x, from), (*x, to));
        }
    }
    for y in &rows {
        for (from, to) in reaches(&columns, PAGE.width) {
            cut((from, *y), (to, *y));
        }
    }
    marks
}

/// Where passes end in one direction, without the edges of the paper.
fn edges(all: impl Iterator<Item = Micrometres>, paper: Micrometres) -> Vec<Micrometres> {
    let mut edges: Vec<_> = all.filter(|edge| *edge > 0 && *edge < paper).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// The pieces of a cut that are drawn: around each cut that crosses it, longer in the margin, and
/// from the edge of the paper where there is no margin.
fn reaches(crossing: &[Micrometres], paper: Micrometres) -> Vec<(Micrometres, Micrometres)> {
    let inside: Vec<_> = crossing.iter().map(|at| (at - CROSS, at + CROSS)).collect();
    if crossing.len() < 2 {
        return [vec![(0, EDGE)], inside, vec![(paper - EDGE, paper)]].concat();
    }
    let longer = |(at, (from, to)): (usize, (Micrometres, Micrometres))| match at {
        0 => (from + CROSS - MARK, to),
        last if last + 1 == crossing.len() => (from, to - CROSS + MARK),
        _ => (from, to),
    };
    inside.into_iter().enumerate().map(longer).collect()
}
