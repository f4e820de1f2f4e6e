//! Disputes: what an organisation holds to be wrong with a decision, a payment or a statement.
//! No rule of who decides (`decide/disputes.rs`), and no words: they stand beside the events.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::Instant,
    ids::{OrganisationId, PaymentId, ProgrammeId, Seq, StatementId, UserId, VoucherId},
};

/// Open ones of an organisation about what is missing: more are answered before another one.
pub const MOST_MISSING: usize = 20;

/// What kind of thing a dispute is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DisputeAbout)]
pub enum About {
    /// A workshop that the operator or a funder has undone.
    Redemption,
    /// A conflict that is not paid.
    Conflict,
    Payment,
    Statement,
    /// Something that should be there and is not.
    Missing,
}

impl About {
    pub const ALL: [Self; 5] =
        [Self::Redemption, Self::Conflict, Self::Payment, Self::Statement, Self::Missing];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Redemption => "redemption",
            Self::Conflict => "conflict",
            Self::Payment => "payment",
            Self::Statement => "statement",
            Self::Missing => "missing",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.code() == code)
    }
}

/// What a dispute is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "about", content = "of")]
pub enum Subject {
    Redemption(Seq),
    Conflict(Seq),
    Payment(PaymentId),
    Statement(StatementId),
    Missing,
}

impl Subject {
    /// `None` where a number is missing, or one too many.
    #[must_use]
    pub const fn of(about: About, number: Option<Seq>) -> Option<Self> {
        Some(match (about, number) {
            (About::Redemption, Some(seq)) => Self::Redemption(seq),
            (About::Conflict, Some(seq)) => Self::Conflict(seq),
            (About::Payment, Some(seq)) => Self::Payment(PaymentId(seq.0)),
            (About::Statement, Some(seq)) => Self::Statement(StatementId(seq.0)),
            (About::Missing, None) => Self::Missing,
            _ => return None,
        })
    }

    #[must_use]
    pub const fn about(self) -> About {
        match self {
            Self::Redemption(_) => About::Redemption,
            Self::Conflict(_) => About::Conflict,
            Self::Payment(_) => About::Payment,
            Self::Statement(_) => About::Statement,
            Self::Missing => About::Missing,
        }
    }

    #[must_use]
    pub const fn number(self) -> Option<Seq> {
        match self {
            Self::Redemption(seq) | Self::Conflict(seq) => Some(seq),
            Self::Payment(id) => Some(Seq(id.0)),
            Self::Statement(id) => Some(Seq(id.0)),
            Self::Missing => None,
        }
    }

    /// Whether it is a decision: it is answered once, and putting it right moves money.
    #[must_use]
    pub const fn decided(self) -> bool {
        matches!(self, Self::Redemption(_) | Self::Conflict(_))
    }
}

/// What has become of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    Open,
    /// The organisation was right.
    Upheld,
    Dismissed,
    /// By the organisation itself.
    Withdrawn,
}

impl DisputeState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Upheld, Self::Dismissed, Self::Withdrawn];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upheld => "upheld",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The event that opened it.
    pub id: Seq,
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    pub subject: Subject,
    /// Of the workshop that it is about.
    pub voucher: Option<VoucherId>,
    pub opened_by: UserId,
    pub opened_at: Instant,
    /// Who took the decision that it is about: somebody else decides.
    pub first_by: Option<UserId>,
    pub state: DisputeState,
    /// The event that settled it, by whom and when; nobody decides what is withdrawn.
    pub decision: Option<Seq>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    /// The event that puts right what was wrong.
    pub correction: Option<Seq>,
}

impl Dispute {
    /// Whether another one about the same would be one too many.
    #[must_use]
    pub fn stands(&self) -> bool {
        match self.state {
            DisputeState::Open => true,
            DisputeState::Withdrawn => false,
            DisputeState::Upheld | DisputeState::Dismissed => self.subject.decided(),
        }
    }
}

/// Of what may be disputed: whose it is, and who decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disputable {
    pub organisation: OrganisationId,
    pub programme: ProgrammeId,
    pub first_by: Option<UserId>,
}

/// Disputes as a batch loads them: those that it names, and those about the same.
#[derive(Clone, Debug, Default)]
pub struct Disputes {
    pub rows: BTreeMap<Seq, Dispute>,
    pub subjects: HashMap<Subject, Disputable>,
}

/// A dispute as it is opened.
#[derive(Clone, Debug)]
pub struct NewDispute {
    pub organisation: OrganisationId,
    pub subject: Subject,
    /// Of what is missing; of everything else it is known.
    pub programme: Option<ProgrammeId>,
    /// In somebody's own words.
    pub reason: String,
    /// What shows it, in words: a list of names that was signed, a file by its name.
    pub evidence: Option<String>,
}

/// What is asked about disputes.
#[derive(Clone, Debug)]
pub enum DisputeAsk {
    Open(NewDispute),
    Decide {
        dispute: Seq,
        upheld: bool,
        note: String,
        /// Of a payment, a statement or what is missing: the event that puts it right, if there
        /// is one.
        correction: Option<Seq>,
    },
    Withdraw {
        dispute: Seq,
        organisation: OrganisationId,
    },
}

/// What was said when a dispute was opened.
#[derive(Clone, Debug)]
pub struct DisputeWords {
    pub dispute: Seq,
    pub reason: String,
    pub evidence: Option<String>,
}

/// Why it was decided so.
#[derive(Clone, Debug)]
pub struct DisputeRuling {
    pub dispute: Seq,
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_made_of_what_it_tells() {
        for about in About::ALL {
            let number = (about != About::Missing).then_some(Seq(7));
            let subject = Subject::of(about, number).unwrap();
            assert_eq!((subject.about(), subject.number()), (about, number));
            let other = if number.is_some() { None } else { Some(Seq(7)) };
            assert_eq!(Subject::of(about, other), None);
            let json = serde_json::to_string(&subject).unwrap();
            assert_eq!(serde_json::from_str::<Subject>(&json).unwrap(), subject);
            assert_eq!(About::from_code(about.code()), Some(about));
            assert_eq!(serde_json::to_value(about).unwrap(), about.code());
        }
        for state in DisputeState::ALL {
            assert_eq!(DisputeState::from_code(state.code()), Some(state));
        }
    }
}
