//! The genuine passes of keys that leaked, as far as a device has heard of them: page by page,
//! interrupted anywhere, gone on with later. No transport, and no decision on a pass.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    genuine::{Genuine, Mark},
    ids::ProgrammeId,
    voucher::Kid,
};

/// The list of one key. What has come is in use at once: a place in it is never taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    /// Whose passes are told of: those of the programmes that the device served.
    programmes: Vec<ProgrammeId>,
    /// Where the next page begins; `None`: it is whole.
    next: Option<i64>,
    #[serde(with = "packed")]
    marks: BTreeSet<Mark>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Lists(BTreeMap<Kid, List>);

impl Lists {
    /// Where the list of a key is to be gone on with, for a device of these programmes; `None`:
    /// it is whole.
    pub fn next(&self, leaked: Kid, programmes: &[ProgrammeId]) -> Option<i64> {
        match self.0.get(&leaked) {
            Some(list) if list.programmes == programmes => list.next,
            _ => Some(0),
        }
    }

    pub fn has(&self, leaked: Kid, mark: &Mark) -> bool {
        self.0.get(&leaked).is_some_and(|list| list.marks.contains(mark))
    }

    /// Takes the page that was asked for. One that answers another question is left alone, so
    /// that pages may come twice.
    pub fn take(&mut self, asked: i64, page: &Genuine, programmes: &[ProgrammeId]) {
        if self.next(page.leaked, programmes) != Some(asked) {
            return;
        }
        let list = self.0.entry(page.leaked).or_default();
        list.programmes = programmes.to_vec();
        list.next = (page.next != 0).then_some(page.next);
        list.marks.extend(&page.marks);
    }
}

/// Marks as the list packs them: 16 bytes each, in base64.
mod packed {
    use std::collections::BTreeSet;

    use data_encoding::BASE64;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::Mark;
    use crate::domain::genuine::MARK_BYTES;

    pub fn serialize<S: Serializer>(marks: &BTreeSet<Mark>, to: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = marks.iter().flatten().copied().collect();
        to.serialize_str(&BASE64.encode(&bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<Mark>, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let wrong = || D::Error::custom("expected marks of 16 bytes in base64");
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| wrong())?;
        let (marks, []) = bytes.as_chunks::<MARK_BYTES>() else { return Err(wrong()) };
        Ok(marks.iter().copied().collect())
    }
}
