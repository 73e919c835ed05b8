//! Pure rules: when a contract can be terminated, continued as interim service, and handed over.

use chrono::NaiveDate;

use super::model::*;
use super::rules::{self, Span, Term};
use crate::access::Role;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;

/// Grounds that a company may record. Only offices record the others.
const OF_COMPANY: [TerminationGround; 2] = [TerminationGround::DeclinedRenewal, TerminationGround::Notice];

pub fn term(row: &ContractRow) -> Term {
    let to = if row.interim { row.interim_until } else { row.effective_to };
    Term {
        from: row.effective_from,
        to,
        agreed_notice_days: row.terms.0.agreed_notice_days,
        agreed_nonrenewal_notice_days: row.terms.0.agreed_nonrenewal_notice_days,
    }
}

/// A company may record only its own notices.
pub fn check_ground(caller: Role, ground: TerminationGround, faults: &mut Vec<InputError>) {
    if caller == Role::PropertyCompany && !OF_COMPANY.contains(&ground) {
        let (zh, en) = (
            "企业只能登记本企业不同意续聘或者解除不定期合同的通知",
            "a company may record its own notice of non-renewal or of termination of an indefinite contract only",
        );
        faults.push(InputError::new("/ground", "wrong_party", zh, en));
    }
}

/// Not terminated, or in interim service without a last day.
pub fn is_open(row: &ContractRow) -> bool {
    row.proceedings.0.termination.is_none() || row.interim && row.interim_until.is_none()
}

/// Requires a governing contract that is not terminated.
pub fn require_running(row: &ContractRow) -> Result<(), Problem> {
    if !row.governs {
        return Err(conflict(
            "该合同未备案，也未由主管单位登记。",
            "The contract has not been filed, and no office has recorded it.",
        ));
    }
    if !is_open(row) {
        return Err(conflict("该合同已登记终止。", "The contract has been terminated already."));
    }
    Ok(())
}

/// A termination recorded by mistake can be withdrawn while the contract still runs.
pub fn may_withdraw_termination(row: &ContractRow, today: NaiveDate) -> Result<(), Problem> {
    let running = row.last_day.is_some_and(|last| last >= today);
    let recorded = row
        .proceedings
        .0
        .termination
        .as_ref()
        .is_some_and(|termination| termination.ground != TerminationGround::Succession);
    if recorded && running && !row.interim {
        return Ok(());
    }
    Err(conflict(
        "没有可撤回的终止登记：未登记终止、终止已生效，或者已有新合同。",
        "There is no termination to withdraw: none is recorded, it has taken effect, or there is a new contract.",
    ))
}

/// A termination that completed a removal cannot be withdrawn.
pub fn require_open_removal(open: bool) -> Result<(), Problem> {
    if open {
        Ok(())
    } else {
        Err(conflict(
            "清退措施已依据该终止登记执行完毕，不得撤回。",
            "A removal was completed on this termination. It cannot be withdrawn.",
        ))
    }
}

/// No later contract may follow on a contract whose service is to continue.
pub fn require_none_after(row: &Span, others: &[Span]) -> Result<(), Problem> {
    match rules::succession(row, others) {
        Ok(_) => Ok(()),
        Err(_) => Err(conflict("该合同之后已有新合同。", "There is a later contract.")),
    }
}

/// Interim service must not end before the contract does.
pub fn check_interim(until: Option<NaiveDate>, end: Option<NaiveDate>, faults: &mut Vec<InputError>) {
    if until.zip(end).is_some_and(|(until, end)| until < end) {
        faults.push(InputError::new(
            "/until",
            "before_start",
            "不得早于合同终止日",
            "must not be earlier than the end of the contract",
        ));
    }
}

/// Interim service needs a governing contract with an end and an incomplete handover.
pub fn may_serve_on(row: &ContractRow) -> Result<(), Problem> {
    if !row.governs || row.ends_on().is_none() || row.handover_done_on.is_some() {
        return Err(conflict(
            "该合同未登记终止，或者已完成交接。",
            "The contract has no end, or the handover is complete.",
        ));
    }
    Ok(())
}

/// The contract has ended, a handover is due, and it is not complete.
pub fn may_record_handover(row: &ContractRow, today: NaiveDate) -> Result<(), Problem> {
    let over = row.serves_until().is_some_and(|last| last < today);
    let ended = row.proceedings.0.termination.is_some() || row.interim || over;
    if !row.governs || !ended || row.handover_due_on.is_none() && !row.interim {
        return Err(conflict(
            "该合同未终止，或者无须交接。",
            "The contract has not ended, or there is nothing to hand over.",
        ));
    }
    if row.handover_done_on.is_some() {
        return Err(conflict("该合同已完成交接。", "The handover is complete."));
    }
    Ok(())
}

/// An overdue handover is reported once. Items that the company recorded in time and nobody confirmed are a dispute,
/// not a delay.
pub fn may_report_handover(row: &ContractRow, today: NaiveDate) -> Result<(), Problem> {
    let state = rules::handover_state(row, today);
    if row.governs && state == HandoverState::Unconfirmed {
        return Err(conflict(
            "企业已按期登记移交，接收方尚未确认，不属于企业逾期。",
            "The company recorded the handover in time, but the receiver has not confirmed it. It is not overdue.",
        ));
    }
    if !row.governs || state != HandoverState::Overdue {
        return Err(conflict("交接未逾期，或者已完成。", "The handover is not overdue, or it is complete."));
    }
    if row.proceedings.0.late_report.is_some() {
        return Err(Problem::new(Code::AlreadyExists)
            .detail("该逾期交接已上报。", "The overdue handover has been reported already."));
    }
    Ok(())
}

#[cfg(test)]
#[path = "termination_rules_tests.rs"]
mod tests;
