//! Typed identifiers, which do not convert into each other.
//! No generation: numbers come from the writer, random ones from `sys`.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A 64-bit id; JSON carries it as a decimal string, since JavaScript loses numbers above 2^53.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some("^-?[0-9]{1,19}$"))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(|_| D::Error::custom("expected an id: a decimal string"))
            }
        }
    )+};
}

id! {
    /// Who pays.
    FunderId,
    /// One funding agreement; 1 to 65535, since a voucher carries it in two bytes.
    ProgrammeId,
    /// An organisation that hands out vouchers.
    IssuerId,
    /// A payee: owns venues.
    OrganisationId,
    /// Where workshops happen.
    VenueId,
    /// A person who logs in.
    UserId,
    /// A scanner enrolled by an organisation.
    DeviceId,
    /// The random 63-bit id that a voucher carries.
    VoucherId,
    /// A place in the journal: gapless, from 1.
    Seq,
    /// One ledger account.
    AccountId,
    /// Something that the service sends.
    MessageId,
    /// A settlement run: the event that opened it.
    SettlementId,
    /// What one organisation is paid in a run: the event that prepared it.
    PaymentId,
    /// An account that an organisation is paid to: the event that entered it.
    BankAccountId,
    /// An account that a programme's venues are paid from: the event that entered it.
    PayerAccountId,
    /// A closed month of a programme: the event that closed it.
    PeriodId,
    /// A statement of a closed month: the event that made it.
    StatementId,
    /// A yearly account: the event that made it.
    YearlyAccountId,
}

/// The id that a client gives to a request before it sends it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct RequestId(pub uuid::Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RequestId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}
