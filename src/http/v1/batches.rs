//! Batches: up to 100,000 vouchers in one call, minted in the background with progress.
//! No bearer text: a list of vouchers holds none.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::report::voucher_list,
    domain::{
        access::Verb,
        batch::{BatchOpened, LARGEST_BATCH},
        command::Ask,
        ids::{IssuerId, ProgrammeId, Seq},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::{Problem, Wrong},
    },
};

reads!("voucher-batches", VoucherRead, BatchView from batches,
    list_batches at "/v1/voucher-batches", read_batch at "/v1/voucher-batches/{id}");

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme": "1", "workshops": 10, "count": 500, "stock": true }))]
pub struct NewBatch {
    programme: ProgrammeId,
    /// Of each voucher.
    #[schema(minimum = 5, maximum = 10)]
    workshops: u8,
    /// Vouchers.
    #[schema(minimum = 1, maximum = 100_000)]
    count: u32,
    /// Printed ahead: they hold no budget until they are activated.
    #[serde(default)]
    stock: bool,
    /// An operator names it; a manager's own is meant.
    #[serde(default)]
    issuer: Option<IssuerId>,
}

/// Opens a batch: allocation and money of all its vouchers are taken at once, or nothing. They
/// are minted in the background; `minted` of the batch says how far it is, also after a crash.
#[utoipa::path(post, path = "/v1/voucher-batches", tag = "voucher-batches",
    request_body = NewBatch,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_batch(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewBatch>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::BatchCreate)?;
    let NewBatch { programme, workshops, count, stock, issuer } = body.value;
    let issuer = Caller::issuer(within, issuer)?;
    if !(1..=LARGEST_BATCH).contains(&count) {
        return Err(Problem::field(Wrong::FieldInvalid, "count"));
    }
    let opened = BatchOpened { issuer, workshops, count, stock };
    let open = Ask::OpenBatch { programme, opened };
    written(&ask(&state, caller, &key, &body.canonical, open).await?)
}

/// The batch's vouchers as a CSV for a spreadsheet: references and states, nothing that redeems.
#[utoipa::path(get, path = "/v1/voucher-batches/{id}/vouchers.csv", tag = "voucher-batches",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn batch_list(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherRead)?;
    let one = Filter::one(within, *id);
    let filter = Filter { batch: Some(Seq(*id)), limit: LARGEST_BATCH, ..Filter::of(within) };
    let (known, vouchers) = block(&state, move |service| {
        let (database, now) = (service.database(), service.clock.now());
        Ok((database.batches(&one)?, database.vouchers(&filter, now)?))
    })
    .await?;
    only(known)?;
    let text = voucher_list(&vouchers).map_err(|_| Wrong::Internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"vouchers.csv\""))
        .body(text))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/voucher-batches")
                .route(web::get().to(list_batches))
                .route(web::post().to(create_batch)),
        )
        .service(web::resource("/v1/voucher-batches/{id}").route(web::get().to(read_batch)))
        .service(
            web::resource("/v1/voucher-batches/{id}/vouchers.csv").route(web::get().to(batch_list)),
        );
}
