//! Files that pages load, by their hash: a browser keeps each for ever.
//! No templates.

use std::{borrow::Cow, io::Write as _, sync::LazyLock};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use super::encoded::Encoded;

/// A file within the program.
pub struct Asset {
    pub place: &'static str,
    kind: &'static str,
    content: &'static str,
    gzip: Option<Vec<u8>>,
}

/// The one stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/style.css");
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(content));
    let short: String = hash.chars().take(16).collect();
    // Once in the life of the program.
    let place = String::leak(format!("/assets/style-{short}.css"));
    Asset { place, kind: "text/css; charset=utf-8", content, gzip: gzip(content) }
});

fn gzip(content: &str) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content.as_bytes()).ok()?;
    encoder.finish().ok()
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.route(STYLE.place, web::get().to(style));
}

async fn style(request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .content_type(STYLE.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    let gzip = STYLE.gzip.as_deref().map(Cow::Borrowed);
    let plain = Cow::Borrowed(STYLE.content.as_bytes());
    Encoded { plain, gzip, brotli: None }.answer(&request, response)
}
