//! Venues from a file: what is wrong in it is told by line, in the reader's language.
//! No reading of the format: `domain/national_schema` is tried there.

use pass_numerique::{
    domain::{national_schema::Wrongness, registry::Role},
    words::{Language, Words},
};
use serde_json::json;

use super::logged_in;
use crate::support::{api::Api, on_each_database};

#[test]
fn venues_come_from_a_file_and_what_is_wrong_in_it_is_told_by_line() {
    let good = include_str!("../data/venues/exemple-valide-v1.csv");
    let bad = good.lines().next().unwrap().to_owned() + "\n;;;;\n";
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Operator);
        let done = browser.upload("/venues/import", &[("approve", "yes")], ("file", good));
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(done.text.contains("1 lieu ajouté"), "{}", done.text);
        let again = browser.upload("/venues/import", &[], ("file", good));
        assert!(again.text.contains("1 lieu déjà à jour"), "{}", again.text);
        let wrong = browser.upload("/venues/import", &[], ("file", &bad));
        assert!(wrong.text.contains("<td class=\"number\">2</td>"), "{}", wrong.text);
        assert!(wrong.text.contains("<td>La ligne n’a pas autant de cellules"), "{}", wrong.text);
        assert_eq!(browser.get("/language/en").status, 303);
        let english = browser.upload("/venues/import", &[], ("file", &bad));
        assert!(english.text.contains("<td>The line has not as many cells"), "{}", english.text);
        let empty = browser.upload("/venues/import", &[], ("file", ""));
        assert_eq!(empty.status, 422);
        assert!(empty.text.contains("<a href=\"#file\">"), "{}", empty.text);
        let text = browser.fill("/venues/import", &[]);
        assert_eq!(text.status, 415, "{}", text.text);
    });
}

#[test]
fn the_api_tells_what_is_wrong_in_a_file_by_a_code_and_in_the_callers_language() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let file = json!([{ "nom": "Lieu", "adresse": "1 rue", "commune": "Reims",
            "code_postal": "51100", "pivot": "12345678901234" }])
        .to_string();
        for (language, sentence) in [
            ("fr", "« 12345678901234 » n’est pas un SIRET : un chiffre est faux"),
            ("en", "“12345678901234” is no SIRET: a digit is wrong"),
        ] {
            let header = [("Accept-Language", language)];
            let done = operator.send("POST", "/v1/venues/import", &header, Some(&file));
            let [problem] = done.body["problems"].as_array().unwrap().as_slice() else {
                panic!("{}", done.text)
            };
            assert_eq!((&problem["reason"], &problem["line"]), (&json!("siret_key"), &json!(1)));
            let said = problem["message"].as_str().unwrap().replace('\u{a0}', " ");
            assert!(said.starts_with(sentence), "{said}");
        }
    });
}

#[test]
fn everything_that_can_be_wrong_in_a_file_has_its_sentence() {
    let words = Words::new();
    for code in Wrongness::CODES {
        let key = format!("import-wrong-{code}");
        assert_ne!(words.say(Language::French, &key, &[]), key);
    }
}
