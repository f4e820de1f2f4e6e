//! Logging in and out.
//! The same answer and delay for an unknown address, a wrong password and a revoked person.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;
use serde::Deserialize;

use super::{
    form::Mistake,
    layout::{Layout, page, page_again},
    stop::{Stop, local, see_other},
    visitor::{Guest, Visitor, session_cookie},
};
use crate::{
    domain::message::Channel,
    http::{auth::login, block, problem::Problem},
};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/login").route(web::get().to(show)).route(web::post().to(log_in)))
        .route("/logout", web::post().to(log_out));
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    email: String,
    next: String,
    /// Whether a forgotten password can be asked for.
    resets: bool,
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn show(guest: Guest, query: web::Query<Next>) -> Result<HttpResponse, Stop> {
    let next = local(query.next.as_deref()).to_owned();
    let layout = guest.layout("login-title");
    let (mistakes, email) = (Vec::new(), String::new());
    Ok(page(&LoginPage { layout, mistakes, email, next, resets: resets(&guest) })?)
}

#[derive(Deserialize)]
struct Given {
    email: String,
    password: String,
    next: Option<String>,
}

async fn log_in(
    guest: Guest,
    request: HttpRequest,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    let Given { email, password, next } = given.into_inner();
    let next = local(next.as_deref()).to_owned();
    let user = match login::known(&guest.state, &email, password).await {
        Ok(user) => user,
        Err(problem) => return Ok(wrong(&guest, email, next, &problem)?),
    };
    let browser = request.headers().get(header::USER_AGENT);
    let browser = browser.and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
    let begun =
        move |service: &crate::app::service::Service| service.begin_browser_session(user, &browser);
    let cookie = block(&guest.state, begun).await?;
    let mut response = see_other(&next);
    drop(response.add_cookie(&session_cookie(&request, cookie)));
    Ok(response)
}

fn wrong(
    guest: &Guest,
    email: String,
    next: String,
    problem: &Problem,
) -> Result<HttpResponse, Problem> {
    let mistakes = vec![Mistake::of(&guest.say, problem, "email")];
    let (layout, resets) = (guest.layout("login-title"), resets(guest));
    page_again(problem, &LoginPage { layout, mistakes, email, next, resets })
}

fn resets(guest: &Guest) -> bool {
    guest.state.service.sends(Channel::Email)
}

#[derive(Deserialize)]
struct Leave {
    form_token: String,
}

async fn log_out(
    visitor: Visitor,
    request: HttpRequest,
    given: web::Form<Leave>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let session = visitor.session;
    block(&visitor.state, move |service| service.end_browser_session(&session)).await?;
    let mut response = see_other("/login");
    drop(response.add_cookie(&session_cookie(&request, String::new())));
    Ok(response)
}
