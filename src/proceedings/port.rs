//! What follows from a decision, as those who decide know it: they say what happened, in the same transaction, and
//! `consequences`, which lies above every case, does the rest. It is given ids, and reads what it needs.

use crate::db::{Id, Work};
use crate::http::Tx;

/// A case of a violation and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub violation: Id,
    pub company: Option<Id>,
    pub county: &'a str,
}

/// A measure that lowers stars, or the taking back of one.
#[derive(Clone, Copy, Debug)]
pub struct StarMeasure {
    pub measure: Id,
    pub complex: Id,
    pub company: Id,
}

/// Each method is called where its effects have their place among the effects of the action.
pub trait Consequences: Send + Sync {
    /// A notice or a decision was served on the company that a case is about.
    fn served(&self, tx: &mut Tx, case: Id) -> Work<()>;

    /// What was noticed as a violation is not confirmed; before it is recorded.
    fn violation_dismissed(&self, tx: &mut Tx, violation: Id) -> Work<()>;
    /// A violation was confirmed, appealed against, or upheld.
    fn violation_decided(&self, tx: &mut Tx, case: &Case) -> Work<()>;
    /// The decision on a violation falls; before it is recorded.
    fn violation_falls(&self, tx: &mut Tx, violation: Id) -> Work<()>;
    /// It fell, and that is recorded.
    fn violation_revoked(&self, tx: &mut Tx, case: &Case) -> Work<()>;

    /// Another notice takes the place of one whose grounds have all fallen away.
    fn measure_notified_anew(&self, tx: &mut Tx, measure: Id) -> Work<()>;
    /// A measure is not to be taken, or is to be taken back; before it is recorded.
    fn measure_falls(&self, tx: &mut Tx, measure: Id) -> Work<()>;
    /// A measure that lowers stars took a step.
    fn star_measure_changed(&self, tx: &mut Tx, measure: &StarMeasure) -> Work<()>;

    /// A rating of a complex was published, withdrawn or adjusted. The caller holds the lock of the company that was rated.
    fn ratings_changed(&self, tx: &mut Tx, complex: Id) -> Work<()>;
    /// A contract was ended for which a removal had asked.
    fn removal_ended(&self, tx: &mut Tx, contract: Id, removal: Id) -> Work<()>;
    /// A company has another parent, or none.
    fn company_regrouped(&self, tx: &mut Tx, company: Id) -> Work<()>;
}

/// The one that `app` installed, among the parts of the service.
pub struct Installed(pub Box<dyn Consequences>);

/// What follows in this transaction: `after(tx).violation_decided(tx, …)`.
pub fn after<'a>(tx: &Tx<'a>) -> &'a dyn Consequences {
    &*tx.ctx.state.parts.get::<Installed>().0
}
