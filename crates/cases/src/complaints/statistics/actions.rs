//! The statistics of complaints: counts from the database, added up by the rules, with names for the lines.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use chrono::NaiveDate;

use super::model::*;
use super::rules::{self, Line};
use super::store::{self, Wanted};
use crate::access::{Role, Scope};
use crate::calendar::rules::WorkCalendar;
use crate::companies;
use crate::complaints::clock_rules::Clock;
use crate::complaints::scoped::Viewer;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::divisions;
use crate::http::Entity;
use crate::policy;
use crate::policy::complaints::{ComplaintRules, UtilityKind};
use crate::problem::Problem;
use crate::service::Ctx;

/// The first instant of a period, and the first instant after it, in the deployment's time zone.
pub fn instants(ctx: &Ctx, (from, to): (NaiveDate, NaiveDate)) -> (Instant, Instant) {
    let clock = Clock { calendar: WorkCalendar::built_in(), zone: ctx.state.clock.zone() };
    (clock.start_of_day(from), clock.start_of_day(to.succ_opt().unwrap_or(to)))
}

pub fn rules_of(conn: &mut Conn, ctx: &Ctx, county: &str) -> WorkResult<ComplaintRules> {
    Ok(policy::current(conn, &ctx.state, county)?.governing(ctx.today).document().complaints.clone())
}

/// Which figures to compute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All, including the median and the 90th percentile, for which the database groups by minutes.
    Percentiles,
    Without,
}

pub fn statistics(
    conn: &mut Conn,
    ctx: &Ctx,
    query: &ComplaintStatisticsQuery,
    depth: Depth,
) -> WorkResult<ComplaintStatistics> {
    let own = ctx.caller.division.as_deref().unwrap_or_default();
    let division = query.division.as_deref().unwrap_or(own).to_owned();
    let nothing = || Problem::not_found_at("query/division");
    let found = divisions::find(conn, &division)?.filter(|_| division.starts_with(own)).ok_or_else(nothing)?;
    let (from, to) = rules::period(query.from, query.to, ctx.today)?;
    let (begins, until) = instants(ctx, (from, to));
    let policy = rules_of(conn, ctx, division.get(..6).unwrap_or_default())?;
    let wanted = Wanted {
        viewer: Viewer::of(&ctx.caller, &ctx.scope).within(&division),
        from: begins,
        until,
        now: ctx.now,
        complex: query.complex_id,
        company: query.company_id,
        category: query.category.clone(),
        open_to_all: false,
    };
    let by = query.by.unwrap_or(StatisticsBreakdown::Area);
    let line = store::line_of(by, &division);
    let cells = store::cells(conn, &wanted, line)?;
    let late = store::late(conn, &wanted, line)?;
    let took = if depth == Depth::Percentiles { store::took(conn, &wanted, line)? } else { Vec::new() };
    let (total, lines) = rules::count(&cells, &late, took, policy.satisfied_from);
    // A community has no parts.
    let lines = if by == StatisticsBreakdown::Area && division.len() == 12 { BTreeMap::new() } else { lines };
    let mut lines = named(conn, &policy, by, lines)?;
    rules::in_order(by, &mut lines);
    Ok(ComplaintStatistics {
        division,
        name: found.name,
        from,
        to,
        as_of: ctx.today,
        satisfied_from: policy.satisfied_from,
        by,
        total,
        lines,
    })
}

pub fn get(conn: &mut Conn, ctx: &Ctx, query: &ComplaintStatisticsQuery) -> WorkResult<Entity<ComplaintStatistics>> {
    let body = statistics(conn, ctx, query, Depth::Percentiles)?;
    Ok(Entity { id: None, version: 0, status: StatusCode::OK, location: None, shown_once: false, body })
}

/// The lines with their names.
fn named(
    conn: &mut Conn,
    policy: &ComplaintRules,
    by: StatisticsBreakdown,
    lines: BTreeMap<Line, ComplaintCounts>,
) -> WorkResult<Vec<ComplaintLine>> {
    let bare = |counts| ComplaintLine {
        division: None,
        role: None,
        organisation: None,
        category: None,
        company_id: None,
        name: String::new(),
        counts,
    };
    let lines = lines.into_iter();
    Ok(match by {
        StatisticsBreakdown::Area => {
            let lines: Vec<_> = lines.map(|(key, counts)| ComplaintLine { division: key, ..bare(counts) }).collect();
            let names = names_of_divisions(conn, &lines)?;
            let name = |line: &ComplaintLine| match &line.division {
                Some(code) => names.get(code).cloned().unwrap_or_else(|| code.clone()),
                None => "未归属下级区划".to_owned(),
            };
            lines.into_iter().map(|line| ComplaintLine { name: name(&line), ..line }).collect()
        }
        StatisticsBreakdown::Office => {
            let lines: Vec<_> = lines.map(|(key, counts)| office(key.as_deref(), bare(counts))).collect();
            let names = names_of_divisions(conn, &lines)?;
            lines.into_iter().map(|line| ComplaintLine { name: office_name(&line, &names), ..line }).collect()
        }
        StatisticsBreakdown::Category => lines
            .map(|(key, counts)| {
                let known = key.as_deref().and_then(|code| policy.category(code));
                let name = known.map(|one| one.name_zh.clone()).or_else(|| key.clone());
                ComplaintLine { name: name.unwrap_or_default(), category: key, ..bare(counts) }
            })
            .collect(),
        StatisticsBreakdown::Company => {
            let of = |(key, counts): (Line, _)| {
                let company_id: Option<Id> = key.and_then(|id| id.parse().ok());
                ComplaintLine { company_id, ..bare(counts) }
            };
            let lines: Vec<_> = lines.map(of).collect();
            let ids: Vec<Id> = lines.iter().filter_map(|line| line.company_id).collect();
            let names = companies::names_of(conn, &ids)?;
            let name = |line: &ComplaintLine| match line.company_id {
                Some(id) => names.get(&id).map(|(name, _)| name.clone()).unwrap_or_default(),
                None => "无物业服务企业".to_owned(),
            };
            lines.into_iter().map(|line| ComplaintLine { name: name(&line), ..line }).collect()
        }
    })
}

fn names_of_divisions(conn: &mut Conn, lines: &[ComplaintLine]) -> WorkResult<HashMap<String, String>> {
    divisions::names_of(conn, lines.iter().filter_map(|line| line.division.clone()))
}

/// Parses the key of a line by office, `role/division/organisation` (see `store::line_of`).
fn office(key: Option<&str>, line: ComplaintLine) -> ComplaintLine {
    let mut parts = key.unwrap_or_default().split('/');
    let mut next = || parts.next().unwrap_or_default();
    let role = Role::from_code(next());
    let division = Some(next()).filter(|code| !code.is_empty()).map(str::to_owned);
    ComplaintLine { role, division, organisation: UtilityKind::from_code(next()), ..line }
}

fn office_name(line: &ComplaintLine, names: &HashMap<String, String>) -> String {
    let place = line.division.as_ref().map(|code| names.get(code).unwrap_or(code).as_str()).unwrap_or_default();
    let utility = line.organisation.map(|kind| format!("（{}）", kind.zh())).unwrap_or_default();
    let office = match line.role {
        // The name of a community does not need the role as a suffix.
        Some(Role::Community) if !place.is_empty() => "",
        Some(role) => role.row().zh,
        None => "",
    };
    format!("{place}{office}{utility}")
}

/// The territory of the caller, limited by filters for township and community; none if they contradict it.
pub fn narrowed(ctx: &Ctx, filters: [Option<&str>; 2]) -> Option<(String, Scope)> {
    let own = ctx.caller.division.as_deref().unwrap_or_default();
    let scope = Scope::intersect(own, filters)?;
    let division = match &scope {
        Scope::County(area) | Scope::Township(area) | Scope::Community(area) => area.clone(),
        _ => return None,
    };
    Some((division, scope))
}
