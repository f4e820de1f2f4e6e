//! The service as its callers see it: asks go to the one writer, reads to the pool.
//! No rules: `domain/decide` has them.
