//! Issuing a pass during an interview: programme and number are there already, Enter issues.
//! No money: whether the budget allows it is the domain's.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        access::{Tenant, Verb},
        calendar::Instant,
        command::{Ask, Outcome},
        ids::{IssuerId, ProgrammeId},
        refusal::Reason,
        view::{Filter, IssuerView, ProgrammeView},
    },
    http::{
        access::Caller,
        block,
        problem::{Problem, Wrong},
        v1::vouchers::issue::drawn,
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

/// A programme that passes are issued from today.
struct Choice {
    id: ProgrammeId,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "vouchers/issue.html")]
struct IssuePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    programmes: Vec<Choice>,
    /// For an operator, who has no issuer of their own.
    issuers: Vec<IssuerView>,
    /// What any of the programmes allows, and which is chosen.
    numbers: Vec<(u8, bool)>,
    stock: bool,
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    programme: ProgrammeId,
    workshops: u8,
    issuer: Option<IssuerId>,
    stock: Option<String>,
}

/// What the form shows as chosen.
#[derive(Default)]
struct Chosen {
    programme: Option<ProgrammeId>,
    workshops: Option<u8>,
    stock: bool,
}

pub async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    let once = Once::new(&visitor);
    let shown = filled(&visitor, once, Vec::new(), Chosen::default()).await?;
    Ok(page(&shown)?)
}

pub async fn issue(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let given = given.into_inner();
    visitor.sent(&given.form_token)?;
    match issued(&visitor, &given).await {
        Ok(place) => Ok(see_other(&place)),
        Err(problem) => {
            let field = match problem.reason() {
                "workshops_out_of_range" => "workshops",
                _ => "programme",
            };
            let mistakes = vec![Mistake::of(&visitor.say, &problem, field)];
            let chosen = Chosen {
                programme: Some(given.programme),
                workshops: Some(given.workshops),
                stock: given.stock.is_some(),
            };
            let once = Once::new(&visitor);
            let shown = filled(&visitor, once, mistakes, chosen).await?;
            Ok(page_again(&problem, &shown)?)
        }
    }
}

async fn issued(visitor: &Visitor, given: &Given) -> Result<String, Problem> {
    let within = visitor.caller.may(Verb::VoucherIssue)?;
    let issuer = Caller::issuer(within, given.issuer)?;
    let (programme, workshops, stock) = (given.programme, given.workshops, given.stock.is_some());
    let key = key(given.request, "issue");
    let canonical = format!("{programme} {issuer} {workshops} {stock}");
    let new = move |draft| Ask::Issue { programme, issuer, workshops, stock, draft };
    let answer = drawn(&visitor.state, visitor.caller, &key, &canonical, new).await?;
    match answer.outcome {
        Outcome::Issued { voucher, .. } => Ok(format!("/vouchers/{voucher}?done=issued")),
        _ => Err(Wrong::Internal.into()),
    }
}

async fn filled(
    visitor: &Visitor,
    once: Once,
    mistakes: Vec<Mistake>,
    chosen: Chosen,
) -> Result<IssuePage, Stop> {
    let within = visitor.may(Verb::VoucherIssue)?;
    let (programmes, issuers) = block(&visitor.state, move |service| {
        let now = service.clock.now();
        let mut programmes = service.database().programmes(&all(within))?;
        programmes.retain(|programme| open(programme, now));
        let issuers = match within {
            Tenant::Any => service.database().issuers(&all(within))?,
            _ => Vec::new(),
        };
        Ok((programmes, issuers))
    })
    .await?;
    let mut mistakes = mistakes;
    if programmes.is_empty() && mistakes.is_empty() {
        let blocked = Problem::refused(Reason::ProgrammeBlocked.into(), false);
        mistakes.push(Mistake::of(&visitor.say, &blocked, ""));
    }
    let first = chosen.programme.or_else(|| programmes.first().map(|programme| programme.id));
    let min = programmes.iter().map(|row| row.terms.workshops_min).min().unwrap_or(5);
    let max = programmes.iter().map(|row| row.terms.workshops_max).max().unwrap_or(10);
    let usual = chosen.workshops.unwrap_or(max);
    let choice =
        |row: ProgrammeView| Choice { id: row.id, chosen: Some(row.id) == first, name: row.name };
    Ok(IssuePage {
        layout: visitor.layout("issue-title"),
        once,
        mistakes,
        programmes: programmes.into_iter().map(choice).collect(),
        issuers,
        numbers: (min..=max).map(|number| (number, number == usual)).collect(),
        stock: chosen.stock,
    })
}

fn all(within: Tenant) -> Filter {
    Filter { limit: 200, ..Filter::of(within) }
}

/// Whether passes of the programme are issued now.
fn open(programme: &ProgrammeView, now: Instant) -> bool {
    let today = now.day(&programme.terms.time_zone);
    let days = programme.terms.first_day..=programme.terms.last_day;
    !programme.closed && days.contains(&today)
}
