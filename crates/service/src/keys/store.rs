//! Queries for the data keys that a database was used with.

use diesel::prelude::*;

use crate::db::schema::data_keys;
use crate::db::{Conn, Instant, WorkResult};
use crate::on_both;

/// Ids of the data keys that this database was ever used with.
pub fn known_ids(conn: &mut Conn) -> WorkResult<Vec<String>> {
    Ok(data_keys::table.select(data_keys::id).order(data_keys::id).load(conn)?)
}

/// Records data keys before they are used.
pub fn remember(conn: &mut Conn, ids: &[String], now: Instant) -> WorkResult<()> {
    for id in ids {
        let row = (data_keys::id.eq(id), data_keys::seen_at.eq(now));
        on_both!(conn, |conn| {
            diesel::insert_into(data_keys::table).values(row).on_conflict_do_nothing().execute(conn)
        })?;
    }
    Ok(())
}

/// Deletes the record of a lost data key.
pub fn forget(conn: &mut Conn, id: &str) -> WorkResult<()> {
    diesel::delete(data_keys::table.find(id)).execute(conn)?;
    Ok(())
}
