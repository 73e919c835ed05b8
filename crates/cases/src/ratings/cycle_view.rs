//! Cycles as a caller sees them.

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
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Its name.
    #[schema(max_length = 100, example = "2026 年上半年星级评定")]
    pub name: String,
    pub kind: CycleKind,
    pub state: CycleState,
    /// The county or township that it is of, 6 or 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub division: String,
    /// First day of what is rated.
    pub period_from: NaiveDate,
    /// Last day of what is rated.
    pub period_to: NaiveDate,
    /// First day on which is scored.
    pub opens_on: NaiveDate,
    /// Last day on which is scored.
    pub closes_on: NaiveDate,
    /// Version of the policy whose rubric it goes by.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Day on which its first ratings were published.
    pub published_on: Option<NaiveDate>,
    /// How far it is, in your territory; null in lists.
    pub progress: Option<CycleProgress>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// How many ratings of a cycle stand where (评定进度).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CycleProgress {
    /// Complexes of the area that have no rating in it; those that nobody serves are among them, and are not rated.
    #[schema(minimum = 0)]
    pub not_begun: i64,
    /// Ratings by state.
    #[schema(max_items = 6)]
    pub ratings: Vec<StateCount>,
    /// Published ratings whose consequences (plaques, proposals) are still being worked out.
    #[schema(minimum = 0)]
    pub consequences_pending: i64,
    /// How many ratings this call began, announced or published; null when it was only read.
    #[schema(minimum = 0)]
    pub moved: Option<i64>,
}

/// How many ratings are in a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StateCount {
    pub state: RatingState,
    /// How many.
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

/// A cycle with how far it is in the reader's territory.
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
