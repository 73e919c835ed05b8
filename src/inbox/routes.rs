//! The inbox operation.

use chrono::NaiveDate;

use super::model::{EscalationLevel, InboxItem, InboxKind, ListInbox};
use super::tasks::{self, PendingItem, Task, Timing};
use super::{complaining, inspecting, ratings, registers, rules};
use crate::access::Role;
use crate::calendar;
use crate::companies;
use crate::complaints::clock_rules::{is_over, last_day};
use crate::complaints::model::CardColour;
use crate::complexes;
use crate::contracts::model::ContractState;
use crate::db::{Conn, Id, WorkResult};
use crate::disclosures::model::DisclosureKind;
use crate::http::paging::Page;
use crate::http::{Cursor, PageOf, Response};
use crate::service::Ctx;
use crate::standing::model::OfficeRef;
use crate::{contracts, disclosures, measures, policy, survey, violations};

/// Maximum number of open rows that are read for each kind. An office with more sees the oldest of them.
const ROW_CAP: i64 = 5000;

/// List inbox items
///
/// Lists the pending tasks of your office or company (待办), ordered by due date; items without one come last. They cover
/// violations, measures, contracts, disclosures, ratings, inspections, hazards, complaints, policy drafts, company
/// changes and credit repair; `kind` says what to do. An overdue task of an office is also in the inbox of its leader,
/// and later of the county.
#[utoipa::path(get, path = "/v1/inbox",
    tag = "inbox", params(ListInbox), responses((status = 200, description = "A page", body = PageOf<InboxItem>)))]
pub async fn list_inbox(ctx: Ctx) -> Response {
    let query: ListInbox = ctx.query()?;
    ctx.list(move |conn, ctx| inbox(conn, ctx, &query)).await
}

type Key = (NaiveDate, Option<Id>, InboxKind, String);

/// Items without a due date come last. A complex has six disclosures, which differ in `about`.
fn key(item: &InboxItem) -> Key {
    (item.due_on.unwrap_or(NaiveDate::MAX), item.subject_id, item.kind, item.about.clone())
}

fn inbox(conn: &mut Conn, ctx: &Ctx, query: &ListInbox) -> WorkResult<PageOf<InboxItem>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let mut items = waiting(conn, ctx)?;
    items.retain(|item| query.kind.is_none_or(|kind| item.kind == kind));
    items.retain(|item| query.overdue.is_none_or(|overdue| item.overdue == overdue));
    items.sort_by_key(key);
    let total = page.with_total.unwrap_or(false).then_some(items.len() as i64);
    if let Some(after) = Cursor::decode::<Key>(page.cursor.as_deref())? {
        items.retain(|item| key(item) > after);
    }
    items.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let (items, next_cursor) = page.cut(items, key);
    Ok(PageOf { items, next_cursor, total })
}

fn waiting(conn: &mut Conn, ctx: &Ctx) -> WorkResult<Vec<InboxItem>> {
    use crate::violations::model::ViolationState::{Appealed, Confirmed, Notified, Reported};
    let states = [Reported, Notified, Confirmed, Appealed];
    // Roles that handle complaints only may not read cases.
    let reads_cases = ctx.state.permissions.allow("list_violations", ctx.caller.role);
    let cases = match reads_cases {
        true => violations::store::in_states(conn, &ctx.scope, &states, ROW_CAP)?,
        false => Vec::new(),
    };
    let open = measures::store::open(conn, &ctx.scope, ROW_CAP)?;
    let contracts = contracts::waiting(conn, &ctx.scope, ROW_CAP)?;
    // Only offices have such deadlines, and an office belongs to one county.
    let county = ctx.caller.county().unwrap_or_default();
    let policies = policy::current(conn, &ctx.state, county)?;
    let calendar = calendar::work_calendar(conn, county)?;
    let document = policies.governing(ctx.today).document();
    let timing =
        Timing { rules: &document.office_deadlines, calendar: &calendar, clock: &ctx.state.clock, today: ctx.today };
    let own_company = ctx.caller.role == Role::PropertyCompany;
    let disclosures = disclosures(conn, ctx, &timing)?;
    let ratings = ratings::waiting(conn, ctx, &timing, ROW_CAP)?;
    let registers = registers::waiting(conn, ctx, &timing, ROW_CAP)?;
    let inspecting = inspecting::waiting(conn, ctx, &timing, ROW_CAP)?;
    let complaining = complaining::waiting(conn, ctx, &timing, ROW_CAP)?;
    let companies: Vec<Id> = (cases.iter().filter_map(|row| row.company_id))
        .chain(open.iter().map(|row| row.company_id))
        .chain(contracts.iter().map(|row| row.company_id))
        .chain(disclosures.iter().map(|one| one.company))
        .chain(ratings.iter().filter_map(|one| one.company))
        .chain(registers.iter().filter_map(|one| one.company))
        .chain(inspecting.iter().filter_map(|one| one.company))
        .chain(complaining.iter().filter_map(|one| one.company))
        .collect();
    let complexes: Vec<Id> = (cases.iter().filter_map(|row| row.complex_id))
        .chain(open.iter().filter_map(|row| row.complex_id))
        .chain(contracts.iter().map(|row| row.complex_id))
        .chain(disclosures.iter().map(|one| one.complex))
        .chain(ratings.iter().filter_map(|one| one.complex))
        .chain(inspecting.iter().map(|one| one.complex))
        .chain(complaining.iter().filter_map(|one| one.complex))
        .collect();
    let companies = companies::names_of(conn, &companies)?;
    let complexes = complexes::names_of(conn, &complexes)?;
    let item = |subject: Subject, (kind, due_on): (InboxKind, Option<NaiveDate>)| InboxItem {
        kind,
        due_on,
        subject_kind: subject.kind.to_owned(),
        subject_id: subject.id,
        href: subject.href,
        overdue: due_on.is_some_and(|last| last < ctx.today),
        card: timing.card(due_on).filter(|_| ctx.caller.is_office()),
        level: if ctx.caller.is_office() { timing.level(due_on) } else { EscalationLevel::Office },
        late_with: None,
        late_office: None,
        about: subject.about.to_owned(),
        about_zh: subject.titles.0,
        about_en: subject.titles.1,
        company_id: subject.company,
        company_name: subject.company.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
        complex_id: subject.complex,
        complex_name: subject.complex.and_then(|id| complexes.get(&id)).cloned(),
    };
    let office_item = |subject: Subject, seen: PendingItem| {
        let (late_with, late_office) = seen.late.unzip();
        let (card, level) = (seen.card, seen.level);
        InboxItem { card, level, late_with, late_office, ..item(subject, (seen.kind, seen.due_on)) }
    };
    // The task of the caller's company, or the task of an office as the caller sees it.
    let place = |subject: Subject, own: Option<(InboxKind, Option<NaiveDate>)>, task: Option<Task>| match own_company {
        true => own.map(|waiting| item(subject, waiting)),
        false => task.and_then(|task| timing.seen_by(task, &ctx.caller)).map(|seen| office_item(subject, seen)),
    };
    let mut items = Vec::new();
    for row in &cases {
        let act = policies.get(row.policy_version).and_then(|version| version.act(&row.act));
        let subject = Subject {
            kind: "violation",
            id: Some(row.id),
            href: format!("/v1/violations/{}", row.id),
            about: &row.act,
            titles: act.map(|act| (act.title_zh.clone(), act.title_en.clone())).unwrap_or_default(),
            company: row.company_id,
            complex: row.complex_id,
        };
        let own = rules::of_own_violation(row, ctx.today);
        items.extend(place(subject, own, tasks::of_violation(row, &timing)));
    }
    let mut final_since = measures::final_since(conn, &open, ctx.today)?;
    for row in &open {
        let subject = Subject {
            kind: "measure",
            id: Some(row.id),
            href: format!("/v1/measures/{}", row.id),
            about: row.kind.code(),
            titles: (row.kind.zh().to_owned(), row.kind.en().to_owned()),
            company: Some(row.company_id),
            complex: row.complex_id,
        };
        let task = tasks::of_measure(row, final_since.remove(&row.id), &timing);
        items.extend(place(subject, rules::of_own_measure(row, ctx.today), task));
    }
    let filing = document.contract_filing_authority.role();
    let confirmations = contracts::view::confirmations(conn, ctx, &contracts)?;
    for row in &contracts {
        let kind = row.kind;
        let subject = Subject {
            kind: "contract",
            id: Some(row.id),
            href: format!("/v1/contracts/{}", row.id),
            about: kind.code(),
            titles: (kind.zh().to_owned(), kind.en().to_owned()),
            company: Some(row.company_id),
            complex: Some(row.complex_id),
        };
        if row.state == ContractState::Submitted {
            let division = filing.area_of(&row.county, &row.township).to_owned();
            let office = OfficeRef { role: filing, division };
            let task = Task { kind: InboxKind::ReviewContract, office, due_on: row.review_due_on };
            items.extend(timing.seen_by(task, &ctx.caller).map(|seen| office_item(subject, seen)));
            continue;
        }
        let confirm_by = confirmations.get(&row.id).copied();
        if let Some(waiting) = rules::of_contract(row, &ctx.caller, confirm_by, ctx.today) {
            items.push(item(subject, waiting));
        } else if let Some(task) = tasks::of_handover(row, confirm_by, ctx.today) {
            items.extend(timing.supervised_by(task, &ctx.caller).map(|seen| office_item(subject, seen)));
        }
    }
    for one in &disclosures {
        let subject = Subject {
            kind: "disclosure",
            id: Some(one.complex),
            href: format!("/v1/complexes/{}/disclosures/{}", one.complex, one.kind.code()),
            about: one.kind.code(),
            titles: (one.kind.zh().to_owned(), one.kind.en().to_owned()),
            company: Some(one.company),
            complex: Some(one.complex),
        };
        items.push(match &one.late {
            Some(late) => office_item(subject, late.clone()),
            None => item(subject, one.waiting),
        });
    }
    for one in ratings {
        let (kind, path, id) = match one.rating {
            Some(id) => ("rating", "ratings", id),
            None => ("rating_cycle", "rating-cycles", one.cycle),
        };
        let subject = Subject {
            kind,
            id: Some(id),
            href: format!("/v1/{path}/{id}"),
            about: "rating",
            titles: (one.name.clone(), one.name),
            company: one.company,
            complex: one.complex,
        };
        items.push(office_item(subject, one.seen));
    }
    for one in registers {
        let subject = Subject {
            kind: one.kind,
            id: one.id,
            href: one.href,
            about: &one.about,
            titles: one.titles,
            company: one.company,
            complex: None,
        };
        items.push(office_item(subject, one.seen));
    }
    for one in inspecting {
        let subject = Subject {
            kind: one.kind,
            id: Some(one.id),
            href: one.href,
            about: &one.about,
            titles: one.titles,
            company: one.company,
            complex: Some(one.complex),
        };
        items.push(match one.seen {
            Some(seen) => office_item(subject, seen),
            None => item(subject, one.waiting),
        });
    }
    for one in complaining {
        let subject = Subject {
            kind: "complaint",
            id: Some(one.id),
            href: format!("/v1/complaints/{}", one.id),
            about: &one.category,
            titles: one.titles,
            company: one.company,
            complex: one.complex,
        };
        let due_on = one.due.map(|due| last_day(due, ctx.state.clock.zone()));
        let overdue = one.due.is_some_and(|due| is_over(due, ctx.now));
        let card = if overdue { Some(CardColour::Red) } else { timing.card(due_on) };
        let card = card.filter(|_| ctx.caller.is_office());
        items.push(InboxItem { overdue, card, level: one.level, ..item(subject, (one.kind, due_on)) });
    }
    Ok(items)
}

/// A disclosure of a complex with a pending step.
struct Disclosing {
    complex: Id,
    company: Id,
    kind: DisclosureKind,
    waiting: (InboxKind, Option<NaiveDate>),
    /// For a caller above the office: the overdue step.
    late: Option<PendingItem>,
}

/// Pending disclosures: to verify for an office, to submit or correct for a company.
fn disclosures(conn: &mut Conn, ctx: &Ctx, timing: &Timing) -> WorkResult<Vec<Disclosing>> {
    let role = ctx.caller.role;
    if rules::verifies(role) || tasks::sees_to_offices(role) {
        let mut all = Vec::new();
        for one in disclosures::store::to_verify(conn, &ctx.scope, ctx.today, ROW_CAP)? {
            let due_on = timing.days_after(one.submitted_on, timing.rules.verify_disclosure_working_days);
            let office = OfficeRef { role: Role::SocialAffairsOffice, division: one.township };
            let task = Task { kind: InboxKind::VerifyDisclosure, office, due_on };
            let late = timing.supervised_by(task, &ctx.caller);
            if late.is_none() && !rules::verifies(role) {
                continue;
            }
            let waiting = (InboxKind::VerifyDisclosure, due_on);
            all.push(Disclosing { complex: one.complex, company: one.company, kind: one.kind, waiting, late });
        }
        return Ok(all);
    }
    if role != Role::PropertyCompany {
        return Ok(Vec::new());
    }
    let required =
        survey::required_disclosures(conn, ctx)?.into_iter().filter_map(|(complex, company, kind, assessment)| {
            let waiting = rules::of_disclosure(&assessment)?;
            Some(Disclosing { complex, company, kind, waiting, late: None })
        });
    Ok(required.collect())
}

/// The resource that an item is about.
struct Subject<'a> {
    kind: &'static str,
    id: Option<Id>,
    href: String,
    about: &'a str,
    titles: (String, String),
    company: Option<Id>,
    complex: Option<Id>,
}
