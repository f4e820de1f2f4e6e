//! A document of headings, sentences and tables, on as many pages as it takes: reports, statements.
//! No sentences and no figures of its own; no bytes (`paint`).

use super::{
    letters::{Typefaces, Weight},
    paint::{Front, Painting},
    plan::{Area, Column as Filled, Level, MM, Mark, Micrometres, Node, Role, cornered, points},
    plot::Plot,
    values::{Logo, PdfFailure},
    wrap::{Style, fit, leading},
};

/// A4, on its long side.
const PAPER: Area = Area { x: 0, y: 0, width: 297 * MM, height: 210 * MM };
const MARGIN: Micrometres = 14 * MM;
/// What the logo has at most.
const LOGO: (Micrometres, Micrometres) = (50 * MM, 14 * MM);
/// Between the text of two cells, and above and below it.
const GAP: Micrometres = 2 * MM;
const PADDING: Micrometres = 900;
/// Lines that a cell has at most.
const CELL_LINES: usize = 4;
/// Rows that one document holds at most.
pub const MOST_ROWS: usize = 20_000;

/// A document, in one language.
pub struct Document {
    /// Of every sentence in it: `fr-FR`, `en` (RFC 5646).
    pub language: String,
    pub title: String,
    /// Who runs the service.
    pub operator: String,
    pub logo: Option<Logo>,
    pub parts: Vec<Part>,
}

pub enum Part {
    Heading(String),
    Sentence(String),
    Chart(Plot),
    Table(Table),
}

pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// The sums of all rows.
    pub total: Option<Vec<String>>,
}

pub struct Column {
    pub heading: String,
    /// Figures stand to the right.
    pub figure: bool,
    /// Its width, as a share of all columns'.
    pub share: u16,
}

/// # Errors
/// `TooMany` rows; `Inaccessible` without a title or a language.
pub fn document(document: &Document) -> Result<Vec<u8>, PdfFailure> {
    let rows = |part: &Part| match part {
        Part::Table(table) => table.rows.len(),
        _ => 0,
    };
    if document.parts.iter().map(rows).sum::<usize>() > MOST_ROWS {
        return Err(PdfFailure::TooMany);
    }
    if document.title.trim().is_empty() || document.language.trim().is_empty() {
        return Err(PdfFailure::Inaccessible);
    }
    let typefaces = Typefaces::read()?;
    let mut pages = Pages { typefaces: &typefaces, full: Vec::new(), open: Vec::new(), y: MARGIN };
    pages.front(document);
    for part in &document.parts {
        pages.part(part);
    }
    pages.turn();
    let front = Front {
        title: &document.title,
        operator: &document.operator,
        language: &document.language,
    };
    let mut painting = Painting::new(&typefaces, &front)?;
    let all = pages.full.len();
    for (number, mut nodes) in (1..).zip(pages.full) {
        nodes.push(foot(&typefaces, document, number, all));
        painting.page(PAPER, nodes, format!("{} {number}", document.title))?;
    }
    painting.finish()
}

const fn bold(tenths: i64) -> Style {
    Style::of(Weight::Bold, points(tenths))
}

const fn plain(tenths: i64) -> Style {
    Style::of(Weight::Regular, points(tenths))
}

/// Who made it, and which page of how many.
fn foot(typefaces: &Typefaces, document: &Document, number: usize, all: usize) -> Node {
    let style = plain(80);
    let baseline = PAPER.height - 8 * MM;
    let own = fit(typefaces, &document.operator, style, PAPER.width / 2, 1);
    let left = own.lines.into_iter().map(|line| Mark::Text { line, x: MARGIN, baseline });
    let page = typefaces.line(&format!("{number}/{all}"), Weight::Regular, style.size);
    let x = PAPER.width - MARGIN - page.width;
    Node::Artifact(left.chain([Mark::Text { line: page, x, baseline }]).collect())
}

/// Pages that are filled one after the other.
struct Pages<'a> {
    typefaces: &'a Typefaces,
    full: Vec<Vec<Node>>,
    open: Vec<Node>,
    y: Micrometres,
}

impl Pages<'_> {
    fn free(&self) -> Area {
        let bottom = PAPER.height - MARGIN;
        let (width, height) = (PAPER.width - 2 * MARGIN, bottom - self.y);
        Area { x: MARGIN, y: self.y, width, height }
    }

    /// Goes on with a new page, if anything stands on this one.
    fn turn(&mut self) {
        if !self.open.is_empty() {
            self.full.push(std::mem::take(&mut self.open));
        }
        self.y = MARGIN;
    }

    /// The title, and the logo in the corner.
    fn front(&mut self, document: &Document) {
        let (beside, logo) = cornered(document.logo.as_ref(), self.free(), LOGO);
        let mut column = Filled::new(self.typefaces, beside);
        column.text(Role::Heading(Level::First), &document.title, bold(200), usize::MAX);
        let below = if logo.is_some() { self.y + LOGO.1 } else { self.y };
        self.y = below.max(column.free().y) + 4 * MM;
        self.open.append(&mut column.nodes);
        self.open.extend(logo);
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Heading(text) => {
                // Not alone at the foot of a page.
                if self.free().height < 40 * MM {
                    self.turn();
                }
                self.y += 4 * MM;
                self.line(Role::Heading(Level::Second), text, bold(130));
                self.y += 2 * MM;
            }
            Part::Sentence(text) => self.line(Role::Paragraph, text, plain(100)),
            Part::Chart(plot) => self.chart(plot),
            Part::Table(table) => self.table(table),
        }
    }

    fn chart(&mut self, plot: &Plot) {
        let height = plot.height(self.free().width);
        if self.free().height < height {
            self.turn();
        }
        let area = Area { height, ..self.free() };
        let marks = plot.marks(self.typefaces, area);
        let figure = Role::Figure(plot.alternative.clone());
        self.open.push(Node::Group(figure, vec![Node::Content(marks)]));
        self.y += height + 4 * MM;
    }

    fn line(&mut self, role: Role, text: &str, style: Style) {
        if self.free().height < leading(style.size) * 2 {
            self.turn();
        }
        let mut column = Filled::new(self.typefaces, self.free());
        column.text(role, text, style, usize::MAX);
        self.y = column.free().y + MM;
        self.open.append(&mut column.nodes);
    }

    /// A table on each page that it reaches, with its headings.
    fn table(&mut self, table: &Table) {
        let widths = widths(&table.columns, self.free().width);
        let headings: Vec<String> =
            table.columns.iter().map(|column| column.heading.clone()).collect();
        let mut rows = Vec::new();
        // Headings do not stand alone at the foot of a page.
        let first = table.rows.first().map_or(0, |row| self.height(&widths, row, Kind::Body));
        if self.free().height < self.height(&widths, &headings, Kind::Head) + first {
            self.turn();
        }
        let all = table.rows.iter().map(|row| (row, false));
        for (cells, last) in all.chain(table.total.iter().map(|row| (row, true))) {
            if rows.is_empty() {
                rows.push(self.row(table, &widths, &headings, Kind::Head));
            }
            let kind = if last { Kind::Total } else { Kind::Body };
            let height = self.height(&widths, cells, kind);
            if self.free().height < height {
                self.open.push(Node::Group(Role::Table, std::mem::take(&mut rows)));
                self.turn();
                rows.push(self.row(table, &widths, &headings, Kind::Head));
            }
            rows.push(self.row(table, &widths, cells, kind));
        }
        if !rows.is_empty() {
            self.open.push(Node::Group(Role::Table, rows));
        }
        self.y += 2 * MM;
    }

    fn height(&self, widths: &[Micrometres], cells: &[String], kind: Kind) -> Micrometres {
        let style = kind.style();
        let heights = widths.iter().zip(cells).map(|(width, cell)| {
            fit(self.typefaces, cell, style, width - GAP, CELL_LINES).height()
        });
        heights.max().unwrap_or(0).max(leading(style.size)) + 2 * PADDING
    }

    fn row(&mut self, table: &Table, widths: &[Micrometres], cells: &[String], kind: Kind) -> Node {
        let (height, style) = (self.height(widths, cells, kind), kind.style());
        let mut x = MARGIN;
        let mut children = Vec::new();
        for (at, ((column, width), cell)) in table.columns.iter().zip(widths).zip(cells).enumerate()
        {
            let block = fit(self.typefaces, cell, style, width - GAP, CELL_LINES);
            let mut baseline = self.y + PADDING;
            let mut marks = Vec::new();
            for line in block.lines {
                let right = x + width - GAP - line.width;
                let x = if column.figure { right } else { x };
                marks.push(Mark::Text { x, baseline: baseline + line.size, line });
                baseline += block.leading;
            }
            let role = match (kind, at) {
                (Kind::Head, _) => Role::HeadOfColumn,
                (_, 0) => Role::HeadOfRow,
                _ => Role::Cell,
            };
            children.push(Node::Group(role, vec![Node::Content(marks)]));
            x += width;
        }
        self.y += height;
        let (from, to) = ((MARGIN, self.y), (PAPER.width - MARGIN, self.y));
        children.push(Node::Artifact(vec![Mark::Cut { from, to, dashed: false }]));
        Node::Group(Role::Row, children)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    Body,
    Total,
}

impl Kind {
    const fn style(self) -> Style {
        match self {
            Self::Body => plain(90),
            Self::Head | Self::Total => bold(90),
        }
    }
}

fn widths(columns: &[Column], all: Micrometres) -> Vec<Micrometres> {
    let shares: i64 = columns.iter().map(|column| i64::from(column.share)).sum();
    let width = |column: &Column| all * i64::from(column.share) / shares.max(1);
    columns.iter().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::pdf::tests::fixture::{french, with_logo};

    fn example(rows: usize) -> Document {
        let column =
            |heading: &str, figure, share| Column { heading: heading.to_owned(), figure, share };
        let row = |number: usize| vec![format!("Lieu {number}"), number.to_string()];
        Document {
            language: "fr-FR".to_owned(),
            title: "Bilan".to_owned(),
            operator: "pass.exemple.fr".to_owned(),
            logo: None,
            parts: vec![
                Part::Sentence("Du 1er janvier 2026".to_owned()),
                Part::Heading("Lieux".to_owned()),
                Part::Table(Table {
                    columns: vec![column("Lieu", false, 3), column("Ateliers", true, 1)],
                    rows: (1..=rows).map(row).collect(),
                    total: Some(vec!["Total".to_owned(), rows.to_string()]),
                }),
            ],
        }
    }

    fn text(bytes: &[u8]) -> Option<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let read = std::process::Command::new("pdftotext")
            .arg("-layout")
            .arg(file.path())
            .arg("-")
            .output();
        Some(String::from_utf8(read.ok()?.stdout).unwrap())
    }

    #[test]
    fn every_row_stands_on_a_page_once_and_headings_on_each() {
        let bytes = document(&example(120)).unwrap();
        assert_eq!(bytes, document(&example(120)).unwrap());
        let Some(text) = text(&bytes) else {
            eprintln!("pdftotext is missing; left out: reading the document");
            return;
        };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert!(pages.len() > 2, "{}", pages.len());
        for (number, page) in (1..).zip(&pages) {
            assert!(page.contains("Ateliers"), "{page}");
            assert!(page.contains(&format!("{number}/{}", pages.len())), "{page}");
        }
        for number in 1..=120 {
            let line = format!("Lieu {number} ");
            assert_eq!(text.matches(&line).count(), 1, "{line}");
        }
        assert_eq!(text.matches("Total ").count(), 1);
    }

    #[test]
    fn the_operator_s_logo_is_on_the_first_page_in_words_too() {
        let plain = document(&example(120)).unwrap();
        let logo = with_logo(french(), 40, 20).logo;
        let worn = document(&Document { logo, ..example(120) }).unwrap();
        let pictures = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.matches("/Subtype/Image").count() + text.matches("/Subtype /Image").count()
        };
        assert_eq!(pictures(&plain), 0);
        assert!(pictures(&worn) >= 1);
    }

    #[test]
    fn more_rows_than_anybody_reads_are_refused() {
        assert_eq!(document(&example(MOST_ROWS + 1)), Err(PdfFailure::TooMany));
        let untitled = Document { title: " ".to_owned(), ..example(1) };
        assert_eq!(document(&untitled), Err(PdfFailure::Inaccessible));
    }
}
