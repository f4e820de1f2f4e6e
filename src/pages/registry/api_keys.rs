//! API keys for software of venues and issuers.
//! No making of secrets: the API has it.

use super::{
    field::{Field, Kind},
    people,
    section::{Action, Desk, Line, Section, Shown, calls, nothing, text},
    users,
};
use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        calendar::{Instant, Zone},
        view::{ApiKeyView, Filter},
    },
    http::v1::api_keys,
};

const USUAL_LIFE_S: i64 = 365 * 86_400;

pub static SECTION: Section = Section {
    code: "api-keys",
    read: Verb::ApiKeyRead,
    columns: &[text("name"), text("role"), text("expires"), text("last-used"), text("state")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::ApiKeyCreate,
            grave: false,
            fields,
            call: calls!(new api_keys::create_api_key),
        },
        Action {
            code: "revoke",
            verb: Verb::ApiKeyRevoke,
            grave: true,
            fields: nothing,
            call: calls!(bare api_keys::revoke_api_key),
        },
    ],
};

fn standing(desk: &Desk<'_>, row: &ApiKeyView) -> String {
    let over = row.expires_at <= desk.service.clock.now();
    desk.say.t(match (row.revoked, over) {
        (true, _) => "standing-revoked",
        (false, true) => "standing-over",
        (false, false) => "standing-active",
    })
}

fn moment(desk: &Desk<'_>, at: Instant) -> String {
    desk.say.moment(at, &Zone::paris())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().api_keys(filter)?;
    let line = |row: &ApiKeyView| {
        let used = row.last_used_at.map_or_else(|| "–".to_owned(), |at| moment(desk, at));
        let cells = vec![
            row.name.clone(),
            people::role(desk, row.role),
            moment(desk, row.expires_at),
            used,
            standing(desk, row),
        ];
        Line::of(row, cells)
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().api_keys(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let used = row.last_used_at.map_or_else(|| "–".to_owned(), |at| moment(desk, at));
    let facts = vec![
        ("role", people::role(desk, row.role)),
        ("expires", moment(desk, row.expires_at)),
        ("last-used", used),
        ("state", standing(desk, &row)),
    ];
    let offered: &[&str] = if row.revoked { &[] } else { &["revoke"] };
    Ok(Some(Shown::new(row.name, facts).offering(offered)))
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let until = desk.service.clock.now().plus_seconds(USUAL_LIFE_S);
    Ok(vec![
        Field::new("name", Kind::Text),
        Field::new("role", Kind::Json(people::choices(desk, &users::own_roles(desk)))),
        Field::at("expires_at", "expires", Kind::EndOfDay).with(until.day(&Zone::paris())),
    ])
}
