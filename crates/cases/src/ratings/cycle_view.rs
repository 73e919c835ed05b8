//! Rating cycles as returned to a caller.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{CycleKind, CycleState, RatingState};
use super::rows::CycleRow;
use super::store;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::service::Ctx;

/// A rating cycle (评定周期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingCycle {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Name of the cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub name: String,
    pub kind: CycleKind,
    pub state: CycleState,
    /// Code of the county (6 digits) or township (9 digits) that opened it.
    #[schema(max_length = 9, example = "640121102")]
    pub division: String,
    /// First day of the rated period.
    pub period_from: NaiveDate,
    /// Last day of the rated period.
    pub period_to: NaiveDate,
    /// First day of scoring.
    pub opens_on: NaiveDate,
    /// Last day of scoring.
    pub closes_on: NaiveDate,
    /// Policy version whose rubric applies.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Day on which its first ratings were published; null before.
    pub published_on: Option<NaiveDate>,
    /// Progress in your territory; null in lists.
    pub progress: Option<CycleProgress>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Progress of a cycle (评定进度).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CycleProgress {
    /// Complexes of the area that have no rating in the cycle. They include complexes without a company, which are not
    /// rated.
    #[schema(minimum = 0)]
    pub not_begun: i64,
    /// Ratings by state.
    #[schema(max_items = 6)]
    pub ratings: Vec<StateCount>,
    /// Published ratings whose consequences (plaques, proposals of removal) are pending.
    #[schema(minimum = 0)]
    pub consequences_pending: i64,
    /// Number of ratings that this request started, announced or published; null for a read.
    #[schema(minimum = 0)]
    pub moved: Option<i64>,
}

/// Number of ratings in one state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StateCount {
    pub state: RatingState,
    /// Number of ratings.
    #[schema(minimum = 0)]
    pub count: i64,
}

pub fn cycle(row: CycleRow) -> RatingCycle {
    RatingCycle {
        kind: row.kind,
        state: row.state,
        division: row.area().to_owned(),
        progress: None,
        id: row.id,
        version: row.version,
        name: row.name,
        period_from: row.period_from,
        period_to: row.period_to,
        opens_on: row.opens_on,
        closes_on: row.closes_on,
        policy_version: row.policy_version,
        published_on: row.published_on,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A cycle with its progress in the caller's territory.
pub fn entity(conn: &mut Conn, ctx: &Ctx, row: CycleRow, moved: Option<usize>) -> WorkResult<Entity<RatingCycle>> {
    let ratings = store::count_by_state(conn, &ctx.scope, row.id)?
        .into_iter()
        .map(|(state, count)| StateCount { state, count })
        .collect();
    let progress = CycleProgress {
        not_begun: store::not_rated(conn, &ctx.scope, &row)?.len() as i64,
        ratings,
        consequences_pending: store::count_pending(conn, row.id)?,
        moved: moved.map(|count| count as i64),
    };
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, RatingCycle { progress: Some(progress), ..cycle(row) }))
}
