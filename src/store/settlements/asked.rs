//! Accounts that somebody asked for: loaded, written, compared, told.
//! No rules: `decide/accounts.rs` has them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{account, wrong};
use crate::{
    domain::{
        calendar::Instant,
        ids::*,
        settlement::{AskedAccount, AskedState, view::AskedAccountView},
        world::{Effects, World},
    },
    store::{
        connection::{Conn, Database, on_either, reading},
        convert::Unreadable,
        hold_schema::bank_account_asked,
        load::Failure,
        reads::ReadError,
    },
};

const TABLE: &str = "bank_account_asked";

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = bank_account_asked, treat_none_as_default_value = false)]
struct AskedRow {
    id: i64,
    organisation: i64,
    holder: String,
    iban: String,
    bic: Option<String>,
    asked_by: i64,
    asked_at: i64,
    state: String,
    decision: Option<i64>,
}

impl AskedRow {
    fn of(row: &AskedAccount) -> Option<Self> {
        let account = row.account.as_ref()?;
        Some(Self {
            id: row.id.0,
            organisation: row.organisation.0,
            holder: account.holder.clone(),
            iban: account.iban.reveal().to_owned(),
            bic: account.bic.as_ref().map(|bic| bic.as_str().to_owned()),
            asked_by: row.asked_by.0,
            asked_at: row.asked_at.0,
            state: row.state.code().to_owned(),
            decision: row.decision.map(|seq| seq.0),
        })
    }

    fn domain(&self) -> Result<AskedAccount, Unreadable> {
        Ok(AskedAccount {
            id: Seq(self.id),
            organisation: OrganisationId(self.organisation),
            asked_by: UserId(self.asked_by),
            asked_at: Instant(self.asked_at),
            state: AskedState::from_code(&self.state).ok_or_else(|| wrong(TABLE, "state"))?,
            decision: self.decision.map(Seq),
            account: Some(account(TABLE, &self.holder, &self.iban, self.bic.as_deref())?),
        })
    }
}

/// Loads the account that waits for a second person; who asked is somebody to look at.
pub(super) fn load(
    conn: &mut Conn,
    world: &mut World,
    of: OrganisationId,
) -> Result<Option<UserId>, Failure> {
    let row: Option<AskedRow> = on_either!(conn, conn => bank_account_asked::table
        .filter(bank_account_asked::organisation.eq(of.0))
        .filter(bank_account_asked::state.eq("open"))
        .first(conn)
        .optional()?);
    let Some(row) = row else { return Ok(None) };
    let asked = row.domain()?;
    let by = asked.asked_by;
    world.books.asked.insert(asked.id, asked);
    Ok(Some(by))
}

pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let changed = effects.changed.asked_accounts.iter();
    for row in changed.filter_map(|id| world.books.asked.get(id)).filter_map(AskedRow::of) {
        let set = || {
            (
                bank_account_asked::state.eq(row.state.clone()),
                bank_account_asked::decision.eq(row.decision),
            )
        };
        on_either!(conn, conn => {
            diesel::insert_into(bank_account_asked::table)
                .values(&row)
                .on_conflict(bank_account_asked::id)
                .do_update()
                .set(set())
                .execute(conn)?
        });
    }
    Ok(())
}

/// Those that are not as the events say.
pub(super) fn differences(conn: &mut Conn, world: &World) -> Result<Vec<i64>, Failure> {
    let rows: Vec<AskedRow> = on_either!(conn, conn => bank_account_asked::table.load(conn)?);
    let mut expected: BTreeMap<Seq, &AskedAccount> =
        world.books.asked.iter().map(|(id, row)| (*id, row)).collect();
    let mut differing = Vec::new();
    for row in rows {
        let plain = AskedAccount { account: None, ..row.domain()? };
        if expected.remove(&plain.id) != Some(&plain) {
            differing.push(plain.id.0);
        }
    }
    differing.extend(expected.into_keys().map(|id| id.0));
    Ok(differing)
}

impl Database {
    /// The account that was asked for in the place of an organisation's.
    pub(super) fn asked_account(
        &self,
        of: OrganisationId,
    ) -> Result<Option<AskedAccountView>, ReadError> {
        let row: Option<AskedRow> = reading!(self, conn => bank_account_asked::table
            .filter(bank_account_asked::organisation.eq(of.0))
            .filter(bank_account_asked::state.eq("open"))
            .first(conn)
            .optional())?;
        let Some(row) = row.map(|row| row.domain()).transpose()? else { return Ok(None) };
        let Some(account) = row.account else { return Ok(None) };
        Ok(Some(AskedAccountView {
            id: row.id,
            holder: account.holder,
            iban: account.iban.to_string(),
            bic: account.bic.map(|bic| bic.as_str().to_owned()),
            asked_by: row.asked_by,
            asked_at: row.asked_at,
        }))
    }

    /// The organisations of which an account waits for a second person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn accounts_asked(&self) -> Result<BTreeSet<OrganisationId>, ReadError> {
        let rows: Vec<i64> = reading!(self, conn => bank_account_asked::table
            .filter(bank_account_asked::state.eq("open"))
            .select(bank_account_asked::organisation)
            .load(conn))?;
        Ok(rows.into_iter().map(OrganisationId).collect())
    }
}
