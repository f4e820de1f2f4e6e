//! The tables of disputes, and of what people were told of devices and keys, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    dispute (id) {
        id -> BigInt,
        programme -> BigInt,
        organisation -> BigInt,
        about -> Text,
        subject -> Nullable<BigInt>,
        voucher -> Nullable<BigInt>,
        opened_by -> BigInt,
        opened_at -> BigInt,
        first_by -> Nullable<BigInt>,
        state -> Text,
        decision -> Nullable<BigInt>,
        correction -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        evidence -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

table! {
    watched (kind, subject) {
        kind -> Text,
        subject -> Text,
        level -> BigInt,
        at -> BigInt,
    }
}
