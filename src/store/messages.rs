//! The outbox: messages that wait, who sends one now, and what became of it.
//! Messages are not events: nothing here passes the writer, and every statement is short.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::{self, Unreadable},
    post_schema::message,
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    ids::{MessageId, RequestId, UserId, VoucherId},
    message::{About, Channel, Kind, Message, MessageState, Trouble},
};

const WAITING: &str = MessageState::Waiting.code();

#[derive(Queryable, Insertable)]
#[diesel(table_name = message, treat_none_as_default_value = false)]
struct MessageRow {
    id: i64,
    kind: String,
    channel: String,
    language: String,
    voucher: Option<i64>,
    person: Option<i64>,
    contact: Option<Vec<u8>>,
    state: String,
    tries: i64,
    due_at: i64,
    trouble: Option<String>,
    asked_by: Option<i64>,
    request: Vec<u8>,
    content: Option<Vec<u8>>,
    made_at: i64,
    settled_at: Option<i64>,
}

impl MessageRow {
    fn of(message: &Message) -> Self {
        let (voucher, person) = match message.about {
            About::Voucher(id) => (Some(id.0), None),
            About::User(id) => (None, Some(id.0)),
        };
        Self {
            id: message.id.0,
            kind: message.kind.code().to_owned(),
            channel: message.channel.code().to_owned(),
            language: message.language.clone(),
            voucher,
            person,
            contact: message.contact.clone(),
            state: message.state.code().to_owned(),
            tries: message.tries,
            due_at: message.due_at.0,
            trouble: message.trouble.map(|trouble| trouble.code().to_owned()),
            asked_by: message.asked_by.map(|user| user.0),
            request: message.request.0.as_bytes().to_vec(),
            content: message.content.map(|hash| hash.to_vec()),
            made_at: message.made_at.0,
            settled_at: message.settled_at.map(|at| at.0),
        }
    }

    fn domain(self) -> Result<Message, Unreadable> {
        let odd = |what: &str| Unreadable { table: "message", what: what.to_owned() };
        let about = match (self.voucher, self.person) {
            (Some(id), None) => About::Voucher(VoucherId(id)),
            (None, Some(id)) => About::User(UserId(id)),
            _ => return Err(odd("about")),
        };
        let content = self.content.map(|hash| convert::bytes("message", &hash)).transpose()?;
        let request = uuid::Uuid::from_bytes(convert::bytes("message", &self.request)?);
        Ok(Message {
            id: MessageId(self.id),
            kind: Kind::of_code(&self.kind).ok_or_else(|| odd("kind"))?,
            channel: Channel::of_code(&self.channel).ok_or_else(|| odd("channel"))?,
            language: self.language,
            about,
            contact: self.contact,
            state: MessageState::of_code(&self.state).ok_or_else(|| odd("state"))?,
            tries: self.tries,
            due_at: Instant(self.due_at),
            trouble: self.trouble.as_deref().and_then(Trouble::of_code),
            asked_by: self.asked_by.map(UserId),
            request: RequestId(request),
            content,
            made_at: Instant(self.made_at),
            settled_at: self.settled_at.map(Instant),
        })
    }
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Sent,
    Failed(Trouble),
    /// To be tried again at that moment.
    Later(Trouble, Instant),
}

impl Database {
    /// Keeps a message; of two of one request the first stays, and is told.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_message(&self, new: &Message) -> Result<Option<Message>, ReadError> {
        let kept: usize = reading!(self, conn => diesel::insert_into(message::table)
            .values(MessageRow::of(new))
            .on_conflict(message::request)
            .do_nothing()
            .execute(conn))?;
        if kept == 1 {
            return Ok(None);
        }
        let request = || new.request.0.as_bytes().to_vec();
        let row: MessageRow = reading!(self, conn => message::table
            .filter(message::request.eq(request()))
            .first(conn))?;
        Ok(Some(row.domain()?))
    }

    /// Messages of one way whose time has come, the longest waiting first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn due_messages(
        &self,
        channel: Channel,
        now: Instant,
        limit: i64,
    ) -> Result<Vec<Message>, ReadError> {
        let rows: Vec<MessageRow> = reading!(self, conn => message::table
            .filter(message::channel.eq(channel.code()))
            .filter(message::state.eq(WAITING))
            .filter(message::due_at.le(now.0))
            .order((message::due_at.asc(), message::id.asc()))
            .limit(limit)
            .load(conn))?;
        Ok(rows.into_iter().map(MessageRow::domain).collect::<Result<_, _>>()?)
    }

    /// Takes a message to send it; until `lease` nobody else does. Of two that take it at once one
    /// gets it: the update decides.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn claim_message(&self, seen: &Message, lease: Instant) -> Result<bool, ReadError> {
        let (id, tries, due_at) = (seen.id.0, seen.tries, seen.due_at.0);
        let taken: usize = reading!(self, conn => diesel::update(message::table.find(id))
            .filter(message::state.eq(WAITING))
            .filter(message::tries.eq(tries))
            .filter(message::due_at.eq(due_at))
            .set((message::tries.eq(tries + 1), message::due_at.eq(lease.0)))
            .execute(conn))?;
        Ok(taken == 1)
    }

    /// Notes how try number `tries` ended. A message that is settled keeps no contact. Whoever
    /// lost the message to another try meanwhile changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_try(
        &self,
        id: MessageId,
        tries: i64,
        ended: Ended,
        now: Instant,
    ) -> Result<(), ReadError> {
        let one = || {
            message::table
                .find(id.0)
                .filter(message::state.eq(WAITING))
                .filter(message::tries.eq(tries))
        };
        let (state, trouble) = match ended {
            Ended::Sent => (MessageState::Sent, None),
            Ended::Failed(trouble) => (MessageState::Failed, Some(trouble.code())),
            Ended::Later(trouble, at) => {
                let set = || (message::trouble.eq(Some(trouble.code())), message::due_at.eq(at.0));
                reading!(self, conn => diesel::update(one()).set(set()).execute(conn))?;
                return Ok(());
            }
        };
        let set = || {
            (
                message::state.eq(state.code()),
                message::trouble.eq(trouble),
                message::contact.eq(None::<Vec<u8>>),
                message::content.eq(None::<Vec<u8>>),
                message::settled_at.eq(Some(now.0)),
            )
        };
        reading!(self, conn => diesel::update(one()).set(set()).execute(conn))?;
        Ok(())
    }

    /// The messages about a voucher, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn messages_of(&self, voucher: VoucherId, limit: i64) -> Result<Vec<Message>, ReadError> {
        let rows: Vec<MessageRow> = reading!(self, conn => message::table
            .filter(message::voucher.eq(Some(voucher.0)))
            .order((message::made_at.desc(), message::id.desc()))
            .limit(limit)
            .load(conn))?;
        Ok(rows.into_iter().map(MessageRow::domain).collect::<Result<_, _>>()?)
    }

    /// Gives up what still waits about a voucher, with its contact.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn give_up_messages(&self, voucher: VoucherId, now: Instant) -> Result<usize, ReadError> {
        let set = || {
            (
                message::state.eq(MessageState::Failed.code()),
                message::trouble.eq(Some(Trouble::Outdated.code())),
                message::contact.eq(None::<Vec<u8>>),
                message::content.eq(None::<Vec<u8>>),
                message::settled_at.eq(Some(now.0)),
            )
        };
        Ok(reading!(self, conn => diesel::update(message::table)
            .filter(message::voucher.eq(Some(voucher.0)))
            .filter(message::state.eq(WAITING))
            .set(set())
            .execute(conn))?)
    }

    /// Forgets messages that were settled before `before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_messages(&self, before: Instant) -> Result<usize, ReadError> {
        Ok(reading!(self, conn => diesel::delete(message::table)
            .filter(message::settled_at.lt(before.0))
            .execute(conn))?)
    }
}
