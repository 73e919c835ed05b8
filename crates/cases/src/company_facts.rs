//! Facts about companies. They are read from the whole county, for every caller, because a standing counts all of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{Role, Scope};
use crate::blacklist;
use crate::db::schema::violations;
use crate::db::{Conn, Id, WorkResult};
use crate::standing::model::{CompanyFacts, Territory, ViolationFact};
use crate::violations::model::ViolationState;
use crate::violations::scoped;

const WHOLE_COUNTY: Scope = Scope::System("a standing counts the whole county");

/// States of a violation that is or was confirmed.
const CONFIRMED: [ViolationState; 4] =
    [ViolationState::Confirmed, ViolationState::Appealed, ViolationState::Upheld, ViolationState::Revoked];

type FactRow = (
    (Id, Option<Id>, String, i64, Option<Id>),
    (String, String, String, Role, ViolationState),
    (NaiveDate, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>),
);

type Columns = (
    (violations::id, violations::company_id, violations::act, violations::policy_version, violations::complex_id),
    (violations::county, violations::township, violations::community, violations::lead_role, violations::state),
    (violations::found_on, violations::decided_on, violations::revoked_on, violations::rectified_on),
);

fn columns() -> Columns {
    (
        (violations::id, violations::company_id, violations::act, violations::policy_version, violations::complex_id),
        (violations::county, violations::township, violations::community, violations::lead_role, violations::state),
        (violations::found_on, violations::decided_on, violations::revoked_on, violations::rectified_on),
    )
}

fn fact(row: FactRow) -> Option<ViolationFact> {
    let ((id, company_id, act, policy_version, complex_id), (county, township, community, lead_role, state), days) =
        row;
    let (found_on, decided_on, revoked_on, rectified_in_time_on) = days;
    Some(ViolationFact {
        id: id.0,
        company_id: company_id?.0,
        act,
        policy_version,
        complex_id: complex_id.map(|id| id.0),
        place: std::sync::Arc::new(Territory {
            county,
            township: Some(township).filter(|code| !code.is_empty()),
            community: Some(community).filter(|code| !code.is_empty()),
        }),
        found_on,
        decided_on: decided_on?,
        revoked_on,
        appeal_pending: state == ViolationState::Appealed,
        rectified_in_time_on,
        lead_role,
    })
}

/// Facts of a county about a company and its branches (the `family`); `head` is the parent company.
pub fn of(conn: &mut Conn, head: Id, family: &[Id], county: &str, day: NaiveDate) -> WorkResult<CompanyFacts> {
    let rows: Vec<FactRow> = scoped::violations(&WHOLE_COUNTY)
        .filter(violations::county.eq(county.to_owned()))
        .filter(violations::company_id.eq_any(family.iter().map(|id| Some(*id)).collect::<Vec<_>>()))
        .filter(violations::state.eq_any(CONFIRMED))
        .order((violations::found_on, violations::id))
        .select(columns())
        .load(conn)?;
    let listed = blacklist::is_listed(conn, head, county, day)?;
    Ok(CompanyFacts { company_id: head.0, listed, violations: rows.into_iter().filter_map(fact).collect() })
}

/// Facts about every company with a confirmed violation in a county.
pub fn of_all(conn: &mut Conn, county: &str, day: NaiveDate) -> WorkResult<Vec<CompanyFacts>> {
    let rows: Vec<FactRow> = scoped::violations(&WHOLE_COUNTY)
        .filter(violations::county.eq(county.to_owned()))
        .filter(violations::company_id.is_not_null())
        .filter(violations::state.eq_any(CONFIRMED))
        .order((violations::found_on, violations::id))
        .select(columns())
        .load(conn)?;
    let mut by_head: BTreeMap<Uuid, Vec<ViolationFact>> = BTreeMap::new();
    let mut heads: BTreeMap<Uuid, Id> = BTreeMap::new();
    for fact in rows.into_iter().filter_map(fact) {
        let head = match heads.get(&fact.company_id) {
            Some(head) => *head,
            None => {
                let head = crate::companies::family::head_of(conn, Id(fact.company_id))?;
                heads.insert(fact.company_id, head);
                head
            }
        };
        by_head.entry(head.0).or_default().push(fact);
    }
    let mut all = Vec::new();
    for (company_id, violations) in by_head {
        let listed = blacklist::is_listed(conn, Id(company_id), county, day)?;
        all.push(CompanyFacts { company_id, listed, violations });
    }
    Ok(all)
}
