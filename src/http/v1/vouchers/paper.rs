//! The QR of a voucher that may be printed.
//! No drawing: the port has it.

use actix_web::{HttpResponse, web};

use super::own;
use crate::{
    domain::access::Verb,
    http::{Shared, access::Caller, block, extract::only, problem::Problem},
};

/// The QR as SVG.
///
/// # Errors
/// 404 for a voucher that is unknown, another's, or may not be printed any more.
#[utoipa::path(get, path = "/v1/vouchers/{id}/qr.svg", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml")))]
pub async fn voucher_qr(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherPrint, *id).await?;
    let svg = block(&state, move |port| port.qr_svg(voucher)).await?;
    let svg = only(svg.into_iter().collect())?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}
