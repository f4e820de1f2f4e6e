//! Printing: asked for with a form, noted, and fetched as a PDF a moment later.
//! No rules of who prints what twice: `app/printing.rs` has them.

mod drawn;
mod orientation;
mod pass;
mod several;
pub mod sheets;
pub mod shop;

use actix_web::web;

pub use drawn::{labels, printed};
pub use orientation::{AppointmentFields, Orientation};

/// To be configured before the routes of passes and batches, which take any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/vouchers/print", web::post().to(several::print))
        .service(
            web::resource("/vouchers/{id}/print")
                .route(web::get().to(pass::ask))
                .route(web::post().to(pass::print)),
        )
        .route("/vouchers/{id}/pass.pdf", web::get().to(pass::pass))
        .route("/batches/{id}/sheets.pdf", web::get().to(sheets::sheets))
        .route("/batches/{id}/print-list.age", web::get().to(shop::fetch))
        .route("/batches/{id}/vouchers.csv", web::get().to(sheets::list));
}
