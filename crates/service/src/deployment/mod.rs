//! Ties a database to its deployment: the keyring, the time zone and the public URL that it was first used with.
//!
//! Personal data encrypted with another keyring is lost, deadlines set in another time zone are wrong, and tokens and
//! printed codes contain the public URL. So a process with a different keyring or settings does not use the database.
//! Neither does a program that is older than the schema.

mod rules;
pub mod store;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use diesel::Connection;

use crate::db::{self, Check, Conn, ConnectionKind, DbOptions, Instant, Refusal, WorkResult};
use crate::keys::{self, Keys};
pub use rules::{Facts, PUBLIC_URL, TIME_ZONE};
use rules::{Found, Own};

/// The keys and settings of this process.
#[derive(Clone)]
pub struct Expected {
    pub keys: Arc<Keys>,
    pub time_zone: String,
    pub public_url: String,
}

impl Expected {
    fn own(&self, data_keys: Vec<String>) -> Own<'_> {
        Own { data_keys, time_zone: &self.time_zone, public_url: &self.public_url }
    }
}

/// The check that every connection of a serving process must pass. The first connection claims an unused database.
pub fn check(expected: Expected) -> Check {
    // Id of the database that passed the check. Its keys are not compared again, because during a rotation the replicas
    // get the new key one after another.
    let known: Mutex<Option<String>> = Mutex::new(None);
    Arc::new(move |conn, kind| {
        let ours = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut found = inspect(conn, &expected)?;
        let mut refusal = refuse(&found, &expected, ours.as_deref());
        if refusal.is_none() && kind == ConnectionKind::Primary && needs_claim(&found, &expected) {
            (found, refusal) = claim(conn, &expected)?;
        }
        if refusal.is_none() {
            *known.lock().unwrap_or_else(PoisonError::into_inner) = found.facts.id.clone();
        }
        Ok(refusal)
    })
}

/// Runs [`check`] before migrating, so that a database with another keyring is not even migrated.
pub fn check_before_migrating(options: &DbOptions, expected: &Expected) -> anyhow::Result<()> {
    if !options.is_postgres() && !std::path::Path::new(&db::sqlite_path(&options.url)).exists() {
        return Ok(());
    }
    let mut conn = db::connect(options)?;
    let found = inspect(&mut conn, expected)
        .map_err(|fail| anyhow::anyhow!("{fail}"))
        .context("the database cannot be checked")?;
    match refuse(&found.as_migrated(), expected, None) {
        Some(refusal) => Err(anyhow::anyhow!(refusal.detail)),
        None => Ok(()),
    }
}

fn inspect(conn: &mut Conn, expected: &Expected) -> WorkResult<Found> {
    let known = db::known_versions();
    let applied = db::versions(conn)?;
    // Before its migration, a database may lack columns that the check compares.
    let is_migrated = known.iter().all(|version| applied.contains(version));
    let data_keys =
        if is_migrated || db::has_table(conn, "data_keys")? { keys::store::known_ids(conn)? } else { Vec::new() };
    let facts = if is_migrated || db::has_table(conn, "deployment")? { store::facts(conn)? } else { Facts::default() };
    // Only queried if something differs.
    let differs = facts.id.is_some() && facts != expected.own(Vec::new()).facts(facts.id.clone());
    let is_used = differs && store::is_used(conn)?;
    Ok(Found { applied, known, data_keys, facts, is_used })
}

fn refuse(found: &Found, expected: &Expected, ours: Option<&str>) -> Option<Refusal> {
    let data_keys = || expected.keys.ring().data_key_ids();
    let refusal = rules::refuse(found, &expected.own(data_keys()), ours)?;
    if refusal.mismatch != db::Mismatch::Keyring {
        return Some(refusal);
    }
    // The keyring may just have been changed, and the database may know the new key before this process does.
    expected.keys.refresh();
    rules::refuse(found, &expected.own(data_keys()), ours)
}

fn needs_claim(found: &Found, expected: &Expected) -> bool {
    found.facts != expected.own(Vec::new()).facts(found.facts.id.clone()) || found.facts.id.is_none()
}

/// Claims the database for this deployment. One process at a time; each checks again after it gets the lock.
fn claim(conn: &mut Conn, expected: &Expected) -> WorkResult<(Found, Option<Refusal>)> {
    conn.transaction(|conn| {
        db::lock_register(conn, db::Register::Deployment)?;
        let mut found = inspect(conn, expected)?;
        let refusal = refuse(&found, expected, None);
        if refusal.is_none() {
            let now = Instant::now();
            let id = found.facts.id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            let facts = expected.own(Vec::new()).facts(Some(id));
            store::save(conn, &facts, now)?;
            keys::store::remember(conn, &expected.keys.ring().data_key_ids(), now)?;
            found.facts = facts;
        }
        Ok((found, refusal))
    })
}
