//! The sentences of problems in French and English, chosen by Accept-Language (RFC 9110).
//! No codes and no statuses.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use crate::domain::refusal::Facts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    French,
    English,
}

impl Language {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// The better liked of the two; French when neither is asked for.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (0.0, Self::French);
        for range in header.split(',').take(16) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let tag = tag.trim().to_ascii_lowercase();
            let language = match tag.split('-').next() {
                Some("fr" | "*") => Self::French,
                Some("en") => Self::English,
                _ => continue,
            };
            let quality = parameters.trim().strip_prefix("q=");
            let quality = quality.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }
}

const FRENCH: &str = include_str!("../../locales/fr.ftl");
const ENGLISH: &str = include_str!("../../locales/en.ftl");

/// Both languages, read once.
pub struct Texts {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl Texts {
    #[must_use]
    pub fn new() -> Self {
        Self { french: bundle("fr", FRENCH), english: bundle("en", ENGLISH) }
    }

    /// The sentence of `key`; the key itself if there is none.
    #[must_use]
    pub fn say(&self, language: Language, key: &str, facts: &Facts) -> String {
        let bundle = match language {
            Language::French => &self.french,
            Language::English => &self.english,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        args.set("left", facts.left.map_or(-1, i64::from));
        args.set("day", facts.day.map(|day| day.to_string()).unwrap_or_default());
        args.set("at", facts.at.map(|at| at.to_string()).unwrap_or_default());
        args.set("limit", facts.limit.unwrap_or(-1));
        args.set("funder", facts.funder.map(|id| id.to_string()).unwrap_or_default());
        args.set("field", facts.field.clone().unwrap_or_default());
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

fn bundle(code: &str, source: &str) -> FluentBundle<FluentResource> {
    let language = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    // What can be read is kept; a test reads each file without a fault.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(read, _)| read);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{domain::refusal::Reason, http::problem::Wrong};

    fn keys(source: &str) -> BTreeSet<String> {
        assert!(FluentResource::try_new(source.to_owned()).is_ok());
        source
            .lines()
            .filter(|line| !line.starts_with([' ', '#', '}']))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key.to_owned())
            .collect()
    }

    #[test]
    fn both_languages_say_the_same_things_and_every_reason_has_its_sentence() {
        assert_eq!(keys(FRENCH), keys(ENGLISH));
        let keys = keys(FRENCH);
        for reason in Reason::ALL {
            assert!(keys.contains(reason.code()), "{reason}");
        }
        for wrong in Wrong::ALL {
            assert!(keys.contains(wrong.code()), "{wrong:?}");
        }
    }

    #[test]
    fn the_better_liked_language_wins_and_french_otherwise() {
        assert_eq!(Language::accepted("en-GB,fr;q=0.5"), Language::English);
        assert_eq!(Language::accepted("en;q=0.1, fr-FR;q=0.9"), Language::French);
        assert_eq!(Language::accepted("de"), Language::French);
        assert_eq!(Language::accepted("en;q=0"), Language::French);
    }

    #[test]
    fn a_sentence_tells_the_facts() {
        let facts = Facts { left: Some(1), ..Facts::default() };
        let said = Texts::new().say(Language::French, "workshops_insufficient", &facts);
        assert_eq!(said, "Il ne reste qu’un atelier sur ce pass.");
    }
}
