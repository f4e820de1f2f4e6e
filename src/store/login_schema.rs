//! The tables of logging in, as diesel sees them: sessions and second factors.
//! No queries here; people themselves stand in `schema`.

use diesel::table;

table! {
    browser_session (hash) {
        hash -> Binary,
        person -> BigInt,
        begun_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        browser -> Text,
    }
}

table! {
    refresh_token (hash) {
        hash -> Binary,
        family -> Binary,
        person -> BigInt,
        expires_at -> BigInt,
        used -> BigInt,
    }
}

table! {
    second_factor (person) {
        person -> BigInt,
        secret -> Binary,
        confirmed -> BigInt,
        last_step -> BigInt,
    }
}

table! {
    recovery_code (person, hash) {
        person -> BigInt,
        hash -> Binary,
    }
}
