//! The clockwork of keys in a running service: orders from commands, changes, due rotations.
//! No thread of its own: whoever runs the service calls it about once a second.

use super::{
    rotate::{KeyOrder, Ordered},
    service::{Fault, Service},
};
use crate::sys::orders::{self, OrderError};

/// How long a command waits for the running service, in seconds.
const ANSWER_WITHIN_S: u64 = 10;

/// What is sent back: a fault is told in words.
type Reply = Result<Ordered, String>;

impl Service {
    /// Carries out orders that commands left in the folder of keys; once a minute also reads the
    /// register again and goes on with a rotation. What fails is logged, and tried again.
    pub fn tend_keys(&self) {
        let due = !self.keys_are_fresh();
        let served = orders::serve(self.keys.folder(), |text| {
            let reply: Reply = match serde_json::from_str::<KeyOrder>(text) {
                Ok(order) => self.order_keys(None, &order).map_err(|fault| fault.to_string()),
                Err(cause) => Err(format!("not an order of this version: {cause}")),
            };
            serde_json::to_string(&reply).unwrap_or_default()
        });
        // An order may have read the register again: what is due stays due.
        if !due {
            return;
        }
        if let Err(cause) = served {
            tracing::warn!(%cause, "orders about keys were not taken");
        }
        match self.advance_keys() {
            Ok(Ok(_)) => {}
            // Another instance was faster.
            Ok(Err(refusal)) => tracing::debug!(reason = %refusal.reason, "rotation refused"),
            Err(fault) => tracing::warn!(%fault, "the rotation of keys did not go on"),
        }
    }
}

/// Sends an order to the service that holds the database, and waits for what it did.
///
/// # Errors
/// When no service takes it, or it could not carry it out.
pub fn send_order(keys: &std::path::Path, order: &KeyOrder) -> Result<Ordered, Fault> {
    let text = serde_json::to_string(order).map_err(|cause| Fault::Order(cause.to_string()))?;
    let reply = orders::send(keys, &text, ANSWER_WITHIN_S)?;
    let reply: Reply =
        serde_json::from_str(&reply).map_err(|cause| Fault::Order(cause.to_string()))?;
    reply.map_err(Fault::Order)
}

impl From<OrderError> for Fault {
    fn from(cause: OrderError) -> Self {
        Self::Order(cause.to_string())
    }
}
