//! The tables of what the operator says of itself, as diesel sees them.
//! No queries here.

use diesel::table;

table! {
    declaration (id) {
        id -> BigInt,
        conformity -> Text,
        audited_on -> Nullable<BigInt>,
        audited_by -> Text,
        contact -> Text,
        exceptions -> Text,
        changed_at -> BigInt,
        changed_by -> BigInt,
    }
}

table! {
    looks (id) {
        id -> BigInt,
        name -> Text,
        accent -> Text,
        logo -> Nullable<Binary>,
        changed_at -> BigInt,
        changed_by -> BigInt,
    }
}
