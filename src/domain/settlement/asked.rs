//! An account that somebody asked for, in the place of another: it waits for a second person.
//! No rule of who may confirm (`decide/accounts.rs`).

use serde::{Deserialize, Serialize};

use super::NewAccount;
use crate::domain::{
    calendar::Instant,
    ids::{OrganisationId, Seq, UserId},
};

/// What has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedState {
    Open,
    Confirmed,
    Refused,
}

impl AskedState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Confirmed, Self::Refused];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An account that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedAccount {
    /// The event that asked for it.
    pub id: Seq,
    pub organisation: OrganisationId,
    pub asked_by: UserId,
    pub asked_at: Instant,
    pub state: AskedState,
    /// The event that confirmed or refused it.
    pub decision: Option<Seq>,
    /// Missing where only the events are known.
    pub account: Option<NewAccount>,
}
