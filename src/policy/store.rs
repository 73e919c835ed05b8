use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::model::PolicyDocument;
use super::versions::{Policies, PolicyVersion, built_in};
use crate::db::schema::policies;
use crate::db::types::Instant;
use crate::db::{Conn, Fail, Work};
use crate::ledger::{self, Audience, Event, Origin, sha256_hex};
use crate::problem::{Code, Problem};

/// The versions as last read. They are only ever added to, so the highest number tells whether it is complete.
#[derive(Default)]
pub struct PolicyCache(Mutex<Option<(i64, Arc<Policies>)>>);

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = policies)]
pub struct PolicyRow {
    pub version: i64,
    pub effective_from: NaiveDate,
    pub title: String,
    pub digest: String,
    pub document: String,
    pub published_at: Instant,
    pub published_by: String,
}

/// Every published version.
pub fn current(conn: &mut Conn, cache: &PolicyCache) -> Work<Arc<Policies>> {
    let newest: Option<i64> = policies::table.select(diesel::dsl::max(policies::version)).first(conn)?;
    let newest = newest.unwrap_or_default();
    let mut kept = cache.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((version, all)) = kept.as_ref()
        && *version == newest
    {
        return Ok(all.clone());
    }
    let all = Arc::new(read_all(conn)?);
    *kept = Some((newest, all.clone()));
    Ok(all)
}

/// Versions, these among them: what is published never changes, so the store is asked only for what is not kept yet.
pub fn holding(conn: &mut Conn, cache: &PolicyCache, versions: &[i64]) -> Work<Arc<Policies>> {
    let kept = cache.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).as_ref().map(|(_, all)| all.clone());
    match kept {
        Some(all) if versions.iter().all(|version| all.get(*version).is_some()) => Ok(all),
        _ => current(conn, cache),
    }
}

fn read_all(conn: &mut Conn) -> Work<Policies> {
    let broken = |error: String| -> Fail {
        tracing::error!(%error, "a stored policy cannot be read");
        Problem::new(Code::Internal).into()
    };
    let rows: Vec<PolicyRow> = policies::table.order(policies::version).load(conn)?;
    let mut versions = Vec::new();
    for row in rows {
        let document: PolicyDocument = serde_json::from_str(&row.document).map_err(|e| broken(e.to_string()))?;
        versions.push(PolicyVersion::new(row.version, row.effective_from, document));
    }
    Policies::new(versions).map_err(|error| broken(error.to_string()))
}

/// Version 1: the built-in default, where nothing is published yet.
pub fn seed(conn: &mut Conn, now: Instant) -> Work<()> {
    let any: Option<i64> = policies::table.select(policies::version).first(conn).optional()?;
    if any.is_some() {
        return Ok(());
    }
    let document = built_in();
    let text = serde_json::to_string(document).map_err(|_| Problem::new(Code::Internal))?;
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let row = new_row(1, first, document, text, now, "built-in");
    insert(conn, &row)?;
    ledger::append_from(conn, Origin::program(now), published(&row))?;
    Ok(())
}

/// The event of a publication. It holds the text, so that a standing can be recomputed from the ledger alone.
pub fn published(row: &PolicyRow) -> Event {
    Event::new("policy.published", "policy", row.version)
        .audience(Audience::Everyone)
        .policy(row.version)
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest, "document": row.document }))
}

pub fn new_row(
    version: i64,
    effective_from: NaiveDate,
    document: &PolicyDocument,
    text: String,
    now: Instant,
    by: &str,
) -> PolicyRow {
    PolicyRow {
        version,
        effective_from,
        title: document.title.clone(),
        digest: sha256_hex(&text),
        document: text,
        published_at: now,
        published_by: by.to_owned(),
    }
}

pub fn insert(conn: &mut Conn, row: &PolicyRow) -> Work<()> {
    diesel::insert_into(policies::table).values(row).execute(conn)?;
    Ok(())
}

pub fn newest(conn: &mut Conn) -> Work<Option<PolicyRow>> {
    Ok(policies::table.order(policies::version.desc()).first(conn).optional()?)
}

pub fn find(conn: &mut Conn, version: i64) -> Work<PolicyRow> {
    let row = policies::table.find(version).first(conn).optional()?;
    Ok(row.ok_or_else(|| Problem::not_found_at("path/version"))?)
}

/// The version that governs a day.
pub fn in_force(conn: &mut Conn, day: NaiveDate) -> Work<PolicyRow> {
    let row = policies::table
        .filter(policies::effective_from.le(day))
        .order((policies::effective_from.desc(), policies::version.desc()))
        .first(conn)
        .optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

pub fn list(conn: &mut Conn, before: Option<i64>, limit: i64) -> Work<Vec<PolicyRow>> {
    let mut rows = policies::table.into_boxed();
    if let Some(before) = before {
        rows = rows.filter(policies::version.lt(before));
    }
    Ok(rows.order(policies::version.desc()).limit(limit).load(conn)?)
}

pub fn count(conn: &mut Conn) -> Work<i64> {
    Ok(policies::table.count().get_result(conn)?)
}
