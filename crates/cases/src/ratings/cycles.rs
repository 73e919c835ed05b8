//! Opening and cancelling a cycle, and starting its ratings.

use serde_json::json;

use super::cycle_view::{self, RatingCycle};
use super::input::{CycleIn, RatingIn, StepIn};
use super::model::{CycleState, RatingState};
use super::rows::{CycleRow, RatingRow};
use super::view::{self, Rating};
use super::{cycle_rules, record, store};
use crate::access::{Actor, Scope};
use crate::complexes;
use crate::db::{Id, Json, WorkError, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::Place;
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Tx};

/// Maximum number of ratings that one request starts, so that no transaction blocks other writers for long.
const AT_ONCE: usize = 200;

pub fn create_rating_cycle(tx: &mut Tx, body: &Body<CycleIn>) -> WorkResult<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find_cycle(conn, scope, id).map(drop),
        |_, input, faults| {
            cycle_rules::check_cycle(input, faults);
            Ok(())
        },
    )?;
    // The lock prevents two requests from opening overlapping cycles at the same time.
    crate::db::lock_register(tx.conn, crate::db::Register::RatingCycles)?;
    let place = cycle_rules::own_place(&ctx.caller);
    let policies = policy::current(tx.conn, &ctx.state, &place.county)?;
    let period_to = cycle_rules::period_end(input.kind, input.period_from)
        .ok_or_else(|| Problem::broken("a period that was checked has no end"))?;
    let row = CycleRow {
        id: ctx.new_id(),
        version: 1,
        name: input.name.clone(),
        kind: input.kind,
        county: place.county,
        township: place.township,
        period_from: input.period_from,
        period_to,
        opens_on: input.opens_on,
        closes_on: input.closes_on,
        policy_version: policies.governing(ctx.today).version,
        state: CycleState::Open,
        published_on: None,
        bulk: Json(None),
        created_by: Json(Actor::of(&ctx.caller)),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    cycle_rules::may_open(store::overlapping(tx.conn, &row)?.first())?;
    store::insert_cycle(tx.conn, &row)?;
    record::record_cycle(tx, &row, "rating_cycle.opened", json!({}), input)?;
    let id = row.id;
    let entity = cycle_view::entity(tx.conn, ctx, row, None)?;
    Ok(Entity::created(id, 1, entity.body, "/v1/rating-cycles"))
}

pub fn cancel_rating_cycle(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let mut row = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    cycle_rules::require_owner(&ctx.caller, row.area())?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    cycle_rules::require_state(row.state, CycleState::Open)?;
    let everyone = Scope::System("a cycle with ratings is not cancelled, regardless of the office that started them");
    let counts = store::count_by_state(tx.conn, &everyone, id)?;
    cycle_rules::may_cancel(counts.iter().all(|(state, _)| *state == RatingState::Withdrawn))?;
    row.version += 1;
    row.state = CycleState::Cancelled;
    row.updated_at = ctx.now;
    store::save_cycle(tx.conn, &row)?;
    record::record_cycle(tx, &row, "rating_cycle.cancelled", json!({}), input)?;
    cycle_view::entity(tx.conn, ctx, row, None)
}

/// Starts the rating of a complex, for the company that served it at the end of the period.
fn begin(
    tx: &mut Tx,
    cycle: &CycleRow,
    complex: Id,
    place: Place,
    company: Id,
    corrects: Option<Id>,
) -> WorkResult<RatingRow> {
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
        state: RatingState::Draft,
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
        announcement_ends_on: None,
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
    record::record(tx, &row, "rating.started", json!({ "corrects": corrects }), &())?;
    Ok(row)
}

pub fn create_rating(tx: &mut Tx, body: &Body<RatingIn>) -> WorkResult<Entity<Rating>> {
    let ctx = tx.ctx;
    let mut found = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            let cycle = match store::find_cycle_for_update(conn, &ctx.scope, input.cycle_id) {
                Ok(row) => Some(row),
                Err(WorkError::Problem(_)) => {
                    let (zh, en) =
                        ("该评定周期不存在，或者不在您的辖区内", "unknown rating cycle, or outside your territory");
                    faults.push(InputError::new("/cycle_id", "unknown_reference", zh, en));
                    None
                }
                Err(other) => return Err(other),
            };
            let complex = match complexes::find(conn, &ctx.scope, input.complex_id) {
                Ok(row) => row,
                Err(WorkError::Problem(_)) => {
                    let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
                    faults.push(InputError::new("/complex_id", "unknown_reference", zh, en));
                    return Ok(());
                }
                Err(other) => return Err(other),
            };
            let Some(cycle) = cycle else { return Ok(()) };
            if let Some(fault) = cycle_rules::check_area(&cycle.township, &complex.township) {
                faults.push(fault);
                return Ok(());
            }
            let day = ctx.today.min(cycle.period_to);
            let served = complexes::services_in_force(conn, &ctx.scope, &[complex.id], day)?;
            match served.get(&complex.id) {
                Some(service) => found = Some((cycle, complex.place(), service.company_id)),
                None => faults.push(cycle_rules::not_serving()),
            }
            Ok(())
        },
    )?;
    let (cycle, place, company) =
        found.ok_or_else(|| Problem::broken("a rating's place that was checked is not found"))?;
    cycle_rules::require_live(cycle.state)?;
    cycle_rules::may_begin(store::live_of(tx.conn, cycle.id, input.complex_id)?.is_some())?;
    let corrects = store::last_withdrawn(tx.conn, cycle.id, input.complex_id)?;
    let row = begin(tx, &cycle, input.complex_id, place, company, corrects)?;
    let id = row.id;
    let entity = view::entity(tx.conn, ctx, row)?;
    Ok(Entity::created(id, 1, entity.body, "/v1/ratings"))
}

/// Starts the ratings of complexes that have a company and no rating yet, up to `AT_ONCE` of them.
pub fn begin_ratings(tx: &mut Tx, id: Id, body: &Body<StepIn>) -> WorkResult<Entity<RatingCycle>> {
    let ctx = tx.ctx;
    let cycle = store::find_cycle_for_update(tx.conn, &ctx.scope, id)?;
    tx.input(body)?;
    tx.if_match(cycle.version)?;
    cycle_rules::require_state(cycle.state, CycleState::Open)?;
    let waiting = store::not_rated(tx.conn, &ctx.scope, &cycle)?;
    // The company that served on the last day of the period is rated; before that day, the one of today.
    let served = complexes::services_in_force(tx.conn, &ctx.scope, &waiting, ctx.today.min(cycle.period_to))?;
    let mut started = 0;
    for complex in waiting.into_iter().filter(|id| served.contains_key(id)).take(AT_ONCE) {
        let (Some(service), place) = (served.get(&complex), complexes::find(tx.conn, &ctx.scope, complex)?.place())
        else {
            continue;
        };
        begin(tx, &cycle, complex, place, service.company_id, None)?;
        started += 1;
    }
    cycle_view::entity(tx.conn, ctx, cycle, Some(started))
}
