//! Rows of complaints. Who asks matters beside the territory: some tickets are for their handler and those above it.

use diesel::prelude::*;

use super::{none, own_family, query};
use crate::access::{Caller, Role, Scope};
use crate::db::schema::{complaint_followers, complaint_steps, complaints};

/// Who looks at complaints: a scope with the role and, of a utility operator, which utility it is.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub scope: Scope,
    pub role: Role,
    pub organisation: Option<String>,
}

impl Viewer {
    pub fn of(caller: &Caller, scope: &Scope) -> Viewer {
        Viewer { scope: scope.clone(), role: caller.role, organisation: caller.organisation.clone() }
    }

    pub fn system(reason: &'static str) -> Viewer {
        Viewer { scope: Scope::System(reason), role: Role::SystemAdministrator, organisation: None }
    }
}

/// Complaints: of the territory, but those about privacy, committees and officials only to their handler, their supervisor
/// and the leaders, and none about officials to a township; a police station, partner or utility those that it handles; a
/// company those that were handed to it; a committee the open ones of its complex; a resident those that it follows.
pub fn complaints<'a>(viewer: &Viewer) -> query::complaints<'a> {
    let all = complaints::table.into_boxed();
    let role = viewer.role.code();
    let part = || complaints::handler_role.eq(role).or(complaints::supervisor_role.eq(role));
    let open = || complaints::secrecy.eq("open");
    match &viewer.scope {
        Scope::County(area) => {
            all.filter(complaints::county.eq(area.clone())).filter(complaints::secrecy.ne("confidential"))
        }
        Scope::Township(area) if viewer.role == Role::TownshipLeader => {
            all.filter(complaints::township.eq(area.clone()))
        }
        Scope::Township(area) => all.filter(complaints::township.eq(area.clone())).filter(open().or(part())),
        Scope::Community(area) => all.filter(complaints::community.eq(area.clone())).filter(open().or(part())),
        Scope::Addressed { role: Role::UtilityOperator, area } => all
            .filter(complaints::handler_role.eq(role))
            .filter(complaints::handler_division.eq(area.clone()))
            .filter(complaints::organisation.eq(viewer.organisation.clone().unwrap_or_default())),
        Scope::Addressed { area, .. } => {
            all.filter(complaints::handler_role.eq(role)).filter(complaints::handler_division.eq(area.clone()))
        }
        Scope::Company(uscc) => {
            all.filter(complaints::company_id.eq_any(own_family(uscc))).filter(complaints::with_company.eq(true))
        }
        Scope::Complex(id) => all.filter(complaints::complex_id.eq(*id)).filter(open()),
        Scope::Resident { iss, sub } => all.filter(
            complaints::id.eq_any(
                complaint_followers::table
                    .filter(complaint_followers::iss.eq(iss.clone()))
                    .filter(complaint_followers::sub.eq(sub.clone()))
                    .select(complaint_followers::complaint_id),
            ),
        ),
        Scope::System(_) => all,
        Scope::Oversight(_) => all.filter(none()),
    }
}

/// Steps of tickets that a resident follows, for its news; the program reads those of a ticket that the caller sees.
pub fn complaint_steps<'a>(scope: &Scope) -> query::complaint_steps<'a> {
    let all = complaint_steps::table.into_boxed();
    match scope {
        Scope::Resident { iss, sub } => all.filter(
            complaint_steps::complaint_id.eq_any(
                complaint_followers::table
                    .filter(complaint_followers::iss.eq(iss.clone()))
                    .filter(complaint_followers::sub.eq(sub.clone()))
                    .select(complaint_followers::complaint_id),
            ),
        ),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}
