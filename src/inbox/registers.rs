//! Inbox items of the registers: policy drafts, company changes, and applications for credit repair.

use super::model::InboxKind;
use super::tasks::{PendingItem, Task, Timing};
use crate::access::Role;
use crate::companies::changes_store::{self, Home};
use crate::db::{Conn, Id, WorkResult};
use crate::service::Ctx;
use crate::standing::model::OfficeRef;
use crate::{blacklist, policy};

/// A pending item of a register.
pub struct PendingRegister {
    pub kind: &'static str,
    /// `None` for a policy version, which has a number instead.
    pub id: Option<Id>,
    pub href: String,
    pub about: String,
    pub titles: (String, String),
    pub company: Option<Id>,
    pub seen: PendingItem,
}

/// The pending items of the registers for the caller's office.
pub fn waiting(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<PendingRegister>> {
    let mut all = drafts(conn, ctx, timing, at_most)?;
    all.extend(changes(conn, ctx, timing, at_most)?);
    all.extend(repairs(conn, ctx, timing, at_most)?);
    Ok(all)
}

/// Drafts of the caller's county that another person submitted. They can be approved until the day before their first
/// day.
fn drafts(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<PendingRegister>> {
    let Some(county) = policy::actions::drafts_of(ctx) else { return Ok(Vec::new()) };
    let rows = policy::store::open_drafts(conn, county, ctx.today, at_most)?;
    let others = rows.into_iter().filter(|row| !ctx.caller.is_person(&row.submitted_iss, &row.submitted_sub));
    Ok(others
        .map(|row| PendingRegister {
            kind: "policy",
            id: None,
            href: format!("/v1/policies/{}", row.version),
            about: format!("policy.{}", row.version),
            titles: (row.title.clone(), row.title),
            company: None,
            seen: timing.own(InboxKind::ApprovePolicy, row.effective_from.pred_opt()),
        })
        .collect())
}

/// Proposed changes of companies whose registering office is the caller's.
fn changes(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<PendingRegister>> {
    let division = ctx.caller.division.as_deref().unwrap_or_default();
    let home = match ctx.caller.role {
        Role::CountyAuthority => Home::County(division),
        Role::SocialAffairsOffice | Role::TownshipLeader => Home::RegisteringOffice(division),
        _ => return Ok(Vec::new()),
    };
    let days = timing.rules.decide_company_change_working_days;
    let mut all = Vec::new();
    for (change, county, division) in changes_store::proposed(conn, &ctx.scope, &home, at_most)? {
        let role = if division == county { Role::CountyAuthority } else { Role::SocialAffairsOffice };
        let office = OfficeRef { role, division };
        let task = Task { kind: InboxKind::DecideCompanyChange, office, due_on: timing.after(change.created_at, days) };
        let Some(seen) = timing.seen_by(task, &ctx.caller) else { continue };
        all.push(PendingRegister {
            kind: "company_change",
            id: Some(change.id),
            href: format!("/v1/company-changes/{}", change.id),
            about: "company_change".to_owned(),
            titles: ("企业信息变更".to_owned(), "Change of a company".to_owned()),
            company: Some(change.company_id),
            seen,
        });
    }
    Ok(all)
}

/// Applications for credit repair, which the county authority answers.
fn repairs(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<PendingRegister>> {
    if ctx.caller.role != Role::CountyAuthority {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for row in blacklist::store::with_open_repair(conn, &ctx.scope, ctx.today, at_most)? {
        let Some(applied) = row.repair.0.as_ref().map(|one| one.at) else { continue };
        let office = OfficeRef { role: Role::CountyAuthority, division: row.county.clone() };
        let due_on = timing.after(applied, timing.rules.answer_credit_repair_working_days);
        let task = Task { kind: InboxKind::AnswerCreditRepair, office, due_on };
        let Some(seen) = timing.seen_by(task, &ctx.caller) else { continue };
        all.push(PendingRegister {
            kind: "listing",
            id: Some(row.id),
            href: format!("/v1/blacklist/{}", row.id),
            about: row.kind.code().to_owned(),
            titles: (row.kind.zh().to_owned(), row.kind.en().to_owned()),
            company: Some(row.company_id),
            seen,
        });
    }
    Ok(all)
}
