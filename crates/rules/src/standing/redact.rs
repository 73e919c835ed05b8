//! Hides details of a standing that are outside the reader's territory. A standing counts violations everywhere, but
//! its reader may be a single township.

use std::collections::HashSet;

use uuid::Uuid;

use super::model::{Standing, Territory};
use crate::policy::model::MeasureScope;

/// Reduces violations outside the reader's territory to clause, day and division, and counts measures about them only.
/// Counts, points and the score do not change, so that they still add up.
pub fn redact(mut standing: Standing, visible: impl Fn(&Territory) -> bool) -> Standing {
    let mut hidden: HashSet<Uuid> = HashSet::new();
    for row in standing.violations.iter_mut().filter(|row| !visible(&row.place)) {
        hidden.extend(row.violation.take());
        row.act = None;
        row.decided_on = None;
        row.complex_id = None;
    }
    for row in standing.credit.deductions.iter_mut().filter(|row| !visible(&row.place)) {
        hidden.extend(row.violation.take());
        row.act = None;
    }
    for clause in &mut standing.clauses {
        clause.violations.retain(|id| !hidden.contains(id));
    }
    // Measures about the company are visible to all offices: their reasons name clauses and days only.
    let all = standing.consequences.len();
    standing.consequences.retain(|measure| measure.kind.scope() == MeasureScope::Company || visible(&measure.place));
    standing.consequences_outside += (all - standing.consequences.len()) as u32;
    for measure in &mut standing.consequences {
        measure.grounds.retain(|id| !hidden.contains(id));
    }
    standing
}
