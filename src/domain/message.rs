//! Messages that the service sends: what about, by which way, and what became of them.
//! No contact and no text here: those exist only while a message is sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::Instant,
    ids::{MessageId, RequestId, UserId, VoucherId},
    view::Row,
};

/// Declares an enum whose values have a stable code, in JSON and in the database.
macro_rules! codes {
    ($($(#[$of:meta])* $name:ident { $($(#[$meta:meta])* $value:ident = $code:literal,)+ })+) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        $(#[$of])*
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$meta])* $value),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code),+ }
            }

            #[must_use]
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    )+};
}

codes! {
    /// What a message is about.
    #[schema(as = MessageKind)]
    Kind {
        /// Choose a password: somebody made an account for you.
        Invitation = "invitation",
        /// Choose a password: you asked for it.
        Reset = "reset",
        Pass = "pass",
        Reminder = "reminder",
        /// What there is to know about programmes that end or run short.
        Programmes = "programmes",
        /// A run did not pay the organisation: why, and what to do.
        PaymentWaits = "payment_waits",
        /// A bank did not take a payment to the organisation: its account is to be checked.
        PaymentFailed = "payment_failed",
        /// Another account was asked for in the place of the organisation's.
        AccountAsked = "account_asked",
        /// What there is to look at of devices, venues and keys.
        Alarm = "alarm",
        /// A payment to the organisation was handed to the bank, or paid.
        PaymentSent = "payment_sent",
        /// A dispute of the organisation was received, or decided.
        Dispute = "dispute",
    }
    /// By which way it goes.
    Channel {
        Email = "email",
        Sms = "sms",
    }
    MessageState {
        Waiting = "waiting",
        /// The next server has it; whether a person read it nobody knows.
        Sent = "sent",
        Failed = "failed",
    }
    /// Why the last try did not succeed.
    Trouble {
        /// Nobody there, or no answer in time.
        Unreachable = "unreachable",
        /// No TLS, or no certificate that is trusted.
        TlsFailed = "tls_failed",
        ServerBusy = "server_busy",
        /// The server takes nothing from this service.
        ServerRefused = "server_refused",
        LoginRefused = "login_refused",
        /// The server takes nothing from the address that the operator sends from.
        SenderRefused = "sender_refused",
        /// The server takes nothing for this address now.
        RecipientBusy = "recipient_busy",
        /// The server takes nothing for this address.
        RecipientRefused = "recipient_refused",
        /// The server does not take what this message says.
        MessageRefused = "message_refused",
        /// Sending by this way is not set up any more.
        NotSetUp = "not_set_up",
        /// The pass or the account is not what it was when this was asked.
        Outdated = "outdated",
        /// The key of contacts is not the one that sealed this one.
        ContactUnreadable = "contact_unreadable",
        Fault = "fault",
    }
}

impl Trouble {
    /// Whether trying again cannot help.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::RecipientRefused | Self::MessageRefused | Self::Outdated)
    }

    /// Whether every message that goes by the same way would meet it.
    #[must_use]
    pub const fn is_of_the_way(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TlsFailed
                | Self::ServerBusy
                | Self::ServerRefused
                | Self::LoginRefused
                | Self::SenderRefused
        )
    }

    /// Whether the server was spoken to, and spoke of this message alone.
    #[must_use]
    pub const fn is_of_the_message(self) -> bool {
        matches!(self, Self::RecipientBusy | Self::RecipientRefused | Self::MessageRefused)
    }
}

/// Tries before a message is given up: some 18 hours.
pub const MOST_TRIES: i64 = 8;
const FIRST_DELAY_S: i64 = 60;
const LONGEST_DELAY_S: i64 = 6 * 3600;
/// How long one try may take before another may begin.
pub const LEASE_S: i64 = 300;
/// How long nothing is tried by a way that is stopped.
pub const REST_S: i64 = 60;

/// A way by which nothing goes: the server is at fault, not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standstill {
    pub channel: Channel,
    pub trouble: Trouble,
    pub since: Instant,
    pub next_try_at: Instant,
}

/// When to try again after so many tries: a minute, then each time four times as long, up to six
/// hours.
#[must_use]
pub fn next_try(tries: i64, now: Instant) -> Instant {
    let factor = 4_i64.saturating_pow(u32::try_from(tries.clamp(1, 10) - 1).unwrap_or(0));
    now.plus_seconds(FIRST_DELAY_S.saturating_mul(factor).min(LONGEST_DELAY_S))
}

/// Whom a message is about: ids alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Voucher(VoucherId),
    User(UserId),
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub kind: Kind,
    pub channel: Channel,
    /// `fr` or `en`.
    pub language: String,
    pub about: About,
    /// Sealed; missing once it is not needed any more.
    pub contact: Option<Vec<u8>>,
    pub state: MessageState,
    pub tries: i64,
    pub due_at: Instant,
    pub trouble: Option<Trouble>,
    pub asked_by: Option<UserId>,
    /// A request makes one message, however often it is sent.
    pub request: RequestId,
    /// Keyed hash of what was asked; it goes with the contact.
    pub content: Option<[u8; 32]>,
    pub made_at: Instant,
    pub settled_at: Option<Instant>,
}

/// What people see of a message: never to whom it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub kind: Kind,
    pub channel: Channel,
    pub state: MessageState,
    pub tries: i64,
    /// Of a message that waits.
    pub next_try_at: Option<Instant>,
    /// Why the last try did not succeed.
    pub trouble: Option<Trouble>,
    pub made_at: Instant,
    /// When it was sent or given up.
    pub settled_at: Option<Instant>,
}

impl Row for MessageView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}

impl Message {
    #[must_use]
    pub fn view(&self) -> MessageView {
        MessageView {
            id: self.id,
            kind: self.kind,
            channel: self.channel,
            state: self.state,
            tries: self.tries,
            next_try_at: (self.state == MessageState::Waiting).then_some(self.due_at),
            trouble: self.trouble,
            made_at: self.made_at,
            settled_at: self.settled_at,
        }
    }
}

/// What a link to choose a password was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountToken {
    pub hash: [u8; 32],
    pub user: UserId,
    pub purpose: Kind,
    pub expires_at: Instant,
}

/// What a short link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    Pass,
    /// No more reminders.
    Stop,
}

impl Opens {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Stop => "stop",
        }
    }
}

/// An agreement to be reminded of a pass.
#[derive(Clone, PartialEq, Eq)]
pub struct Agreement {
    pub voucher: VoucherId,
    pub channel: Channel,
    pub language: String,
    /// Sealed.
    pub contact: Vec<u8>,
    pub agreed_at: Instant,
    /// Reminded that no workshop was taken.
    pub unused_at: Option<Instant>,
    /// Reminded that the pass ends soon.
    pub ending_at: Option<Instant>,
}

/// Mobile numbers of the overseas departments, as they are written there, and their own country
/// codes (ARCEP's numbering plan).
const OVERSEAS: [(&str, &str); 8] = [
    ("690", "590"),
    ("691", "590"),
    ("692", "262"),
    ("693", "262"),
    ("639", "262"),
    ("694", "594"),
    ("696", "596"),
    ("697", "596"),
];

/// A telephone number in E.164 (ITU-T): `+` and 8 to 15 digits. French ones may begin with 0;
/// marks between digits are left out. `None` for anything else, and for French numbers that are
/// no mobile ones, since they take no short messages.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let marks = [' ', '\u{a0}', '\u{202f}', '.', '-'];
    let bare: String = text.trim().chars().filter(|c| !marks.contains(c)).collect();
    let international = match bare.strip_prefix("00").or_else(|| bare.strip_prefix('+')) {
        Some(rest) => rest.to_owned(),
        None => {
            let national = bare.strip_prefix('0')?;
            let away = OVERSEAS.iter().find(|(prefix, _)| national.starts_with(prefix));
            format!("{}{national}", away.map_or("33", |(_, country)| country))
        }
    };
    let digits = international.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !(8..=15).contains(&international.len()) || international.starts_with('0') {
        return None;
    }
    if let Some(national) = international.strip_prefix("33")
        && !(national.len() == 9 && national.starts_with(['6', '7']))
    {
        return None;
    }
    Some(format!("+{international}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_delay_is_longer_than_the_last_up_to_six_hours() {
        let delays: Vec<i64> =
            (1..=MOST_TRIES).map(|tries| next_try(tries, Instant(0)).0 / 1_000_000).collect();
        assert_eq!(delays, [60, 240, 960, 3_840, 15_360, 21_600, 21_600, 21_600]);
        assert_eq!(next_try(i64::MAX, Instant(0)).0, 21_600_000_000);
    }

    #[test]
    fn a_french_mobile_number_is_read_as_people_write_it() {
        for text in ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "+33 6 12 34 56 78"] {
            assert_eq!(phone(text).as_deref(), Some("+33612345678"), "{text}");
        }
        assert_eq!(phone("0033 7 12 34 56 78").as_deref(), Some("+33712345678"));
        assert_eq!(phone("0692 12 34 56").as_deref(), Some("+262692123456"));
        assert_eq!(phone("+32 470 12 34 56").as_deref(), Some("+32470123456"));
    }

    #[test]
    fn what_takes_no_short_message_is_no_number() {
        for text in [
            "",
            "0142345678",
            "061234567",
            "06123456789",
            "612345678",
            "+0612345678",
            "+33 6 12 34 56 7a",
            "+1234567890123456",
            "a@example.fr",
            "+",
        ] {
            assert_eq!(phone(text), None, "{text}");
        }
    }
}
