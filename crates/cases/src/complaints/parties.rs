//! The frame of every step: lock the complaint for a caller who has a part in it, record the step, and return the
//! complaint.

use super::model::*;
use super::party_rules::{self, ComplaintParty, is_handler, is_supervising_office};
use super::record::{self, GoverningRules, NewStep};
use super::view::{self, Complaint};
use super::{cards, rules, store, visibility};
use crate::access::Role;
use crate::complaints::scoped::Viewer;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::service::{Ctx, Tx};

pub fn viewer(ctx: &Ctx) -> Viewer {
    Viewer::of(&ctx.caller, &ctx.scope)
}

pub fn is_owner(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<bool> {
    let caller = &ctx.caller;
    if caller.role != Role::Resident {
        return Ok(false);
    }
    Ok(store::follower(conn, id, &caller.person())?.is_some_and(|row| row.is_owner))
}

/// Whether the complainant has an account.
pub fn has_account(conn: &mut Conn, id: Id) -> WorkResult<bool> {
    store::has_owner(conn, id)
}

fn has(conn: &mut Conn, ctx: &Ctx, row: &ComplaintRow, part: ComplaintParty) -> WorkResult<bool> {
    let caller = &ctx.caller;
    Ok(match part {
        ComplaintParty::Handler => is_handler(caller, row),
        ComplaintParty::SupervisingOffice => is_supervising_office(caller, row),
        ComplaintParty::Owner => is_owner(conn, ctx, row.id)?,
        ComplaintParty::FrontDesk => {
            visibility::is_office(caller.role) && !is_handler(caller, row) && !has_account(conn, row.id)?
        }
    })
}

/// Locks the complaint for a caller who has one of these parts; 403 for others who can see it, 404 for the rest. Cards
/// that are due are given before the step.
pub fn lock_as(tx: &mut Tx, id: Id, parts: &[ComplaintParty]) -> WorkResult<ComplaintRow> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &viewer(ctx), id)?;
    for part in parts {
        if has(tx.conn, ctx, &row, *part)? {
            cards::catch_up(tx, &mut row)?;
            return Ok(row);
        }
    }
    Err(party_rules::refused(&row, parts).into())
}

/// Locks the complaint for a caller who may erase its personal data: the complainant, the handler, or the county
/// authority.
pub fn lock_for_erasure(tx: &mut Tx, id: Id) -> WorkResult<ComplaintRow> {
    let ctx = tx.ctx;
    if ctx.caller.role == Role::CountyAuthority {
        return store::find_for_update(tx.conn, &viewer(ctx), id);
    }
    lock_as(tx, id, &[ComplaintParty::Owner, ComplaintParty::Handler])
}

/// Checks `If-Match` and that the state allows the step.
pub fn ensure_allowed(tx: &Tx, row: &ComplaintRow, step: StepKind) -> WorkResult<()> {
    tx.if_match(row.version)?;
    Ok(rules::require_state(step, row.state)?)
}

/// Saves the complaint with the step and returns it, with rules loaded here.
pub fn finish(tx: &mut Tx, row: ComplaintRow, step: NewStep) -> WorkResult<Entity<Complaint>> {
    let terms = GoverningRules::load(tx.conn, tx.ctx, &row.county)?;
    finish_by(tx, &terms, row, step)
}

/// The same with rules that the caller has loaded.
pub fn finish_by(
    tx: &mut Tx,
    terms: &GoverningRules,
    mut row: ComplaintRow,
    step: NewStep,
) -> WorkResult<Entity<Complaint>> {
    let is_owner = is_owner(tx.conn, tx.ctx, row.id)?;
    let by = record::actor(tx.ctx, is_owner);
    record::advance(tx, &mut row, terms, by, step)?;
    view::entity(tx.conn, tx.ctx, row)
}
