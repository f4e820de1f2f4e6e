//! Open data: which rows of usage may be published for everybody, and what their columns mean.
//! No queries; nobody's money and nobody's name.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{ids::ProgrammeId, people::FEWEST};

/// Of Etalab: <https://www.etalab.gouv.fr/licence-ouverte-open-licence/>.
pub const LICENCE: &str = "Licence Ouverte 2.0 (Etalab)";
/// As licences are named in catalogues (SPDX).
pub const LICENCE_CODE: &str = "etalab-2.0";

/// Usage of a programme in a month and a territory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenRow {
    #[schema(example = "2026-10")]
    pub month: String,
    pub programme: ProgrammeId,
    pub programme_name: String,
    /// Of the venue for what happened there, else of the programme: an INSEE code, mostly of a
    /// département.
    #[schema(example = "38")]
    pub territory: String,
    pub vouchers_handed_over: i64,
    pub vouchers_started: i64,
    pub workshops_issued: i64,
    pub workshops_used: i64,
    pub redemptions: i64,
}

impl OpenRow {
    const fn counts(&self) -> [i64; 5] {
        [
            self.vouchers_handed_over,
            self.vouchers_started,
            self.workshops_issued,
            self.workshops_used,
            self.redemptions,
        ]
    }

    /// Whether a count of it is of so few that somebody could be known by it.
    fn small(&self) -> bool {
        self.counts().into_iter().any(|count| count != 0 && count < FEWEST)
    }
}

/// The rows that are published: those whose counts are each none or five at least. Where the
/// others of the same programme and month come to fewer than five, the smallest row that could be
/// shown is left out with them: whoever has the sum from elsewhere learns no small count.
#[must_use]
pub fn published(rows: Vec<OpenRow>) -> Vec<OpenRow> {
    let mut tables: BTreeMap<(String, ProgrammeId), Vec<OpenRow>> = BTreeMap::new();
    for row in rows {
        tables.entry((row.month.clone(), row.programme)).or_default().push(row);
    }
    tables.into_values().flat_map(safe).collect()
}

fn safe(rows: Vec<OpenRow>) -> Vec<OpenRow> {
    let (mut hidden, mut shown): (Vec<OpenRow>, Vec<OpenRow>) =
        rows.into_iter().partition(OpenRow::small);
    // The largest first, so that the smallest is the last.
    shown.sort_by_key(|row| {
        (std::cmp::Reverse(row.counts().iter().sum::<i64>()), row.territory.clone())
    });
    while tells(&hidden) {
        let Some(next) = shown.pop() else { break };
        hidden.push(next);
    }
    shown.sort_by(|one, other| one.territory.cmp(&other.territory));
    shown
}

/// Whether the sums of what is hidden are small themselves.
fn tells(hidden: &[OpenRow]) -> bool {
    let sums = hidden.iter().fold([0; 5], |mut sums: [i64; 5], row| {
        sums.iter_mut().zip(row.counts()).for_each(|(sum, count)| *sum += count);
        sums
    });
    sums.into_iter().any(|sum| sum != 0 && sum < FEWEST)
}

/// The columns of the CSV, as a table schema (<https://specs.frictionlessdata.io/table-schema/>).
#[must_use]
pub fn schema() -> Value {
    let count = |name: &str, description: &str| {
        let constraints = json!({ "required": true, "minimum": 0 });
        json!({ "name": name, "type": "integer", "description": description,
            "constraints": constraints })
    };
    json!({
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": "pass-numerique-usage",
        "title": "Usage du pass numérique",
        "description": "Usage par dispositif, mois et territoire. Une ligne n’est publiée que si \
            chacun de ses nombres est nul ou vaut au moins 5, et si les lignes retenues du même \
            dispositif et du même mois ne se déduisent pas d’un total. Mois révolus seulement.",
        "licenses": [{ "name": LICENCE_CODE, "title": LICENCE }],
        "primaryKey": ["month", "programme", "territory"],
        "fields": [
            { "name": "month", "type": "yearmonth", "constraints": { "required": true },
              "description": "Mois comptable, dans le fuseau du dispositif." },
            { "name": "programme", "type": "integer", "constraints": { "required": true },
              "description": "Numéro du dispositif." },
            { "name": "programme_name", "type": "string", "description": "Nom du dispositif." },
            { "name": "territory", "type": "string",
              "description": "Code INSEE, le plus souvent du département : du lieu pour ce qui s’y \
                  est passé, sinon du dispositif." },
            count("vouchers_handed_over", "Pass remis."),
            count("vouchers_started", "Pass dont le premier atelier a été suivi."),
            count("workshops_issued", "Ateliers ouverts par les pass remis."),
            count("workshops_used", "Ateliers suivis."),
            count("redemptions", "Validations ; une validation peut compter plusieurs ateliers."),
        ],
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(month: &str, territory: &str, counts: [i64; 5]) -> OpenRow {
        let [vouchers_handed_over, vouchers_started, issued, used, redemptions] = counts;
        OpenRow {
            month: month.to_owned(),
            programme: ProgrammeId(1),
            programme_name: String::new(),
            territory: territory.to_owned(),
            vouchers_handed_over,
            vouchers_started,
            workshops_issued: issued,
            workshops_used: used,
            redemptions,
        }
    }

    fn territories(rows: Vec<OpenRow>) -> Vec<String> {
        published(rows).into_iter().map(|row| row.territory).collect()
    }

    #[test]
    fn a_small_row_takes_the_smallest_of_the_others_with_it() {
        let rows = vec![
            row("2026-10", "38", [40, 20, 400, 60, 50]),
            row("2026-10", "26", [6, 5, 60, 9, 9]),
            row("2026-10", "07", [1, 1, 10, 1, 1]),
            row("2026-11", "26", [6, 5, 60, 9, 9]),
        ];
        assert_eq!(territories(rows), ["38", "26"], "the next month's row of 26 is another table");
    }

    #[test]
    fn rows_that_are_many_together_hide_no_other() {
        let rows = vec![
            row("2026-10", "38", [0, 40, 0, 60, 50]),
            row("2026-10", "26", [0, 3, 0, 4, 4]),
            row("2026-10", "07", [0, 2, 0, 4, 4]),
        ];
        assert_eq!(territories(rows), ["38"]);
        let alone = vec![row("2026-10", "07", [0, 2, 0, 4, 4])];
        assert_eq!(territories(alone), Vec::<String>::new());
        let undone = vec![row("2026-10", "07", [0, 0, 0, -20, -6])];
        assert_eq!(territories(undone), Vec::<String>::new(), "less than nothing is small");
    }

    proptest! {
        /// With the true sums of each month at hand, what is left out is none or five at least.
        #[test]
        fn what_is_left_out_follows_from_no_total(
            counts in prop::collection::vec((prop::array::uniform5(0..12_i64), 1..3), 0..12),
        ) {
            let rows: Vec<OpenRow> = counts.into_iter().enumerate()
                .map(|(place, (counts, month))| {
                    row(&format!("2026-{month:02}"), &format!("{place:02}"), counts)
                })
                .collect();
            let shown = published(rows.clone());
            prop_assert!(!shown.iter().any(OpenRow::small));
            for month in ["2026-01", "2026-02"] {
                let sum = |rows: &[OpenRow], place: usize| {
                    let own = rows.iter().filter(|row| row.month == month);
                    own.map(|row| row.counts()[place]).sum::<i64>()
                };
                let any_shown = shown.iter().any(|row| row.month == month);
                for place in 0..5 {
                    let left_out = sum(&rows, place) - sum(&shown, place);
                    prop_assert!(!any_shown || left_out == 0 || left_out >= FEWEST);
                }
            }
        }
    }

    #[test]
    fn each_column_is_described() {
        let row = serde_json::to_value(row("2026-10", "38", [5; 5])).unwrap();
        let described = schema();
        let mut described: Vec<&str> = described["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["name"].as_str().unwrap())
            .collect();
        described.sort_unstable();
        let columns: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(described, columns);
    }
}
