//! Disputes: what an organisation holds to be wrong, and what somebody else answered.
//! No holds: a funder's question before a payment is one of `holds`.

use serde_json::json;

use super::{
    events,
    field::{Choice, Field, Kind},
    section::{Action, Desk, Line, Section, Shown, calls, nothing, text},
    settlements::{organisation, programme},
};
use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        calendar::{Instant, Zone},
        dispute::{About, DisputeState, Subject},
        ids::ProgrammeId,
        view::{DisputeView, Filter},
    },
    http::v1::disputes,
};

pub static SECTION: Section = Section {
    code: "disputes",
    read: Verb::DisputeRead,
    columns: &[
        text("dispute-opened-at"),
        text("organisation"),
        text("dispute-about"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::DisputeOpen,
            grave: false,
            fields: anything,
            call: calls!(new disputes::create_dispute),
        },
        Action {
            code: "decision",
            verb: Verb::DisputeDecide,
            grave: false,
            fields: decision,
            call: calls!(one disputes::decide_dispute),
        },
        Action {
            code: "withdrawal",
            verb: Verb::DisputeOpen,
            grave: false,
            fields: nothing,
            call: calls!(bare disputes::withdraw_dispute),
        },
    ],
};

/// Moments are told in the time of the programme.
fn moment(desk: &Desk<'_>, programme: ProgrammeId, at: Instant) -> Result<String, Fault> {
    let programme = desk.service.database().programme(programme)?;
    let zone = programme.map_or_else(Zone::paris, |programme| programme.terms.time_zone);
    Ok(desk.say.moment(at, &zone))
}

fn state(desk: &Desk<'_>, row: &DisputeView) -> String {
    desk.say.t(&format!("dispute-{}", row.state.code()))
}

fn about(desk: &Desk<'_>, row: &DisputeView) -> String {
    desk.say.t(&format!("dispute-about-{}", row.about.code()))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().disputes(filter)?;
    let line = |row: &DisputeView| {
        let cells = vec![
            moment(desk, row.programme, row.opened_at)?,
            organisation(desk, row.organisation)?,
            about(desk, row),
            state(desk, row),
        ];
        Ok(Line::of(row, cells))
    };
    rows.iter().map(line).collect()
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().disputes(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let opened = moment(desk, row.programme, row.opened_at)?;
    let mut facts = vec![
        ("state", state(desk, &row)),
        ("dispute-about", about(desk, &row)),
        ("organisation", organisation(desk, row.organisation)?),
        ("programme", programme(desk, row.programme)?),
        ("dispute-opened-at", opened.clone()),
        ("dispute-reason", row.reason.clone().unwrap_or_default()),
    ];
    if let Some(evidence) = row.evidence.clone() {
        facts.push(("dispute-evidence", evidence));
    }
    // Who works where is not for everybody.
    let names = desk.may(Verb::AuditRead);
    if let Some(decided) = row.decided_at {
        facts.push(("decided-at", moment(desk, row.programme, decided)?));
        if names && row.decided_by.is_some() {
            facts.push(("decided-by", events::whom(desk, row.decided_by)?));
        }
    }
    facts.extend(row.note.clone().map(|note| ("note", note)));
    facts.extend(row.correction.map(|seq| ("dispute-correction", seq.to_string())));
    let title = format!("{}, {opened}", about(desk, &row));
    let mut shown = Shown::new(title, facts);
    shown.links.extend(subject(desk, filter, &row)?);
    let open = row.state == DisputeState::Open;
    let offered: &[&str] = if open { &["decision", "withdrawal"] } else { &[] };
    Ok(Some(shown.offering(offered)))
}

/// The page of what it is about, where whoever looks may see it.
fn subject(
    desk: &Desk<'_>,
    filter: &Filter,
    row: &DisputeView,
) -> Result<Option<(&'static str, String)>, Fault> {
    let Some(number) = row.subject else { return Ok(None) };
    let one = Filter::one(filter.within, number.0);
    let (section, there) = match row.about {
        About::Redemption => ("redemptions", true),
        About::Conflict => ("conflicts", true),
        About::Payment => ("payments", true),
        About::Statement => ("statements", !desk.service.database().statements(&one)?.is_empty()),
        About::Missing => return Ok(None),
    };
    Ok(there.then(|| ("dispute-see", format!("/{section}/{number}"))))
}

/// Whatever it is, by the number that its page shows.
fn anything(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let choice = |about: About| -> Choice {
        (about.code().to_owned(), desk.say.t(&format!("dispute-about-{}", about.code())))
    };
    let own = crate::domain::access::within(desk.role, Verb::ProgrammeRead);
    let mut programmes: Vec<Choice> = vec![("null".to_owned(), desk.say.t("dispute-known"))];
    if let Some(own) = own {
        let all = Filter { limit: MOST, ..Filter::of(own) };
        for row in desk.service.database().programmes(&all)? {
            programmes.push((json!(row.id).to_string(), row.name));
        }
    }
    let mut fields = vec![
        Field::at("about", "dispute-about", Kind::Choice(About::ALL.map(choice).to_vec())),
        Field::at("subject", "dispute-subject", Kind::Maybe),
        Field::at("programme", "dispute-programme", Kind::Json(programmes)),
    ];
    fields.extend(words());
    Ok(fields)
}

/// Programmes that can be chosen.
const MOST: u32 = 200;

fn words() -> [Field; 2] {
    [
        Field::at("reason", "dispute-reason", Kind::Text),
        Field::at("evidence", "dispute-evidence", Kind::Maybe),
    ]
}

/// The fields of a dispute about the thing on whose page it is asked for.
pub fn about_this(about: About, one: Option<&Filter>) -> Vec<Field> {
    let number = one.and_then(|filter| filter.id).unwrap_or_default();
    let mut fields = vec![
        Field::new("about", Kind::Fixed(json!(about))),
        Field::new("subject", Kind::Fixed(json!(number.to_string()))),
    ];
    fields.extend(words());
    fields
}

fn decision(desk: &Desk<'_>, one: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let choice = |value: bool, key: &str| -> Choice { (json!(value).to_string(), desk.say.t(key)) };
    let choices = vec![choice(true, "dispute-uphold"), choice(false, "dispute-dismiss")];
    let upheld = Field::at("upheld", "dispute-upheld", Kind::Json(choices));
    let mut fields = vec![upheld, Field::new("note", Kind::Text)];
    let rows = match one {
        Some(one) => desk.service.database().disputes(one)?,
        None => Vec::new(),
    };
    let subject = rows.first().and_then(|row| Subject::of(row.about, row.subject));
    // A decision is put right by what the answer does; of figures somebody may say how.
    if subject.is_some_and(|subject| !subject.decided()) {
        fields.push(Field::at("correction", "dispute-correction", Kind::Maybe));
    }
    Ok(fields)
}
