//! Facts about people: which may be noted, how they are counted, and what is published of them.
//! Nobody's name, never a voucher, and no cell of fewer than five people (ADR 0020).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::{IssuerId, ProgrammeId};

/// Nothing is published of fewer people than these.
pub const FEWEST: i64 = 5;
/// Months go into one table until it is of so many people.
pub const TABLE: i64 = 20;
/// The code of what a person did not want to tell, or was not asked.
pub const NOT_TOLD: &str = "non_communique";
/// What stands for all codes that are not shown, together.
pub const HIDDEN: &str = "hidden";

/// A fact that an agent may note when a pass is handed over. The codes of their values are those
/// of the sector's reporting tool, La Coop de la médiation numérique: genre, tranche d'âge, statut
/// social, commune, quartier prioritaire.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Gender,
    AgeBand,
    Situation,
    /// The INSEE code of where the person lives.
    Commune,
    /// Whether the person lives in a quartier prioritaire de la politique de la ville.
    PriorityDistrict,
}

impl Fact {
    pub const ALL: [Self; 5] =
        [Self::Gender, Self::AgeBand, Self::Situation, Self::Commune, Self::PriorityDistrict];

    /// The stable name, as the database and the API show it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::AgeBand => "age_band",
            Self::Situation => "situation",
            Self::Commune => "commune",
            Self::PriorityDistrict => "priority_district",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.code() == code)
    }

    /// The codes of its values; of a commune there are too many to list.
    #[must_use]
    pub const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Gender => &["feminin", "masculin"],
            Self::AgeBand => &[
                "moins_de_douze",
                "douze_dix_huit",
                "dix_huit_vingt_quatre",
                "vingt_cinq_trente_neuf",
                "quarante_cinquante_neuf",
                "soixante_soixante_neuf",
                "soixante_dix_plus",
            ],
            Self::Situation => &["scolarise", "sans_emploi", "en_emploi", "retraite"],
            Self::Commune => &[],
            Self::PriorityDistrict => &["qpv", "hors_qpv"],
        }
    }

    /// Whether a text is the code of a value.
    #[must_use]
    pub fn admits(self, code: &str) -> bool {
        code == NOT_TOLD
            || match self {
                Self::Commune => is_commune(code),
                _ => self.codes().contains(&code),
            }
    }
}

/// An INSEE code of a commune: five digits, of Corsica `2A` or `2B` and three.
fn is_commune(code: &str) -> bool {
    let Some((department, rest)) = code.split_at_checked(2) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    rest.len() == 3 && digits(rest) && (digits(department) || matches!(department, "2A" | "2B"))
}

/// What was told of one person, fact by fact.
pub type Told = BTreeMap<Fact, String>;

/// A fact that is not asked, or has not one of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAsked(pub Fact);

/// What is counted of a person: each fact that the programme asks, told or not.
///
/// # Errors
/// The first fact that was told without being asked, or not by one of its codes.
pub fn counted(asked: &[Fact], told: &Told) -> Result<Told, NotAsked> {
    for (fact, code) in told {
        if !asked.contains(fact) || !fact.admits(code) {
            return Err(NotAsked(*fact));
        }
    }
    let code = |fact: &Fact| told.get(fact).map_or(NOT_TOLD, String::as_str).to_owned();
    Ok(asked.iter().map(|fact| (*fact, code(fact))).collect())
}

/// Under what one person counts, once a fact: no two facts of a person stand together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeopleCell {
    pub programme: ProgrammeId,
    /// `202611`, in the programme's time zone.
    pub month: i64,
    pub issuer: IssuerId,
    pub fact: Fact,
    pub code: String,
}

/// People of a programme in a month, of whatever issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub month: i64,
    pub code: String,
    pub people: i64,
}

/// What is published of a fact: the people of some months, who are in no other table of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// First and last month, both inclusive.
    pub from: i64,
    pub to: i64,
    pub cells: Vec<Shown>,
}

/// People with one of these values, of whom it is not told which: five at least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    pub codes: Vec<String>,
    pub people: i64,
}

/// The tables of a fact, of months that are over. A month that has too few people for one goes
/// into the next one's. What was published never changes, and tables have nobody in common: so
/// whatever is added or subtracted is of whole tables and cells, and none is small.
#[must_use]
pub fn published(fact: Fact, counted: &[Counted], before_month: i64) -> Vec<Published> {
    let mut months: BTreeMap<i64, Vec<&Counted>> = BTreeMap::new();
    for row in counted.iter().filter(|row| row.month < before_month) {
        months.entry(row.month).or_default().push(row);
    }
    let (mut tables, mut cells, mut from) = (Vec::new(), BTreeMap::new(), None);
    for (month, rows) in months {
        from.get_or_insert(month);
        for row in rows {
            *cells.entry(row.code.clone()).or_insert(0) += row.people;
        }
        if cells.values().sum::<i64>() >= TABLE {
            let cells = safe(fact, std::mem::take(&mut cells));
            tables.push(Published { from: from.take().unwrap_or(month), to: month, cells });
        }
    }
    tables
}

/// The cells that can be shown.
fn safe(fact: Fact, cells: BTreeMap<String, i64>) -> Vec<Shown> {
    if fact.codes().is_empty() { named(cells) } else { neighbours(fact, &cells) }
}

/// Of a fact with a list of codes: each one with the next ones, in the order of the list, until
/// they are five people together; what is left over at the end goes to the last. Which codes stand
/// together follows from those codes alone, and a code that nobody told is as good as any: so not
/// even who knows this rule learns how few have one of them.
fn neighbours(fact: Fact, cells: &BTreeMap<String, i64>) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut next = Shown { codes: Vec::new(), people: 0 };
    for code in fact.codes().iter().copied().chain([NOT_TOLD]) {
        next.codes.push(code.to_owned());
        next.people += cells.get(code).copied().unwrap_or_default();
        if next.people >= FEWEST {
            shown.push(std::mem::replace(&mut next, Shown { codes: Vec::new(), people: 0 }));
        }
    }
    if let Some(last) = shown.last_mut() {
        last.codes.append(&mut next.codes);
        last.people += next.people;
    }
    shown
}

/// Of communes, which are too many to list: those with five people, the most frequent first, and
/// all others together without their names. Where these are fewer than five, the smallest of the
/// named ones is with them.
fn named(cells: BTreeMap<String, i64>) -> Vec<Shown> {
    let mut cells: Vec<(String, i64)> = cells.into_iter().collect();
    cells.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    let mut named = cells.iter().filter(|(_, people)| *people >= FEWEST).count();
    let sum = |cells: &[(String, i64)]| cells.iter().map(|(_, people)| people).sum::<i64>();
    let others = |named: usize| sum(cells.get(named..).unwrap_or_default());
    while named > 0 && others(named) < FEWEST {
        named -= 1;
    }
    let hidden = Shown { codes: vec![HIDDEN.to_owned()], people: others(named) };
    let shown = cells.iter().take(named);
    let shown = shown.map(|(code, people)| Shown { codes: vec![code.clone()], people: *people });
    shown.chain([hidden]).filter(|cell| cell.people >= FEWEST).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn cells(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
        of.iter().map(|(code, people)| ((*code).to_owned(), *people)).collect()
    }

    fn row(month: i64, code: &str, people: i64) -> Counted {
        Counted { month, code: code.to_owned(), people }
    }

    fn told(shown: &[Shown]) -> Vec<(String, i64)> {
        shown.iter().map(|cell| (cell.codes.join("+"), cell.people)).collect()
    }

    fn expected(of: &[(&str, i64)]) -> Vec<(String, i64)> {
        of.iter().map(|(codes, people)| ((*codes).to_owned(), *people)).collect()
    }

    #[test]
    fn a_small_cell_stands_together_with_its_neighbour() {
        let gender = |women, men, not_told| {
            let of = cells(&[("feminin", women), ("masculin", men), (NOT_TOLD, not_told)]);
            told(&safe(Fact::Gender, of))
        };
        let all = [("feminin", 30), ("masculin", 12), (NOT_TOLD, 5)];
        assert_eq!(gender(30, 12, 5), expected(&all));
        let last = [("feminin", 30), ("masculin+non_communique", 15)];
        assert_eq!(gender(30, 12, 3), expected(&last));
        let first = [("feminin+masculin", 32), (NOT_TOLD, 9)];
        assert_eq!(gender(2, 30, 9), expected(&first));
        let nobody = [("feminin", 30), ("masculin+non_communique", 12)];
        assert_eq!(gender(30, 12, 0), expected(&nobody), "nobody is few, too");
        assert_eq!(gender(0, 0, 20), expected(&[("feminin+masculin+non_communique", 20)]));
    }

    #[test]
    fn communes_of_few_people_are_not_named_and_a_larger_one_with_them() {
        let communes = |of: &[(&str, i64)]| told(&safe(Fact::Commune, cells(of)));
        let many = communes(&[("38185", 20), ("38421", 9), ("26362", 4), ("26004", 2)]);
        assert_eq!(many, expected(&[("38185", 20), ("38421", 9), (HIDDEN, 6)]));
        let few = communes(&[("38185", 20), ("38421", 9), ("26362", 4)]);
        assert_eq!(few, expected(&[("38185", 20), (HIDDEN, 13)]));
        assert_eq!(
            communes(&[("38185", 20), ("38421", 9)]),
            expected(&[("38185", 20), (HIDDEN, 9)])
        );
        assert_eq!(communes(&[("38185", 20)]), expected(&[(HIDDEN, 20)]));
        assert!(Fact::Commune.admits("2A004") && Fact::Commune.admits("97411"));
        for wrong in ["3818", "381855", "2C004", "Crolles", "", "2Aé1"] {
            assert!(!Fact::Commune.admits(wrong), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_asked_is_counted_and_the_rest_as_not_told() {
        let asked = [Fact::Gender, Fact::AgeBand];
        let told = Told::from([(Fact::Gender, "feminin".to_owned())]);
        let expected = Told::from([
            (Fact::Gender, "feminin".to_owned()),
            (Fact::AgeBand, NOT_TOLD.to_owned()),
        ]);
        assert_eq!(counted(&asked, &told), Ok(expected));
        let unasked = Told::from([(Fact::Commune, "38185".to_owned())]);
        assert_eq!(counted(&asked, &unasked), Err(NotAsked(Fact::Commune)));
        let wrong = Told::from([(Fact::Gender, "f".to_owned())]);
        assert_eq!(counted(&asked, &wrong), Err(NotAsked(Fact::Gender)));
        assert_eq!(counted(&[], &Told::new()), Ok(Told::new()));
    }

    #[test]
    fn months_wait_for_each_other_and_the_running_one_for_its_end() {
        let rows = [
            row(202_609, "feminin", 12),
            row(202_610, "feminin", 9),
            row(202_611, "masculin", 3),
            row(202_612, "feminin", 40),
        ];
        let tables = published(Fact::Gender, &rows, 202_612);
        assert_eq!(tables.len(), 1, "{tables:?}");
        assert_eq!((tables[0].from, tables[0].to), (202_609, 202_610));
        let later = published(Fact::Gender, &rows, 202_701);
        assert_eq!((later[1].from, later[1].to, later.len()), (202_611, 202_612, 2));
        assert_eq!(later[0], tables[0]);
    }

    #[test]
    fn a_table_has_twenty_people_and_none_has_one_less() {
        let short = [row(202_609, "feminin", 19)];
        assert_eq!(published(Fact::Gender, &short, 202_612), []);
        let whole = [row(202_609, "feminin", 20)];
        assert_eq!(published(Fact::Gender, &whole, 202_612).len(), 1);
    }

    fn months() -> impl Strategy<Value = Vec<Counted>> {
        let codes = prop::sample::select(vec!["qpv", "hors_qpv", NOT_TOLD]);
        let row = (1..12_i64, codes, 0..14_i64);
        prop::collection::vec(
            row.prop_map(|(month, code, people)| row_of(month, code, people)),
            0..30,
        )
    }

    fn row_of(month: i64, code: &str, people: i64) -> Counted {
        row(202_600 + month, code, people)
    }

    proptest! {
        /// Whoever fetches everything in every month there is, has tables that never change, have
        /// no month in common, and no cell under five.
        #[test]
        fn nothing_is_published_of_fewer_than_five_or_in_two_tables(rows in months()) {
            let mut before: Vec<Published> = Vec::new();
            for month in 202_601..202_614 {
                let tables = published(Fact::PriorityDistrict, &rows, month);
                prop_assert_eq!(&tables[..before.len()], &before[..]);
                before = tables;
            }
            let mut ends = 0;
            for table in &before {
                prop_assert!(table.from > ends && table.from <= table.to);
                ends = table.to;
                let shown = table.cells.iter().map(|cell| cell.people);
                prop_assert!(shown.clone().all(|people| people >= FEWEST));
                let told = rows.iter()
                    .filter(|row| (table.from..=table.to).contains(&row.month))
                    .map(|row| row.people)
                    .sum::<i64>();
                prop_assert_eq!(shown.sum::<i64>(), told);
            }
        }
    }

    /// The strongest reader knows this very program: of all tables that would have been published
    /// as what is seen, a cell under five must not have the same number in each.
    #[test]
    fn who_knows_how_cells_are_hidden_learns_no_small_one() {
        const MOST: i64 = 30;
        let codes = ["scolarise", "sans_emploi", "en_emploi", "retraite"];
        let mut seen: HashMap<Vec<Shown>, Vec<[i64; 4]>> = HashMap::new();
        for first in 0..=MOST {
            for second in 0..=MOST - first {
                for third in 0..=MOST - first - second {
                    let fourth = MOST - first - second - third;
                    for not_told in 0..=fourth {
                        let table = [first, second, third, fourth - not_told];
                        let mut of: BTreeMap<String, i64> =
                            codes.map(str::to_owned).into_iter().zip(table).collect();
                        of.insert(NOT_TOLD.to_owned(), not_told);
                        seen.entry(safe(Fact::Situation, of)).or_default().push(table);
                    }
                }
            }
        }
        assert!(seen.len() > 1_000);
        for (told, tables) in seen {
            for place in 0..4 {
                let values: HashSet<i64> = tables.iter().map(|table| table[place]).collect();
                let small = values.iter().any(|people| *people < FEWEST);
                assert!(!small || values.len() > 1, "{told:?} tells {values:?}");
            }
        }
    }
}
