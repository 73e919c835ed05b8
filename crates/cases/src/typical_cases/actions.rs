//! Publishing and withdrawing a typical case.

use serde_json::json;

use super::model::*;
use super::{rules, store, view};
use crate::access::Actor;
use crate::complaints;
use crate::db::{Id, Json, WorkError, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Audience, Event};
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::{ReasonsIn, Step};
use crate::service::{Body, Tx};
use crate::violations;

pub fn create_typical_case(tx: &mut Tx, body: &Body<TypicalCaseIn>) -> WorkResult<Entity<TypicalCase>> {
    let ctx = tx.ctx;
    let mut violation = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            rules::check(input, faults);
            match violations::store::find_for_update(conn, &ctx.scope, input.violation_id) {
                Ok(row) if row.company_id.is_none() => {
                    let (zh, en) = (
                        "典型案例须为物业服务企业的违规行为",
                        "a typical case must be a violation of a property service company",
                    );
                    faults.push(InputError::new("/violation_id", "wrong_subject", zh, en));
                }
                Ok(row) => {
                    let known = complaints::complainants_behind(conn, ctx, &row.evidence.0)?;
                    rules::check_complainant(input, &known, faults);
                    violation = Some(row);
                }
                Err(WorkError::Problem(_)) => {
                    let (zh, en) =
                        ("该违规行为不存在，或者不在您的辖区内", "unknown violation, or outside your territory");
                    faults.push(InputError::new("/violation_id", "unknown_reference", zh, en));
                }
                Err(other) => return Err(other),
            }
            Ok(())
        },
    )?;
    let violation = violation.ok_or_else(|| Problem::broken("a violation that was checked is not found"))?;
    rules::require_final(violation.state, violation.appeal_due_on, ctx.today)?;
    rules::may_publish(store::live_of(tx.conn, violation.id)?.is_some())?;
    let TypicalCaseIn { violation_id, title, summary } = input.clone();
    let row = TypicalCaseRow {
        id: ctx.new_id(),
        version: 1,
        violation_id,
        act: violation.act,
        company_id: violation
            .company_id
            .ok_or_else(|| Problem::broken("a violation that may be published has no company"))?,
        complex_id: violation.complex_id,
        county: violation.county,
        township: violation.township,
        community: violation.community,
        state: TypicalCaseState::Published,
        title,
        summary,
        published_on: ctx.today,
        published_by: Json(Actor::of(&ctx.caller)),
        withdrawn_on: None,
        withdrawal: Json(None),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    record(tx, &row, "typical_case.published", input.texts())?;
    let id = row.id;
    let view = view::view(tx.conn, ctx, row)?;
    Ok(Entity::created(id, 1, view, "/v1/typical-cases"))
}

pub fn withdraw_typical_case(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<TypicalCase>> {
    let ctx = tx.ctx;
    let company = store::find(tx.conn, &ctx.scope, id)?.company_id;
    crate::companies::family::lock_head_of(tx.conn, company)?;
    let mut row = store::find(tx.conn, &ctx.scope, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::may_withdraw(row.state)?;
    withdraw(tx, &mut row, input.clone())?;
    let version = row.version;
    Ok(Entity::new(id, version, view::view(tx.conn, ctx, row)?))
}

/// The decision was revoked: withdraws its published case at once, well within the three days that Administrative
/// Penalty Law 48 allows. The caller holds the company's lock.
pub fn withdraw_of(tx: &mut Tx, violation: Id, reasons: &str) -> WorkResult<()> {
    if let Some(mut row) = store::live_of(tx.conn, violation)? {
        withdraw(tx, &mut row, ReasonsIn { reasons: reasons.to_owned() })?;
    }
    Ok(())
}

fn withdraw(tx: &mut Tx, row: &mut TypicalCaseRow, input: ReasonsIn) -> WorkResult<()> {
    let ctx = tx.ctx;
    let texts = input.texts();
    row.version += 1;
    row.state = TypicalCaseState::Withdrawn;
    row.withdrawn_on = Some(ctx.today);
    row.withdrawal = Json(Some(Step::new(ctx, input)));
    row.updated_at = ctx.now;
    store::save(tx.conn, row)?;
    record(tx, row, "typical_case.withdrawn", texts)
}

fn record(tx: &mut Tx, row: &TypicalCaseRow, kind: &'static str, texts: Texts) -> WorkResult<()> {
    let event = Event::new(kind, "typical_case", row.id)
        .in_territory(row.place())
        .company(Some(row.company_id))
        .complex(row.complex_id)
        .audience(Audience::Everyone)
        .data(json!({
            "violation_id": row.violation_id, "act": row.act, "state": row.state, "published_on": row.published_on,
            "withdrawn_on": row.withdrawn_on, "version": row.version,
        }))
        .with_texts(texts);
    ledger::append(tx, event)?;
    Ok(())
}
