//! Counts of inspections and hazards by area and period, and the facts about one complex for its rating.

use actix_web::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::counting_store as store;
use super::input::StatisticsQuery;
use super::model::ItemOutcome;
pub use super::statistics_rules::{AreaInspections, ChecklistCount, HazardCounts};
use super::statistics_rules::{count, period};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkResult};
use crate::divisions;
use crate::http::Entity;
use crate::problem::Problem;
use crate::service::Ctx;

/// Inspections and hazards of an area and a period (检查统计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InspectionStatistics {
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// The reporting date, for which overdue and open are counted.
    pub as_of: NaiveDate,
    /// Counts of the whole area.
    pub total: AreaInspections,
    /// Townships or communities of the area that have anything to count, by code.
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaInspections>,
}

/// Counts of an area, in five statements whatever its size. `scope` must be that of `division`.
pub fn counts(
    conn: &mut Conn,
    scope: &Scope,
    division: &str,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> WorkResult<InspectionStatistics> {
    let served = store::served_between(conn, scope, from, to)?;
    let parts = store::parts_between(conn, scope, from, to, today)?;
    let hazards = store::hazards_between(conn, scope, from, to)?;
    let (mut total, mut areas) = count(division, &served, &parts, &hazards, today);
    let names = divisions::names_under(conn, division)?;
    for area in &mut areas {
        area.name = names.get(&area.division).cloned().unwrap_or_default();
    }
    total.name = divisions::find(conn, division)?.map(|found| found.name).unwrap_or_default();
    Ok(InspectionStatistics { from, to, as_of: today, total, areas })
}

pub fn get(conn: &mut Conn, ctx: &Ctx, query: &StatisticsQuery) -> WorkResult<Entity<InspectionStatistics>> {
    let own = ctx.caller.division.as_deref().unwrap_or_default();
    let division = query.division.as_deref().unwrap_or(own);
    let nothing = || Problem::not_found_at("query/division");
    divisions::find(conn, division)?.filter(|_| division.starts_with(own)).ok_or_else(nothing)?;
    let (from, to) = period(query.from, query.to, ctx.today)?;
    let body = counts(conn, &Scope::of_division(division), division, (from, to), ctx.today)?;
    Ok(Entity { id: None, version: 0, status: StatusCode::OK, location: None, shown_once: false, body })
}

/// A failed item (不合格项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailedItem {
    pub inspection_id: Id,
    /// Code of the checklist.
    #[schema(max_length = 40, example = "safety")]
    pub checklist: String,
    /// Code of the item.
    #[schema(max_length = 60, example = "fire_lane")]
    pub item: String,
    /// Day of the inspection.
    pub on: NaiveDate,
}

/// Findings of the inspections at a complex while a company served it (检查情况).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InspectionFacts {
    /// Number of results.
    #[schema(minimum = 0)]
    pub inspections: i64,
    /// Failed items, oldest first.
    #[schema(max_items = 10000)]
    pub failed: Vec<FailedItem>,
    /// Hazards found, by their state today.
    pub hazards: HazardCounts,
}

/// Facts of a period for the fact sheet of a rating. It does not check the scope: the caller must have found the
/// complex through it.
pub fn facts_of(
    conn: &mut Conn,
    complex: Id,
    company: Id,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> WorkResult<InspectionFacts> {
    let results = store::results_at(conn, complex, company, from, to)?;
    let mut hazards = HazardCounts::default();
    for found in store::hazards_at(conn, complex, company, from, to)? {
        hazards.add(&found, today);
    }
    let inspections = results.len() as i64;
    let failed = results.into_iter().flat_map(|(inspection_id, checklist, on, result)| {
        let failed = result.items.into_iter().filter(|item| item.outcome == ItemOutcome::Fail);
        failed.map(move |item| FailedItem { inspection_id, checklist: checklist.clone(), item: item.item, on })
    });
    Ok(InspectionFacts { inspections, failed: failed.collect(), hazards })
}
