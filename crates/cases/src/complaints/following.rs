//! Similar complaints, possible duplicates, and followers: several residents follow one complaint about the same
//! matter.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::SimilarQuery;
use super::model::*;
use super::record::GoverningRules;
use super::view::{self, Complaint};
use super::{parties, person_rules, rules, store};
use crate::access::{Role, Scope};
use crate::complaints::scoped::Viewer;
use crate::complexes;
use crate::complexes::coordinates::metres;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::http::{Entity, PageOf};
use crate::policy;
use crate::service::{Body, Ctx, Tx};

/// A similar open complaint at the same complex (相似诉求), with its public data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SimilarComplaint {
    pub id: Id,
    /// Code of the category.
    #[schema(max_length = 64, example = "service.lift")]
    pub category: String,
    pub state: ComplaintState,
    pub submitted_at: Instant,
    /// Resolution deadline, exclusive.
    pub resolve_due: Instant,
    /// Public summary (公开摘要); null if none.
    #[schema(max_length = 500, example = "2 号楼电梯停运")]
    pub public_summary: Option<String>,
    /// Number of residents who submitted or follow the complaint.
    #[schema(minimum = 0)]
    pub followers: i64,
}

/// Recent open complaints of a public category at a complex, which the caller may follow instead of submitting again.
pub fn similar(conn: &mut Conn, ctx: &Ctx, query: &SimilarQuery) -> WorkResult<PageOf<SimilarComplaint>> {
    // A complex that is unknown, or outside the caller's territory, gives an empty list.
    let anywhere = Scope::System("a resident may live anywhere");
    let scope = if ctx.caller.role == Role::Resident { &anywhere } else { &ctx.scope };
    let Some(county) = complexes::county_for(conn, scope, query.complex_id)? else {
        return Ok(PageOf { items: Vec::new(), next_cursor: None, total: None });
    };
    let policies = policy::current(conn, &ctx.state, &county)?;
    let since = since(policies.governing(ctx.today).document().complaints.duplicate_days, ctx.now);
    let anybody = Viewer::system("the existence of an open complaint in a public category is public");
    let mut rows = store::of_same_matter(conn, &anybody, query.complex_id, &query.category, since)?;
    rows.retain(|row| row.is_open && person_rules::is_for_anybody(row));
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let counts = store::follower_counts(conn, &ids)?;
    let similar = |row: ComplaintRow| SimilarComplaint {
        id: row.id,
        state: row.state,
        category: row.category,
        submitted_at: row.submitted_at,
        resolve_due: row.resolve_due,
        public_summary: row.course.0.public_summary,
        followers: counts.get(&row.id).copied().unwrap_or_default(),
    };
    let items = rows.into_iter().map(similar).collect();
    Ok(PageOf { items, next_cursor: None, total: None })
}

fn since(days: u32, at: Instant) -> Instant {
    Instant(at.0 - TimeDelta::days(days.into()))
}

/// Possible duplicates of a complaint: of the same category, at the same complex or near its point, and close in time.
pub fn duplicates(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<PageOf<Complaint>> {
    let viewer = parties::viewer(ctx);
    let row = store::find(conn, &viewer, id)?;
    let terms = GoverningRules::load(conn, ctx, &row.county)?;
    let terms = terms.rules_of(&row)?;
    let since = since(terms.duplicate_days, row.submitted_at);
    let until = Instant(row.submitted_at.0 + TimeDelta::days(terms.duplicate_days.into()));
    let mut found = match row.complex_id {
        Some(complex) => store::of_same_matter(conn, &viewer, complex, &row.category, since)?,
        None => store::of_same_matter_nearby(conn, &viewer, &row.community, &row.category, since)?,
    };
    let merged = ComplaintState::Merged;
    found.retain(|other| other.id != id && other.state != merged && other.submitted_at.0 <= until.0);
    found.retain(|other| match (row.complex_id, row.course.0.point, other.course.0.point) {
        (Some(_), ..) => true,
        (None, Some(here), Some(there)) => metres(here, there) <= f64::from(terms.duplicate_metres),
        (None, ..) => false,
    });
    Ok(PageOf { items: view::views(conn, ctx, found)?, next_cursor: None, total: None })
}

/// Whether you follow a complaint (关注).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Following {
    pub complaint_id: Id,
    pub state: ComplaintState,
    /// True if you follow it.
    pub following: bool,
    /// Number of residents who submitted or follow the complaint.
    #[schema(minimum = 0)]
    pub followers: i64,
}

/// An empty body (无内容).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyIn {}

/// A complaint that every resident may follow. Any other is 404, so that its existence is not revealed.
fn followable(tx: &mut Tx, id: Id) -> WorkResult<ComplaintRow> {
    let anybody = Viewer::system("anyone may follow an open complaint in a public category");
    let row = store::find(tx.conn, &anybody, id)?;
    if person_rules::is_for_anybody(&row) {
        return Ok(row);
    }
    // The complainant and existing followers can see it anyway.
    store::find(tx.conn, &parties::viewer(tx.ctx), id)
}

pub fn follow_complaint(tx: &mut Tx, id: Id, body: &Body<EmptyIn>) -> WorkResult<Entity<Following>> {
    let ctx = tx.ctx;
    let row = followable(tx, id)?;
    tx.input(body)?;
    rules::require_open(&row)?;
    let follower = FollowerRow::new(id, &ctx.caller.person(), false, ctx.now);
    store::follow(tx.conn, &follower)?;
    following(tx, row, true)
}

pub fn unfollow_complaint(tx: &mut Tx, id: Id, body: &Body<EmptyIn>) -> WorkResult<Entity<Following>> {
    let ctx = tx.ctx;
    let row = store::find(tx.conn, &parties::viewer(ctx), id)?;
    tx.input(body)?;
    person_rules::require_left(store::unfollow(tx.conn, id, &ctx.caller.person())?)?;
    following(tx, row, false)
}

fn following(tx: &mut Tx, row: ComplaintRow, following: bool) -> WorkResult<Entity<Following>> {
    let followers = store::follower_counts(tx.conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    let shown = Following { complaint_id: row.id, state: row.state, following, followers };
    Ok(Entity::new(row.id, row.version, shown))
}
