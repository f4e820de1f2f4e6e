//! The pages: HTML for people, on the same use cases as the API.
//! No rules and no statuses: `domain` decides, `http` knows how a problem is answered.

mod accessibility;
mod account;
mod assets;
mod bank_answer;
mod beneficiary;
mod books;
mod delays;
mod documents;
mod edge;
mod evidence;
mod form;
mod home;
mod import;
mod layout;
pub mod letters;
mod login;
mod looks;
mod near;
mod not_there;
mod open_data;
mod passwords;
mod printing;
mod redemptions;
#[expect(clippy::unnecessary_wraps, reason = "the forms of all sections have one shape")]
mod registry;
mod reports;
mod scan;
mod short;
mod stop;
mod visitor;
mod vouchers;
mod yearly;

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
            .configure(account::routes)
            .configure(printing::routes)
            .configure(passwords::routes)
            .configure(vouchers::routes)
            .configure(reports::routes)
            .configure(redemptions::routes)
            .configure(accessibility::routes)
            .configure(open_data::routes)
            .configure(looks::routes)
            .configure(import::routes)
            .configure(bank_answer::routes)
            .configure(evidence::routes)
            .configure(books::routes)
            .configure(documents::routes)
            .configure(yearly::routes)
            .configure(delays::routes)
            .configure(registry::routes)
            .configure(scan::routes)
            .configure(short::routes)
            .configure(beneficiary::routes)
            .default_service(web::to(|| async { Err::<&str, _>(Problem::from(Wrong::NotFound)) })),
    );
}
