//! How the operator presents itself: a name, one colour, a logo.
//! No pages: `pages/looks.rs` draws them.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::looks::logo,
    domain::{
        access::Verb,
        looks::{BadLooks, Looks},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::Body,
        problem::{Problem, Wrong},
    },
};

#[derive(Serialize, ToSchema)]
pub struct LooksView {
    #[schema(example = "Agence numérique")]
    name: Option<String>,
    #[schema(example = "#1f4fa8")]
    accent: Option<String>,
    /// PNG, in Base64 (RFC 4648).
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Agence numérique", "accent": "#1f4fa8" }))]
pub struct NewLooks {
    /// In the head of every page and on paper.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// Of links and buttons; its contrast with light grounds is 4.5 at least (WCAG 2.2, 1.4.3).
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    accent: String,
    /// A PNG or JPEG picture in Base64. Without it the one of before stays; an empty text removes
    /// it.
    #[serde(default)]
    logo: Option<String>,
}

/// How the operator presents itself; nothing until it said so.
#[utoipa::path(get, path = "/v1/looks", tag = "looks", security(()),
    responses((status = 200, body = LooksView)))]
pub async fn read_looks(state: Shared) -> Result<HttpResponse, Problem> {
    let view = match state.service.looks() {
        Some(looks) => LooksView {
            name: Some(looks.name.clone()),
            accent: Some(looks.accent.to_string()),
            logo: looks.logo.as_deref().map(|logo| data_encoding::BASE64.encode(logo)),
        },
        None => LooksView { name: None, accent: None, logo: None },
    };
    Ok(HttpResponse::Ok().json(view))
}

/// Sets how the operator presents itself.
#[utoipa::path(patch, path = "/v1/looks", tag = "looks",
    request_body = NewLooks, responses((status = 204)))]
pub async fn change_looks(
    state: Shared,
    caller: Caller,
    body: Body<NewLooks>,
) -> Result<HttpResponse, Problem> {
    let NewLooks { name, accent, logo } = body.value;
    let logo = match logo.as_deref() {
        None => NewLogo::Keep,
        Some("") => NewLogo::Remove,
        Some(text) => {
            let file = data_encoding::BASE64.decode(text.as_bytes());
            NewLogo::File(file.map_err(|_| Problem::field(Wrong::FieldInvalid, "logo"))?)
        }
    };
    set(&state, caller, name, accent, logo).await?.map_err(wrong)?;
    Ok(HttpResponse::NoContent().finish())
}

/// What becomes of the logo.
pub enum NewLogo {
    Keep,
    Remove,
    File(Vec<u8>),
}

/// # Errors
/// 403 for who may not; what is wrong with the looks is a value.
pub async fn set(
    state: &Shared,
    caller: Caller,
    name: String,
    accent: String,
    new: NewLogo,
) -> Result<Result<(), BadLooks>, Problem> {
    caller.may(Verb::LooksChange)?;
    let by = caller.user;
    block(state, move |service| {
        let before = service.looks();
        let kept = match new {
            NewLogo::Keep => Ok(before.and_then(|before| before.logo.clone())),
            NewLogo::Remove => Ok(None),
            NewLogo::File(file) => logo(&file).map(Some),
        };
        // The fields in the order of the form.
        let looks =
            Looks::new(&name, &accent, None).and_then(|looks| Ok(Looks { logo: kept?, ..looks }));
        match looks {
            Ok(looks) => service.set_looks(by, &looks).map(Ok),
            Err(bad) => Ok(Err(bad)),
        }
    })
    .await
}

/// The field that is wrong.
#[must_use]
pub const fn field(bad: &BadLooks) -> &'static str {
    match bad {
        BadLooks::Name => "name",
        BadLooks::NotAColour(_) | BadLooks::Contrast { .. } => "accent",
        BadLooks::Logo => "logo",
    }
}

fn wrong(bad: BadLooks) -> Problem {
    Problem::field(Wrong::FieldInvalid, field(&bad))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/v1/looks")
            .route(web::get().to(read_looks))
            .route(web::patch().to(change_looks)),
    );
}
