//! Who has which part in a ticket: what they may do with it follows.

use super::model::*;
use super::{rules, store, sweep, view};
use crate::access::Role;
use crate::complaints::scoped::Viewer;
use crate::db::{Conn, Id, Work};
use crate::problem::{Code, Problem};
use crate::service::{Ctx, Tx};

/// A part in a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The office or company that handles it now.
    Handler,
    Supervisor,
    /// The resident who submitted it.
    Owner,
    /// An office that takes calls, other than the handler: it writes down what a complainant without an account says.
    FrontDesk,
}

pub fn viewer(ctx: &Ctx) -> Viewer {
    Viewer::of(&ctx.caller, &ctx.scope)
}

pub fn is_handler(ctx: &Ctx, row: &ComplaintRow) -> bool {
    let caller = &ctx.caller;
    if row.handler_role != caller.role.code() {
        return false;
    }
    // A company sees what it handles, and its branches': the scope said which company it is.
    caller.role == Role::PropertyCompany || caller.division.as_deref() == Some(row.handler_division.as_str())
}

pub fn is_supervisor(ctx: &Ctx, row: &ComplaintRow) -> bool {
    row.supervisor_role == ctx.caller.role.code()
        && ctx.caller.division.as_deref() == Some(row.supervisor_division.as_str())
}

pub fn is_owner(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<bool> {
    let caller = &ctx.caller;
    if caller.role != Role::Resident {
        return Ok(false);
    }
    Ok(store::follower(conn, id, &caller.person())?.is_some_and(|row| row.is_owner))
}

fn has(conn: &mut Conn, ctx: &Ctx, row: &ComplaintRow, part: Part) -> Work<bool> {
    Ok(match part {
        Part::Handler => is_handler(ctx, row),
        Part::Supervisor => is_supervisor(ctx, row),
        Part::Owner => is_owner(conn, ctx, row.id)?,
        Part::FrontDesk => {
            let desk = view::is_office(ctx.caller.role) && !is_handler(ctx, row);
            desk && !store::followers_of(conn, row.id)?.iter().any(|follower| follower.is_owner)
        }
    })
}

/// The ticket, locked, for a caller who has one of these parts in it; 403 to others who see it. What the clock owes it is
/// given before anything is done with it.
pub fn take(tx: &mut Tx, id: Id, parts: &[Part]) -> Work<ComplaintRow> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &viewer(ctx), id)?;
    for part in parts {
        if has(tx.conn, ctx, &row, *part)? {
            sweep::catch_up(tx, &mut row)?;
            return Ok(row);
        }
    }
    let (zh, en) = whose(&row, parts)?;
    Err(Problem::new(Code::Forbidden).detail(zh, en).into())
}

/// Who may take a step that is for these parts.
fn whose(row: &ComplaintRow, parts: &[Part]) -> Work<(String, String)> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for part in parts {
        let (part_zh, part_en) = match part {
            Part::Handler => {
                let role = row.handler()?.role;
                (format!("承办单位（{}）", role.row().zh), format!("its handler ({})", role.code()))
            }
            Part::Supervisor => {
                let Some(seat) = row.supervisor()? else { continue };
                (format!("督办单位（{}）", seat.role.row().zh), format!("its supervisor ({})", seat.role.code()))
            }
            Part::Owner => ("提出诉求的本人".to_owned(), "whoever submitted it".to_owned()),
            Part::FrontDesk => ("受理来电的单位".to_owned(), "an office that takes calls".to_owned()),
        };
        zh.push(part_zh);
        en.push(part_en);
    }
    Ok((format!("须由{}办理", zh.join("或者")), format!("for {}", en.join(" or "))))
}

/// The version and the state allow this step.
pub fn ready(tx: &Tx, row: &ComplaintRow, step: StepKind) -> Work<()> {
    tx.if_match(row.version)?;
    if rules::allowed(step).contains(&row.state()?) {
        return Ok(());
    }
    Err(rules::refused(row).into())
}

/// The ticket, locked, for whoever may have its persons erased: the complainant, the office that handles it, and its county.
pub fn take_for_erasure(tx: &mut Tx, id: Id) -> Work<ComplaintRow> {
    let ctx = tx.ctx;
    if ctx.caller.role == Role::CountyAuthority {
        return store::find_for_update(tx.conn, &viewer(ctx), id);
    }
    take(tx, id, &[Part::Owner, Part::Handler])
}
