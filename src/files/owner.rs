//! Who sees a file: whoever sees the row that it belongs to, by the very code that reads that row by its id.

use super::model::{AttachmentRow, OwnerKind, Uploader};
use super::store;
use crate::access::permissions;
use crate::db::{Conn, Fail, Id, Work};
use crate::http::Ctx;
use crate::problem::{Code, Problem};
use crate::{blacklist, complaints, contracts, disclosures, inspections, measures, ratings, violations};

/// What a caller sees of a row.
enum Sight {
    Open,
    /// That it is there; its content waits to be opened.
    Unopened,
}

/// The one place that knows the rows that have files. A new kind of row has its line here.
fn sight(conn: &mut Conn, ctx: &Ctx, kind: OwnerKind, id: Id) -> Work<Option<Sight>> {
    let unopened = |yes: bool| if yes { Sight::Unopened } else { Sight::Open };
    match kind {
        OwnerKind::Violation => {
            let read = |conn: &mut Conn| violations::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_violation", read, |row| unopened(violations::actions::is_unopened(ctx, row)))
        }
        OwnerKind::Measure => {
            let read = |conn: &mut Conn| measures::store::find(conn, &ctx.scope, id);
            seen(conn, ctx, "get_measure", read, |row| unopened(measures::actions::is_unopened(ctx, row)))
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
            let read = |conn: &mut Conn| complaints::find_for(conn, ctx, id);
            seen(conn, ctx, "get_complaint", read, |_| Sight::Open)
        }
        OwnerKind::ComplaintStep => {
            let read = |conn: &mut Conn| complaints::find_step_for(conn, ctx, id);
            seen(conn, ctx, "get_complaint", read, |_| Sight::Open)
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

/// Does this caller see this file? What the caller uploaded itself it knows already, opened or not.
pub fn sees(conn: &mut Conn, ctx: &Ctx, row: &AttachmentRow) -> Work<bool> {
    let own = Uploader::of(&ctx.caller).is(&row.uploader());
    let Some((kind, id)) = row.owner() else { return Ok(own) };
    Ok(match sight(conn, ctx, kind, id)? {
        Some(Sight::Open) => true,
        Some(Sight::Unopened) => own,
        None => false,
    })
}

/// A file that this caller sees; any other is as if it were not there.
pub fn find_visible(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<AttachmentRow> {
    if let Some(row) = store::find(conn, id)?
        && sees(conn, ctx, &row)?
    {
        return Ok(row);
    }
    Err(Problem::not_found().into())
}
