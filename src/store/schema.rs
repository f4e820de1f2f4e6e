//! The tables as diesel sees them; `migrations/` makes them, a test compares the two.
//! No queries here.

use diesel::table;

use crate::domain::usage::with_figures;

table! {
    head (id) {
        id -> BigInt,
        seq -> BigInt,
        hash -> Binary,
        account -> BigInt,
        funder -> BigInt,
        issuer -> BigInt,
        organisation -> BigInt,
        venue -> BigInt,
        person -> BigInt,
        programme -> BigInt,
        voucher -> BigInt,
    }
}

table! {
    funder (id) {
        id -> BigInt,
        name -> Text,
    }
}

table! {
    issuer (id) {
        id -> BigInt,
        name -> Text,
        suspended -> BigInt,
    }
}

table! {
    organisation (id) {
        id -> BigInt,
        name -> Text,
        siret -> Nullable<Text>,
        approval -> Text,
        approvals -> Text,
    }
}

table! {
    venue (id) {
        id -> BigInt,
        organisation -> BigInt,
        name -> Text,
        address -> Text,
        postcode -> Text,
        commune -> Text,
        territory -> Text,
        source -> Nullable<Text>,
        active -> BigInt,
        openings -> Text,
    }
}

table! {
    venue_detail (venue) {
        venue -> BigInt,
        record -> Text,
        latitude_microdegrees -> Nullable<BigInt>,
        longitude_microdegrees -> Nullable<BigInt>,
    }
}

table! {
    person (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        role -> Text,
        tenant -> Nullable<BigInt>,
        password_hash -> Text,
        revoked -> BigInt,
        raised_day -> Nullable<BigInt>,
        raised_to -> Nullable<BigInt>,
    }
}

table! {
    programme (id) {
        id -> BigInt,
        name -> Text,
        version -> BigInt,
        terms -> Text,
        earlier -> Text,
        next_number -> BigInt,
        next_ordinal -> BigInt,
        closed -> BigInt,
        reserves -> Text,
        ended_day -> Nullable<BigInt>,
        closed_through -> Nullable<BigInt>,
    }
}

table! {
    admission (programme, venue) {
        programme -> BigInt,
        venue -> BigInt,
    }
}

table! {
    allocation (programme, issuer) {
        programme -> BigInt,
        issuer -> BigInt,
        granted -> BigInt,
        taken -> BigInt,
    }
}

table! {
    voucher (number) {
        number -> BigInt,
        issued_seq -> BigInt,
        batch -> Nullable<BigInt>,
        id -> BigInt,
        programme -> BigInt,
        version -> BigInt,
        issuer -> BigInt,
        agent -> Nullable<BigInt>,
        payload -> Binary,
        workshops -> BigInt,
        first_day -> BigInt,
        last_day -> BigInt,
        standing -> Text,
        life -> Text,
        money -> Text,
        free -> Text,
        uses -> Text,
        predecessor -> Nullable<BigInt>,
        successor -> Nullable<BigInt>,
        begun -> BigInt,
        last_event -> Nullable<BigInt>,
        reference -> Text,
        code_tag -> Binary,
    }
}

table! {
    own_reference (voucher) {
        voucher -> BigInt,
        tag -> Binary,
        sealed -> Binary,
    }
}

table! {
    batch (seq) {
        seq -> BigInt,
        programme -> BigInt,
        version -> BigInt,
        issuer -> BigInt,
        agent -> Nullable<BigInt>,
        workshops -> BigInt,
        count -> BigInt,
        stock -> BigInt,
        first_number -> BigInt,
        first_ordinal -> BigInt,
        minted -> BigInt,
    }
}

table! {
    account (id) {
        id -> BigInt,
        programme -> BigInt,
        version -> BigInt,
        funder -> BigInt,
        stage -> Text,
        organisation -> BigInt,
        debit_cents -> BigInt,
        credit_cents -> BigInt,
    }
}

table! {
    event (seq) {
        seq -> BigInt,
        kind -> Text,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
        day -> BigInt,
        actor -> Nullable<BigInt>,
        device -> Nullable<BigInt>,
        programme -> Nullable<BigInt>,
        voucher -> Nullable<BigInt>,
        previous -> Nullable<BigInt>,
        reverses -> Nullable<BigInt>,
        content -> Text,
        hash -> Binary,
    }
}

table! {
    posting (event, line) {
        event -> BigInt,
        line -> BigInt,
        account -> BigInt,
        amount_cents -> BigInt,
        debit_after -> BigInt,
        credit_after -> BigInt,
    }
}

table! {
    day_end (programme, day) {
        programme -> BigInt,
        day -> BigInt,
        seq -> BigInt,
    }
}

table! {
    request (scope, id) {
        scope -> Text,
        id -> Binary,
        hash -> Binary,
        outcome -> Text,
        recorded_at -> BigInt,
    }
}

table! {
    redemption (seq) {
        seq -> BigInt,
        voucher -> BigInt,
        programme -> BigInt,
        venue -> BigInt,
        organisation -> BigInt,
        issuer -> BigInt,
        territory -> Text,
        workshops -> BigInt,
        content -> Text,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
        actor -> Nullable<BigInt>,
    }
}

table! {
    voucher_key (kid) {
        kid -> Binary,
        public_key -> Binary,
        state -> Text,
        purpose -> Text,
        added_seq -> BigInt,
        added_at -> BigInt,
        activated_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        first_day -> Nullable<BigInt>,
        last_day -> Nullable<BigInt>,
        verifies_until -> Nullable<BigInt>,
    }
}

table! {
    key_set (sequence) {
        sequence -> BigInt,
        root -> Binary,
        expires_at -> BigInt,
        text -> Text,
    }
}

table! {
    alarm (kid, venue, hour) {
        kid -> Binary,
        venue -> BigInt,
        hour -> BigInt,
        times -> BigInt,
    }
}

table! {
    refused_scan (scope, request) {
        scope -> Text,
        request -> Binary,
        reason -> Text,
        voucher -> BigInt,
        programme -> BigInt,
        issuer -> BigInt,
        venue -> BigInt,
        organisation -> BigInt,
        actor -> Nullable<BigInt>,
        device -> Nullable<BigInt>,
        at -> BigInt,
    }
}

table! {
    failed_scan (organisation, venue, hour, reason) {
        organisation -> BigInt,
        venue -> BigInt,
        hour -> BigInt,
        reason -> Text,
        times -> BigInt,
    }
}

table! {
    workshop (programme, version, number) {
        programme -> BigInt,
        version -> BigInt,
        number -> BigInt,
        redemption -> BigInt,
    }
}

macro_rules! usage_table {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        table! {
            usage_day (day, programme, issuer, venue, territory, service, funder) {
                day -> BigInt,
                programme -> BigInt,
                issuer -> BigInt,
                venue -> BigInt,
                territory -> Text,
                service -> Text,
                funder -> BigInt,
                $($name -> BigInt,)+
            }
        }
    };
}
with_figures!(usage_table);

table! {
    api_key (id) {
        id -> BigInt,
        person -> BigInt,
        name -> Text,
        role -> Text,
        tenant -> Nullable<BigInt>,
        hash -> Binary,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked -> BigInt,
    }
}

table! {
    printing (id) {
        id -> Text,
        voucher -> Nullable<BigInt>,
        batch -> Nullable<BigInt>,
        part -> Nullable<BigInt>,
        format -> Text,
        person -> BigInt,
        printed_at -> BigInt,
        reason -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(api_key, person);
diesel::allow_tables_to_appear_in_same_query!(own_reference, voucher);
table! {
    restored (id) {
        id -> BigInt,
        restored_at -> BigInt,
        seq -> BigInt,
        acknowledged_at -> Nullable<BigInt>,
        acknowledged_by -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    event,
    redemption,
    voucher,
    venue,
    posting,
    account,
    admission,
    venue_detail,
    organisation
);
