//! Vouchers: issue, show, and change their standing.
//! A voucher's text travels in bodies only.

pub mod by_code;
pub mod issue;
pub mod paper;
pub mod replace;
pub mod standing;

use actix_web::web;

use crate::{
    app::port::Filter,
    domain::{access::Verb, ids::VoucherId},
    http::{Shared, access::Caller, block, extract::only, problem::Problem},
};

reads!("vouchers", VoucherRead, VoucherRow from vouchers,
    list_vouchers at "/v1/vouchers", read_voucher at "/v1/vouchers/{id}");

/// The voucher, if it is the caller's to do `verb` with.
async fn own(state: &Shared, caller: Caller, verb: Verb, id: i64) -> Result<VoucherId, Problem> {
    let filter = Filter::one(caller.may(verb)?, id);
    only(block(state, move |port| port.vouchers(&filter)).await?).map(|row| row.id)
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
        .service(web::resource("/v1/vouchers/{id}/qr.svg").route(web::get().to(paper::voucher_qr)));
}
