//! The signed feed of a device: what it must know to accept and refuse without network.
//! For devices alone; no personal data.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::feed::FeedCursor,
    domain::{ids::Seq, voucher::Kid},
    http::{
        Shared,
        access::DeviceCaller,
        block,
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// `until` of the last page of what the device has: only what changed since. Without it the
    /// feed begins.
    after: Option<Seq>,
    /// `next` of the page before, of a beginning.
    #[param(value_type = Option<String>)]
    number: Option<i64>,
    /// `until` of the page before, of a beginning.
    until: Option<Seq>,
}

impl Since {
    fn cursor(&self) -> Result<FeedCursor, Problem> {
        match (self.after, self.number, self.until) {
            (Some(after), None, None) => Ok(FeedCursor::After(after)),
            (None, None, None) => Ok(FeedCursor::Beginning { number: 0, until: None }),
            (None, Some(number), Some(until)) => {
                Ok(FeedCursor::Beginning { number, until: Some(until) })
            }
            _ => Err(Problem::field(Wrong::QueryInvalid, "after")),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Place {
    /// `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    number: i64,
}

/// A page of the genuine passes of a key that leaked (in the key set it is `compromised`),
/// 16 bytes each: of those, and only of those, a device accepts the signature still. Passes that
/// have ended may be missing.
///
/// The page, all numbers big-endian: 1 byte version (1); 4 the kid of the signing key, 4 of the key
/// that leaked; 8 each device, next (0: the last page) and time in microseconds since 1970; 4 the
/// number of passes, 16 each, the first ones of SHA-256 of the 20 signed bytes; 64 the Ed25519
/// signature over `pass-numerique/genuine/1`, a line feed, and all before. 404 if no such key has
/// leaked.
#[utoipa::path(get, path = "/v1/feed/genuine/{kid}", tag = "devices",
    params(("kid" = String, Path), Place),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn genuine(
    state: Shared,
    caller: DeviceCaller,
    kid: web::Path<Kid>,
    place: web::Query<Place>,
) -> Result<HttpResponse, Problem> {
    let (device, number) = (caller.trusted()?.clone(), place.number);
    let page = block(&state, move |service| service.genuine(&device, *kid, number)).await?;
    let page = page.ok_or(Wrong::NotFound)?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(page))
}

/// A page of the vouchers of the device's programmes of which the signature does not say all, 11
/// bytes each: id, workshops left (0: refuse) and last day. Stock that is not in it is refused,
/// and so is what is past its last day. A device begins once, page by page, and then asks for
/// what changed; where `programmes` are not those it knew, it begins anew.
///
/// The page, all numbers big-endian: 1 byte version (1); 4 the kid of the signing key; 8 each
/// device, after, until, next (0: the last page) and time in microseconds since 1970; 2 the number
/// of programmes, 2 each; 4 the number of vouchers, 11 each (id 8, left 1, last day since 1970 2);
/// 64 the Ed25519 signature over `pass-numerique/feed/1`, a line feed, and all before.
#[utoipa::path(get, path = "/v1/feed", tag = "devices", params(Since),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn feed(
    state: Shared,
    caller: DeviceCaller,
    since: web::Query<Since>,
) -> Result<HttpResponse, Problem> {
    let (device, cursor) = (caller.trusted()?.clone(), since.cursor()?);
    let page = block(&state, move |service| service.feed(&device, cursor)).await?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(page))
}
