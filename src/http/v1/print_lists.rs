//! The list of a batch of stock for a print shop, sealed to its key while it is sent.
//! No text of a voucher in the clear; who took a list stands in its log.

use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{
        print_list::{PrintListText, WantedList},
        service::{Fault, Service},
    },
    domain::{
        access::Verb,
        calendar::Instant,
        ids::{RequestId, Seq, UserId},
        printing::Again,
        view::{BatchView, Filter},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, only},
        pieces::{self, Pieces},
        problem::{Problem, Wrong},
    },
};

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
}))]
pub struct NewPrintList {
    /// The print shop's age public key: nobody else can open the list.
    #[schema(max_length = 100)]
    recipient: String,
    /// Why it is taken once more; missing the first time.
    #[serde(default)]
    reason: Option<Again>,
}

impl Pieces for PrintListText {
    fn next(&mut self, service: &Service) -> Result<Option<String>, Fault> {
        self.piece(service)
    }
}

/// Takes the list of a batch of stock for a print shop: a CSV with, for each voucher that is still
/// stock, `number`, `reference`, `workshops`, `last_day`, `typed_code` and `qr_text`, encrypted
/// with age (armoured). It is noted who took it; a second list needs a reason. The same request
/// again, within a quarter of an hour, sends the same list once more.
#[utoipa::path(post, path = "/v1/voucher-batches/{id}/print-list", tag = "voucher-batches",
    params(("id" = String, Path)), request_body = NewPrintList,
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn take_print_list(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewPrintList>,
) -> Result<HttpResponse, Problem> {
    note(&state, caller, key.id(), *id, body.value).await?;
    send(state, caller, key.id()).await
}

/// Notes that the caller takes a list.
pub async fn note(
    state: &Shared,
    caller: Caller,
    request: RequestId,
    batch: i64,
    new: NewPrintList,
) -> Result<(), Problem> {
    let filter = Filter::one(caller.may(Verb::PrintListTake)?, batch);
    let NewPrintList { recipient, reason: again } = new;
    let by = Some(caller.user);
    let wanted = WantedList { id: request, batch: Seq(batch), recipient, by, again };
    let noted = block(state, move |service| {
        let Some(row) = service.database().batches(&filter)?.into_iter().next() else {
            return Ok((Vec::new(), true));
        };
        match service.note_print_list(&row, &wanted) {
            Ok(()) => Ok((vec![row], true)),
            Err(Fault::Sealed(_)) => Ok((vec![row], false)),
            Err(fault) => Err(fault),
        }
    });
    let (known, sealable) = noted.await?;
    only::<BatchView>(known)?;
    // Never what was given: it may be a private key.
    if sealable { Ok(()) } else { Err(Problem::field(Wrong::FieldInvalid, "recipient")) }
}

/// Sends the list that the caller has noted a moment ago.
pub async fn send(
    state: Shared,
    caller: Caller,
    request: RequestId,
) -> Result<HttpResponse, Problem> {
    let by = Some(caller.user);
    let begun = block(&state, move |service| service.print_list(request, by)).await?;
    let (batch, text) = begun.ok_or(Wrong::NotFound)?;
    let name = format!("attachment; filename=\"batch-{batch}.csv.age\"");
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(pieces::Body::new(state, text)))
}

/// That somebody took a list.
#[derive(Serialize, ToSchema)]
pub struct TakenList {
    id: RequestId,
    /// The age public key that it was sealed to.
    recipient: String,
    /// Missing: from the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<UserId>,
    taken_at: Instant,
    /// Why it was taken once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Again>,
}

#[derive(Serialize, ToSchema)]
pub struct TakenLists {
    items: Vec<TakenList>,
}

/// Who took lists of a batch for a print shop, the newest first.
#[utoipa::path(get, path = "/v1/voucher-batches/{id}/print-lists", tag = "voucher-batches",
    params(("id" = String, Path)), responses((status = 200, body = TakenLists)))]
pub async fn print_lists_taken(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::VoucherRead)?, *id);
    let read = block(&state, move |service| {
        let database = service.database();
        Ok((database.batches(&filter)?, database.print_lists(Seq(*id))?))
    });
    let (known, lists) = read.await?;
    only(known)?;
    let items = lists.into_iter().map(|list| TakenList {
        id: list.id,
        recipient: list.recipient,
        person: list.by,
        taken_at: list.at,
        reason: list.again,
    });
    Ok(HttpResponse::Ok().json(TakenLists { items: items.collect() }))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/voucher-batches/{id}/print-list")
                .route(web::post().to(take_print_list)),
        )
        .service(
            web::resource("/v1/voucher-batches/{id}/print-lists")
                .route(web::get().to(print_lists_taken)),
        );
}
