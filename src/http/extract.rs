//! What handlers take and give: JSON bodies, request keys, pages, accepted answers.
//! No routes.

use std::pin::Pin;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, dev::Payload, http::header, web,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Shared,
    access::Caller,
    answer,
    limits::MOST_ROWS,
    problem::{Problem, Wrong},
};
use crate::domain::{
    access::Tenant,
    command::{Answer, Ask, Command, Outcome, Request, Scope},
    ids::{
        DeviceId, FunderId, IssuerId, OrganisationId, PaymentId, ProgrammeId, RequestId, Seq,
        SettlementId, VenueId, VoucherId,
    },
    period::Month,
    settlement::PaymentState,
    view::{Filter, Row, Selection},
    voucher::Reference,
};

/// A JSON body, with its canonical text: what a repetition must repeat.
pub struct Body<T> {
    pub value: T,
    pub canonical: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            return Box::pin(async { Err(Wrong::MediaType.into()) });
        }
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|error| {
                let status = error.as_response_error().status_code();
                Problem::of_status(status)
            })?;
            // Read twice: the tree drops repeated keys, so the value comes from the tree.
            let tree: serde_json::Value =
                serde_json::from_slice(&bytes).map_err(|_| Wrong::BodyMalformed)?;
            Self::of(tree)
        })
    }
}

/// A JSON body that may be left out.
pub struct Perhaps<T>(pub Option<Body<T>>);

impl<T: DeserializeOwned + 'static> FromRequest for Perhaps<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let body = Body::from_request(request, payload);
            return Box::pin(async move { Ok(Self(Some(body.await?))) });
        }
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let empty = bytes.await.is_ok_and(|bytes| bytes.is_empty());
            if empty { Ok(Self(None)) } else { Err(Wrong::MediaType.into()) }
        })
    }
}

impl<T: DeserializeOwned> Body<T> {
    /// # Errors
    /// 422 with the field that is missing, unknown or not valid.
    pub fn of(tree: serde_json::Value) -> Result<Self, Problem> {
        let canonical = tree.to_string();
        let value = serde_path_to_error::deserialize(tree)
            .map_err(|error| Problem::field(Wrong::FieldInvalid, place(&error)))?;
        Ok(Self { value, canonical })
    }
}

/// The field that is missing, unknown or not valid, as `terms.shares[0].weight`. Never its value.
fn place(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    let named = message.split('`').nth(1).unwrap_or("body");
    match (path.as_str(), message.starts_with("missing field")) {
        (".", _) => named.to_owned(),
        (path, true) => format!("{path}.{named}"),
        (path, false) => path.to_owned(),
    }
}

/// Exactly so many bytes, in base64url without padding.
pub struct Base64<const N: usize>(pub [u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Base64<N> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("expected bytes in base64url"))
    }
}

/// The header `Idempotency-Key`, with the operation that it is bound to.
pub struct Key {
    id: RequestId,
    operation: String,
}

impl Key {
    /// The key of a request that did not come as a header: of a form.
    #[must_use]
    pub fn new(id: RequestId, operation: &str) -> Self {
        Self { id, operation: operation.to_owned() }
    }

    #[must_use]
    pub const fn id(&self) -> RequestId {
        self.id
    }

    /// The request that repeating must repeat: caller, operation and body.
    #[must_use]
    pub fn request(&self, state: &Shared, caller: Caller, canonical: &str) -> Request {
        self.scoped(state, Scope::User(caller.user), canonical)
    }

    /// As `request`, for whoever has keys of their own.
    #[must_use]
    pub fn scoped(&self, state: &Shared, scope: Scope, canonical: &str) -> Request {
        let content = format!("{}\n{canonical}", self.operation);
        let hash = state.service.request_hash(content.as_bytes());
        Request { scope, id: self.id, hash }
    }
}

impl FromRequest for Key {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
        let id = header.and_then(|key| Uuid::try_parse(key.trim()).ok());
        let operation = format!("{} {}", request.method(), request.path());
        let key = id.map(|id| Self { id: RequestId(id), operation });
        std::future::ready(key.ok_or_else(|| Wrong::KeyMissing.into()))
    }
}

/// Asks in the caller's name, under the request's key.
pub async fn ask(
    state: &Shared,
    caller: Caller,
    key: &Key,
    canonical: &str,
    ask: Ask,
) -> Result<Answer, Problem> {
    let request = key.request(state, caller, canonical);
    let now = state.service.clock.now();
    let command = Command { request, actor: Some(caller.user), device: None, now, ask };
    accepted(answer(state, command).await?)
}

/// An answer that is no refusal.
///
/// # Errors
/// The refusal as a problem.
pub fn accepted(answer: Answer) -> Result<Answer, Problem> {
    match answer.outcome {
        Outcome::Refused(refusal) => Err(Problem::refused(refusal, answer.replayed)),
        _ => Ok(answer),
    }
}

/// What was written: the event's number, and the new thing's if there is one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    pub seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// # Errors
/// 500 for an outcome of another kind, which is a fault of the program.
pub fn written(answer: &Answer) -> Result<HttpResponse, Problem> {
    let (mut response, body) = match answer.outcome {
        Outcome::Added { seq, id } => {
            (HttpResponse::Created(), Written { seq, id: Some(id.to_string()) })
        }
        Outcome::Done { seq } => (HttpResponse::Ok(), Written { seq, id: None }),
        _ => return Err(Wrong::Internal.into()),
    };
    Ok(replayed(&mut response, answer.replayed).json(body))
}

/// Marks a repeated answer.
pub fn replayed(response: &mut HttpResponseBuilder, replayed: bool) -> &mut HttpResponseBuilder {
    if replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    response
}

/// Filters of a list, named as fields.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct List {
    pub programme: Option<ProgrammeId>,
    pub issuer: Option<IssuerId>,
    pub organisation: Option<OrganisationId>,
    pub venue: Option<VenueId>,
    /// Of redemptions and conflicts: those of this device.
    pub device: Option<DeviceId>,
    pub voucher: Option<VoucherId>,
    /// Vouchers of this batch.
    pub batch: Option<Seq>,
    /// Payments of this run.
    pub settlement: Option<SettlementId>,
    /// Redemptions, and conflicts, that this payment pays.
    pub payment: Option<PaymentId>,
    /// Statements of this funder.
    pub funder: Option<FunderId>,
    /// Statements of this month.
    #[param(value_type = Option<String>, example = "2026-10")]
    pub month: Option<Month>,
    /// The voucher's printed reference.
    #[param(value_type = Option<String>, example = "XXXX-XXXX-X")]
    pub reference: Option<Reference>,
    /// Vouchers that their issuer calls so; for issuers alone.
    #[param(max_length = 60)]
    pub own_reference: Option<String>,
    /// Vouchers of a state, or `ending` (active, to its last day 30 days or less), `unused`
    /// (active, no workshop ever taken), `overdue` (past its last day, its money still committed)
    /// or `unreleased` (ended, its money not gone back after the late limit).
    #[param(value_type = Option<String>, example = "unused")]
    pub selection: Option<String>,
    /// Conflicts, records and held redemptions that nobody has decided about.
    pub waiting: bool,
    /// Payments in this state.
    #[param(inline)]
    pub state: Option<PaymentState>,
    /// Payments that the bank rejected or returned, and that no later one has taken up.
    pub failed: bool,
    /// A part of the name, in any case: of funders, issuers, programmes, organisations, venues
    /// (and their commune), people (and their address).
    #[param(max_length = 100)]
    pub search: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// Rows of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl List {
    /// # Errors
    /// 400 for a page of no or too many rows, or for vouchers of a state that there is not.
    pub fn filter(self, within: Tenant) -> Result<Filter, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=MOST_ROWS).contains(&limit) {
            return Err(Problem::field(Wrong::QueryInvalid, "limit"));
        }
        let own_reference = self.own_reference.map(|text| {
            text.parse().map_err(|_| Problem::field(Wrong::QueryInvalid, "own_reference"))
        });
        let selection = self.selection.map(|code| {
            Selection::from_code(&code)
                .ok_or_else(|| Problem::field(Wrong::QueryInvalid, "selection"))
        });
        Ok(Filter {
            within,
            id: None,
            selection: selection.transpose()?,
            waiting: self.waiting,
            payment_state: self.state,
            failed: self.failed,
            stage: None,
            own_reference: own_reference.transpose()?,
            vouchers: None,
            programme: self.programme,
            issuer: self.issuer,
            organisation: self.organisation,
            venue: self.venue,
            device: self.device,
            voucher: self.voucher,
            batch: self.batch,
            settlement: self.settlement,
            payment: self.payment,
            funder: self.funder,
            month: self.month,
            reference: self.reference,
            search: self.search,
            after: self.after,
            limit,
        })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `after` of the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: Row> Page<T> {
    #[must_use]
    pub fn of(items: Vec<T>, filter: &Filter) -> Self {
        let full = items.len() >= usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let next = items.last().filter(|_| full).map(|row| row.cursor().to_string());
        Self { items, next }
    }
}

/// The one row, or 404: unknown and another tenant's look the same.
pub fn only<T>(rows: Vec<T>) -> Result<T, Problem> {
    rows.into_iter().next().ok_or_else(|| Wrong::NotFound.into())
}
