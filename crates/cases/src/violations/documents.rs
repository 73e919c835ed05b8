//! Official documents about a violation: who may issue them, and their content.

use serde_json::{Map, Value, json};

use super::model::{AppealOutcome, ViolationRow};
use crate::access::Role;
use crate::db::WorkResult;
use crate::documents::model::{DocumentKind, DocumentSubject};
use crate::documents::{self, IssueInput, missing};
use crate::due_process::Proceeding;
use crate::offices;
use crate::policy;
use crate::policy::versions::Policies;
use crate::service::{Ctx, Tx};
use crate::words::days::chinese_day;

/// The office in charge issues documents, as it takes every other step. A decision is issued by the body that made it.
pub fn require_office(ctx: &Ctx, kind: DocumentKind, row: &ViolationRow) -> WorkResult<()> {
    let steps = &row.proceedings.0;
    let by = match kind {
        DocumentKind::AppealDecision => steps.appeal_decision.as_ref().map(|decision| &decision.by),
        DocumentKind::RevocationDecision => steps.revocation.as_ref().map(|step| &step.by),
        _ => None,
    };
    match by {
        Some(by) => Ok(documents::rules::require_decider(&ctx.caller, by)?),
        None => Ok(row.may_handle(&ctx.caller)?),
    }
}

/// Collects the content of the document in addition to what `context` already contains.
pub fn gather(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &ViolationRow,
    mut context: Map<String, Value>,
) -> WorkResult<IssueInput> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    describe(tx, kind, row, &policies, &mut context)?;
    Ok(IssueInput {
        kind,
        subject_kind: DocumentSubject::Violation,
        subject_id: row.id,
        violation_id: Some(row.id),
        handler: None,
        place: row.place(),
        company_id: row.company_id,
        complex_id: row.complex_id,
        office: documents::office_of(&tx.ctx.caller),
        addressee: row.subject_name.clone().filter(|_| row.company_id.is_none()),
        delivered: !row.is_undelivered(),
        context,
    })
}

fn describe(
    tx: &mut Tx,
    kind: DocumentKind,
    row: &ViolationRow,
    policies: &Policies,
    context: &mut Map<String, Value>,
) -> WorkResult<()> {
    let day = |at| chinese_day(tx.ctx.state.clock.day_of(at));
    let steps = &row.proceedings.0;
    let notice = steps.notification.as_ref().ok_or_else(missing)?;
    let process = policies.process(row.policy_version, row.found_on);
    let mut facts = facts(policies, row);
    context.insert("facts".into(), json!(notice.facts));
    if kind == DocumentKind::ViolationNotice {
        context.insert("grounds".into(), json!(notice.grounds));
        context.insert("intended_consequence".into(), json!(notice.intended_consequence));
        context.insert("statement_working_days".into(), json!(process.statement_working_days));
    }
    let confirmation = || steps.confirmation.as_ref().ok_or_else(missing);
    match kind {
        DocumentKind::ConfirmationDecision => {
            let confirmation = confirmation()?;
            context.insert("grounds".into(), json!(notice.grounds));
            context.insert("reasons".into(), json!(confirmation.reasons));
            context.insert("urgent_reason".into(), json!(confirmation.urgent_reason));
            context.insert("decided_on".into(), json!(day(confirmation.at)));
            context.insert("statement_made".into(), json!(steps.statement.is_some()));
            context.insert("appeal_working_days".into(), json!(process.appeal_working_days));
            let county = offices::find_by_role(tx.conn, Role::CountyAuthority, &row.county)?.map(|office| office.name);
            let county = county.unwrap_or_else(|| Role::CountyAuthority.row().zh.to_owned());
            context.insert("appeal_body".into(), json!(county));
        }
        DocumentKind::AppealDecision => {
            let (appeal, decision) = steps.appeal.as_ref().zip(steps.appeal_decision.as_ref()).ok_or_else(missing)?;
            let confirmation = confirmation()?;
            facts["decided_on"] = json!(day(confirmation.at));
            context.insert("original_reasons".into(), json!(confirmation.reasons));
            context.insert("appeal".into(), json!(appeal.text));
            context.insert("appealed_on".into(), json!(day(appeal.at)));
            context.insert("decided_on".into(), json!(day(decision.at)));
            context.insert("revoked".into(), json!(decision.outcome == AppealOutcome::Revoked));
            context.insert("reasons".into(), json!(decision.reasons));
            context.insert("same_body".into(), json!(decision.same_body));
        }
        DocumentKind::RevocationDecision => {
            let revocation = steps.revocation.as_ref().ok_or_else(missing)?;
            facts["decided_on"] = json!(day(confirmation()?.at));
            context.insert("decided_on".into(), json!(day(revocation.at)));
            context.insert("reasons".into(), json!(revocation.text));
        }
        _ => {}
    }
    context.insert("violation".into(), facts);
    Ok(())
}

/// The facts of the violation, as every document about it states them.
pub fn facts(policies: &Policies, row: &ViolationRow) -> Value {
    let act = policies.get(row.policy_version).and_then(|version| version.act(&row.act));
    json!({
        "act": act.map_or(&row.act, |act| &act.title_zh), "clause": row.clause,
        "legal_basis": act.and_then(|act| act.legal_basis.as_ref()), "found_on": chinese_day(row.found_on),
    })
}
