//! The sentences of problems and pages in French and English, chosen by Accept-Language (RFC 9110).
//! No codes and no statuses; the sentences themselves stand in `locales/`.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

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

    /// The language of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::French, Self::English].into_iter().find(|language| language.code() == code)
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

const FRENCH: &[&str] = &[
    include_str!("../../locales/fr/problems.ftl"),
    include_str!("../../locales/fr/pages.ftl"),
    include_str!("../../locales/fr/messages.ftl"),
    include_str!("../../locales/fr/scan.ftl"),
];
const ENGLISH: &[&str] = &[
    include_str!("../../locales/en/problems.ftl"),
    include_str!("../../locales/en/pages.ftl"),
    include_str!("../../locales/en/messages.ftl"),
    include_str!("../../locales/en/scan.ftl"),
];

/// A fact that a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Sentences may choose by it: one workshop, two workshops.
    Count(i64),
    Text(String),
}

impl From<i64> for Fact {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Both languages, read once.
pub struct Words {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl Words {
    #[must_use]
    pub fn new() -> Self {
        Self { french: bundle("fr", FRENCH), english: bundle("en", ENGLISH) }
    }

    /// The sentence of `key`; the key itself if there is none.
    #[must_use]
    pub fn say(&self, language: Language, key: &str, facts: &[(&str, Fact)]) -> String {
        let bundle = match language {
            Language::French => &self.french,
            Language::English => &self.english,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, fact) in facts {
            match fact {
                Fact::Count(count) => args.set(*name, *count),
                Fact::Text(text) => args.set(*name, text.as_str()),
            }
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

fn bundle(code: &str, sources: &[&str]) -> FluentBundle<FluentResource> {
    let language = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    for source in sources {
        // What can be read is kept; a test reads each file without a fault.
        let read = FluentResource::try_new((*source).to_owned());
        bundle.add_resource_overriding(read.unwrap_or_else(|(read, _)| read));
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(sources: &[&str]) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for source in sources {
            assert!(FluentResource::try_new((*source).to_owned()).is_ok());
            let lines = source.lines().filter(|line| !line.starts_with([' ', '#', '}']));
            for (key, _) in lines.filter_map(|line| line.split_once(" =")) {
                assert!(keys.insert(key.to_owned()), "{key} is said twice");
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_things() {
        assert_eq!(keys(FRENCH), keys(ENGLISH));
    }

    #[test]
    fn french_marks_stay_on_the_line_of_their_word() {
        let marks = [" ?", " !", " ;", " :", "« ", " »"];
        for line in FRENCH.iter().flat_map(|source| source.lines()) {
            let found = marks.iter().find(|mark| line.contains(**mark));
            assert_eq!(found, None, "a no-break space belongs here: {line}");
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
        let facts = [("left", Fact::Count(1))];
        let said = Words::new().say(Language::French, "workshops_insufficient", &facts);
        assert_eq!(said, "Il ne reste qu’un atelier sur ce pass.");
    }
}
