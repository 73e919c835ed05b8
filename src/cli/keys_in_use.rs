//! Keys in use in the database: whether a rotation is complete, and which keys are no longer needed.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::Context;
use chrono::Utc;

use super::database::{store_of, unreadable, wait};
use super::keys::word;
use crate::bootstrap;
use crate::db::{Conn, Db, WorkError, WriteLock};
use crate::keys::{self, Key, Keyring, State, Use};
use crate::personal::store::{self, Lying};
use crate::settings::Settings;

fn counts(lying: Lying) -> String {
    let Lying { texts, phones, answers } = lying;
    [number(texts, "encrypted text"), number(phones, "indexed phone"), number(answers, "stored response")].join(", ")
}

/// A count with its noun in the singular or plural.
fn number(count: i64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// One line for each data key and index key, including those missing in the keyring, and whether there is more to
/// re-encrypt.
pub fn status(ring: &Keyring, settings: &Settings) -> anyhow::Result<String> {
    let db = store_of(settings)?;
    let kept: Vec<&Key> = ring.keys().filter(|key| matches!(key.usage, Use::Data | Use::Index)).collect();
    let ids: Vec<String> = kept.iter().map(|key| key.id.clone()).collect();
    let found = db.read_blocking(|conn| {
        let used = [store::data_keys_in_use(conn)?, store::index_keys_in_use(conn)?].concat();
        let lost: BTreeSet<String> =
            used.into_iter().chain(keys::store::known_ids(conn)?).filter(|id| !ids.contains(id)).collect();
        let all = ids.iter().cloned().chain(lost);
        all.map(|id| Ok((store::lying_under(conn, &id)?, id))).collect::<Result<Vec<_>, WorkError>>()
    });
    db.close();
    let now = Utc::now();
    let (mut text, mut texts, mut phones) = (String::new(), 0, 0);
    for (lying, id) in found.map_err(unreadable)? {
        let state = kept.iter().find(|key| key.id == id).map(|key| ring.state(key, now));
        writeln!(text, "{id:24} {:10} {}", state.map_or("lost", word), counts(lying))?;
        if state != Some(State::Active) {
            texts += lying.texts;
            phones += lying.phones;
        }
    }
    let pending: Vec<&&Key> = kept.iter().filter(|key| ring.state(key, now) == State::Pending).collect();
    for key in &pending {
        let at = key.active_from.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        writeln!(text, "pending: {} becomes active at {at}; until then nothing is re-encrypted with it", key.id)?;
    }
    if texts + phones == 0 && pending.is_empty() {
        text.push_str("done: all personal data is encrypted with the active keys\n");
    } else if texts + phones > 0 {
        writeln!(
            text,
            "not done: {} and {} use other keys; the running service re-encrypts them",
            number(texts, "encrypted text"),
            number(phones, "indexed phone")
        )?;
    }
    Ok(text)
}

/// Ensures that a key is not needed and cannot be used again: the database removes the data key, and it accepts nothing
/// encrypted with a key that it does not have.
pub fn let_go(key: &Key, settings: &Settings) -> anyhow::Result<()> {
    let db = store_of(settings)?;
    let (id, usage) = (key.id.clone(), key.usage);
    let lying = wait(db.write(WriteLock::default(), move |conn: &mut Conn| {
        let lying = store::lying_under(conn, &id)?;
        if lying.is_nothing() && usage == Use::Data {
            keys::store::forget(conn, &id)?;
        }
        Ok(lying)
    }));
    db.close();
    let lying = lying.with_context(|| format!("{} cannot be removed", key.id))?;
    anyhow::ensure!(
        lying.is_nothing(),
        "{} cannot be removed: it is still used by {}. The running service re-encrypts texts and phones with the active \
         keys, and deletes stored responses after a day (`xiaoqu keys status`)",
        key.id,
        counts(lying)
    );
    Ok(())
}

/// Removes data keys that the keyring lacks. Personal data encrypted with them is deleted only if requested.
pub fn give_up(ring: &Keyring, settings: &Settings, delete_personal_data: bool) -> anyhow::Result<Vec<String>> {
    let options = bootstrap::db_options(settings)?;
    let _held = bootstrap::hold(&options)?;
    let db = Db::open(&options)?;
    let lost = forget_lost(&db, ring, delete_personal_data);
    db.close();
    lost
}

fn forget_lost(db: &Db, ring: &Keyring, delete_personal_data: bool) -> anyhow::Result<Vec<String>> {
    let kept = ring.data_key_ids();
    let lost: Vec<String> = db
        .read_blocking(keys::store::known_ids)
        .map_err(unreadable)?
        .into_iter()
        .filter(|id| !kept.contains(id))
        .collect();
    for id in &lost {
        let lying = db.read_blocking(|conn| store::lying_under(conn, id)).map_err(unreadable)?;
        anyhow::ensure!(
            lying.texts == 0 || delete_personal_data,
            "{id} is still used by {} (contacts, descriptions, notes). If that key is not in any copy of the keyring, \
             `xiaoqu keys give-up --delete-personal-data` deletes them permanently",
            number(lying.texts, "encrypted text")
        );
    }
    for id in &lost {
        loop {
            let key = id.clone();
            if wait(db.write(WriteLock::default(), move |conn| store::delete_under(conn, &key)))? == 0 {
                break;
            }
        }
        let key = id.clone();
        wait(db.write(WriteLock::default(), move |conn| keys::store::forget(conn, &key)))?;
    }
    Ok(lost)
}
