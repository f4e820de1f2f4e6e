//! PostgreSQL's look-ups by a key of two columns: as many keys as wanted in one statement.
//! No writes; keys of one column are `load.rs`'s.

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Text},
};

use super::schema::{account, request};

/// Requests by scope and id.
pub(super) struct Requests<'a> {
    pub scopes: Vec<&'a String>,
    pub ids: Vec<&'a Vec<u8>>,
}

/// Accounts by programme and organisation.
pub(super) struct Accounts {
    pub programmes: Vec<i64>,
    pub organisations: Vec<i64>,
}

impl QueryId for Requests<'_> {
    type QueryId = Requests<'static>;
}

impl QueryId for Accounts {
    type QueryId = Self;
}

impl Query for Requests<'_> {
    type SqlType = diesel::dsl::SqlTypeOf<<request::table as Table>::AllColumns>;
}

impl Query for Accounts {
    type SqlType = diesel::dsl::SqlTypeOf<<account::table as Table>::AllColumns>;
}

impl QueryFragment<Pg> for Requests<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT r.scope, r.id, r.hash, r.outcome, r.recorded_at \
             FROM request r JOIN UNNEST(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.scopes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.ids)?;
        out.push_sql(") AS k (scope, id) ON r.scope = k.scope AND r.id = k.id");
        Ok(())
    }
}

impl QueryFragment<Pg> for Accounts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT a.id, a.programme, a.version, a.funder, a.stage, a.organisation, \
             a.debit_cents, a.credit_cents FROM account a JOIN UNNEST(",
        );
        out.push_bind_param::<Array<BigInt>, _>(&self.programmes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.organisations)?;
        out.push_sql(
            ") AS k (programme, organisation) \
             ON a.programme = k.programme AND a.organisation = k.organisation",
        );
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Requests<'_> {}
impl RunQueryDsl<PgConnection> for Accounts {}
