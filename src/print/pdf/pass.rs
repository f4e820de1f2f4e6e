//! A pass on a page of its own: the QR, what it is worth, what to do, where to go, a card to cut.
//! No sentence of its own, and no bytes (`paint`).

use super::{
    card,
    codes::{Code, LARGE_MM, SMALL_MM},
    letters::{Typefaces, Weight},
    plan::{
        Area, Column, Level, MM, Micrometres, Node, Role, cornered, cut_around, figure, points,
    },
    values::{Labels, Pass, PdfFailure, Venue},
    wrap::{Style, leading},
};

const INNER: Area = Area { x: 15 * MM, y: 12 * MM, width: 180 * MM, height: 271 * MM };
/// Nothing on the page that is to be read is smaller than 12 points; the card is.
const BODY: Style = Style::of(Weight::Regular, points(125)).down_to(points(120));
const STRONG: Style = Style::of(Weight::Bold, points(125)).down_to(points(120));
const HEADING: Style = Style::of(Weight::Bold, points(160)).down_to(points(130));
/// How far the large words beside the QR begin above it.
const RISE: Micrometres = 4 * MM;
const GAP: Micrometres = 6 * MM;
/// What the logo has at most.
const LOGO: (Micrometres, Micrometres) = (50 * MM, 18 * MM);
const BETWEEN_COLUMNS: Micrometres = 9 * MM;
/// The card and the stub, and the words over them.
const TO_CUT: Micrometres = card::HEIGHT + 8 * MM;
const HELP: Micrometres = 21 * MM;
const BETWEEN_VENUES: Micrometres = 1_800;
/// The nearest venues that are printed at most.
const VENUES: usize = 3;

/// # Errors
/// As for its QR.
pub fn page(typefaces: &Typefaces, labels: &Labels, pass: &Pass) -> Result<Vec<Node>, PdfFailure> {
    let inner = INNER;
    let mut whole = Column::new(typefaces, inner);
    head(typefaces, &mut whole, labels, pass);
    whole.skip(GAP);
    let mut nodes = whole.nodes.split_off(0);

    let code = Code::of(pass, LARGE_MM)?;
    let below = whole.free().y + code.side - 2 * code.quiet() + GAP;
    nodes.append(&mut worth(typefaces, labels, pass, code, whole.free()));

    let cut = inner.bottom() - TO_CUT;
    let help = cut - HELP;
    let middle = Area { y: below, height: help - GAP - below, ..inner };
    nodes.append(&mut steps_and_places(typefaces, labels, pass, middle));

    let mut words = Column::new(typefaces, Area { y: help, height: HELP, ..inner });
    words.text(Role::Heading(Level::Second), &labels.help_heading, HEADING, 1);
    words.skip(MM / 2);
    words.text(Role::Paragraph, &labels.help, BODY, 2);
    nodes.append(&mut words.nodes);

    let code = Code::of(pass, SMALL_MM)?;
    nodes.append(&mut to_cut(
        typefaces,
        labels,
        pass,
        code,
        Area { y: cut, height: TO_CUT, ..inner },
    ));
    Ok(nodes)
}

/// Title, operator with its logo, programme.
fn head(typefaces: &Typefaces, whole: &mut Column<'_>, labels: &Labels, pass: &Pass) {
    let area = whole.free();
    let (beside, logo) = cornered(labels.logo.as_ref(), area, LOGO);
    let mut words = Column::new(typefaces, beside);
    let title = Style::of(Weight::Bold, points(300)).down_to(points(200));
    words.text(Role::Heading(Level::First), &labels.title, title, 1);
    words.skip(MM);
    words.text(Role::Paragraph, &labels.operator, STRONG, 2);
    whole.skip(area.height - words.free().height);
    whole.nodes.append(&mut words.nodes);
    whole.nodes.extend(logo);
    whole.text(Role::Paragraph, &pass.programme, BODY, 2);
}

/// The QR, and beside it what it is worth and its codes.
fn worth(typefaces: &Typefaces, labels: &Labels, pass: &Pass, code: Code, area: Area) -> Vec<Node> {
    let (side, quiet) = (code.side, code.quiet());
    let qr = code.area(area.x, area.y - quiet);
    let stamp = pass.specimen.then_some(labels.specimen.as_str());
    let mut nodes = vec![figure(typefaces, code.into_contour(), qr, &labels.qr_alternative, stamp)];
    let left = qr.right() - quiet + 8 * MM;
    // The top of its capitals is level with the top of the QR.
    let y = area.y - RISE;
    let height = RISE + side - quiet;
    let beside = Area { x: left, y, width: area.right() - left, height };
    let mut words = Column::new(typefaces, beside);
    let value = Style::of(Weight::Bold, points(380)).down_to(points(240));
    words.text(Role::Paragraph, &pass.value, value, 1);
    let validity = Style::of(Weight::Bold, points(150)).down_to(points(120));
    words.text(Role::Paragraph, &pass.validity, validity, 2);
    words.skip(MM);
    words.text(Role::Paragraph, &labels.code, BODY, 1);
    let typed = Style::of(Weight::Bold, points(240)).down_to(points(140));
    words.text(Role::Paragraph, &pass.manual_code, typed, 1);
    words.skip(MM / 2);
    words.text(Role::Paragraph, &reference(labels, pass), BODY, 1);
    nodes.append(&mut words.nodes);
    nodes
}

fn reference(labels: &Labels, pass: &Pass) -> String {
    format!("{} {}", labels.reference, pass.reference)
}

/// What to do, and on its right where to go; without places, what to do takes all the width.
fn steps_and_places(typefaces: &Typefaces, labels: &Labels, pass: &Pass, area: Area) -> Vec<Node> {
    let places = pass.appointment.is_some() || !pass.venues.is_empty();
    let half = (area.width - BETWEEN_COLUMNS) / 2;
    let width = if places { half } else { area.width };
    let mut left = Column::new(typefaces, Area { width, ..area });
    if !labels.steps.is_empty() {
        left.text(Role::Heading(Level::Second), &labels.steps_heading, HEADING, 1);
        left.skip(MM);
        let larger = Style::of(Weight::Regular, points(145)).down_to(BODY.smallest);
        left.steps(&labels.steps, if places { BODY } else { larger }, 3, 1_500);
    }
    let x = area.right() - half;
    let mut right = Column::new(typefaces, Area { x, width: half, ..area });
    if let Some(appointment) = &pass.appointment {
        right.text(Role::Heading(Level::Second), &labels.appointment_heading, HEADING, 1);
        right.skip(MM);
        right.text(Role::Paragraph, appointment, STRONG, 3);
        right.skip(3 * MM);
    }
    if !pass.venues.is_empty() {
        right.text(Role::Heading(Level::Second), &labels.venues_heading, HEADING, 1);
        right.skip(MM);
        venues(typefaces, &mut right, &pass.venues);
    }
    left.nodes.append(&mut right.nodes);
    left.nodes
}

/// The nearest venues, each with its share of the height: a long name does not push out the next.
fn venues(typefaces: &Typefaces, column: &mut Column<'_>, venues: &[Venue]) {
    let count = venues.len().min(VENUES);
    let gaps = i64::try_from(count).unwrap_or(0) * BETWEEN_VENUES;
    let room = (column.free().height - gaps).checked_div(leading(BODY.size)).unwrap_or(0);
    let mut room = usize::try_from(room).unwrap_or(0);
    // The nearest takes what it needs, but leaves the others three lines each, or what there is.
    let least = room.checked_div(count).unwrap_or(0).min(3);
    let mut items = Vec::new();
    for (at, venue) in venues.iter().take(VENUES).enumerate() {
        let mut lines = room.saturating_sub(least * (count - at - 1));
        let mut place = Column::new(typefaces, column.free());
        let address = match &venue.distance {
            Some(distance) => format!("{} · {}", venue.address, distance.replace(' ', "\u{a0}")),
            None => venue.address.clone(),
        };
        let hours = venue.hours.as_deref().unwrap_or_default();
        // The name first; each text leaves a line for those that follow.
        for (text, style, after) in
            [(&*venue.name, STRONG, 2), (&address, BODY, 1), (hours, BODY, 0)]
        {
            let most = lines.saturating_sub(after).clamp(lines.min(1), 2);
            let before = place.nodes.len();
            place.text(Role::Paragraph, text, style, most);
            let used: usize = place.nodes.iter().skip(before).map(Node::height_in_lines).sum();
            lines = lines.saturating_sub(used);
            room = room.saturating_sub(used);
        }
        column.skip(column.free().height - place.free().height + BETWEEN_VENUES);
        items.push(Node::Group(Role::Item, vec![Node::Group(Role::ItemBody, place.nodes)]));
    }
    column.nodes.push(Node::Group(Role::List { numbered: false }, items));
}

/// The card for the wallet, and the stub that whoever hands the pass out keeps.
fn to_cut(
    typefaces: &Typefaces,
    labels: &Labels,
    pass: &Pass,
    code: Code,
    area: Area,
) -> Vec<Node> {
    let at =
        |x| Area { x, y: area.bottom() - card::HEIGHT, width: card::WIDTH, height: card::HEIGHT };
    let (card_area, stub_area) = (at(area.x), at(area.right() - card::WIDTH));
    let hint = |x, words: &str| {
        let mut column = Column::new(typefaces, Area { x, width: card::WIDTH, ..area });
        column.text(Role::Heading(Level::Second), words, STRONG, 1);
        column.nodes
    };
    let mut nodes = hint(card_area.x, &labels.card_hint);
    nodes.push(card::card(typefaces, labels, pass, code, card_area, false));
    nodes.push(cut_around(card_area));
    nodes.append(&mut hint(stub_area.x, &labels.stub_hint));
    nodes.push(stub(typefaces, labels, pass, stub_area));
    nodes.push(cut_around(stub_area));
    nodes
}

/// What finds a lost pass, and redeems nothing.
fn stub(typefaces: &Typefaces, labels: &Labels, pass: &Pass, area: Area) -> Node {
    let mut column = Column::new(typefaces, area.inset(4 * MM));
    column.text(Role::Paragraph, &labels.reference, BODY, 1);
    let large = Style::of(Weight::Bold, points(220)).down_to(points(120));
    column.text(Role::Paragraph, &pass.reference, large, 1);
    column.skip(2 * MM);
    column.text(Role::Paragraph, &pass.value, STRONG, 1);
    column.text(Role::Paragraph, &pass.validity, BODY, 2);
    column.text(Role::Paragraph, &pass.programme, BODY, 2);
    Node::Group(Role::Section, column.nodes)
}
