//! The operator's name, colour and logo: the page that sets them, and the files that pages load.
//! No picture is kept as it came: `app/looks.rs` writes it anew.

use std::fmt::Write as _;

use actix_multipart::form::{MultipartForm, bytes::Bytes as Upload, text::Text};
use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use sha2::{Digest as _, Sha256};

use super::{
    form::{Mistake, uploads},
    layout::{Layout, page, page_again},
    stop::{Stop, see_other},
    visitor::Visitor,
};
use crate::{
    app::looks::LARGEST_LOGO,
    domain::{
        access::Verb,
        looks::{BadLooks, Colour, Looks, NEEDED_TENTHS},
    },
    http::{
        Shared,
        problem::{Problem, Wrong},
        say::Say,
        v1::looks::{NewLogo, field, set},
    },
};

/// The stylesheet's own.
const ACCENT: &str = "#1f4fa8";
/// With the fields beside the file.
const LARGEST_FORM: usize = LARGEST_LOGO + 64 * 1024;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/manage/looks")
                .app_data(uploads(LARGEST_FORM))
                .route(web::get().to(form))
                .route(web::post().to(change)),
        )
        .route("/assets/looks-{hash}.css", web::get().to(style))
        .route("/assets/logo-{hash}.png", web::get().to(logo));
}

/// What the head of a page shows of the operator.
pub struct Brand {
    pub name: Option<String>,
    pub style: Option<String>,
    pub logo: Option<String>,
}

impl Brand {
    pub fn of(looks: Option<&Looks>) -> Self {
        let named = |bytes: &[u8], name: &str, end: &str| {
            format!("/assets/{name}-{}.{end}", short_hash(bytes))
        };
        Self {
            name: looks.map(|looks| looks.name.clone()),
            style: looks.map(|looks| named(sheet(looks.accent).as_bytes(), "looks", "css")),
            logo: looks
                .and_then(|looks| looks.logo.as_deref())
                .map(|logo| named(logo, "logo", "png")),
        }
    }
}

fn short_hash(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)).chars().take(16).collect()
}

/// The tokens of the stylesheet that an accent changes.
fn sheet(accent: Colour) -> String {
    let mut sheet = String::new();
    let tokens = |colour: Colour| format!("--accent:{colour};--accent-ink:{}", colour.ink());
    // Writing to a string cannot fail.
    let _ = write!(sheet, ":root{{{}}}", tokens(accent));
    let dark = tokens(accent.for_dark());
    let _ = write!(sheet, "@media(prefers-color-scheme:dark){{:root{{{dark}}}}}");
    sheet
}

/// What does not change as long as its name.
fn lasting(kind: &'static str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(body)
}

async fn style(state: Shared, hash: web::Path<String>) -> Result<HttpResponse, Stop> {
    let looks = state.service.looks();
    let sheet = looks.map(|looks| sheet(looks.accent));
    let sheet = sheet.filter(|sheet| short_hash(sheet.as_bytes()) == *hash);
    let sheet = sheet.ok_or(Wrong::NotFound)?;
    Ok(lasting("text/css; charset=utf-8", sheet.into_bytes()))
}

async fn logo(state: Shared, hash: web::Path<String>) -> Result<HttpResponse, Stop> {
    let looks = state.service.looks();
    let logo = looks.and_then(|looks| looks.logo.clone());
    let logo = logo.filter(|logo| short_hash(logo) == *hash).ok_or(Wrong::NotFound)?;
    Ok(lasting("image/png", logo))
}

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage {
    layout: Layout,
    form_token: String,
    mistakes: Vec<Mistake>,
    name: String,
    accent: String,
}

impl LooksPage {
    fn new(visitor: &Visitor, name: String, accent: String, mistakes: Vec<Mistake>) -> Self {
        let (layout, token) = (visitor.layout("looks-title"), &visitor.session.form_token);
        Self { layout, form_token: token.clone(), mistakes, name, accent }
    }
}

async fn form(visitor: Visitor) -> Result<HttpResponse, Stop> {
    visitor.may(Verb::LooksChange)?;
    let looks = visitor.state.service.looks();
    let name = looks.as_ref().map(|looks| looks.name.clone());
    let name = name.unwrap_or_else(|| visitor.say.t("product"));
    let accent = looks.map_or(ACCENT.to_owned(), |looks| looks.accent.to_string());
    Ok(page(&LooksPage::new(&visitor, name, accent, Vec::new()))?)
}

#[derive(MultipartForm)]
struct Given {
    form_token: Text<String>,
    name: Text<String>,
    accent: Text<String>,
    without: Option<Text<String>>,
    #[multipart(limit = "1MiB")]
    logo: Option<Upload>,
}

async fn change(visitor: Visitor, given: MultipartForm<Given>) -> Result<HttpResponse, Stop> {
    let Given { form_token, name, accent, without, logo } = given.into_inner();
    visitor.sent(&form_token)?;
    // A browser sends an empty file where none was chosen.
    let file = logo.map(|logo| logo.data.to_vec()).filter(|file| !file.is_empty());
    let new = match (file, without) {
        (Some(file), _) => NewLogo::File(file),
        (None, Some(_)) => NewLogo::Remove,
        (None, None) => NewLogo::Keep,
    };
    let (name, accent) = (name.into_inner(), accent.into_inner());
    match set(&visitor.state, visitor.caller, name.clone(), accent.clone(), new).await? {
        Ok(()) => Ok(see_other("/manage/looks?done=looks")),
        Err(bad) => {
            let mistake = Mistake { field: field(&bad).to_owned(), said: said(&visitor.say, bad) };
            let again = LooksPage::new(&visitor, name, accent, vec![mistake]);
            Ok(page_again(&Problem::field(Wrong::FieldInvalid, field(&bad)), &again)?)
        }
    }
}

fn said(say: &Say, bad: BadLooks) -> String {
    match bad {
        BadLooks::Name => say.t("looks-name-wrong"),
        BadLooks::NotAColour(_) => say.t("looks-accent-wrong"),
        BadLooks::Contrast { tenths } => {
            let [is, needed] = [tenths, NEEDED_TENTHS].map(|tenths| say.tenths(tenths));
            say.say("looks-contrast", &[("contrast", is.into()), ("needed", needed.into())])
        }
        BadLooks::Logo => say.t("looks-logo-wrong"),
    }
}
