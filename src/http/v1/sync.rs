//! What devices recorded without network: handed over, a verdict each, in the order given.
//! No quarantine: `quarantine` has it.

use std::future::IntoFuture as _;

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{
        service::Fault,
        sync::{Sent, Taken, alarm},
        view::Unanswered,
    },
    domain::{
        calendar::{Day, Instant},
        cents::Cents,
        command::{Answer, Ask, Outcome, Redemption},
        device::Device,
        hold::HoldCause,
        ids::{Seq, VoucherId},
        record::{Cause, MOST_RECORDS, Verdict},
        refusal::{Facts, Reason, Refusal},
    },
    http::{
        Shared,
        access::DeviceCaller,
        block,
        extract::{Base64, Body},
        problem::{Problem, Wrong},
    },
};

/// Bytes of an upload: 500 records, each with its text and its code.
pub const MOST_UPLOAD_BYTES: usize = 2 << 20;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// 500 at most; of one device the oldest first is best.
    #[schema(max_items = 500)]
    records: Vec<SentRecord>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentRecord {
    /// A JWS (RFC 7515) of type `passnum-record+jwt`, by the device's key.
    #[schema(max_length = 2048)]
    record: String,
    /// 16 bytes in base64url.
    #[schema(value_type = String, min_length = 22, max_length = 22)]
    salt: Base64<16>,
    /// The text of the QR, or the manual code: `shown` in the record is the SHA-256 of salt and
    /// this.
    #[schema(max_length = 512)]
    code: String,
}

/// What became of the records.
#[derive(Serialize, ToSchema)]
pub struct Synced {
    /// One for each record, in the same order.
    verdicts: Vec<TellingVerdict>,
    /// The service's time, by which the device sets its own.
    now: Instant,
}

#[derive(Serialize, ToSchema)]
pub struct TellingVerdict {
    #[schema(example = "accepted")]
    verdict: &'static str,
    /// Whether the service has the record now: the device may forget text and code.
    kept: bool,
    /// It was handed over before; the verdict is the first one.
    seen_before: bool,
    /// Why it was refused, or why the pass does not pay for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Facts>,
    /// Why it waits for a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// The conflict that it waits in: somebody decides whether the guarantee pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redemption: Option<CountedRecord>,
}

/// The redemption that a record has become.
#[derive(Serialize, ToSchema)]
pub struct CountedRecord {
    seq: Seq,
    voucher: VoucherId,
    workshops: u8,
    left: u8,
    /// Of the voucher, tolerance included.
    last_day: Day,
    earned_cents: Cents,
    #[schema(example = "EUR")]
    currency: &'static str,
    occurred_at: Instant,
    /// Reversed since.
    reversed: bool,
    /// Why it is paid only after a second person has looked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<HoldCause>,
}

impl TellingVerdict {
    fn refused(refusal: Refusal, kept: bool, seen_before: bool) -> Self {
        Self {
            verdict: "refused",
            kept,
            seen_before,
            reason: Some(refusal.reason.code()),
            facts: Some(*refusal.facts),
            cause: None,
            conflict: None,
            redemption: None,
        }
    }

    fn of(answer: Answer) -> Result<Self, Problem> {
        let Answer { outcome, replayed, reversed, .. } = answer;
        let verdict = match outcome {
            Outcome::Recorded(verdict) => verdict,
            Outcome::Refused(refusal) => return Err(Problem::refused(refusal, false)),
            _ => return Err(Wrong::Internal.into()),
        };
        let code = verdict.code();
        let (cause, redemption) = match verdict {
            Verdict::Refused(refusal) => return Ok(Self::refused(refusal, true, replayed)),
            Verdict::Accepted(redemption) | Verdict::Replayed(redemption) => {
                (None, Some(CountedRecord::of(redemption, reversed)))
            }
            Verdict::Conflict(contest) => {
                let verdict = Self::refused(contest.refusal, true, replayed);
                return Ok(Self { verdict: code, conflict: Some(contest.conflict), ..verdict });
            }
            Verdict::Quarantined(cause) => (Some(cause), None),
        };
        let (verdict, kept, seen_before) = (code, true, replayed);
        let (reason, facts, conflict) = (None, None, None);
        Ok(Self { verdict, kept, seen_before, reason, facts, cause, conflict, redemption })
    }
}

impl CountedRecord {
    fn of(done: Redemption, reversed: bool) -> Self {
        Self {
            seq: done.seq,
            voucher: done.voucher,
            workshops: done.workshops,
            left: done.left,
            last_day: done.last_day,
            earned_cents: done.earned_cents,
            currency: "EUR",
            occurred_at: done.occurred_at,
            reversed,
            held: done.held.into(),
        }
    }
}

/// Takes over records that a device made without network. A bad one never stops the next, and
/// sending them again, in any order, counts nothing twice. What a revoked device sends is kept
/// and waits for a decision.
#[utoipa::path(post, path = "/v1/sync", tag = "devices", request_body = Upload,
    responses((status = 200, body = Synced)))]
pub async fn sync(
    state: Shared,
    caller: DeviceCaller,
    body: Body<Upload>,
) -> Result<HttpResponse, Problem> {
    let device = caller.0;
    state.limiter.upload(device.id)?;
    if body.value.records.len() > MOST_RECORDS {
        return Err(Problem::field(Wrong::FieldInvalid, "records"));
    }
    let records = body.value.records.into_iter();
    let sent: Vec<Sent> =
        records.map(|one| Sent { record: one.record, salt: one.salt.0, code: one.code }).collect();
    let of = device.clone();
    let taken = block(&state, move |service| service.read_records(&of, &sent)).await?;
    let verdicts = judged(&state, &device, taken).await?;
    if verdicts.iter().any(|one| one.conflict.is_some() && !one.seen_before) {
        block(&state, move |service| service.watch_conflicts(&device)).await?;
    }
    Ok(HttpResponse::Ok().json(Synced { verdicts, now: state.service.clock.now() }))
}

/// Asks the writer for all records at once, in the order of the chain, and tells the verdicts in
/// the order they came in.
async fn judged(
    state: &Shared,
    device: &Device,
    taken: Vec<Taken>,
) -> Result<Vec<TellingVerdict>, Problem> {
    let _in_hand = state.hands.take()?;
    let mut verdicts: Vec<Option<TellingVerdict>> = Vec::with_capacity(taken.len());
    let mut commands = Vec::with_capacity(taken.len());
    for (place, one) in taken.into_iter().enumerate() {
        match one {
            Ok(command) => {
                commands.push((place, command));
                verdicts.push(None);
            }
            Err(reason) => verdicts.push(Some(unread(reason))),
        }
    }
    commands.sort_by_key(|(_, command)| match &command.ask {
        Ask::Record(ask) => ask.record.claims.sequence,
        _ => 0,
    });
    let queued = commands.into_iter().map(|(place, command)| {
        let asked = state.service.queue(command)?;
        Ok((place, asked))
    });
    let queued = queued.collect::<Result<Vec<_>, Fault>>()?;
    for (place, asked) in queued {
        let answer = actix_web::rt::time::timeout(asked.deadline(), asked.into_future()).await;
        let answer = answer.map_err(|_| Fault::from(Unanswered::Late))??;
        alarm(device, &answer);
        if let Some(verdict) = verdicts.get_mut(place) {
            *verdict = Some(TellingVerdict::of(answer)?);
        }
    }
    let all: Option<Vec<_>> = verdicts.into_iter().collect();
    Ok(all.ok_or(Wrong::Internal)?)
}

/// What cannot be read stays with the device: here it would be nobody's.
fn unread(reason: Reason) -> TellingVerdict {
    TellingVerdict::refused(reason.into(), false, false)
}
