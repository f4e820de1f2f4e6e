//! A pass on a quarter of a page (A6): the QR, what it is worth, what to do.
//! No page around it (`sheet`).

use super::{
    codes::Code,
    letters::{Typefaces, Weight},
    plan::{Area, Column, Level, MM, Micrometres, Node, Role, cornered, figure, points},
    values::{Labels, Pass},
    wrap::{Style, leading},
};

pub const WIDTH: Micrometres = 105 * MM;
pub const HEIGHT: Micrometres = 148_500;
const MARGIN: Micrometres = 9 * MM;
/// What the logo has at most.
const LOGO: (Micrometres, Micrometres) = (30 * MM, 12 * MM);

pub fn quarter(
    typefaces: &Typefaces,
    labels: &Labels,
    pass: &Pass,
    code: Code,
    area: Area,
) -> Node {
    let inner = area.inset(MARGIN);
    let body = Style::of(Weight::Regular, points(105)).down_to(points(95));
    let (beside, logo) = cornered(labels.logo.as_ref(), inner, LOGO);
    let mut head = Column::new(typefaces, beside);
    let title = Style::of(Weight::Bold, points(190)).down_to(points(140));
    head.text(Role::Heading(Level::First), &labels.title, title, 1);
    head.text(Role::Paragraph, &labels.operator, body, 2);
    let mut column = Column::new(typefaces, inner);
    column.skip(inner.height - head.free().height);
    column.nodes.append(&mut head.nodes);
    column.nodes.extend(logo);
    column.text(Role::Paragraph, &pass.programme, body, 1);
    column.skip(4 * MM);

    let (quiet, free) = (code.quiet(), column.free());
    let qr = code.area(free.x, free.y - quiet);
    let stamp = pass.specimen.then_some(labels.specimen.as_str());
    column.nodes.push(figure(typefaces, code.into_contour(), qr, &labels.qr_alternative, stamp));
    let left = qr.right() - quiet + 5 * MM;
    let height = qr.height - 2 * quiet;
    let beside = Area { x: left, width: inner.right() - left, height, ..free };
    let mut words = Column::new(typefaces, beside);
    let value = Style::of(Weight::Bold, points(280)).down_to(points(140));
    words.text(Role::Paragraph, &pass.value, value, 2);
    words.skip(MM);
    let validity = Style::of(Weight::Bold, points(120)).down_to(points(100));
    words.text(Role::Paragraph, &pass.validity, validity, 3);
    column.nodes.append(&mut words.nodes);

    column.skip(height + 5 * MM);
    column.text(Role::Paragraph, &labels.code, body, 1);
    let typed = Style::of(Weight::Bold, points(200)).down_to(points(120));
    column.text(Role::Paragraph, &pass.manual_code, typed, 1);
    let reference = format!("{} {}", labels.reference, pass.reference);
    column.text(Role::Paragraph, &reference, body, 1);
    column.skip(3 * MM);
    if !labels.steps.is_empty() {
        let heading = Style::of(Weight::Bold, points(125)).down_to(points(105));
        column.text(Role::Heading(Level::Second), &labels.steps_heading, heading, 1);
        column.skip(MM / 2);
        let help = leading(body.size) * 2 + 2 * MM;
        let mut steps =
            Column::new(typefaces, Area { height: column.free().height - help, ..column.free() });
        steps.steps(&labels.steps, body, 2, MM / 2);
        column.skip(column.free().height - help - steps.free().height + 2 * MM);
        column.nodes.append(&mut steps.nodes);
    }
    column.text(Role::Paragraph, &labels.help, body, 2);
    Node::Group(Role::Section, column.nodes)
}
