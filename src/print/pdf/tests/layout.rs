//! Where things stand: nothing outside its paper, nothing over something else, nothing left out.
//! No rendering (`read`).

use super::fixture;
use crate::print::{
    pdf::{
        Format, Labels, Pass,
        contour::Contour,
        letters::Typefaces,
        plan::{Area, MM, Mark, Node, PAGE, Role, points},
        sheet,
    },
    qr::{Correction, Qr},
};

const FORMATS: [Format; 3] = [Format::Cards, Format::Quarters, Format::Pages];

/// The pages that are hardest: full, plain, stamped, in English, and far too long.
fn hard() -> Vec<(Labels, Pass)> {
    let mut longest_host = fixture::long(4);
    longest_host.1.host = "a".repeat(64);
    let (labels, long) = fixture::long(5);
    vec![
        (fixture::with_logo(fixture::french(), 240, 30), fixture::specimen(1)),
        (fixture::with_logo(labels, 96, 96), long),
        (fixture::french(), fixture::pass(1)),
        (fixture::french(), fixture::specimen(2)),
        (fixture::english(), fixture::in_english(3)),
        fixture::long(4),
        longest_host,
    ]
}

fn planned(labels: &Labels, format: Format, pass: &Pass) -> Vec<Node> {
    let page = vec![pass.clone(); format.a_page()];
    sheet::plan(&Typefaces::read().unwrap(), labels, format, &page).unwrap()
}

pub fn marks(nodes: &[Node]) -> Vec<&Mark> {
    let mut all = Vec::new();
    for node in nodes {
        match node {
            Node::Group(_, children) => all.extend(marks(children)),
            Node::Content(marks) | Node::Artifact(marks) => all.extend(marks),
        }
    }
    all
}

/// What a text or a QR covers: from the height of capitals to below the line.
fn covered(mark: &Mark) -> Option<Area> {
    match mark {
        Mark::Text { line, x, baseline } => {
            let (y, height) = (baseline - line.size * 7 / 10, line.size * 9 / 10);
            Some(Area { x: *x, y, width: line.width, height })
        }
        // The quiet zone stays clear as well.
        Mark::Qr { area, .. } | Mark::Picture { area, .. } => Some(*area),
        Mark::Cut { .. } | Mark::Filled { .. } | Mark::Stamp { .. } => None,
    }
}

/// All texts, one a line however many lines it is set in.
fn texts(nodes: &[Node]) -> String {
    let mut all = String::new();
    for mark in marks(nodes) {
        if let Mark::Text { line, .. } = mark {
            all.push_str(&line.text);
            if !line.text.ends_with(' ') {
                all.push('\n');
            }
        }
    }
    all
}

#[test]
fn nothing_stands_over_something_else_or_outside_the_part_that_is_kept() {
    for (labels, pass) in hard() {
        for format in FORMATS {
            let page = planned(&labels, format, &pass);
            let covered: Vec<Area> = marks(&page).into_iter().filter_map(covered).collect();
            assert!(covered.len() > 6);
            for (at, one) in covered.iter().enumerate() {
                let clear = format.places().iter().any(|place| {
                    let kept = place.inset(800);
                    one.x >= kept.x
                        && one.right() <= kept.right()
                        && one.y >= kept.y
                        && one.bottom() <= kept.bottom()
                });
                assert!(clear, "{format:?} {one:?}");
                for other in covered.iter().skip(at + 1) {
                    let apart = one.right() <= other.x
                        || other.right() <= one.x
                        || one.bottom() <= other.y
                        || other.bottom() <= one.y;
                    assert!(apart, "{format:?} {one:?} {other:?}");
                }
            }
        }
    }
}

#[test]
fn the_card_and_its_cutting_line_are_85_6_by_54_millimetres() {
    let page = planned(&fixture::french(), Format::Pages, &fixture::pass(1));
    let cuts: Vec<_> = marks(&page)
        .into_iter()
        .filter_map(|mark| match mark {
            Mark::Cut { from, to, dashed: true } => Some((*from, *to)),
            _ => None,
        })
        .collect();
    assert_eq!(cuts.len(), 8, "a card and a stub");
    let (left, top) = cuts[0].0;
    let (right, bottom) = cuts[1].1;
    assert_eq!((right - left, bottom - top), (85_600, 54 * MM));
    let inside: Vec<_> = marks(&page)
        .into_iter()
        .filter_map(covered)
        .filter(|area| area.y >= top && area.x < right)
        .collect();
    assert!(inside.len() >= 8, "{}", inside.len());
    for area in inside {
        assert!(area.x > left && area.right() < right && area.bottom() < bottom, "{area:?}");
    }
    assert_eq!(Format::Cards.places()[9].bottom(), PAGE.height - Format::Cards.places()[0].y);
}

#[test]
fn however_long_the_names_every_fact_begins_on_every_paper() {
    for (labels, pass) in hard() {
        for format in FORMATS {
            let shown = texts(&planned(&labels, format, &pass));
            let mut facts = vec![
                &labels.title,
                &labels.operator,
                &pass.programme,
                &pass.value,
                &pass.validity,
                &labels.code,
                &pass.manual_code,
                &labels.reference,
            ];
            if format == Format::Pages {
                facts.extend([&labels.help_heading, &labels.card_hint, &labels.stub_hint]);
                facts.extend(pass.venues.iter().take(3).map(|venue| &venue.name));
                facts.extend(pass.appointment.iter());
            }
            if format != Format::Cards {
                facts.extend([&labels.steps_heading, &labels.help]);
                facts.extend(&labels.steps);
            }
            for fact in facts {
                let head: String = fact.chars().take(9).collect();
                let head = head.trim_end();
                assert!(shown.contains(head), "{format:?} lacks {head}");
            }
            let copies = if format == Format::Pages { 3 } else { format.a_page() };
            let reference: String = pass.reference.chars().take(9).collect();
            assert!(shown.matches(&reference).count() >= copies, "{format:?}");
        }
    }
}

#[test]
fn what_is_to_be_read_on_a_page_is_12_points_or_more_and_never_under_7() {
    for (labels, pass) in hard() {
        for format in FORMATS {
            let page = planned(&labels, format, &pass);
            let card =
                |area: &Area| format == Format::Pages && area.y > 220 * MM && area.x < 100 * MM;
            for mark in marks(&page) {
                let (Mark::Text { line, .. }, Some(area)) = (mark, covered(mark)) else { continue };
                let least = match format {
                    Format::Pages if !card(&area) || line.text == labels.card_hint => 120,
                    Format::Quarters => 95,
                    _ => 75,
                };
                assert!(line.size >= points(least), "{format:?} {}", line.text);
            }
        }
    }
}

/// What is said in place of figures, and the roles in reading order.
fn roles(nodes: &[Node], found: &mut Vec<String>) {
    for node in nodes {
        if let Node::Group(role, children) = node {
            found.push(match role {
                Role::Section => "section".to_owned(),
                Role::Heading(level) => format!("heading {}", *level as u8 + 1),
                Role::Paragraph => "paragraph".to_owned(),
                Role::Figure(said) => format!("figure: {said}"),
                Role::List { .. } => "list".to_owned(),
                Role::Item => "item".to_owned(),
                Role::ItemLabel => "label".to_owned(),
                Role::ItemBody => "body".to_owned(),
                Role::Table => "table".to_owned(),
                Role::Row => "row".to_owned(),
                Role::HeadOfColumn => "head of a column".to_owned(),
                Role::HeadOfRow => "head of a row".to_owned(),
                Role::Cell => "cell".to_owned(),
            });
            roles(children, found);
        }
    }
}

#[test]
fn a_screen_reader_hears_headings_in_order_and_of_a_qr_no_code() {
    for (labels, pass) in hard() {
        for format in FORMATS {
            let mut found = Vec::new();
            roles(&planned(&labels, format, &pass), &mut found);
            let headings: Vec<_> = found.iter().filter(|role| role.starts_with("head")).collect();
            assert_eq!(headings[0], "heading 1");
            let figures = found.iter().filter(|role| role.starts_with("figure"));
            let (logos, figures): (Vec<_>, Vec<_>) =
                figures.partition(|said| said.ends_with(fixture::LOGO));
            let codes = if format == Format::Pages { 2 } else { format.a_page() };
            assert_eq!(figures.len(), codes);
            assert_eq!(logos.len(), if labels.logo.is_some() { codes } else { 0 });
            for figure in figures {
                assert!(figure.contains(&labels.qr_alternative));
                assert_eq!(figure.contains(&labels.specimen), pass.specimen);
                assert!(!figure.contains(&pass.manual_code) && !figure.contains(&pass.digits));
            }
        }
    }
}

#[test]
fn a_logo_keeps_its_shape_and_is_no_larger_than_its_place() {
    for (width, height) in [(240, 96), (240, 20), (20, 96), (1, 1)] {
        let labels = fixture::with_logo(fixture::french(), width, height);
        for (format, most) in FORMATS.into_iter().zip([(24, 8), (30, 12), (50, 18)]) {
            let page = planned(&labels, format, &fixture::pass(1));
            let shown = marks(&page).into_iter().find_map(|mark| match mark {
                Mark::Picture { area, .. } => Some(*area),
                _ => None,
            });
            let area = shown.unwrap();
            assert!(area.width <= most.0 * MM && area.height <= most.1 * MM, "{area:?}");
            assert!(area.width == most.0 * MM || area.height == most.1 * MM, "{area:?}");
            let off = area.width * i64::from(height) - area.height * i64::from(width);
            assert!(off.abs() <= i64::from(width.max(height)), "{area:?}");
        }
    }
}

#[test]
fn the_outline_of_a_qr_fills_to_exactly_its_dark_modules() {
    for (number, correction) in [(1, Correction::M), (2, Correction::Q), (3, Correction::H)] {
        let qr = Qr::at(fixture::HOST, &fixture::digits(number), correction).unwrap();
        let contour = Contour::of(&qr);
        assert_eq!(u32::from(contour.side), qr.side());
        // Upright edges, from left to right: a module is dark after an odd number of them.
        let mut upright = Vec::new();
        for polygon in &contour.polygons {
            let next = polygon.iter().cycle().skip(1);
            for (from, to) in polygon.iter().zip(next) {
                assert!((from.0 == to.0) != (from.1 == to.1), "edges are straight");
                if from.0 == to.0 {
                    upright.push((from.0, from.1.min(to.1), from.1.max(to.1)));
                }
            }
        }
        for (x, y) in (0..contour.side).flat_map(|y| (0..contour.side).map(move |x| (x, y))) {
            let left = upright.iter().filter(|(at, top, end)| *at <= x && *top <= y && y < *end);
            assert_eq!(left.count() % 2 == 1, qr.is_dark(x.into(), y.into()), "{x} {y}");
        }
    }
}
