//! Lists of cycles and ratings, and the focus list.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::input::{ListCycles, ListFocus, ListRatings};
use super::rows::{CycleRow, RatingRow};
use crate::db::schema::{rating_cycles as cycles, ratings};
use crate::db::{Conn, Id, WorkResult};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::newest_first;
use crate::ratings::scoped;
use crate::service::Ctx;

pub fn list_cycles(conn: &mut Conn, ctx: &Ctx, query: &ListCycles) -> WorkResult<PageOf<CycleRow>> {
    newest_first!(conn, query, CycleRow, cycles::id, || {
        let mut rows = scoped::rating_cycles(&ctx.scope);
        if let Some(state) = query.state {
            rows = rows.filter(cycles::state.eq(state));
        }
        rows
    })
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListRatings) -> WorkResult<PageOf<RatingRow>> {
    newest_first!(conn, query, RatingRow, ratings::id, || {
        let mut rows = scoped::ratings(&ctx.scope);
        if let Some(cycle) = query.cycle_id {
            rows = rows.filter(ratings::cycle_id.eq(cycle));
        }
        if let Some(complex) = query.complex_id {
            rows = rows.filter(ratings::complex_id.eq(complex));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(ratings::company_id.eq(company));
        }
        if let Some(state) = query.state {
            rows = rows.filter(ratings::state.eq(state));
        }
        if let Some(star) = query.star {
            rows = rows.filter(ratings::final_star.eq(star.rank()));
        }
        if let Some(community) = &query.community {
            rows = rows.filter(ratings::community.eq(community.clone()));
        }
        if query.current == Some(true) {
            rows = rows.filter(ratings::is_current);
        }
        if let Some(day) = query.as_of {
            rows = rows
                .filter(ratings::published_on.le(day))
                .filter(ratings::superseded_on.is_null().or(ratings::superseded_on.gt(day)))
                .filter(ratings::withdrawn_on.is_null().or(ratings::withdrawn_on.gt(day)));
        }
        rows
    })
}

/// The focus list: current ratings with a low star, the one longest on the list first.
pub fn focus_list(conn: &mut Conn, ctx: &Ctx, query: &ListFocus) -> WorkResult<PageOf<RatingRow>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || {
        let mut rows =
            scoped::ratings(&ctx.scope).filter(ratings::is_current).filter(ratings::focus_since.is_not_null());
        if let Some(company) = query.company_id {
            rows = rows.filter(ratings::company_id.eq(company));
        }
        if let Some(community) = &query.community {
            rows = rows.filter(ratings::community.eq(community.clone()));
        }
        rows
    };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some((since, id)) = Cursor::decode::<(NaiveDate, Id)>(page.cursor.as_deref())? {
        let later = ratings::focus_since.gt(since).or(ratings::id.gt(id));
        rows = rows.filter(ratings::focus_since.ge(since)).filter(later.assume_not_null());
    }
    let rows: Vec<RatingRow> = rows.order((ratings::focus_since, ratings::id)).limit(page.fetch()).load(conn)?;
    let (rows, next_cursor) = page.cut(rows, |row| (row.focus_since, row.id));
    Ok(PageOf { items: rows, next_cursor, total })
}
