//! Queries for the identity of a database.

use diesel::prelude::*;

use super::rules::{Facts, ID, PUBLIC_URL, TIME_ZONE};
use crate::access::caller::PROGRAM;
use crate::db::schema::{deployment, ledger_events};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::on_both;

pub fn facts(conn: &mut Conn) -> WorkResult<Facts> {
    let rows: Vec<(String, String)> = deployment::table.select((deployment::name, deployment::value)).load(conn)?;
    let of = |name: &str| rows.iter().find(|row| row.0 == name).map(|row| row.1.clone());
    Ok(Facts { id: of(ID), time_zone: of(TIME_ZONE), public_url: of(PUBLIC_URL) })
}

/// Has anybody acted in this database? Initial rows that the program inserts do not count.
pub fn is_used(conn: &mut Conn) -> WorkResult<bool> {
    let acted = ledger_events::table.filter(ledger_events::actor_iss.ne(PROGRAM));
    Ok(acted.select(ledger_events::id).first::<Id>(conn).optional()?.is_some())
}

pub fn save(conn: &mut Conn, facts: &Facts, now: Instant) -> WorkResult<()> {
    let all = [(ID, &facts.id), (TIME_ZONE, &facts.time_zone), (PUBLIC_URL, &facts.public_url)];
    for (name, value) in all {
        if let Some(value) = value {
            set(conn, name, value, now)?;
        }
    }
    Ok(())
}

pub fn set(conn: &mut Conn, name: &str, value: &str, now: Instant) -> WorkResult<()> {
    let row = (deployment::name.eq(name), deployment::value.eq(value), deployment::set_at.eq(now));
    let changed = (deployment::value.eq(value), deployment::set_at.eq(now));
    on_both!(conn, |conn| {
        diesel::insert_into(deployment::table)
            .values(row)
            .on_conflict(deployment::name)
            .do_update()
            .set(changed)
            .execute(conn)
    })?;
    Ok(())
}
