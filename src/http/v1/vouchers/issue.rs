//! Issuing a voucher: on the spot, or as stock.
//! No signing: the port's paper is signed.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::port::VoucherPaper,
    domain::{
        access::Verb,
        command::{Answer, Ask, Draft, Outcome},
        ids::{IssuerId, ProgrammeId, Seq, VoucherId},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, replayed},
        problem::{Problem, Wrong},
    },
};

/// Random names are drawn again this often before the caller is sent back.
const DRAWS: usize = 4;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVoucher {
    programme: ProgrammeId,
    #[schema(minimum = 5, maximum = 10)]
    workshops: u8,
    /// Printed ahead: it holds no budget until it is activated.
    #[serde(default)]
    stock: bool,
    /// An operator names it; an agent's own is meant.
    #[serde(default)]
    issuer: Option<IssuerId>,
}

#[derive(Serialize, ToSchema)]
pub struct Issued {
    seq: Seq,
    voucher: VoucherId,
    /// Missing when the voucher may not be printed any more.
    #[serde(flatten)]
    paper: Option<VoucherPaper>,
}

/// Issues a voucher and commits its money.
///
/// # Errors
/// A problem.
#[utoipa::path(post, path = "/v1/vouchers", tag = "vouchers", request_body = NewVoucher,
    responses((status = 201, body = Issued)))]
pub async fn issue_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewVoucher>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherIssue)?;
    let issuer = Caller::issuer(within, body.value.issuer)?;
    let NewVoucher { programme, workshops, stock, .. } = body.value;
    let new = |draft| Ask::Issue { programme, issuer, workshops, stock, draft };
    let answer = drawn(&state, caller, &key, &body.canonical, new).await?;
    issued(&state, &answer).await
}

/// Asks with fresh random names until one is free.
pub(super) async fn drawn(
    state: &Shared,
    caller: Caller,
    key: &Key,
    canonical: &str,
    new: impl Fn(Draft) -> Ask,
) -> Result<Answer, Problem> {
    let mut last = Wrong::Internal.into();
    for _ in 0..DRAWS {
        let draft = block(state, |port| port.draft()).await?;
        match ask(state, caller, key, canonical, new(draft)).await {
            Err(problem) if problem.draws_again() => last = problem,
            other => return other,
        }
    }
    Err(last)
}

/// A new voucher with what its paper shows.
pub(super) async fn issued(state: &Shared, answer: &Answer) -> Result<HttpResponse, Problem> {
    let Outcome::Issued { seq, voucher } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    let paper = block(state, move |port| port.voucher_text(voucher)).await?;
    let mut response = HttpResponse::Created();
    response.insert_header(("Location", format!("/v1/vouchers/{voucher}")));
    Ok(replayed(&mut response, answer.replayed).json(Issued { seq, voucher, paper }))
}
