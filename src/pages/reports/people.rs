//! What was told of people: the published tables, and the same as files.
//! No sums, and nothing hidden here: `domain/people.rs` says what is published.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::people::PeopleLine,
    domain::{
        access::Verb,
        ids::ProgrammeId,
        view::{Filter, ProgrammeView},
    },
    http::{
        block,
        v1::reports::{
            Format,
            people::{answer, read, values},
        },
    },
    pages::{
        layout::{Layout, page},
        stop::Stop,
        visitor::Visitor,
    },
};

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    programme: String,
}

impl Chosen {
    fn programme(&self) -> Option<ProgrammeId> {
        self.programme.parse().ok().map(ProgrammeId)
    }
}

/// One table: a heading, and its cells.
struct Shown {
    heading: String,
    months: String,
    cells: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "reports/people.html")]
struct PeoplePage {
    layout: Layout,
    programmes: Vec<ProgrammeView>,
    chosen: Chosen,
    /// By programme.
    found: Vec<(String, Vec<Shown>)>,
}

pub async fn show(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::PeopleRead)?;
    let chosen = chosen.into_inner();
    let report = read(&visitor.state, visitor.caller, chosen.programme()).await?;
    let programmes = block(&visitor.state, move |service| {
        Ok(service.database().programmes(&Filter { limit: 200, ..Filter::of(within) })?)
    })
    .await?;
    Ok(page(&PeoplePage {
        layout: visitor.layout("people-title"),
        programmes: programmes.into_iter().filter(|row| !row.terms.facts.is_empty()).collect(),
        chosen,
        found: tables(&visitor, &report.lines),
    })?)
}

fn tables(visitor: &Visitor, lines: &[PeopleLine]) -> Vec<(String, Vec<Shown>)> {
    let say = &visitor.say;
    let mut found: Vec<(String, Vec<Shown>)> = Vec::new();
    for programme in lines.chunk_by(|one, other| one.programme == other.programme) {
        let same = |one: &PeopleLine, other: &PeopleLine| {
            (one.fact, &one.from) == (other.fact, &other.from)
        };
        let shown = programme.chunk_by(same).filter_map(|cells| {
            let first = cells.first()?;
            let months = match (say.month(&first.from), say.month(&first.to)) {
                (from, to) if from == to => from,
                (from, to) => format!("{from} – {to}"),
            };
            let cell =
                |line: &PeopleLine| (values(say, line.fact, &line.codes), say.count(&line.people));
            let heading = say.t(&format!("fact-{}", first.fact.code().replace('_', "-")));
            Some(Shown { heading, months, cells: cells.iter().map(cell).collect() })
        });
        let name = programme.first().map(|line| line.name.clone()).unwrap_or_default();
        found.push((name, shown.collect()));
    }
    found
}

async fn file(
    visitor: Visitor,
    chosen: web::Query<Chosen>,
    format: Format,
) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::PeopleRead)?;
    let report = read(&visitor.state, visitor.caller, chosen.programme()).await?;
    Ok(answer(&visitor.state, &report, format, &visitor.say)?)
}

pub async fn csv(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    file(visitor, chosen, Format::Csv).await
}

pub async fn xlsx(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    file(visitor, chosen, Format::Xlsx).await
}

pub async fn pdf(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    file(visitor, chosen, Format::Pdf).await
}
