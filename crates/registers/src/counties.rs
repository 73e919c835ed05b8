//! Finds the county of a caller or a request. Policies and calendars belong to counties.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::role::RoleKind;
use crate::access::{Caller, Scope};
use crate::db::{Conn, WorkResult};
use crate::service::Ctx;
use crate::{calendar, companies, complexes, policy};

/// Query parameter for responses that depend on the county.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountyQuery {
    /// County (GB/T 2260, 6 digits). Default: your county; for a company the county of its registering office; or else
    /// the only county of the deployment.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// The requested county; by default the county of the caller.
pub fn requested_county(conn: &mut Conn, ctx: &Ctx, county: Option<&str>) -> WorkResult<String> {
    match county {
        Some(county) => Ok(county.to_owned()),
        None => of_caller(conn, ctx),
    }
}

/// The county of a caller, or else the only county of the deployment. Empty if there are several: then the values of
/// the deployment apply.
pub fn of_caller(conn: &mut Conn, ctx: &Ctx) -> WorkResult<String> {
    match of_token(conn, &ctx.caller)? {
        Some(county) => Ok(county),
        None => Ok(only(conn)?.unwrap_or_default()),
    }
}

/// The county of a token: of its division, of a committee's complex, or of the registering office of a company.
/// Residents have no county.
pub fn of_token(conn: &mut Conn, caller: &Caller) -> WorkResult<Option<String>> {
    let system = Scope::System("the county of a company or a committee does not depend on the caller");
    Ok(match (caller.county(), caller.role.row().kind) {
        (Some(county), _) => Some(county.to_owned()),
        (None, RoleKind::Committee) => match caller.complex {
            Some(complex) => complexes::place_of(conn, &system, complex)?.map(|place| place.county),
            None => None,
        },
        (None, RoleKind::Company) => {
            let code = caller.company.as_deref().unwrap_or_default();
            companies::find_by_uscc(conn, &system, code)?.map(|company| company.county)
        }
        _ => None,
    })
}

/// The county of the deployment, if it serves one only.
pub fn only(conn: &mut Conn) -> WorkResult<Option<String>> {
    let mut all: BTreeSet<String> = complexes::counties(conn)?.into_iter().collect();
    all.extend(policy::store::counties(conn)?);
    all.extend(calendar::counties(conn)?);
    Ok(all.pop_first().filter(|_| all.is_empty()))
}

/// The years for which a county has no calendar: this year, and from December on the next one, because the State
/// Council has announced its holidays by then.
pub fn missing_years(conn: &mut Conn, today: NaiveDate) -> WorkResult<Vec<i32>> {
    let mut wanted = vec![today.year()];
    if today.month() >= 12 {
        wanted.push(today.year() + 1);
    }
    let mut missing = Vec::new();
    for year in wanted {
        let with = calendar::counties_with(conn, year)?;
        let covered = |county: &String| with.contains(county);
        if !covered(&String::new()) && (with.is_empty() || !complexes::counties(conn)?.iter().all(covered)) {
            missing.push(year);
        }
    }
    Ok(missing)
}
