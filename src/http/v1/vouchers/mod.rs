//! Vouchers: issue, show, and change their standing.
//! A voucher's text travels in bodies only.

pub mod by_code;
pub mod issue;
pub mod paper;
pub mod replace;
pub mod send;
pub mod standing;

use actix_web::{HttpResponse, web};

use crate::{
    app::service::{Fault, Service},
    domain::{
        access::Verb,
        ids::VoucherId,
        view::{Filter, VoucherView},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{List, Page, only},
        problem::Problem,
    },
};

/// A page of the vouchers that the caller may see, the newest first.
#[utoipa::path(get, path = "/v1/vouchers", tag = "vouchers", params(List),
    responses((status = 200, body = Page<VoucherView>)))]
pub async fn list_vouchers(
    state: Shared,
    caller: Caller,
    list: web::Query<List>,
) -> Result<HttpResponse, Problem> {
    let filter = list.into_inner().filter(caller.may(Verb::VoucherRead)?)?;
    let asked = filter.clone();
    let rows = block(&state, move |service| seen(service, &asked)).await?;
    Ok(HttpResponse::Ok().json(Page::of(rows, &filter)))
}

/// One of them.
#[utoipa::path(get, path = "/v1/vouchers/{id}", tag = "vouchers",
    params(("id" = String, Path)), responses((status = 200, body = VoucherView)))]
pub async fn read_voucher(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::VoucherRead)?, *id);
    let rows = block(&state, move |service| seen(service, &filter)).await?;
    Ok(HttpResponse::Ok().json(only(rows)?))
}

/// Vouchers as they are now.
pub fn seen(service: &Service, filter: &Filter) -> Result<Vec<VoucherView>, Fault> {
    service.vouchers(filter)
}

/// The voucher, if it is the caller's to do `verb` with.
pub async fn own(
    state: &Shared,
    caller: Caller,
    verb: Verb,
    id: i64,
) -> Result<VoucherId, Problem> {
    let filter = Filter::one(caller.may(verb)?, id);
    let rows = block(state, move |service| seen(service, &filter)).await?;
    only(rows).map(|row| row.id)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/vouchers")
                .route(web::get().to(list_vouchers))
                .route(web::post().to(issue::issue_voucher)),
        )
        .service(
            web::resource("/v1/vouchers/by-code").route(web::post().to(by_code::voucher_by_code)),
        )
        .service(web::resource("/v1/vouchers/{id}").route(web::get().to(read_voucher)))
        .service(
            web::resource("/v1/vouchers/{id}/activate")
                .route(web::post().to(standing::activate_voucher)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/suspend")
                .route(web::post().to(standing::suspend_voucher)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/reinstate")
                .route(web::post().to(standing::reinstate_voucher)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/cancel")
                .route(web::post().to(standing::cancel_voucher)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/replace")
                .route(web::post().to(replace::replace_voucher)),
        )
        .service(web::resource("/v1/vouchers/{id}/send").route(web::post().to(send::send_voucher)))
        .service(
            web::resource("/v1/vouchers/{id}/messages")
                .route(web::get().to(send::voucher_messages)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/qr.svg").route(web::get().to(paper::voucher_qr_svg)),
        )
        .service(
            web::resource("/v1/vouchers/{id}/qr.png").route(web::get().to(paper::voucher_qr_png)),
        );
}
