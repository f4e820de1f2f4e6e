//! The pages: HTML for people, on the same use cases as the API.
//! No rules and no statuses: `domain` decides, `http` knows how a problem is answered.

mod assets;
mod beneficiary;
mod edge;
mod form;
mod home;
mod layout;
pub mod letters;
mod login;
mod near;
mod passwords;
mod redemptions;
mod reports;
mod say;
mod scan;
mod short;
mod stop;
mod visitor;
mod vouchers;

use actix_web::{
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use crate::http::problem::{Problem, Wrong};

/// All pages; to be configured last, since what no route takes is not found here.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("")
            .wrap(from_fn(edge::around))
            .configure(assets::routes)
            .configure(home::routes)
            .configure(login::routes)
            .configure(passwords::routes)
            .configure(vouchers::routes)
            .configure(reports::routes)
            .configure(redemptions::routes)
            .configure(scan::routes)
            .configure(short::routes)
            .configure(beneficiary::routes)
            .default_service(web::to(|| async { Err::<&str, _>(Problem::from(Wrong::NotFound)) })),
    );
}
