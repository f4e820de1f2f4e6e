//! Use cases: what a person or a program asks for, one file each.
//! No transport and no SQL: `http` and `cli` call in here, `store` is called from here.

pub mod service;
