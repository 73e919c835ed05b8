//! Queries for the recorded time, and whether background jobs are paused.

use diesel::prelude::*;

use crate::db::schema::clock_watch;
use crate::db::{self, Conn, Instant, WorkResult};
use crate::on_both;

/// Id of the only row.
const ROW: i64 = 1;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = clock_watch)]
pub struct Watched {
    pub seen_at: Instant,
    /// When background jobs were paused, by the clock that jumped. Null while they run.
    pub stopped_at: Option<Instant>,
    pub reason: Option<String>,
}

pub fn find(conn: &mut Conn) -> WorkResult<Option<Watched>> {
    let row = clock_watch::table.find(ROW);
    Ok(on_both!(conn, |conn| row.select(Watched::as_select()).first(conn).optional())?)
}

/// The database's clock, if it can differ from this machine's.
pub fn database_now(conn: &mut Conn) -> WorkResult<Option<Instant>> {
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Postgres(_) => db::database_now(conn).map(Some),
    }
}

/// Records the time by which jobs act. This does not confirm a clock after a jump.
pub fn record(conn: &mut Conn, now: Instant) -> WorkResult<()> {
    if find(conn)?.is_none() {
        return start(conn, now);
    }
    let running = clock_watch::table.find(ROW).filter(clock_watch::stopped_at.is_null());
    diesel::update(running).set(clock_watch::seen_at.eq(now)).execute(conn)?;
    Ok(())
}

pub fn stop(conn: &mut Conn, now: Instant, reason: &str) -> WorkResult<()> {
    let running = clock_watch::table.find(ROW).filter(clock_watch::stopped_at.is_null());
    let values = || (clock_watch::stopped_at.eq(now), clock_watch::reason.eq(reason));
    if diesel::update(running).set(values()).execute(conn)? == 0 && find(conn)?.is_none() {
        start(conn, now)?;
        diesel::update(clock_watch::table.find(ROW)).set(values()).execute(conn)?;
    }
    Ok(())
}

pub fn confirm(conn: &mut Conn, now: Instant) -> WorkResult<()> {
    if find(conn)?.is_none() {
        return start(conn, now);
    }
    let none: (Option<Instant>, Option<String>) = (None, None);
    diesel::update(clock_watch::table.find(ROW))
        .set((clock_watch::seen_at.eq(now), clock_watch::stopped_at.eq(none.0), clock_watch::reason.eq(none.1)))
        .execute(conn)?;
    Ok(())
}

fn start(conn: &mut Conn, now: Instant) -> WorkResult<()> {
    let row = (clock_watch::id.eq(ROW), clock_watch::seen_at.eq(now));
    on_both!(conn, |conn| {
        diesel::insert_into(clock_watch::table).values(row).on_conflict_do_nothing().execute(conn)
    })?;
    Ok(())
}
