//! What follows from a decision (处置后果), in the transaction of the decision. Actions say what happened through
//! [`proceedings::port`](crate::proceedings::port); here stands what it leads to, and in which order.

mod stars;

use chrono::NaiveDate;

use crate::access::Scope;
use crate::blacklist;
use crate::contracts;
use crate::db::{Id, WorkResult};
use crate::documents::{self, model::DocumentSubject};
use crate::measures;
use crate::proceedings::port::{Case, Consequences, Installed, NewListing, StarMeasure};
use crate::service::Tx;
use crate::typical_cases;
use crate::violations;

const WHOEVER_DECIDED: Scope = Scope::System("what follows from a decision, whoever took it");

/// Why a typical case is withdrawn that was made of a violation.
const REVOKED: &str = "认定已撤销";

/// What those read who verify a document that was withdrawn.
const GROUND_DISMISSED: &str = "所告知的行为未予认定";
const GROUND_REVOKED: &str = "所依据的违规认定已撤销";
const GROUND_RENEWED: &str = "原告知的依据均已撤销，以新的告知为准";
const GROUND_CANCELLED: &str = "所依据的措施已取消";

/// For the parts of the service.
pub fn installed() -> Installed {
    Installed(Box::new(InLaw))
}

struct InLaw;

impl Consequences for InLaw {
    /// From now on the company sees the documents of the case.
    fn delivered(&self, tx: &mut Tx, case: Id) -> WorkResult<()> {
        documents::mark_delivered(tx, case)
    }

    fn violation_dismissed(&self, tx: &mut Tx, violation: Id) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Violation, violation, GROUND_DISMISSED)
    }

    /// The measures of the company are brought into agreement with its facts.
    fn violation_decided(&self, tx: &mut Tx, case: &Case) -> WorkResult<()> {
        match case.company {
            Some(company) => measures::reconcile_measures(tx, company, case.county),
            None => Ok(()),
        }
    }

    fn violation_revoking(&self, tx: &mut Tx, violation: Id) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Violation, violation, GROUND_REVOKED)
    }

    /// What was told of it in public is withdrawn; open measures without another ground are cancelled, done ones taken back.
    fn violation_revoked(&self, tx: &mut Tx, case: &Case) -> WorkResult<()> {
        typical_cases::withdraw_of(tx, case.violation, REVOKED)?;
        self.violation_decided(tx, case)
    }

    fn measure_notified_anew(&self, tx: &mut Tx, measure: Id) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Measure, measure, GROUND_RENEWED)
    }

    fn company_listed(&self, tx: &mut Tx, entry: &NewListing) -> WorkResult<()> {
        let row = measures::store::find(tx.conn, &WHOEVER_DECIDED, entry.measure)?;
        let grounds = blacklist::Grounds {
            measure: row.id,
            kind: row.kind,
            company: row.company_id,
            county: &row.county,
            legal_basis: entry.legal_basis,
            public_reason: &row.reason_zh,
        };
        blacklist::list_company(tx, &grounds, entry.months, entry.reason)
    }

    /// The contract is to be ended, on a lawful ground.
    fn removal_approved(&self, tx: &mut Tx, measure: Id, complex: Id, company: Id) -> WorkResult<()> {
        contracts::request_termination(tx, complex, company, measure)
    }

    /// What it put on a list has no effect meanwhile.
    fn measure_suspended(&self, tx: &mut Tx, measure: Id, company: Id, since: Option<NaiveDate>) -> WorkResult<()> {
        blacklist::suspend_listing_of(tx, company, measure, since)
    }

    /// A removal asks for no ending of a contract any more, and what was issued about the measure no longer stands.
    fn measure_cancelled(&self, tx: &mut Tx, measure: Id, company: Id, removal_from: Option<Id>) -> WorkResult<()> {
        if let Some(complex) = removal_from {
            contracts::withdraw_termination_request(tx, complex, company, measure)?;
        }
        documents::withdraw_of(tx, DocumentSubject::Measure, measure, GROUND_CANCELLED)
    }

    /// No company stays on a list on a ground that was revoked: the task that remains is to make it known.
    fn measure_reversed(&self, tx: &mut Tx, measure: Id, company: Id, why: &str) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Measure, measure, GROUND_CANCELLED)?;
        blacklist::end_listing_of(tx, company, measure, why)
    }

    fn reversal_done(&self, tx: &mut Tx, reversed: Id, company: Id, outcome: &str) -> WorkResult<()> {
        blacklist::end_listing_of(tx, company, reversed, outcome)
    }

    fn star_measure_changed(&self, tx: &mut Tx, measure: &StarMeasure) -> WorkResult<()> {
        stars::follow_measure(tx, measure)
    }

    fn ratings_changed(&self, tx: &mut Tx, complex: Id) -> WorkResult<()> {
        stars::follow_ratings(tx, complex)
    }

    /// That carries the removal out.
    fn removal_ended(&self, tx: &mut Tx, contract: Id, removal: Id) -> WorkResult<()> {
        let termination = contracts::termination_on_record(tx.conn, contract)?;
        measures::removal_carried_out(tx, removal, &termination)
    }

    /// Its notified violations are shown to whoever speaks for it now.
    fn company_regrouped(&self, tx: &mut Tx, company: Id) -> WorkResult<()> {
        violations::show_to_family(tx.conn, company)
    }
}
