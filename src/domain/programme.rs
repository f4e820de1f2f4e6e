//! A programme: its terms, what makes them valid, and the money of its workshops.
//! No state of a single voucher here (`life.rs`).

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Day, Zone},
    cents::{Cents, legs, run},
    ending::Ending,
    guarantee::{Offline, Reserve},
    hold::Holds,
    ids::{FunderId, ProgrammeId},
    papers::Papers,
    people::Fact,
    refusal::{Reason, Refusal},
    service::Service,
};

/// Who pays the venues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    Operator,
    MandatedBody,
    /// The first of the shares, from our payment orders.
    Funder,
}

/// A co-funder and its integer weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub funder: FunderId,
    pub weight: u32,
}

/// What a workshop costs and who pays it: one version of a programme, which never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub price_cents: Cents,
    pub shares: Vec<Share>,
}

/// The same, of some version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pricing<'a> {
    pub price_cents: Cents,
    pub shares: &'a [Share],
}

/// What was agreed; every limit is a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Terms {
    /// Of one workshop.
    pub price_cents: Cents,
    pub shares: Vec<Share>,
    pub payer: Payer,
    /// Fewest and most workshops of a voucher at issue, within 5 to 10.
    pub workshops_min: u8,
    pub workshops_max: u8,
    pub first_day: Day,
    /// Last day on which a voucher may be used, before the tolerance.
    pub last_day: Day,
    /// Of a voucher, counted from its hand-over; `None`: until the programme's last day.
    pub validity_days: Option<u16>,
    /// Days after the printed last day on which venues still accept.
    pub tolerance_days: u16,
    /// Days after which an offline record can no longer arrive.
    pub late_limit_days: u16,
    /// INSEE code of the commune, département or region; free for the funder to choose.
    pub territory: String,
    pub time_zone: Zone,
    /// Days before the last one from which nothing more is issued.
    pub issuing_stops_days: u16,
    /// Most workshops of one voucher in a day; `None`: no limit.
    pub workshops_a_day: Option<u8>,
    /// Most workshops of one voucher at one venue; `None`: no limit.
    pub workshops_a_venue: Option<u8>,
    /// How long a scanner may undo, in minutes.
    pub undo_minutes: u32,
    /// Vouchers that one agent may issue in a day.
    pub agent_daily_limit: u32,
    pub service_required: bool,
    /// Services admitted; empty: all nine.
    pub services: Vec<Service>,
    /// Only venues listed for the programme are admitted.
    pub venues_listed: bool,
    /// Whether holders who agree may be reminded of their pass.
    #[serde(default)]
    pub reminders: bool,
    /// What the programme risks for venues without network.
    #[serde(default)]
    pub offline: Offline,
    /// What is paid only after a second person has looked; the usual, if it is left out.
    #[serde(default, skip_serializing_if = "Holds::usual")]
    pub holds: Holds,
    /// How its end is told.
    #[serde(default, skip_serializing_if = "Ending::is_usual")]
    pub ending: Ending,
    /// What may be noted, anonymously, of the people who get vouchers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Whether the programme's usage stays out of open data.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_data_withheld: bool,
    /// What its papers state.
    #[serde(default, skip_serializing_if = "Papers::say_nothing")]
    pub papers: Papers,
}

/// A programme as the writer knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    pub id: ProgrammeId,
    pub name: String,
    /// Of the terms, from 1.
    pub version: i32,
    pub terms: Terms,
    /// The versions before, the first one first.
    pub earlier: Vec<Version>,
    /// The next free workshop number of this version.
    pub next_number: i64,
    /// Vouchers of this version whose money was committed so far: the next one's ordinal.
    pub next_ordinal: i64,
    /// Closed by the operator: nothing more is issued.
    pub closed: bool,
    /// Workshops set aside for conflicts, in the order in which they were.
    pub reserves: Vec<Reserve>,
    /// The day on which what was left went back to the funders.
    pub ended: Option<Day>,
    /// The last day of the last month that is closed: no event gets a business day up to there.
    pub closed_through: Option<Day>,
}

impl Terms {
    /// # Errors
    /// The first field that breaks a rule.
    pub fn check(&self) -> Result<(), Refusal> {
        let wrong = |field| Err(Refusal::field(Reason::TermsInvalid, field));
        if !(1..=1_000_000).contains(&self.price_cents.0) {
            return wrong("price_cents");
        }
        let weights: Vec<u32> = self.shares.iter().map(|share| share.weight).collect();
        let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut funders: Vec<_> = self.shares.iter().map(|share| share.funder).collect();
        funders.sort_unstable();
        funders.dedup();
        if self.shares.is_empty() || self.shares.len() > 16 || funders.len() != self.shares.len() {
            return wrong("shares");
        }
        // A weight above a million would add nothing but overflow.
        if weights.iter().any(|weight| !(1..=1_000_000).contains(weight)) {
            return wrong("shares.weight");
        }
        let price = self.price_cents.0.unsigned_abs();
        if weights.iter().any(|weight| price * u64::from(*weight) < sum) {
            return Err(Refusal::field(Reason::ShareUnderOneCent, "shares.weight"));
        }
        if self.workshops_min < 5 || self.workshops_max > 10 {
            return wrong("workshops_min");
        }
        if self.workshops_min > self.workshops_max {
            return wrong("workshops_max");
        }
        // The voucher carries its days in two bytes.
        let last = self.last_day.plus(i32::from(self.tolerance_days));
        if self.first_day.0 < 0 || self.last_day < self.first_day || last.0 > 65_535 {
            return wrong("last_day");
        }
        if self.validity_days == Some(0) {
            return wrong("validity_days");
        }
        if self.territory.is_empty() || self.territory.len() > 32 {
            return wrong("territory");
        }
        if self.workshops_a_day == Some(0) {
            return wrong("workshops_a_day");
        }
        if self.workshops_a_venue == Some(0) {
            return wrong("workshops_a_venue");
        }
        self.holds.wrong().or_else(|| self.papers.wrong()).map_or(Ok(()), wrong)
    }

    /// The last signed day of a voucher handed over on `day`: tolerance included.
    #[must_use]
    pub fn last_signed_day(&self, day: Day) -> Day {
        let validity = self.validity_days.map(|days| day.plus(i32::from(days)));
        let last = validity.map_or(self.last_day, |last| last.min(self.last_day));
        last.plus(i32::from(self.tolerance_days))
    }

    /// Whether vouchers may be issued on `day`.
    #[must_use]
    pub fn open_for_issuing(&self, day: Day) -> bool {
        let stop = self.last_day.plus(-i32::from(self.issuing_stops_days));
        self.first_day <= day && day < stop
    }

    /// The funder that pays venues itself, where one does: the first of the shares. It claims the
    /// others' shares of them.
    #[must_use]
    pub fn paying_funder(&self) -> Option<FunderId> {
        let first = self.shares.first().map(|share| share.funder);
        first.filter(|_| self.payer == Payer::Funder)
    }

    #[must_use]
    pub fn pricing(&self) -> Pricing<'_> {
        Pricing { price_cents: self.price_cents, shares: &self.shares }
    }
}

impl Pricing<'_> {
    /// What each funder pays for workshop `number`, in the order of the shares.
    #[must_use]
    pub fn legs(&self, number: i64) -> Vec<(FunderId, Cents)> {
        let amounts = legs(self.price_cents, &self.weights(), number);
        self.shares.iter().map(|share| share.funder).zip(amounts).collect()
    }

    /// What each funder pays for all of `numbers`, in the order of the shares.
    #[must_use]
    pub fn cost(&self, numbers: &[i64]) -> Vec<(FunderId, Cents)> {
        let mut cost: Vec<_> =
            self.shares.iter().map(|share| (share.funder, Cents::ZERO)).collect();
        for number in numbers {
            for (total, (_, leg)) in cost.iter_mut().zip(self.legs(*number)) {
                total.1 = total.1.plus(leg).unwrap_or(Cents(i64::MAX));
            }
        }
        cost
    }

    /// What each funder pays for `count` numbers from `first` on, in the order of the shares.
    #[must_use]
    pub fn cost_of_run(&self, first: i64, count: i64) -> Vec<(FunderId, Cents)> {
        let amounts = run(self.price_cents, &self.weights(), first, count);
        self.shares.iter().map(|share| share.funder).zip(amounts).collect()
    }

    fn weights(&self) -> Vec<u32> {
        self.shares.iter().map(|share| share.weight).collect()
    }
}

impl Programme {
    /// The business day of what is recorded on `day`: the first open one, if that is later.
    #[must_use]
    pub fn open_day(&self, day: Day) -> Day {
        self.closed_through.map_or(day, |closed| day.max(closed.plus(1)))
    }

    /// What a workshop of a version costs.
    #[must_use]
    pub fn pricing(&self, version: i32) -> Pricing<'_> {
        let earlier = usize::try_from(version - 1).ok().and_then(|index| self.earlier.get(index));
        earlier.map_or_else(
            || self.terms.pricing(),
            |version| Pricing { price_cents: version.price_cents, shares: &version.shares },
        )
    }

    /// Whether a funder pays for it, or did in an earlier version.
    #[must_use]
    pub fn paid_by(&self, funder: FunderId) -> bool {
        let earlier = self.earlier.iter().flat_map(|version| &version.shares);
        self.terms.shares.iter().chain(earlier).any(|share| share.funder == funder)
    }

    /// The numbers that the next voucher of `workshops` takes, in the order of their use: they
    /// are consecutive, and the first one used turns with the voucher's ordinal, so that no
    /// funder pays more because first workshops are used most.
    #[must_use]
    pub fn next_numbers(&self, workshops: u8) -> Vec<i64> {
        turned(self.next_number, self.next_ordinal, workshops)
    }
}

/// The numbers from `first` on that a voucher of `workshops` uses, beginning at its ordinal.
#[must_use]
pub fn turned(first: i64, ordinal: i64, workshops: u8) -> Vec<i64> {
    let count = i64::from(workshops);
    let start = ordinal.checked_rem_euclid(count).unwrap_or(0);
    let turned = (start..count).chain(0..start);
    turned.map(|position| first + position).collect()
}
