//! The API as its callers see it, over the real decision in memory.
