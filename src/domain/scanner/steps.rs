//! What happens on a device, a step each: first made durable, then taken in.
//! No decision what a workshop is worth, and no verdicts (`told.rs`).

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::{
    Counted, Cursor, Heard, Identity, Judged, Keys, Places, Scan, Scanner, Spend, Told, Waiting,
};
use crate::domain::{
    calendar::{Day, Instant, MICROSECONDS_A_SECOND},
    feed::Feed,
    genuine::Genuine,
    ids::{RequestId, Seq, VoucherId},
    key::{KeyState, VoucherKey, admissible},
    key_register::PublicKey,
    key_set::BadKeySet,
    record::{Claims, DecidedRecord, Record, shown},
    refusal::Refusal,
    voucher::Kid,
};

/// A scan on its way, under an id of its own that it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub request: RequestId,
    pub scan: Scan,
    pub salt: [u8; 16],
    /// By the device's own clock.
    pub clock_at: Instant,
    /// What the device knew then.
    pub clock_offset_ms: i64,
    pub server_at: Instant,
    pub seen: Seq,
    pub feed_at: Option<Instant>,
}

/// Something that has happened on the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What it works with, as the service told it; a key set only if it is a good one.
    Equipped {
        places: Places,
        root: Option<PublicKey>,
        key_set: Option<String>,
        heard: Heard,
    },
    Revoked,
    Heard(Heard),
    /// A page of the feed, as it was sent, in base64.
    Fed {
        asked: Cursor,
        page: String,
    },
    /// A page of the genuine passes of a key that leaked, as it was sent, in base64.
    Listed {
        leaked: Kid,
        asked: i64,
        page: String,
    },
    /// Before it is sent.
    Attempted(Box<Attempt>),
    /// The service answered: counted, or not.
    Answered {
        request: RequestId,
        counted: Option<Counted>,
    },
    /// It was never sent and is refused here: nothing took place.
    Dropped {
        request: RequestId,
    },
    Recorded {
        request: RequestId,
        record: String,
        /// Of whose pass, and its last day; a typed code does not tell.
        voucher: Option<(VoucherId, Day)>,
    },
    Told {
        verdicts: Vec<Told>,
        heard: Heard,
    },
    /// About records that were put aside.
    Decided(Vec<DecidedRecord>),
}

/// A line of what a device keeps: all of it at a moment, or what happened since.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    All(Box<Scanner>),
    Step(Step),
}

/// Why something is not what a device keeps or is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("it cannot be read")]
    Unreadable,
    #[error("the page is not signed for this device by a key that it knows")]
    Page,
    #[error(transparent)]
    KeySet(#[from] BadKeySet),
    #[error("a record does not continue the device's chain")]
    Chain,
    #[error("no attempt has this request id")]
    NoAttempt,
}

impl Attempt {
    /// When it was made, by the service's time as the device knew it.
    #[must_use]
    pub const fn moment(&self) -> Instant {
        Instant(self.clock_at.0.saturating_add(self.clock_offset_ms.saturating_mul(1_000)))
    }
}

impl Scanner {
    /// An attempt at this moment, to be made durable before it is sent.
    #[must_use]
    pub fn attempt(
        &self,
        scan: Scan,
        request: RequestId,
        salt: [u8; 16],
        clock_at: Instant,
    ) -> Attempt {
        // A clock that was set back is told by what must be added to it.
        let behind = self.moment(clock_at).0.saturating_sub(clock_at.0);
        let clock_offset_ms = behind.div_euclid(1_000) + i64::from(behind.rem_euclid(1_000) > 0);
        let (server_at, seen) = (self.server_at, self.knowledge.until());
        let feed_at = self.knowledge.at();
        Attempt { request, scan, salt, clock_at, clock_offset_ms, server_at, seen, feed_at }
    }

    /// The record of an attempt that the service did not answer, if the device can accept it.
    ///
    /// # Errors
    /// The refusal without network.
    pub fn record(
        &self,
        attempt: &Attempt,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<(Step, Judged), Refusal> {
        let claims = self.claims(attempt);
        let request = Some(attempt.request);
        let judged = self.judge_attempt(&attempt.scan, claims.occurred_at(), request)?;
        let voucher = match judged {
            Judged::Accepted { voucher, last_day, .. } => Some((voucher, last_day)),
            Judged::Claim => None,
        };
        let input = claims.signing_input();
        let signature = BASE64URL_NOPAD.encode(&sign(input.as_bytes()));
        let (request, record) = (attempt.request, format!("{input}.{signature}"));
        Ok((Step::Recorded { request, record, voucher }, judged))
    }

    /// What the next record says: its time never goes back along the chain.
    fn claims(&self, attempt: &Attempt) -> Claims {
        let scan = &attempt.scan;
        let mut claims = Claims {
            device: self.identity.device,
            sequence: self.head.sequence.saturating_add(1),
            before: self.head.hash,
            request: attempt.request,
            venue: scan.venue,
            person: scan.person,
            shown: shown(&attempt.salt, &scan.code),
            workshops: scan.workshops,
            delivery: scan.delivery,
            clock_at: attempt.clock_at,
            clock_offset_ms: attempt.clock_offset_ms,
            server_at: attempt.server_at,
            seen: attempt.seen,
            feed_at: attempt.feed_at,
        };
        let behind = self.head.occurred_at.0.saturating_sub(claims.occurred_at().0);
        if behind > 0 {
            let more = behind.div_euclid(1_000) + i64::from(behind.rem_euclid(1_000) > 0);
            claims.clock_offset_ms = claims.clock_offset_ms.saturating_add(more);
        }
        claims
    }

    /// What the service told of the device; a key set that is refused is left out, and why.
    #[must_use]
    pub fn equipped(
        &self,
        places: Places,
        root: Option<PublicKey>,
        key_set: Option<String>,
        heard: Heard,
    ) -> (Step, Option<BadKeySet>) {
        let identity = Identity { root: self.identity.root.or(root), ..self.identity.clone() };
        let seen = self.keys.as_ref().map_or(0, |keys| keys.sequence);
        let news = key_set.filter(|text| self.key_set.as_ref() != Some(text));
        let read = news.map(|text| Keys::read(&identity, &text, seen).map(|_| text)).transpose();
        let (key_set, refused) = match read {
            Ok(text) => (text, None),
            Err(refused) => (None, Some(refused)),
        };
        (Step::Equipped { places, root, key_set, heard }, refused)
    }

    /// A page of the feed that was asked for.
    ///
    /// # Errors
    /// When it is not signed for this device by a key of the key set.
    pub fn fed(&self, asked: Cursor, page: &[u8]) -> Result<Step, Unfit> {
        self.read_page(page).ok_or(Unfit::Page)?;
        Ok(Step::Fed { asked, page: BASE64URL_NOPAD.encode(page) })
    }

    fn read_page(&self, page: &[u8]) -> Option<Feed> {
        let feed = self.signed(page, Feed::read)?;
        (feed.device == self.identity.device).then_some(feed)
    }

    /// A page of the genuine passes of a key that leaked.
    ///
    /// # Errors
    /// When it is not signed for this device, of this key, by a key of the key set that has not
    /// leaked itself.
    pub fn listed(&self, leaked: Kid, asked: i64, page: &[u8]) -> Result<Step, Unfit> {
        self.read_list(leaked, page).ok_or(Unfit::Page)?;
        Ok(Step::Listed { leaked, asked, page: BASE64URL_NOPAD.encode(page) })
    }

    fn read_list(&self, leaked: Kid, page: &[u8]) -> Option<Genuine> {
        let list = self.signed(page, Genuine::read)?;
        (list.device == self.identity.device && list.leaked == leaked).then_some(list)
    }

    /// A page that a trusted key of the key set signed: its kid stands after the version.
    fn signed<T>(
        &self,
        page: &[u8],
        read: impl Fn(&[u8], &VerifyingKey) -> Option<T>,
    ) -> Option<T> {
        let (_, rest) = page.split_first()?;
        let kid = Kid(*rest.first_chunk()?);
        let keys = self.keys.as_ref()?;
        let trusted = |key: &&VoucherKey| {
            key.kid() == kid && matches!(key.state, KeyState::Active | KeyState::Retired)
        };
        let mut named = keys.ring.keys().iter().filter(trusted);
        named.find_map(|key| read(page, &admissible(key.public()).ok()?))
    }

    /// Takes in a step that is durable.
    ///
    /// # Errors
    /// When it does not follow from what the device has: what it keeps was changed.
    pub fn apply(&mut self, step: &Step) -> Result<(), Unfit> {
        match step {
            Step::Equipped { places, root, key_set, heard } => {
                self.places = places.clone();
                self.identity.root = self.identity.root.or(*root);
                if let Some(text) = key_set {
                    self.keys = Some(Keys::read(&self.identity, text, 0)?);
                    self.key_set = Some(text.clone());
                }
                self.hear(*heard);
            }
            Step::Revoked => self.revoked = true,
            Step::Heard(heard) => self.hear(*heard),
            Step::Fed { asked, page } => {
                let page = BASE64URL_NOPAD.decode(page.as_bytes()).map_err(|_| Unfit::Page)?;
                let page = self.read_page(&page).ok_or(Unfit::Page)?;
                self.knowledge.take(*asked, &page);
            }
            Step::Listed { leaked, asked, page } => {
                let page = BASE64URL_NOPAD.decode(page.as_bytes()).map_err(|_| Unfit::Page)?;
                let page = self.read_list(*leaked, &page).ok_or(Unfit::Page)?;
                self.lists.take(*asked, &page, &self.programmes());
            }
            Step::Attempted(attempt) => self.attempts.push((**attempt).clone()),
            Step::Answered { request, counted } => {
                let attempt = self.end(*request)?;
                if let Some(counted) = counted.filter(|counted| !counted.reversed) {
                    let at =
                        Instant(attempt.clock_at.0.saturating_add(attempt.clock_offset_ms * 1_000));
                    self.spends.push(Spend {
                        voucher: counted.voucher,
                        request: *request,
                        venue: attempt.scan.venue,
                        workshops: counted.workshops,
                        at,
                        last_day: counted.last_day,
                        counted: Some(counted.seq),
                    });
                }
            }
            Step::Dropped { request } => drop(self.end(*request)?),
            Step::Recorded { request, record, voucher } => {
                self.take_record(*request, record, *voucher)?;
            }
            Step::Told { verdicts, heard } => {
                for told in verdicts {
                    self.take_verdict(told);
                }
                self.hear(*heard);
            }
            Step::Decided(decisions) => {
                for decided in decisions {
                    self.take_decision(decided);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, request: RequestId) -> Result<Attempt, Unfit> {
        let place = self.attempts.iter().position(|one| one.request == request);
        place.map(|place| self.attempts.remove(place)).ok_or(Unfit::NoAttempt)
    }

    fn hear(&mut self, heard: Heard) {
        self.clock_offset_ms = heard.offset_ms();
        self.server_at = self.server_at.max(heard.server_at);
        let day = heard.server_at.0.div_euclid(86_400 * MICROSECONDS_A_SECOND);
        let today = Day(i32::try_from(day).unwrap_or(i32::MAX));
        let waiting = &self.waiting;
        self.spends.retain(|spend| {
            spend.last_day.plus(2) >= today
                || waiting.values().any(|one| one.request == spend.request)
        });
        self.knowledge.prune(today);
    }

    fn take_record(
        &mut self,
        request: RequestId,
        text: &str,
        voucher: Option<(VoucherId, Day)>,
    ) -> Result<(), Unfit> {
        let read = Record::read(text, self.identity.device, &self.identity.public);
        let record = read.map_err(|_| Unfit::Chain)?;
        let claims = &record.claims;
        let follows = claims.sequence == self.head.sequence.saturating_add(1)
            && claims.before == self.head.hash
            && claims.request == request
            && claims.occurred_at() >= self.head.occurred_at;
        if !follows {
            return Err(Unfit::Chain);
        }
        let Attempt { scan, salt, .. } = self.end(request)?;
        let at = claims.occurred_at();
        if let Some((voucher, last_day)) = voucher {
            let (venue, workshops, counted) = (claims.venue, claims.workshops, None);
            let spend = Spend { voucher, request, venue, workshops, at, last_day, counted };
            self.spends.push(spend);
        }
        let (sequence, hash) = (claims.sequence, record.hash);
        self.head = super::Head { sequence, hash, occurred_at: at };
        let (record, code) = (record.text, scan.code);
        self.waiting.insert(sequence, Waiting { record, salt, code, request, problem: None });
        Ok(())
    }
}
