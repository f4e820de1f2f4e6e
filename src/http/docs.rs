//! The contract in a browser, and its text: everything is served from the program itself.
//! No contract is made here: `openapi.rs` generates it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::LOCATION,
    web::{self, ServiceConfig},
};
use rust_embed::RustEmbed;

use super::{
    packed::Packed,
    problem::{Problem, Wrong},
};
use crate::sys::carried::CONTRACT;

/// Where the pages are; they need scripts and styles of their own.
pub const PATH: &str = "/docs";

/// What the browser may load there: nothing of anybody else's.
pub const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; frame-ancestors 'none'";

/// Swagger UI as it is released, as far as its page asks for it; packed, since it is seldom looked
/// at. `make web` puts it there: without it there are no pages, but the contract's text.
#[derive(RustEmbed)]
#[folder = "web/dist-viewer"]
#[allow_missing = true]
struct Viewer;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// What its page asks for, with the types.
const FILES: [(&str, &str); 7] = [
    ("index.html", "text/html; charset=utf-8"),
    ("index.css", "text/css; charset=utf-8"),
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", JAVASCRIPT),
    ("swagger-ui-standalone-preset.js", JAVASCRIPT),
    ("favicon-16x16.png", "image/png"),
    ("favicon-32x32.png", "image/png"),
];

/// In place of its own, which shows a pet shop. Nothing is tried out there: it would be real.
const INITIALIZER: &str = r##"window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#swagger-ui",
    deepLinking: true,
    supportedSubmitMethods: [],
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
  });
};
"##;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/openapi.yaml").route(web::get().to(text)))
        .service(web::resource(PATH).route(web::get().to(to_pages)))
        .service(web::resource("/docs/{name:.*}").route(web::get().to(page)));
}

async fn to_pages() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

async fn text(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response.content_type("application/yaml; charset=utf-8");
    Packed::carried(CONTRACT).answer(&request, response)
}

async fn page(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let name = match name.as_str() {
        "swagger-initializer.js" => {
            return Ok(HttpResponse::Ok().content_type(JAVASCRIPT).body(INITIALIZER));
        }
        "" => "index.html",
        name => name,
    };
    let file = FILES.into_iter().find(|file| file.0 == name);
    let (name, kind) = file.ok_or(Wrong::NotFound)?;
    let gzip = Viewer::get(&format!("{name}.gz")).ok_or(Wrong::NotFound)?.data;
    let mut response = HttpResponse::Ok();
    response.content_type(kind);
    Packed { gzip, brotli: None }.answer(&request, response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::carried::unpacked;

    fn file(name: &str) -> Option<Vec<u8>> {
        unpacked(&Viewer::get(&format!("{name}.gz"))?.data).ok()
    }

    #[test]
    fn every_file_of_the_viewer_is_there_and_its_page_asks_for_no_other() {
        if Viewer::iter().next().is_none() {
            eprintln!("left out: the contract in a browser, which `make web` builds");
            return;
        }
        for (name, _) in FILES {
            assert!(file(name).is_some(), "{name}");
        }
        let page = String::from_utf8(file("index.html").unwrap()).unwrap();
        let asked = page.split(['"', '\'']).filter(|text| {
            ["css", "js", "png"].iter().any(|end| text.ends_with(&format!(".{end}")))
        });
        let asked: Vec<&str> = asked.map(|name| name.trim_start_matches("./")).collect();
        assert_eq!(asked.len(), 7, "{asked:?}");
        let ours = |name: &str| name == "swagger-initializer.js";
        assert!(asked.iter().all(|name| ours(name) || FILES.iter().any(|file| file.0 == *name)));
    }
}
