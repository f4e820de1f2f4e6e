//! Redeeming workshops of a voucher; its own `id` makes a repetition known.
//! A refusal is 409 with its reason, never 404.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        calendar::{Day, Instant},
        cents::Cents,
        command::{Answer, Ask, Command, Delivery, Outcome, Redeem, Redemption, Request, Scope},
        hold::HoldCause,
        ids::{OrganisationId, RequestId, Seq, VenueId, VoucherId},
        receipt::Receipt as SaidByReceipt,
        service::Service,
    },
    http::{
        Shared,
        access::Anyone,
        answer, block,
        extract::{Body, replayed},
        look_up,
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "0192d3a0-0000-7000-8000-000000000001", "venue": "1", "code": "XXXX-XXXX-XXXX",
    "workshops": 1, "service": "everyday_tools", "group": true, "minutes": 90,
}))]
pub struct NewRedemption {
    /// Made by the client before it sends; the same on every attempt.
    id: RequestId,
    venue: VenueId,
    /// The text of the QR, or the manual code.
    #[schema(max_length = 512)]
    code: String,
    #[schema(minimum = 1, maximum = 10)]
    workshops: u8,
    #[serde(default)]
    service: Option<Service>,
    /// Whether several people took part.
    #[serde(default)]
    group: Option<bool>,
    #[serde(default)]
    minutes: Option<u16>,
    /// When the workshop took place; now, if it is missing.
    #[serde(default)]
    occurred_at: Option<Instant>,
    /// The same verdict, and nothing is written.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192d3a0-0000-7000-8000-000000000001", "seq": "2261",
    "voucher": "4813594432735483167", "venue": "1", "workshops": 1, "left": 9,
    "last_day": "2027-04-22", "earned_cents": 1000, "currency": "EUR",
    "occurred_at": "2026-11-23T14:05:00Z", "reversed": false,
}))]
#[expect(clippy::struct_field_names, reason = "the answer to a redemption has the signed text")]
pub struct Receipt {
    id: RequestId,
    /// The redemption's number; "0" for a dry run.
    seq: Seq,
    voucher: VoucherId,
    venue: VenueId,
    workshops: u8,
    left: u8,
    /// Of the voucher, tolerance included.
    last_day: Day,
    earned_cents: Cents,
    #[schema(example = "EUR")]
    currency: &'static str,
    occurred_at: Instant,
    /// Reversed since; only a repetition can say so.
    reversed: bool,
    /// Why the workshop, which is accepted, is paid only after a second person has looked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<HoldCause>,
    /// Signed, to be kept: it proves what was earned without us. Missing for a dry run, and where
    /// the key is not at hand: `GET /v1/redemptions/{seq}/receipt` has it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 512)]
    receipt: Option<String>,
}

/// Redeems workshops.
#[utoipa::path(post, path = "/v1/redemptions", tag = "redemptions",
    request_body = NewRedemption,
    responses((status = 201, body = Receipt), (status = 200, body = Receipt,
        description = "The verdict of a dry run")))]
pub async fn create_redemption(
    state: Shared,
    caller: Anyone,
    body: Body<NewRedemption>,
) -> Result<HttpResponse, Problem> {
    let Tenant::Organisation(organisation) = caller.may(Verb::RedemptionCreate)? else {
        return Err(Wrong::Forbidden.into());
    };
    let (id, dry_run) = (body.value.id, body.value.dry_run);
    let now = state.service.clock.now();
    let NewRedemption { venue, code, workshops, service, group, minutes, occurred_at, .. } =
        body.value;
    if workshops == 0 {
        return Err(Problem::field(Wrong::FieldInvalid, "workshops"));
    }
    let delivery = Delivery { service, group, minutes };
    state.limiter.code(caller.who(), &code)?;
    // A turn in the pool of threads costs about as much as a signature.
    let shown = match state.service.read_at_hand(&code) {
        Some(shown) => shown,
        None => look_up(&state, move |service| service.read_code(&code)).await?,
    };
    let redeem = Redeem {
        organisation,
        venue,
        shown,
        workshops,
        delivery,
        occurred_at: occurred_at.unwrap_or(now),
        dry_run,
    };
    let hash = state.service.redemption_hash(&redeem);
    let request = Request { scope: Scope::Organisation(organisation), id, hash };
    let ask = Ask::Redeem(redeem);
    let (actor, device) = (caller.actor(), caller.device());
    let command = Command { request, actor, device, now, ask };
    let answer = answer(&state, command).await?;
    let receipt = receipt(&state, organisation, id, now, &answer).await?;
    told(id, dry_run, answer, receipt)
}

/// The signed receipt of what was redeemed: after the commit, on this very thread, with what the
/// answer has. Only of a repetition it is read from the database.
async fn receipt(
    state: &Shared,
    organisation: OrganisationId,
    id: RequestId,
    recorded_at: Instant,
    answer: &Answer,
) -> Result<Option<String>, Problem> {
    let Outcome::Redeemed(done) = answer.outcome else { return Ok(None) };
    if let Some(head) = answer.head {
        let Redemption { seq, voucher, venue, workshops, left, last_day, .. } = done;
        let (earned_cents, occurred_at) = (done.earned_cents, done.occurred_at);
        return Ok(state.service.signed_receipt(&SaidByReceipt {
            id,
            seq,
            organisation,
            venue,
            voucher,
            workshops,
            left,
            last_day,
            earned_cents,
            occurred_at,
            recorded_at,
            head,
        }));
    }
    if done.seq == Seq(0) {
        return Ok(None);
    }
    block(state, move |service| {
        let said = service.receipt(Tenant::Organisation(organisation), done.seq)?;
        Ok(said.and_then(|said| service.signed_receipt(&said)))
    })
    .await
}

fn told(
    id: RequestId,
    dry_run: bool,
    answer: Answer,
    receipt: Option<String>,
) -> Result<HttpResponse, Problem> {
    let done: Redemption = match answer.outcome {
        Outcome::Redeemed(redemption) => redemption,
        Outcome::Refused(refusal) => return Err(Problem::refused_scan(refusal, answer.replayed)),
        // The id was used for something else.
        _ => return Err(Wrong::Internal.into()),
    };
    let receipt = Receipt {
        id,
        seq: done.seq,
        voucher: done.voucher,
        venue: done.venue,
        workshops: done.workshops,
        left: done.left,
        last_day: done.last_day,
        earned_cents: done.earned_cents,
        currency: "EUR",
        occurred_at: done.occurred_at,
        reversed: answer.reversed,
        held: done.held.into(),
        receipt,
    };
    let mut response = HttpResponse::Created();
    if dry_run && !answer.replayed {
        response = HttpResponse::Ok();
    } else {
        response.insert_header(("Location", format!("/v1/redemptions/{}", done.seq)));
    }
    Ok(replayed(&mut response, answer.replayed).json(receipt))
}
