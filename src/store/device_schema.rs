//! The tables of devices, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    device (id) {
        id -> BigInt,
        organisation -> BigInt,
        name -> Text,
        served -> Text,
        token_hash -> Nullable<Binary>,
        token_expires_at -> Nullable<BigInt>,
        public_key -> Nullable<Binary>,
        enrolled_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        seen_at -> Nullable<BigInt>,
        version -> Nullable<Text>,
        queued -> Nullable<BigInt>,
        reported_at -> Nullable<BigInt>,
    }
}
