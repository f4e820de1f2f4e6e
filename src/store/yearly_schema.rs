//! The tables of yearly accounts, as diesel sees them.
//! No queries here.

use diesel::table;

use super::schema::event;

table! {
    yearly_account (id) {
        id -> BigInt,
        period -> BigInt,
        programme -> BigInt,
        year -> BigInt,
        funder -> BigInt,
        digest -> Text,
    }
}

table! {
    yearly_account_text (account, part) {
        account -> BigInt,
        part -> BigInt,
        text -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(event, yearly_account);
