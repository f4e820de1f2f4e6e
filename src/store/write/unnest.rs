//! Rows as columns of arrays, for PostgreSQL's set-based statements.
//! No statement of a table: `postgres.rs` has them.

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Nullable, Text},
};

/// One column of many rows.
pub(super) enum Column<'a> {
    Numbers(Vec<i64>),
    Optional(Vec<Option<i64>>),
    Texts(Vec<&'a str>),
    Bytes(Vec<&'a [u8]>),
}

/// What a row's field is in a column.
pub(super) trait Value: Sized {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a>
    where
        Self: 'a;
}

impl Value for i64 {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a> {
        Column::Numbers(values.copied().collect())
    }
}

impl Value for Option<i64> {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a> {
        Column::Optional(values.copied().collect())
    }
}

impl Value for String {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a> {
        Column::Texts(values.map(Self::as_str).collect())
    }
}

impl Value for Vec<u8> {
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a> {
        Column::Bytes(values.map(Self::as_slice).collect())
    }
}

/// The named fields of rows, each as a column.
macro_rules! columns {
    ($rows:expr, $($field:ident),+) => {
        $crate::store::write::unnest::Columns {
            names: concat!($(stringify!($field), ", "),+).trim_end_matches(", "),
            columns: vec![$($crate::store::write::unnest::Value::column(
                $rows.iter().map(|row| &row.$field)
            )),+],
        }
    };
}
pub(super) use columns;

pub(super) struct Columns<'a> {
    pub names: &'static str,
    pub columns: Vec<Column<'a>>,
}

impl Columns<'_> {
    /// No rows: all columns are of the same length.
    pub fn is_empty(&self) -> bool {
        self.columns.first().is_none_or(|column| match column {
            Column::Numbers(values) => values.is_empty(),
            Column::Optional(values) => values.is_empty(),
            Column::Texts(values) => values.is_empty(),
            Column::Bytes(values) => values.is_empty(),
        })
    }
}

/// Part of a statement: text before the arrays, the arrays, text after them.
pub(super) struct Part<'a> {
    /// Ends where the arrays begin, in `UNNEST(`.
    pub before: String,
    pub columns: Columns<'a>,
    /// Begins after the arrays, with `)`.
    pub after: String,
}

/// All parts in one statement: they touch different rows and see none of each other's changes,
/// and the server is asked once a batch.
pub(super) struct Together<'a>(pub Vec<Part<'a>>);

impl QueryId for Together<'_> {
    type QueryId = ();
    // The text tells the prepared statement: it depends on which parts there are.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (number, part) in self.0.iter().enumerate() {
            out.push_sql(if number == 0 { "WITH p" } else { ", p" });
            out.push_sql(&number.to_string());
            out.push_sql(" AS (");
            out.push_sql(&part.before);
            for (number, column) in part.columns.columns.iter().enumerate() {
                if number > 0 {
                    out.push_sql(", ");
                }
                match column {
                    Column::Numbers(values) => {
                        out.push_bind_param::<Array<BigInt>, _>(values)?;
                    }
                    Column::Optional(values) => {
                        out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?;
                    }
                    Column::Texts(values) => out.push_bind_param::<Array<Text>, _>(values)?,
                    Column::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
                }
            }
            out.push_sql(&part.after);
            out.push_sql(")");
        }
        out.push_sql(" SELECT 1");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Together<'_> {}
