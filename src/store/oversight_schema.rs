//! The tables of what is watched, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    audit_run (id) {
        id -> BigInt,
        at -> BigInt,
        seq -> BigInt,
        differences -> BigInt,
    }
}

table! {
    paid_order (payment) {
        payment -> BigInt,
        reference -> Text,
        paid_on -> BigInt,
        entered_by -> Nullable<BigInt>,
        entered_at -> BigInt,
    }
}

table! {
    programme_alert (programme, kind) {
        programme -> BigInt,
        kind -> Text,
        at -> BigInt,
    }
}
