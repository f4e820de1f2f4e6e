//! Files that pages load, by their hash: a browser keeps each for ever.
//! No templates.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use sha2::{Digest as _, Sha256};

use super::stop::Stop;
use crate::{http::packed::Packed, sys::carried};

/// A file within the program.
pub struct Asset {
    pub place: &'static str,
    kind: &'static str,
    gzip: &'static [u8],
}

/// The one stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let gzip = carried::STYLE;
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(gzip));
    let short: String = hash.chars().take(16).collect();
    // Once in the life of the program.
    let place = String::leak(format!("/assets/style-{short}.css"));
    Asset { place, kind: "text/css; charset=utf-8", gzip }
});

pub fn routes(config: &mut web::ServiceConfig) {
    config.route(STYLE.place, web::get().to(style));
}

async fn style(request: HttpRequest) -> Result<HttpResponse, Stop> {
    let mut response = HttpResponse::Ok();
    response
        .content_type(STYLE.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    Ok(Packed::carried(STYLE.gzip).answer(&request, response)?)
}
