//! The tables of closed months and statements, as diesel sees them.
//! No queries here.

use diesel::table;

use super::schema::event;

table! {
    period (id) {
        id -> BigInt,
        programme -> BigInt,
        month -> BigInt,
        through -> BigInt,
        conflicts -> BigInt,
        quarantined -> BigInt,
        closed_by -> Nullable<BigInt>,
        closed_at -> BigInt,
        statements -> BigInt,
        next -> Nullable<BigInt>,
    }
}

table! {
    statement (id) {
        id -> BigInt,
        period -> BigInt,
        programme -> BigInt,
        month -> BigInt,
        number -> BigInt,
        funder -> BigInt,
        organisation -> BigInt,
        digest -> Text,
    }
}

table! {
    statement_text (statement, part) {
        statement -> BigInt,
        part -> BigInt,
        text -> Text,
    }
}

table! {
    kept_file (name, part) {
        name -> Text,
        part -> BigInt,
        bytes -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(event, statement);
diesel::allow_tables_to_appear_in_same_query!(period, statement);
