//! The decision as sentences, on worlds made in memory.
//! No database.
