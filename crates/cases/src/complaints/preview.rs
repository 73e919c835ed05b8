//! The complaint categories, and the preview of deadlines.

use serde::Serialize;
use utoipa::ToSchema;

use super::clock_rules::{Explanation, Limit};
use super::input::DeadlineQuery;
use super::record::GoverningRules;
use crate::counties;
use crate::db::types::Instant;
use crate::db::{Conn, WorkResult};
use crate::http::{Entity, PageOf};
use crate::policy;
use crate::policy::complaints::{ComplaintCategory, DeadlineClock};
use crate::problem::Problem;
use crate::service::Ctx;

pub fn categories(conn: &mut Conn, ctx: &Ctx, county: Option<&str>) -> WorkResult<PageOf<ComplaintCategory>> {
    let county = counties::requested_county(conn, ctx, county)?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let items = policies.governing(ctx.today).document().complaints.categories.clone();
    Ok(PageOf { items, next_cursor: None, total: None })
}

/// Deadlines of a complaint if submitted at a given instant, with explanations (期限预览).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlinePreview {
    /// Code of the category.
    #[schema(max_length = 64, example = "service.cleaning")]
    pub category: String,
    pub clock: DeadlineClock,
    /// Instant of submission.
    pub submitted_at: Instant,
    /// Acceptance deadline, exclusive.
    pub accept_due: Instant,
    /// Resolution deadline, exclusive.
    pub resolve_due: Instant,
    /// When the yellow card (黄牌), a warning, would be given; null if the time limit is too short.
    pub yellow_at: Option<Instant>,
    /// Explanation of the acceptance deadline.
    pub accept: Explanation,
    /// Explanation of the resolution deadline.
    pub resolve: Explanation,
    /// Version of the policy in force on the day of submission.
    #[schema(minimum = 1)]
    pub policy_version: i64,
}

pub fn deadlines(conn: &mut Conn, ctx: &Ctx, query: &DeadlineQuery) -> WorkResult<Entity<DeadlinePreview>> {
    let county = counties::requested_county(conn, ctx, query.county.as_deref())?;
    let terms = GoverningRules::load(conn, ctx, &county)?;
    let at = query.submitted_at.unwrap_or(ctx.now);
    let clock = terms.clock();
    let (version, rules) = terms.governing(clock.day_of(at));
    let Some(category) = rules.category(&query.category) else {
        let (zh, en) =
            ("当日施行的政策中没有此诉求分类", "the policy in force on that day has no such complaint category");
        return Err(Problem::input_error("query/category", "unknown_value", zh, en).into());
    };
    let accept = clock.explain(at, Limit::of(category.clock, category.accept_within));
    let resolve = clock.explain(at, Limit::of(category.clock, category.resolve_within));
    let yellow = clock.yellow_at(resolve.due_at, category.clock, rules.yellow_working_days, rules.yellow_hours);
    let preview = DeadlinePreview {
        category: category.code.clone(),
        clock: category.clock,
        submitted_at: at,
        accept_due: accept.due_at,
        resolve_due: resolve.due_at,
        yellow_at: Some(yellow).filter(|yellow| yellow.0 > at.0),
        accept,
        resolve,
        policy_version: version,
    };
    let mut entity = Entity::new(ctx.new_id(), version, preview);
    entity.id = None;
    Ok(entity)
}
