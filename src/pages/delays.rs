//! How fast an organisation was paid: a period, its tables, its files.
//! No figures of its own: the API's function has them.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{
    documents::format_of,
    layout::{Layout, page},
    registry::{section::Table, tables},
    stop::Stop,
    visitor::Visitor,
};
use crate::{
    app::{delays_sheet::sheet, statement_sheet::Cell},
    domain::calendar::Day,
    http::{
        problem::{Problem, Wrong},
        v1::{
            delays::{Period, delays_of, file, title},
            reports::Format,
            statements::files,
        },
    },
};

/// To be configured before the section of organisations, which takes any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/organisations/{id}/payment-delays", web::get().to(show))
        .route("/organisations/{id}/payment-delays/{format}", web::get().to(document));
}

/// Days as a form sends them: nothing typed is the usual one.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

impl Chosen {
    fn period(&self, format: Format) -> Result<Period, Problem> {
        let day = |text: &str, field| -> Result<Option<Day>, Problem> {
            if text.is_empty() {
                return Ok(None);
            }
            let day = text.parse().map_err(|_| Problem::field(Wrong::QueryInvalid, field))?;
            Ok(Some(day))
        };
        Ok(Period { from: day(&self.from, "from")?, to: day(&self.to, "to")?, format })
    }
}

#[derive(Template)]
#[template(path = "registry/delays.html")]
struct DelaysPage {
    layout: Layout,
    id: i64,
    name: String,
    from: Day,
    to: Day,
    facts: Vec<(&'static str, String)>,
    shown: Vec<Table>,
    formats: [(Format, &'static str); 4],
}

async fn show(
    visitor: Visitor,
    id: web::Path<i64>,
    chosen: web::Query<Chosen>,
) -> Result<HttpResponse, Stop> {
    let period = chosen.period(Format::Json)?;
    let (delays, at) = delays_of(&visitor.state, visitor.caller, *id, period).await?;
    let sheet = sheet(&delays, at);
    let say = &visitor.say;
    let tell = |cell: &Cell| files::told(&sheet.zone, say, cell);
    let facts = sheet.facts.iter().map(|(key, cell)| (*key, tell(cell))).collect();
    Ok(page(&DelaysPage {
        layout: visitor.titled(title(&delays, say)),
        id: *id,
        facts,
        shown: tables(&sheet, &tell),
        name: delays.name,
        from: delays.from,
        to: delays.to,
        formats: [
            (Format::Pdf, "delays-as-pdf"),
            (Format::Xlsx, "statement-as-xlsx"),
            (Format::Csv, "statement-as-csv"),
            (Format::Json, "statement-as-json"),
        ],
    })?)
}

async fn document(
    visitor: Visitor,
    path: web::Path<(i64, String)>,
    chosen: web::Query<Chosen>,
) -> Result<HttpResponse, Stop> {
    let (id, code) = path.into_inner();
    let period = chosen.period(format_of(&code)?)?;
    Ok(file(&visitor.state, visitor.caller, id, period, &visitor.say).await?)
}
