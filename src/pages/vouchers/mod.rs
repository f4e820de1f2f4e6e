//! Passes: issue, list, show, print, and what is done when one is lost.
//! No rules of which state allows what: the domain has them.

mod activate;
mod change;
mod facts;
mod issue;
mod issue_list;
mod list;
mod look_up;
mod send;
mod show;

use actix_web::web;

pub use show::{View, shown};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/vouchers", web::get().to(list::list))
        .service(
            web::resource("/vouchers/new")
                .route(web::get().to(issue::form))
                .route(web::post().to(issue::issue)),
        )
        .configure(issue_list::routes)
        .service(
            web::resource("/vouchers/activate")
                .route(web::get().to(activate::form))
                .route(web::post().to(activate::activate)),
        )
        .service(
            web::resource("/vouchers/look-up")
                .route(web::get().to(look_up::form))
                .route(web::post().to(look_up::look_up)),
        )
        .route("/vouchers/{id}", web::get().to(show::show))
        .route("/vouchers/{id}/qr.svg", web::get().to(show::qr))
        .route("/vouchers/{id}/send", web::post().to(send::sent))
        .service(
            web::resource("/vouchers/{id}/{change}")
                .route(web::get().to(change::confirm))
                .route(web::post().to(change::change)),
        );
}
