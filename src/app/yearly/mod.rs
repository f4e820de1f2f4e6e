//! Yearly accounts: made in the background once a year's last month is stated, one for each funder;
//! before that, up to the last closed month, as provisional. What stands in one: `make.rs`.

mod check;
mod make;

use super::service::{Fault, Service};
use crate::{
    domain::{
        command::{Ask, Outcome},
        ids::{FunderId, ProgrammeId, YearlyAccountId},
        period::{NewYearlyAccount, PeriodAsk},
        refusal::Reason,
        sepa,
        yearly::YearlyAccount,
    },
    store::Database,
};
use make::Year;

/// The JSON of an account with what its other forms are kept under.
pub struct Account {
    pub text: String,
    pub sha256: String,
    /// What its forms are kept under: it names this very text.
    pub kept: String,
}

impl Service {
    /// Makes the accounts of every year that lacks some, until `go_on` says no; how many.
    ///
    /// # Errors
    /// When the database or the writer does not answer, or an account contradicts itself; what is
    /// left is made the next time.
    pub fn tend_yearly_accounts(&self, go_on: &dyn Fn() -> bool) -> Result<u64, Fault> {
        let (mut made, mut failed) = (0, None);
        for period in self.database.unaccounted_years()? {
            let missing = || Fault::Refused(Reason::NotFound);
            let last = self.database.period(period)?.ok_or_else(missing)?;
            if !go_on() {
                break;
            }
            // What is wrong in one programme holds up no other.
            match self.account_year(last.programme, last.closed.month.year(), go_on) {
                Ok(more) => made += more,
                Err(fault) => failed = Some(fault),
            }
        }
        failed.map_or(Ok(made), Err)
    }

    fn account_year(
        &self,
        programme: ProgrammeId,
        number: i64,
        go_on: &dyn Fn() -> bool,
    ) -> Result<u64, Fault> {
        let missing = || Fault::Refused(Reason::NotFound);
        let year = Year::gather(&self.database, programme, number)?.ok_or_else(missing)?;
        let period = year.last.id;
        let mut made = 0;
        for funder in self.database.funders_stated(period)? {
            let done = self.database.yearly_account_of(programme, number, funder)?.is_some();
            if done || !go_on() {
                continue;
            }
            let text = written(&year.account(&self.database, funder)?)?;
            let new = NewYearlyAccount { period, funder, digest: sepa::digest(&text), text };
            let ask = Ask::Period(PeriodAsk::Account(new));
            match self.ask_bulk(self.clock.now(), ask)?.outcome {
                // Another instance was faster.
                Outcome::Refused(refusal) if refusal.reason == Reason::StatementsAdvanced => {}
                Outcome::Refused(refusal) => {
                    let reason = refusal.reason;
                    tracing::error!(%period, %reason, "a yearly account is not archived");
                }
                _ => made += 1,
            }
        }
        Ok(made)
    }
}

/// The year of a programme's last closed month.
///
/// # Errors
/// When the database does not answer.
pub fn last_year(database: &Database, programme: ProgrammeId) -> Result<Option<i64>, Fault> {
    Ok(database.last_stated(programme)?.map(|last| last.closed.month.year()))
}

/// An account as it was archived.
///
/// # Errors
/// When the database does not answer, or there is none.
pub fn archived(database: &Database, id: YearlyAccountId) -> Result<Account, Fault> {
    let text = database.yearly_account_text(id)?.ok_or(Fault::Refused(Reason::NotFound))?;
    Ok(Account { sha256: sepa::digest(&text), text, kept: format!("yearly/{id}") })
}

/// The account of a funder's year: as it was archived, or up to the last closed month. That one is
/// kept too, so that it stays the same until another month is closed.
///
/// # Errors
/// When the database does not answer, or nothing of the year is closed.
pub fn account(
    database: &Database,
    programme: ProgrammeId,
    year: i64,
    funder: FunderId,
) -> Result<Account, Fault> {
    let missing = || Fault::Refused(Reason::NotFound);
    if let Some(id) = database.yearly_account_of(programme, year, funder)? {
        return archived(database, id);
    }
    let last = database.months_of(programme, year)?.pop().ok_or_else(missing)?;
    if last.closed.month.ends_year() || !database.funders_stated(last.id)?.contains(&funder) {
        // It is being made, or the funder has nothing to do with the programme.
        return Err(missing());
    }
    let kept = format!("yearly/{programme}/{funder}/{}", last.id);
    let text = match database.kept_file(&kept)? {
        Some(bytes) => bytes,
        None => {
            let gathered = Year::gather(database, programme, year)?.ok_or_else(missing)?;
            let text = written(&gathered.account(database, funder)?)?;
            // Another month may have been closed meanwhile.
            if gathered.last.id != last.id {
                return account(database, programme, year, funder);
            }
            database.keep_file(&kept, text.into_bytes())?
        }
    };
    let text = String::from_utf8(text).map_err(|cause| Fault::Statement(cause.to_string()))?;
    Ok(Account { sha256: sepa::digest(&text), text, kept })
}

/// # Errors
/// When it is not what it says it is.
pub fn read(text: &str) -> Result<YearlyAccount, Fault> {
    serde_json::from_str(text).map_err(|cause| Fault::Statement(cause.to_string()))
}

/// Its JSON; none is made that contradicts itself.
fn written(account: &YearlyAccount) -> Result<String, Fault> {
    if let Some(control) = account.contradiction() {
        let (programme, year, funder) = (account.programme, account.year, account.funder);
        let what = format!("{}: {} is not {}", control.check, control.one, control.other);
        let of = format!("{year} of programme {programme}, funder {funder}");
        return Err(Fault::Statement(format!("{of}, {what}")));
    }
    serde_json::to_string(account).map_err(|cause| Fault::Statement(cause.to_string()))
}
