//! What a section of the registry consists of: a list, single pages, and forms that ask the API.
//! No section of its own.

use std::pin::Pin;

use actix_web::HttpResponse;
use serde_json::Value;

use super::field::Field;
pub use crate::app::statement_sheet::{Column, figure, text};
use crate::{
    app::service::{Fault, Service},
    domain::{
        access::{Verb, within},
        ids::UserId,
        registry::Role,
        view::{Filter, Row},
    },
    http::{Shared, access::Caller, extract::Key, problem::Problem, say::Say},
};

/// Who reads, and in which words.
pub struct Desk<'a> {
    pub service: &'a Service,
    pub say: &'a Say,
    pub role: Role,
    /// Who asks.
    pub user: UserId,
}

impl Desk<'_> {
    pub fn may(&self, verb: Verb) -> bool {
        within(self.role, verb).is_some()
    }
}

/// One kind of thing that the registry holds.
pub struct Section {
    /// Its place, and the beginning of the keys of its words.
    pub code: &'static str,
    pub read: Verb,
    /// The keys of the headings; figures stand to the right.
    pub columns: &'static [Column],
    /// Whether its list can be searched by name.
    pub searched: bool,
    /// Other things to do with the whole: the key of its words, its place, and the right to it.
    pub links: &'static [(&'static str, &'static str, Verb)],
    pub lines: fn(&Desk<'_>, &Filter) -> Result<Vec<Line>, Fault>,
    pub shown: fn(&Desk<'_>, &Filter) -> Result<Option<Shown>, Fault>,
    pub actions: &'static [Action],
}

impl Section {
    /// The cells of a line with their columns.
    pub fn cells<'a>(&self, line: &'a Line) -> impl Iterator<Item = (&'static Column, &'a String)> {
        self.columns.iter().zip(&line.cells)
    }
}

impl Table {
    /// The cells of a row with their columns.
    pub fn cells<'a>(
        &self,
        row: &'a [String],
    ) -> impl Iterator<Item = (&'static Column, &'a String)> {
        self.columns.iter().zip(row)
    }
}

/// A thing in the list: its number, its place in the order, and a text for each column.
pub struct Line {
    pub id: String,
    pub cursor: i64,
    pub cells: Vec<String>,
}

impl Line {
    pub fn of(row: &impl Row, cells: Vec<String>) -> Self {
        Self { id: row.cursor().to_string(), cursor: row.cursor(), cells }
    }
}

/// A thing on its own page.
pub struct Shown {
    pub title: String,
    /// The key of a heading, and what is so.
    pub facts: Vec<(&'static str, String)>,
    pub tables: Vec<Table>,
    /// How much of something that takes a while is done: of how many.
    pub progress: Option<(i64, i64)>,
    /// Other pages: a key and a place.
    pub links: Vec<(&'static str, String)>,
    /// The codes of the actions that make sense now.
    pub offered: Vec<&'static str>,
}

impl Shown {
    pub fn new(title: String, facts: Vec<(&'static str, String)>) -> Self {
        let (tables, links, offered) = (Vec::new(), Vec::new(), Vec::new());
        Self { title, facts, tables, progress: None, links, offered }
    }

    pub fn offering(mut self, offered: &[&'static str]) -> Self {
        self.offered.extend(offered);
        self
    }
}

/// What belongs to a thing, row by row.
pub struct Table {
    pub key: &'static str,
    pub columns: &'static [Column],
    pub rows: Vec<Vec<String>>,
}

/// Something that can be asked with a form: the API's own operation.
pub struct Action {
    /// Its place below the thing's, `new` below the section's; the end of its words' keys.
    pub code: &'static str,
    pub verb: Verb,
    /// Something is lost by it.
    pub grave: bool,
    pub fields: fn(&Desk<'_>, Option<&Filter>) -> Result<Vec<Field>, Fault>,
    pub call: Call,
}

/// What a form asks of the API's handler.
pub struct Asked {
    pub state: Shared,
    pub caller: Caller,
    pub key: Key,
    /// Of the thing; empty for a new one.
    pub id: String,
    /// The body, as a client would send it.
    pub body: Value,
}

pub type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, Problem>>>>;
pub type Call = fn(Asked) -> Answering;

/// Calls a handler of the API with what a form asks: of a new thing, of one with a body, of one
/// without.
macro_rules! calls {
    (new $handler:path) => {
        |asked: $crate::pages::registry::section::Asked| {
            Box::pin(async move {
                let body = $crate::http::extract::Body::of(asked.body)?;
                $handler(asked.state, asked.caller, asked.key, body).await
            })
        }
    };
    (one $handler:path) => {
        |asked: $crate::pages::registry::section::Asked| {
            Box::pin(async move {
                let id = asked.number()?.into();
                let body = $crate::http::extract::Body::of(asked.body)?;
                $handler(asked.state, asked.caller, asked.key, id, body).await
            })
        }
    };
    (bare $handler:path) => {
        |asked: $crate::pages::registry::section::Asked| {
            Box::pin(async move {
                let id = asked.number()?.into();
                $handler(asked.state, asked.caller, asked.key, id).await
            })
        }
    };
}
pub(super) use calls;

impl Asked {
    /// # Errors
    /// 404 for what is no number.
    pub fn number(&self) -> Result<i64, Problem> {
        self.id.parse().map_err(|_| crate::http::problem::Wrong::NotFound.into())
    }
}

/// An action without fields: its page only asks whether it is meant.
pub fn nothing(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(Vec::new())
}
