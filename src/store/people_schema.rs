//! The tables of receipts, print shops and facts about people, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    receipt_key (id) {
        id -> BigInt,
        public_key -> Binary,
        added_at -> BigInt,
        signs_from -> BigInt,
        compromised_at -> Nullable<BigInt>,
    }
}

table! {
    print_list (id) {
        id -> Text,
        batch -> BigInt,
        recipient -> Text,
        person -> Nullable<BigInt>,
        taken_at -> BigInt,
        reason -> Nullable<Text>,
    }
}

table! {
    people (programme, month, issuer, fact, code) {
        programme -> BigInt,
        month -> BigInt,
        issuer -> BigInt,
        fact -> Text,
        code -> Text,
        counted -> BigInt,
    }
}
