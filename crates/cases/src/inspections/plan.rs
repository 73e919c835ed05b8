//! The inspection plan (检查计划). It is computed for each request and never stored, so that it cannot be out of date.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::counting_store as store;
use super::input::ListPlan;
use super::model::FrequencyReason;
use super::plan_rules::{is_overdue, pace};
use crate::access::Scope;
use crate::companies;
use crate::db::{Conn, Id, WorkResult};
use crate::http::paging::Page;
use crate::http::{Cursor, PageOf};
use crate::policy;
use crate::ratings;
use crate::ratings::model::Star;
use crate::service::Ctx;

/// An inspection due at a complex (应检查事项).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedInspection {
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// Township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// The current company of the complex.
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Code of the checklist.
    #[schema(max_length = 40, example = "safety")]
    pub checklist: String,
    /// The checklist in Chinese.
    #[schema(max_length = 100, example = "安全生产检查表")]
    pub checklist_zh: String,
    /// The checklist in English.
    #[schema(max_length = 200, example = "Safety checklist")]
    pub checklist_en: String,
    /// Day of the last inspection by this checklist; null if there is none.
    pub last_inspected_on: Option<NaiveDate>,
    /// Inspection frequency: days from one inspection to the next.
    #[schema(minimum = 1)]
    pub every_days: u32,
    pub reason: FrequencyReason,
    /// Star of the complex; null if not rated.
    pub star: Option<Star>,
    /// Day since which it is on the focus list; null if it is not.
    pub focus_since: Option<NaiveDate>,
    /// Due date of the next inspection.
    pub due_on: NaiveDate,
    /// True if the due date and the days of grace have passed.
    pub overdue: bool,
    /// Next day for which an inspection by this checklist is planned; null if none is.
    pub planned_on: Option<NaiveDate>,
}

type Key = (NaiveDate, Id, String);

fn key(one: &PlannedInspection) -> Key {
    (one.due_on, one.complex_id, one.checklist.clone())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListPlan) -> WorkResult<PageOf<PlannedInspection>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let after = Cursor::decode::<Key>(page.cursor.as_deref())?;
    let policies = policy::current(conn, &ctx.state, ctx.caller.county().unwrap_or_default())?;
    let document = policies.governing(ctx.today).document();
    let rules = &document.inspections;
    let own = ctx.caller.division.as_deref().unwrap_or_default();
    let narrowed = Scope::intersect(own, [query.township.as_deref(), query.community.as_deref()]);
    let Some(scope) = narrowed else {
        let total = page.with_total.unwrap_or(false).then_some(0);
        return Ok(PageOf { items: Vec::new(), next_cursor: None, total });
    };
    let served = store::served(conn, &scope, ctx.today)?;
    let last = store::last_days(conn, &scope)?;
    let next = store::planned_days(conn, &scope, ctx.today)?;
    let stars = ratings::store::current_stars(conn, &served.iter().map(|one| one.complex).collect::<Vec<_>>())?;
    let mut all = Vec::new();
    for one in &served {
        let star = stars.get(&one.complex).copied();
        for checklist in rules.checklists.iter().filter(|list| query.checklist.as_ref().is_none_or(|c| *c == list.code))
        {
            let about = (one.complex, checklist.code.clone());
            let last_inspected_on = last.get(&about).copied();
            let Some(pace) = pace(checklist, star, last_inspected_on, one.serving.began) else { continue };
            let pace = pace.starting(document.programme_from);
            all.push(PlannedInspection {
                complex_id: one.complex,
                complex_name: one.name.clone(),
                township: one.township.clone(),
                community: one.community.clone(),
                company_id: one.serving.company_id,
                company_name: String::new(),
                checklist: checklist.code.clone(),
                checklist_zh: checklist.title_zh.clone(),
                checklist_en: checklist.title_en.clone(),
                last_inspected_on,
                every_days: pace.every_days,
                reason: pace.reason,
                star: star.map(|current| current.star),
                focus_since: star.and_then(|current| current.focus_since),
                due_on: pace.due_on,
                overdue: is_overdue(pace.due_on, rules.grace_days, ctx.today),
                planned_on: next.get(&about).copied(),
            });
        }
    }
    all.retain(|one| query.overdue.is_none_or(|overdue| one.overdue == overdue));
    if let Some(days) = query.due_within {
        let until = ctx.today + chrono::Days::new(days.into());
        all.retain(|one| one.due_on <= until);
    }
    all.sort_by(|one, other| match one.due_on.cmp(&other.due_on) {
        Ordering::Equal => (one.complex_id, &one.checklist).cmp(&(other.complex_id, &other.checklist)),
        order => order,
    });
    let total = page.with_total.unwrap_or(false).then_some(all.len() as i64);
    if let Some(after) = after {
        all.retain(|one| key(one) > after);
    }
    all.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let (mut items, next_cursor) = page.cut(all, key);
    let names = companies::names_of(conn, &items.iter().map(|one| one.company_id).collect::<Vec<_>>())?;
    for one in &mut items {
        one.company_name = names.get(&one.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
    }
    Ok(PageOf { items, next_cursor, total })
}
