//! Rows of companies, their families and the areas where they are visible.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Company, ListCompanies};
use crate::access::Scope;
use crate::companies::scoped;
use crate::db::schema::{companies, company_areas, company_families as families};
use crate::db::{Conn, Id, WorkResult, contains, distinct, folded, lock_company};
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::on_both;
use crate::problem::Problem;
use crate::service::Ctx;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<Company> {
    Ok(scoped::company(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

pub fn find_by_uscc(conn: &mut Conn, scope: &Scope, uscc: &str) -> WorkResult<Option<Company>> {
    Ok(scoped::companies(scope).filter(companies::uscc.eq(uscc.to_owned())).first(conn).optional()?)
}

/// Locks the company, then reads it.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<Company> {
    lock_company(conn, id)?;
    find(conn, scope, id)
}

pub fn uscc_exists(conn: &mut Conn, uscc: &str) -> WorkResult<bool> {
    let system = Scope::System("a USCC is unique in the whole deployment");
    let found: Option<Id> =
        scoped::companies(&system).filter(companies::uscc.eq(uscc)).select(companies::id).first(conn).optional()?;
    Ok(found.is_some())
}

pub fn has_branches(conn: &mut Conn, id: Id) -> WorkResult<bool> {
    let system = Scope::System("branches count with their parent wherever they are");
    let branch: Option<Id> =
        scoped::companies(&system).filter(companies::parent_id.eq(id)).select(companies::id).first(conn).optional()?;
    Ok(branch.is_some())
}

pub fn insert(conn: &mut Conn, company: &Company) -> Result<(), diesel::result::Error> {
    diesel::insert_into(companies::table).values(company).execute(conn).map(drop)
}

pub fn update(conn: &mut Conn, company: &Company) -> WorkResult<()> {
    diesel::update(companies::table.find(company.id)).set(company).execute(conn)?;
    Ok(())
}

/// Stores the USCCs whose tokens may act for a company: its own and its parent's.
pub fn set_family(conn: &mut Conn, company: &Company) -> WorkResult<()> {
    diesel::delete(families::table.filter(families::company_id.eq(company.id))).execute(conn)?;
    let mut codes = vec![company.uscc.clone()];
    if let Some(parent) = company.parent_id {
        codes.push(find(conn, &Scope::System("the parent company acts for its branches"), parent)?.uscc);
    }
    for code in codes {
        diesel::insert_into(families::table)
            .values((families::uscc.eq(code), families::company_id.eq(company.id)))
            .execute(conn)?;
    }
    Ok(())
}

/// The USCCs whose tokens may act for a company.
pub fn speakers_of(conn: &mut Conn, company: Option<Id>) -> WorkResult<Vec<String>> {
    let Some(company) = company else { return Ok(Vec::new()) };
    Ok(families::table.filter(families::company_id.eq(company)).select(families::uscc).load(conn)?)
}

/// Makes a company visible in divisions: where it is registered, serves or applies.
pub fn add_areas(conn: &mut Conn, company: Id, areas: &[&str]) -> WorkResult<()> {
    for area in areas.iter().filter(|area| !area.is_empty()) {
        let row = (company_areas::company_id.eq(company), company_areas::area.eq(*area));
        on_both!(conn, |conn| {
            diesel::insert_into(company_areas::table).values(row).on_conflict_do_nothing().execute(conn)
        })?;
    }
    Ok(())
}

/// Names and USCCs of companies, for resources that display them.
pub fn names_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, (String, String)>> {
    let system = Scope::System("a resource that the caller may see names its company");
    if let [id] = ids {
        let found: Option<Company> = scoped::company(conn, &system, *id)?;
        return Ok(found.into_iter().map(|company| (company.id, (company.name, company.uscc))).collect());
    }
    let named = scoped::companies_among(&system, distinct(ids));
    let rows: Vec<(Id, String, String)> = named.select((companies::id, companies::name, companies::uscc)).load(conn)?;
    Ok(rows.into_iter().map(|(id, name, uscc)| (id, (name, uscc))).collect())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListCompanies) -> WorkResult<PageOf<Company>> {
    newest_first!(conn, query, Company, companies::id, || {
        let mut rows = scoped::companies(&ctx.scope);
        if let Some(q) = &query.q {
            rows = rows.filter(folded(companies::name).like(folded(contains(q))).escape('\\'));
        }
        if let Some(uscc) = &query.uscc {
            rows = rows.filter(companies::uscc.eq(uscc.clone()));
        }
        rows
    })
}
