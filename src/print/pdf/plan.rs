//! A page before it is painted: marks at their places, in reading order, with what they mean.
//! No PDF (`paint`), and not which text stands where (`pass`, `card`, `quarter`).

use krilla::image::Image;

use super::{
    contour::Contour,
    letters::{Line, Typefaces, Weight},
    values::Logo,
    wrap::{Style, fit, leading},
};

/// Lengths are whole, so that the same input gives the same page on every machine.
pub type Micrometres = i64;

pub const MM: Micrometres = 1_000;
pub const PAGE: Area = Area { x: 0, y: 0, width: 210 * MM, height: 297 * MM };

/// A size of letters, from tenths of a point (1/72 inch).
pub const fn points(tenths: i64) -> Micrometres {
    tenths * 25_400 / 720
}

/// A rectangle, from the upper left corner of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub x: Micrometres,
    pub y: Micrometres,
    pub width: Micrometres,
    pub height: Micrometres,
}

impl Area {
    pub const fn right(&self) -> Micrometres {
        self.x + self.width
    }

    pub const fn bottom(&self) -> Micrometres {
        self.y + self.height
    }

    /// Without a margin on each side.
    pub const fn inset(&self, margin: Micrometres) -> Self {
        Self {
            x: self.x + margin,
            y: self.y + margin,
            width: self.width - 2 * margin,
            height: self.height - 2 * margin,
        }
    }
}

/// Something drawn.
pub enum Mark {
    /// A line of text from its left end on the baseline.
    Text { line: Line, x: Micrometres, baseline: Micrometres },
    /// A square with its quiet zone.
    Qr { contour: Contour, area: Area },
    /// A picture that fills its area.
    Picture { image: Image, area: Area },
    /// A thin line to cut along.
    Cut { from: (Micrometres, Micrometres), to: (Micrometres, Micrometres), dashed: bool },
    /// An area filled with a grey: 0 is black.
    Filled { area: Area, lightness: u8 },
    /// A word across an area, on a white band that is turned.
    Stamp { line: Line, area: Area },
}

/// What a part of a page is, for whoever hears it read (ISO 14289-1).
pub enum Role {
    Section,
    Heading(Level),
    Paragraph,
    /// With what is said in its place.
    Figure(String),
    /// Of numbered items, or not.
    List {
        numbered: bool,
    },
    Item,
    ItemLabel,
    ItemBody,
    Table,
    Row,
    HeadOfColumn,
    HeadOfRow,
    Cell,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    First,
    Second,
}

/// A page in reading order.
pub enum Node {
    Group(Role, Vec<Node>),
    Content(Vec<Mark>),
    /// Seen only: cutting marks.
    Artifact(Vec<Mark>),
}

impl Node {
    /// Marks of its own, not those of groups within it.
    pub fn marks(&self) -> &[Mark] {
        match self {
            Self::Group(..) => &[],
            Self::Content(marks) | Self::Artifact(marks) => marks,
        }
    }

    /// Lines of text of it and of what is in it.
    pub fn height_in_lines(&self) -> usize {
        match self {
            Self::Group(_, children) => children.iter().map(Self::height_in_lines).sum(),
            _ => self.lines().len(),
        }
    }

    /// Lines of text of its own.
    pub fn lines(&self) -> Vec<&Line> {
        let mut lines = Vec::new();
        for mark in self.marks() {
            if let Mark::Text { line, .. } = mark {
                lines.push(line);
            }
        }
        lines
    }
}

/// An area that is filled from its top; what has no room is cut, never drawn outside.
pub struct Column<'a> {
    typefaces: &'a Typefaces,
    area: Area,
    pub nodes: Vec<Node>,
}

impl<'a> Column<'a> {
    pub const fn new(typefaces: &'a Typefaces, area: Area) -> Self {
        Self { typefaces, area, nodes: Vec::new() }
    }

    /// What is still free.
    pub const fn free(&self) -> Area {
        self.area
    }

    pub fn skip(&mut self, height: Micrometres) {
        let height = height.min(self.area.height);
        self.area.y += height;
        self.area.height -= height;
    }

    /// Sets a text in at most `most` lines and goes below it.
    pub fn text(&mut self, role: Role, text: &str, style: Style, most: usize) {
        if let Some(content) = self.content(text, style, most) {
            self.nodes.push(Node::Group(role, vec![content]));
        }
    }

    /// The same, as content that belongs to a group of the caller's.
    pub fn content(&mut self, text: &str, style: Style, most: usize) -> Option<Node> {
        let room = self.area.height.checked_div(leading(style.size)).unwrap_or(0);
        let most = most.min(usize::try_from(room).unwrap_or(0));
        let block = fit(self.typefaces, text, style, self.area.width, most);
        if block.lines.is_empty() {
            return None;
        }
        let (height, leading) = (block.height(), block.leading);
        let mut baseline = self.area.y;
        let mut marks = Vec::new();
        for line in block.lines {
            // Letters stand in the middle of their line: ascenders take 95 %, descenders 29 %.
            marks.push(Mark::Text { x: self.area.x, baseline: baseline + line.size, line });
            baseline += leading;
        }
        self.skip(height);
        Some(Node::Content(marks))
    }

    /// How many lines of a style each of `left` parts may have, so that none is pushed out.
    pub fn share(&self, style: Style, left: usize, gap: Micrometres) -> usize {
        let left = i64::try_from(left.max(1)).unwrap_or(i64::MAX);
        let each = self.area.height.checked_div(left).unwrap_or(0) - gap;
        let lines = each.checked_div(leading(style.size)).unwrap_or(0);
        usize::try_from(lines).unwrap_or(0).max(1)
    }

    /// A numbered list: one item an entry, its number hanging in the margin.
    pub fn steps(&mut self, steps: &[String], style: Style, most: usize, gap: Micrometres) {
        let hang = style.size * 3 / 2;
        let mut items = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            let Area { x, y, .. } = self.area;
            let mut inner = Column::new(
                self.typefaces,
                Area { x: x + hang, width: self.area.width - hang, ..self.area },
            );
            let most = most.min(self.share(style, steps.len() - at, gap));
            let Some(body) = inner.content(step, style, most) else { continue };
            let number = format!("{}.", at + 1);
            let size = body.lines().first().map_or(style.size, |line| line.size);
            let line = self.typefaces.line(&number, Weight::Bold, size);
            let label = Mark::Text { x, baseline: y + size, line };
            items.push(Node::Group(
                Role::Item,
                vec![
                    Node::Group(Role::ItemLabel, vec![Node::Content(vec![label])]),
                    Node::Group(Role::ItemBody, vec![body]),
                ],
            ));
            self.area = Area { x, width: self.area.width, ..inner.area };
            self.skip(gap);
        }
        if !items.is_empty() {
            self.nodes.push(Node::Group(Role::List { numbered: true }, items));
        }
    }
}

/// A QR as a figure, with the stamp of a preview across it.
pub fn figure(
    typefaces: &Typefaces,
    contour: Contour,
    area: Area,
    alternative: &str,
    stamp: Option<&str>,
) -> Node {
    let mut marks = vec![Mark::Qr { contour, area }];
    let mut said = alternative.to_owned();
    if let Some(word) = stamp {
        // As large as the band across the QR holds.
        let style = Style::of(Weight::Bold, area.width * 9 / 50).down_to(area.width / 20);
        let block = fit(typefaces, word, style, area.width * 17 / 20, 1);
        marks.extend(block.lines.into_iter().map(|line| Mark::Stamp { line, area }));
        said = format!("{word}. {alternative}");
    }
    Node::Group(Role::Figure(said), vec![Node::Content(marks)])
}

/// Between a logo and the words on its left.
const BESIDE: Micrometres = 4 * MM;

/// A logo in the upper right corner of an area, as large as a box holds it, and what is free on its
/// left. Without one all is free.
pub fn cornered(
    logo: Option<&Logo>,
    area: Area,
    (most_width, most_height): (Micrometres, Micrometres),
) -> (Area, Option<Node>) {
    let Some(logo) = logo else { return (area, None) };
    let (width, height) = logo.image.size();
    let (width, height) = (Micrometres::from(width.max(1)), Micrometres::from(height.max(1)));
    let (as_wide, as_high) = (most_height * width / height, most_width * height / width);
    let (width, height) =
        if as_wide <= most_width { (as_wide, most_height) } else { (most_width, as_high) };
    let place = Area { x: area.right() - width, y: area.y, width, height };
    let picture = Mark::Picture { image: logo.image.clone(), area: place };
    let figure = Role::Figure(logo.alternative.clone());
    let free = Area { width: area.width - width - BESIDE, ..area };
    (free, Some(Node::Group(figure, vec![Node::Content(vec![picture])])))
}

/// Lines to cut along, exactly around an area.
pub fn cut_around(area: Area) -> Node {
    let (left, top, right, bottom) = (area.x, area.y, area.right(), area.bottom());
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    let sides = corners.iter().zip(corners.iter().skip(1));
    let cut = |(from, to): (&_, &_)| Mark::Cut { from: *from, to: *to, dashed: true };
    Node::Artifact(sides.map(cut).collect())
}
