//! The tables of devices and their records, as diesel sees them.
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

table! {
    record (device, sequence, hash) {
        device -> BigInt,
        sequence -> BigInt,
        hash -> Binary,
        before -> Binary,
        request -> Binary,
        request_hash -> Binary,
        organisation -> BigInt,
        venue -> BigInt,
        person -> Nullable<BigInt>,
        voucher -> Nullable<BigInt>,
        payload -> Nullable<Binary>,
        workshops -> BigInt,
        delivery -> Text,
        occurred_at -> BigInt,
        received_at -> BigInt,
        verdict -> Text,
        told -> Text,
        text -> Text,
        event -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        accepted -> Nullable<BigInt>,
        redemption -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}
