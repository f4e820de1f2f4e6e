//! The tables of what waits for a second person, as diesel sees them: workshops, accounts.
//! No queries here.

use diesel::table;

table! {
    hold (redemption) {
        redemption -> BigInt,
        programme -> BigInt,
        organisation -> BigInt,
        venue -> BigInt,
        voucher -> BigInt,
        causes -> Text,
        amounts -> Text,
        taken_by -> Nullable<BigInt>,
        state -> Text,
        decision -> Nullable<BigInt>,
        left_out -> BigInt,
        payment -> Nullable<BigInt>,
        disputed_by -> Nullable<BigInt>,
        disputed_at -> Nullable<BigInt>,
        dispute -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

table! {
    bank_account_asked (id) {
        id -> BigInt,
        organisation -> BigInt,
        holder -> Text,
        iban -> Text,
        bic -> Nullable<Text>,
        asked_by -> BigInt,
        asked_at -> BigInt,
        state -> Text,
        decision -> Nullable<BigInt>,
    }
}
