//! Lists and single rows as people see them, each within the tenant of who asks.
//! No writes and no rules of who may ask: a `Filter` comes with its tenant.

mod book;
mod conflicts;
mod disputes;
mod holds;
mod journal;
mod registry;
mod selection;
mod vouchers;

use super::{
    connection::{Database, reading},
    reads::ReadError,
    rows::*,
    schema::*,
};
use crate::domain::{
    access::Tenant,
    ids::{FunderId, VoucherId},
    programme::Programme,
    registry::Role,
    view::Filter,
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

/// Narrows a boxed query to one column's value, if the filter names one.
macro_rules! narrow {
    ($query:ident, $($column:expr => $value:expr),+ $(,)?) => {$(
        if let Some(value) = $value {
            $query = $query.filter($column.eq(value.0));
        }
    )+};
}

/// One page of a boxed query in ascending or descending order of a column.
macro_rules! page {
    ($query:ident, $filter:expr, asc $column:expr) => {
        $crate::store::lists::page!(@ $query, $filter, $column, gt, asc)
    };
    ($query:ident, $filter:expr, desc $column:expr) => {
        $crate::store::lists::page!(@ $query, $filter, $column, lt, desc)
    };
    (@ $query:ident, $filter:expr, $column:expr, $beyond:ident, $order:ident) => {{
        if let Some(after) = $filter.after {
            $query = $query.filter($column.$beyond(after));
        }
        $query.order($column.$order()).limit(i64::from($filter.limit))
    }};
}

/// Narrows a boxed query to the rows of which one of the columns holds what is searched.
macro_rules! search {
    ($query:ident, $filter:expr, $first:expr $(, $more:expr)*) => {
        if let Some(pattern) = $crate::store::lists::pattern($filter) {
            let like = $crate::store::lists::lower($first).like(pattern.clone());
            $(let like = like.or($crate::store::lists::lower($more).like(pattern.clone()));)*
            $query = $query.filter(like);
        }
    };
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Whether a number is of an event in a voucher's history: from its last event back, by number,
/// since an index of vouchers would cost each redemption a page at random.
pub(super) fn of_history(seq: &str, voucher: VoucherId) -> SqlLiteral<Bool> {
    sql(&format!(
        "{seq} IN (WITH RECURSIVE history (seq) AS (\
             SELECT last_event FROM voucher WHERE id = {} UNION ALL \
             SELECT previous FROM event JOIN history ON event.seq = history.seq) \
         SELECT seq FROM history WHERE seq IS NOT NULL)",
        voucher.0
    ))
}

/// A `LIKE` pattern of what is searched, its own signs taken as they are written. SQLite folds
/// the case of ASCII alone.
fn pattern(filter: &Filter) -> Option<String> {
    let search = filter.search.as_ref()?.to_lowercase();
    let plain: String = search.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    Some(format!("%{plain}%"))
}

pub use book::Span;
pub use journal::AsOf;
pub(super) use journal::stage;
use search;
pub(super) use {narrow, page};

impl Database {
    /// The programmes that a tenant has to do with; `None`: all.
    fn programmes_of(&self, within: Tenant) -> Result<Option<Vec<i64>>, ReadError> {
        match within {
            Tenant::Any => Ok(None),
            Tenant::Funder(funder) => self.programmes_paid_by(funder).map(Some),
            Tenant::Issuer(issuer) => Ok(Some(reading!(self, conn => allocation::table
                .filter(allocation::issuer.eq(issuer.0))
                .select(allocation::programme)
                .load(conn))?)),
            Tenant::Organisation(organisation) => {
                let listed: Vec<i64> = reading!(self, conn => admission::table
                    .inner_join(venue::table.on(venue::id.eq(admission::venue)))
                    .filter(venue::organisation.eq(organisation.0))
                    .select(admission::programme)
                    .distinct()
                    .load(conn))?;
                let open = |programme: &Programme| {
                    !programme.terms.venues_listed || listed.contains(&programme.id.0)
                };
                self.programmes_where(open).map(Some)
            }
        }
    }

    pub(super) fn programmes_paid_by(&self, funder: FunderId) -> Result<Vec<i64>, ReadError> {
        self.programmes_where(|programme| programme.paid_by(funder))
    }

    /// By their terms, which the database keeps as one text: there are a few hundred at most.
    fn programmes_where(&self, suits: impl Fn(&Programme) -> bool) -> Result<Vec<i64>, ReadError> {
        let rows: Vec<ProgrammeRow> = reading!(self, conn => programme::table.load(conn))?;
        let mut suited = Vec::new();
        for row in rows {
            let programme = row.domain()?;
            if suits(&programme) {
                suited.push(programme.id.0);
            }
        }
        Ok(suited)
    }
}

/// The roles of a tenant, and its number; `None`: everybody.
pub(super) const fn people_of(within: Tenant) -> Option<(&'static [&'static str], i64)> {
    match within {
        Tenant::Any => None,
        Tenant::Funder(of) => Some((&[Role::ANALYST], of.0)),
        Tenant::Issuer(of) => Some((&[Role::MANAGER, Role::AGENT], of.0)),
        Tenant::Organisation(of) => Some((&[Role::SUPERVISOR, Role::SCANNER], of.0)),
    }
}
