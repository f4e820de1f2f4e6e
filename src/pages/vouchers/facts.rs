//! Questions about the person who gets a pass, as fields of a form: each may be skipped.
//! No counting and no rule of what is admitted: the API has both.

use serde::Deserialize;

use crate::{
    domain::people::{Fact, Told},
    http::{problem::Problem, say::Say, v1::reports::people::value},
    pages::form::Mistake,
};

/// What a form says; what was left empty is not told.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FactsGiven {
    #[serde(rename = "fact_gender")]
    gender: String,
    #[serde(rename = "fact_age_band")]
    age_band: String,
    #[serde(rename = "fact_situation")]
    situation: String,
    #[serde(rename = "fact_commune")]
    commune: String,
    #[serde(rename = "fact_priority_district")]
    priority_district: String,
}

impl FactsGiven {
    pub fn new(of: [String; 5]) -> Self {
        let [gender, age_band, situation, commune, priority_district] = of;
        Self { gender, age_band, situation, commune, priority_district }
    }

    fn of(&self, fact: Fact) -> &str {
        match fact {
            Fact::Gender => &self.gender,
            Fact::AgeBand => &self.age_band,
            Fact::Situation => &self.situation,
            Fact::Commune => &self.commune,
            Fact::PriorityDistrict => &self.priority_district,
        }
    }

    /// Of those that a programme asks.
    pub fn told(&self, asked: &[Fact]) -> Told {
        let told = asked.iter().map(|fact| (*fact, self.of(*fact).trim().to_owned()));
        told.filter(|(_, code)| !code.is_empty()).collect()
    }
}

/// One question.
pub struct Question {
    /// Of its field.
    pub name: String,
    pub label: String,
    /// The code, its name, and whether it is chosen; none: a text is typed.
    pub choices: Vec<(String, String, bool)>,
    pub value: String,
}

/// The questions that any of the programmes asks.
pub fn questions(say: &Say, asked: &[Fact], given: &FactsGiven) -> Vec<Question> {
    let question = |fact: &Fact| {
        let value = given.of(*fact).to_owned();
        let code = fact.code();
        let choices = fact.codes().iter();
        let choices =
            choices.map(|one| ((*one).to_owned(), self::value(say, *fact, one), *one == value));
        Question {
            name: format!("fact_{code}"),
            label: say.t(&format!("fact-{}", code.replace('_', "-"))),
            choices: choices.collect(),
            value: value.clone(),
        }
    };
    let all = Fact::ALL.iter().filter(|fact| asked.contains(fact));
    all.map(question).collect()
}

/// Whether anything was answered: only then are the questions open, so that the rest of the form
/// stays in sight of whoever asks none.
pub fn answered(questions: &[Question]) -> bool {
    questions.iter().any(|question| !question.value.is_empty())
}

/// What is wrong with an answer, at its field.
pub fn mistake(say: &Say, problem: &Problem) -> Option<Mistake> {
    let meant = problem.field_meant()?;
    let fact = meant.strip_prefix("facts.")?;
    Some(Mistake { field: format!("fact_{fact}"), said: say.t("facts-wrong") })
}
