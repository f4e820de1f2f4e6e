//! Choosing a password: by a link that was sent, asked for here when the old one was forgotten.
//! Whether an address has an account nobody learns here.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{
    form::Mistake,
    layout::{Layout, page, page_again, unkept},
    stop::{Stop, see_other},
    visitor::Guest,
};
use crate::{
    domain::message::Channel,
    http::{
        auth::password::{chosen, forgotten},
        block,
        problem::{Problem, Wrong},
        v1::vouchers::send::Spoken,
    },
};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/forgot").route(web::get().to(ask)).route(web::post().to(asked)))
        .service(
            web::resource("/password/{token}")
                .route(web::get().to(choose))
                .route(web::post().to(choice)),
        );
}

#[derive(Template)]
#[template(path = "account/forgot.html")]
struct ForgotPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    email: String,
    /// It was asked: the same words for every address.
    asked: bool,
}

async fn ask(guest: Guest) -> Result<HttpResponse, Stop> {
    if !guest.state.service.sends(Channel::Email) {
        return Err(Wrong::SendingNotSetUp.into());
    }
    let layout = guest.layout("forgot-title");
    let (mistakes, email) = (Vec::new(), String::new());
    Ok(page(&ForgotPage { layout, mistakes, email, asked: false })?)
}

#[derive(Deserialize)]
struct Address {
    email: String,
}

async fn asked(guest: Guest, given: web::Form<Address>) -> Result<HttpResponse, Stop> {
    let email = given.into_inner().email;
    let layout = guest.layout("forgot-title");
    match forgotten(&guest.state, email.clone(), Spoken::from(guest.say.language)) {
        Ok(()) => Ok(page(&ForgotPage { layout, mistakes: Vec::new(), email, asked: true })?),
        Err(problem) => {
            let mistakes = vec![Mistake::of(&guest.say, &problem, "email")];
            Ok(page_again(&problem, &ForgotPage { layout, mistakes, email, asked: false })?)
        }
    }
}

#[derive(Template)]
#[template(path = "account/choose.html")]
struct ChoosePage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    email: String,
    place: String,
}

async fn choose(guest: Guest, token: web::Path<String>) -> Result<HttpResponse, Stop> {
    let email = owner(&guest, token.into_inner()).await?;
    let (layout, place) = (guest.layout("password-title"), guest.place.clone());
    let shown = page(&ChoosePage { layout, mistakes: Vec::new(), email, place })?;
    Ok(unkept(shown))
}

/// The address of a link's person, for their own password store.
async fn owner(guest: &Guest, token: String) -> Result<String, Problem> {
    let known = block(&guest.state, move |service| service.account_of(&token)).await?;
    Ok(known.ok_or(Wrong::LinkNotValid)?.email)
}

#[derive(Deserialize)]
struct Choice {
    password: String,
}

async fn choice(
    guest: Guest,
    token: web::Path<String>,
    given: web::Form<Choice>,
) -> Result<HttpResponse, Stop> {
    let token = token.into_inner();
    let Err(problem) = chosen(&guest.state, token.clone(), given.into_inner().password).await
    else {
        return Ok(unkept(see_other("/login?done=password")));
    };
    let email = owner(&guest, token).await?;
    let mistakes = if problem.reason() == Wrong::FieldInvalid.code() {
        vec![Mistake { field: "password".to_owned(), said: guest.say.t("password-hint") }]
    } else {
        vec![Mistake::of(&guest.say, &problem, "")]
    };
    let (layout, place) = (guest.layout("password-title"), guest.place.clone());
    Ok(unkept(page_again(&problem, &ChoosePage { layout, mistakes, email, place })?))
}
