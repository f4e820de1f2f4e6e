//! Activating stock at hand-over: what is scanned or typed is activated, and the next one awaited.
//! No camera: a telephone's own opens the pass's page, which leads to the question of one pass.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        access::Verb,
        command::Ask,
        ids::VoucherId,
        refusal::{Reason, Refusal},
        view::{Filter, VoucherView},
    },
    http::{
        block,
        extract::{ask, only},
        problem::Problem,
        v1::vouchers::seen,
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::Stop,
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "vouchers/activate.html")]
struct ActivatePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    /// The pass that was activated just now.
    activated: Option<VoucherView>,
}

impl ActivatePage {
    fn new(visitor: &Visitor, mistakes: Vec<Mistake>, activated: Option<VoucherView>) -> Self {
        let layout = visitor.layout("activate-scan-title");
        Self { layout, once: Once::new(visitor), mistakes, activated }
    }
}

pub async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::VoucherIssue)?;
    Ok(page(&ActivatePage::new(&visitor, Vec::new(), None))?)
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    code: String,
}

pub async fn activate(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let Given { form_token, request, code } = given.into_inner();
    visitor.sent(&form_token)?;
    match activated(&visitor, request, code).await {
        Ok(row) => Ok(page(&ActivatePage::new(&visitor, Vec::new(), Some(row)))?),
        Err(problem) => {
            // Never what was scanned: it is bearer value.
            let mistakes = vec![Mistake::of(&visitor.say, &problem, "code")];
            Ok(page_again(&problem, &ActivatePage::new(&visitor, mistakes, None))?)
        }
    }
}

async fn activated(visitor: &Visitor, request: Uuid, code: String) -> Result<VoucherView, Problem> {
    let within = visitor.caller.may(Verb::VoucherIssue)?;
    visitor.state.limiter.code(visitor.caller.user, &code)?;
    let found = block(&visitor.state, move |service| {
        let id = match service.shown(&service.read_code(&code)?)? {
            Ok(voucher) => voucher.id,
            Err(reason) => return Ok(Err(reason)),
        };
        let row = seen(service, &Filter::one(within, id.0))?.into_iter().next();
        Ok(row.ok_or(Reason::VoucherUnknown))
    })
    .await?;
    let row = found.map_err(|reason| Problem::refused_scan(Refusal::from(reason), false))?;
    let (voucher, issuer): (VoucherId, _) = (row.id, row.issuer);
    let key = key(request, &format!("activate {voucher}"));
    let wanted = Ask::Activate { voucher, issuer };
    ask(&visitor.state, visitor.caller, &key, "", wanted).await?;
    let filter = Filter::one(within, voucher.0);
    only(block(&visitor.state, move |service| seen(service, &filter)).await?)
}
