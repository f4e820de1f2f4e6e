//! Signed receipts of redemptions, one or a month of them, and the keys that sign them.
//! No signing (`app/receipts.rs`), and no private key.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{
        receipts::MonthOfReceipts,
        rotate::KeyOrder,
        service::{Fault, Service},
    },
    domain::{
        access::Verb,
        calendar::{Day, Instant, Zone},
        cents::Cents,
        ids::{OrganisationId, RequestId, Seq, VenueId, VoucherId},
        receipt::{Receipt, ReceiptKey},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::only,
        pieces::{self, Pieces},
        problem::{Problem, Wrong},
    },
};

use super::keys::{Steps, order};

/// A receipt, and what its text says.
#[derive(Serialize, ToSchema)]
pub struct SignedReceipt {
    /// To be kept: `pass-numerique verify --receipt-keys` checks it without us.
    #[schema(example = "PNR1.AcAFq6EBkdOgAABwAIAAAAAAAAAB…", max_length = 512)]
    receipt: String,
    /// The client's own id of the redemption.
    id: RequestId,
    seq: Seq,
    organisation: OrganisationId,
    venue: VenueId,
    voucher: VoucherId,
    workshops: u8,
    left: u8,
    /// Of the voucher, tolerance included.
    last_day: Day,
    earned_cents: Cents,
    #[schema(example = "EUR")]
    currency: &'static str,
    occurred_at: Instant,
    recorded_at: Instant,
    /// The link of the journal's chain that the redemption made, in hexadecimal.
    head: String,
    /// The event that undid the redemption since: the receipt does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_by: Option<Seq>,
}

impl SignedReceipt {
    fn of(receipt: String, said: &Receipt, reversed_by: Option<Seq>) -> Self {
        Self {
            receipt,
            id: said.id,
            seq: said.seq,
            organisation: said.organisation,
            venue: said.venue,
            voucher: said.voucher,
            workshops: said.workshops,
            left: said.left,
            last_day: said.last_day,
            earned_cents: said.earned_cents,
            currency: "EUR",
            occurred_at: said.occurred_at,
            recorded_at: said.recorded_at,
            head: data_encoding::HEXLOWER.encode(&said.head),
            reversed_by,
        }
    }
}

/// The receipt of a redemption: the same text whenever it is asked for.
#[utoipa::path(get, path = "/v1/redemptions/{id}/receipt", tag = "redemptions",
    params(("id" = String, Path)), responses((status = 200, body = SignedReceipt)))]
pub async fn read_receipt(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(signed(&state, caller, *id).await?))
}

/// The receipt of a redemption that the caller may see.
pub async fn signed(state: &Shared, caller: Caller, id: i64) -> Result<SignedReceipt, Problem> {
    let within = caller.may(Verb::ReceiptRead)?;
    let filter = Filter::one(within, id);
    let found = block(state, move |service| {
        let rows = service.database().redemptions(&filter)?;
        let receipt = service.receipt(within, Seq(id))?;
        let Some((row, receipt)) = rows.into_iter().next().zip(receipt) else {
            return Ok(Vec::new());
        };
        let text = service.signed_receipt(&receipt).ok_or(Fault::NoReceiptKey)?;
        Ok(vec![SignedReceipt::of(text, &receipt, row.reversed_by)])
    });
    only(found.await?)
}

impl SignedReceipt {
    /// The text alone.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.receipt
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Month {
    /// Of business days: `2026-11`; without it, the present one.
    #[param(example = "2026-11", pattern = "^[0-9]{4}-[0-9]{2}$")]
    month: Option<String>,
    /// Whose; for operators and auditors.
    organisation: Option<OrganisationId>,
}

impl Pieces for MonthOfReceipts {
    fn next(&mut self, service: &Service) -> Result<Option<String>, Fault> {
        self.piece(service)
    }
}

/// The receipts of a month, one a line, in the order of the journal.
#[utoipa::path(get, path = "/v1/receipts", tag = "redemptions", params(Month),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn month_of_receipts(
    state: Shared,
    caller: Caller,
    query: web::Query<Month>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ReceiptRead)?;
    let Month { month, organisation } = query.into_inner();
    let wrong = || Problem::field(Wrong::QueryInvalid, "month");
    let day: Day = match month {
        Some(month) => format!("{month}-01").parse().map_err(|_| wrong())?,
        None => state.service.clock.now().day(&Zone::paris()),
    };
    let receipts = MonthOfReceipts::of(within, organisation, day);
    let name = format!("attachment; filename=\"receipts-{}.txt\"", day.month());
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .body(pieces::Body::new(state, receipts)))
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptKeys {
    items: Vec<ReceiptKey>,
}

/// Every key that signs receipts or did, the oldest first.
#[utoipa::path(get, path = "/v1/receipt-keys", tag = "keys",
    responses((status = 200, body = ReceiptKeys)))]
pub async fn list_receipt_keys(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    caller.may(Verb::KeyRead)?;
    let items = block(&state, Service::receipt_keys).await?;
    Ok(HttpResponse::Ok().json(ReceiptKeys { items }))
}

/// Adds the next key of receipts: it signs what is recorded from a day later on.
#[utoipa::path(post, path = "/v1/receipt-keys/rotate", tag = "keys",
    responses((status = 200, body = Steps)))]
pub async fn rotate_receipt_keys(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::RotateReceipts).await
}

/// Lets a key of receipts that leaked sign nothing more; another one signs at once, also the
/// receipts of before, which are to be fetched again.
#[utoipa::path(post, path = "/v1/receipt-keys/{id}/compromise", tag = "keys",
    params(("id" = String, Path)), responses((status = 200, body = Steps)))]
pub async fn compromise_receipt_key(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::CompromiseReceipts { key: Seq(*id) }).await
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/redemptions/{id}/receipt").route(web::get().to(read_receipt)))
        .service(web::resource("/v1/receipts").route(web::get().to(month_of_receipts)))
        .service(web::resource("/v1/receipt-keys").route(web::get().to(list_receipt_keys)))
        .service(
            web::resource("/v1/receipt-keys/rotate").route(web::post().to(rotate_receipt_keys)),
        )
        .service(
            web::resource("/v1/receipt-keys/{id}/compromise")
                .route(web::post().to(compromise_receipt_key)),
        );
}
