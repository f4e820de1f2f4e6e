//! Facts about people: each person counted once their pass is handed over, and the tables that
//! are published of them. Never an event and never beside a voucher (ADR 0020).

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    report::{harmless, sheet},
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    ids::{IssuerId, ProgrammeId, Seq},
    people::{self, Fact, NotAsked, PeopleCell, Published, Told},
    view::{Filter, ProgrammeView},
};

/// Programmes of one report.
const MOST: u32 = 10_000;

/// What was told of the people of programmes, in tables that never change and share nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeopleReport {
    /// No cell is of fewer people.
    pub fewest: i64,
    pub lines: Vec<PeopleLine>,
}

/// A cell of a table: people of a programme, in some months, with one of these values of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeopleLine {
    pub programme: ProgrammeId,
    pub name: String,
    pub fact: Fact,
    /// First and last month, both inclusive. A month of few people is in one table with the next.
    #[schema(example = "2026-09")]
    pub from: String,
    #[schema(example = "2026-11")]
    pub to: String,
    /// Of the value, or of several with `+` between, where one alone would be of too few people;
    /// `non_communique` where it was not told; `hidden` for all communes that are not named.
    #[schema(example = "moins_de_douze+douze_dix_huit")]
    pub codes: String,
    pub people: i64,
}

/// `2026-11` of 202611.
fn month(number: i64) -> String {
    format!("{}-{:02}", number.div_euclid(100), number.rem_euclid(100))
}

fn lines(programme: &ProgrammeView, fact: Fact, tables: Vec<Published>) -> Vec<PeopleLine> {
    let mut lines = Vec::new();
    for table in tables {
        for cell in table.cells {
            let (from, to) = (month(table.from), month(table.to));
            let (programme, name) = (programme.id, programme.name.clone());
            let (codes, people) = (cell.codes.join("+"), cell.people);
            lines.push(PeopleLine { programme, name, fact, from, to, codes, people });
        }
    }
    lines
}

impl Service {
    /// What is to be counted of a person: each fact that the programme asks, told or not.
    ///
    /// # Errors
    /// When the database does not answer; a fact that is not asked is a value.
    pub fn facts_to_count(
        &self,
        programme: ProgrammeId,
        told: &Told,
    ) -> Result<Result<Told, NotAsked>, Fault> {
        let programme = self.database.programme(programme)?;
        let asked = programme.map(|programme| programme.terms.facts).unwrap_or_default();
        Ok(people::counted(&asked, told))
    }

    /// Counts a person whose pass was just handed over. What happens between the two is lost: a
    /// person is counted once or not at all, and the pass is good in any case.
    pub fn count_person(&self, programme: ProgrammeId, issuer: IssuerId, by: Seq, told: &Told) {
        if told.is_empty() {
            return;
        }
        let count = || {
            // The month of the event, and nothing else of it.
            let Some(day) = self.database.business_day(by)? else { return Ok(()) };
            let month = day.month_number();
            let cell = |(fact, code): (&Fact, &String)| {
                let (fact, code) = (*fact, code.clone());
                PeopleCell { programme, month, issuer, fact, code }
            };
            let cells: Vec<PeopleCell> = told.iter().map(cell).collect();
            Ok::<(), Fault>(self.database.count_person(&cells)?)
        };
        if let Err(cause) = count() {
            tracing::warn!(%cause, "a person was not counted");
        }
    }

    /// The tables of the programmes that a tenant has to do with, or of one of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn people_report(
        &self,
        within: Tenant,
        programme: Option<ProgrammeId>,
    ) -> Result<PeopleReport, Fault> {
        let id = programme.map(|id| id.0);
        let filter = Filter { id, limit: MOST, ..Filter::of(within) };
        let mut programmes = self.database.programmes(&filter)?;
        programmes.sort_by_key(|row| row.id);
        let ids: Vec<ProgrammeId> = programmes.iter().map(|row| row.id).collect();
        let mut counted = self.database.people(&ids)?;
        let (now, mut told) = (self.clock.now(), Vec::new());
        for row in &programmes {
            let month = now.day(&row.terms.time_zone).month_number();
            for fact in Fact::ALL {
                let cells = counted.remove(&(row.id, fact)).unwrap_or_default();
                told.extend(lines(row, fact, people::published(fact, &cells, month)));
            }
        }
        Ok(PeopleReport { fewest: people::FEWEST, lines: told })
    }
}

/// The report as CSV for a spreadsheet: no cell of it starts a formula.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(report: &PeopleReport) -> Result<String, csv::Error> {
    sheet(report.lines.iter().map(|line| PeopleLine { name: harmless(&line.name), ..line.clone() }))
}
