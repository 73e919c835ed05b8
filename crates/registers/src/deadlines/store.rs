//! The calendar that the stored deadlines are based on.

use diesel::prelude::*;

use crate::db::schema::calendar_followed as followed_table;
use crate::db::{Conn, WorkResult};

/// The id of the only row.
const ROW: i64 = 1;

/// Stamp of the calendar that the stored deadlines are based on; `None` before the first pass.
pub fn followed(conn: &mut Conn) -> WorkResult<Option<String>> {
    Ok(followed_table::table.find(ROW).select(followed_table::stamp).first(conn).optional()?)
}

pub fn set_followed(conn: &mut Conn, stamp: &str) -> WorkResult<()> {
    let updated = diesel::update(followed_table::table.find(ROW)).set(followed_table::stamp.eq(stamp)).execute(conn)?;
    if updated == 0 {
        let row = (followed_table::id.eq(ROW), followed_table::stamp.eq(stamp));
        diesel::insert_into(followed_table::table).values(row).execute(conn)?;
    }
    Ok(())
}
