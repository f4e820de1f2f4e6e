//! Organisations: who is paid.
//! No fields of a venue: `venues` has them.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    field::{Choice, Field, Kind},
    people,
    section::{Action, Desk, Line, Section, Shown, Table, calls, nothing, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb, within},
        calendar::Zone,
        ids::OrganisationId,
        registry::{Approval, Role},
        view::Filter,
    },
    http::v1::{organisations, settlements::accounts, users, venues},
};

pub static SECTION: Section = Section {
    code: "organisations",
    read: Verb::OrganisationRead,
    columns: &[text("name"), text("siret"), text("state")],
    searched: true,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::OrganisationCreate,
            grave: false,
            fields,
            call: calls!(new organisations::create_organisation),
        },
        Action {
            code: "approve",
            verb: Verb::OrganisationApprove,
            grave: false,
            fields: nothing,
            call: calls!(bare organisations::approve_organisation),
        },
        Action {
            code: "change",
            verb: Verb::OrganisationChange,
            grave: false,
            fields,
            call: calls!(one organisations::change_organisation),
        },
        Action {
            code: "venue",
            verb: Verb::VenueCreate,
            grave: false,
            fields: venue,
            call: calls!(new venues::create_venue),
        },
        Action {
            code: "person",
            verb: Verb::UserCreate,
            grave: false,
            fields: person,
            call: calls!(new users::create_user),
        },
        Action {
            code: "account",
            verb: Verb::BankAccountEnter,
            grave: false,
            fields: account,
            call: calls!(one accounts::enter_bank_account),
        },
        Action {
            code: "confirm",
            verb: Verb::BankAccountConfirm,
            grave: false,
            fields: confirmation,
            call: calls!(one accounts::confirm_bank_account),
        },
        Action {
            code: "suspend",
            verb: Verb::OrganisationApprove,
            grave: true,
            fields: nothing,
            call: calls!(bare organisations::suspend_organisation),
        },
    ],
};

fn state(desk: &Desk<'_>, approval: Approval) -> String {
    desk.say.t(&format!("approval-{}", approval.code()))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().organisations(filter)?;
    let waits = if desk.may(Verb::BankAccountConfirm) {
        desk.service.database().accounts_asked()?
    } else {
        BTreeSet::new()
    };
    let line = |row: &crate::domain::view::OrganisationView| {
        let siret = row.siret.clone().unwrap_or_default();
        let mut state = state(desk, row.approval);
        if waits.contains(&row.id) {
            state = format!("{state}, {}", desk.say.t("bank-account-waits"));
        }
        Line::of(row, vec![row.name.clone(), siret, state])
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.organisations(filter)?.into_iter().next() else { return Ok(None) };
    let mut facts = vec![
        ("state", state(desk, row.approval)),
        ("siret", row.siret.unwrap_or_else(|| "–".to_owned())),
    ];
    let mut asked = false;
    if desk.may(Verb::BankAccountRead) {
        let paid_to = paid_to(desk, row.id)?;
        asked = paid_to.iter().any(|(key, _)| *key == "bank-account-asked");
        facts.extend(paid_to);
    }
    let standing: &[&str] = match row.approval {
        Approval::Approved => &["suspend"],
        _ => &["approve"],
    };
    let mut shown = Shown::new(row.name, facts)
        .offering(&["change", "venue", "person"])
        .offering(if asked { &["confirm"] } else { &["account"] })
        .offering(standing);
    if desk.may(Verb::PaymentDelaysRead) {
        let place = format!("/organisations/{}/payment-delays", row.id);
        shown.links.push(("delays-to-document", place));
    }
    let own = Filter { limit: 200, ..Filter::of(Tenant::Organisation(row.id)) };
    let venues = database.venues(&own)?;
    shown.tables.push(Table {
        key: "venues-title",
        columns: const { &[text("name"), text("commune")] },
        rows: venues.into_iter().map(|row| vec![row.profile.name, row.profile.commune]).collect(),
    });
    shown.tables.extend(people::of(desk, Tenant::Organisation(row.id))?);
    Ok(Some(shown))
}

/// The account that it is paid to.
fn paid_to(desk: &Desk<'_>, id: OrganisationId) -> Result<Vec<(&'static str, String)>, Fault> {
    let Some(row) = desk.service.database().bank_account(id)? else {
        return Ok(vec![("iban", desk.say.t("bank-account-missing"))]);
    };
    let mut facts = vec![("holder", row.holder), ("iban", row.iban)];
    if row.usable_from > desk.service.clock.now() {
        let from = desk.say.moment(row.usable_from, &Zone::paris());
        facts.push(("bank-account-from", from));
    }
    if let Some(asked) = row.asked {
        let at = desk.say.moment(asked.asked_at, &Zone::paris());
        facts.push(("bank-account-asked", format!("{} {} ({at})", asked.holder, asked.iban)));
    }
    Ok(facts)
}

/// Whether what was asked for takes the present account's place: that which was seen is meant.
fn confirmation(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let of = OrganisationId(filter.and_then(|filter| filter.id).unwrap_or_default());
    let row = desk.service.database().bank_account(of)?;
    // Sent back with the form, so that nobody confirms what came after they had looked.
    let asked: Choice = match row.and_then(|row| row.asked) {
        Some(asked) => (asked.id.to_string(), format!("{} {}", asked.holder, asked.iban)),
        None => ("0".to_owned(), desk.say.t("bank-account-none-asked")),
    };
    let choice = |value: bool, key: &str| -> Choice { (json!(value).to_string(), desk.say.t(key)) };
    let choices = vec![choice(true, "bank-account-confirm"), choice(false, "bank-account-refuse")];
    Ok(vec![
        Field::new("asked", Kind::Choice(vec![asked])),
        Field::new("confirmed", Kind::Json(choices)),
    ])
}

fn account(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![
        Field::new("holder", Kind::Text),
        Field::new("iban", Kind::Text),
        Field::new("bic", Kind::Maybe),
    ])
}

fn fields(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let (name, siret) = (Field::new("name", Kind::Text), Field::new("siret", Kind::Maybe));
    let Some(filter) = filter else { return Ok(vec![name, siret]) };
    let rows = desk.service.database().organisations(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(Vec::new()) };
    Ok(vec![name.with(row.name), siret.with(row.siret.unwrap_or_default())])
}

fn venue(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let of = OrganisationId(filter.and_then(|filter| filter.id).unwrap_or_default());
    let mut fields = super::venues::profile("profile.", None);
    // A supervisor's own is meant.
    if within(desk.role, Verb::VenueCreate) == Some(Tenant::Any) {
        fields.push(Field::new("organisation", Kind::Fixed(of.to_string().into())));
    }
    Ok(fields)
}

fn person(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let of = OrganisationId(filter.and_then(|filter| filter.id).unwrap_or_default());
    Ok(people::fields(desk, &[Role::Scanner(of), Role::Supervisor(of)]))
}
