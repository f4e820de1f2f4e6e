//! Redemptions: workshops taken, and undone.
//! No verdicts: the domain gives them.

pub mod create;
pub mod reversal;

use actix_web::web;

reads!("redemptions", RedemptionRead, RedemptionView from redemptions,
    list_redemptions at "/v1/redemptions", read_redemption at "/v1/redemptions/{id}");

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/redemptions")
                .route(web::get().to(list_redemptions))
                .route(web::post().to(create::create_redemption)),
        )
        .service(web::resource("/v1/redemptions/{id}").route(web::get().to(read_redemption)))
        .service(
            web::resource("/v1/redemptions/{id}/reversal")
                .route(web::post().to(reversal::reverse_redemption)),
        );
}
