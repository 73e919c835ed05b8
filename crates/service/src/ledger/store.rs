//! Queries that record events and seal them.

use std::cell::RefCell;
use std::collections::HashMap;

use diesel::prelude::*;
use tlog_tiles::{Error, Hash, HashReader};

use crate::characters::fold;
use crate::db::schema::{ledger_entries, ledger_events, ledger_hashes, ledger_head, ledger_salts, ledger_unsealed};
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::on_both;

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
    pub complex_id: Option<Id>,
    pub addressee: Option<String>,
}

/// A sealed event without its leaf.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = ledger_entries)]
pub struct Entry {
    pub seq: i64,
    pub event_id: Id,
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub county: Option<String>,
    pub township: Option<String>,
    pub community: Option<String>,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    pub addressee: Option<String>,
    pub audience: String,
    pub actor_iss: String,
    pub actor_sub: String,
    pub actor_role: String,
    pub actor_client: Option<String>,
    pub recorded_at: Instant,
    /// The normalised subject, for comparison.
    pub actor_key: String,
}

/// The only row of the head.
#[derive(Clone, Debug, Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = ledger_head)]
pub struct HeadRow {
    pub id: i64,
    pub origin: String,
    pub size: i64,
    pub root: Vec<u8>,
    pub checkpoint: String,
    pub sealed_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = ledger_hashes)]
struct HashRow {
    position: i64,
    hash: Vec<u8>,
}

pub fn insert(conn: &mut Conn, event: &NewEvent, salts: &[(&'static str, String)]) -> WorkResult<()> {
    diesel::insert_into(ledger_events::table).values(event).execute(conn)?;
    diesel::insert_into(ledger_unsealed::table).values(ledger_unsealed::event_id.eq(event.id)).execute(conn)?;
    for (field, salt) in salts {
        diesel::insert_into(ledger_salts::table)
            .values((ledger_salts::event_id.eq(event.id), ledger_salts::field.eq(*field), ledger_salts::salt.eq(salt)))
            .execute(conn)?;
    }
    Ok(())
}

/// The salts of an event, by field. Erased salts are missing.
pub fn salts_of(conn: &mut Conn, event: Id) -> WorkResult<Vec<(String, String)>> {
    Ok(ledger_salts::table
        .filter(ledger_salts::event_id.eq(event))
        .order(ledger_salts::field)
        .select((ledger_salts::field, ledger_salts::salt))
        .load(conn)?)
}

/// Deletes the salts of events. The actor stays provable, unless it has this role: then its subject is replaced, too.
pub fn forget_salts(conn: &mut Conn, events: &[Id], role: &str, actor: &str) -> WorkResult<()> {
    // An entry copies the subject from its event, so no sealer may run in between.
    lock_head(conn)?;
    for chunk in events.chunks(500) {
        let of_role: Vec<Id> = ledger_events::table
            .filter(ledger_events::id.eq_any(chunk.to_vec()))
            .filter(ledger_events::actor_role.eq(role))
            .select(ledger_events::id)
            .load(conn)?;
        diesel::update(ledger_events::table.filter(ledger_events::id.eq_any(of_role.clone())))
            .set(ledger_events::actor_sub.eq(""))
            .execute(conn)?;
        diesel::update(ledger_entries::table.filter(ledger_entries::event_id.eq_any(of_role.clone())))
            .set((ledger_entries::actor_sub.eq(""), ledger_entries::actor_key.eq("")))
            .execute(conn)?;
        let said = ledger_salts::event_id.eq_any(chunk.to_vec()).and(ledger_salts::field.ne(actor));
        diesel::delete(ledger_salts::table.filter(said.or(ledger_salts::event_id.eq_any(of_role)))).execute(conn)?;
    }
    Ok(())
}

/// The salts of one field, by event.
pub fn salts_named(conn: &mut Conn, field: &str, events: Vec<Id>) -> WorkResult<HashMap<Id, String>> {
    let rows: Vec<(Id, String)> = ledger_salts::table
        .filter(ledger_salts::event_id.eq_any(events))
        .filter(ledger_salts::field.eq(field))
        .select((ledger_salts::event_id, ledger_salts::salt))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Are there unsealed events?
pub fn any_unsealed(conn: &mut Conn) -> WorkResult<bool> {
    let first: Option<i64> = ledger_unsealed::table.select(ledger_unsealed::position).first(conn).optional()?;
    Ok(first.is_some())
}

pub fn count_unsealed(conn: &mut Conn) -> WorkResult<i64> {
    Ok(ledger_unsealed::table.count().get_result(conn)?)
}

/// The head, locked until the transaction ends, so that only one sealer at a time extends the tree.
pub fn lock_head(conn: &mut Conn) -> WorkResult<Option<HeadRow>> {
    let of = ledger_head::table.find(1);
    Ok(match conn {
        Conn::Sqlite(conn) => of.select(HeadRow::as_select()).first(conn).optional()?,
        Conn::Postgres(conn) => of.for_update().select(HeadRow::as_select()).first(conn).optional()?,
    })
}

pub fn head(conn: &mut Conn) -> WorkResult<Option<HeadRow>> {
    Ok(ledger_head::table.find(1).first(conn).optional()?)
}

/// Inserts the empty tree if there is none. A concurrent caller waits and finds it.
pub fn found(conn: &mut Conn, empty: &HeadRow) -> WorkResult<()> {
    on_both!(conn, |conn| diesel::insert_into(ledger_head::table)
        .values(empty)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}

pub fn save_head(conn: &mut Conn, head: &HeadRow) -> WorkResult<()> {
    diesel::update(ledger_head::table.find(1)).set(head).execute(conn)?;
    Ok(())
}

type Waiting = (
    (i64, Id, String, String, String, String),
    (Option<String>, Option<String>, Option<String>, Option<Id>, Option<Id>, Option<String>),
    (String, String, String, String, Option<String>, Instant),
);

/// The next events to seal, in the order of their writing: position in the queue, the future entry (without its
/// number), and the leaf.
pub fn unsealed(conn: &mut Conn, at_most: i64) -> WorkResult<Vec<(i64, Entry, String)>> {
    use ledger_events as e;
    let rows: Vec<Waiting> = ledger_unsealed::table
        .inner_join(ledger_events::table.on(e::id.eq(ledger_unsealed::event_id)))
        .order(ledger_unsealed::position)
        .limit(at_most)
        .select((
            (ledger_unsealed::position, e::id, e::leaf, e::kind, e::subject_kind, e::subject_id),
            (e::county, e::township, e::community, e::company_id, e::complex_id, e::addressee),
            (e::audience, e::actor_iss, e::actor_sub, e::actor_role, e::actor_client, e::recorded_at),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(event, place, actor)| {
            let (position, event_id, leaf, kind, subject_kind, subject_id) = event;
            let (county, township, community, company_id, complex_id, addressee) = place;
            let (audience, actor_iss, actor_sub, actor_role, actor_client, recorded_at) = actor;
            let actor_key = fold(&actor_sub);
            let entry = Entry {
                seq: 0,
                event_id,
                kind,
                subject_kind,
                subject_id,
                county,
                township,
                community,
                company_id,
                complex_id,
                addressee,
                audience,
                actor_iss,
                actor_sub,
                actor_role,
                actor_client,
                recorded_at,
                actor_key,
            };
            (position, entry, leaf)
        })
        .collect())
}

/// Rows in one statement: PostgreSQL allows 65,535 parameters.
const ROWS: usize = 1000;

/// Inserts many rows: with few statements on PostgreSQL, and one by one on SQLite, where diesel would open a
/// transaction inside the writer's.
macro_rules! insert_all {
    ($conn:expr, $rows:expr, |$values:ident, $c:ident| $insert:expr) => {
        match $conn {
            Conn::Sqlite($c) => {
                for $values in $rows {
                    $insert?;
                }
            }
            Conn::Postgres($c) => {
                for $values in $rows.chunks(ROWS) {
                    $insert?;
                }
            }
        }
    };
}

pub fn add_entries(conn: &mut Conn, entries: &[Entry]) -> WorkResult<()> {
    insert_all!(conn, entries, |some, conn| diesel::insert_into(ledger_entries::table).values(some).execute(conn));
    Ok(())
}

pub fn add_hashes(conn: &mut Conn, hashes: &[(u64, Hash)]) -> WorkResult<()> {
    let rows: Vec<HashRow> =
        hashes.iter().map(|(at, hash)| HashRow { position: *at as i64, hash: hash.0.to_vec() }).collect();
    insert_all!(conn, rows.as_slice(), |some, conn| diesel::insert_into(ledger_hashes::table)
        .values(some)
        .execute(conn));
    Ok(())
}

/// Removes sealed events from the queue.
pub fn leave_queue(conn: &mut Conn, positions: &[i64]) -> WorkResult<()> {
    diesel::delete(ledger_unsealed::table.filter(ledger_unsealed::position.eq_any(positions.to_vec())))
        .execute(conn)?;
    Ok(())
}

/// Stored hashes at these positions. Missing ones are omitted.
pub fn hashes_at(conn: &mut Conn, positions: &[u64]) -> WorkResult<Vec<(u64, Hash)>> {
    let wanted: Vec<i64> = positions.iter().map(|at| *at as i64).collect();
    let rows: Vec<(i64, Vec<u8>)> = ledger_hashes::table.filter(ledger_hashes::position.eq_any(wanted)).load(conn)?;
    Ok(placed(rows))
}

/// Stored hashes of a range of positions. Missing ones are omitted.
pub fn hashes_between(conn: &mut Conn, from: u64, to: u64) -> WorkResult<Vec<(u64, Hash)>> {
    let rows: Vec<(i64, Vec<u8>)> = ledger_hashes::table
        .filter(ledger_hashes::position.ge(from as i64))
        .filter(ledger_hashes::position.lt(to as i64))
        .load(conn)?;
    Ok(placed(rows))
}

fn placed(rows: Vec<(i64, Vec<u8>)>) -> Vec<(u64, Hash)> {
    let one = |(at, hash): (i64, Vec<u8>)| Some((u64::try_from(at).ok()?, Hash(hash.try_into().ok()?)));
    rows.into_iter().filter_map(one).collect()
}

/// The stored hashes, in the interface of `tlog_tiles`.
pub struct Stored<'a>(RefCell<&'a mut Conn>);

impl<'a> Stored<'a> {
    pub fn new(conn: &'a mut Conn) -> Stored<'a> {
        Stored(RefCell::new(conn))
    }
}

impl HashReader for Stored<'_> {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, Error> {
        let failed = |why: &str| Error::InvalidInput(why.to_owned());
        let mut conn = self.0.try_borrow_mut().map_err(|_| failed("the connection is in use"))?;
        let found = hashes_at(*conn, positions).map_err(|fail| failed(&format!("{fail}")))?;
        let by_position: HashMap<u64, Hash> = found.into_iter().collect();
        let all: Option<Vec<Hash>> = positions.iter().map(|at| by_position.get(at).copied()).collect();
        all.ok_or_else(|| failed("a stored hash is missing"))
    }
}
