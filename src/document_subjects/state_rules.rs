//! In which states of its case each official document is issued (文书与办理状态), in one table. Pure.

use crate::db::WorkResult;
use crate::documents::model::{DocumentKind, DocumentState};
use crate::measures::model::MeasureRow;
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::proceedings::rules::conflict;
use crate::standing::model::MeasureState::{self, *};
use crate::violations::model::ViolationRow;
use crate::violations::model::ViolationState::{self, *};

/// The kind of case that a document is about, and the states in which it is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// A violation in one of these states.
    Violation(&'static [ViolationState]),
    /// A measure of one of these kinds (empty: any) in one of these states.
    Measure(&'static [MeasureKind], &'static [MeasureState]),
    /// A document that was delivered.
    Document,
    /// The filing decision on a contract. It issues the document itself.
    Filing,
}

pub fn belongs(kind: DocumentKind) -> Belongs {
    match kind {
        // A notice announces what is intended, so it is issued before the decision only.
        DocumentKind::ViolationNotice => Belongs::Violation(&[Notified]),
        DocumentKind::MeasureNotice | DocumentKind::HearingNotice => Belongs::Measure(&[], &[Proposed]),
        // These documents carry out a decision, so they are issued after the approval and before the completion.
        DocumentKind::InterviewNotice => Belongs::Measure(&[MeasureKind::Interview], &[Approved]),
        DocumentKind::RectificationOrder => Belongs::Measure(&[MeasureKind::RectificationOrder], &[Approved]),
        DocumentKind::ReferralLetter => Belongs::Measure(&[MeasureKind::Referral], &[Approved]),
        DocumentKind::RemovalDecision => Belongs::Measure(&[MeasureKind::Removal], &[Approved]),
        DocumentKind::ConfirmationDecision => Belongs::Violation(&[Confirmed]),
        DocumentKind::AppealDecision => Belongs::Violation(&[Upheld, Revoked]),
        DocumentKind::RevocationDecision => Belongs::Violation(&[Revoked]),
        // The decision itself puts the company on the list.
        DocumentKind::ListingDecision => Belongs::Measure(&[MeasureKind::Blacklist, MeasureKind::Restriction], &[Done]),
        DocumentKind::HearingRecord => Belongs::Measure(&[], &[Proposed, Approved, Rejected, Done]),
        DocumentKind::ProofOfDelivery => Belongs::Document,
        DocumentKind::FilingReceipt | DocumentKind::FilingRefusal => Belongs::Filing,
    }
}

/// Requires a violation in a state in which the document is issued, with the step that the document records.
pub fn require_violation(kind: DocumentKind, row: &ViolationRow) -> WorkResult<()> {
    let Belongs::Violation(states) = belongs(kind) else {
        return Err(Problem::broken("an official document about a violation has no violation").into());
    };
    row.require_state(states)?;
    let steps = &row.proceedings.0;
    match kind {
        DocumentKind::AppealDecision if steps.appeal_decision.is_none() => {
            Err(conflict("尚未作出申诉决定。", "There is no decision on an appeal.").into())
        }
        DocumentKind::RevocationDecision if steps.revocation.is_none() => Err(conflict(
            "该认定系经申诉撤销。请出具申诉决定书。",
            "The confirmation was revoked on appeal. Issue an appeal decision instead.",
        )
        .into()),
        _ => Ok(()),
    }
}

/// Requires a measure of the right kind, in a state in which the document is issued, with the step that it records.
pub fn require_measure(kind: DocumentKind, row: &MeasureRow) -> Result<(), Problem> {
    let Belongs::Measure(wanted, states) = belongs(kind) else {
        return Err(Problem::broken("an official document about a measure has no measure"));
    };
    if !wanted.is_empty() && !wanted.contains(&row.kind) {
        let zh = wanted.iter().map(|kind| kind.zh()).collect::<Vec<_>>().join("、");
        let en = wanted.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(" or ");
        return Err(conflict(
            format!("该文书只适用于“{zh}”措施。"),
            format!("This document is for a measure of the kind {en} only."),
        ));
    }
    let state = row.state;
    if !states.contains(&state) {
        let names = |pick: fn(MeasureState) -> &'static str| {
            states.iter().map(|state| pick(*state)).collect::<Vec<_>>().join(" / ")
        };
        return Err(conflict(
            format!("“{}”须在“{}”状态出具，当前状态为“{}”。", kind.zh(), names(MeasureState::zh), state.zh()),
            format!(
                "{} must be issued in the state {}. The state is {}.",
                kind.code(),
                names(MeasureState::code),
                state.code()
            ),
        ));
    }
    let steps = &row.proceedings.0;
    match kind {
        DocumentKind::MeasureNotice if steps.notification.is_none() => {
            Err(conflict("尚未告知企业。", "The company has not been notified."))
        }
        DocumentKind::HearingNotice if steps.hearing_request.is_none() || steps.hearing.is_some() => {
            Err(conflict("没有待举行的听证。", "There is no hearing to hold."))
        }
        DocumentKind::HearingRecord if steps.hearing.is_none() => {
            Err(conflict("听证尚未举行。", "The hearing has not been held."))
        }
        DocumentKind::HearingRecord => Ok(()),
        _ if row.suspended_on.is_some() => Err(conflict("该措施因申诉中止执行。", "An appeal suspends the measure.")),
        _ => Ok(()),
    }
}

/// A proof of delivery needs a valid document that was delivered.
pub fn require_delivered(state: DocumentState, is_delivered: bool) -> Result<(), Problem> {
    if state == DocumentState::Valid && is_delivered {
        return Ok(());
    }
    Err(conflict("该文书未送达，或者已撤回。", "The document has not been delivered, or has been withdrawn."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_of_a_document_is_proven_where_it_was_delivered_and_stands() {
        for (state, is_delivered, good) in [
            (DocumentState::Valid, true, true),
            (DocumentState::Valid, false, false),
            (DocumentState::Withdrawn, true, false),
        ] {
            assert_eq!(require_delivered(state, is_delivered).is_ok(), good);
        }
    }

    /// Every kind against every state; a letter marks each state in which it is issued.
    #[test]
    fn each_paper_is_issued_in_the_states_that_it_belongs_to_and_in_no_other() {
        let violation_states = "reported notified confirmed dismissed appealed upheld revoked";
        let measure_states = "proposed approved rejected done cancelled";
        let table = [
            ("violation_notice", violation_states, "notified"),
            ("measure_notice", measure_states, "proposed"),
            ("interview_notice", measure_states, "approved"),
            ("rectification_order", measure_states, "approved"),
            ("referral_letter", measure_states, "approved"),
            ("removal_decision", measure_states, "approved"),
            ("hearing_notice", measure_states, "proposed"),
            ("confirmation_decision", violation_states, "confirmed"),
            ("appeal_decision", violation_states, "upheld revoked"),
            ("revocation_decision", violation_states, "revoked"),
            ("listing_decision", measure_states, "done"),
            ("hearing_record", measure_states, "proposed approved rejected done"),
            ("proof_of_delivery", "", ""),
            ("filing_receipt", "", ""),
            ("filing_refusal", "", ""),
        ];
        assert_eq!(table.len(), DocumentKind::ALL.len());
        for (code, states, issued) in table {
            let kind = DocumentKind::from_code(code).unwrap();
            for state in states.split_whitespace() {
                let allowed = match belongs(kind) {
                    Belongs::Violation(all) => all.contains(&ViolationState::from_code(state).unwrap()),
                    Belongs::Measure(_, all) => all.contains(&MeasureState::from_code(state).unwrap()),
                    Belongs::Filing | Belongs::Document => panic!("{code} has no states"),
                };
                assert_eq!(allowed, issued.split_whitespace().any(|one| one == state), "{code} {state}");
            }
            if states.is_empty() {
                assert!(matches!(belongs(kind), Belongs::Filing | Belongs::Document), "{code}");
            }
        }
        assert_eq!(ViolationState::ALL.len(), violation_states.split_whitespace().count());
        assert_eq!(MeasureState::ALL.len(), measure_states.split_whitespace().count());
    }
}
