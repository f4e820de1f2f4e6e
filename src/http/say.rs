//! What pages and documents say, in their reader's language: sentences, days, amounts, counts.
//! No HTML; the sentences stand in `locales/`.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap};

use crate::{
    app::report_sheet::by_word,
    domain::{
        calendar::{Day, Instant, Zone},
        cents::Cents,
        declaration::Conformity,
        life::State,
        looks::Looks,
        message::{Channel, Kind, MessageState},
        national_schema::Wrongness,
        usage::Breakdown,
    },
    http::{Shared, problem::Problem},
    print::pdf::Logo,
    words::{Fact, Language},
};

/// The words of one reader.
#[derive(Clone)]
pub struct Say {
    state: Shared,
    pub language: Language,
}

impl Say {
    pub const fn new(state: Shared, language: Language) -> Self {
        Self { state, language }
    }

    /// The words of who asks the API: those of `Accept-Language`.
    pub fn accepted(state: Shared, headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Language::accepted(accepted.unwrap_or_default());
        Self { state, language }
    }

    pub const fn code(&self) -> &'static str {
        self.language.code()
    }

    #[must_use]
    pub fn other(&self) -> Self {
        let language = match self.language {
            Language::French => Language::English,
            Language::English => Language::French,
        };
        Self { state: self.state.clone(), language }
    }

    /// A sentence without facts.
    pub fn t(&self, key: &str) -> String {
        self.state.words.say(self.language, key, &[])
    }

    /// A sentence that not every key has.
    pub fn known(&self, key: &str) -> Option<String> {
        Some(self.t(key)).filter(|said| said != key)
    }

    /// A sentence with its facts.
    pub fn say(&self, key: &str, facts: &[(&str, Fact)]) -> String {
        self.state.words.say(self.language, key, facts)
    }

    /// A sentence about a number of things.
    pub fn n<N: Copy + Into<i64>>(&self, key: &str, count: &N) -> String {
        self.state.words.say(self.language, key, &[("count", Fact::Count((*count).into()))])
    }

    /// A sentence that names one thing.
    pub fn of(&self, key: &str, name: &str) -> String {
        self.state.words.say(self.language, key, &[("name", Fact::from(name))])
    }

    /// What went wrong.
    pub fn problem(&self, problem: &Problem) -> String {
        problem.sentence(&self.state.words, self.language)
    }

    /// What is wrong with a line of a file of venues.
    pub fn wrongness(&self, wrong: &Wrongness) -> String {
        let facts = [
            ("text", Fact::from(wrong.text().unwrap_or_default())),
            ("count", Fact::Count(wrong.count().map_or(-1, u64::cast_signed))),
        ];
        self.say(&format!("import-wrong-{}", wrong.code()), &facts)
    }

    /// A pass's state, for those who hand it out.
    pub fn state(&self, state: &State) -> String {
        self.t(&format!("state-{}", state.code()))
    }

    /// Why a pass opens nothing, for those who hold it.
    pub fn beneficiary(&self, state: &State) -> String {
        self.t(&format!("beneficiary-{}", state.code()))
    }

    pub fn channel(&self, channel: &Channel) -> String {
        self.t(&format!("channel-{}", channel.code()))
    }

    pub fn message_kind(&self, kind: &Kind) -> String {
        self.t(&format!("message-kind-{}", kind.code()))
    }

    pub fn message_state(&self, state: &MessageState) -> String {
        self.t(&format!("message-{}", state.code()))
    }

    /// By what a report is broken down.
    pub fn by(&self, by: &Breakdown) -> String {
        self.t(&by_word(*by))
    }

    pub fn cents(&self, cents: &i64) -> String {
        self.euros(&Cents(*cents))
    }

    /// `3 février 2027`.
    pub fn day(&self, day: &Day) -> String {
        let (year, month, number) = day.parts();
        let month = self.t(&format!("month-{month}"));
        match (self.language, number) {
            (Language::French, 1) => format!("1er {month} {year}"),
            _ => format!("{number} {month} {year}"),
        }
    }

    /// `3 février 2027, 14:05`, as clocks show it in `zone`.
    pub fn moment(&self, at: Instant, zone: &Zone) -> String {
        let (hour, minute) = at.time(zone);
        format!("{}, {hour:02}:{minute:02}", self.day(&at.day(zone)))
    }

    /// `novembre 2026` of `2026-11`.
    pub fn month(&self, key: &str) -> String {
        let parts =
            key.split_once('-').and_then(|(year, month)| Some((year, month.parse::<u8>().ok()?)));
        parts.map_or_else(
            || key.to_owned(),
            |(year, month)| format!("{} {year}", self.t(&format!("month-{month}"))),
        )
    }

    /// `45,6 %` of 456.
    pub fn permille(&self, permille: i64) -> String {
        let (whole, tenth) = (permille.div_euclid(10), permille.rem_euclid(10));
        match self.language {
            Language::French => format!("{whole},{tenth}\u{202f}%"),
            Language::English => format!("{whole}.{tenth}%"),
        }
    }

    /// `4,25 %` of 425 hundredths of a percent.
    pub fn percent(&self, points: u16) -> String {
        let (whole, part) = (points / 100, points % 100);
        match self.language {
            Language::French => format!("{whole},{part:02}\u{202f}%"),
            Language::English => format!("{whole}.{part:02}%"),
        }
    }

    /// `4,5` of 45.
    pub fn tenths(&self, tenths: u32) -> String {
        let point = match self.language {
            Language::French => ',',
            Language::English => '.',
        };
        format!("{}{point}{}", tenths / 10, tenths % 10)
    }

    /// How far the pages are accessible: not at all until it is declared.
    pub fn conformity(&self) -> Conformity {
        let declared = self.state.service.declaration();
        declared.map_or(Conformity::None, |declared| declared.conformity)
    }

    /// How the operator presents itself.
    pub fn looks(&self) -> Option<Arc<Looks>> {
        self.state.service.looks()
    }

    /// The operator's logo for paper, which without it is better than none.
    pub fn paper_logo(&self) -> Option<Logo> {
        let looks = self.looks()?;
        let logo = Logo::of_png(looks.logo.clone()?, self.of("paper-logo", &looks.name));
        logo.inspect_err(|cause| tracing::error!(%cause, "paper is made without the logo")).ok()
    }

    /// `1 234`, with the narrow space that both languages' standards allow.
    pub fn count(&self, count: &i64) -> String {
        grouped(*count)
    }

    /// `1 234,50 €`.
    pub fn euros(&self, cents: &Cents) -> String {
        let sign = if cents.0 < 0 { "−" } else { "" };
        let all = cents.0.unsigned_abs();
        let euros = grouped(i64::try_from(all / 100).unwrap_or(i64::MAX));
        let cents = all % 100;
        match self.language {
            Language::French => format!("{sign}{euros},{cents:02}\u{a0}€"),
            Language::English => format!("{sign}€{euros}.{cents:02}"),
        }
    }
}

/// Thousands apart by a narrow no-break space (ISO 80000-1, 7.3.1).
fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if count < 0 { format!("−{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1\u{202f}000");
        assert_eq!(grouped(-1_234_567), "−1\u{202f}234\u{202f}567");
    }
}
