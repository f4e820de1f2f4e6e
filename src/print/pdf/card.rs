//! A card of 85.6 by 54 mm (ISO/IEC 7810 ID-1) that goes into a wallet.
//! No page around it: `pass` has one card, `sheet` many.

use super::{
    codes::Code,
    letters::{Typefaces, Weight},
    plan::{Area, Column, Level, MM, Micrometres, Node, Role, cornered, figure, points},
    values::{Labels, Pass},
    wrap::Style,
};

pub const WIDTH: Micrometres = 85_600;
pub const HEIGHT: Micrometres = 54 * MM;
const MARGIN: Micrometres = 3_000;
/// What is above the QR, and below it.
const HEAD: Micrometres = 8_700;
const FOOT: Micrometres = 7_240;
/// What the logo has at most.
const LOGO: (Micrometres, Micrometres) = (24 * MM, 8 * MM);

/// Where the card stands, and whether it has a heading of its own.
pub fn card(
    typefaces: &Typefaces,
    labels: &Labels,
    pass: &Pass,
    code: Code,
    area: Area,
    heading: bool,
) -> Node {
    let inner = area.inset(MARGIN);
    let mut nodes = Vec::new();

    let (beside, logo) = cornered(labels.logo.as_ref(), inner, LOGO);
    let mut head = Column::new(typefaces, Area { height: HEAD, ..beside });
    let role = if heading { Role::Heading(Level::First) } else { Role::Paragraph };
    head.text(role, &labels.title, Style::of(Weight::Bold, points(115)).down_to(points(90)), 1);
    let small = Style::of(Weight::Regular, points(82)).down_to(points(75));
    head.text(Role::Paragraph, &labels.operator, small, 1);
    nodes.append(&mut head.nodes);
    nodes.extend(logo);

    let free = Area { y: inner.y + HEAD, height: inner.height - HEAD - FOOT, ..inner };
    let quiet = code.quiet();
    // A QR of 33 mm, the largest, just fits between the letters above and below.
    let y = free.y + ((free.height - code.side) / 2).max(-MM / 6);
    let qr = code.area(inner.x, y);
    let stamp = pass.specimen.then_some(labels.specimen.as_str());
    nodes.push(figure(typefaces, code.into_contour(), qr, &labels.qr_alternative, stamp));

    let left = qr.right() - quiet + 3_500;
    let words = Area { x: left, width: inner.right() - left, ..free };
    let mut words = Column::new(typefaces, words);
    words.skip(600);
    let value = Style::of(Weight::Bold, points(200)).down_to(points(120));
    words.text(Role::Paragraph, &pass.value, value, 1);
    let validity = Style::of(Weight::Regular, points(100)).down_to(points(85));
    words.text(Role::Paragraph, &pass.validity, validity, 2);
    words.skip(1_400);
    words.text(Role::Paragraph, &labels.code, small, 2);
    let typed = Style::of(Weight::Bold, points(140)).down_to(points(90));
    words.text(Role::Paragraph, &pass.manual_code, typed, 1);
    nodes.append(&mut words.nodes);

    let foot = Area { y: inner.bottom() - FOOT, height: FOOT, ..inner };
    let mut foot = Column::new(typefaces, foot);
    let reference = format!("{} {}", labels.reference, pass.reference);
    foot.text(Role::Paragraph, &reference, small, 1);
    foot.text(Role::Paragraph, &pass.programme, small, 1);
    nodes.append(&mut foot.nodes);
    Node::Group(Role::Section, nodes)
}
