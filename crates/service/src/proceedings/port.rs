//! The interface through which a case reports its decisions. A case reports what happened, in the same transaction, and
//! `consequences`, a layer above all cases, does what follows. It gets ids and reads what it needs.

use chrono::NaiveDate;

use crate::db::{Id, WorkResult};
use crate::service::Tx;

/// A violation, and the company that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub violation: Id,
    pub company: Option<Id>,
    pub county: &'a str,
}

/// A measure that lowers a star, or its reversal.
#[derive(Clone, Copy, Debug)]
pub struct StarMeasure {
    pub measure: Id,
    pub complex: Id,
    pub company: Id,
}

/// A listing (列入记录) that a measure creates.
#[derive(Clone, Copy, Debug)]
pub struct NewListing<'a> {
    pub measure: Id,
    pub legal_basis: Option<&'a str>,
    pub months: u32,
    pub reason: &'a str,
}

/// Each action calls the method at the point where the effects belong among its own.
pub trait Consequences: Send + Sync {
    /// A notice or a decision was delivered to the company that the case is about.
    fn delivered(&self, tx: &mut Tx, case: Id) -> WorkResult<()>;

    /// A violation will be dismissed. Called before it is recorded.
    fn violation_dismissed(&self, tx: &mut Tx, violation: Id) -> WorkResult<()>;
    /// A violation was confirmed, appealed against, or upheld.
    fn violation_decided(&self, tx: &mut Tx, case: &Case) -> WorkResult<()>;
    /// The confirmation of a violation will be revoked. Called before it is recorded.
    fn violation_revoking(&self, tx: &mut Tx, violation: Id) -> WorkResult<()>;
    /// The confirmation was revoked and recorded.
    fn violation_revoked(&self, tx: &mut Tx, case: &Case) -> WorkResult<()>;

    /// A new notice replaces one whose grounds all no longer apply.
    fn measure_notified_anew(&self, tx: &mut Tx, measure: Id) -> WorkResult<()>;
    /// A decision lists the company.
    fn company_listed(&self, tx: &mut Tx, entry: &NewListing) -> WorkResult<()>;
    /// A removal from a complex was approved.
    fn removal_approved(&self, tx: &mut Tx, measure: Id, complex: Id, company: Id) -> WorkResult<()>;
    /// An appeal suspends a measure since this day; `None` if no appeal suspends it any more.
    fn measure_suspended(&self, tx: &mut Tx, measure: Id, company: Id, since: Option<NaiveDate>) -> WorkResult<()>;
    /// A measure will be cancelled. Called before it is recorded. `removal_from` is the complex, if it was a removal.
    fn measure_cancelled(&self, tx: &mut Tx, measure: Id, company: Id, removal_from: Option<Id>) -> WorkResult<()>;
    /// A completed measure will be reversed. Called before that task is recorded.
    fn measure_reversed(&self, tx: &mut Tx, measure: Id, company: Id, why: &str) -> WorkResult<()>;
    /// The measure was reversed.
    fn reversal_done(&self, tx: &mut Tx, reversed: Id, company: Id, outcome: &str) -> WorkResult<()>;
    /// A measure that lowers a star changed its state.
    fn star_measure_changed(&self, tx: &mut Tx, measure: &StarMeasure) -> WorkResult<()>;

    /// A rating of a complex was published, withdrawn or adjusted. The caller holds the lock of the rated company.
    fn ratings_changed(&self, tx: &mut Tx, complex: Id) -> WorkResult<()>;
    /// A contract was terminated because of a removal.
    fn removal_ended(&self, tx: &mut Tx, contract: Id, removal: Id) -> WorkResult<()>;
    /// A company has another parent company, or none any more.
    fn company_regrouped(&self, tx: &mut Tx, company: Id) -> WorkResult<()>;
}

/// The implementation that `app` installed, stored in the service's parts.
pub struct Installed(pub Box<dyn Consequences>);

/// Reports to the consequences in this transaction: `after(tx).violation_decided(tx, …)`.
pub fn after<'a>(tx: &Tx<'a>) -> &'a dyn Consequences {
    &*tx.ctx.state.parts.get::<Installed>().0
}
