use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{CreditRepair, ListBlacklist, Listing, ListingKind, ListingRow, ListingState};
use crate::access::Scope;
use crate::blacklist::scoped;
use crate::companies;
use crate::db::schema::listings;
use crate::db::{Conn, Id, Work};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::measures::model::MeasureRow;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{Statement, Step};
use crate::service::Ctx;

/// The lists of a county that a company is on, on a day.
fn kinds_on(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> Work<Vec<String>> {
    let system = Scope::System("what a company may take on does not depend on who asks");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::county.eq(county.to_owned()))
        .filter(listings::listed_from.le(day))
        .filter(listings::listed_until.ge(day))
        .filter(listings::removed_on.is_null().or(listings::removed_on.gt(day)))
        .filter(listings::suspended_on.is_null().or(listings::suspended_on.gt(day)))
        .select(listings::kind)
        .load(conn)?)
}

/// Is a company on a county's blacklist on a day?
pub fn is_listed(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> Work<bool> {
    Ok(kinds_on(conn, company, county, day)?.iter().any(|kind| kind == ListingKind::Blacklist.code()))
}

/// A company that a county has blacklisted or restricted takes on no new complex there; renewals are not touched.
pub fn refuse_new_complex(conn: &mut Conn, company: Id, county: &str, day: NaiveDate) -> Work<()> {
    let kinds = kinds_on(conn, company, county, day)?;
    let on = |kind: ListingKind| kinds.iter().any(|code| code == kind.code());
    if on(ListingKind::Blacklist) {
        return Err(Problem::new(Code::CompanyBlacklisted).into());
    }
    if on(ListingKind::Restriction) {
        return Err(Problem::new(Code::CompanyRestricted).into());
    }
    Ok(())
}

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> Work<ListingRow> {
    let row = scoped::listings(scope).filter(listings::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// The entries that a measure made and that are not removed.
pub fn of_measure(conn: &mut Conn, company: Id, measure: Id) -> Work<Vec<ListingRow>> {
    let system = Scope::System("taking a measure back ends what it did");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::measure_id.eq(measure))
        .filter(listings::removed_on.is_null())
        .order(listings::id)
        .load(conn)?)
}

/// First and last day of the entry that a measure made.
pub fn term_of(conn: &mut Conn, measure: &MeasureRow) -> Work<Option<(NaiveDate, NaiveDate)>> {
    let system = Scope::System("the paper of a listing says for how long");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(measure.company_id))
        .filter(listings::measure_id.eq(measure.id))
        .select((listings::listed_from, listings::listed_until))
        .first(conn)
        .optional()?)
}

pub fn insert(conn: &mut Conn, row: &ListingRow) -> Work<()> {
    diesel::insert_into(listings::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ListingRow) -> Work<()> {
    diesel::update(listings::table.find(row.id))
        .set((
            listings::version.eq(row.version),
            listings::removed_on.eq(row.removed_on),
            listings::removal_reason.eq(&row.removal_reason),
            listings::repair.eq(&row.repair),
            listings::updated_at.eq(row.updated_at),
            listings::suspended_on.eq(row.suspended_on),
            listings::repair_refusal.eq(&row.repair_refusal),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn views(conn: &mut Conn, rows: Vec<ListingRow>, today: NaiveDate) -> Work<Vec<Listing>> {
    let names = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|row| {
            let (company_name, company_uscc) = names.get(&row.company_id).cloned().unwrap_or_default();
            let state = match row.removed_on {
                Some(_) => ListingState::Removed,
                None if row.listed_until < today => ListingState::Expired,
                None if row.suspended_on.is_some() => ListingState::Suspended,
                None => ListingState::InForce,
            };
            Ok(Listing {
                kind: row.kind()?,
                state,
                company_name,
                company_uscc,
                credit_repair: row.repair.0.map(|made| repair(made, row.repair_refusal.0)),
                id: row.id,
                version: row.version,
                company_id: row.company_id,
                county: row.county,
                measure_id: row.measure_id,
                legal_basis: row.legal_basis,
                reason: row.reason,
                publicity: row.publicity,
                listed_from: row.listed_from,
                listed_until: row.listed_until,
                removed_on: row.removed_on,
                removal_reason: row.removal_reason,
                suspended_on: row.suspended_on,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

fn repair(made: Statement, refused: Option<Step>) -> CreditRepair {
    let (refused_at, refusal_reasons) = refused.map(|step| (step.at, step.text)).unzip();
    CreditRepair { text: made.text, evidence: made.evidence, at: made.at, refused_at, refusal_reasons }
}

/// Entries in force with an application for credit repair that waits, oldest first.
pub fn with_open_repair(conn: &mut Conn, scope: &Scope, today: NaiveDate, at_most: i64) -> Work<Vec<ListingRow>> {
    Ok(scoped::listings(scope)
        .filter(listings::repair.ne("null"))
        .filter(listings::repair_refusal.eq("null"))
        .filter(listings::removed_on.is_null())
        .filter(listings::listed_until.ge(today))
        .order(listings::id)
        .limit(at_most)
        .load(conn)?)
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListBlacklist) -> Work<PageOf<Listing>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || {
        let mut rows = scoped::listings(&ctx.scope);
        if let Some(kind) = query.kind {
            rows = rows.filter(listings::kind.eq(kind.code()));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(listings::company_id.eq(company));
        }
        rows
    };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some(before) = Cursor::decode::<Id>(page.cursor.as_deref())? {
        rows = rows.filter(listings::id.lt(before));
    }
    let rows: Vec<ListingRow> = rows.order(listings::id.desc()).limit(page.fetch()).load(conn)?;
    let (rows, next_cursor) = page.cut(rows, |row| row.id);
    Ok(PageOf { items: views(conn, rows, ctx.today)?, next_cursor, total })
}
