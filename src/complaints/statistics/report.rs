//! The printable report of complaints: the same numbers as the statistics, with charts.

use serde_json::json;

use super::actions::{Depth, statistics};
use super::model::*;
use super::{chart, heat};
use crate::db::{Conn, Work};
use crate::http::Ctx;
use crate::pages;

/// Lines of offices and companies that the page shows; the API has all of them.
const MOST_LINES: usize = 40;
/// The hottest complexes that it shows.
const HOTTEST: i64 = 15;

pub fn report(conn: &mut Conn, ctx: &Ctx, query: &ComplaintReportQuery) -> Work<String> {
    let wanted = |by| ComplaintStatisticsQuery {
        division: query.division.clone(),
        from: query.from,
        to: query.to,
        by: Some(by),
        ..ComplaintStatisticsQuery::default()
    };
    let whole = statistics(conn, ctx, &wanted(LineKind::Area), Depth::Percentiles)?;
    // The database groups by every minute once, and not for each kind of line.
    let mut lines = |by| -> Work<Vec<ComplaintLine>> { Ok(statistics(conn, ctx, &wanted(by), Depth::Without)?.lines) };
    let categories = lines(LineKind::Category)?;
    let offices = lines(LineKind::Office)?;
    let companies = lines(LineKind::Company)?;
    let part = |digits| Some(whole.division.clone()).filter(|division| division.len() == digits);
    let hottest = ListComplaintHeat {
        limit: Some(HOTTEST),
        township: part(9),
        community: part(12),
        from: query.from,
        to: query.to,
        ..ListComplaintHeat::default()
    };
    let mut hottest = heat::list(conn, ctx, &hottest)?.items;
    hottest.retain(|complex| complex.tickets > 0);
    // What the parts of an area are called: townships of a county, communities of a township.
    let parts = if whole.division.len() == 6 { "乡镇" } else { "社区" };
    let legend: Vec<_> = chart::outcomes(&whole.total)
        .map(|(class, name, count)| json!({ "class": class, "name": name, "count": count }))
        .into();
    let said = json!({
        "areas_chart": chart::tickets(&whole.lines, &format!("各{parts}诉求办理情况的条形图，数字见下表")),
        "satisfaction_chart": chart::satisfaction(&whole.lines, &format!("各{parts}满意率的条形图，数字见下表")),
        "categories_chart": chart::tickets(&categories, "各类诉求办理情况的条形图，数字见下表"),
        "period": pages::chart::period(whole.from, whole.to),
        "legend": legend,
        "parts": parts,
        "tables": [
            { "id": "category", "title": "三、诉求分类", "head": "分类", "lines": categories, "left_out": 0 },
            shown("office", "四、承办单位", "承办单位", offices),
            shown("company", "五、物业服务企业", "企业", companies),
        ],
        "hottest": hottest,
        "whole": whole,
        "today": ctx.today,
    });
    Ok(pages::page("complaint_report", said)?)
}

/// A table of the first lines, and how many were left out.
fn shown(id: &str, title: &str, head: &str, mut lines: Vec<ComplaintLine>) -> serde_json::Value {
    let left_out = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    json!({ "id": id, "title": title, "head": head, "lines": lines, "left_out": left_out })
}
