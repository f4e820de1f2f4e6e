//! The tables of what is sent, as diesel sees them: messages, links, agreements to be reminded.
//! No queries here.

use diesel::table;

table! {
    message (id) {
        id -> BigInt,
        kind -> Text,
        channel -> Text,
        language -> Text,
        voucher -> Nullable<BigInt>,
        person -> Nullable<BigInt>,
        contact -> Nullable<Binary>,
        state -> Text,
        tries -> BigInt,
        due_at -> BigInt,
        trouble -> Nullable<Text>,
        asked_by -> Nullable<BigInt>,
        request -> Binary,
        content -> Nullable<Binary>,
        made_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

table! {
    account_token (hash) {
        hash -> Binary,
        person -> BigInt,
        purpose -> Text,
        expires_at -> BigInt,
        used -> BigInt,
    }
}

table! {
    short_link (hash) {
        hash -> Binary,
        purpose -> Text,
        voucher -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    reminder (voucher) {
        voucher -> BigInt,
        channel -> Text,
        language -> Text,
        contact -> Binary,
        agreed_at -> BigInt,
        unused_at -> Nullable<BigInt>,
        ending_at -> Nullable<BigInt>,
    }
}
