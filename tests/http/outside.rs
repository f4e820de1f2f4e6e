//! Operations outside the table of roles: for devices alone, or for everybody.
//! No tests: `access.rs` has them.

/// For devices alone.
pub const OF_DEVICES: &[&str] =
    &["read_own_device", "report_device", "list_decisions", "sync", "feed", "genuine"];

/// Needs no log-in, or only one's own.
pub const OPEN: &[&str] = &[
    "healthz",
    "readyz",
    "metrics",
    "jwks",
    "key_set",
    "receipt_key_set",
    "open_usage",
    "open_schema",
    "first_operator",
    "login",
    "refresh",
    "logout",
    "request_reset",
    "choose_password",
    "change_own_password",
    "begin_second_factor",
    "confirm_second_factor",
    "remove_second_factor",
    "read_looks",
    "whoami",
    "export_venues",
    "enrol_device",
    "challenge_device",
    "sign_in_device",
];
