//! Random histories against a small model.
//! To be written.
