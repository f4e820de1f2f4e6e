//! The registry: who takes part, programmes, keys, the journal. A section is a description; this
//! draws its list, its single pages and its forms, which ask the API's own handlers.
//! No rules: a form sends what a client would send.

mod api_keys;
mod batches;
mod conflicts;
mod continuity;
mod devices;
mod disputes;
mod ending;
mod events;
mod field;
mod form;
mod funders;
pub mod holds;
mod issuers;
mod keys;
mod ledger;
mod organisations;
mod payments;
mod people;
mod periods;
mod programmes;
mod quarantine;
mod receipt_keys;
pub mod section;
mod settlements;
mod statements;
mod terms;
mod users;
mod venues;
mod yearly_accounts;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{
    layout::{Layout, page},
    stop::{Stop, encoded},
    visitor::Visitor,
};
use crate::{
    domain::{
        access::{Tenant, Verb, within},
        ids::ProgrammeId,
        ledger::Stage,
        registry::Role,
        settlement::PaymentState,
        view::Filter,
    },
    http::{
        access::Caller,
        block,
        extract::only,
        problem::{Problem, Wrong},
    },
};
pub use statements::tables;

use form::{ask_new, ask_one, new_action, sent_new, sent_one};
use section::{Action, Desk, Line, Section, Shown};

const ROWS: u32 = 50;

static SECTIONS: &[&Section] = &[
    &programmes::SECTION,
    &funders::SECTION,
    &issuers::SECTION,
    &organisations::SECTION,
    &venues::SECTION,
    &devices::SECTION,
    &conflicts::SECTION,
    &holds::SECTION,
    &disputes::SECTION,
    &quarantine::SECTION,
    &batches::SECTION,
    &users::SECTION,
    &api_keys::SECTION,
    &keys::SECTION,
    &receipt_keys::SECTION,
    &settlements::SECTION,
    &payments::SECTION,
    &periods::SECTION,
    &statements::SECTION,
    &yearly_accounts::SECTION,
    &ledger::SECTION,
    &events::SECTION,
];

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/manage", web::get().to(entrance))
        .route("/programmes/{id}/archive.age", web::get().to(continuity::fetch));
    for section in SECTIONS.iter().copied() {
        let code = section.code;
        let list = move |visitor, query| list(section, visitor, query);
        let show = move |visitor, id| show(section, visitor, id);
        let new = move |visitor| ask_new(section, visitor);
        let newly = move |visitor, sent| sent_new(section, visitor, sent);
        let form = move |visitor, path| ask_one(section, visitor, path);
        let act = move |visitor, path, sent| sent_one(section, visitor, path, sent);
        config
            .route(&format!("/{code}"), web::get().to(list))
            .service(
                web::resource(format!("/{code}/new"))
                    .route(web::get().to(new))
                    .route(web::post().to(newly)),
            )
            .route(&format!("/{code}/{{id}}"), web::get().to(show))
            .service(
                web::resource(format!("/{code}/{{id}}/{{action}}"))
                    .route(web::get().to(form))
                    .route(web::post().to(act)),
            );
    }
}

/// The sections that a role may read: their place, and the key of their name.
fn open_to(role: Role) -> impl Iterator<Item = &'static Section> {
    SECTIONS.iter().copied().filter(move |section| within(role, section.read).is_some())
}

#[derive(Template)]
#[template(path = "registry/sections.html")]
struct SectionsPage {
    layout: Layout,
    sections: Vec<(&'static str, String, String)>,
}

async fn entrance(visitor: Visitor) -> Result<HttpResponse, Stop> {
    let say = &visitor.say;
    let named = |section: &Section| {
        let code = section.code;
        (code, say.t(&format!("{code}-title")), say.t(&format!("{code}-about")))
    };
    let mut sections: Vec<_> = open_to(visitor.caller.role).map(named).collect();
    if visitor.caller.may(Verb::LooksChange).is_ok() {
        sections.push(("manage/looks", say.t("looks-title"), say.t("looks-about")));
        let (title, about) = ("accessibility-form-title", "accessibility-form-about");
        sections.push(("manage/accessibility", say.t(title), say.t(about)));
    }
    Ok(page(&SectionsPage { layout: visitor.layout("way-manage"), sections })?)
}

impl ListPage {
    fn said(&self, end: &str) -> String {
        self.layout.say.t(&format!("{}-{end}", self.section.code))
    }
}

impl ShowPage {
    fn said(&self, end: &str) -> String {
        self.layout.say.t(&format!("{}-{end}", self.section.code))
    }
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    search: String,
    /// What a link narrows the list to.
    programme: Option<i64>,
    stage: Option<String>,
    state: Option<String>,
    waiting: Option<bool>,
    failed: Option<bool>,
    after: Option<i64>,
}

impl Query {
    fn filter(&self, within: Tenant) -> Filter {
        let wanted = Some(self.search.trim().to_owned()).filter(|search| !search.is_empty());
        Filter {
            after: self.after,
            limit: ROWS,
            search: wanted,
            programme: self.programme.map(ProgrammeId),
            stage: self.stage.as_deref().and_then(Stage::from_code),
            payment_state: self.state.as_deref().and_then(PaymentState::from_code),
            waiting: self.waiting.unwrap_or_default(),
            failed: self.failed.unwrap_or_default(),
            ..Filter::of(within)
        }
    }

    /// The same choice, of the rows after one.
    fn following(filter: &Filter, cursor: i64) -> String {
        let pairs = [
            ("search", filter.search.clone()),
            ("programme", filter.programme.map(|id| id.to_string())),
            ("stage", filter.stage.map(|stage| stage.code().to_owned())),
            ("state", filter.payment_state.map(|state| state.code().to_owned())),
            ("waiting", filter.waiting.then(|| "true".to_owned())),
            ("failed", filter.failed.then(|| "true".to_owned())),
        ];
        let mut query = format!("after={cursor}");
        for (name, value) in pairs {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", encoded(&value)));
            }
        }
        query
    }

    /// Whether it is not the whole list that is asked for.
    fn narrows(filter: &Filter) -> bool {
        filter.search.is_some()
            || filter.programme.is_some()
            || filter.stage.is_some()
            || filter.payment_state.is_some()
            || filter.waiting
            || filter.failed
    }
}

#[derive(Template)]
#[template(path = "registry/list.html")]
struct ListPage {
    layout: Layout,
    section: &'static Section,
    search: String,
    /// Not the whole list.
    narrowed: bool,
    lines: Vec<Line>,
    next: Option<String>,
    may_add: bool,
    links: Vec<(&'static str, &'static str)>,
    none: String,
}

async fn list(
    section: &'static Section,
    visitor: Visitor,
    query: web::Query<Query>,
) -> Result<HttpResponse, Stop> {
    let within = visitor.may(section.read)?;
    let query = query.into_inner();
    let filter = query.filter(within);
    let asked = filter.clone();
    let lines = at_desk(&visitor, move |desk| (section.lines)(desk, &asked)).await?;
    let full = lines.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let next = lines
        .last()
        .filter(|_| full)
        .map(|line| format!("/{}?{}", section.code, Query::following(&filter, line.cursor)));
    let narrowed = Query::narrows(&filter);
    let search = query.search;
    let links = section.links.iter().filter(|(_, _, verb)| visitor.may(*verb).is_ok());
    let code = section.code;
    let none = if narrowed { "none-such".to_owned() } else { format!("{code}-none") };
    Ok(page(&ListPage {
        layout: visitor.layout(&format!("{code}-title")),
        section,
        search,
        narrowed,
        lines,
        next,
        links: links.map(|(key, place, _)| (*key, *place)).collect(),
        may_add: new_action(section, &visitor).is_ok(),
        none,
    })?)
}

#[derive(Template)]
#[template(path = "registry/show.html")]
struct ShowPage {
    layout: Layout,
    section: &'static Section,
    id: String,
    shown: Shown,
    actions: Vec<&'static Action>,
}

async fn show(
    section: &'static Section,
    visitor: Visitor,
    id: web::Path<String>,
) -> Result<HttpResponse, Stop> {
    let filter = one(section, visitor.may(section.read)?, &id)?;
    let shown = at_desk(&visitor, move |desk| (section.shown)(desk, &filter)).await?;
    let shown = only(shown.into_iter().collect())?;
    let offered =
        |action: &&Action| shown.offered.contains(&action.code) && visitor.may(action.verb).is_ok();
    let actions = section.actions.iter().filter(offered).collect();
    let layout = visitor.titled(shown.title.clone());
    Ok(page(&ShowPage { layout, section, id: id.into_inner(), shown, actions })?)
}

/// The filter of one thing: by its number, or by the hexadecimal name of a key.
fn one(section: &Section, within: Tenant, id: &str) -> Result<Filter, Problem> {
    let radix = if section.code == keys::SECTION.code { 16 } else { 10 };
    let id = i64::from_str_radix(id, radix).map_err(|_| Wrong::NotFound)?;
    Ok(Filter::one(within, id))
}

async fn at_desk<T: Send + 'static>(
    visitor: &Visitor,
    read: impl FnOnce(&Desk<'_>) -> Result<T, crate::app::service::Fault> + Send + 'static,
) -> Result<T, Problem> {
    let (say, Caller { role, user, .. }) = (visitor.say.clone(), visitor.caller);
    block(&visitor.state, move |service| read(&Desk { service, say: &say, role, user })).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Words};

    #[test]
    fn every_section_and_form_has_its_words() {
        let words = Words::new();
        for section in SECTIONS {
            let own = ["title", "about", "none"];
            let ends = own.into_iter().chain(section.actions.iter().map(|action| action.code));
            let keys = ends.map(|end| format!("{}-{end}", section.code));
            for key in keys.chain(section.columns.iter().map(|column| column.key.to_owned())) {
                for language in [Language::French, Language::English] {
                    assert_ne!(words.say(language, &key, &[]), key, "{language:?}");
                }
            }
            for grave in section.actions.iter().filter(|action| action.grave) {
                let key = format!("{}-{}-means", section.code, grave.code);
                assert_ne!(words.say(Language::French, &key, &[]), key);
            }
        }
    }
}
