//! Scoped queries of complaints. Besides the territory, the role decides: some complaints are visible only to their
//! handler, their supervising office and the leaders.

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

/// Who reads complaints: the scope, the role and, for a utility operator, the kind of utility.
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

    /// The same caller, limited to a part of its territory. The rules of its role still apply.
    pub fn within(&self, division: &str) -> Viewer {
        Viewer { scope: Scope::of_division(division), ..self.clone() }
    }

    pub fn system(reason: &'static str) -> Viewer {
        Viewer { scope: Scope::System(reason), role: Role::SystemAdministrator, organisation: None }
    }
}

/// Limits a query of complaints to the rows visible to a viewer. A macro, because plain and grouped queries differ in
/// type.
macro_rules! visible {
    ($all:expr, $viewer:expr) => {{
        let (all, viewer): (_, &Viewer) = ($all, $viewer);
        let role = viewer.role;
        let part = || complaints::handler_role.eq(role).or(complaints::supervising_role.eq(role));
        let open = || complaints::confidentiality.eq(Confidentiality::Open);
        // The complaints of a territory, or a part of it, that are visible to the office's role.
        macro_rules! for_role {
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
            Scope::Township(area) => for_role!(all.filter(complaints::township.eq(area.clone()))),
            Scope::Community(area) => for_role!(all.filter(complaints::community.eq(area.clone()))),
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

/// The complaints visible to a viewer:
/// - an office sees those of its territory; restricted ones only as handler, supervising office or leader, and a township
///   none about officials;
/// - a police station, partner agency or utility operator sees those that it handles;
/// - a company sees those that it handles or handled;
/// - a committee sees those of its complex with confidentiality `open`;
/// - a resident sees those they submitted or follow.
pub fn complaints<'a>(viewer: &Viewer) -> complaints::BoxedQuery<'a, MultiBackend> {
    visible!(complaints::table.into_boxed(), viewer)
}

/// A grouped query of complaints: one row of this SQL type for each key.
pub type Counted<'a, Shown> =
    IntoBoxed<'a, Select<GroupBy<complaints::table, SqlLiteral<Text>>, SqlLiteral<Shown>>, MultiBackend>;

macro_rules! counted {
    ($(#[$doc:meta])* $name:ident, $shown:ty) => {
        $(#[$doc])*
        pub fn $name<'a>(viewer: &Viewer, key: &str, shown: &str) -> Counted<'a, $shown> {
            visible!(complaints::table.group_by(sql::<Text>(key)).select(sql::<$shown>(shown)).into_boxed(), viewer)
        }
    };
}

/// The key of a line, the state, and thirteen figures.
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
    /// Figures of the visible complaints, by line and state.
    complaint_figures, LineInFigures
}

counted! {
    /// Number of visible complaints, by line.
    complaint_numbers, (Nullable<Text>, BigInt)
}

counted! {
    /// Number of visible complaints, by line and a numeric value.
    complaint_histogram, (Nullable<Text>, BigInt, BigInt)
}

counted! {
    /// Number of visible complaints, by complex and category.
    complaint_heat, (Uid, Text, BigInt)
}

/// Steps of the complaints that a resident submitted or follows; with a system scope, of every complaint. Other scopes
/// see none: their steps are read through a visible complaint.
pub fn complaint_steps<'a>(scope: &Scope) -> complaint_steps::BoxedQuery<'a, MultiBackend> {
    let all = complaint_steps::table.into_boxed();
    match scope {
        Scope::Resident { iss, sub } => all.filter(complaint_steps::complaint_id.eq_any(followed(iss, sub))),
        Scope::System(_) => all,
        _ => all.filter(none()),
    }
}

/// Ids of the complaints that a resident submitted or follows.
#[diesel::dsl::auto_type]
fn followed(iss: &str, sub: &str) -> _ {
    let iss: String = iss.to_owned();
    let sub: String = sub.to_owned();
    complaint_followers::table
        .filter(complaint_followers::iss.eq(iss))
        .filter(complaint_followers::sub.eq(sub))
        .select(complaint_followers::complaint_id)
}
