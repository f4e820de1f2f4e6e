//! The scanner: an application of its own, whose files are built from `web/` and embedded here.
//! No HTML and no rules: it asks the API, with a token that its person's session gives it.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::RustEmbed;
use serde::Serialize;

use super::{looks::Brand, stop::Stop, visitor::Visitor};
use crate::{
    domain::access::Verb,
    http::{
        Shared,
        auth::tokens::TOKEN_LIFE_S,
        packed::Packed,
        problem::{Problem, Wrong},
    },
};

/// What `make web` built; without it there is no scanner, and the page says so.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Files;

/// A worker decodes with WebAssembly; everything is this site's own.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The camera, which nothing else here asks for.
const PERMISSIONS: &str = "camera=(self)";
/// What is kept here has its hash in its name, and never changes.
const LASTING: &str = "assets/";

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/scan", web::get().to(entrance))
        .route("/scan/looks", web::get().to(looks))
        .route("/scan/{file:.*}", web::get().to(file))
        .route("/session/token", web::post().to(token));
}

async fn entrance(request: HttpRequest) -> Result<HttpResponse, Stop> {
    served(&request, "index.html")
}

async fn file(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, Stop> {
    match file.as_str() {
        "" => served(&request, "index.html"),
        name => served(&request, name),
    }
}

fn served(request: &HttpRequest, name: &str) -> Result<HttpResponse, Stop> {
    let bytes = |name: &str| Files::get(name).map(|file| file.data);
    // Packed wherever that is smaller, and then not there as it is.
    let packed = bytes(&format!("{name}.gz"));
    let plain = if packed.is_none() { Some(bytes(name).ok_or(Wrong::NotFound)?) } else { None };
    let kept =
        if name.starts_with(LASTING) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = HttpResponse::Ok();
    response
        .content_type(kind(name))
        .insert_header((header::CACHE_CONTROL, kept))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header(("permissions-policy", PERMISSIONS))
        // `/scan` itself is not below `/scan/`, where the worker's file is.
        .insert_header(("service-worker-allowed", "/scan"));
    match packed {
        Some(gzip) => {
            let brotli = bytes(&format!("{name}.br"));
            Ok(Packed { gzip, brotli }.answer(request, response)?)
        }
        None => Ok(response.body(plain.unwrap_or_default().into_owned())),
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// The operator's name, and where the stylesheet of their colour is.
#[derive(Serialize)]
struct Worn {
    name: Option<String>,
    style: Option<String>,
}

async fn looks(state: Shared) -> HttpResponse {
    let Brand { name, style, .. } = Brand::of(state.service.looks().as_deref());
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(Worn { name, style })
}

#[derive(Serialize)]
struct Token {
    access_token: String,
    /// Seconds that it lives.
    expires_in: i64,
}

/// A short token of the API for who is logged in. Other sites can neither send the header without
/// being asked about it first, nor read the answer.
async fn token(
    request: HttpRequest,
    visitor: Result<Visitor, Stop>,
) -> Result<HttpResponse, Problem> {
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(Stop::LogIn { .. }) => return Ok(HttpResponse::Unauthorized().json(())),
        Err(Stop::SecondFactor) => return Err(Wrong::SecondFactorMissing.into()),
        Err(Stop::Problem(problem)) => return Err(problem),
    };
    if !request.headers().contains_key("x-requested-with") {
        return Err(Wrong::Forbidden.into());
    }
    visitor.caller.may(Verb::RedemptionCreate)?;
    let now = visitor.state.service.clock.now();
    let made = visitor.state.tokens.make(visitor.caller.user, now);
    let access_token = made.ok_or(Wrong::Internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Token { access_token, expires_in: TOKEN_LIFE_S }))
}
