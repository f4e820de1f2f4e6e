//! The table of held workshops, as diesel sees it.
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
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}
