//! Facts about measures for features below them in the layers: the stars of ratings, and the contracts that a removal
//! terminates.

pub mod scoped;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::{measure_grounds as grounds, measures, violations};
use crate::db::{Conn, Id, WorkResult, distinct};
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::standing::model::MeasureState;
use crate::violations::scoped::violations_among;

const EVERY_MEASURE: Scope = Scope::System("measures apply to their company regardless of the caller");

/// A measure that lowers the stars of a complex, with the violations that are its grounds today, oldest first.
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

/// The measures that lower the stars of a complex under a company and its branches: ordered, and neither cancelled,
/// suspended nor reversed.
pub fn lowering_stars(conn: &mut Conn, complex: Id, family: &[Id]) -> WorkResult<Vec<LoweringStars>> {
    let all: Vec<OnFile> = scoped::measures(&EVERY_MEASURE)
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
    let lowers = |row: &OnFile| {
        let ordered = matches!(row.2, MeasureState::Approved | MeasureState::Done);
        row.1.lowers_stars() && ordered && row.4.is_none() && !reversed.contains(&row.0)
    };
    let lowering: Vec<&OnFile> = all.iter().filter(|row| lowers(row)).collect();
    let mut grounds = star_grounds(conn, &lowering.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let with_grounds = lowering.into_iter().map(|(id, kind, _, policy_version, ..)| LoweringStars {
        id: *id,
        kind: *kind,
        policy_version: *policy_version,
        grounds: grounds.remove(id).unwrap_or_default(),
    });
    Ok(with_grounds.collect())
}

/// The violations that are grounds of each of these measures, oldest first.
fn star_grounds(conn: &mut Conn, measures: &[Id]) -> WorkResult<HashMap<Id, Vec<StarGround>>> {
    let of_measures = grounds_of(conn, measures)?;
    let ids: Vec<Id> = of_measures.values().flatten().copied().collect();
    let rows: Vec<(Id, Option<i64>, NaiveDate)> = violations_among(&EVERY_MEASURE, distinct(&ids))
        .order((violations::found_on, violations::id))
        .select((violations::id, violations::clause, violations::found_on))
        .load(conn)?;
    let of = |ids: &Vec<Id>| {
        let own = rows.iter().filter(|row| ids.contains(&row.0));
        own.map(|(_, clause, found_on)| StarGround { clause: *clause, found_on: *found_on }).collect()
    };
    Ok(of_measures.iter().map(|(measure, ids)| (*measure, of(ids))).collect())
}

/// The ids of the violations that are grounds of each of these measures.
pub fn grounds_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, Vec<Id>>> {
    let mut all: HashMap<Id, Vec<Id>> = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<(Id, Id)> = grounds::table
            .filter(grounds::measure_id.eq_any(chunk.to_vec()))
            .order((grounds::measure_id, grounds::violation_id))
            .load(conn)?;
        for (measure, violation) in rows {
            all.entry(measure).or_default().push(violation);
        }
    }
    Ok(all)
}

/// The ids of the violations that are grounds of one measure.
pub fn grounds_of_one(conn: &mut Conn, measure: Id) -> WorkResult<Vec<Id>> {
    Ok(grounds_of(conn, &[measure])?.remove(&measure).unwrap_or_default())
}

/// True if a measure is still to be decided or completed.
pub fn is_open(conn: &mut Conn, measure: Id) -> WorkResult<bool> {
    let system = Scope::System("a contract reads the removal that requested its termination");
    let state: Option<MeasureState> =
        scoped::measures(&system).filter(measures::id.eq(measure)).select(measures::state).first(conn).optional()?;
    Ok(state.ok_or_else(Problem::not_found)?.is_open())
}
