//! Complaint heat: complexes by complaints per hundred households.

use std::cmp::Ordering;

use super::actions::{instants, narrowed, rules_of};
use super::model::*;
use super::rules::{HeatKey, Warm, hotter, period};
use super::store::{self, Wanted};
use crate::complaints::scoped::Viewer;
use crate::db::{Conn, WorkResult};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::service::Ctx;

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListComplaintHeat) -> WorkResult<PageOf<ComplexHeat>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let after = Cursor::decode::<HeatKey>(page.cursor.as_deref())?;
    let days = period(query.from, query.to, ctx.today)?;
    let mut all = match narrowed(ctx, [query.township.as_deref(), query.community.as_deref()]) {
        Some((division, scope)) => {
            let (from, until) = instants(ctx, days);
            let wanted = Wanted {
                viewer: Viewer::of(&ctx.caller, &ctx.scope).within(&division),
                from,
                until,
                now: ctx.now,
                complex: None,
                company: None,
                category: query.category.clone(),
                open_to_all: false,
            };
            store::warm(conn, &scope, &wanted)?
        }
        None => Vec::new(),
    };
    let total = page.with_total.unwrap_or(false).then_some(all.len() as i64);
    all.sort_by_cached_key(|one| Order(one.key()));
    if let Some(after) = after {
        all.retain(|one| hotter(&one.key(), &after) == Ordering::Greater);
    }
    all.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let (all, next_cursor) = page.cut(all, Warm::key);
    let policy = rules_of(conn, ctx, ctx.caller.county().unwrap_or_default())?;
    let name = |code: &str| policy.category(code).map(|category| category.name_zh.clone());
    Ok(PageOf { items: all.into_iter().map(|one| one.view(name)).collect(), next_cursor, total })
}

#[derive(PartialEq, Eq)]
struct Order(HeatKey);

impl Ord for Order {
    fn cmp(&self, other: &Order) -> Ordering {
        hotter(&self.0, &other.0)
    }
}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Order) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
