//! What an answer of a mail server means, at the step at which it came (RFC 5321, 3463, 4954).
//! No exchange: `mail.rs` has it. A server's words are read here, and go no further.

use std::{error::Error as _, io};

use lettre::transport::smtp::Error;

use crate::domain::message::Trouble;

/// What was asked of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connecting, the greeting, and TLS.
    Opening,
    LogIn,
    /// To take a message of our sender.
    Sender,
    /// To take it for its recipient.
    Recipient,
    /// To take what it says.
    Message,
}

/// The service closes the line (RFC 5321, 3.8): whatever was asked.
const CLOSING: u16 = 421;
/// A log-in that is missing or was refused (RFC 4954, 6): the settings' fault, not the message's.
const LOG_IN: [u16; 5] = [432, 530, 534, 535, 538];

/// What went wrong when `step` was asked.
pub fn trouble(step: Step, cause: &Error) -> Trouble {
    let Some(code) = cause.status().map(u16::from) else { return without_answer(step, cause) };
    // Lines of an answer begin with the enhanced code, where the server has one.
    let said = cause.source().map(ToString::to_string).unwrap_or_default();
    of_answer(step, code, &said)
}

fn of_answer(step: Step, code: u16, said: &str) -> Trouble {
    match (step, code) {
        (_, CLOSING) => Trouble::ServerBusy,
        (_, code) if LOG_IN.contains(&code) => Trouble::LoginRefused,
        (Step::Recipient, ..500) => Trouble::RecipientBusy,
        (_, ..500) => Trouble::ServerBusy,
        (Step::Opening, _) => Trouble::ServerRefused,
        (Step::LogIn, _) => Trouble::LoginRefused,
        (Step::Sender, _) => Trouble::SenderRefused,
        // RFC 3463, 3.8: what this server lets us do, such as relaying, says nothing of a mailbox.
        (Step::Recipient, _) if said.starts_with("5.7.") => Trouble::ServerRefused,
        (Step::Recipient, _) => Trouble::RecipientRefused,
        (Step::Message, _) => Trouble::MessageRefused,
    }
}

fn without_answer(step: Step, cause: &Error) -> Trouble {
    if cause.is_tls() || broke_off_tls(cause) {
        Trouble::TlsFailed
    } else if cause.is_client() {
        // The server knows no way to log in that we know.
        if step == Step::LogIn { Trouble::LoginRefused } else { Trouble::Fault }
    } else {
        Trouble::Unreachable
    }
}

/// TLS is agreed on with the first bytes, so that its errors come as errors of reading.
fn broke_off_tls(cause: &Error) -> bool {
    let mut source = cause.source();
    while let Some(inner) = source {
        let tls = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(tls) = tls
            && tls.is::<rustls::Error>()
        {
            return true;
        }
        source = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_answer_means_another_thing_at_another_step() {
        use Step::{LogIn, Message, Opening, Recipient, Sender};
        for (step, code, said, meant) in [
            (Opening, 554, "no service here", Trouble::ServerRefused),
            (Opening, 450, "", Trouble::ServerBusy),
            (LogIn, 535, "5.7.8 bad credentials", Trouble::LoginRefused),
            (LogIn, 504, "5.5.4 unknown mechanism", Trouble::LoginRefused),
            (LogIn, 454, "4.7.0 temporary failure", Trouble::ServerBusy),
            (Sender, 530, "5.7.0 log in first", Trouble::LoginRefused),
            (Sender, 550, "5.1.8 bad sender", Trouble::SenderRefused),
            (Recipient, 550, "5.1.1 no such user", Trouble::RecipientRefused),
            (Recipient, 550, "no such user", Trouble::RecipientRefused),
            (Recipient, 554, "5.7.1 relay access denied", Trouble::ServerRefused),
            (Recipient, 450, "4.2.1 full", Trouble::RecipientBusy),
            (Recipient, 421, "4.3.2 shutting down", Trouble::ServerBusy),
            (Message, 554, "5.6.0 spam", Trouble::MessageRefused),
            (Message, 452, "4.3.1 disk full", Trouble::ServerBusy),
        ] {
            assert_eq!(of_answer(step, code, said), meant, "{step:?} {code} {said}");
        }
    }
}
