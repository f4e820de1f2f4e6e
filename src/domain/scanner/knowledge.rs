//! What a device has heard from its feed: page by page, interrupted anywhere, gone on with later.
//! No decisions on passes (`offline.rs`), and no transport.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    calendar::{Day, Instant},
    feed::Feed,
    ids::{ProgrammeId, Seq, VoucherId},
};

/// Workshops left and last day, as the feed says it of a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub left: u8,
    pub last_day: Day,
}

type Vouchers = BTreeMap<VoucherId, Known>;

/// What the device asks its feed for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    Beginning,
    /// The next page of a beginning.
    Continuing {
        number: i64,
        until: Seq,
    },
    After(Seq),
}

impl Cursor {
    /// As the query of `GET /v1/feed`.
    #[must_use]
    pub fn query(&self) -> String {
        match self {
            Self::Beginning => String::new(),
            Self::Continuing { number, until } => format!("?number={number}&until={until}"),
            Self::After(seq) => format!("?after={seq}"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Complete {
    programmes: Vec<ProgrammeId>,
    until: Seq,
    at: Instant,
    #[serde(with = "packed")]
    vouchers: Vouchers,
}

/// What has come of a beginning; what was known before stays in use until it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Beginning {
    programmes: Vec<ProgrammeId>,
    until: Option<Seq>,
    next: i64,
    #[serde(with = "packed")]
    vouchers: Vouchers,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    complete: Option<Complete>,
    beginning: Option<Beginning>,
    /// The last page left others to be asked for.
    more: bool,
}

impl Knowledge {
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        match (&self.beginning, &self.complete) {
            (Some(Beginning { until: Some(until), next, .. }), _) => {
                Cursor::Continuing { number: *next, until: *until }
            }
            (None, Some(complete)) => Cursor::After(complete.until),
            (Some(Beginning { until: None, .. }), _) | (None, None) => Cursor::Beginning,
        }
    }

    /// Whether there is more to be asked for at once.
    #[must_use]
    pub const fn more(&self) -> bool {
        self.more || self.complete.is_none() || self.beginning.is_some()
    }

    /// The last event that it knows of; 0: none.
    #[must_use]
    pub fn until(&self) -> Seq {
        self.complete.as_ref().map_or(Seq(0), |complete| complete.until)
    }

    /// When it was last complete.
    #[must_use]
    pub fn at(&self) -> Option<Instant> {
        self.complete.as_ref().map(|complete| complete.at)
    }

    /// What it says of a voucher, `None` if the signature says it all.
    #[must_use]
    pub fn of(&self, voucher: VoucherId) -> Option<Known> {
        self.complete.as_ref()?.vouchers.get(&voucher).copied()
    }

    #[must_use]
    pub fn vouchers(&self) -> usize {
        self.complete.as_ref().map_or(0, |complete| complete.vouchers.len())
    }

    /// Takes the page that was asked for. One that answers another question is left alone, so
    /// that pages may come twice.
    pub(super) fn take(&mut self, asked: Cursor, page: &Feed) {
        if asked != self.cursor() {
            return;
        }
        match asked {
            Cursor::Beginning => {
                let mut begun = Beginning {
                    programmes: page.programmes.clone(),
                    until: Some(page.until),
                    ..Beginning::default()
                };
                begun.add(page);
                self.go_on(begun, page);
            }
            Cursor::Continuing { until, .. } => {
                let mut begun = self.beginning.take().unwrap_or_default();
                if page.until == until && page.programmes == begun.programmes {
                    begun.add(page);
                    self.go_on(begun, page);
                } else {
                    self.beginning = Some(Beginning::default());
                }
            }
            Cursor::After(seq) => self.add(seq, page),
        }
    }

    fn go_on(&mut self, begun: Beginning, page: &Feed) {
        self.more = page.next != 0;
        if self.more {
            self.beginning = Some(begun);
            return;
        }
        let Beginning { programmes, vouchers, .. } = begun;
        let (until, at) = (page.until, page.at);
        self.complete = Some(Complete { programmes, until, at, vouchers });
        self.beginning = None;
    }

    fn add(&mut self, seq: Seq, page: &Feed) {
        let Some(complete) = &mut self.complete else { return };
        if page.after != seq || page.until < seq {
            return;
        }
        if page.programmes != complete.programmes {
            self.beginning = Some(Beginning::default());
            return;
        }
        for entry in &page.entries {
            let known = Known { left: entry.left, last_day: entry.last_day };
            complete.vouchers.insert(entry.voucher, known);
        }
        complete.until = page.until;
        self.more = page.next != 0;
        if !self.more {
            complete.at = page.at;
        }
    }

    /// What is past its last day on every clock of the world is refused by its day alone.
    pub(super) fn prune(&mut self, today: Day) {
        if let Some(complete) = &mut self.complete {
            complete.vouchers.retain(|_, known| known.last_day.plus(2) >= today);
        }
    }
}

impl Beginning {
    fn add(&mut self, page: &Feed) {
        self.next = page.next;
        for entry in &page.entries {
            let known = Known { left: entry.left, last_day: entry.last_day };
            self.vouchers.insert(entry.voucher, known);
        }
    }
}

/// Vouchers as the feed packs them: 11 bytes each, in base64.
mod packed {
    use data_encoding::BASE64;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::{Day, Known, VoucherId, Vouchers};
    use crate::domain::feed::ENTRY_BYTES;

    pub fn serialize<S: Serializer>(vouchers: &Vouchers, to: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(vouchers.len() * ENTRY_BYTES);
        for (voucher, known) in vouchers {
            bytes.extend(voucher.0.to_be_bytes());
            bytes.push(known.left);
            bytes.extend(u16::try_from(known.last_day.0).unwrap_or(u16::MAX).to_be_bytes());
        }
        to.serialize_str(&BASE64.encode(&bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vouchers, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let wrong = || D::Error::custom("expected vouchers of 11 bytes in base64");
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| wrong())?;
        let (entries, []) = bytes.as_chunks::<ENTRY_BYTES>() else { return Err(wrong()) };
        let entry = |[a, b, c, d, e, f, g, h, left, high, low]: &[u8; ENTRY_BYTES]| {
            let voucher = VoucherId(i64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]));
            let last_day = Day(u16::from_be_bytes([*high, *low]).into());
            (voucher, Known { left: *left, last_day })
        };
        Ok(entries.iter().map(entry).collect())
    }
}
