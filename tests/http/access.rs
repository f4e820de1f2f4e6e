//! Every role against every route, within its tenant and outside it.
//! The table itself is tested beside it, in `domain/access.rs`.
