//! The terms of a programme, as a form and as facts.
//! No rules of what terms are valid: the domain checks them.

use super::{
    field::{Field, Kind, euros},
    section::Desk,
};
use crate::{
    app::service::Fault,
    domain::{
        access::Tenant,
        calendar::Zone,
        cents::Cents,
        ending::Ending,
        fee::Fee,
        guarantee::Offline,
        hold::Holds,
        papers::{Papers, Vat},
        people::Fact,
        programme::{Payer, Terms},
        service::Service,
        usage::Breakdown,
        view::{Filter, ProgrammeView},
    },
};

/// Funders that a form has room for beyond those that are there.
const MORE_FUNDERS: usize = 3;

pub fn new(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let today = desk.service.clock.now().day(&Zone::paris());
    let usual = Terms {
        price_cents: Cents(0),
        shares: Vec::new(),
        payer: Payer::Operator,
        workshops_min: 5,
        workshops_max: 10,
        first_day: today,
        last_day: crate::domain::calendar::Day(today.0 + 364),
        validity_days: Some(180),
        tolerance_days: 30,
        late_limit_days: 7,
        territory: String::new(),
        time_zone: Zone::paris(),
        issuing_stops_days: 15,
        workshops_a_day: Some(2),
        workshops_a_venue: None,
        undo_minutes: 15,
        agent_daily_limit: 30,
        service_required: false,
        services: Vec::new(),
        venues_listed: false,
        reminders: false,
        offline: Offline::default(),
        holds: Holds::default(),
        ending: Ending::default(),
        facts: Vec::new(),
        open_data_withheld: false,
        papers: Papers::default(),
    };
    fields(desk, "", &usual, true)
}

pub fn change(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    match desk.service.database().programmes(filter)?.into_iter().next() {
        Some(row) => fields(desk, &row.name, &row.terms, false),
        None => Ok(Vec::new()),
    }
}

fn fields(desk: &Desk<'_>, name: &str, terms: &Terms, new: bool) -> Result<Vec<Field>, Fault> {
    let maybe = |number: Option<u16>| number.map(|number| number.to_string()).unwrap_or_default();
    let at = |name: &'static str, kind| Field::at(format!("terms.{name}"), name, kind);
    let price = if terms.price_cents.0 == 0 { String::new() } else { euros(terms.price_cents) };
    let mut fields = vec![
        Field::new("name", Kind::Text).with(name),
        at("territory", Kind::Text).with(&terms.territory),
        at("price_cents", Kind::Euros).with(price),
    ];
    fields.extend(shares(desk, terms)?);
    let payers = [Payer::Operator, Payer::MandatedBody, Payer::Funder].map(|payer| {
        let code = code_of(&payer);
        (code.clone(), desk.say.t(&format!("payer-{code}")))
    });
    // Both stay as they were agreed.
    if new {
        fields.push(at("payer", Kind::Choice(payers.to_vec())).with(code_of(&terms.payer)));
        fields.push(at("time_zone", Kind::Text).with(code_of(&terms.time_zone)));
    } else {
        fields.push(at("payer", Kind::Fixed(code_of(&terms.payer).into())));
        fields.push(at("time_zone", Kind::Fixed(code_of(&terms.time_zone).into())));
    }
    let services = Service::ALL
        .iter()
        .map(|one| (code_of(one), desk.say.t(&format!("service-{}", code_of(one)))));
    let mut chosen = at("services", Kind::Flags(services.collect()));
    chosen.values = terms.services.iter().map(code_of).collect();
    let facts = Fact::ALL.map(|fact| {
        let named = desk.say.t(&format!("fact-{}", fact.code().replace('_', "-")));
        (fact.code().to_owned(), named)
    });
    let mut asked = at("facts", Kind::Flags(facts.to_vec()));
    asked.values = terms.facts.iter().map(code_of).collect();
    fields.extend([
        at("first_day", Kind::Day).with(terms.first_day),
        at("last_day", Kind::Day).with(terms.last_day),
        Field::at("terms.ending.alert_days", "alert_days", Kind::Number)
            .with(terms.ending.alert_days),
        at("issuing_stops_days", Kind::Number).with(terms.issuing_stops_days),
        at("workshops_min", Kind::Number).with(terms.workshops_min),
        at("workshops_max", Kind::Number).with(terms.workshops_max),
        at("validity_days", Kind::MaybeNumber).with(maybe(terms.validity_days)),
        at("tolerance_days", Kind::Number).with(terms.tolerance_days),
        at("late_limit_days", Kind::Number).with(terms.late_limit_days),
        at("workshops_a_day", Kind::MaybeNumber).with(maybe(terms.workshops_a_day.map(u16::from))),
        at("workshops_a_venue", Kind::MaybeNumber)
            .with(maybe(terms.workshops_a_venue.map(u16::from))),
        at("undo_minutes", Kind::Number).with(terms.undo_minutes),
        at("agent_daily_limit", Kind::Number).with(terms.agent_daily_limit),
        offline("guaranteed_a_month", terms.offline.guaranteed_a_month),
        offline("typed_a_month", terms.offline.typed_a_month),
        offline("feed_days", terms.offline.feed_days),
        hold("workshops_a_day", Kind::MaybeNumber)
            .with(maybe(terms.holds.workshops_a_day.map(u16::from))),
        hold("redemptions_in_10_minutes", Kind::MaybeNumber)
            .with(maybe(terms.holds.redemptions_in_10_minutes)),
        hold("offline_a_day", Kind::MaybeNumber).with(maybe(terms.holds.offline_a_day)),
        flag(hold("own_issuer", Kind::Flag), terms.holds.own_issuer),
        flag(hold("same_person", Kind::Flag), terms.holds.same_person),
        flag(at("venues_listed", Kind::Flag), terms.venues_listed),
        flag(at("reminders", Kind::Flag), terms.reminders),
        flag(at("service_required", Kind::Flag), terms.service_required),
        chosen,
        asked,
        flag(at("open_data_withheld", Kind::Flag), terms.open_data_withheld),
    ]);
    fields.extend(papers(desk, &terms.papers));
    Ok(fields)
}

fn offline(name: &'static str, set: u16) -> Field {
    Field::at(format!("terms.offline.{name}"), name, Kind::Number).with(set)
}

/// What is paid only after a second person has looked.
fn hold(name: &str, kind: Kind) -> Field {
    let label = match name {
        "workshops_a_day" => "hold_workshops_a_day",
        "redemptions_in_10_minutes" => "hold_redemptions_in_10_minutes",
        "offline_a_day" => "hold_offline_a_day",
        "own_issuer" => "hold_own_issuer",
        _ => "hold_same_person",
    };
    Field::at(format!("terms.holds.{name}"), label, kind)
}

fn flag(field: Field, set: bool) -> Field {
    if set { field.with("yes") } else { field }
}

/// A row for each co-funder, and some more.
fn shares(desk: &Desk<'_>, terms: &Terms) -> Result<Vec<Field>, Fault> {
    let all = Filter { limit: 200, ..Filter::of(Tenant::Any) };
    let rows = desk.service.database().funders(&all)?;
    let mut fields = Vec::new();
    for number in 0..terms.shares.len() + MORE_FUNDERS {
        let share = terms.shares.get(number);
        let mut choices = vec![(String::new(), desk.say.t("no-funder"))];
        choices.extend(rows.iter().map(|row| (row.id.to_string(), row.name.clone())));
        let place = |name: &str| format!("terms.shares[{number}].{name}");
        let funder = share.map(|share| share.funder.to_string()).unwrap_or_default();
        let weight = share.map(|share| share.weight.to_string()).unwrap_or_default();
        fields.push(Field::at(place("funder"), "funder", Kind::Choice(choices)).with(funder));
        fields.push(Field::at(place("weight"), "weight", Kind::MaybeNumber).with(weight));
    }
    Ok(fields)
}

/// What papers state; a row for each fee, and one more.
fn papers(desk: &Desk<'_>, papers: &Papers) -> Vec<Field> {
    let vats = Vat::ALL.map(|vat| {
        let code = vat.code();
        (code.to_owned(), desk.say.t(&format!("vat-short-{code}")))
    });
    let days = papers.payment_days.map(|days| days.to_string()).unwrap_or_default();
    let mut fields = vec![
        Field::at("terms.papers.vat", "vat", Kind::Choice(vats.to_vec()))
            .with(code_of(&papers.vat)),
        Field::at("terms.papers.payment_days", "payment_days", Kind::MaybeNumber).with(days),
    ];
    let row = |number: usize| {
        let fee: Option<&Fee> = papers.fees.get(number);
        let place = |name: &str| format!("terms.papers.fees[{number}].{name}");
        let from = fee.map(|fee| fee.from.to_string()).unwrap_or_default();
        let points = fee.map(|fee| fee.basis_points.to_string()).unwrap_or_default();
        [
            Field::at(place("from"), "fee_from", Kind::Maybe).with(from),
            Field::at(place("basis_points"), "fee_basis_points", Kind::MaybeNumber).with(points),
        ]
    };
    fields.extend((0..=papers.fees.len()).flat_map(row));
    fields
}

/// The stable code of a value, as the API writes it.
fn code_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// What people ask of a programme.
pub fn facts(desk: &Desk<'_>, row: &ProgrammeView) -> Result<Vec<(&'static str, String)>, Fault> {
    let (say, terms) = (desk.say, &row.terms);
    let days = |number: u16| say.n("report-days", &i64::from(number));
    let numbers: Vec<i64> = terms.shares.iter().map(|share| share.funder.0).collect();
    let names = desk.service.database().names(Breakdown::Funder, &numbers)?;
    let all: i64 = terms.shares.iter().map(|share| i64::from(share.weight)).sum();
    let share = |share: &crate::domain::programme::Share| {
        let name = names.get(&share.funder.0).cloned().unwrap_or_default();
        let permille = (i64::from(share.weight) * 1000 + all / 2).checked_div(all);
        format!("{name} {}", say.permille(permille.unwrap_or_default()))
    };
    let shares: Vec<String> = terms.shares.iter().map(share).collect();
    let mut facts = vec![
        ("field-territory", terms.territory.clone()),
        ("price", say.euros(&terms.price_cents)),
        ("co-funders", shares.join(", ")),
        ("field-payer", say.t(&format!("payer-{}", code_of(&terms.payer)))),
        ("field-first_day", say.day(&terms.first_day)),
        ("field-last_day", say.day(&terms.last_day)),
        ("workshops-number", format!("{} – {}", terms.workshops_min, terms.workshops_max)),
        ("tolerance", days(terms.tolerance_days)),
    ];
    facts.extend(terms.validity_days.map(|number| ("validity", days(number))));
    let promised = terms.papers.payment_days;
    facts.extend(promised.map(|number| ("payment-promise", days(number))));
    facts.extend(terms.papers.fees.last().map(|fee| {
        let month = say.month(&fee.from.to_string());
        let facts = [("rate", say.percent(fee.basis_points).into()), ("month", month.into())];
        ("fee", say.say("fee-from", &facts))
    }));
    if !terms.papers.vat.is_unstated() {
        let vat = terms.papers.vat.code();
        facts.push(("field-vat", say.t(&format!("vat-{vat}"))));
    }
    Ok(facts)
}
