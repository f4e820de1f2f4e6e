//! The signed voucher: its payload, its digits, its manual code and its reference.
//! No keys (see `domain::key`), no signing (see `sys::keyring`), no dates of today.

pub mod manual_code;
pub mod payload;
pub mod reference;
mod symbols;
pub mod text;

pub use manual_code::{CodeKeys, ManualCode};
pub use payload::{Format, Kid, OutOfRange, Payload, Signed, signing_input};
pub use reference::Reference;
pub use symbols::Mistyped;
pub use text::Unreadable;

/// Why the key of a correctly signed voucher does not vouch for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// Published, not yet in use.
    Pending,
    /// Leaked: only the list of genuine vouchers can overrule this.
    Compromised,
    /// For previews and tests: verifies nowhere.
    Test,
    /// The first valid day, which is the day of signing, is outside the key's signing window.
    OutsideWindow,
}

/// Why 84 bytes are not a voucher of ours; of several reasons the first in the order of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    #[error("the code is of a format that is not known here")]
    FormatUnknown,
    #[error("the code names a key that is not known here")]
    KeyUnknown,
    #[error("the signature is not valid")]
    SignatureInvalid,
    /// Correctly signed nonsense: never the fault of who scans it.
    #[error("the code is signed, but {0}")]
    OutOfRange(OutOfRange),
    /// Correctly signed; `payload` is what the list of genuine vouchers is asked about.
    #[error("the code is signed by a key that does not vouch for it ({why:?})")]
    KeyNotValid { payload: Payload, why: KeyProblem },
}

impl Unverified {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FormatUnknown | Self::OutOfRange(_) => "code_malformed",
            Self::KeyUnknown => "key_unknown",
            Self::SignatureInvalid => "signature_invalid",
            Self::KeyNotValid { .. } => "key_not_valid",
        }
    }
}

#[cfg(test)]
pub(crate) mod example {
    //! The example of the specification; its key is RFC 8032 TEST 1, which is for tests alone.

    use super::*;
    use crate::domain::{
        calendar::Day,
        ids::{ProgrammeId, VoucherId},
    };

    pub const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    pub const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    pub const PAYLOAD: &str = "0190facafe794e76e381437af300070a512c52a0";
    pub const SIGNATURE: &str = "a4155e0b9614f8424e749390591cc048f2e3fb1f16c783d903e323ffdd86dd17\
        a54b26ccac8a67b805dce9db24936f3d3ebddf1dd1dd5ada0479da0f618dad0a";
    pub const DIGITS: &str = "004408817986092303346419157427481601981668589215908060143783665316\
        502208322531420486420533259307783879371118326680125093796074050637998048565874067889385616\
        832355447108456280170700556544434298231778028810";

    pub fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
    }

    pub fn payload() -> Payload {
        Payload {
            format: Format::Issued,
            kid: Kid([0x90, 0xfa, 0xca, 0xfe]),
            voucher: VoucherId(0x794e_76e3_8143_7af3),
            programme: ProgrammeId(7),
            workshops: 10,
            first_day: "2026-11-23".parse::<Day>().unwrap(),
            last_day: "2027-11-30".parse::<Day>().unwrap(),
        }
    }

    pub fn signed() -> Signed {
        Signed { payload: bytes(PAYLOAD), signature: bytes(SIGNATURE) }
    }
}
