//! The real program under faults: killed, stopped, its database gone.
//! No rules tested again.

mod kill;
mod served;
