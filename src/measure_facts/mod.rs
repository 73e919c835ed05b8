//! What measures on file say to those that lie below them: the stars of ratings, and the contracts that a removal is to end.

pub mod scoped;

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{measure_grounds as grounds, measures, violations};
use crate::db::{Conn, Id, Work};
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::standing::model::MeasureState;

const EVERY_MEASURE: Scope = Scope::System("measures bind whoever they are about, whoever asks");

/// A measure that lowers the stars of a complex, and the violations that it rests on today, oldest first.
pub struct LoweringStars {
    pub id: Id,
    pub kind: MeasureKind,
    pub policy_version: i64,
    pub grounds: Vec<StarGround>,
}

pub struct StarGround {
    pub clause: Option<i64>,
    pub found_on: NaiveDate,
}

type OnFile = (Id, MeasureKind, MeasureState, i64, Option<NaiveDate>, Option<Id>);

/// The measures that lower the stars of a complex under a company and its branches: ordered, and neither cancelled nor
/// suspended nor taken back.
pub fn lowering_stars(conn: &mut Conn, complex: Id, family: &[Id]) -> Work<Vec<LoweringStars>> {
    let all: Vec<OnFile> = crate::measure_facts::scoped::measures(&EVERY_MEASURE)
        .filter(measures::complex_id.eq(complex))
        .filter(measures::company_id.eq_any(family.to_vec()))
        .order(measures::id)
        .select((
            measures::id,
            measures::kind,
            measures::state,
            measures::policy_version,
            measures::suspended_on,
            measures::reverses,
        ))
        .load(conn)?;
    let refused = |state: MeasureState| matches!(state, MeasureState::Rejected | MeasureState::Cancelled);
    let reversed: HashSet<Id> = all.iter().filter(|row| !refused(row.2)).filter_map(|row| row.5).collect();
    let mut lowering = Vec::new();
    for (id, kind, state, policy_version, suspended_on, _) in all {
        let ordered = matches!(state, MeasureState::Approved | MeasureState::Done);
        if kind.lowers_stars() && ordered && suspended_on.is_none() && !reversed.contains(&id) {
            lowering.push(LoweringStars { id, kind, policy_version, grounds: star_grounds(conn, id)? });
        }
    }
    Ok(lowering)
}

fn star_grounds(conn: &mut Conn, measure: Id) -> Work<Vec<StarGround>> {
    let ids: Vec<Id> = grounds::table
        .filter(grounds::measure_id.eq(measure))
        .select(grounds::violation_id)
        .order(grounds::violation_id)
        .load(conn)?;
    let rows: Vec<(Option<i64>, NaiveDate)> = crate::violations::scoped::violations_among(&EVERY_MEASURE, ids)
        .order((violations::found_on, violations::id))
        .select((violations::clause, violations::found_on))
        .load(conn)?;
    Ok(rows.into_iter().map(|(clause, found_on)| StarGround { clause, found_on }).collect())
}

/// Does a measure still wait to be decided or carried out?
pub fn is_open(conn: &mut Conn, measure: Id) -> Work<bool> {
    let system = Scope::System("a contract asks after the removal that opened its ending");
    let state: Option<MeasureState> = crate::measure_facts::scoped::measures(&system)
        .filter(measures::id.eq(measure))
        .select(measures::state)
        .first(conn)
        .optional()?;
    Ok(state.ok_or_else(Problem::not_found)?.is_open())
}
