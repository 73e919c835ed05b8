//! Inbox items of complaints.

use super::model::{EscalationLevel, InboxKind};
use super::rules;
use super::tasks::{Timing, sees_to_offices};
use crate::access::Role;
use crate::complaints::model::{ComplaintRow, OfficeRef};
use crate::complaints::scoped::Viewer;
use crate::complaints::store;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::policy;
use crate::policy::complaints::may_handle;
use crate::service::Ctx;

/// A complaint with a pending step.
pub struct Complaining {
    pub id: Id,
    pub category: String,
    pub titles: (String, String),
    pub company: Option<Id>,
    pub complex: Option<Id>,
    pub kind: InboxKind,
    /// The step must be taken before this instant.
    pub due: Option<Instant>,
    pub level: EscalationLevel,
}

/// Pending steps of complaints: acceptance, reply and assignment for the handler; extension decisions and overdue
/// complaints for the supervising office.
pub fn waiting(conn: &mut Conn, ctx: &Ctx, timing: &Timing, at_most: i64) -> WorkResult<Vec<Complaining>> {
    let role = ctx.caller.role;
    if !may_handle(role) {
        return Ok(Vec::new());
    }
    let viewer = Viewer::of(&ctx.caller, &ctx.scope);
    let seat = OfficeRef::new(role, ctx.caller.division.as_deref().unwrap_or_default());
    type Found = (ComplaintRow, InboxKind, Option<Instant>, EscalationLevel);
    let mut found: Vec<Found> = Vec::new();
    let step = timing.rules.county_after_working_days;
    // The supervising office of an overdue complaint, and the number of working days since it was escalated.
    let late = |row: &ComplaintRow| -> Option<(Role, u32)> {
        let since = row.course.0.escalated_at.filter(|_| row.course.0.paused_at.is_none());
        let supervising_office = row.supervising_role.0?;
        let days = timing.calendar.working_days_between(ctx.state.clock.day_of(since?), ctx.today);
        Some((supervising_office, days))
    };
    // The level is the same for everyone who sees the complaint.
    let level = |late: Option<(Role, u32)>| match late {
        Some((supervising_office, days)) => rules::level_of_late_complaint(supervising_office, days, step),
        None => EscalationLevel::Office,
    };
    for row in store::open_of_handler(conn, &viewer, &seat, at_most)? {
        if let Some((kind, due)) = rules::of_handled_complaint(&row) {
            let level = if role == Role::PropertyCompany { EscalationLevel::Office } else { level(late(&row)) };
            found.push((row, kind, Some(due), level));
        }
    }
    if role != Role::PropertyCompany {
        for row in store::supervised(conn, &viewer, &seat, at_most)? {
            let level = level(late(&row));
            for (kind, due) in rules::of_supervised_complaint(&row) {
                found.push((row.clone(), kind, due, level));
            }
        }
    }
    if sees_to_offices(role) {
        for row in store::late_with_others(conn, &viewer, &seat, at_most)? {
            let late = late(&row);
            if late.is_some_and(|(supervising_office, days)| {
                rules::of_late_complaint(supervising_office, days, step, role).is_some()
            }) {
                let due = Some(rules::next_due(&row));
                found.push((row, InboxKind::SuperviseComplaint, due, level(late)));
            }
        }
    }
    let versions: Vec<i64> = found.iter().map(|(row, ..)| row.course.0.policy_version).collect();
    let policies = policy::holding(conn, &ctx.state, &versions)?;
    let one = |(row, kind, due, level): Found| {
        let version = policies.get(row.course.0.policy_version);
        let category = version.and_then(|version| version.document().complaints.category(&row.category));
        Complaining {
            id: row.id,
            titles: category.map(|one| (one.name_zh.clone(), one.name_en.clone())).unwrap_or_default(),
            category: row.category,
            company: row.company_id,
            complex: row.complex_id,
            kind,
            due,
            level,
        }
    };
    Ok(found.into_iter().map(one).collect())
}
