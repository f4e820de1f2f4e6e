//! The resources of version 1, one module each.
//! No handlers here, only the reads that all resources share.

use actix_web::web::{self, ServiceConfig};

/// The list and the single read of a resource whose rows are filtered by tenant.
macro_rules! reads {
    ($tag:tt, $verb:ident, $row:ident from $rows:ident,
        $list:ident at $list_path:tt, $read:ident at $read_path:tt) => {
        /// A page of those that the caller may see.
        #[utoipa::path(get, path = $list_path, tag = $tag,
                            params(crate::http::extract::List),
                            responses((status = 200,
                                body = crate::http::extract::Page<crate::domain::view::$row>)))]
        pub async fn $list(
            state: crate::http::Shared,
            caller: crate::http::access::Anyone,
            list: actix_web::web::Query<crate::http::extract::List>,
        ) -> Result<actix_web::HttpResponse, crate::http::problem::Problem> {
            let within = caller.may(crate::domain::access::Verb::$verb)?;
            let filter = caller.narrow(list.into_inner().filter(within)?);
            let asked = filter.clone();
            let read = move |service: &crate::app::service::Service| {
                Ok(service.database().$rows(&asked)?)
            };
            let rows = crate::http::block(&state, read).await?;
            let page = crate::http::extract::Page::of(rows, &filter);
            Ok(actix_web::HttpResponse::Ok().json(page))
        }

        /// One of them.
        #[utoipa::path(get, path = $read_path, tag = $tag,
                    params(("id" = String, Path)),
                            responses((status = 200, body = crate::domain::view::$row)))]
        pub async fn $read(
            state: crate::http::Shared,
            caller: crate::http::access::Anyone,
            id: actix_web::web::Path<i64>,
        ) -> Result<actix_web::HttpResponse, crate::http::problem::Problem> {
            let within = caller.may(crate::domain::access::Verb::$verb)?;
            let filter = caller.narrow(crate::domain::view::Filter::one(within, *id));
            let read = move |service: &crate::app::service::Service| {
                Ok(service.database().$rows(&filter)?)
            };
            let rows = crate::http::block(&state, read).await?;
            Ok(actix_web::HttpResponse::Ok().json(crate::http::extract::only(rows)?))
        }
    };
}

pub mod api_keys;
pub mod audit;
pub mod batches;
pub mod conflicts;
pub mod delays;
pub mod devices;
pub mod disputes;
pub mod feed;
pub mod funders;
pub mod holds;
pub mod issuers;
pub mod keys;
pub mod ledger;
pub mod looks;
pub mod open_data;
pub mod organisations;
pub mod periods;
pub mod print_lists;
pub mod programme_exports;
pub mod programmes;
pub mod quarantine;
pub mod receipts;
pub mod redemptions;
pub mod reports;
pub mod settlements;
pub mod statements;
pub mod sync;
pub mod users;
pub mod venues;
pub mod vouchers;
pub mod yearly_accounts;

/// Places are tried in turn: those that people wait at stand first.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(redemptions::routes)
        .configure(vouchers::routes)
        .service(web::resource("/v1/reports/usage").route(web::get().to(reports::usage)))
        .service(web::resource("/v1/reports/network").route(web::get().to(reports::network)))
        .service(web::resource("/v1/reports/people").route(web::get().to(reports::people::people)))
        .service(web::resource("/v1/reports/refusals").route(web::get().to(reports::refusals)))
        .service(web::resource("/v1/reports/conflicts").route(web::get().to(reports::conflicts)))
        .service(
            web::resource("/v1/reports/reconciliation")
                .route(web::get().to(reports::reconciliation::check_books)),
        )
        .service(
            web::resource("/v1/reports/forecast").route(web::get().to(reports::forecast::forecast)),
        )
        .service(
            web::resource("/v1/ledger/trial-balance").route(web::get().to(ledger::trial_balance)),
        )
        .service(web::resource("/v1/ledger/export").route(web::get().to(ledger::export_ledger)))
        .service(web::resource("/v1/ledger/postings").route(web::get().to(ledger::list_postings)))
        .service(
            web::resource("/v1/ledger/accounts/{id}/postings")
                .route(web::get().to(ledger::list_account_postings)),
        )
        .service(web::resource("/v1/audit/events").route(web::get().to(audit::list_events)))
        .service(web::resource("/v1/audit/events/{id}").route(web::get().to(audit::read_event)))
        .configure(api_keys::routes)
        .configure(batches::routes)
        .configure(devices::routes)
        .configure(quarantine::routes)
        .configure(conflicts::routes)
        .configure(holds::routes)
        .configure(disputes::routes)
        .configure(settlements::routes)
        .configure(periods::routes)
        .configure(statements::routes)
        .service(web::resource("/v1/feed").route(web::get().to(feed::feed)))
        .service(web::resource("/v1/feed/genuine/{kid}").route(web::get().to(feed::genuine)))
        .service(
            web::resource("/v1/sync")
                .app_data(web::PayloadConfig::new(sync::MOST_UPLOAD_BYTES))
                .route(web::post().to(sync::sync)),
        )
        .configure(funders::routes)
        .configure(keys::routes)
        .configure(looks::routes)
        .configure(programmes::routes)
        .configure(issuers::routes)
        .configure(organisations::routes)
        .configure(venues::routes)
        .configure(users::routes)
        .configure(receipts::routes)
        .configure(print_lists::routes)
        .configure(programme_exports::routes)
        .configure(open_data::routes)
        .configure(yearly_accounts::routes)
        .configure(delays::routes);
}
