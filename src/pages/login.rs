//! Logging in and out.
//! The same answer and delay for an unknown address, a wrong password and a revoked person.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use askama::Template;
use serde::Deserialize;

use super::{
    form::Mistake,
    layout::{Layout, page, page_again, unkept},
    stop::{Stop, back, encoded, local, see_other},
    visitor::{Guest, Visitor, session_cookie},
};
use crate::{
    app::service::Service,
    domain::{ids::UserId, message::Channel},
    http::{
        Shared,
        auth::{
            login,
            second_factor::{needs_code, with_code},
        },
        block,
        problem::{Problem, Wrong},
    },
};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/login").route(web::get().to(show)).route(web::post().to(log_in)))
        .service(
            web::resource("/login/code")
                .route(web::get().to(|| back("/login")))
                .route(web::post().to(with_their_code)),
        )
        .route("/logout", web::post().to(log_out));
}

#[derive(Template)]
#[template(path = "account/login.html")]
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
    if !needs_code(&guest.state, user).await? {
        return begun(&guest.state, &request, user, see_other(&next)).await;
    }
    let half = block(&guest.state, move |service| service.half_session(user)).await?;
    let half = half.ok_or(Wrong::CredentialsWrong)?;
    let layout = guest.layout("code-title");
    Ok(unkept(page(&CodePage { layout, mistakes: Vec::new(), half, next })?))
}

/// Begins a session in this browser, with the answer that brings its cookie.
pub async fn begun(
    state: &Shared,
    request: &HttpRequest,
    user: UserId,
    mut answer: HttpResponse,
) -> Result<HttpResponse, Stop> {
    let browser = request.headers().get(header::USER_AGENT);
    let browser = browser.and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
    let begun = move |service: &Service| service.begin_browser_session(user, &browser);
    let cookie = block(state, begun).await?;
    drop(answer.add_cookie(&session_cookie(request, cookie)));
    Ok(answer)
}

/// The second half of a log-in.
#[derive(Template)]
#[template(path = "account/code.html")]
struct CodePage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    /// That the password was right, for a few minutes.
    half: String,
    next: String,
}

#[derive(Deserialize)]
struct SecondHalf {
    half: String,
    code: String,
    next: Option<String>,
}

async fn with_their_code(
    guest: Guest,
    request: HttpRequest,
    given: web::Form<SecondHalf>,
) -> Result<HttpResponse, Stop> {
    let SecondHalf { half, code, next } = given.into_inner();
    let next = local(next.as_deref()).to_owned();
    let known = half.clone();
    let user = block(&guest.state, move |service| service.of_half_session(&known)).await?;
    let Some(user) = user else {
        return Ok(see_other(&format!("/login?done=too-late&next={}", encoded(&next))));
    };
    match with_code(&guest.state, user, code).await {
        Ok(()) => begun(&guest.state, &request, user, see_other(&next)).await,
        Err(problem) => {
            let mistakes = vec![Mistake::of(&guest.say, &problem, "code")];
            let layout = guest.layout("code-title");
            Ok(unkept(page_again(&problem, &CodePage { layout, mistakes, half, next })?))
        }
    }
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
