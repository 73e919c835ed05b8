//! Measures lower stars, and stars call for a removal, which is a measure: the circle between both, and why it ends.
//!
//! `follow_measure` → `follow_ratings` → `measures::sync_removal` writes removals and reversals of removals only, and neither
//! lowers a star (`measures::rules::lowers_stars`): what it writes itself never comes back to `follow_measure`.
//!
//! One way remains: a removal that loses its last rating and rests on violations, too, has the measures of its company
//! computed anew (`reconcile` below), and that may change a measure that lowers stars. It ends, because a computation depends
//! on the violations and on the policy alone, which nothing here touches, and because it writes a measure down before it
//! tells the stars. What agrees once is not changed again (`standing::reconcile`, whose tests compute everything twice). So a
//! computation within another one finds at least one star measure fewer out of agreement, and there are finitely many.

use crate::db::{Id, WorkResult};
use crate::measures;
use crate::proceedings::port::StarMeasure;
use crate::ratings;
use crate::service::Tx;

/// A measure lowers stars, or no longer does: the ratings that it binds are worked out again, and what they call for follows.
pub fn follow_measure(tx: &mut Tx, changed: &StarMeasure) -> WorkResult<()> {
    ratings::on_measure_changed(tx, changed.complex, changed.company, changed.measure)?;
    follow_ratings(tx, changed.complex)
}

/// The ratings of a complex call for a removal, or no longer do.
pub fn follow_ratings(tx: &mut Tx, complex: Id) -> WorkResult<()> {
    let reconcile = measures::reconcile_measures;
    measures::sync_removal(tx, complex, reconcile)
}
