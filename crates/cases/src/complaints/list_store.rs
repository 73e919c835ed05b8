//! The list of complaints. Lists of open complaints have the most urgent first, all others the newest.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::input::ListComplaints;
use super::model::*;
use super::scoped::{self, Viewer};
use super::visibility::{self, Audience, Field};
use crate::access::{Role, Scope};
use crate::db::schema::{company_families, complaints};
use crate::db::{Conn, Id, Instant, MultiBackend, WorkResult};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::newest_first;
use crate::service::Ctx;

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListComplaints) -> WorkResult<PageOf<ComplaintRow>> {
    let viewer = Viewer::of(&ctx.caller, &ctx.scope);
    let own = only_company(conn, &viewer)?;
    let filtered = || {
        let rows = matching(ctx, &viewer, query);
        if own.is_some() { rows.filter(complaints::company_id.eq(own)) } else { rows }
    };
    let urgent = query.open == Some(true) || query.overdue == Some(true) || query.due_within.is_some();
    if !urgent {
        return newest_first!(conn, query, ComplaintRow, complaints::id, filtered);
    }
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some((due, id)) = Cursor::decode::<(Instant, Id)>(page.cursor.as_deref())? {
        rows = rows
            .filter(complaints::resolve_due.ge(due))
            .filter(complaints::resolve_due.gt(due).or(complaints::id.gt(id)));
    }
    let rows: Vec<ComplaintRow> =
        rows.order((complaints::resolve_due, complaints::id)).limit(page.fetch()).load(conn)?;
    let (items, next_cursor) = page.cut(rows, |row| (row.resolve_due, row.id));
    Ok(PageOf { items, next_cursor, total })
}

/// The company of a caller without branches. With a single company id in the query, the database reads the list in
/// order from an index; with several it has to sort.
fn only_company(conn: &mut Conn, viewer: &Viewer) -> WorkResult<Option<Id>> {
    let Scope::Company(uscc) = &viewer.scope else { return Ok(None) };
    let family = company_families::table.filter(company_families::uscc.eq(uscc));
    let ids: Vec<Id> = family.select(company_families::company_id).limit(2).load(conn)?;
    Ok(Some(ids).filter(|ids| ids.len() == 1).and_then(|ids| ids.first().copied()))
}

fn matching<'a>(ctx: &Ctx, viewer: &Viewer, query: &ListComplaints) -> complaints::BoxedQuery<'a, MultiBackend> {
    let mut rows = scoped::complaints(viewer);
    let division = ctx.caller.division.clone().unwrap_or_default();
    // A resident has no handler role, and the scope already limits a company to its own complaints.
    if query.mine == Some(true) && viewer.role != Role::Resident {
        rows = rows.filter(complaints::handler_role.eq(viewer.role));
        if viewer.role != Role::PropertyCompany {
            rows = rows.filter(complaints::handler_division.eq(division.clone()));
        }
    }
    if query.supervised_by_me == Some(true) {
        rows = rows
            .filter(complaints::supervising_role.eq(viewer.role))
            .filter(complaints::supervising_division.eq(division));
    }
    // During a pause the deadlines do not run.
    let running = || complaints::state.ne(ComplaintState::WaitingForComplainant);
    let urgent = query.overdue == Some(true) || query.due_within.is_some();
    if let Some(open) = query.open.or(urgent.then_some(true)) {
        rows = rows.filter(complaints::is_open.eq(open));
    }
    match query.overdue {
        Some(true) => rows = rows.filter(complaints::resolve_due.le(ctx.now)).filter(running()),
        Some(false) => {
            rows = rows
                .filter(complaints::is_open.eq(false).or(complaints::resolve_due.gt(ctx.now)).or(running().eq(false)))
        }
        None => {}
    }
    if let Some(hours) = query.due_within {
        let last = Instant(ctx.now.0 + TimeDelta::hours(hours));
        rows = rows
            .filter(complaints::is_open.eq(true))
            .filter(complaints::resolve_due.gt(ctx.now))
            .filter(complaints::resolve_due.le(last))
            .filter(running());
    }
    if let Some(state) = query.state {
        rows = rows.filter(complaints::state.eq(state));
    }
    if let Some(category) = &query.category {
        rows = rows.filter(complaints::category.eq(category.clone()));
    }
    if let Some(kind) = query.kind {
        rows = rows.filter(complaints::kind.eq(kind));
    }
    if let Some(channel) = query.channel {
        rows = rows.filter(complaints::channel.eq(channel));
    }
    if let Some(complex) = query.complex_id {
        rows = rows.filter(complaints::complex_id.eq(complex));
    }
    if let Some(company) = query.company_id {
        rows = rows.filter(complaints::company_id.eq(company));
        if !visibility::is_clear(Audience::of(ctx.caller.role, false), Field::ServingCompany) {
            rows = rows.filter(complaints::with_company.eq(true));
        }
    }
    if let Some(township) = &query.township {
        rows = rows.filter(complaints::township.eq(township.clone()));
    }
    if let Some(community) = &query.community {
        rows = rows.filter(complaints::community.eq(community.clone()));
    }
    if let Some(number) = &query.hotline_number {
        rows = rows.filter(complaints::hotline_number.eq(number.clone()));
    }
    if let Some(from) = query.submitted_from {
        rows = rows.filter(complaints::submitted_at.ge(from));
    }
    if let Some(to) = query.submitted_to {
        rows = rows.filter(complaints::submitted_at.lt(to));
    }
    rows
}
