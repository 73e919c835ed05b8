//! What follows from a decision, as those who decide know it: they say what happened, in the same transaction, and
//! `consequences`, which lies above every case, does the rest. It is given ids, and reads what it needs.

use chrono::NaiveDate;

use crate::db::{Id, WorkResult};
use crate::service::Tx;

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

/// The entry of a list that a measure makes.
#[derive(Clone, Copy, Debug)]
pub struct NewListing<'a> {
    pub measure: Id,
    pub legal_basis: Option<&'a str>,
    pub months: u32,
    pub reason: &'a str,
}

/// Each method is called where its effects have their place among the effects of the action.
pub trait Consequences: Send + Sync {
    /// A notice or a decision was served on the company that a case is about.
    fn delivered(&self, tx: &mut Tx, case: Id) -> WorkResult<()>;

    /// What was noticed as a violation is not confirmed; before it is recorded.
    fn violation_dismissed(&self, tx: &mut Tx, violation: Id) -> WorkResult<()>;
    /// A violation was confirmed, appealed against, or upheld.
    fn violation_decided(&self, tx: &mut Tx, case: &Case) -> WorkResult<()>;
    /// The decision on a violation falls; before it is recorded.
    fn violation_revoking(&self, tx: &mut Tx, violation: Id) -> WorkResult<()>;
    /// It fell, and that is recorded.
    fn violation_revoked(&self, tx: &mut Tx, case: &Case) -> WorkResult<()>;

    /// Another notice takes the place of one whose grounds have all fallen away.
    fn measure_notified_anew(&self, tx: &mut Tx, measure: Id) -> WorkResult<()>;
    /// The decision itself puts the company on a list.
    fn company_listed(&self, tx: &mut Tx, entry: &NewListing) -> WorkResult<()>;
    /// A removal from a complex was approved.
    fn removal_approved(&self, tx: &mut Tx, measure: Id, complex: Id, company: Id) -> WorkResult<()>;
    /// An appeal suspends a measure since a day, or none does any more.
    fn measure_suspended(&self, tx: &mut Tx, measure: Id, company: Id, since: Option<NaiveDate>) -> WorkResult<()>;
    /// A measure is not to be taken; before it is recorded. `removal_from` is the complex, where it was a removal.
    fn measure_cancelled(&self, tx: &mut Tx, measure: Id, company: Id, removal_from: Option<Id>) -> WorkResult<()>;
    /// A measure that was carried out is to be taken back; before that task is recorded.
    fn measure_reversed(&self, tx: &mut Tx, measure: Id, company: Id, why: &str) -> WorkResult<()>;
    /// It was taken back.
    fn reversal_done(&self, tx: &mut Tx, reversed: Id, company: Id, outcome: &str) -> WorkResult<()>;
    /// A measure that lowers stars took a step.
    fn star_measure_changed(&self, tx: &mut Tx, measure: &StarMeasure) -> WorkResult<()>;

    /// A rating of a complex was published, withdrawn or adjusted. The caller holds the lock of the company that was rated.
    fn ratings_changed(&self, tx: &mut Tx, complex: Id) -> WorkResult<()>;
    /// A contract was ended for which a removal had asked.
    fn removal_ended(&self, tx: &mut Tx, contract: Id, removal: Id) -> WorkResult<()>;
    /// A company has another parent, or none.
    fn company_regrouped(&self, tx: &mut Tx, company: Id) -> WorkResult<()>;
}

/// The one that `app` installed, among the parts of the service.
pub struct Installed(pub Box<dyn Consequences>);

/// What follows in this transaction: `after(tx).violation_decided(tx, …)`.
pub fn after<'a>(tx: &Tx<'a>) -> &'a dyn Consequences {
    &*tx.ctx.state.parts.get::<Installed>().0
}
