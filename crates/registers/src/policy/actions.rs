//! Publishing, withdrawing and approving policy versions.

use serde_json::json;

use super::draft_rules;
use super::rules;
use super::store::{self, PolicyRow};
use super::view::{Policy, PolicyApprovalIn, PolicyIn, view};
use crate::access::Role;
use crate::db::{Register, WorkResult, lock_register};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Event, Place};
use crate::problem::Problem;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Tx};

/// Checks the document of a policy. It renders document templates, which takes time, so do not call it inside a
/// transaction.
pub fn examine(input: &PolicyIn) -> Vec<InputError> {
    let faults = rules::check(&input.document).into_iter();
    faults.map(|fault| InputError { pointer: format!("/document{}", fault.pointer), ..fault }).collect()
}

/// The county whose drafts the caller may see: its own, if the caller is the county authority.
pub fn drafts_of(ctx: &Ctx) -> Option<&str> {
    ctx.caller.county().filter(|_| ctx.caller.role == Role::CountyAuthority)
}

fn place(row: &PolicyRow) -> Place {
    Place { county: row.county.clone(), ..Place::default() }
}

/// Stores a draft. It takes effect only after a second person has approved it.
pub fn publish_policy(tx: &mut Tx, body: &Body<PolicyIn>) -> WorkResult<Entity<Policy>> {
    let ctx = tx.ctx;
    lock_register(tx.conn, Register::Policies)?;
    let input = tx.creation(
        body,
        |_, _, _| Ok(()),
        |_, input, faults| {
            draft_rules::check_first_day(input.effective_from, ctx.today, faults);
            Ok(())
        },
    )?;
    let county = ctx.caller.county().unwrap_or_default();
    let version = store::newest_number(tx.conn)? + 1;
    let text = serde_json::to_string(&input.document)
        .map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    let mut row = store::draft(version, county, input.effective_from, &input.document, text, ctx.now);
    row.submitted_iss = ctx.caller.iss.clone();
    row.submitted_sub = ctx.caller.sub.clone();
    draft_rules::may_submit(&row, store::newest_of(tx.conn, county)?.as_ref())?;
    store::insert(tx.conn, &row)?;
    let event = Event::new("policy.submitted", "policy", version)
        .in_territory(place(&row))
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest }));
    ledger::append(tx, event)?;
    let mut entity = view(row)?;
    entity.status = actix_web::http::StatusCode::CREATED;
    entity.location = Some(format!("/v1/policies/{version}"));
    Ok(entity)
}

/// A draft of the caller's county, locked against concurrent changes of policies.
fn own_draft(tx: &mut Tx, version: i64) -> WorkResult<PolicyRow> {
    lock_register(tx.conn, Register::Policies)?;
    let own = drafts_of(tx.ctx);
    let row = store::find(tx.conn, version, own)?;
    draft_rules::require_own(&row.county, own)?;
    Ok(row)
}

/// Withdraws a draft. It can no longer be approved, and its number is not reused.
pub fn withdraw_policy(tx: &mut Tx, version: i64, body: &Body<ReasonsIn>) -> WorkResult<Entity<Policy>> {
    let mut row = own_draft(tx, version)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    draft_rules::require_draft(row.state())?;
    row.withdrawn_at = Some(tx.ctx.now);
    store::withdraw(tx.conn, &row)?;
    let event = Event::new("policy.withdrawn", "policy", version)
        .in_territory(place(&row))
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest }))
        .personal("reasons", Some(&input.reasons));
    ledger::append(tx, event)?;
    Ok(view(row)?)
}

/// Approves a draft, at the latest on the day before it takes effect. The two-person rule always applies here: if a
/// policy could switch it off, one person could do so and act alone from then on.
pub fn approve_policy(tx: &mut Tx, version: i64, body: &Body<PolicyApprovalIn>) -> WorkResult<Entity<Policy>> {
    let ctx = tx.ctx;
    let mut row = own_draft(tx, version)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    draft_rules::require_draft(row.state())?;
    draft_rules::may_approve(&row, &ctx.caller, ctx.today)?;
    let policies = store::current(tx.conn, &ctx.state, &row.county)?;
    draft_rules::require_last_of_its_day(&row, policies.versions().map(|one| (one.version, one.effective_from)))?;
    row.published_at = Some(ctx.now);
    row.approved_iss = Some(ctx.caller.iss.clone());
    row.approved_sub = Some(ctx.caller.sub.clone());
    store::approve(tx.conn, &row)?;
    let event = store::published(&row).in_territory(place(&row)).personal("note", input.note.as_deref());
    ledger::append(tx, event)?;
    Ok(view(row)?)
}
