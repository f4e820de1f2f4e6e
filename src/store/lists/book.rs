//! The ledger's postings in the order of the journal, slice by slice, for books that others keep.
//! No sums and no text: `domain/books` writes it.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::journal::{funder_of, stage};
use crate::{
    domain::{
        books::BookLine,
        calendar::Day,
        cents::Cents,
        ids::*,
        ledger::AccountKey,
        view::{Filter, PostingCursor},
    },
    store::{
        connection::{Database, reading},
        convert,
        reads::ReadError,
    },
};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    event: i64,
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = BigInt)]
    amount_cents: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    programme: i64,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = BigInt)]
    funder: i64,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = BigInt)]
    organisation: i64,
}

/// Up to which event, and of which business days.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub until: Seq,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Database {
    /// The next postings in the order of the journal, each with its place: after `filter.after`,
    /// of `filter.programme`, of whose money the tenant may see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn book_lines(
        &self,
        filter: &Filter,
        span: Span,
    ) -> Result<Vec<(PostingCursor, BookLine)>, ReadError> {
        let Some(funder) = funder_of(filter.within) else { return Ok(Vec::new()) };
        let (event, line) = filter.after.map_or((0, 0), |after| PostingCursor(after).parts());
        let after = if filter.after.is_some() {
            format!("(posting.event, posting.line) > ({event}, {line})")
        } else {
            "posting.event > 0".to_owned()
        };
        let conditions = [
            funder.map(|funder| format!(" AND account.funder = {funder}")),
            filter.programme.map(|programme| format!(" AND account.programme = {programme}")),
            span.from.map(|day| format!(" AND event.day >= {}", day.0)),
            span.to.map(|day| format!(" AND event.day <= {}", day.0)),
        ];
        // The order of the tables is the one to read them in: postings as they were written.
        let text = format!(
            "SELECT posting.event AS event, posting.line AS line, \
                 posting.amount_cents AS amount_cents, event.kind AS kind, event.day AS day, \
                 account.programme AS programme, account.version AS version, \
                 account.funder AS funder, account.stage AS stage, \
                 account.organisation AS organisation \
             FROM posting CROSS JOIN account CROSS JOIN event \
             WHERE account.id = posting.account AND event.seq = posting.event \
                 AND {after} AND posting.event <= {}{} \
             ORDER BY posting.event, posting.line LIMIT {}",
            span.until,
            conditions.into_iter().flatten().collect::<String>(),
            filter.limit
        );
        let rows: Vec<Row> = reading!(self, conn => sql_query(text.as_str()).load(conn))?;
        rows.into_iter().map(|row| Ok((row.place(), row.value()?))).collect()
    }
}

impl Row {
    const fn place(&self) -> PostingCursor {
        PostingCursor::new(self.event, self.line)
    }

    fn value(self) -> Result<BookLine, ReadError> {
        let key = AccountKey {
            programme: ProgrammeId(self.programme),
            version: convert::small("account", self.version)?,
            funder: FunderId(self.funder),
            stage: stage(&self.stage)?,
            organisation: convert::none_is_zero(self.organisation).map(OrganisationId),
        };
        Ok(BookLine {
            event: Seq(self.event),
            kind: self.kind,
            day: Day(convert::small("event", self.day)?),
            key,
            amount: Cents(self.amount_cents),
        })
    }
}
