//! One pass: printed once with one click, and once more with a reason.
//! No several: `sheets` has them.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::drawn::{Wanted, answer, drawn};
use crate::{
    domain::{
        access::Verb,
        ids::{RequestId, VoucherId},
        printing::{Again, Printed},
        view::Filter,
    },
    http::{block, problem::Problem, v1::vouchers::own},
    pages::{
        form::{Mistake, Once},
        layout::{Layout, page, page_again},
        stop::{Stop, encoded, see_other},
        visitor::Visitor,
    },
    print::pdf::Format,
};

const LONGEST: usize = 100;
/// The code of a pass on a page of its own.
const FORMAT: &str = "pages";

#[derive(Deserialize)]
pub struct Near {
    /// A commune or a postcode.
    #[serde(default)]
    pub near: String,
}

impl Near {
    pub fn near(&self) -> String {
        self.near.trim().chars().take(LONGEST).collect()
    }
}

#[derive(Template)]
#[template(path = "vouchers/print.html")]
struct PrintPage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    id: i64,
    near: String,
    /// The code of each reason, and its words.
    reasons: Vec<(&'static str, String)>,
}

impl PrintPage {
    fn new(visitor: &Visitor, id: i64, near: String, mistakes: Vec<Mistake>) -> Self {
        let say = &visitor.say;
        let reason = |again: Again| (again.code(), say.t(&format!("again-{}", again.code())));
        Self {
            layout: visitor.layout("print-again-title"),
            once: Once::new(visitor),
            mistakes,
            id,
            near,
            reasons: Again::ALL.into_iter().map(reason).collect(),
        }
    }
}

pub async fn ask(
    visitor: Visitor,
    id: web::Path<i64>,
    near: web::Query<Near>,
) -> Result<HttpResponse, Stop> {
    own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    Ok(page(&PrintPage::new(&visitor, *id, near.near(), Vec::new()))?)
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    #[serde(flatten)]
    near: Near,
    reason: Option<String>,
}

pub async fn print(
    visitor: Visitor,
    id: web::Path<i64>,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let again = given.reason.as_deref().and_then(Again::from_code);
    let (request, by, near) = (RequestId(given.request), visitor.caller.user, given.near.near());
    let noted = block(&visitor.state, move |service| {
        service.print(request, by, Printed::Pass(voucher), FORMAT, again)
    })
    .await;
    match noted {
        Ok(()) => Ok(see_other(&format!(
            "/vouchers/{voucher}/pass.pdf?print={}&near={}",
            request.0,
            encoded(&near)
        ))),
        Err(problem) => again_asked(&visitor, voucher, near, &problem),
    }
}

fn again_asked(
    visitor: &Visitor,
    voucher: VoucherId,
    near: String,
    problem: &Problem,
) -> Result<HttpResponse, Stop> {
    let mistakes = vec![Mistake::of(&visitor.say, problem, "reason")];
    Ok(page_again(problem, &PrintPage::new(visitor, voucher.0, near, mistakes))?)
}

#[derive(Deserialize)]
pub struct Fetched {
    print: Option<Uuid>,
    #[serde(flatten)]
    near: Near,
}

/// The PDF of what was asked for a moment ago; later, or by somebody else, it is asked for again.
pub async fn pass(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Fetched>,
) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let within = visitor.may(Verb::VoucherPrint)?;
    let (say, near, by) = (visitor.say.clone(), query.near.near(), visitor.caller.user);
    let request = query.print.map(RequestId);
    let made = block(&visitor.state, move |service| {
        let asked = match request {
            Some(request) => service.to_print(request, by)?,
            None => None,
        };
        if asked.is_none_or(|asked| asked.what != Printed::Pass(voucher)) {
            return Ok(None);
        }
        let filter = Filter::of(within);
        let wanted = Wanted { vouchers: &[voucher], format: Format::Pages, near: &near, filter };
        drawn(service, &say, &wanted).map(Some)
    })
    .await?;
    match made {
        Some(made) => Ok(answer(made, &format!("pass-{voucher}"))?),
        None => Ok(see_other(&format!("/vouchers/{voucher}"))),
    }
}
