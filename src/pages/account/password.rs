//! One's own password, by whoever knows the old one.
//! None that was forgotten: `pages/passwords.rs` has the link for that.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    http::{
        auth::password::own_changed,
        problem::{Problem, Wrong},
    },
    pages::{
        form::Mistake,
        layout::{Layout, page, page_again},
        login::begun,
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/account/password").route(web::get().to(ask)).route(web::post().to(change)),
    );
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    email: String,
    form_token: String,
}

impl PasswordPage {
    fn of(visitor: &Visitor, mistakes: Vec<Mistake>) -> Self {
        Self {
            layout: visitor.layout("own-password-title"),
            mistakes,
            email: visitor.user.email.clone(),
            form_token: visitor.session.form_token.clone(),
        }
    }
}

async fn ask(visitor: Visitor) -> Result<HttpResponse, Stop> {
    Ok(page(&PasswordPage::of(&visitor, Vec::new()))?)
}

#[derive(Deserialize)]
struct Given {
    form_token: String,
    current: String,
    new: String,
}

async fn change(
    visitor: Visitor,
    request: HttpRequest,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let Given { current, new, .. } = given.into_inner();
    if let Err(problem) = own_changed(&visitor.state, &visitor.caller, current, new).await {
        let mistake = mistake(&visitor, &problem);
        return Ok(page_again(&problem, &PasswordPage::of(&visitor, vec![mistake]))?);
    }
    // Every session ended, this one too; whoever stands here knows both passwords.
    let answer = see_other("/account?done=own-password");
    begun(&visitor.state, &request, visitor.user.id, answer).await
}

fn mistake(visitor: &Visitor, problem: &Problem) -> Mistake {
    let said =
        |field: &str, key: &str| Mistake { field: field.to_owned(), said: visitor.say.t(key) };
    match problem.reason() {
        reason if reason == Wrong::FieldInvalid.code() => said("new", "password-hint"),
        reason if reason == Wrong::CredentialsWrong.code() => said("current", "password-old-wrong"),
        _ => Mistake::of(&visitor.say, problem, ""),
    }
}
