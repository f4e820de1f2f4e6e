//! The tables of devices, their records and conflicts, as diesel sees them.
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

table! {
    conflict (seq) {
        seq -> BigInt,
        programme -> BigInt,
        voucher -> BigInt,
        device -> BigInt,
        sequence -> BigInt,
        hash -> Binary,
        organisation -> BigInt,
        venue -> BigInt,
        month -> BigInt,
        workshops -> BigInt,
        typed -> BigInt,
        content -> Text,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
        fate -> Text,
        decision -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

table! {
    conflict_against (redemption, conflict) {
        redemption -> BigInt,
        conflict -> BigInt,
    }
}

diesel::joinable!(conflict_against -> conflict (conflict));
diesel::allow_tables_to_appear_in_same_query!(conflict, conflict_against, record);
