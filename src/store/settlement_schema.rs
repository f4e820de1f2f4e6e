//! The tables of paying organisations, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    bank_account (id) {
        id -> BigInt,
        organisation -> BigInt,
        holder -> Text,
        iban -> Text,
        bic -> Nullable<Text>,
        entered_by -> Nullable<BigInt>,
        entered_at -> BigInt,
        usable_from -> BigInt,
        asked_by -> Nullable<BigInt>,
    }
}

table! {
    payer_account (id) {
        id -> BigInt,
        programme -> BigInt,
        holder -> Text,
        iban -> Text,
        bic -> Nullable<Text>,
        minimum_cents -> BigInt,
        entered_at -> BigInt,
    }
}

table! {
    settlement (id) {
        id -> BigInt,
        programme -> BigInt,
        number -> BigInt,
        day -> BigInt,
        through -> BigInt,
        account -> BigInt,
        minimum_cents -> BigInt,
        state -> Text,
        filled_to -> BigInt,
        payments -> BigInt,
        amount_cents -> BigInt,
        paid -> BigInt,
        failed -> BigInt,
        people -> Text,
        prepared_by -> BigInt,
        prepared_at -> BigInt,
        approved_by -> Nullable<BigInt>,
        approved_at -> Nullable<BigInt>,
        exported_at -> Nullable<BigInt>,
        digest -> Nullable<Text>,
    }
}

table! {
    payment (id) {
        id -> BigInt,
        settlement -> BigInt,
        programme -> BigInt,
        organisation -> BigInt,
        number -> BigInt,
        account -> BigInt,
        after_seq -> Nullable<BigInt>,
        through_seq -> Nullable<BigInt>,
        lines -> Text,
        netted -> Text,
        reversed -> Text,
        owed -> Text,
        amount_cents -> BigInt,
        state -> Text,
        code -> Nullable<Text>,
        answered_at -> Nullable<BigInt>,
        reissued_in -> Nullable<BigInt>,
    }
}

table! {
    settlement_waiting (settlement, organisation) {
        settlement -> BigInt,
        organisation -> BigInt,
        cause -> Text,
        amount_cents -> BigInt,
    }
}

table! {
    payment_file (settlement, part) {
        settlement -> BigInt,
        part -> BigInt,
        text -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(payment, bank_account);
diesel::allow_tables_to_appear_in_same_query!(payment, settlement);
diesel::allow_tables_to_appear_in_same_query!(settlement, payer_account, settlement_waiting);
