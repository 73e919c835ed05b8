//! The printable report of an area. Its numbers are those of the statistics, the survey and the lists, with charts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde_json::json;

use super::actions::{Area, rating_statistics};
use super::model::{RatingStatisticsQuery, ReportQuery};
use super::overview::overview;
use super::{chart, query_rules};
use crate::complaints::statistics::actions::{Depth, statistics};
use crate::complaints::statistics::model::{ComplaintStatisticsQuery, StatisticsBreakdown};
use crate::db::{Conn, WorkResult};
use crate::inspections;
use crate::policy;
use crate::render::Templates;
use crate::render::chart::period;
use crate::service::Ctx;
use crate::survey::actions::get_survey;
use crate::survey::model::SurveyQuery;

static PAGE: LazyLock<Templates> = LazyLock::new(|| {
    Templates::new(&[("report", include_str!("report.html"))]).with_terms(&[
        &crate::disclosures::FEATURE,
        &crate::policy::FEATURE,
        &crate::ratings::FEATURE,
    ])
});

pub fn report(conn: &mut Conn, ctx: &Ctx, query: &ReportQuery) -> WorkResult<String> {
    let area = Area::of(conn, ctx, query.division.as_deref())?;
    let wanted = RatingStatisticsQuery { division: query.division.clone(), period_to: query.period_to };
    let ratings = rating_statistics(conn, ctx, &wanted)?;
    let to = query.to.unwrap_or(ctx.today);
    let from = query.from.or_else(|| NaiveDate::from_ymd_opt(to.year(), 1, 1)).unwrap_or(to);
    query_rules::require_span(from, to)?;
    let inspected = inspections::statistics::counts(conn, &area.scope, &area.division, (from, to), ctx.today)?;
    let policies = policy::current(conn, &ctx.state, area.county())?;
    let checklists: BTreeMap<&str, &str> = policies
        .governing(ctx.today)
        .document()
        .inspections
        .checklists
        .iter()
        .map(|one| (one.code.as_str(), one.title_zh.as_str()))
        .collect();
    // Name of the parts of the area: townships of a county, communities of a township.
    let parts = if area.division.len() == 6 { "乡镇（街道）" } else { "村（社区）" };
    let this = ratings.periods.iter().find(|one| Some(one.period_to) == ratings.period_to);
    let rated = this.map(|one| period(one.period_from, one.period_to));
    let rated = rated.unwrap_or_else(|| "该期间尚无已发布的评定".to_owned());
    let others = overview(conn, ctx, &area, (from, to))?;
    let survey =
        get_survey(conn, ctx, &SurveyQuery { division: Some(area.division.clone()), ..SurveyQuery::default() })?;
    let asked = ComplaintStatisticsQuery {
        division: Some(area.division.clone()),
        from: Some(from),
        to: Some(to),
        by: Some(StatisticsBreakdown::Category),
        ..ComplaintStatisticsQuery::default()
    };
    let complaints = statistics(conn, ctx, &asked, Depth::Without)?;
    let said = json!({
        "others": others,
        "survey": survey,
        "complaints": complaints,
        "periods_chart": chart::periods(&ratings.periods),
        "areas_chart": chart::areas(&ratings.areas, &format!("各{parts}星级分布的条形图，数字见下表")),
        "coverage_chart": chart::coverage(&inspected.areas, &format!("各{parts}检查覆盖率的条形图，数字见下表")),
        "inspected": period(from, to),
        "ratings": ratings,
        "inspections": inspected,
        "rated": rated,
        "parts": parts,
        "checklists": checklists,
        "today": ctx.today,
    });
    Ok(PAGE.page("report", said)?)
}
