//! The ledger as a text for other programs, a piece at a time: in flat memory however long it is.
//! No formats and no SQL: `domain/books` and the store have them.

use std::collections::HashMap;

use super::service::Fault;
use crate::{
    domain::{
        access::Tenant,
        books::{BookLine, Bookkeeper, Called, Format},
        calendar::Day,
        ids::{FunderId, OrganisationId, ProgrammeId, Seq},
        ledger::AccountKey,
        usage::Breakdown,
        view::{AccountView, Filter},
    },
    store::{AsOf, Database, Span},
};

/// Postings, or accounts, of a piece if nobody says otherwise.
const ROWS: u32 = 2_000;

/// What is wanted of the ledger.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub format: Format,
    /// A funder gets its own accounts alone: each of its entries balances, since money never
    /// passes from one funder to another.
    pub within: Tenant,
    pub programme: Option<ProgrammeId>,
    /// Business days, the last one inclusive.
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// With the names of programmes, funders and organisations beside their numbers.
    pub named: bool,
}

/// A text that is being written, from the journal as it was when it was begun.
#[derive(Debug)]
pub struct Export {
    wanted: Wanted,
    span: Span,
    rows: u32,
    next: Next,
    keeper: Bookkeeper,
    names: Names,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Beginning,
    /// After this account.
    Accounts(Option<i64>),
    /// After this place in the journal.
    Lines(Option<i64>),
    Nothing,
}

impl Export {
    /// # Errors
    /// When the database does not answer.
    pub fn begin(database: &Database, wanted: Wanted) -> Result<Self, Fault> {
        let span = Span { until: database.as_of()?, from: wanted.from, to: wanted.to };
        let keeper = Bookkeeper::new(wanted.format);
        let (next, names) = (Next::Beginning, Names::default());
        Ok(Self { wanted, span, rows: ROWS, next, keeper, names })
    }

    /// So many postings, or accounts, a piece: one at least.
    #[must_use]
    pub fn in_pieces_of(self, rows: u32) -> Self {
        Self { rows: rows.max(1), ..self }
    }

    /// The last event that it tells of.
    #[must_use]
    pub const fn until(&self) -> Seq {
        self.span.until
    }

    /// The next piece; `None` after the last one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn piece(&mut self, database: &Database) -> Result<Option<String>, Fault> {
        match self.next {
            Next::Beginning => {
                let declared = matches!(self.wanted.format, Format::Hledger | Format::Beancount);
                self.next = if declared { Next::Accounts(None) } else { Next::Lines(None) };
                Ok(Some(self.keeper.beginning(self.span.until)))
            }
            Next::Accounts(after) => self.accounts(database, after).map(Some),
            Next::Lines(after) => self.lines(database, after).map(Some),
            Next::Nothing => Ok(None),
        }
    }

    fn filter(&self, after: Option<i64>) -> Filter {
        let programme = self.wanted.programme;
        Filter { programme, after, limit: self.rows, ..Filter::of(self.wanted.within) }
    }

    fn accounts(&mut self, database: &Database, after: Option<i64>) -> Result<String, Fault> {
        let rows = database.accounts(&self.filter(after), AsOf::Now)?;
        let last = rows.last().filter(|_| self.full(&rows)).map(|row| row.account.0);
        self.next = last.map_or(Next::Lines(None), |last| Next::Accounts(Some(last)));
        let mut text = String::new();
        for row in rows {
            let key = key(&row);
            let called = self.called(database, &key)?;
            text.push_str(&self.keeper.account(&key, &called));
        }
        Ok(text)
    }

    fn lines(&mut self, database: &Database, after: Option<i64>) -> Result<String, Fault> {
        let rows = database.book_lines(&self.filter(after), self.span)?;
        let last = rows.last().filter(|_| self.full(&rows)).map(|(place, _)| place.0);
        self.next = last.map_or(Next::Nothing, |last| Next::Lines(Some(last)));
        let mut text = String::new();
        for (_, row) in &rows {
            let BookLine { key, .. } = row;
            let called = self.called(database, key)?;
            text.push_str(&self.keeper.line(row, &called));
        }
        if last.is_none() {
            text.push_str(&self.keeper.end());
        }
        Ok(text)
    }

    fn full<T>(&self, rows: &[T]) -> bool {
        rows.len() >= usize::try_from(self.rows).unwrap_or(usize::MAX)
    }

    fn called(&mut self, database: &Database, key: &AccountKey) -> Result<Called, Fault> {
        if self.wanted.named { self.names.of(database, key) } else { Ok(Called::default()) }
    }
}

const fn key(row: &AccountView) -> AccountKey {
    let AccountView { programme, version, funder, stage, organisation, .. } = *row;
    AccountKey { programme, version, funder, stage, organisation }
}

/// Names, each read once: there are as many as programmes, funders and organisations.
#[derive(Debug, Default)]
struct Names {
    programmes: HashMap<ProgrammeId, String>,
    funders: HashMap<FunderId, String>,
    organisations: HashMap<OrganisationId, String>,
}

impl Names {
    fn of(&mut self, database: &Database, key: &AccountKey) -> Result<Called, Fault> {
        let named = |by: Breakdown, id: i64| -> Result<String, Fault> {
            Ok(database.names(by, &[id])?.remove(&id).unwrap_or_default())
        };
        let programme = match self.programmes.get(&key.programme) {
            Some(name) => name.clone(),
            None => named(Breakdown::Programme, key.programme.0)?,
        };
        let funder = match self.funders.get(&key.funder) {
            Some(name) => name.clone(),
            None => named(Breakdown::Funder, key.funder.0)?,
        };
        let organisation = match key.organisation {
            Some(id) => self.organisation(database, id)?,
            None => String::new(),
        };
        self.programmes.insert(key.programme, programme.clone());
        self.funders.insert(key.funder, funder.clone());
        Ok(Called { programme, funder, organisation })
    }

    fn organisation(&mut self, database: &Database, id: OrganisationId) -> Result<String, Fault> {
        if let Some(name) = self.organisations.get(&id) {
            return Ok(name.clone());
        }
        let found = database.organisations(&Filter::one(Tenant::Any, id.0))?;
        let name = found.into_iter().next().map(|row| row.name).unwrap_or_default();
        self.organisations.insert(id, name.clone());
        Ok(name)
    }
}
