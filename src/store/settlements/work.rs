//! What a payment pays, in sums: workshops, and how long each waited for its money.
//! No money: the payment's own row has it.

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use crate::{
    domain::{
        calendar::Day,
        ids::{OrganisationId, PaymentId, ProgrammeId},
    },
    store::{
        connection::{Database, reading},
        convert,
        reads::ReadError,
    },
};

/// The workshops of a payment, counted from the business day on which each was earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaidWork {
    pub workshops: i64,
    /// The first day and the last one on which any of them was earned.
    pub days: Option<(Day, Day)>,
    /// Days that all of them waited, added up.
    pub waited_days: i64,
    /// Workshops that waited longer than was promised.
    pub late_workshops: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    workshops: i64,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = BigInt)]
    waited: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
}

impl Database {
    /// What a payment pays, if it is paid on `paid` and money was promised within so many days.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn paid_work(
        &self,
        id: PaymentId,
        paid: Day,
        promised: Option<u16>,
    ) -> Result<PaidWork, ReadError> {
        let conditions = (self.redemptions_paid_by(id)?, self.conflicts_paid_by(id)?);
        self.work(&conditions, paid, promised)
    }

    /// What an organisation earned in a programme and no payment was prepared for, as if it were
    /// paid on `today`: what came after its last slice, and what is held of earlier ones.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unpaid_work(
        &self,
        (organisation, programme): (OrganisationId, ProgrammeId),
        today: Day,
        promised: Option<u16>,
    ) -> Result<PaidWork, ReadError> {
        let own = |table: &str| {
            format!("{table}.organisation = {organisation} AND {table}.programme = {programme}")
        };
        let last = format!(
            "(SELECT COALESCE(MAX(payment.through_seq), 0) FROM payment WHERE {})",
            own("payment")
        );
        let redemptions = format!(
            "{} AND (redemption.seq > {last} OR redemption.seq IN (SELECT hold.redemption \
                 FROM hold WHERE hold.left_out = 1 AND hold.payment IS NULL)) \
             AND NOT EXISTS (SELECT 1 FROM event AS undone \
                 WHERE undone.reverses = redemption.seq)",
            own("redemption")
        );
        let conflicts = format!(
            "{} AND conflict.fate = 'paid' AND conflict.decision > {last}",
            own("conflict")
        );
        self.work(&(redemptions, conflicts), today, promised)
    }

    /// Of redemptions and of conflicts that meet a condition.
    fn work(
        &self,
        (redemptions, conflicts): &(String, String),
        paid: Day,
        promised: Option<u16>,
    ) -> Result<PaidWork, ReadError> {
        let day = paid.0;
        let late = promised.map_or_else(
            || "0".to_owned(),
            |days| format!("CASE WHEN {day} - day > {days} THEN workshops ELSE 0 END"),
        );
        let text = format!(
            "SELECT CAST(COALESCE(SUM(workshops), 0) AS BIGINT) AS workshops, \
                 CAST(COALESCE(MIN(day), 0) AS BIGINT) AS first, \
                 CAST(COALESCE(MAX(day), 0) AS BIGINT) AS last, \
                 CAST(COALESCE(SUM(workshops * ({day} - day)), 0) AS BIGINT) AS waited, \
                 CAST(COALESCE(SUM({late}), 0) AS BIGINT) AS late \
             FROM (SELECT redemption.workshops AS workshops, event.day AS day \
                 FROM redemption JOIN event ON event.seq = redemption.seq WHERE {redemptions} \
                 UNION ALL SELECT conflict.workshops, event.day \
                 FROM conflict JOIN event ON event.seq = conflict.decision \
                 WHERE {conflicts}) AS work"
        );
        let row: Row = reading!(self, conn => sql_query(&text).get_result(conn))?;
        let days = (convert::small("event", row.first)?, convert::small("event", row.last)?);
        Ok(PaidWork {
            workshops: row.workshops,
            days: (row.workshops > 0).then_some((Day(days.0), Day(days.1))),
            waited_days: row.waited,
            late_workshops: row.late,
        })
    }
}
