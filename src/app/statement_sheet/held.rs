//! The table of a statement that says what was held at the month's end.
//! No figures of its own: the statement has them.

use super::{Cell, Part, figure, text};
use crate::domain::statement::{HeldSum, Statement};

/// Beside the sums, which have it: what waits for a second person. Statements of the first format
/// say nothing of it.
pub fn part(statement: &Statement) -> Part {
    let row = |held: HeldSum| {
        vec![
            Cell::Word("hold-held".to_owned()),
            Cell::Count(held.redemptions),
            Cell::Count(held.workshops),
            Cell::Cents(held.amount_cents),
        ]
    };
    Part {
        key: "statement-held",
        columns: const {
            &[text("state"), figure("statement-redemptions"), figure("workshops"), figure("amount")]
        },
        rows: statement.held.filter(|held| held.redemptions > 0).map(row).into_iter().collect(),
        total: None,
    }
}
