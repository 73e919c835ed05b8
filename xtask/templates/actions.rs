use serde_json::json;

use super::model::*;
use super::{rules, store};
use crate::access::Actor;
use crate::complexes;
use crate::db::{Id, Json, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Audience, Event, Place};
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::Step;
use crate::service::{Body, Tx};

pub fn create___feature__(tx: &mut Tx, body: &Body<__Feature__In>) -> WorkResult<Entity<__Feature__>> {
    let ctx = tx.ctx;
    let mut place = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            rules::check_day(input.planned_on, ctx.today, faults);
            place = complexes::place_of(conn, &ctx.scope, input.complex_id)?;
            if place.is_none() {
                let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
                faults.push(InputError::new("/complex_id", "unknown_reference", zh, en));
            }
            Ok(())
        },
    )?;
    let found = place.ok_or_else(|| Problem::broken("a place that was checked is not found"))?;
    let Place { county, township, community } = found;
    let texts = input.texts();
    let __Feature__In { complex_id, title, planned_on } = input.clone();
    let row = __Feature__Row {
        id: ctx.new_id(),
        version: 1,
        complex_id,
        company_id: complexes::serving_company(tx.conn, complex_id, planned_on)?,
        county,
        township,
        community,
        state: __Feature__State::Planned,
        title,
        planned_on,
        created_by: Json(Actor::of(&ctx.caller)),
        outcome: Json(None),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record(tx, &row, "__feature__.planned", texts)?;
    let id = row.id;
    let view = store::view(tx.conn, ctx, row)?;
    Ok(Entity::created(id, 1, view, "/v1/__path__"))
}

pub fn report___feature__(tx: &mut Tx, id: Id, body: &Body<__Feature__ReportIn>) -> WorkResult<Entity<__Feature__>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::may_report(row.state)?;
    row.version += 1;
    row.state = __Feature__State::Done;
    row.outcome = Json(Some(Step { text: input.outcome.clone(), at: ctx.now, by: Actor::of(&ctx.caller) }));
    row.updated_at = ctx.now;
    store::save(tx.conn, &row)?;
    record(tx, &row, "__feature__.reported", input.texts())?;
    store::entity(tx.conn, ctx, row)
}

fn record(tx: &mut Tx, row: &__Feature__Row, kind: &'static str, texts: Texts) -> WorkResult<()> {
    let event = Event::new(kind, "__feature__", row.id)
        .in_territory(row.place())
        .company(row.company_id)
        .complex(Some(row.complex_id))
        .audience(Audience::Parties)
        .data(json!({
            "complex_id": row.complex_id, "state": row.state, "planned_on": row.planned_on, "version": row.version,
        }))
        .with_texts(texts);
    ledger::append(tx, event)?;
    Ok(())
}
