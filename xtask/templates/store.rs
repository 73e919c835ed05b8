use diesel::prelude::*;

use super::model::*;
use super::scoped;
use crate::access::Scope;
use crate::companies;
use crate::complexes;
use crate::db::schema::__features__;
use crate::db::{Conn, Id, WorkResult, lock_complex};
use crate::http::Entity;
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::problem::Problem;
use crate::proceedings::view::{note_view, officer};
use crate::service::Ctx;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<__Feature__Row> {
    let row = scoped::__features__(scope).filter(__features__::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the complex, then reads the row, so that of two concurrent reports one fails with a conflict.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<__Feature__Row> {
    let complex = find(conn, scope, id)?.complex_id;
    lock_complex(conn, complex)?;
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &__Feature__Row) -> WorkResult<()> {
    diesel::insert_into(__features__::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &__Feature__Row) -> WorkResult<()> {
    diesel::update(__features__::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &List__Features__) -> WorkResult<PageOf<__Feature__>> {
    let page = newest_first!(conn, query, __Feature__Row, __features__::id, || {
        let mut rows = scoped::__features__(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(__features__::state.eq(state));
        }
        if let Some(complex) = query.complex_id {
            rows = rows.filter(__features__::complex_id.eq(complex));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(__features__::company_id.eq(company));
        }
        rows
    })?;
    page.map(|rows| views(conn, ctx, rows))
}

/// The resource for a response, with its version.
pub fn entity(conn: &mut Conn, ctx: &Ctx, row: __Feature__Row) -> WorkResult<Entity<__Feature__>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(conn, ctx, row)?))
}

pub fn view(conn: &mut Conn, ctx: &Ctx, row: __Feature__Row) -> WorkResult<__Feature__> {
    Ok(views(conn, ctx, vec![row])?.pop().ok_or_else(|| Problem::broken("a row that was read has no view"))?)
}

/// Loads the names of companies and complexes with one query each for the whole page.
fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<__Feature__Row>) -> WorkResult<Vec<__Feature__>> {
    let companies = companies::names_of(conn, &rows.iter().filter_map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().map(|row| row.complex_id).collect::<Vec<_>>())?;
    let views = rows.into_iter().map(|row| __Feature__ {
        complex_name: complexes.get(&row.complex_id).cloned().unwrap_or_default(),
        company_name: row.company_id.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
        created_by: officer(ctx, row.created_by.0),
        outcome: row.outcome.0.map(|one| note_view(ctx, one)),
        id: row.id,
        version: row.version,
        state: row.state,
        complex_id: row.complex_id,
        company_id: row.company_id,
        county: row.county,
        township: row.township,
        community: row.community,
        title: row.title,
        planned_on: row.planned_on,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(views.collect())
}
