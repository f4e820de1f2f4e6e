//! The official services of digital mediation.
//! No import rules here.

use serde::{Deserialize, Serialize};

/// Placeholder order of the national standard's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    Basics,
}
