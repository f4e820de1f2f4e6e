//! The QR of a voucher that may be printed.
//! No drawing: `print` has it.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::own;
use crate::{
    app::service::Fault,
    domain::access::Verb,
    http::{
        Shared,
        access::Caller,
        block,
        problem::{Problem, Wrong},
    },
    print::qr::{Medium, QrFailure},
};

/// Pixels of a module in a PNG: 49 modules make an image of some 460.
const PIXELS: u32 = 8;
const LARGEST_MM: u32 = 200;
const SCREEN_MM: u32 = 50;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Size {
    /// Side of the printed square in millimetres, quiet zone included: the correction level is
    /// the highest that keeps a module at 0.5 mm. Without it, for a screen.
    #[param(minimum = 20, maximum = 200)]
    side_mm: Option<u32>,
}

impl Size {
    fn medium(&self) -> Result<(Medium, u32), Problem> {
        match self.side_mm {
            None => Ok((Medium::Screen, SCREEN_MM)),
            Some(side_mm) if side_mm <= LARGEST_MM => Ok((Medium::Paper { side_mm }, side_mm)),
            Some(_) => Err(Problem::field(Wrong::QueryInvalid, "side_mm")),
        }
    }
}

/// A side that no code fits on is the caller's mistake.
fn too_small(fault: Fault) -> Problem {
    match fault {
        Fault::Qr(QrFailure::TooSmall { .. }) => Problem::field(Wrong::QueryInvalid, "side_mm"),
        fault => fault.into(),
    }
}

/// The QR as SVG. 409 for a voucher that may not be printed any more.
#[utoipa::path(get, path = "/v1/vouchers/{id}/qr.svg", tag = "vouchers",
    params(("id" = String, Path), Size),
    responses((status = 200, body = String, content_type = "image/svg+xml")))]
pub async fn voucher_qr_svg(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    size: web::Query<Size>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherPrint, *id).await?;
    let (medium, side_mm) = size.medium()?;
    let drawn = block(&state, move |service| {
        Ok(service.paper(voucher).and_then(|paper| Ok(paper.qr(medium)?.svg(side_mm))))
    });
    let svg = drawn.await?.map_err(too_small)?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

/// The QR as PNG, 8 pixels a module. 409 for a voucher that may not be printed any more.
#[utoipa::path(get, path = "/v1/vouchers/{id}/qr.png", tag = "vouchers",
    params(("id" = String, Path), Size),
    responses((status = 200, body = Vec<u8>, content_type = "image/png")))]
pub async fn voucher_qr_png(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    size: web::Query<Size>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherPrint, *id).await?;
    let (medium, _) = size.medium()?;
    let drawn = block(&state, move |service| {
        Ok(service.paper(voucher).and_then(|paper| Ok(paper.qr(medium)?.png(PIXELS)?)))
    });
    let png = drawn.await?.map_err(too_small)?;
    Ok(HttpResponse::Ok().content_type("image/png").body(png))
}
