//! The printable complaint report, from the same numbers as the statistics, with charts.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::actions::{Depth, statistics};
use super::model::*;
use super::{chart, heat};
use crate::db::{Conn, WorkResult};
use crate::render::Templates;
use crate::render::chart::period;
use crate::service::Ctx;

static PAGE: LazyLock<Templates> =
    LazyLock::new(|| Templates::new(&[("complaint_report", include_str!("report.html"))]));

/// Most lines of offices and of companies on the page; the API returns all of them.
const MOST_LINES: usize = 40;
/// Number of complexes with the highest complaint heat on the page.
const HOTTEST: i64 = 15;

pub fn report(conn: &mut Conn, ctx: &Ctx, query: &ComplaintReportQuery) -> WorkResult<String> {
    let wanted = |by| ComplaintStatisticsQuery {
        division: query.division.clone(),
        from: query.from,
        to: query.to,
        by: Some(by),
        ..ComplaintStatisticsQuery::default()
    };
    let whole = statistics(conn, ctx, &wanted(StatisticsBreakdown::Area), Depth::Percentiles)?;
    // Percentiles are only shown for the total, so only one query groups by minutes.
    let mut lines =
        |by| -> WorkResult<Vec<ComplaintLine>> { Ok(statistics(conn, ctx, &wanted(by), Depth::Without)?.lines) };
    let categories = lines(StatisticsBreakdown::Category)?;
    let offices = lines(StatisticsBreakdown::Office)?;
    let companies = lines(StatisticsBreakdown::Company)?;
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
    hottest.retain(|complex| complex.complaints > 0);
    // The parts of a county are townships (乡镇), those of a township communities (社区).
    let parts = if whole.division.len() == 6 { "乡镇（街道）" } else { "村（社区）" };
    let legend: Vec<_> = chart::outcomes(&whole.total)
        .map(|(class, name, count)| json!({ "class": class, "name": name, "count": count }))
        .into();
    let mut sections = Sections { total: &whole.total, numbers: ["二", "三", "四", "五", "六"].iter() };
    let mut tables = Vec::new();
    if !whole.lines.is_empty() {
        let mut table = sections.table(&format!("各{parts}办理情况"), "area", parts, &whole.lines);
        table["chart"] = json!(chart::complaints(&whole.lines, &format!("各{parts}诉求办理情况的条形图，数字见下表")));
        table["satisfaction"] =
            json!(chart::satisfaction(&whole.lines, &format!("各{parts}满意率的条形图，数字见下表")));
        tables.push(table);
    }
    let mut table = sections.table("诉求分类", "category", "分类", &categories);
    table["chart"] = json!(chart::complaints(&categories, "各类诉求办理情况的条形图，数字见下表"));
    tables.push(table);
    tables.push(sections.table("承办单位", "office", "承办单位", &offices));
    tables.push(sections.table("物业服务企业", "company", "企业", &companies));
    let said = json!({
        "period": period(whole.from, whole.to),
        "legend": legend,
        "tables": tables,
        "heat_title": sections.title("诉求集中的小区"),
        "hottest": hottest,
        "whole": whole,
        "today": ctx.today,
    });
    Ok(PAGE.page("complaint_report", said)?)
}

/// The sections after the first, numbered in order; each table ends with the total.
struct Sections<'a> {
    total: &'a ComplaintCounts,
    numbers: std::slice::Iter<'a, &'static str>,
}

impl Sections<'_> {
    fn title(&mut self, title: &str) -> String {
        format!("{}、{title}", self.numbers.next().copied().unwrap_or_default())
    }

    /// A table of the first lines, the number of lines left out, and the total.
    fn table(&mut self, title: &str, id: &str, head: &str, lines: &[ComplaintLine]) -> Value {
        // Parts of an area and categories are few; offices and companies can be many.
        let most = if matches!(id, "office" | "company") { MOST_LINES } else { lines.len() };
        let row =
            |name: &str, counts: &ComplaintCounts, total| json!({ "name": name, "counts": counts, "total": total });
        let mut rows: Vec<Value> = lines.iter().take(most).map(|line| row(&line.name, &line.counts, false)).collect();
        rows.push(row("合计", self.total, true));
        json!({
            "id": id, "title": self.title(title), "head": head, "lines": rows, "chart": null, "satisfaction": null,
            "left_out": lines.len().saturating_sub(most),
        })
    }
}
