//! Statements of closed months: made in the background, chunk by chunk, once and for all.
//! No rules (`domain/decide/periods.rs`); what stands in one is put together in `make.rs`.

mod ground;
mod make;

use super::service::{Fault, Service};
use crate::{
    domain::{
        command::{Ask, Outcome},
        ids::StatementId,
        period::{LARGEST_CHUNK, NewStatement, Party, Period, PeriodAsk},
        refusal::Reason,
        sepa,
        statement::Statement,
    },
    store::Database,
};
use ground::Ground;

/// Bytes of the statements of one command, about: a longer one comes alone.
const LARGEST_BYTES: usize = 4 << 20;

impl Service {
    /// Makes the statements of every closed month that lacks some, until `go_on` says no; how
    /// many were made.
    ///
    /// # Errors
    /// When the database or the writer does not answer, or a statement contradicts itself; what
    /// is left is made the next time.
    pub fn tend_statements(&self, go_on: &dyn Fn() -> bool) -> Result<u64, Fault> {
        let (mut made, mut failed) = (0, None);
        for period in self.database.unstated_periods()? {
            // A month goes on from the statements of the one before.
            let before = self.database.period_before(&period)?;
            if !go_on() || before.as_ref().is_some_and(|before| before.next.is_none()) {
                continue;
            }
            // What is wrong in one programme holds up no other.
            match self.state_month(&period, before, go_on) {
                Ok(more) => made += more,
                Err(fault) => failed = Some(fault),
            }
        }
        failed.map_or(Ok(made), Err)
    }

    fn state_month(
        &self,
        period: &Period,
        before: Option<Period>,
        go_on: &dyn Fn() -> bool,
    ) -> Result<u64, Fault> {
        let ground = Ground::gather(&self.database, period, before)?;
        let mut number = self.database.last_statement(period.programme)?;
        let (mut made, mut chunk, mut bytes) = (0, Vec::new(), 0);
        for party in ground.parties_to_come(&self.database)? {
            if !go_on() {
                return Ok(made);
            }
            let Some(statement) = ground.statement(&self.database, party, number + 1)? else {
                continue;
            };
            let new = archived(party, &statement)?;
            (number, bytes) = (number + 1, bytes + new.text.len());
            chunk.push(new);
            if chunk.len() >= LARGEST_CHUNK || bytes >= LARGEST_BYTES {
                bytes = 0;
                made += count(&chunk);
                if !self.asked_of(period, archive(period, &mut chunk))? {
                    return Ok(made);
                }
            }
        }
        if !chunk.is_empty() {
            made += count(&chunk);
            if !self.asked_of(period, archive(period, &mut chunk))? {
                return Ok(made);
            }
        }
        let next = self.database.first_of_later(&ground.slice)?;
        self.asked_of(period, PeriodAsk::Finish { period: period.id, next })?;
        Ok(made)
    }

    /// Whether it was done; if another instance was faster, it was not.
    fn asked_of(&self, period: &Period, ask: PeriodAsk) -> Result<bool, Fault> {
        match self.ask_bulk(self.clock.now(), Ask::Period(ask))?.outcome {
            Outcome::Refused(refusal) if refusal.reason == Reason::StatementsAdvanced => Ok(false),
            Outcome::Refused(refusal) => {
                let (period, reason) = (period.id, refusal.reason);
                tracing::error!(%period, %reason, "the statements do not go on");
                Ok(false)
            }
            _ => Ok(true),
        }
    }
}

fn count(chunk: &[NewStatement]) -> u64 {
    u64::try_from(chunk.len()).unwrap_or(u64::MAX)
}

fn archive(period: &Period, chunk: &mut Vec<NewStatement>) -> PeriodAsk {
    PeriodAsk::Archive { period: period.id, statements: std::mem::take(chunk) }
}

fn archived(party: Party, statement: &Statement) -> Result<NewStatement, Fault> {
    if let Some(control) = statement.contradiction() {
        let (of, number) = (party.code(), party.number());
        let what = format!("{}: {} is not {}", control.check, control.one, control.other);
        return Err(Fault::Statement(format!("of {of} {number}, {what}")));
    }
    let text = serde_json::to_string(statement);
    let text = text.map_err(|cause| Fault::Statement(cause.to_string()))?;
    let digest = sepa::digest(&text);
    Ok(NewStatement { number: statement.number, party, text, digest })
}

/// A statement as it was archived.
///
/// # Errors
/// When the database does not answer, or there is none.
pub fn read(database: &Database, id: StatementId) -> Result<Statement, Fault> {
    let text = database.statement_text(id)?.ok_or(Fault::Refused(Reason::NotFound))?;
    parsed(&text)
}

/// # Errors
/// When it is not what it says it is.
pub fn parsed(text: &str) -> Result<Statement, Fault> {
    serde_json::from_str(text).map_err(|cause| Fault::Statement(cause.to_string()))
}
