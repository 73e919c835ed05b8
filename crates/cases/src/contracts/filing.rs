//! Filing a contract, and refusing to file it.

use chrono::Datelike;
use serde_json::{Map, Value, json};

use super::filing_rules;
use super::input::FilingIn;
use super::model::*;
use super::record::advance;
use super::service_periods;
use super::store;
use super::view::Contract;
use crate::access::Actor;
use crate::db::{Id, WorkResult};
use crate::documents::model::{DocumentKind, DocumentSubject};
use crate::documents::{self, IssueInput};
use crate::http::Entity;
use crate::policy;
use crate::proceedings::model::{ReasonsIn, Step};
use crate::service::{Body, Tx};
use crate::words::days::chinese_day;

/// Checks that the policy makes the caller the filing authority. Returns the policy version.
fn require_authority(tx: &mut Tx, row: &ContractRow) -> WorkResult<i64> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let version = policies.governing(ctx.today);
    filing_rules::may_file(ctx.caller.role, version.document().contract_filing_authority.role())?;
    Ok(version.version)
}

pub fn file_contract(tx: &mut Tx, id: Id, body: &Body<FilingIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let policy_version = require_authority(tx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    filing_rules::require_state(row.state, &[ContractState::Submitted])?;
    let policies = policy::current(tx.conn, &ctx.state, &row.county)?;
    let two_person_rule = policies.governing(ctx.today).document().process.two_person_rule;
    let submitter = row.proceedings.0.submission.as_ref().map(|step| &step.by);
    filing_rules::require_another_person(two_person_rule, submitter, &ctx.caller)?;
    let office = ctx.caller.division.clone().unwrap_or_default();
    let year = i64::from(ctx.today.year());
    let serial = store::next_serial(tx.conn, &office, year)?;
    row.filing_number = Some(format!("{office}备〔{year}〕{serial}号"));
    (row.filing_office, row.filing_year, row.filing_serial) = (Some(office), Some(year), Some(serial));
    service_periods::apply_succession(tx, &mut row)?;
    row.filed_on = Some(ctx.today);
    row.state = ContractState::Filed;
    let receipt = issue(tx, &row, DocumentKind::FilingReceipt, Map::new())?;
    row.proceedings.0.filing =
        Some(Filing { note: input.note.clone(), receipt, policy_version, at: ctx.now, by: Actor::of(&ctx.caller) });
    advance(tx, row, "contract.filed", json!({ "receipt": receipt }), input)
}

/// Issues the filing receipt or the refusal on behalf of the office that decided. The document counts as delivered at
/// once.
fn issue(tx: &mut Tx, row: &ContractRow, kind: DocumentKind, more: Map<String, Value>) -> WorkResult<Id> {
    let ctx = tx.ctx;
    let terms = &row.terms.0;
    let mut contract = json!({
        "kind": row.kind.zh(), "party_a": terms.party_a_name, "project_manager": row.project_manager,
        "effective_from": chinese_day(row.effective_from), "effective_to": row.effective_to.map(chinese_day),
    });
    let own = if kind == DocumentKind::FilingReceipt {
        json!({ "filing_number": row.filing_number, "filed_on": row.filed_on.map(chinese_day) })
    } else {
        let submitted = row.proceedings.0.submission.as_ref().map(|step| ctx.state.clock.day_of(step.at));
        json!({ "submitted_on": submitted.map(chinese_day) })
    };
    if let (Some(contract), Value::Object(own)) = (contract.as_object_mut(), own) {
        contract.extend(own);
    }
    let mut context = Map::from_iter([("contract".to_owned(), contract)]);
    context.extend(more);
    let document = documents::issue(
        tx,
        IssueInput {
            kind,
            subject_kind: DocumentSubject::Contract,
            subject_id: row.id,
            violation_id: None,
            handler: None,
            place: row.place(),
            company_id: Some(row.company_id),
            complex_id: Some(row.complex_id),
            office: (ctx.caller.role, ctx.caller.division.clone().unwrap_or_default()),
            addressee: None,
            delivered: true,
            context,
        },
    )?;
    Ok(document.id)
}

pub fn refuse_contract(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_authority(tx, &row)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    filing_rules::require_state(row.state, &[ContractState::Submitted])?;
    row.state = ContractState::Refused;
    row.proceedings.0.refusals.push(Step::new(ctx, input.clone()));
    let reasons: Vec<&str> = input.reasons.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    issue(tx, &row, DocumentKind::FilingRefusal, Map::from_iter([("reasons".to_owned(), json!(reasons))]))?;
    advance(tx, row, "contract.refused", json!({}), input)
}
