use diesel::prelude::*;

use crate::db::schema::data_keys;
use crate::db::{Conn, Instant, WorkResult};
use crate::on_both;

/// The data keys that this database was ever used with.
pub fn known_ids(conn: &mut Conn) -> WorkResult<Vec<String>> {
    Ok(data_keys::table.select(data_keys::id).order(data_keys::id).load(conn)?)
}

/// Remembers data keys before they are used.
pub fn remember(conn: &mut Conn, ids: &[String], now: Instant) -> WorkResult<()> {
    for id in ids {
        let row = (data_keys::id.eq(id), data_keys::seen_at.eq(now));
        on_both!(conn, |conn| {
            diesel::insert_into(data_keys::table).values(row).on_conflict_do_nothing().execute(conn)
        })?;
    }
    Ok(())
}

/// Gives up what lies under a data key that is lost.
pub fn forget(conn: &mut Conn, id: &str) -> WorkResult<()> {
    diesel::delete(data_keys::table.find(id)).execute(conn)?;
    Ok(())
}
