//! What happened in a closed month of a programme: sums of the ledger, workshops, reversals.
//! No sums of usage (`store/usage.rs`), and no statement: `app/statements` makes those.

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    domain::{
        calendar::{Day, Instant},
        ids::*,
        ledger::Stage,
    },
    store::{
        connection::{Database, reading},
        convert,
        lists::stage,
        reads::ReadError,
    },
};

/// The events of a programme whose business days are in a month: none of them comes before
/// `from`, and none after `through`.
#[derive(Clone, Copy, Debug)]
pub struct MonthSlice {
    pub programme: ProgrammeId,
    pub from: Seq,
    pub through: Seq,
    pub first_day: Day,
    pub last_day: Day,
    /// When the month began.
    pub begins: Instant,
}

/// What a kind of event moved on one account in the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub funder: FunderId,
    pub stage: Stage,
    pub organisation: Option<OrganisationId>,
    pub kind: String,
    pub debit: i64,
    pub credit: i64,
}

/// Cents of each funder.
pub type Shares = BTreeMap<FunderId, i64>;

/// A redemption of the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workshop {
    pub seq: Seq,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub workshops: i64,
    pub occurred_at: Instant,
    pub shares: Shares,
}

/// A reversal of the month, and the redemption that it undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    pub seq: Seq,
    pub redemption: Seq,
    /// The business day of the redemption.
    pub day: Day,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub workshops: i64,
    pub occurred_at: Instant,
    /// Below zero.
    pub shares: Shares,
}

#[derive(QueryableByName)]
struct FlowRow {
    #[diesel(sql_type = BigInt)]
    funder: i64,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = BigInt)]
    organisation: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    debit: i64,
    #[diesel(sql_type = BigInt)]
    credit: i64,
}

#[derive(QueryableByName)]
pub struct ShareRow {
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    #[diesel(sql_type = BigInt)]
    pub funder: i64,
    #[diesel(sql_type = BigInt)]
    pub cents: i64,
}

#[derive(QueryableByName)]
struct WorkshopRow {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    redemption: i64,
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    venue: i64,
    #[diesel(sql_type = BigInt)]
    organisation: i64,
    #[diesel(sql_type = BigInt)]
    workshops: i64,
    #[diesel(sql_type = BigInt)]
    occurred_at: i64,
    #[diesel(sql_type = BigInt)]
    funder: i64,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl MonthSlice {
    /// That a line may be of the month: so none before it has to be read.
    pub(super) fn lines(&self) -> String {
        format!("posting.event >= {} AND posting.event <= {}", self.from, self.through)
    }

    /// That an event is of the month.
    pub(super) fn events(&self) -> String {
        let Self { programme, from, through, first_day, last_day, .. } = self;
        format!(
            "event.seq >= {from} AND event.seq <= {through} AND event.programme = {programme} \
             AND event.day >= {} AND event.day <= {}",
            first_day.0, last_day.0
        )
    }
}

/// The order of the tables in these statements is the one to read them in: events as they were
/// written, then the lines of each.
impl Database {
    /// What moved on each account, by the kind of event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn flows(&self, of: &MonthSlice) -> Result<Vec<Flow>, ReadError> {
        let text = format!(
            "SELECT account.funder AS funder, account.stage AS stage, \
                 account.organisation AS organisation, moved.kind AS kind, \
                 CAST(SUM(moved.debit) AS BIGINT) AS debit, \
                 CAST(SUM(moved.credit) AS BIGINT) AS credit \
             FROM (SELECT posting.account AS account, event.kind AS kind, \
                     SUM(CASE WHEN amount_cents < 0 THEN -amount_cents ELSE 0 END) AS debit, \
                     SUM(CASE WHEN amount_cents > 0 THEN amount_cents ELSE 0 END) AS credit \
                 FROM event CROSS JOIN posting \
                 WHERE {} AND {} AND posting.event = event.seq GROUP BY 1, 2) AS moved \
             JOIN account ON account.id = moved.account GROUP BY 1, 2, 3, 4",
            of.events(),
            of.lines()
        );
        let rows: Vec<FlowRow> = reading!(self, conn => sql_query(&text).load(conn))?;
        let flow = |row: FlowRow| {
            Ok(Flow {
                funder: FunderId(row.funder),
                stage: stage(&row.stage)?,
                organisation: convert::none_is_zero(row.organisation).map(OrganisationId),
                kind: row.kind,
                debit: row.debit,
                credit: row.credit,
            })
        };
        rows.into_iter().map(flow).collect()
    }

    /// What workshops taken or undone in the month, of passes that people had ended, left to each
    /// funder: above zero, it got that back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn given_back_of_ended(&self, of: &MonthSlice) -> Result<Shares, ReadError> {
        let text = format!(
            "SELECT account.funder AS funder, 0 AS seq, \
                 CAST(SUM(posting.amount_cents) AS BIGINT) AS cents \
             FROM event CROSS JOIN posting CROSS JOIN account CROSS JOIN voucher \
             WHERE {} AND {} AND event.kind IN ('redeemed', 'reversed') \
                 AND posting.event = event.seq AND account.id = posting.account \
                 AND account.stage IN ('releasable', 'available') \
                 AND voucher.id = event.voucher AND voucher.standing IN ('cancelled', 'replaced') \
             GROUP BY 1",
            of.events(),
            of.lines()
        );
        let rows: Vec<ShareRow> = reading!(self, conn => sql_query(&text).load(conn))?;
        Ok(rows.into_iter().map(|row| (FunderId(row.funder), row.cents)).collect())
    }

    /// Redemptions of the month: those of an organisation, or those that had taken place before
    /// it began.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn month_workshops(
        &self,
        of: &MonthSlice,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<Workshop>, ReadError> {
        let which = match organisation {
            Some(id) => format!("redemption.organisation = {id}"),
            None => format!("redemption.occurred_at < {}", of.begins.0),
        };
        let text = format!(
            "SELECT redemption.seq AS seq, redemption.seq AS redemption, event.day AS day, \
                 redemption.venue AS venue, redemption.organisation AS organisation, \
                 redemption.workshops AS workshops, redemption.occurred_at AS occurred_at, \
                 account.funder AS funder, CAST(SUM(posting.amount_cents) AS BIGINT) AS cents \
             FROM redemption CROSS JOIN event CROSS JOIN posting CROSS JOIN account \
             WHERE {which} AND redemption.seq >= {} AND redemption.seq <= {} \
                 AND event.seq = redemption.seq AND {} AND {} \
                 AND posting.event = redemption.seq \
                 AND account.id = posting.account AND account.stage = 'earned' \
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 8",
            of.from,
            of.through,
            of.events(),
            of.lines()
        );
        let rows: Vec<WorkshopRow> = reading!(self, conn => sql_query(&text).load(conn))?;
        let mut workshops: Vec<Workshop> = Vec::new();
        for row in rows {
            if workshops.last().is_none_or(|last| last.seq.0 != row.seq) {
                workshops.push(Workshop {
                    seq: Seq(row.seq),
                    venue: VenueId(row.venue),
                    organisation: OrganisationId(row.organisation),
                    workshops: row.workshops,
                    occurred_at: Instant(row.occurred_at),
                    shares: Shares::new(),
                });
            }
            if let Some(last) = workshops.last_mut() {
                last.shares.insert(FunderId(row.funder), row.cents);
            }
        }
        Ok(workshops)
    }

    /// Reversals of the month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn month_reversals(&self, of: &MonthSlice) -> Result<Vec<Undone>, ReadError> {
        let text = format!(
            "SELECT event.seq AS seq, redemption.seq AS redemption, origin.day AS day, \
                 redemption.venue AS venue, redemption.organisation AS organisation, \
                 redemption.workshops AS workshops, redemption.occurred_at AS occurred_at, \
                 account.funder AS funder, CAST(SUM(posting.amount_cents) AS BIGINT) AS cents \
             FROM event CROSS JOIN redemption CROSS JOIN event AS origin CROSS JOIN posting \
                 CROSS JOIN account \
             WHERE {} AND {} AND event.kind = 'reversed' AND redemption.seq = event.reverses \
                 AND origin.seq = redemption.seq AND posting.event = event.seq \
                 AND account.id = posting.account AND account.stage IN ('earned', 'receivable') \
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 8",
            of.events(),
            of.lines()
        );
        let rows: Vec<WorkshopRow> = reading!(self, conn => sql_query(&text).load(conn))?;
        let mut undone: Vec<Undone> = Vec::new();
        for row in rows {
            if undone.last().is_none_or(|last| last.seq.0 != row.seq) {
                undone.push(Undone {
                    seq: Seq(row.seq),
                    redemption: Seq(row.redemption),
                    day: Day(convert::small("event", row.day)?),
                    venue: VenueId(row.venue),
                    organisation: OrganisationId(row.organisation),
                    workshops: row.workshops,
                    occurred_at: Instant(row.occurred_at),
                    shares: Shares::new(),
                });
            }
            if let Some(last) = undone.last_mut() {
                last.shares.insert(FunderId(row.funder), row.cents);
            }
        }
        Ok(undone)
    }

    /// The first event that may be of a later month: clocks of instances differ a little, so that
    /// some events of the next day may come before the last one of this day.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn first_of_later(&self, of: &MonthSlice) -> Result<Seq, ReadError> {
        let (after, next) = (of.last_day.0, of.through.0 + 1);
        let text = format!(
            "SELECT COALESCE(MIN(seq), {next}) AS n FROM event WHERE seq >= {} AND seq <= {} \
                 AND programme = {} AND day > {after}",
            of.from, of.through, of.programme
        );
        let row: Number = reading!(self, conn => sql_query(&text).get_result(conn))?;
        Ok(Seq(row.n))
    }
}
