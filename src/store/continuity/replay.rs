//! The events of an archive, one after the other: each is checked against its link of the old
//! chain, folded again by the one fold there is, and written into the new one.
//! No rows that are only copied: `take_over.rs` has them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Lines, Origin, copy::Archived};
use crate::{
    domain::{
        apply::Fold,
        cents::Cents,
        event::Event,
        ids::{AccountId, FunderId, ProgrammeId},
        ledger::{AccountKey, Posting, Stage},
        world::{Changed, Created, Effects, Recorded},
    },
    store::{backup::CopyError, connection::Conn, convert, load::Failure, rows::AccountRow, write},
};

/// Events that are written at a time, so that few are kept in memory.
const CHUNK: usize = 1_000;

/// A journal that grows.
pub(super) struct Replay<'a> {
    conn: &'a mut Conn,
    pub fold: Fold,
    /// What is not written yet.
    waiting: Effects,
    pub events: u64,
}

impl<'a> Replay<'a> {
    pub fn new(conn: &'a mut Conn) -> Self {
        Self { conn, fold: Fold::default(), waiting: Effects::default(), events: 0 }
    }

    /// Takes all events of an archive.
    pub fn take(&mut self, origin: &Origin, lines: &mut Lines<'_>) -> Result<(), CopyError> {
        lines("event", &mut |line| {
            let value: Value = serde_json::from_str(line).map_err(unreadable)?;
            self.step(origin, &Archived::read(&value)?)
        })?;
        self.flush()
    }

    fn step(&mut self, origin: &Origin, archived: &Archived) -> Result<(), CopyError> {
        let event = archived.row.domain().map_err(Failure::from)?;
        let wrong =
            |what: &str| Err(CopyError::Archive(format!("event {} {what}", archived.row.seq)));
        if event.seq.0 <= self.fold.world.head.seq || event.seq > origin.seq {
            return wrong("is not in the order of the journal");
        }
        if event.programme.is_some_and(|of| of != origin.programme) {
            return wrong("is of another programme");
        }
        if !linked(&event, archived)? {
            return wrong("does not fit its link of the chain");
        }
        if let Err(cause) = self.fold.apply(event) {
            return Err(CopyError::Archive(cause.to_string()));
        }
        let effects = std::mem::take(&mut self.fold.effects);
        let Some(recorded) = effects.events.into_iter().next() else { return Ok(()) };
        if !moves(&recorded, archived) {
            return wrong("moves other money than it says");
        }
        self.waiting.events.push(recorded);
        self.waiting.changed.accounts.extend(effects.changed.accounts);
        self.waiting.created.accounts.extend(effects.created.accounts);
        self.events += 1;
        if self.waiting.events.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    /// Events, lines and accounts; everything else that was folded is copied, and the audit
    /// compares the two.
    fn flush(&mut self) -> Result<(), CopyError> {
        let Effects { events, changed, created, .. } = std::mem::take(&mut self.waiting);
        let changed = Changed { accounts: changed.accounts, ..Changed::default() };
        let created = Created { accounts: created.accounts, ..Created::default() };
        let effects = Effects { events, created, changed, ..Effects::default() };
        Ok(write::effects(self.conn, &self.fold.world, &effects, &[])?)
    }

    /// Adds an event of this journal's own, and writes all of its effects.
    pub fn add(&mut self, event: Event) -> Result<(), CopyError> {
        self.fold.apply(event).map_err(Failure::from)?;
        let effects = std::mem::take(&mut self.fold.effects);
        Ok(write::effects(self.conn, &self.fold.world, &effects, &[])?)
    }

    /// That every account of the archive holds what its events say.
    pub fn compare_accounts(&self, lines: &mut Lines<'_>) -> Result<(), CopyError> {
        let mut folded: BTreeMap<AccountKey, (Cents, Cents)> = BTreeMap::new();
        for (key, account) in &self.fold.world.accounts {
            folded.insert(*key, (account.debit, account.credit));
        }
        lines("account", &mut |line| {
            let value: Value = serde_json::from_str(line).map_err(unreadable)?;
            let (key, account) = account(&value)?.domain().map_err(Failure::from)?;
            if folded.remove(&key) == Some((account.debit, account.credit)) {
                return Ok(());
            }
            let what = format!("account {} does not hold what its events say", account.id);
            Err(CopyError::Archive(what))
        })?;
        if folded.is_empty() {
            return Ok(());
        }
        Err(CopyError::Archive(format!("{} accounts are missing", folded.len())))
    }
}

pub(super) fn unreadable(cause: serde_json::Error) -> CopyError {
    CopyError::Archive(format!("a line cannot be read: {cause}"))
}

fn account(value: &Value) -> Result<AccountRow, CopyError> {
    let read = || {
        let number = |name: &str| value.get(name)?.as_i64();
        Some(AccountRow {
            id: number("id")?,
            programme: number("programme")?,
            version: number("version")?,
            funder: number("funder")?,
            stage: value.get("stage")?.as_str()?.to_owned(),
            organisation: number("organisation")?,
            debit_cents: number("debit_cents")?,
            credit_cents: number("credit_cents")?,
        })
    };
    read().ok_or_else(|| CopyError::Archive("an account cannot be read".to_owned()))
}

/// Whether the link of the old chain covers this event and its lines.
fn linked(event: &Event, archived: &Archived) -> Result<bool, CopyError> {
    let before = match &archived.before {
        Some(before) => convert::bytes("event", before).map_err(Failure::from)?,
        None => [0; 32],
    };
    // A link covers the number of an account, not what it is named by.
    let key = AccountKey {
        programme: ProgrammeId(0),
        version: 0,
        funder: FunderId(0),
        stage: Stage::Funding,
        organisation: None,
    };
    let lines = archived.postings.iter();
    let lines = lines.map(|[account, amount, debit, credit]| Posting {
        key,
        account: AccountId(*account),
        amount: Cents(*amount),
        debit_after: Cents(*debit),
        credit_after: Cents(*credit),
    });
    let lines: Vec<Posting> = lines.collect();
    let hash = event.chained(&before, &lines).map_err(unreadable)?;
    Ok(hash.as_slice() == archived.row.hash.as_slice())
}

/// Whether the fold moved what the old journal says; accounts have numbers of their own.
fn moves(recorded: &Recorded, archived: &Archived) -> bool {
    let folded = recorded.postings.iter();
    let folded = folded.map(|line| [line.amount.0, line.debit_after.0, line.credit_after.0]);
    let told =
        archived.postings.iter().map(|[_, amount, debit, credit]| [*amount, *debit, *credit]);
    folded.eq(told)
}
