//! Pass numérique: issues, redeems and accounts for vouchers for digital-skills workshops.
//! The module map, in layer order; who may import whom stands in ARCHITECTURE.md.

#![cfg_attr(test, expect(clippy::string_slice, reason = "a test may panic"))]

pub mod app;
pub mod cli;
pub mod domain;
pub mod http;
pub mod pages;
pub mod print;
pub mod store;
pub mod sys;
pub mod words;
