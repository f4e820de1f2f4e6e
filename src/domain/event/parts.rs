//! What some events say at length: vouchers, redemptions, payments.
//! No kinds of event: `event.rs` lists them.

use serde::{Deserialize, Serialize};

use crate::domain::{
    calendar::Day,
    command::Delivery,
    hold::HoldCauses,
    ids::{
        BankAccountId, IssuerId, OrganisationId, PaymentId, RequestId, Seq, SettlementId, VenueId,
        VoucherId,
    },
    settlement::{Amounts, Slice},
};

/// Where the money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fund {
    /// Money deposited with the operator or a mandated body.
    Deposit,
    /// A promise, where the funder pays venues itself.
    Pledge,
}

/// What a new voucher is made of, without its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub issuer: IssuerId,
    /// The signed bytes, in hexadecimal.
    pub payload: String,
    pub workshops: u8,
    pub version: i32,
    pub first_day: Day,
    pub last_day: Day,
}

/// A redemption, with the dimensions that reports count it under, so that later edits of a
/// venue or an issuer never move a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub issuer: IssuerId,
    pub territory: String,
    pub delivery: Delivery,
    pub numbers: Vec<i64>,
    /// Of the voucher that was shown: a late record of a replaced one is paid by its successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<VoucherId>,
    /// Why somebody looks before it is paid.
    #[serde(default, skip_serializing_if = "HoldCauses::is_empty")]
    pub held: HoldCauses,
    /// The id that the client gave it: a receipt names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
}

/// A payment of a run; its number is the event's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentPrepared {
    pub settlement: SettlementId,
    pub organisation: OrganisationId,
    pub number: i64,
    pub account: BankAccountId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<Slice>,
    /// Failed payments that it takes up.
    pub reissues: Vec<PaymentId>,
    /// What was earned, of both.
    pub lines: Amounts,
    /// Kept back for what was undone after it was paid.
    pub netted: Amounts,
    /// Redemptions of the slice that it leaves out, since they are held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Seq>,
    /// Of earlier slices, released since: it pays them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<Seq>,
}
