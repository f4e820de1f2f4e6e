//! One's own second factor: set up with a telephone, tried, and turned off.
//! No codes are made or compared here, and none is shown twice.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::second_factor::Begun,
    domain::access,
    http::{
        auth::second_factor::{begun, confirmed, needs_code, removed},
        block,
        problem::{Problem, Wrong},
    },
    pages::{
        form::Mistake,
        layout::{Layout, page, page_again, unkept},
        login,
        stop::{Stop, back, see_other},
        visitor::Visitor,
    },
    print::qr::Qr,
};

const QR_MM: u32 = 60;
/// Symbols of a secret that are read and typed at a time.
const GROUP: usize = 4;

const PLACE: &str = "/account/second-factor";

pub fn routes(config: &mut web::ServiceConfig) {
    let step =
        |name: &str| web::resource(format!("{PLACE}/{name}")).route(web::get().to(|| back(PLACE)));
    config
        .route(PLACE, web::get().to(show))
        .service(step("begin").route(web::post().to(begin)))
        .service(step("confirm").route(web::post().to(confirm)))
        .service(step("remove").route(web::post().to(remove)));
}

/// Where somebody stands.
enum Standing {
    Off,
    On { codes_left: i64 },
}

#[derive(Template)]
#[template(path = "account/second_factor.html")]
struct FactorPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    form_token: String,
    standing: Standing,
    /// Nothing else is open before it is set up.
    needed: bool,
}

#[derive(Template)]
#[template(path = "account/secret.html")]
struct SecretPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    form_token: String,
    qr: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "account/recovery_codes.html")]
struct CodesPage {
    layout: Layout,
    codes: Vec<String>,
}

async fn standing(
    visitor: &Visitor,
    again: Option<(&Problem, Mistake)>,
) -> Result<HttpResponse, Stop> {
    let user = visitor.user.id;
    let standing = if needs_code(&visitor.state, user).await? {
        let left = block(&visitor.state, move |service| {
            Ok(service.database().recovery_codes_left(user)?)
        });
        Standing::On { codes_left: left.await? }
    } else {
        Standing::Off
    };
    let needed = visitor.state.settings.second_factor_required
        && access::needs_second_factor(visitor.caller.role);
    let (problem, mistakes) = match again {
        Some((problem, mistake)) => (Some(problem), vec![mistake]),
        None => (None, Vec::new()),
    };
    let shown = FactorPage {
        layout: visitor.layout("factor-title"),
        mistakes,
        form_token: visitor.session.form_token.clone(),
        standing,
        needed,
    };
    Ok(match problem {
        Some(problem) => page_again(problem, &shown)?,
        None => page(&shown)?,
    })
}

async fn show(visitor: Visitor) -> Result<HttpResponse, Stop> {
    standing(&visitor, None).await
}

#[derive(Deserialize)]
struct ToBegin {
    form_token: String,
    password: String,
}

async fn begin(visitor: Visitor, given: web::Form<ToBegin>) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let password = given.into_inner().password;
    match begun(&visitor.state, &visitor.caller, password).await {
        Ok(begun) => Ok(unkept(page(&secret(&visitor, &begun, Vec::new())?)?)),
        Err(problem) => {
            let mistake = mistake(&visitor, &problem);
            standing(&visitor, Some((&problem, mistake))).await
        }
    }
}

fn secret(visitor: &Visitor, begun: &Begun, mistakes: Vec<Mistake>) -> Result<SecretPage, Stop> {
    let qr = Qr::of_address(&begun.address).map_err(|_| Wrong::Internal)?;
    let symbols: Vec<char> = begun.secret.chars().collect();
    let groups: Vec<String> = symbols.chunks(GROUP).map(|group| group.iter().collect()).collect();
    Ok(SecretPage {
        layout: visitor.layout("factor-title"),
        mistakes,
        form_token: visitor.session.form_token.clone(),
        qr: qr.inline_svg(QR_MM),
        secret: groups.join(" "),
    })
}

#[derive(Deserialize)]
struct ToConfirm {
    form_token: String,
    code: String,
}

async fn confirm(
    visitor: Visitor,
    request: HttpRequest,
    given: web::Form<ToConfirm>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let code = given.into_inner().code;
    match confirmed(&visitor.state, &visitor.caller, code).await {
        Ok(codes) => {
            let layout = visitor.layout("recovery-title");
            let shown = unkept(page(&CodesPage { layout, codes })?);
            // Every session ended, this one too; whoever stands here has shown both factors.
            login::begun(&visitor.state, &request, visitor.user.id, shown).await
        }
        Err(problem) => again(&visitor, &problem).await,
    }
}

/// The secret once more, for who mistyped a code.
async fn again(visitor: &Visitor, problem: &Problem) -> Result<HttpResponse, Stop> {
    let user = visitor.user.id;
    let begun = block(&visitor.state, move |service| service.begun_second_factor(user)).await?;
    let Some(begun) = begun else {
        let mistake = Mistake::of(&visitor.say, problem, "");
        return standing(visitor, Some((problem, mistake))).await;
    };
    let mistakes = vec![Mistake::of(&visitor.say, problem, "code")];
    Ok(unkept(page_again(problem, &secret(visitor, &begun, mistakes)?)?))
}

#[derive(Deserialize)]
struct ToRemove {
    form_token: String,
    password: String,
    code: String,
}

async fn remove(visitor: Visitor, given: web::Form<ToRemove>) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let ToRemove { password, code, .. } = given.into_inner();
    match removed(&visitor.state, &visitor.caller, password, code).await {
        Ok(()) => Ok(see_other("/account/second-factor?done=factor-off")),
        Err(problem) => {
            let mistake = mistake(&visitor, &problem);
            standing(&visitor, Some((&problem, mistake))).await
        }
    }
}

fn mistake(visitor: &Visitor, problem: &Problem) -> Mistake {
    let reason = problem.reason();
    if reason == Wrong::CredentialsWrong.code() {
        let said = visitor.say.t("password-wrong");
        return Mistake { field: "password".to_owned(), said };
    }
    let field = if reason == Wrong::CodeWrong.code() { "code" } else { "" };
    Mistake::of(&visitor.say, problem, field)
}
