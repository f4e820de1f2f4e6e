//! Reads that go through the pool: lists, views and the sums of reports.
//! No writes.
