//! API keys: kept as hashes; whose they are, what they may, and when they were used last.
//! No rules: `decide/api_keys.rs` has them; the time of the last use is not an event.

use diesel::prelude::*;

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::{self, Unreadable},
    load::Failure,
    reads::ReadError,
    schema::{api_key, person},
};
use crate::domain::{
    calendar::Instant,
    ids::{Seq, UserId},
    registry::{ApiKey, Role},
    view::{ApiKeyView, Filter},
    world::{Effects, World},
};

/// The time of the last use is written at most this often.
const LAST_USED_EVERY_S: i64 = 60;

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = api_key, treat_none_as_default_value = false)]
struct ApiKeyRow {
    id: i64,
    person: i64,
    name: String,
    role: String,
    tenant: Option<i64>,
    hash: Vec<u8>,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked: i64,
}

impl ApiKeyRow {
    fn domain(&self) -> Result<ApiKey, Unreadable> {
        let what = || "role and tenant do not go together".to_owned();
        let role = Role::from_parts(&self.role, self.tenant)
            .ok_or_else(|| Unreadable { table: "api_key", what: what() })?;
        Ok(ApiKey {
            id: Seq(self.id),
            user: UserId(self.person),
            name: self.name.clone(),
            role,
            hash: convert::bytes("api_key", &self.hash)?,
            expires_at: Instant(self.expires_at),
            revoked: self.revoked != 0,
        })
    }

    fn of(key: &ApiKey) -> Self {
        let (role, tenant) = key.role.parts();
        Self {
            id: key.id.0,
            person: key.user.0,
            name: key.name.clone(),
            role: role.to_owned(),
            tenant,
            hash: key.hash.to_vec(),
            expires_at: key.expires_at.0,
            last_used_at: None,
            revoked: i64::from(key.revoked),
        }
    }
}

/// Loads the keys that are to be revoked.
pub(super) fn load(conn: &mut Conn, world: &mut World, ids: &[i64]) -> Result<(), Failure> {
    for id in ids {
        let row: Option<ApiKeyRow> =
            on_either!(conn, conn => api_key::table.find(id).get_result(conn).optional()?);
        if let Some(row) = row {
            world.api_keys.insert(Seq(row.id), row.domain()?);
        }
    }
    Ok(())
}

/// Writes keys that were added or revoked.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    for key in effects.changed.api_keys.iter().filter_map(|id| world.api_keys.get(id)) {
        let row = ApiKeyRow::of(key);
        on_either!(conn, conn => {
            diesel::insert_into(api_key::table)
                .values(&row)
                .on_conflict(api_key::id)
                .do_update()
                .set(api_key::revoked.eq(row.revoked))
                .execute(conn)?
        });
    }
    Ok(())
}

impl Database {
    /// A key that may be used now, of a person who is not revoked; the use is noted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_api_key(&self, hash: [u8; 32], now: Instant) -> Result<Option<ApiKey>, ReadError> {
        let row: Option<ApiKeyRow> = reading!(self, conn => api_key::table
            .inner_join(person::table.on(person::id.eq(api_key::person)))
            .filter(api_key::hash.eq(hash.to_vec()))
            .filter(api_key::revoked.eq(0))
            .filter(api_key::expires_at.gt(now.0))
            .filter(person::revoked.eq(0))
            .select(api_key::all_columns)
            .first(conn)
            .optional())?;
        let Some(row) = row else { return Ok(None) };
        let stale = now.plus_seconds(-LAST_USED_EVERY_S).0;
        if row.last_used_at.is_none_or(|at| at <= stale) {
            reading!(self, conn => diesel::update(api_key::table.find(row.id))
                .set(api_key::last_used_at.eq(Some(now.0)))
                .execute(conn))?;
        }
        Ok(Some(row.domain()?))
    }

    pub fn api_keys(&self, filter: &Filter) -> Result<Vec<ApiKeyView>, ReadError> {
        let own = super::lists::people_of(filter.within);
        let rows: Vec<ApiKeyRow> = reading!(self, conn => {
            let mut query = api_key::table.into_boxed();
            if let Some((roles, tenant)) = own {
                let roles = api_key::role.eq_any(roles);
                query = query.filter(api_key::tenant.eq(tenant)).filter(roles);
            }
            if let Some(id) = filter.id {
                query = query.filter(api_key::id.eq(id));
            }
            if let Some(after) = filter.after {
                query = query.filter(api_key::id.lt(after));
            }
            query.order(api_key::id.desc()).limit(i64::from(filter.limit)).load(conn)
        })?;
        let view = |row: ApiKeyRow| {
            let last_used_at = row.last_used_at.map(Instant);
            let key = row.domain()?;
            Ok(ApiKeyView {
                id: key.id,
                user: key.user,
                name: key.name,
                role: key.role,
                expires_at: key.expires_at,
                last_used_at,
                revoked: key.revoked,
            })
        };
        rows.into_iter().map(view).collect()
    }
}
