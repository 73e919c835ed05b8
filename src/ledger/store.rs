use diesel::prelude::*;

use crate::db::schema::{ledger_events, ledger_salts};
use crate::db::types::{Instant, Moment};
use crate::db::{Conn, Id, Work};

#[derive(Insertable)]
#[diesel(table_name = ledger_events)]
pub struct NewEvent {
    pub id: Id,
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub county: Option<String>,
    pub township: Option<String>,
    pub community: Option<String>,
    pub company_id: Option<Id>,
    pub audience: String,
    pub actor_iss: String,
    pub actor_sub: String,
    pub actor_role: String,
    pub actor_client: Option<String>,
    pub request_id: String,
    pub policy_version: Option<i64>,
    pub recorded_at: Instant,
    pub leaf: String,
}

/// The database's clock, read after the aggregate's lock: replicas need not agree on theirs.
pub fn database_now(conn: &mut Conn) -> Work<Instant> {
    match conn {
        Conn::Sqlite(_) => Ok(Instant::now()),
        Conn::Postgres(conn) => Ok(diesel::select(diesel::dsl::sql::<Moment>("clock_timestamp()")).get_result(conn)?),
    }
}

pub fn insert(conn: &mut Conn, event: &NewEvent, salts: &[(&'static str, String)]) -> Work<()> {
    diesel::insert_into(ledger_events::table).values(event).execute(conn)?;
    for (field, salt) in salts {
        diesel::insert_into(ledger_salts::table)
            .values((ledger_salts::event_id.eq(event.id), ledger_salts::field.eq(*field), ledger_salts::salt.eq(salt)))
            .execute(conn)?;
    }
    Ok(())
}
