//! Opening a cycle, beginning its ratings, and cancelling it.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde_json::json;

use super::cycle_view::{self, RatingCycle};
use super::input::{CycleIn, RatingIn, StepIn};
use super::model::{CycleKind, CycleState, RatingState};
use super::rows::{CycleRow, RatingRow};
use super::view::{self, Rating};
use super::{record, store};
use crate::access::{Actor, Scope};
use crate::complexes;
use crate::db::{Fail, Id, Json, Work};
use crate::fault::Fault;
use crate::http::Entity;
use crate::ledger::Place;
use crate::policy;
use crate::problem::{Code, Problem};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Tx};

/// Ratings that one call begins at most, so that no write holds the writer long.
const AT_ONCE: usize = 200;

/// The last day of a period of the calendar, if the first is the first of one.
pub fn period_end(kind: CycleKind, from: NaiveDate) -> Option<NaiveDate> {
    let months = match (kind, from.month()) {
        (CycleKind::Year, 1) => 12,
        (CycleKind::HalfYear, 1 | 7) => 6,
        _ => return None,
    };
    let next = from.checked_add_months(Months::new(months)).filter(|_| from.day() == 1)?;
    next.checked_sub_days(Days::new(1))
}

fn check_cycle(input: &CycleIn, faults: &mut Vec<Fault>) {
    if period_end(input.kind, input.period_from).is_none() {
        let (zh, en) = ("须为年度或半年的第一天", "must be the first day of a year or half-year of the calendar");
        faults.push(Fault::new("/period_from", "not_a_period", zh, en));
    }
    if input.closes_on < input.opens_on {
        let (zh, en) = ("早于开始日期", "earlier than the start");
        faults.push(Fault::new("/closes_on", "before_start", zh, en));
    }
    if input.opens_on < input.period_from {
        let (zh, en) = ("早于评定期间", "earlier than what is rated");
        faults.push(Fault::new("/opens_on", "before_start", zh, en));
    }
}

/// The place that a caller opens cycles for: its county or its township.
fn own_place(ctx: &Ctx) -> Place {
    let division = ctx.caller.division.as_deref().unwrap_or_default();
    Place {
        county: division.get(..6).unwrap_or_default().to_owned(),
        township: division.get(..9).unwrap_or_default().to_owned(),
        community: String::new(),
    }
}

pub fn create_rating_cycle(tx: &mut Tx, body: &Body<CycleIn>) -> Work<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find_cycle(conn, scope, id).map(drop),
        |_, input, faults| {
            check_cycle(input, faults);
            Ok(())
        },
    )?;
    // One at a time, so that no two cycles of one period are opened at once.
    crate::db::lock_register(tx.conn, crate::db::Register::RatingCycles)?;
    let place = own_place(ctx);
    let policies = policy::current(tx.conn, &ctx.state, &place.county)?;
    let period_to = period_end(input.kind, input.period_from)
        .ok_or_else(|| Problem::broken("a period that was checked has no end"))?;
    let row = CycleRow {
        id: ctx.new_id(),
        version: 1,
        name: input.name.clone(),
        kind: input.kind.code().to_owned(),
        county: place.county,
        township: place.township,
        period_from: input.period_from,
        period_to,
        opens_on: input.opens_on,
        closes_on: input.closes_on,
        policy_version: policies.governing(ctx.today).version,
        state: CycleState::Open.code().to_owned(),
        published_on: None,
        bulk: Json(None),
        created_by: Json(Actor::of(&ctx.caller)),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if let Some(other) = store::overlapping(tx.conn, &row)?.first() {
        let zh = format!("与“{}”（{} 至 {}）的评定期间重叠", other.name, other.period_from, other.period_to);
        let en = format!("it overlaps {} ({} to {})", other.name, other.period_from, other.period_to);
        return Err(Problem::new(Code::AlreadyExists).detail(zh, en).into());
    }
    store::insert_cycle(tx.conn, &row)?;
    record::record_cycle(tx, &row, "rating_cycle.opened", json!({}), input)?;
    let id = row.id;
    let entity = cycle_view::entity(tx.conn, ctx, row, None)?;
    Ok(Entity::created(id, 1, entity.body, "/v1/rating-cycles"))
}

/// Who opened a cycle for an area carries it through: the county its own, a township its own.
pub fn require_owner(ctx: &Ctx, row: &CycleRow) -> Work<()> {
    if ctx.caller.division.as_deref() == Some(row.area()) {
        return Ok(());
    }
    let (zh, en) = ("该评定周期由其他单位组织", "this cycle is another office's");
    Err(Problem::new(Code::Forbidden).detail(zh, en).into())
}

pub fn cancel_rating_cycle(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let mut row = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    require_owner(ctx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(CycleState::Open)?;
    let everyone = Scope::System("a cycle with ratings is not cancelled, whoever began them");
    if !store::count_by_state(tx.conn, &everyone, id)?.iter().all(|(state, _)| state == "withdrawn") {
        let (zh, en) = ("已有评定记录，须先逐一撤回", "there are ratings in it: withdraw them first");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    row.version += 1;
    row.state = CycleState::Cancelled.code().to_owned();
    row.updated_at = ctx.now;
    store::save_cycle(tx.conn, &row)?;
    record::record_cycle(tx, &row, "rating_cycle.cancelled", json!({}), input)?;
    cycle_view::entity(tx.conn, ctx, row, None)
}

/// A new rating of a complex, for the company that served it at the end of the period.
fn begin(
    tx: &mut Tx,
    cycle: &CycleRow,
    complex: Id,
    place: Place,
    company: Id,
    corrects: Option<Id>,
) -> Work<RatingRow> {
    let ctx = tx.ctx;
    let row = RatingRow {
        id: ctx.new_id(),
        version: 1,
        cycle_id: cycle.id,
        complex_id: complex,
        company_id: company,
        county: place.county,
        township: place.township,
        community: place.community,
        state: RatingState::Draft.code().to_owned(),
        shared: false,
        is_current: false,
        pending: false,
        total: None,
        raw_star: None,
        final_star: None,
        objections_open: 0,
        period_from: cycle.period_from,
        period_to: cycle.period_to,
        announced_on: None,
        publicity_ends_on: None,
        published_on: None,
        superseded_on: None,
        withdrawn_on: None,
        focus_since: None,
        corrects,
        policy_version: cycle.policy_version,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record::record(tx, &row, "rating.begun", json!({ "corrects": corrects }), &())?;
    Ok(row)
}

pub fn create_rating(tx: &mut Tx, body: &Body<RatingIn>) -> Work<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut found = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            let cycle = match store::find_cycle_for_update(conn, &ctx.scope, input.cycle_id) {
                Ok(row) => Some(row),
                Err(Fail::Problem(_)) => {
                    let (zh, en) = ("没有此评定周期，或不在您的辖区", "no such cycle for you");
                    faults.push(Fault::new("/cycle_id", "unknown_reference", zh, en));
                    None
                }
                Err(other) => return Err(other),
            };
            let complex = match complexes::find(conn, &ctx.scope, input.complex_id) {
                Ok(row) => row,
                Err(Fail::Problem(_)) => {
                    let (zh, en) = ("小区不存在，或不在您的辖区内", "no such complex for you");
                    faults.push(Fault::new("/complex_id", "unknown_reference", zh, en));
                    return Ok(());
                }
                Err(other) => return Err(other),
            };
            let Some(cycle) = cycle else { return Ok(()) };
            if !cycle.township.is_empty() && cycle.township != complex.township {
                let (zh, en) = ("小区不在该周期的评定范围内", "the complex is not in the area of the cycle");
                faults.push(Fault::new("/complex_id", "conflict", zh, en));
                return Ok(());
            }
            let day = ctx.today.min(cycle.period_to);
            let served = complexes::services_in_force(conn, &ctx.scope, &[complex.id], day)?;
            match served.get(&complex.id) {
                Some(service) => found = Some((cycle, complex.place(), service.company_id)),
                None => {
                    let (zh, en) = (
                        "评定期末该小区无物业服务企业，不参加评定",
                        "nobody served the complex at the end of the period",
                    );
                    faults.push(Fault::new("/complex_id", "not_serving", zh, en));
                }
            }
            Ok(())
        },
    )?;
    let (cycle, place, company) =
        found.ok_or_else(|| Problem::broken("a rating's place that was checked is not found"))?;
    cycle.require_live()?;
    if store::live_of(tx.conn, cycle.id, input.complex_id)?.is_some() {
        let (zh, en) = ("该小区在本周期已有评定", "the complex has a rating in this cycle");
        return Err(Problem::new(Code::AlreadyExists).detail(zh, en).into());
    }
    let corrects = store::last_withdrawn(tx.conn, cycle.id, input.complex_id)?;
    let row = begin(tx, &cycle, input.complex_id, place, company, corrects)?;
    let id = row.id;
    let entity = view::entity(tx.conn, ctx, row)?;
    Ok(Entity::created(id, 1, entity.body, "/v1/ratings"))
}

/// Begins the ratings of the complexes that have none yet and are served, some at a time.
pub fn begin_ratings(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> Work<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let cycle = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    tx.input(body)?;
    tx.if_match(cycle.version)?;
    cycle.require_state(CycleState::Open)?;
    let waiting = store::not_rated(tx.conn, &ctx.scope, &cycle)?;
    // Whose service is rated: of the last day of the period, or of today while it runs.
    let served = complexes::services_in_force(tx.conn, &ctx.scope, &waiting, ctx.today.min(cycle.period_to))?;
    let mut begun = 0;
    for complex in waiting.into_iter().filter(|id| served.contains_key(id)).take(AT_ONCE) {
        let (Some(service), place) = (served.get(&complex), complexes::find(tx.conn, &ctx.scope, complex)?.place())
        else {
            continue;
        };
        begin(tx, &cycle, complex, place, service.company_id, None)?;
        begun += 1;
    }
    cycle_view::entity(tx.conn, ctx, cycle, Some(begun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_whole_one_of_the_calendar() {
        let end = |kind, from: &str| period_end(kind, from.parse().unwrap()).map(|day| day.to_string());
        assert_eq!(end(CycleKind::Year, "2026-01-01").as_deref(), Some("2026-12-31"));
        assert_eq!(end(CycleKind::HalfYear, "2026-01-01").as_deref(), Some("2026-06-30"));
        assert_eq!(end(CycleKind::HalfYear, "2024-07-01").as_deref(), Some("2024-12-31"));
        for (kind, from) in
            [(CycleKind::Year, "2026-07-01"), (CycleKind::HalfYear, "2026-04-01"), (CycleKind::HalfYear, "2026-01-02")]
        {
            assert_eq!(end(kind, from), None);
        }
    }
}
