//! Activating stock at hand-over: what is scanned or typed is activated, and the next one awaited;
//! the issuer may note its own reference. No camera: a telephone's own opens the pass's page.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        access::Verb,
        command::Ask,
        own_reference::OwnReference,
        view::{Filter, VoucherView},
    },
    http::{
        block,
        extract::{ask, only},
        problem::Problem,
        v1::vouchers::{
            by_code::found,
            issue::{count, own_reference_of, to_count},
            seen,
        },
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::Stop,
        visitor::Visitor,
        vouchers::{
            change,
            facts::{self, FactsGiven, Question, questions},
            issue::{asked, offered_facts, same},
        },
    },
};

#[derive(Template)]
#[template(path = "vouchers/activate.html")]
struct ActivatePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    own_reference: String,
    /// About the person, for the statistics.
    questions: Vec<Question>,
    /// The pass that was activated just now.
    activated: Option<VoucherView>,
}

/// The issuer's own reference as a form gives it.
#[derive(Default, Deserialize)]
pub struct Called {
    #[serde(default)]
    pub own_reference: String,
    /// Activated although another pass has the same.
    anyway: Option<String>,
    #[serde(flatten)]
    pub facts: FactsGiven,
}

/// What came of asking to activate a pass.
pub enum Answered {
    Activated,
    /// Nothing yet: these have the same own reference.
    Same(Vec<VoucherView>),
}

impl Called {
    fn own_reference(&self) -> Result<Option<OwnReference>, Problem> {
        let text = Some(self.own_reference.trim()).filter(|text| !text.is_empty());
        text.map(own_reference_of).transpose()
    }

    /// Activates a pass under its issuer's own reference, if one is given.
    pub async fn activate(
        &self,
        visitor: &Visitor,
        row: &VoucherView,
        request: Uuid,
    ) -> Result<Answered, Problem> {
        let (voucher, issuer, own) = (row.id, row.issuer, self.own_reference()?);
        if let Some(own) = own.clone().filter(|_| self.anyway.is_none()) {
            let mut same = same(visitor, issuer, own).await?;
            same.retain(|other| other.id != voucher);
            if !same.is_empty() {
                return Ok(Answered::Same(same));
            }
        }
        let key = key(request, &format!("activate {voucher}"));
        let canonical = own.as_ref().map_or("", OwnReference::as_str);
        let told = self.facts.told(&asked(visitor, row.programme).await?);
        let told = to_count(&visitor.state, row.programme, told).await?;
        let wanted = Ask::Activate { voucher, issuer };
        let answer = ask(&visitor.state, visitor.caller, &key, canonical, wanted).await?;
        count(&visitor.state, &answer, row.programme, issuer, told).await?;
        if let Some(own) = own {
            block(&visitor.state, move |service| {
                service.change_own_reference(voucher, issuer, &own)
            })
            .await?;
        }
        Ok(Answered::Activated)
    }
}

/// What a form that activates got wrong; `field` is where a refusal is told.
pub fn mistake(visitor: &Visitor, problem: &Problem, field: &str) -> Mistake {
    if let Some(wrong) = facts::mistake(&visitor.say, problem) {
        return wrong;
    }
    if problem.field_meant().as_deref() == Some("own_reference") {
        let said = visitor.say.t("own-reference-wrong");
        return Mistake { field: "own_reference".to_owned(), said };
    }
    Mistake::of(&visitor.say, problem, field)
}

impl ActivatePage {
    async fn new(
        visitor: &Visitor,
        mistakes: Vec<Mistake>,
        activated: Option<VoucherView>,
        called: &Called,
    ) -> Result<Self, Stop> {
        let asked = offered_facts(visitor).await?;
        Ok(Self {
            layout: visitor.layout("activate-scan-title"),
            once: Once::new(visitor),
            mistakes,
            own_reference: called.own_reference.clone(),
            questions: questions(&visitor.say, &asked, &called.facts),
            activated,
        })
    }
}

pub async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::VoucherIssue)?;
    Ok(page(&ActivatePage::new(&visitor, Vec::new(), None, &Called::default()).await?)?)
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    code: String,
    #[serde(flatten)]
    called: Called,
}

pub async fn activate(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let Given { form_token, request, code, called } = given.into_inner();
    visitor.sent(&form_token)?;
    match activated(&visitor, request, code, &called).await {
        Ok((row, Answered::Activated)) => {
            let (none, next) = (Vec::new(), Called::default());
            Ok(page(&ActivatePage::new(&visitor, none, Some(row), &next).await?)?)
        }
        // The question of this one pass: what was scanned need not be kept for it.
        Ok((row, Answered::Same(same))) => {
            Ok(change::asked_again(&visitor, row, called, same).await?)
        }
        Err(problem) => {
            // Never what was scanned: it is bearer value.
            let mistakes = vec![mistake(&visitor, &problem, "code")];
            let shown = ActivatePage::new(&visitor, mistakes, None, &called).await?;
            Ok(page_again(&problem, &shown)?)
        }
    }
}

async fn activated(
    visitor: &Visitor,
    request: Uuid,
    code: String,
    called: &Called,
) -> Result<(VoucherView, Answered), Problem> {
    let within = visitor.caller.may(Verb::VoucherIssue)?;
    let row = found(&visitor.state, visitor.caller.user.into(), within, code).await?;
    let answered = called.activate(visitor, &row, request).await?;
    let filter = Filter::one(within, row.id.0);
    let row = only(block(&visitor.state, move |service| seen(service, &filter)).await?)?;
    Ok((row, answered))
}
