//! Consequences of decisions (处置后果), in the transaction of the decision. Actions report through
//! [`proceedings::port`](crate::proceedings::port) what happened; this module says what follows, and in which order.

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

const WHOEVER_DECIDED: Scope = Scope::System("the consequences of a decision do not depend on the caller");

/// Why a typical case about a violation is withdrawn.
const REVOKED: &str = "认定已撤销";

/// Reasons shown to everyone who verifies a withdrawn document.
const GROUND_DISMISSED: &str = "所告知的行为未予认定";
const GROUND_REVOKED: &str = "所依据的违规认定已撤销";
const GROUND_RENEWED: &str = "原告知的依据均已撤销，以新的告知为准";
const GROUND_CANCELLED: &str = "所依据的措施已取消";

/// Made once, for the parts of the service.
pub fn installed() -> Installed {
    Installed(Box::new(InLaw))
}

struct InLaw;

impl Consequences for InLaw {
    /// From now on the documents of the case are visible to the company.
    fn delivered(&self, tx: &mut Tx, case: Id) -> WorkResult<()> {
        documents::mark_delivered(tx, case)
    }

    fn violation_dismissed(&self, tx: &mut Tx, violation: Id) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Violation, violation, GROUND_DISMISSED)
    }

    /// Brings the measures of the company into agreement with its facts.
    fn violation_decided(&self, tx: &mut Tx, case: &Case) -> WorkResult<()> {
        match case.company {
            Some(company) => measures::reconcile_measures(tx, company, case.county),
            None => Ok(()),
        }
    }

    fn violation_revoking(&self, tx: &mut Tx, violation: Id) -> WorkResult<()> {
        documents::withdraw_of(tx, DocumentSubject::Violation, violation, GROUND_REVOKED)
    }

    /// Withdraws what was published about the violation. Open measures without another ground are cancelled; completed
    /// ones are reversed.
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

    /// Asks for the termination of the contract, on a lawful ground.
    fn removal_approved(&self, tx: &mut Tx, measure: Id, complex: Id, company: Id) -> WorkResult<()> {
        contracts::request_termination(tx, complex, company, measure)
    }

    /// While a measure is suspended, the listing that it caused has no effect.
    fn measure_suspended(&self, tx: &mut Tx, measure: Id, company: Id, since: Option<NaiveDate>) -> WorkResult<()> {
        blacklist::suspend_listing_of(tx, company, measure, since)
    }

    /// Withdraws the request to terminate the contract and every document about the measure.
    fn measure_cancelled(&self, tx: &mut Tx, measure: Id, company: Id, removal_from: Option<Id>) -> WorkResult<()> {
        if let Some(complex) = removal_from {
            contracts::withdraw_termination_request(tx, complex, company, measure)?;
        }
        documents::withdraw_of(tx, DocumentSubject::Measure, measure, GROUND_CANCELLED)
    }

    /// Ends the listing at once, because a company must not stay on a list on a revoked ground. The reversal task that
    /// remains is to make this public.
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

    /// The termination of the contract completes the removal that asked for it.
    fn removal_ended(&self, tx: &mut Tx, contract: Id, removal: Id) -> WorkResult<()> {
        let termination = contracts::termination_on_record(tx.conn, contract)?;
        measures::removal_carried_out(tx, removal, &termination)
    }

    /// Shows its notified violations to the companies that now represent it.
    fn company_regrouped(&self, tx: &mut Tx, company: Id) -> WorkResult<()> {
        violations::show_to_family(tx.conn, company)
    }
}
