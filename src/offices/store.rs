use diesel::prelude::*;

use super::model::{ListOffices, OfficeRow, OfficeView};
use crate::access::{Role, Scope};
use crate::db::schema::offices;
use crate::db::{Conn, Fail, Id, Work};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::offices::scoped;
use crate::problem::{Code, Problem};
use crate::service::Ctx;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> Work<OfficeRow> {
    let row = scoped::offices(scope).filter(offices::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the office, then reads it.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> Work<OfficeRow> {
    if let Conn::Postgres(conn) = conn {
        offices::table.find(id).select(offices::id).for_update().first::<Id>(conn).optional()?;
    }
    find(conn, scope, id)
}

/// The office of a role in a division, where it is on file.
pub fn find_by_seat(conn: &mut Conn, role: Role, division: &str) -> Work<Option<OfficeRow>> {
    let system = Scope::System("an office is named wherever it acts");
    let seat = scoped::offices(&system)
        .filter(offices::role.eq(role.code()))
        .filter(offices::division.eq(division.to_owned()));
    Ok(seat.first(conn).optional()?)
}

pub fn insert(conn: &mut Conn, row: &OfficeRow) -> Work<()> {
    diesel::insert_into(offices::table).values(row).execute(conn).map_err(taken)?;
    Ok(())
}

pub fn update(conn: &mut Conn, row: &OfficeRow) -> Work<()> {
    diesel::update(offices::table.find(row.id)).set(row).execute(conn).map_err(taken)?;
    Ok(())
}

/// A role has one office in a division, and a word one office in a county.
fn taken(error: diesel::result::Error) -> Fail {
    if !Fail::is_duplicate(&error) {
        return error.into();
    }
    Problem::new(Code::AlreadyExists)
        .detail(
            "该角色在此区划已登记，或该机关代字已由本县其他机构使用",
            "this role is on file in this division already, or the word is another office's of the county",
        )
        .into()
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListOffices) -> Work<PageOf<OfficeView>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || {
        let mut rows = scoped::offices(&ctx.scope);
        if let Some(role) = query.role {
            rows = rows.filter(offices::role.eq(role.code()));
        }
        if let Some(division) = &query.division {
            rows = rows.filter(offices::division.eq(division.clone()));
        }
        rows
    };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some(before) = Cursor::decode::<Id>(page.cursor.as_deref())? {
        rows = rows.filter(offices::id.lt(before));
    }
    let rows: Vec<OfficeRow> = rows.order(offices::id.desc()).limit(page.fetch()).load(conn)?;
    let (rows, next_cursor) = page.cut(rows, |row| row.id);
    Ok(PageOf { items: rows.into_iter().map(OfficeView::from).collect(), next_cursor, total })
}

/// To whom a resident turns about a place, the nearest first: those of these offices that are on file.
pub fn complaint_phones(conn: &mut Conn, county: &str, township: &str, community: &str) -> Work<Vec<OfficeView>> {
    let turned_to = [
        (Role::Community, community),
        (Role::SocialAffairsOffice, township),
        (Role::CountyAuthority, county),
        (Role::MarketSupervision, county),
    ];
    let mut all = Vec::new();
    for (role, division) in turned_to {
        all.extend(find_by_seat(conn, role, division)?.map(OfficeView::from));
    }
    Ok(all)
}
