//! Computing the statistics of an area.

use super::model::{RatingStatistics, RatingStatisticsQuery};
use super::{query_rules, rules, store};
use crate::access::Scope;
use crate::db::{Conn, WorkResult};
use crate::divisions;
use crate::policy;
use crate::problem::Problem;
use crate::ratings::consequences::is_low;
use crate::service::Ctx;

/// The requested area: the caller's division or a part of it.
pub struct Area {
    pub division: String,
    pub name: String,
    pub scope: Scope,
}

impl Area {
    pub fn of(conn: &mut Conn, ctx: &Ctx, wanted: Option<&str>) -> WorkResult<Area> {
        let own = ctx.caller.division.as_deref().unwrap_or_default();
        let division = wanted.unwrap_or(own).to_owned();
        let nothing = || Problem::not_found_at("query/division");
        let found = divisions::find(conn, &division)?.filter(|_| division.starts_with(own));
        let name = found.ok_or_else(nothing)?.name;
        let scope = Scope::of_division(&division);
        Ok(Area { division, name, scope })
    }

    pub fn county(&self) -> &str {
        self.division.get(..6).unwrap_or_default()
    }
}

pub fn rating_statistics(conn: &mut Conn, ctx: &Ctx, query: &RatingStatisticsQuery) -> WorkResult<RatingStatistics> {
    let area = Area::of(conn, ctx, query.division.as_deref())?;
    if let Some(day) = query.period_to {
        query_rules::require_period_end(day)?;
    }
    let policies = policy::current(conn, &ctx.state, area.county())?;
    let rubric = &policies.governing(ctx.today).document().ratings;
    let history = store::published(conn, &area.scope, query.period_to, |star| is_low(rubric, star))?;
    let period_to = query.period_to.or_else(|| history.iter().map(|rated| rated.period_to).max());
    let places = store::places(conn, &area.scope, ctx.today)?;
    let (counts, mut areas) = rules::counts(&area.division, &places, &history, period_to);
    let names = divisions::names_under(conn, &area.division)?;
    for part in &mut areas {
        part.name = names.get(&part.division).cloned().unwrap_or_default();
    }
    Ok(RatingStatistics {
        periods: rules::periods(&history, period_to),
        division: area.division,
        name: area.name,
        period_to,
        counts,
        areas,
    })
}
