//! What must hold when something breaks: kills, a lost server, a full disk, races, repetitions.
//! No rules of the product: `domain` has its own tests. docs/reliability.md says how much was run.

mod again;
mod blocked;
pub mod clients;
mod disk;
mod kill;
mod lost;
mod parity;
mod power;
pub mod program;
mod race;
mod stop;
mod trace;

use pass_numerique::app::view::Limits;
