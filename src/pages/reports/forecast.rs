//! The forecast on screen, with what it is computed from; and its warnings on the page of figures.
//! No arithmetic: `domain/forecast.rs` has it.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Chosen;
use crate::{
    app::{
        forecast::{ForecastLine, forecast, of_programme},
        service::{Fault, Service},
    },
    domain::{
        access::Verb,
        cents::Cents,
        forecast::Warning,
        usage::{Breakdown, UsageFilter},
        view::{Filter, ProgrammeView},
    },
    http::{block, problem::Problem, say::Say},
    pages::{
        layout::{Layout, page},
        registry::section::{Column, Table, figure, text},
        stop::Stop,
        visitor::Visitor,
    },
    words::Fact,
};

const COLUMNS: &[Column] = &[text("forecast-figure"), figure("amount")];

/// One funder's money in one programme.
struct Part {
    programme: String,
    funder: String,
    warnings: Vec<String>,
    /// The sentence of what it comes to.
    said: String,
    table: Table,
}

#[derive(Template)]
#[template(path = "reports/forecast.html")]
struct ForecastPage {
    layout: Layout,
    chosen: Chosen,
    query: String,
    programmes: Vec<ProgrammeView>,
    parts: Vec<Part>,
    as_of: String,
}

/// What people call programmes and funders.
struct Names {
    programmes: HashMap<i64, String>,
    funders: HashMap<i64, String>,
}

type Read = (Vec<ForecastLine>, Names, Vec<ProgrammeView>, String);

async fn read(visitor: &Visitor, filter: UsageFilter) -> Result<Read, Problem> {
    block(&visitor.state, move |service| {
        let database = service.database();
        let report = forecast(service, &filter)?;
        let programmes: Vec<i64> = report.lines.iter().map(|line| line.programme.0).collect();
        let funders: Vec<i64> = report.lines.iter().map(|line| line.funder.0).collect();
        let names = Names {
            programmes: database.names(Breakdown::Programme, &programmes)?,
            funders: database.names(Breakdown::Funder, &funders)?,
        };
        let all = Filter { limit: 200, ..Filter::of(filter.within) };
        let rows = database.programmes(&all)?;
        Ok((report.lines, names, rows, report.as_of.to_string()))
    })
    .await
}

pub async fn show(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::LedgerRead)?;
    let chosen = chosen.into_inner();
    let (lines, names, programmes, as_of) = read(&visitor, chosen.filter(within)).await?;
    let parts = lines.iter().map(|line| part(&visitor.say, &names, line));
    Ok(page(&ForecastPage {
        layout: visitor.layout("forecast-title"),
        query: chosen.query(),
        chosen,
        programmes,
        parts: parts.collect(),
        as_of,
    })?)
}

/// With more programmes than this the page of figures leaves warnings to the forecast's own.
const MOST_WARNED: u32 = 20;

/// What there is to say now, for the page of figures.
pub async fn warnings(visitor: &Visitor) -> Result<Vec<String>, Stop> {
    let Ok(within) = visitor.may(Verb::LedgerRead) else { return Ok(Vec::new()) };
    let some = Filter { limit: MOST_WARNED + 1, ..Filter::of(within) };
    let programmes =
        block(&visitor.state, move |service| Ok(service.database().programmes(&some)?.len()));
    if programmes.await? > usize::try_from(MOST_WARNED).unwrap_or(usize::MAX) {
        return Ok(Vec::new());
    }
    let (lines, names, ..) = read(visitor, UsageFilter::of(within)).await?;
    let said = lines.iter().flat_map(|line| {
        line.warnings.iter().map(|warning| told(&visitor.say, &names, line, *warning))
    });
    Ok(said.collect())
}

/// The same of one programme, for a letter.
pub(in crate::pages) fn warned(
    service: &Service,
    say: &Say,
    filter: &UsageFilter,
    row: &ProgrammeView,
) -> Result<Vec<String>, Fault> {
    let lines = of_programme(service, filter, row)?;
    let numbers: Vec<i64> = lines.iter().map(|line| line.funder.0).collect();
    let names = Names {
        programmes: HashMap::from([(row.id.0, row.name.clone())]),
        funders: service.database().names(Breakdown::Funder, &numbers)?,
    };
    let said = lines
        .iter()
        .flat_map(|line| line.warnings.iter().map(|warning| told(say, &names, line, *warning)));
    Ok(said.collect())
}

fn told(say: &Say, names: &Names, line: &ForecastLine, warning: Warning) -> String {
    let named = |names: &HashMap<i64, String>, id: i64| {
        Fact::from(names.get(&id).cloned().unwrap_or_default())
    };
    let day = |day| Fact::from(say.day(&day));
    let facts = [
        ("programme", named(&names.programmes, line.programme.0)),
        ("funder", named(&names.funders, line.funder.0)),
        ("amount", Fact::from(euros(say, line.comes_back_cents))),
        ("day", day(line.exhausted_on.unwrap_or(line.last_day))),
        ("stops", day(line.issuing_stops)),
        ("last", day(line.last_day)),
    ];
    say.say(&format!("forecast-warns-{}", warning.code()), &facts)
}

fn euros(say: &Say, cents: Option<Cents>) -> String {
    cents.map_or_else(|| "–".to_owned(), |cents| say.euros(&cents))
}

fn part(say: &Say, names: &Names, line: &ForecastLine) -> Part {
    let lately = say.n("forecast-lately", &i64::from(line.window_days));
    let lately = |key: &str| format!("{} ({lately})", say.t(key));
    let money = |name: String, cents: Cents| vec![name, say.euros(&cents)];
    let rows = vec![
        money(say.t("forecast-deposited"), line.deposited_cents),
        money(say.t("stage-available"), line.available_cents),
        money(say.t("forecast-outstanding"), line.outstanding_cents),
        money(say.t("forecast-earned"), line.earned_cents),
        money(lately("forecast-committed-lately"), line.committed_lately_cents),
        money(lately("forecast-earned-lately"), line.earned_lately_cents),
        vec![say.t("forecast-spent"), euros(say, line.spent_cents)],
        vec![say.t("forecast-comes-back"), euros(say, line.comes_back_cents)],
    ];
    let said = match line.spent_cents {
        None => say.t("forecast-too-early"),
        Some(spent) => {
            let facts = [
                ("spent", Fact::from(say.euros(&spent))),
                ("back", Fact::from(euros(say, line.comes_back_cents))),
                ("day", Fact::from(say.day(&line.accepted_until))),
            ];
            say.say("forecast-says", &facts)
        }
    };
    let warned = line.warnings.iter().map(|warning| told(say, names, line, *warning));
    Part {
        programme: names.programmes.get(&line.programme.0).cloned().unwrap_or_default(),
        funder: names.funders.get(&line.funder.0).cloned().unwrap_or_default(),
        warnings: warned.collect(),
        said,
        table: Table { key: "forecast-basis", columns: COLUMNS, rows },
    }
}
