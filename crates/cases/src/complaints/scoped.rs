//! Rows of complaints. Who asks matters beside the territory: some tickets are for their handler and those above it.

use diesel::dsl::{GroupBy, IntoBoxed, Select, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::model::Confidentiality;
use crate::access::scoped::{none, own_family};
use crate::access::{Caller, Role, Scope};
use crate::db::MultiBackend;
use crate::db::schema::{complaint_followers, complaint_steps, complaints};
use crate::db::types::Uid;

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

    /// The same caller, in a part of its territory: what it may see of a ticket stays what it is.
    pub fn within(&self, division: &str) -> Viewer {
        Viewer { scope: Scope::of_division(division), ..self.clone() }
    }

    pub fn system(reason: &'static str) -> Viewer {
        Viewer { scope: Scope::System(reason), role: Role::SystemAdministrator, organisation: None }
    }
}

/// The rows that a viewer sees, of a query of complaints of either form.
macro_rules! seen {
    ($all:expr, $viewer:expr) => {{
        let (all, viewer): (_, &Viewer) = ($all, $viewer);
        let role = viewer.role;
        let part = || complaints::handler_role.eq(role).or(complaints::supervising_role.eq(role));
        let open = || complaints::confidentiality.eq(Confidentiality::Open);
        // What an office may see of the tickets of its territory, or of the part of it that it looks at.
        macro_rules! told {
            ($rows:expr) => {
                match viewer.role {
                    Role::CountyAuthority => {
                        $rows.filter(complaints::confidentiality.ne(Confidentiality::Confidential))
                    }
                    Role::TownshipLeader => $rows,
                    _ => $rows.filter(open().or(part())),
                }
            };
        }
        match &viewer.scope {
            Scope::County(area) => all
                .filter(complaints::county.eq(area.clone()))
                .filter(complaints::confidentiality.ne(Confidentiality::Confidential)),
            Scope::Township(area) => told!(all.filter(complaints::township.eq(area.clone()))),
            Scope::Community(area) => told!(all.filter(complaints::community.eq(area.clone()))),
            Scope::Assigned { role: Role::UtilityOperator, area } => all
                .filter(complaints::handler_role.eq(role))
                .filter(complaints::handler_division.eq(area.clone()))
                .filter(complaints::organisation.eq(viewer.organisation.clone().unwrap_or_default())),
            Scope::Assigned { area, .. } => {
                all.filter(complaints::handler_role.eq(role)).filter(complaints::handler_division.eq(area.clone()))
            }
            Scope::Company(uscc) => {
                all.filter(complaints::company_id.eq_any(own_family(uscc))).filter(complaints::with_company.eq(true))
            }
            Scope::Complex(id) => all.filter(complaints::complex_id.eq(*id)).filter(open()),
            Scope::Resident { iss, sub } => all.filter(complaints::id.eq_any(followed(iss, sub))),
            Scope::System(_) => all,
            Scope::Oversight(_) => all.filter(none()),
        }
    }};
}

/// Complaints: of the territory, but those about privacy, committees and officials only to their handler, their supervisor
/// and the leaders, and none about officials to a township; a police station, partner or utility those that it handles; a
/// company those that were handed to it; a committee the open ones of its complex; a resident those that it follows.
pub fn complaints<'a>(viewer: &Viewer) -> complaints::BoxedQuery<'a, MultiBackend> {
    seen!(complaints::table.into_boxed(), viewer)
}

/// A query of complaints that the database counts: a row of this SQL type for each value of the key.
pub type Counted<'a, Shown> =
    IntoBoxed<'a, Select<GroupBy<complaints::table, SqlLiteral<Text>>, SqlLiteral<Shown>>, MultiBackend>;

macro_rules! counted {
    ($(#[$doc:meta])* $name:ident, $shown:ty) => {
        $(#[$doc])*
        pub fn $name<'a>(viewer: &Viewer, key: &str, shown: &str) -> Counted<'a, $shown> {
            seen!(complaints::table.group_by(sql::<Text>(key)).select(sql::<$shown>(shown)).into_boxed(), viewer)
        }
    };
}

/// A line, the state, and thirteen numbers of its tickets.
pub type LineInFigures = (
    Nullable<Text>,
    Text,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
);

counted! {
    /// The complaints that a viewer sees, in figures by line and state.
    complaint_figures, LineInFigures
}

counted! {
    /// The same, how many they are by line.
    complaint_numbers, (Nullable<Text>, BigInt)
}

counted! {
    /// The same, how many they are by line and by something that is a number.
    complaint_histogram, (Nullable<Text>, BigInt, BigInt)
}

counted! {
    /// The same, how many they are by complex and category.
    complaint_heat, (Uid, Text, BigInt)
}

/// Steps of tickets that a resident follows, for its news; the program reads those of a ticket that the caller sees.
pub fn complaint_steps<'a>(scope: &Scope) -> complaint_steps::BoxedQuery<'a, MultiBackend> {
    let all = complaint_steps::table.into_boxed();
    match scope {
        Scope::Resident { iss, sub } => all.filter(complaint_steps::complaint_id.eq_any(followed(iss, sub))),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}

/// The tickets that a resident submitted or follows.
#[diesel::dsl::auto_type]
fn followed(iss: &str, sub: &str) -> _ {
    let iss: String = iss.to_owned();
    let sub: String = sub.to_owned();
    complaint_followers::table
        .filter(complaint_followers::iss.eq(iss))
        .filter(complaint_followers::sub.eq(sub))
        .select(complaint_followers::complaint_id)
}
