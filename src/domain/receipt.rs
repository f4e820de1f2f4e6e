//! A receipt: what a venue earned by a redemption, signed so that it can be checked without us.
//! No private key and no file; nothing that redeems a voucher is in it.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    calendar::{Day, Instant},
    cents::Cents,
    feed::{Rest, SIGNATURE_BYTES},
    ids::{OrganisationId, RequestId, Seq, VenueId, VoucherId},
    key::{admissible, thumbprint},
    key_register::PublicKey,
    voucher::Kid,
};

/// What is signed begins with this: no signature of a voucher, a feed, a key set or a token is
/// one of a receipt.
const PREFIX: &[u8] = b"pass-numerique/receipt/1\n";
/// What the text begins with.
pub const HEAD: &str = "PNR1.";
const VERSION: u8 = 1;
const CURRENCY: [u8; 3] = *b"EUR";
/// The longest text that is read as a receipt.
const LONGEST: usize = 512;
/// A receipt key signs from a day after it was added: by then every instance has its private file
/// and has read the register, so that all of them sign a redemption with the same key.
pub const SIGNS_AFTER_S: i64 = 86_400;

/// What was earned, and where it stands in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The client's own; nil for a redemption that was recorded before receipts were.
    pub id: RequestId,
    pub seq: Seq,
    pub organisation: OrganisationId,
    pub venue: VenueId,
    /// The voucher's number, which redeems nothing.
    pub voucher: VoucherId,
    pub workshops: u8,
    /// After this redemption.
    pub left: u8,
    /// Of the voucher, tolerance included.
    pub last_day: Day,
    pub earned_cents: Cents,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    /// The link of the journal's chain that this redemption made: it covers all before.
    #[serde(serialize_with = "hexadecimal")]
    pub head: [u8; 32],
}

fn hexadecimal<S: serde::Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&data_encoding::HEXLOWER.encode(bytes))
}

/// Why a text is no receipt, or proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReceipt {
    #[error("it is not a receipt, or it is cut short")]
    Malformed,
    #[error("no key of the set signed it: take the newest set")]
    KeyUnknown,
    #[error("it was changed after it was signed")]
    Signature,
    #[error("the key that signed it leaked: ask for the receipt again")]
    KeyCompromised,
}

impl Receipt {
    /// The receipt without its signature: all numbers big-endian.
    ///
    /// | bytes | |
    /// |---|---|
    /// | 1, 4 | version (1), kid of the signing key |
    /// | 16, 8 | the client's id of the redemption, its number in the journal |
    /// | 8 each | organisation, venue, voucher |
    /// | 1, 1, 2 | workshops taken, workshops left, last day since 1970 |
    /// | 8, 3 | cents earned, currency |
    /// | 8 each | when it took place and was recorded, microseconds since 1970 |
    /// | 32 | the link of the journal's chain |
    #[must_use]
    pub fn bytes(&self, kid: Kid) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(kid.0);
        bytes.extend(self.id.0.as_bytes());
        for number in [self.seq.0, self.organisation.0, self.venue.0, self.voucher.0] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend([self.workshops, self.left]);
        bytes.extend(u16::try_from(self.last_day.0).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(self.earned_cents.0.to_be_bytes());
        bytes.extend(CURRENCY);
        bytes.extend(self.occurred_at.0.to_be_bytes());
        bytes.extend(self.recorded_at.0.to_be_bytes());
        bytes.extend(self.head);
        bytes
    }

    /// What the service signs, and anybody verifies.
    #[must_use]
    pub fn signing_input(bytes: &[u8]) -> Vec<u8> {
        [PREFIX, bytes].concat()
    }

    /// The text that is kept: `PNR1.` and bytes with signature in base64url.
    #[must_use]
    pub fn text(mut bytes: Vec<u8>, signature: &[u8; SIGNATURE_BYTES]) -> String {
        bytes.extend(signature);
        format!("{HEAD}{}", BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads a text: the signature before anything else but the kid.
    ///
    /// # Errors
    /// Why it proves nothing.
    pub fn verified(text: &str, keys: &[ReceiptKey]) -> Result<Self, NoReceipt> {
        let text = text.trim();
        let encoded = text.strip_prefix(HEAD).filter(|_| text.len() <= LONGEST);
        let encoded = encoded.ok_or(NoReceipt::Malformed)?;
        let all = BASE64URL_NOPAD.decode(encoded.as_bytes()).map_err(|_| NoReceipt::Malformed)?;
        let place = all.len().checked_sub(SIGNATURE_BYTES).ok_or(NoReceipt::Malformed)?;
        let (bytes, signature) = all.split_at_checked(place).ok_or(NoReceipt::Malformed)?;
        let signature = Signature::from_slice(signature).map_err(|_| NoReceipt::Malformed)?;
        let mut rest = Rest(bytes);
        if rest.take::<1>() != Some([VERSION]) {
            return Err(NoReceipt::Malformed);
        }
        let named = Kid(rest.take().ok_or(NoReceipt::Malformed)?);
        let mut known = keys.iter().filter(|key| key.public.kid() == named).peekable();
        if known.peek().is_none() {
            return Err(NoReceipt::KeyUnknown);
        }
        let input = Self::signing_input(bytes);
        let signed = |key: &&ReceiptKey| {
            let verifier: Option<VerifyingKey> = admissible(&key.public.0).ok();
            verifier.is_some_and(|verifier| verifier.verify_strict(&input, &signature).is_ok())
        };
        let key = known.find(signed).ok_or(NoReceipt::Signature)?;
        let receipt = Self::read(rest).ok_or(NoReceipt::Malformed)?;
        if key.compromised_at.is_some() { Err(NoReceipt::KeyCompromised) } else { Ok(receipt) }
    }

    fn read(mut rest: Rest<'_>) -> Option<Self> {
        let id = RequestId(uuid::Uuid::from_bytes(rest.take()?));
        let mut number = || rest.take::<8>().map(i64::from_be_bytes);
        let (seq, organisation) = (Seq(number()?), OrganisationId(number()?));
        let (venue, voucher) = (VenueId(number()?), VoucherId(number()?));
        let [workshops, left] = rest.take()?;
        let last_day = Day(u16::from_be_bytes(rest.take()?).into());
        let earned_cents = Cents(i64::from_be_bytes(rest.take()?));
        if rest.take::<3>()? != CURRENCY {
            return None;
        }
        let mut at = || rest.take::<8>().map(|bytes| Instant(i64::from_be_bytes(bytes)));
        let (occurred_at, recorded_at) = (at()?, at()?);
        let head = rest.take()?;
        rest.is_read().then_some(Self {
            id,
            seq,
            organisation,
            venue,
            voucher,
            workshops,
            left,
            last_day,
            earned_cents,
            occurred_at,
            recorded_at,
            head,
        })
    }
}

/// A key that signs receipts and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptKey {
    /// The event that added it.
    pub id: Seq,
    pub public: PublicKey,
    pub added_at: Instant,
    /// It signs what is recorded from then on, until the next one does.
    pub signs_from: Instant,
    /// When it was found to have leaked.
    pub compromised_at: Option<Instant>,
}

/// What is asked about receipt keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptKeyAsk {
    /// `first`: refused where there is one already.
    Add { public: PublicKey, first: bool },
    /// It leaked, and signs nothing more; the next one is added before.
    Compromise { key: Seq },
}

/// The key of what was recorded at a moment: of those that did not leak, the last that signed
/// then; for what was recorded before all of them, the first.
#[must_use]
pub fn signing(keys: &[ReceiptKey], recorded_at: Instant) -> Option<&ReceiptKey> {
    let trusted = || keys.iter().filter(|key| key.compromised_at.is_none());
    let last = trusted().filter(|key| key.signs_from <= recorded_at);
    last.max_by_key(|key| (key.signs_from, key.id))
        .or_else(|| trusted().min_by_key(|key| (key.signs_from, key.id)))
}

/// All receipt keys there ever were, as a JWK set (RFC 7517, RFC 8037) with what a verifier of
/// receipts needs besides.
#[must_use]
pub fn published(keys: &[ReceiptKey]) -> Value {
    let key = |key: &ReceiptKey| {
        let mut member = json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": BASE64URL_NOPAD.encode(&key.public.0),
            "kid": BASE64URL_NOPAD.encode(&thumbprint(&key.public.0)),
            "use": "sig",
            "alg": "EdDSA",
            "signs": "receipts",
            "id": key.id,
            "added_at": key.added_at,
            "signs_from": key.signs_from,
        });
        if let (Some(at), Some(object)) = (key.compromised_at, member.as_object_mut()) {
            object.insert("compromised_at".to_owned(), json!(at));
        }
        member
    };
    json!({ "keys": keys.iter().map(key).collect::<Vec<_>>() })
}

/// The file of receipt keys is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a set of receipt keys, as /.well-known/receipt-keys.json is")]
pub struct NoReceiptKeys;

#[derive(Deserialize)]
struct Member {
    x: String,
    signs: String,
    id: Seq,
    added_at: Instant,
    signs_from: Instant,
    compromised_at: Option<Instant>,
}

#[derive(Deserialize)]
struct Members {
    keys: Vec<Member>,
}

/// Reads a published set.
///
/// # Errors
/// If it is none, or one of its keys is not admissible.
pub fn read_keys(text: &str) -> Result<Vec<ReceiptKey>, NoReceiptKeys> {
    let set: Members = serde_json::from_str(text).map_err(|_| NoReceiptKeys)?;
    let key = |member: Member| {
        let public = BASE64URL_NOPAD.decode(member.x.as_bytes()).ok();
        let public: [u8; 32] = public?.try_into().ok()?;
        admissible(&public).ok().filter(|_| member.signs == "receipts")?;
        Some(ReceiptKey {
            id: member.id,
            public: PublicKey(public),
            added_at: member.added_at,
            signs_from: member.signs_from,
            compromised_at: member.compromised_at,
        })
    };
    set.keys.into_iter().map(key).collect::<Option<_>>().ok_or(NoReceiptKeys)
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, organisation, venue, workshops, left, last_day, occurred_at, .. } = self;
        write!(
            f,
            "event {seq}: organisation {organisation} earned {} cents for {workshops} workshops \
             at venue {venue} on {occurred_at}; {left} left until {last_day}",
            self.earned_cents.0
        )
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::domain::key::kid;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[8; 32])
    }

    fn registered(signing: &SigningKey, id: i64, from: i64) -> ReceiptKey {
        ReceiptKey {
            id: Seq(id),
            public: PublicKey(signing.verifying_key().to_bytes()),
            added_at: Instant(from),
            signs_from: Instant(from),
            compromised_at: None,
        }
    }

    fn receipt() -> Receipt {
        Receipt {
            id: RequestId(uuid::Uuid::from_u128(7)),
            seq: Seq(2_261),
            organisation: OrganisationId(3),
            venue: VenueId(4),
            voucher: VoucherId(4_813_594_432_735_483_167),
            workshops: 2,
            left: 8,
            last_day: Day(20_930),
            earned_cents: Cents(2_000),
            occurred_at: Instant(1_795_000_000_000_000),
            recorded_at: Instant(1_795_000_000_500_000),
            head: [9; 32],
        }
    }

    fn text(prefix: &[u8]) -> String {
        let bytes = receipt().bytes(kid(&key().verifying_key().to_bytes()));
        let signature = key().sign(&[prefix, &bytes].concat()).to_bytes();
        Receipt::text(bytes, &signature)
    }

    #[test]
    fn a_receipt_comes_back_as_it_was_and_its_text_is_short() {
        let keys = [registered(&key(), 1, 0)];
        let text = text(PREFIX);
        assert_eq!(Receipt::verified(&text, &keys), Ok(receipt()));
        assert_eq!(Receipt::verified(&format!("  {text}\r\n"), &keys), Ok(receipt()));
        assert!(text.len() < 260 && text.is_ascii(), "{}", text.len());
    }

    #[test]
    fn each_changed_character_of_a_receipt_is_refused() {
        let (keys, text) = ([registered(&key(), 1, 0)], text(PREFIX));
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(Receipt::verified(&changed, &keys).is_err(), "{place}");
            assert!(Receipt::verified(&text[..place], &keys).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_signature_of_another_purpose_is_no_receipt() {
        let keys = [registered(&key(), 1, 0)];
        for prefix in [&b"pass-numerique/feed/1\n"[..], b"pass-numerique/genuine/1\n", b""] {
            assert_eq!(Receipt::verified(&text(prefix), &keys), Err(NoReceipt::Signature));
        }
    }

    #[test]
    fn a_receipt_of_a_key_that_leaked_or_is_not_known_proves_nothing() {
        let other = SigningKey::from_bytes(&[9; 32]);
        let leaked = ReceiptKey { compromised_at: Some(Instant(5)), ..registered(&key(), 1, 0) };
        let text = text(PREFIX);
        let unknown = Receipt::verified(&text, &[registered(&other, 1, 0)]);
        assert_eq!(unknown, Err(NoReceipt::KeyUnknown));
        assert_eq!(Receipt::verified(&text, &[leaked]), Err(NoReceipt::KeyCompromised));
    }

    #[test]
    fn what_was_recorded_at_a_moment_has_one_key_whenever_it_is_signed() {
        let keys: Vec<ReceiptKey> = [(3, 100), (7, 200), (9, 300)]
            .map(|(id, from)| registered(&SigningKey::from_bytes(&[id; 32]), id.into(), from))
            .to_vec();
        let at = |keys: &[ReceiptKey], moment| signing(keys, Instant(moment)).unwrap().id.0;
        assert_eq!([50, 100, 199, 200, 999].map(|moment| at(&keys, moment)), [3, 3, 3, 7, 9]);
        assert_eq!([50, 150].map(|moment| at(&keys[..2], moment)), [3, 3], "later keys do no harm");
        let mut leaked = keys.clone();
        leaked[0].compromised_at = Some(Instant(400));
        assert_eq!([50, 150, 250].map(|moment| at(&leaked, moment)), [7, 7, 7]);
        for key in &mut leaked {
            key.compromised_at = Some(Instant(400));
        }
        assert_eq!(signing(&leaked, Instant(150)), None);
    }

    #[test]
    fn the_published_set_is_read_back_whole() {
        let leaked = ReceiptKey { compromised_at: Some(Instant(5)), ..registered(&key(), 1, 0) };
        let other = registered(&SigningKey::from_bytes(&[9; 32]), 2, 1_000_000);
        let text = published(&[leaked, other]).to_string();
        assert_eq!(read_keys(&text), Ok(vec![leaked, other]));
        for wrong in ["", "{}", r#"{"keys":[{}]}"#, &text.replace("\"receipts\"", "\"vouchers\"")] {
            assert_eq!(read_keys(wrong), Err(NoReceiptKeys));
        }
    }
}
