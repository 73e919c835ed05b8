//! Rows of policy versions, and a cache of the published ones.

use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::model::{PolicyDocument, PolicyState};
use super::versions::{CountyPolicies, Policies, PolicyVersion, built_in};
use crate::db::schema::policies;
use crate::db::types::Instant;
use crate::db::{Conn, WorkError, WorkResult};
use crate::ledger::{self, Audience, Event, Origin, sha256_hex};
use crate::problem::Problem;
use crate::service::Service;

/// The published versions as last read, with their count. Versions are only added, so an unchanged count means that the
/// cache is complete.
#[derive(Default)]
pub struct PolicyCache(Mutex<Option<(i64, Arc<CountyPolicies>)>>);

/// A policy version: a draft until a second person has approved it.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = policies)]
pub struct PolicyRow {
    pub version: i64,
    /// Empty for a policy of the deployment.
    pub county: String,
    pub effective_from: NaiveDate,
    pub title: String,
    pub digest: String,
    pub document: String,
    pub submitted_at: Instant,
    pub submitted_iss: String,
    pub submitted_sub: String,
    pub published_at: Option<Instant>,
    pub approved_iss: Option<String>,
    pub approved_sub: Option<String>,
    /// When the county authority withdrew the draft.
    pub withdrawn_at: Option<Instant>,
}

impl PolicyRow {
    pub fn state(&self) -> PolicyState {
        match (self.published_at, self.withdrawn_at) {
            (Some(_), _) => PolicyState::Approved,
            (None, Some(_)) => PolicyState::Withdrawn,
            (None, None) => PolicyState::Draft,
        }
    }
}

/// The published versions that govern a county.
pub fn current(conn: &mut Conn, service: &Service, county: &str) -> WorkResult<Arc<Policies>> {
    Ok(all(conn, service)?.of(county))
}

/// The published versions of every county, for lists that contain several counties.
pub fn all(conn: &mut Conn, service: &Service) -> WorkResult<Arc<CountyPolicies>> {
    let published: i64 = policies::table.filter(policies::published_at.is_not_null()).count().get_result(conn)?;
    let mut kept = service.parts.get::<PolicyCache>().0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((count, all)) = kept.as_ref()
        && *count == published
    {
        return Ok(all.clone());
    }
    let all = Arc::new(read_all(conn)?);
    *kept = Some((published, all.clone()));
    Ok(all)
}

/// The published versions, at least those named. Published versions never change, so the database is read only if the
/// cache lacks one of them.
pub fn holding(conn: &mut Conn, service: &Service, versions: &[i64]) -> WorkResult<Arc<CountyPolicies>> {
    let kept = service
        .parts
        .get::<PolicyCache>()
        .0
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .as_ref()
        .map(|(_, all)| all.clone());
    match kept {
        Some(kept) if versions.iter().all(|version| kept.get(*version).is_some()) => Ok(kept),
        _ => all(conn, service),
    }
}

fn read_all(conn: &mut Conn) -> WorkResult<CountyPolicies> {
    let broken = |error: String| -> WorkError { Problem::broken_by("a stored policy cannot be read", error).into() };
    let rows: Vec<PolicyRow> =
        policies::table.filter(policies::published_at.is_not_null()).order(policies::version).load(conn)?;
    let mut versions = Vec::new();
    for row in rows {
        let document: PolicyDocument = serde_json::from_str(&row.document).map_err(|e| broken(e.to_string()))?;
        versions.push((row.county, PolicyVersion::new(row.version, row.effective_from, document)));
    }
    CountyPolicies::new(versions).map_err(|error| broken(error.to_string()))
}

/// Up to two counties that have submitted policies of their own: the caller needs to know only whether there are none,
/// one or several.
pub fn counties(conn: &mut Conn) -> WorkResult<Vec<String>> {
    Ok(policies::table
        .filter(policies::county.ne(""))
        .select(policies::county)
        .distinct()
        .order(policies::county)
        .limit(2)
        .load(conn)?)
}

/// Inserts the built-in policy as version 1 if there is no policy yet.
pub fn seed(conn: &mut Conn, now: Instant) -> WorkResult<()> {
    let any: Option<i64> = policies::table.select(policies::version).first(conn).optional()?;
    if any.is_some() {
        return Ok(());
    }
    let document = built_in();
    let text = serde_json::to_string(document)
        .map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let mut row = draft(1, "", first, document, text, now);
    row.submitted_sub = "built-in".to_owned();
    row.published_at = Some(now);
    insert(conn, &row)?;
    ledger::append_from(conn, Origin::program(now), published(&row))?;
    Ok(())
}

/// The event of a publication. It contains the full text, so that a standing can be recomputed from the ledger alone.
pub fn published(row: &PolicyRow) -> Event {
    Event::new("policy.published", "policy", row.version)
        .audience(Audience::Everyone)
        .policy(row.version)
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest, "document": row.document }))
}

pub fn draft(
    version: i64,
    county: &str,
    effective_from: NaiveDate,
    document: &PolicyDocument,
    text: String,
    now: Instant,
) -> PolicyRow {
    PolicyRow {
        version,
        county: county.to_owned(),
        effective_from,
        title: document.title.clone(),
        digest: sha256_hex(&text),
        document: text,
        submitted_at: now,
        submitted_iss: String::new(),
        submitted_sub: String::new(),
        published_at: None,
        approved_iss: None,
        approved_sub: None,
        withdrawn_at: None,
    }
}

pub fn insert(conn: &mut Conn, row: &PolicyRow) -> WorkResult<()> {
    diesel::insert_into(policies::table).values(row).execute(conn)?;
    Ok(())
}

pub fn approve(conn: &mut Conn, row: &PolicyRow) -> WorkResult<()> {
    diesel::update(policies::table.find(row.version))
        .set((
            policies::published_at.eq(row.published_at),
            policies::approved_iss.eq(&row.approved_iss),
            policies::approved_sub.eq(&row.approved_sub),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn withdraw(conn: &mut Conn, row: &PolicyRow) -> WorkResult<()> {
    diesel::update(policies::table.find(row.version)).set(policies::withdrawn_at.eq(row.withdrawn_at)).execute(conn)?;
    Ok(())
}

/// Drafts of a county that can still be approved, oldest first.
pub fn open_drafts(conn: &mut Conn, county: &str, today: NaiveDate, at_most: i64) -> WorkResult<Vec<PolicyRow>> {
    Ok(policies::table
        .filter(policies::county.eq(county))
        .filter(policies::published_at.is_null())
        .filter(policies::withdrawn_at.is_null())
        .filter(policies::effective_from.gt(today))
        .order(policies::version)
        .limit(at_most)
        .load(conn)?)
}

pub fn newest_number(conn: &mut Conn) -> WorkResult<i64> {
    let newest: Option<i64> = policies::table.select(diesel::dsl::max(policies::version)).first(conn)?;
    Ok(newest.unwrap_or_default())
}

/// The newest version that a county submitted, published or not; withdrawn drafts are left out.
pub fn newest_of(conn: &mut Conn, county: &str) -> WorkResult<Option<PolicyRow>> {
    Ok(policies::table
        .filter(policies::county.eq(county))
        .filter(policies::withdrawn_at.is_null())
        .order(policies::version.desc())
        .first(conn)
        .optional()?)
}

/// A published version, or a draft of the county `drafts_of`.
pub fn find(conn: &mut Conn, version: i64, drafts_of: Option<&str>) -> WorkResult<PolicyRow> {
    let row: Option<PolicyRow> = policies::table.find(version).first(conn).optional()?;
    let seen = row.filter(|row| row.published_at.is_some() || drafts_of == Some(row.county.as_str()));
    Ok(seen.ok_or_else(|| Problem::not_found_at("path/version"))?)
}

/// Selects published versions and the drafts of one county. `county` restricts them to one county and the deployment;
/// `None` selects all counties.
pub struct Listed<'a> {
    pub county: Option<&'a str>,
    pub drafts_of: Option<&'a str>,
}

impl Listed<'_> {
    fn query<'a>(&self) -> policies::BoxedQuery<'a, crate::db::MultiBackend> {
        let mut rows = policies::table.into_boxed();
        if let Some(county) = self.county {
            rows = rows.filter(policies::county.eq_any([county.to_owned(), String::new()]));
        }
        match self.drafts_of {
            Some(county) => {
                rows.filter(policies::published_at.is_not_null().or(policies::county.eq(county.to_owned())))
            }
            None => rows.filter(policies::published_at.is_not_null()),
        }
    }

    pub fn page(&self, conn: &mut Conn, before: Option<i64>, limit: i64) -> WorkResult<Vec<PolicyRow>> {
        let mut rows = self.query();
        if let Some(before) = before {
            rows = rows.filter(policies::version.lt(before));
        }
        Ok(rows.order(policies::version.desc()).limit(limit).load(conn)?)
    }

    pub fn count(&self, conn: &mut Conn) -> WorkResult<i64> {
        Ok(self.query().count().get_result(conn)?)
    }
}
