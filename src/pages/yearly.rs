//! The account of a programme's year, as far as its months are closed, and its files.
//! No figures and no file of its own: the API's functions make them.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    documents::format_of,
    layout::{Layout, page},
    stop::Stop,
    visitor::Visitor,
};
use crate::{
    domain::{
        access::{Tenant, Verb},
        ids::{FunderId, ProgrammeId},
        period::Period,
        usage::Breakdown,
        view::{Filter, ProgrammeView},
    },
    http::{
        block,
        extract::only,
        v1::{
            reports::Format,
            yearly_accounts::{document, of_year},
        },
    },
};

/// To be configured before the sections of programmes and yearly accounts, which take any last
/// part.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/yearly-accounts/{id}/document/{format}", web::get().to(archived))
        .route("/programmes/{id}/yearly-account", web::get().to(of_programme))
        .route("/programmes/{id}/yearly-account/{funder}/{format}", web::get().to(file));
}

async fn archived(visitor: Visitor, path: web::Path<(i64, String)>) -> Result<HttpResponse, Stop> {
    let (id, code) = path.into_inner();
    let format = format_of(&code)?;
    Ok(document(&visitor.state, visitor.caller, id, format, visitor.say.clone()).await?)
}

async fn file(visitor: Visitor, path: web::Path<(i64, i64, String)>) -> Result<HttpResponse, Stop> {
    let (id, funder, code) = path.into_inner();
    let asked = (id, None, Some(FunderId(funder)));
    let format = format_of(&code)?;
    Ok(of_year(&visitor.state, visitor.caller, asked, format, visitor.say.clone()).await?)
}

#[derive(Template)]
#[template(path = "registry/yearly.html")]
struct YearPage {
    layout: Layout,
    programme: ProgrammeView,
    /// The last closed month.
    last: Option<Period>,
    /// Each with what people call it.
    funders: Vec<(FunderId, String)>,
    formats: [Format; 4],
}

impl YearPage {
    /// Which year, and up to where.
    fn about(&self) -> String {
        let say = &self.layout.say;
        self.last.as_ref().map_or_else(
            || say.t("yearly-of-year-none"),
            |last| {
                let month = last.closed.month;
                let facts = [
                    ("year", month.year().to_string().into()),
                    ("month", say.month(&month.to_string()).into()),
                ];
                say.say("yearly-of-year-about", &facts)
            },
        )
    }
}

async fn of_programme(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::YearlyAccountRead)?;
    let id = ProgrammeId(*id);
    let rows = block(&visitor.state, move |service| {
        let database = service.database();
        Ok(database.programmes(&Filter::one(within, id.0))?)
    });
    let programme = only(rows.await?)?;
    let read = block(&visitor.state, move |service| {
        let database = service.database();
        let Some(last) = database.last_stated(id)? else { return Ok((None, Vec::new())) };
        let mut funders = database.funders_stated(last.id)?;
        funders.retain(|funder| match within {
            Tenant::Funder(own) => own == *funder,
            _ => true,
        });
        let numbers: Vec<i64> = funders.iter().map(|funder| funder.0).collect();
        let names = database.names(Breakdown::Funder, &numbers)?;
        let named = |funder: FunderId| (funder, names.get(&funder.0).cloned().unwrap_or_default());
        Ok((Some(last), funders.into_iter().map(named).collect()))
    });
    let (last, funders) = read.await?;
    Ok(page(&YearPage {
        layout: visitor.layout("yearly-of-year"),
        programme,
        last,
        funders,
        formats: [Format::Pdf, Format::Xlsx, Format::Csv, Format::Json],
    })?)
}
