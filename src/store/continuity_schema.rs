//! The table of archives that were taken, as diesel sees it.
//! No queries here.

use diesel::table;

table! {
    programme_export (id) {
        id -> Text,
        programme -> BigInt,
        recipient -> Text,
        person -> Nullable<BigInt>,
        taken_at -> BigInt,
    }
}
