//! What was printed, and why once more: paper is bearer value.
//! No layout, and nothing of what stands on paper.

use serde::{Deserialize, Serialize};

use super::{
    calendar::Instant,
    ids::{RequestId, Seq, UserId, VoucherId},
};

/// Passes that one document of a batch holds at most.
pub const PASSES_A_PART: u32 = 1_000;

/// What one printing puts on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    Pass(VoucherId),
    /// A thousand passes of a batch: the first part is 0.
    Part {
        batch: Seq,
        part: u32,
    },
}

/// Why the same is printed once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// The printer did not print it, or not well.
    Failed,
    /// It was spoilt before it was handed over.
    Spoilt,
    /// Its holder needs it once more, and has not lost it: a lost pass is replaced.
    Copy,
}

impl Again {
    pub const ALL: [Self; 3] = [Self::Failed, Self::Spoilt, Self::Copy];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Spoilt => "spoilt",
            Self::Copy => "copy",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|again| again.code() == code)
    }
}

/// A list of a batch of stock that a print shop was given, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintList {
    /// Of the request: asked twice, taken once.
    pub id: RequestId,
    pub batch: Seq,
    /// The age key of the print shop: a public one.
    pub recipient: String,
    /// Nobody: from the command line.
    pub by: Option<UserId>,
    pub at: Instant,
    /// Missing the first time, and only then.
    pub again: Option<Again>,
}

/// One printing, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printing {
    /// Of the request: asked twice, printed once.
    pub id: RequestId,
    pub what: Printed,
    /// The code of the paper's format.
    pub format: String,
    pub by: UserId,
    pub at: Instant,
    /// Missing the first time, and only then.
    pub again: Option<Again>,
}
