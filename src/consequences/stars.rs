//! Measures lower stars, and stars call for removals, which are measures. This module closes the circle and explains
//! why it ends.
//!
//! `follow_measure` → `follow_ratings` → `measures::sync_removal` creates only removals and reversals of removals.
//! Neither lowers a star (`measures::rules::lowers_stars`), so these never lead back to `follow_measure`.
//!
//! One path back remains. If a removal loses its last rating but is also based on violations, the measures of its
//! company are computed again (`reconcile` below), and that may change a measure that lowers stars. This ends, too. The
//! computation depends only on the violations and the policy, which nothing here changes, and it stores a measure
//! before it updates the stars. What agrees is not changed again (`standing::reconcile`; its tests compute everything
//! twice). So each nested computation finds at least one star measure fewer to change, and there are finitely many.

use crate::db::{Id, WorkResult};
use crate::measures;
use crate::proceedings::port::StarMeasure;
use crate::ratings;
use crate::service::Tx;

/// Computes the ratings again that a changed measure lowers, or lowered until now, and then what they call for.
pub fn follow_measure(tx: &mut Tx, changed: &StarMeasure) -> WorkResult<()> {
    ratings::on_measure_changed(tx, changed.complex, changed.company, changed.measure)?;
    follow_ratings(tx, changed.complex)
}

/// Updates the removal that the ratings of a complex call for.
pub fn follow_ratings(tx: &mut Tx, complex: Id) -> WorkResult<()> {
    let reconcile = measures::reconcile_measures;
    measures::sync_removal(tx, complex, reconcile)
}
