//! Rows of listings.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{ListBlacklist, ListingKind, ListingRow};
use super::rules;
use crate::access::Scope;
use crate::blacklist::scoped;
use crate::db::schema::listings;
use crate::db::{Conn, Id, WorkResult};
use crate::http::paging::PageOf;
use crate::newest_first;
use crate::problem::Problem;
use crate::service::Ctx;

/// The kinds of listing of a company that are in force in a county on a day.
fn kinds_on(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> WorkResult<Vec<ListingKind>> {
    let system = Scope::System("restrictions of a company do not depend on the caller");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::county.eq(county.to_owned()))
        .filter(listings::listed_from.le(day))
        .filter(listings::listed_until.ge(day))
        .filter(listings::delisted_on.is_null().or(listings::delisted_on.gt(day)))
        .filter(listings::suspended_on.is_null().or(listings::suspended_on.gt(day)))
        .select(listings::kind)
        .load(conn)?)
}

/// True if a company is blacklisted in a county on a day.
pub fn is_listed(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> WorkResult<bool> {
    Ok(kinds_on(conn, company, county, day)?.contains(&ListingKind::Blacklist))
}

/// Fails if the company is blacklisted or restricted in the county. Renewals of contracts stay allowed.
pub fn refuse_new_complex(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> WorkResult<()> {
    Ok(rules::may_take_on(&kinds_on(conn, company, county, day)?)?)
}

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ListingRow> {
    let row = scoped::listings(scope).filter(listings::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// The listings that a measure led to and that were not delisted.
pub fn of_measure(conn: &mut Conn, company: Id, measure: Id) -> WorkResult<Vec<ListingRow>> {
    let system = Scope::System("reversing a measure ends its listing");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::measure_id.eq(measure))
        .filter(listings::delisted_on.is_null())
        .order(listings::id)
        .load(conn)?)
}

/// First and last day of the listing that a measure led to.
pub fn term_of(conn: &mut Conn, company: Id, measure: Id) -> WorkResult<Option<(NaiveDate, NaiveDate)>> {
    let system = Scope::System("the official document of a listing states its term");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::measure_id.eq(measure))
        .select((listings::listed_from, listings::listed_until))
        .first(conn)
        .optional()?)
}

pub fn insert(conn: &mut Conn, row: &ListingRow) -> WorkResult<()> {
    diesel::insert_into(listings::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ListingRow) -> WorkResult<()> {
    diesel::update(listings::table.find(row.id))
        .set((
            listings::version.eq(row.version),
            listings::delisted_on.eq(row.delisted_on),
            listings::delisting_reason.eq(&row.delisting_reason),
            listings::repair.eq(&row.repair),
            listings::updated_at.eq(row.updated_at),
            listings::suspended_on.eq(row.suspended_on),
            listings::repair_refusal.eq(&row.repair_refusal),
        ))
        .execute(conn)?;
    Ok(())
}

/// Listings in force with a pending application for credit repair, oldest first.
pub fn with_open_repair(conn: &mut Conn, scope: &Scope, today: NaiveDate, at_most: i64) -> WorkResult<Vec<ListingRow>> {
    Ok(scoped::listings(scope)
        .filter(listings::repair.ne("null"))
        .filter(listings::repair_refusal.eq("null"))
        .filter(listings::delisted_on.is_null())
        .filter(listings::listed_until.ge(today))
        .order(listings::id)
        .limit(at_most)
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListBlacklist) -> WorkResult<PageOf<ListingRow>> {
    newest_first!(conn, query, ListingRow, listings::id, || {
        let mut rows = scoped::listings(&ctx.scope);
        if let Some(kind) = query.kind {
            rows = rows.filter(listings::kind.eq(kind));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(listings::company_id.eq(company));
        }
        rows
    })
}
