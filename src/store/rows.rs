//! One struct a table: what is written, and how the same values come back.
//! No queries and no rules: `write.rs` and `load.rs` use these. A missing value is written as
//! NULL, not left out: so a table's statement never changes and is prepared once.

use diesel::prelude::*;

use super::schema::*;
use crate::domain::usage::{Cell, Figures, with_figures};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = head, primary_key(id))]
pub struct HeadRow {
    pub id: i64,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub account: i64,
    pub funder: i64,
    pub issuer: i64,
    pub organisation: i64,
    pub venue: i64,
    pub person: i64,
    pub programme: i64,
    pub voucher: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = funder, treat_none_as_default_value = false)]
pub struct FunderRow {
    pub id: i64,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = issuer, treat_none_as_default_value = false)]
pub struct IssuerRow {
    pub id: i64,
    pub name: String,
    pub suspended: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = organisation, treat_none_as_default_value = false)]
pub struct OrganisationRow {
    pub id: i64,
    pub name: String,
    pub siret: Option<String>,
    pub approval: String,
    pub approvals: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = venue, treat_none_as_default_value = false)]
pub struct VenueRow {
    pub id: i64,
    pub organisation: i64,
    pub name: String,
    pub address: String,
    pub postcode: String,
    pub commune: String,
    pub territory: String,
    pub source: Option<String>,
    pub active: i64,
    pub openings: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = venue_detail, treat_none_as_default_value = false)]
pub struct VenueDetailRow {
    pub venue: i64,
    pub record: String,
    pub latitude_microdegrees: Option<i64>,
    pub longitude_microdegrees: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub struct PersonRow {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub role: String,
    pub tenant: Option<i64>,
    pub password_hash: String,
    pub revoked: i64,
    pub raised_day: Option<i64>,
    pub raised_to: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = programme, treat_none_as_default_value = false)]
pub struct ProgrammeRow {
    pub id: i64,
    pub name: String,
    pub version: i64,
    pub terms: String,
    pub earlier: String,
    pub next_number: i64,
    pub next_ordinal: i64,
    pub closed: i64,
    pub reserves: String,
    pub ended_day: Option<i64>,
    pub closed_through: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = admission, treat_none_as_default_value = false)]
pub struct AdmissionRow {
    pub programme: i64,
    pub venue: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = allocation, treat_none_as_default_value = false)]
pub struct AllocationRow {
    pub programme: i64,
    pub issuer: i64,
    pub granted: i64,
    pub taken: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = voucher, treat_none_as_default_value = false)]
pub struct VoucherRow {
    pub number: i64,
    pub issued_seq: i64,
    pub batch: Option<i64>,
    pub id: i64,
    pub programme: i64,
    pub version: i64,
    pub issuer: i64,
    pub agent: Option<i64>,
    pub payload: Vec<u8>,
    pub workshops: i64,
    pub first_day: i64,
    pub last_day: i64,
    pub standing: String,
    pub life: String,
    pub money: String,
    pub free: String,
    pub uses: String,
    pub predecessor: Option<i64>,
    pub successor: Option<i64>,
    pub begun: i64,
    pub last_event: Option<i64>,
    pub reference: String,
    pub code_tag: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = batch, treat_none_as_default_value = false)]
pub struct BatchRow {
    pub seq: i64,
    pub programme: i64,
    pub version: i64,
    pub issuer: i64,
    pub agent: Option<i64>,
    pub workshops: i64,
    pub count: i64,
    pub stock: i64,
    pub first_number: i64,
    pub first_ordinal: i64,
    pub minted: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub id: i64,
    pub programme: i64,
    pub version: i64,
    pub funder: i64,
    pub stage: String,
    pub organisation: i64,
    pub debit_cents: i64,
    pub credit_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = event, treat_none_as_default_value = false)]
pub struct EventRow {
    pub seq: i64,
    pub kind: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub day: i64,
    pub actor: Option<i64>,
    pub device: Option<i64>,
    pub programme: Option<i64>,
    pub voucher: Option<i64>,
    pub previous: Option<i64>,
    pub reverses: Option<i64>,
    pub content: String,
    pub hash: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = posting, treat_none_as_default_value = false)]
pub struct PostingRow {
    pub event: i64,
    pub line: i64,
    pub account: i64,
    pub amount_cents: i64,
    pub debit_after: i64,
    pub credit_after: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = day_end, treat_none_as_default_value = false)]
pub struct DayEndRow {
    pub programme: i64,
    pub day: i64,
    pub seq: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = request, treat_none_as_default_value = false)]
pub struct RequestRow {
    pub scope: String,
    pub id: Vec<u8>,
    pub hash: Vec<u8>,
    pub outcome: String,
    pub recorded_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = redemption, treat_none_as_default_value = false)]
pub struct RedemptionRow {
    pub seq: i64,
    pub voucher: i64,
    pub programme: i64,
    pub venue: i64,
    pub organisation: i64,
    pub issuer: i64,
    pub territory: String,
    pub workshops: i64,
    pub content: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub actor: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = workshop, treat_none_as_default_value = false)]
pub struct WorkshopRow {
    pub programme: i64,
    pub version: i64,
    pub number: i64,
    pub redemption: i64,
}

macro_rules! usage_row {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        #[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Insertable)]
        #[diesel(table_name = usage_day, treat_none_as_default_value = false)]
        pub struct UsageDayRow {
            pub day: i64,
            pub programme: i64,
            pub issuer: i64,
            pub venue: i64,
            pub territory: String,
            pub service: String,
            pub funder: i64,
            $(pub $name: i64,)+
        }

        impl UsageDayRow {
            pub fn of(cell: &Cell, figures: &Figures) -> Self {
                Self {
                    day: i64::from(cell.day.0),
                    programme: cell.programme.0,
                    issuer: cell.issuer.0,
                    venue: cell.venue.map_or(0, |id| id.0),
                    territory: cell.territory.clone(),
                    service: cell.service.map_or("", |service| service.code()).to_owned(),
                    funder: cell.funder.map_or(0, |id| id.0),
                    $($name: figures.$name,)+
                }
            }

            pub fn figures(&self) -> impl Iterator<Item = (&'static str, &i64)> {
                [$((stringify!($name), &self.$name)),+].into_iter()
            }
        }
    };
}
with_figures!(usage_row);

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = voucher_key)]
pub struct VoucherKeyRow {
    pub kid: Vec<u8>,
    pub public_key: Vec<u8>,
    pub state: String,
    pub purpose: String,
    pub added_seq: i64,
    pub added_at: i64,
    pub activated_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub first_day: Option<i64>,
    pub last_day: Option<i64>,
    pub verifies_until: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = key_set)]
pub struct KeySetRow {
    pub sequence: i64,
    pub root: Vec<u8>,
    pub expires_at: i64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = alarm)]
pub struct AlarmRow {
    pub kid: Vec<u8>,
    pub venue: i64,
    pub hour: i64,
    pub times: i64,
}
