//! Planned pages as a tagged PDF (PDF/UA-1, ISO 14289-1), written with krilla.
//! No layout: every place and size comes with the plan.

#![expect(
    clippy::float_arithmetic,
    reason = "PDF counts in points, as floating-point numbers; the layout is whole before"
)]

use std::num::NonZeroU16;

use krilla::{
    Document, SerializeSettings,
    color::luma,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    error::KrillaError,
    geom::{Path, PathBuilder, Point, Rect, Size, Transform},
    image::Image,
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, BBox, ContentTag, ListNumbering, SpanTag, TableHeaderScope, Tag,
        TagGroup, TagKind, TagTree,
    },
    text::{GlyphId, KrillaGlyph},
};

use super::{
    contour::Contour,
    letters::{Line, Typefaces},
    plan::{Area, Level, Mark, Micrometres, Node, Role},
    values::PdfFailure,
};

/// What a document says of itself.
pub struct Front<'a> {
    pub title: &'a str,
    pub operator: &'a str,
    pub language: &'a str,
}

/// A PDF that pages are added to.
pub struct Painting<'a> {
    typefaces: &'a Typefaces,
    document: Document,
    tree: TagTree,
    outline: Outline,
    pages: usize,
}

impl<'a> Painting<'a> {
    /// # Errors
    /// `Writing`, which the tests rule out.
    pub fn new(typefaces: &'a Typefaces, front: &Front<'_>) -> Result<Self, PdfFailure> {
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| PdfFailure::Writing)?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        // No date and no random id: the same passes give the same bytes.
        let metadata = Metadata::new()
            .title(front.title.to_owned())
            .authors(vec![front.operator.to_owned()])
            .language(front.language.to_owned());
        document.set_metadata(metadata);
        let tree = TagTree::new().with_lang(Some(front.language.to_owned()));
        Ok(Self { typefaces, document, tree, outline: Outline::new(), pages: 0 })
    }

    /// Adds a page of a size, and its entry in the outline.
    ///
    /// # Errors
    /// `Writing`, which the tests rule out.
    pub fn page(&mut self, paper: Area, nodes: Vec<Node>, name: String) -> Result<(), PdfFailure> {
        let settings = PageSettings::from_wh(in_points(paper.width), in_points(paper.height));
        let mut page = self.document.start_page_with(settings.ok_or(PdfFailure::Writing)?);
        let mut surface = page.surface();
        let mut brush =
            Brush { typefaces: self.typefaces, surface: &mut surface, page: self.pages };
        for node in nodes {
            if let Some(node) = brush.node(node) {
                self.tree.push(node);
            }
        }
        surface.finish();
        page.finish();
        let top = XyzDestination::new(self.pages, Point::from_xy(0.0, 0.0));
        self.outline.push_child(OutlineNode::new(name, top));
        self.pages += 1;
        Ok(())
    }

    /// # Errors
    /// `Inaccessible` when a label is empty that PDF/UA wants.
    pub fn finish(mut self) -> Result<Vec<u8>, PdfFailure> {
        self.document.set_outline(self.outline);
        self.document.set_tag_tree(self.tree);
        self.document.finish().map_err(|error| match error {
            KrillaError::Validation(_) => PdfFailure::Inaccessible,
            _ => PdfFailure::Writing,
        })
    }
}

/// Draws on one page.
struct Brush<'a, 'b> {
    typefaces: &'a Typefaces,
    surface: &'a mut Surface<'b>,
    page: usize,
}

impl Brush<'_, '_> {
    /// Draws a node, and gives its place in the structure.
    fn node(&mut self, node: Node) -> Option<krilla::tagging::Node> {
        match node {
            Node::Group(role, children) => {
                let tag = tag(role, self.page, &children);
                let children = children.into_iter().filter_map(|child| self.node(child)).collect();
                Some(TagGroup::with_children(tag, children).into())
            }
            Node::Content(marks) => {
                let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.marks(&marks);
                self.surface.end_tagged();
                Some(identifier.into())
            }
            Node::Artifact(marks) => {
                let cutting = Artifact::with_kind(ArtifactType::Page);
                self.surface.start_tagged(ContentTag::Artifact(cutting));
                self.marks(&marks);
                self.surface.end_tagged();
                None
            }
        }
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.mark(mark);
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { line, x, baseline } => {
                self.text(line, Point::from_xy(in_points(*x), in_points(*baseline)));
            }
            Mark::Qr { contour, area } => self.qr(contour, *area),
            Mark::Picture { image, area } => self.picture(image, *area),
            Mark::Cut { from, to, dashed } => self.cut(*from, *to, *dashed),
            Mark::Filled { area, lightness } => {
                let corners = [area.x, area.y, area.right(), area.bottom()].map(in_points);
                let [left, top, right, bottom] = corners;
                // One without a height is not drawn.
                let Some(path) = rectangle(left, top, right, bottom) else { return };
                self.fill(*lightness, FillRule::NonZero);
                self.surface.draw_path(&path);
            }
            Mark::Stamp { line, area } => self.stamp(line, *area),
        }
    }

    fn text(&mut self, line: &Line, at: Point) {
        let em = f32::from(self.typefaces.units_per_em());
        let share = |units: i32| float(i64::from(units)) / em;
        let glyph = |glyph: &super::letters::LineGlyph| {
            KrillaGlyph::new(
                GlyphId::new(glyph.id),
                share(glyph.advance),
                share(glyph.x_offset),
                share(glyph.y_offset),
                0.0,
                glyph.from..glyph.to,
                None,
            )
        };
        let glyphs: Vec<_> = line.glyphs.iter().map(glyph).collect();
        let font = self.typefaces.font(line.weight);
        self.fill(0, FillRule::NonZero);
        self.surface.draw_glyphs(at, &glyphs, font, &line.text, in_points(line.size), false);
    }

    /// One path for all modules, filled once: no seams between them at any resolution.
    fn qr(&mut self, contour: &Contour, area: Area) {
        let mut path = PathBuilder::new();
        for polygon in &contour.polygons {
            let mut corners = polygon.iter().map(|(x, y)| (f32::from(*x), f32::from(*y)));
            if let Some((x, y)) = corners.next() {
                path.move_to(x, y);
                corners.for_each(|(x, y)| path.line_to(x, y));
                path.close();
            }
        }
        let Some(path) = path.finish() else { return };
        let module = in_points(area.width) / f32::from(contour.side);
        let place =
            Transform::from_row(module, 0.0, 0.0, module, in_points(area.x), in_points(area.y));
        self.surface.push_transform(&place);
        self.fill(0, FillRule::EvenOdd);
        self.surface.draw_path(&path);
        self.surface.pop();
    }

    fn picture(&mut self, image: &Image, area: Area) {
        let size = Size::from_wh(in_points(area.width), in_points(area.height));
        // One without a height is not drawn.
        let Some(size) = size else { return };
        let place = Transform::from_translate(in_points(area.x), in_points(area.y));
        self.surface.push_transform(&place);
        self.surface.draw_image(image.clone(), size);
        self.surface.pop();
    }

    fn cut(
        &mut self,
        from: (Micrometres, Micrometres),
        to: (Micrometres, Micrometres),
        dashed: bool,
    ) {
        let mut path = PathBuilder::new();
        path.move_to(in_points(from.0), in_points(from.1));
        path.line_to(in_points(to.0), in_points(to.1));
        let Some(path) = path.finish() else { return };
        let dash = dashed.then(|| StrokeDash { array: vec![4.0, 3.0], offset: 0.0 });
        self.stroke(if dashed { 0.75 } else { 0.5 }, dash);
        self.surface.draw_path(&path);
    }

    /// A white band with a black edge from the lower left to the upper right of an area.
    fn stamp(&mut self, line: &Line, area: Area) {
        let (width, size) = (in_points(line.width), in_points(line.size));
        let (half, high) = (in_points(area.width) * 0.46, size * 0.62);
        let middle = |from: Micrometres, length: Micrometres| in_points(from + length / 2);
        // 30 degrees to the left.
        let (cosine, sine) = (0.866_025_4, 0.5);
        let place = Transform::from_row(
            cosine,
            -sine,
            sine,
            cosine,
            middle(area.x, area.width),
            middle(area.y, area.height),
        );
        let Some(band) = rectangle(-half, -high, half, high) else { return };
        self.surface.push_transform(&place);
        self.fill(255, FillRule::NonZero);
        self.surface.set_stroke(Some(Stroke { width: 1.0, ..Stroke::default() }));
        self.surface.draw_path(&band);
        // Capitals are two thirds of the em high.
        self.text(line, Point::from_xy(-width / 2.0, size / 3.0));
        self.surface.pop();
    }

    fn fill(&mut self, lightness: u8, rule: FillRule) {
        let paint = luma::Color::new(lightness).into();
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule }));
        self.surface.set_stroke(None);
    }

    fn stroke(&mut self, width: f32, dash: Option<StrokeDash>) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { width, dash, ..Stroke::default() }));
    }
}

fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_ltrb(left, top, right, bottom)?);
    path.finish()
}

fn tag(role: Role, page: usize, children: &[Node]) -> TagKind {
    match role {
        Role::Section => Tag::Section.into(),
        Role::Heading(level) => {
            let level = if level == Level::First { NonZeroU16::MIN } else { SECOND };
            Tag::Hn(level, Some(words_of(children))).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::Figure(alternative) => {
            let place = area_of(children).and_then(in_rect).map(|rect| BBox::new(page, rect));
            Tag::Figure(Some(alternative)).with_bbox(place).into()
        }
        Role::List { numbered } => {
            let numbering = if numbered { ListNumbering::Decimal } else { ListNumbering::None };
            Tag::L(numbering).into()
        }
        Role::Item => Tag::LI.into(),
        Role::ItemLabel => Tag::Lbl.into(),
        Role::ItemBody => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::HeadOfColumn => Tag::TH(TableHeaderScope::Column).into(),
        Role::HeadOfRow => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}

/// The text of a heading, which PDF/UA wants as its title too.
fn words_of(nodes: &[Node]) -> String {
    let lines = nodes.iter().flat_map(Node::lines);
    lines.map(|line| line.text.as_str()).collect()
}

const SECOND: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);

/// Where the QR or the picture among some marks stands, or the ground of a chart.
fn area_of(nodes: &[Node]) -> Option<Area> {
    nodes.iter().flat_map(Node::marks).find_map(|mark| match mark {
        Mark::Qr { area, .. } | Mark::Picture { area, .. } | Mark::Filled { area, .. } => {
            Some(*area)
        }
        _ => None,
    })
}

fn in_rect(area: Area) -> Option<Rect> {
    let [left, top, right, bottom] = [area.x, area.y, area.right(), area.bottom()].map(in_points);
    Rect::from_ltrb(left, top, right, bottom)
}

/// 1/72 inch.
fn in_points(length: Micrometres) -> f32 {
    float(length) * 72.0 / 25_400.0
}

/// Exact: lengths on a page are below 2^24 micrometres.
#[expect(clippy::cast_precision_loss, reason = "below 2^24, as every length on a page is")]
const fn float(whole: i64) -> f32 {
    whole as f32
}
