//! Who sees a file: whoever sees the row that it belongs to, by the very code that reads that row by its id; and in which
//! form.

use std::collections::HashSet;

use super::model::{AttachmentRow, OwnerKind, Shown, Uploader};
use super::{names, sealed_names, store, strip};
use crate::access::{Role, permissions};
use crate::complaints::sight::{self, Audience, Form, From};
use crate::db::{Conn, Fail, Id, Work};
use crate::http::Ctx;
use crate::problem::{Code, Problem};
use crate::proceedings::due_process::is_unopened;
use crate::{blacklist, complaints, contracts, disclosures, inspections, measures, ratings, violations};

/// What a caller sees of a row.
enum Sight {
    Open,
    /// That it is there; its content waits to be opened.
    Unopened,
    /// A complaint, by this audience.
    Ticket(Audience),
}

/// The one place that knows the rows that have files. A new kind of row has its line here.
fn look(conn: &mut Conn, ctx: &Ctx, kind: OwnerKind, id: Id) -> Work<Option<Sight>> {
    let unopened = |yes: bool| if yes { Sight::Unopened } else { Sight::Open };
    match kind {
        OwnerKind::Violation => {
            let read = |conn: &mut Conn| violations::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_violation", read, |row| unopened(is_unopened(ctx, row)))
        }
        OwnerKind::Measure => {
            let read = |conn: &mut Conn| measures::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_measure", read, |row| unopened(is_unopened(ctx, row)))
        }
        OwnerKind::Listing => {
            let read = |conn: &mut Conn| blacklist::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_blacklist_entry", read, |_| Sight::Open)
        }
        OwnerKind::Contract => {
            let read = |conn: &mut Conn| contracts::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_contract", read, |_| Sight::Open)
        }
        OwnerKind::Disclosure => {
            let read = |conn: &mut Conn| disclosures::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_disclosure", read, |_| Sight::Open)
        }
        OwnerKind::Rating => {
            let read = |conn: &mut Conn| ratings::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_rating", read, |_| Sight::Open)
        }
        OwnerKind::Inspection => {
            let read = |conn: &mut Conn| inspections::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_inspection", read, |_| Sight::Open)
        }
        OwnerKind::Hazard => {
            let read = |conn: &mut Conn| inspections::hazard_store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_hazard", read, |_| Sight::Open)
        }
        OwnerKind::Complaint => {
            let read = |conn: &mut Conn| complaints::audience_for(conn, ctx, id);
            seen(conn, ctx, "get_complaint", read, |audience| Sight::Ticket(*audience))
        }
        OwnerKind::ComplaintStep => {
            let read = |conn: &mut Conn| complaints::audience_for_step(conn, ctx, id);
            seen(conn, ctx, "get_complaint", read, |audience| Sight::Ticket(*audience))
        }
    }
}

fn seen<Row>(
    conn: &mut Conn,
    ctx: &Ctx,
    operation: &str,
    read: impl FnOnce(&mut Conn) -> Work<Row>,
    sight: impl FnOnce(&Row) -> Sight,
) -> Work<Option<Sight>> {
    if !permissions::of(operation).is_some_and(|permission| permission.allows(ctx.caller.role)) {
        return Ok(None);
    }
    match read(conn) {
        Ok(row) => Ok(Some(sight(&row))),
        Err(Fail::Problem(problem)) if problem.code == Code::NotFound => Ok(None),
        Err(other) => Err(other),
    }
}

/// In which form this caller sees this file, if at all. What the caller uploaded itself it knows already, opened or not.
fn form(conn: &mut Conn, ctx: &Ctx, row: &AttachmentRow) -> Work<Option<Shown>> {
    if row.erased_at.is_some() {
        return Ok(None);
    }
    let own = Uploader::of(&ctx.caller).is(&row.uploader());
    let original = |yes: bool| yes.then_some(Shown::Original);
    let Some((kind, id)) = row.owner() else { return Ok(original(own)) };
    Ok(match look(conn, ctx, kind, id)? {
        // Handed on to a case before copies were stripped.
        Some(Sight::Open) if row.complaint_id.is_some() => strip::can(&row.media_type).then_some(Shown::Stripped),
        Some(Sight::Open) => Some(Shown::Original),
        Some(Sight::Unopened) => original(own),
        Some(Sight::Ticket(_)) if own => Some(Shown::Original),
        Some(Sight::Ticket(audience)) => of_ticket(row, audience),
        None => None,
    })
}

/// Who a file of a ticket came from.
fn from(row: &AttachmentRow) -> From {
    let with_ticket = row.owner_kind.as_deref() == Some(OwnerKind::Complaint.code());
    match with_ticket || row.uploader_role == Role::Resident.code() {
        true => From::Complainant,
        false => From::Handler,
    }
}

fn of_ticket(row: &AttachmentRow, audience: Audience) -> Option<Shown> {
    match sight::file(audience, from(row), strip::can(&row.media_type)) {
        Form::Clear => Some(Shown::Original),
        Form::Stripped if row.stripped_key.as_deref() != Some("") => Some(Shown::Stripped),
        _ => None,
    }
}

/// Of these files of tickets, those that this caller gets in some form; each with the audience that the caller is of its
/// ticket.
pub fn shown_of_tickets(conn: &mut Conn, ctx: &Ctx, ids: &[(Id, Audience)]) -> Work<HashSet<Id>> {
    let me = Uploader::of(&ctx.caller);
    let mut shown = HashSet::new();
    for chunk in ids.chunks(500) {
        let all: Vec<Id> = chunk.iter().map(|(id, _)| *id).collect();
        for row in store::of_ids(conn, &all)?.into_iter().filter(|row| row.erased_at.is_none()) {
            let audience = chunk.iter().find(|(id, _)| *id == row.id).map(|(_, audience)| *audience);
            if me.is(&row.uploader()) || audience.is_some_and(|audience| of_ticket(&row, audience).is_some()) {
                shown.insert(row.id);
            }
        }
    }
    Ok(shown)
}

/// A file that this caller sees, and in which form; any other is as if it were not there.
pub fn find_visible(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<(AttachmentRow, Shown)> {
    if let Some(row) = store::find(conn, id)?
        && let Some(form) = form(conn, ctx, &row)?
    {
        return Ok((row, form));
    }
    Err(Problem::not_found().into())
}

/// What a file that this caller sees is called to this caller.
pub fn name(conn: &mut Conn, ctx: &Ctx, row: &AttachmentRow) -> Work<String> {
    let own = Uploader::of(&ctx.caller).is(&row.uploader());
    let neutral = |conn: &mut Conn| -> Work<String> {
        let number = match row.complaint_id {
            Some(complaint) => store::number_in_ticket(conn, complaint, row.id)?,
            None => 1,
        };
        Ok(names::neutral(number, &row.media_type))
    };
    if !own && let (Some((kind, id)), Some(_)) = (row.owner(), row.complaint_id) {
        match look(conn, ctx, kind, id)? {
            Some(Sight::Ticket(audience)) if sight::keeps_name(audience, from(row)) => {}
            _ => return neutral(conn),
        }
    }
    sealed_names::of(conn, &ctx.state.keys.ring(), row)
}
