//! Who takes part: funders, issuers, organisations, venues, people.
//! No programme terms and no money here; names stay out of events.

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Day, Instant},
    ids::{FunderId, IssuerId, OrganisationId, Seq, UserId, VenueId},
    national_schema::Position,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funder {
    pub id: FunderId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    pub id: IssuerId,
    pub name: String,
    pub suspended: bool,
}

/// Whether an organisation is paid, and its venues may redeem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    Pending,
    Approved,
    Suspended,
}

impl Approval {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Suspended => "suspended",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    /// 14 digits; missing until the organisation gives it.
    pub siret: Option<String>,
    /// Approvals in the order of time; never empty.
    pub approvals: Vec<Approved>,
}

/// From this moment on, this approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    pub at: Instant,
    pub to: Approval,
    /// The event that said so.
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    pub id: VenueId,
    pub organisation: OrganisationId,
    pub profile: VenueProfile,
    /// Whether it was open for redeeming, in the order of time; never empty.
    pub openings: Vec<Opening>,
}

/// From this moment on, redeeming is possible here or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub at: Instant,
    pub active: bool,
    /// The event that said so.
    pub seq: Seq,
}

/// What people need to find a venue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueProfile {
    pub name: String,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub postcode: String,
    #[serde(default)]
    pub commune: String,
    /// Code of the territory that reports count it under: the département.
    pub territory: String,
    /// The place's id in the file it was imported from.
    #[serde(default)]
    pub source: Option<String>,
}

/// What the national standard knows of a venue besides: kept as it is written, for export, and
/// never needed by a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueDetails {
    /// The venue's object of `LaMednum/standard-mediation-num` v1.0.2, in JSON.
    pub record: String,
    pub position: Option<Position>,
}

/// What a person may do; `access.rs` says what each role means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "role", content = "of")]
pub enum Role {
    Operator,
    Auditor,
    Analyst(FunderId),
    Manager(IssuerId),
    Agent(IssuerId),
    Supervisor(OrganisationId),
    Scanner(OrganisationId),
}

impl Role {
    pub const ANALYST: &'static str = "analyst";
    pub const MANAGER: &'static str = "manager";
    pub const AGENT: &'static str = "agent";
    pub const SUPERVISOR: &'static str = "supervisor";
    pub const SCANNER: &'static str = "scanner";

    /// The stable name, and the tenant's number if there is one.
    #[must_use]
    pub const fn parts(self) -> (&'static str, Option<i64>) {
        match self {
            Self::Operator => ("operator", None),
            Self::Auditor => ("auditor", None),
            Self::Analyst(of) => (Self::ANALYST, Some(of.0)),
            Self::Manager(of) => (Self::MANAGER, Some(of.0)),
            Self::Agent(of) => (Self::AGENT, Some(of.0)),
            Self::Supervisor(of) => (Self::SUPERVISOR, Some(of.0)),
            Self::Scanner(of) => (Self::SCANNER, Some(of.0)),
        }
    }

    /// The role of a name and a tenant's number, if they go together.
    #[must_use]
    pub fn from_parts(name: &str, of: Option<i64>) -> Option<Self> {
        match (name, of) {
            ("operator", None) => Some(Self::Operator),
            ("auditor", None) => Some(Self::Auditor),
            (Self::ANALYST, Some(of)) => Some(Self::Analyst(FunderId(of))),
            (Self::MANAGER, Some(of)) => Some(Self::Manager(IssuerId(of))),
            (Self::AGENT, Some(of)) => Some(Self::Agent(IssuerId(of))),
            (Self::SUPERVISOR, Some(of)) => Some(Self::Supervisor(OrganisationId(of))),
            (Self::SCANNER, Some(of)) => Some(Self::Scanner(OrganisationId(of))),
            _ => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Argon2id, in PHC string format.
    pub password_hash: String,
    pub revoked: bool,
    /// A day on which more vouchers than usual may be issued, and how many.
    pub raised: Option<(Day, u32)>,
}

/// What lets a program act in a person's name, with a role of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The event that added it.
    pub id: Seq,
    pub user: UserId,
    pub name: String,
    pub role: Role,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    pub expires_at: Instant,
    pub revoked: bool,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Organisation {
    /// As it is now.
    #[must_use]
    pub fn approval(&self) -> Approval {
        self.approvals.last().map_or(Approval::Pending, |last| last.to)
    }

    #[must_use]
    pub fn approval_at(&self, at: Instant) -> Option<Approved> {
        self.approvals.iter().rev().find(|change| change.at <= at).copied()
    }

    #[must_use]
    pub fn approved_at(&self, at: Instant) -> bool {
        self.approval_at(at).is_some_and(|change| change.to == Approval::Approved)
    }
}

impl Venue {
    #[must_use]
    pub fn opening_at(&self, at: Instant) -> Option<Opening> {
        self.openings.iter().rev().find(|change| change.at <= at).copied()
    }

    #[must_use]
    pub fn active_at(&self, at: Instant) -> bool {
        self.opening_at(at).is_some_and(|change| change.active)
    }
}
