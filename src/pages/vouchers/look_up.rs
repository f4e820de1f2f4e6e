//! What a pass is worth, by what was scanned or typed: nothing is redeemed, and nothing is written.
//! No camera: a telephone's own opens the pass's page.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    domain::{access::Verb, view::VoucherView},
    http::v1::vouchers::by_code::found,
    pages::{
        form::Mistake,
        layout::{Layout, page, page_again},
        stop::Stop,
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "vouchers/look_up.html")]
struct LookUpPage {
    layout: Layout,
    form_token: String,
    mistakes: Vec<Mistake>,
    row: Option<VoucherView>,
    /// Whether the pass has a page that the visitor may see.
    may_read: bool,
}

impl LookUpPage {
    fn new(visitor: &Visitor, mistakes: Vec<Mistake>, row: Option<VoucherView>) -> Self {
        Self {
            layout: visitor.layout("look-up-title"),
            form_token: visitor.session.form_token.clone(),
            mistakes,
            row,
            may_read: visitor.may(Verb::VoucherRead).is_ok(),
        }
    }
}

pub async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::VoucherLookUp)?;
    Ok(page(&LookUpPage::new(&visitor, Vec::new(), None))?)
}

/// A code is bearer value: it comes in a body, and is on no page.
#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    code: String,
}

pub async fn look_up(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    let Given { form_token, code } = given.into_inner();
    visitor.sent(&form_token)?;
    let within = visitor.may(Verb::VoucherLookUp)?;
    match found(&visitor.state, visitor.caller.user.into(), within, code).await {
        Ok(row) => Ok(page(&LookUpPage::new(&visitor, Vec::new(), Some(row)))?),
        Err(problem) => {
            let mistakes = vec![Mistake::of(&visitor.say, &problem, "code")];
            Ok(page_again(&problem, &LookUpPage::new(&visitor, mistakes, None))?)
        }
    }
}
