//! Files that pages load, by their hash: a browser keeps each for ever.
//! No templates.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header, web};
use sha2::{Digest as _, Sha256};

/// A file within the program.
pub struct Asset {
    pub place: &'static str,
    kind: &'static str,
    content: &'static str,
}

/// The one stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/style.css");
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(content));
    let short: String = hash.chars().take(16).collect();
    // Once in the life of the program.
    let place = String::leak(format!("/assets/style-{short}.css"));
    Asset { place, kind: "text/css; charset=utf-8", content }
});

pub fn routes(config: &mut web::ServiceConfig) {
    config.route(STYLE.place, web::get().to(|| async { served(&STYLE) }));
}

fn served(asset: &Asset) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(asset.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.content)
}
