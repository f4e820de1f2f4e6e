//! One's own account: who one is here, and where one is logged in.
//! No other person's: the section `users` of the registry has them.

mod password;
mod second_factor;

use actix_web::{HttpResponse, web};
use askama::Template;
use data_encoding::HEXLOWER;
use serde::Deserialize;

use crate::{
    domain::calendar::Zone,
    http::{block, problem::Wrong},
    pages::{
        layout::{Layout, page},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/account", web::get().to(show))
        .configure(password::routes)
        .configure(second_factor::routes)
        .route("/account/sessions/end", web::post().to(end));
}

/// A browser in which one is logged in.
struct Session {
    /// What names it: the hash of its cookie, from which nobody makes the cookie.
    hash: String,
    browser: String,
    seen: String,
    begun: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "account/show.html")]
struct AccountPage {
    layout: Layout,
    name: String,
    email: String,
    role: String,
    form_token: String,
    sessions: Vec<Session>,
    second_factor: bool,
}

async fn show(visitor: Visitor) -> Result<HttpResponse, Stop> {
    let user = visitor.user.id;
    let (sessions, second_factor) = block(&visitor.state, move |service| {
        let sessions = service.database().browser_sessions(user, service.clock.now())?;
        Ok((sessions, service.has_second_factor(user)?))
    })
    .await?;
    let moment = |at| visitor.say.moment(at, &Zone::paris());
    let sessions = sessions.into_iter().map(|session| Session {
        here: session.hash == visitor.session.hash,
        hash: HEXLOWER.encode(&session.hash),
        seen: moment(session.seen_at),
        begun: moment(session.begun_at),
        browser: browser(&session.browser),
    });
    Ok(page(&AccountPage {
        layout: visitor.layout("account-title"),
        name: visitor.user.name.clone(),
        email: visitor.user.email.clone(),
        role: visitor.say.t(&format!("role-{}", visitor.caller.role.parts().0)),
        form_token: visitor.session.form_token.clone(),
        sessions: sessions.collect(),
        second_factor,
    })?)
}

/// What people call a browser and its system, of what it calls itself.
fn browser(agent: &str) -> String {
    let first = |names: &[(&str, &str)]| {
        let found = names.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| (*name).to_owned())
    };
    // Each pretends to be those that follow.
    let name = first(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let both: Vec<String> = name.into_iter().chain(system).collect();
    if both.is_empty() { "–".to_owned() } else { both.join(", ") }
}

#[derive(Deserialize)]
struct Given {
    form_token: String,
    session: String,
}

async fn end(visitor: Visitor, given: web::Form<Given>) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let hash = HEXLOWER.decode(given.session.as_bytes()).ok();
    let hash: [u8; 32] = hash.and_then(|hash| hash.try_into().ok()).ok_or(Wrong::NotFound)?;
    let user = visitor.user.id;
    block(&visitor.state, move |service| Ok(service.database().end_browser_session(hash, user)?))
        .await?;
    Ok(see_other("/account?done=session-ended"))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_called_as_people_call_it() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
             Gecko) Chrome/141.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome, Windows");
        assert_eq!(browser(&format!("{chrome} Edg/141.0")), "Edge, Windows");
        assert_eq!(browser("curl/8"), "–");
    }
}
