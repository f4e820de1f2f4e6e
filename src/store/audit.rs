//! The audit: replays the journal and compares everything folded from it.
//! No repair: it says what differs.
