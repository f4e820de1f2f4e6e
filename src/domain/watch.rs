//! What somebody has to look at of devices, venues and keys, and what of it is news.
//! No queries and no words: `app/watch.rs` finds it, `pages/letters` tells it.

use std::collections::BTreeMap;

use super::ids::{DeviceId, OrganisationId};

/// What there is to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatchKind {
    /// Places of a device's chain are empty: records that it made never arrived.
    ChainGap,
    /// Two records of a device have one place: it was copied, or put back.
    ChainFork,
    /// Records of a device were put aside until somebody has looked.
    Quarantine,
    /// More conflicts of a device or a venue in a month than one device may cost.
    Conflicts,
    /// A voucher key leaked: a set without it is to be published.
    KeyCompromised,
    /// Good signatures over what was never issued were shown.
    Forged,
}

impl WatchKind {
    pub const ALL: [Self; 6] = [
        Self::ChainGap,
        Self::ChainFork,
        Self::Quarantine,
        Self::Conflicts,
        Self::KeyCompromised,
        Self::Forged,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChainGap => "chain_gap",
            Self::ChainFork => "chain_fork",
            Self::Quarantine => "quarantine",
            Self::Conflicts => "conflicts",
            Self::KeyCompromised => "key_compromised",
            Self::Forged => "forged",
        }
    }

    /// Whether the organisation can do something about it: find the device, withdraw it, bring it
    /// to a network. What was put aside and what a key signed the operator alone decides.
    #[must_use]
    pub const fn is_of_the_organisation(self) -> bool {
        matches!(self, Self::ChainGap | Self::ChainFork | Self::Conflicts)
    }
}

/// Something to look at, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    pub kind: WatchKind,
    /// A device, a key, or a line of what conflicts cost.
    pub subject: String,
    /// What is told again as it grows: empty places, the last record, a day.
    pub level: i64,
    pub device: Option<DeviceId>,
    pub organisation: Option<OrganisationId>,
}

impl Watched {
    fn key(&self) -> (String, String) {
        (self.kind.code().to_owned(), self.subject.clone())
    }
}

/// By kind and subject, how far that had come which people were told of.
pub type Told = BTreeMap<(String, String), i64>;

/// What of it is news.
#[must_use]
pub fn news<'a>(now: &'a [Watched], told: &Told) -> Vec<&'a Watched> {
    let is_news = |one: &&Watched| told.get(&one.key()).is_none_or(|level| *level < one.level);
    now.iter().filter(is_news).collect()
}

/// What people were told of and is not so any more, or less so.
#[must_use]
pub fn over(now: &[Watched], told: &Told) -> Vec<(String, String)> {
    let levels: BTreeMap<_, _> = now.iter().map(|one| (one.key(), one.level)).collect();
    let less = |key: &(String, String), told: i64| levels.get(key).is_none_or(|now| *now < told);
    told.iter().filter(|(key, told)| less(key, **told)).map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(device: i64, level: i64) -> Watched {
        Watched {
            kind: WatchKind::ChainGap,
            subject: device.to_string(),
            level,
            device: Some(DeviceId(device)),
            organisation: Some(OrganisationId(1)),
        }
    }

    fn told(all: &[Watched]) -> Told {
        all.iter().map(|one| (one.key(), one.level)).collect()
    }

    #[test]
    fn what_grows_is_told_again_and_what_stays_is_not() {
        let before = told(&[gap(1, 2), gap(2, 2)]);
        let now = [gap(1, 2), gap(2, 3), gap(3, 1)];
        let subjects: Vec<&str> = news(&now, &before).iter().map(|one| &*one.subject).collect();
        assert_eq!(subjects, ["2", "3"]);
        assert_eq!(over(&now, &before), []);
    }

    #[test]
    fn what_was_mended_is_forgotten_so_that_it_is_told_if_it_comes_again() {
        let before = told(&[gap(1, 2), gap(2, 2)]);
        let gone = over(&[gap(2, 1)], &before);
        assert_eq!(gone, [gap(1, 2).key(), gap(2, 2).key()]);
    }

    #[test]
    fn no_two_kinds_have_one_code() {
        let codes: std::collections::BTreeSet<_> = WatchKind::ALL.map(WatchKind::code).into();
        assert_eq!(codes.len(), WatchKind::ALL.len());
    }
}
