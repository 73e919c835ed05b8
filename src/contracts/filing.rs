//! Filing a contract, or refusing to.

use chrono::Datelike;
use serde_json::json;

use super::input::FilingIn;
use super::model::*;
use super::record::advance;
use super::serving;
use super::store;
use super::view::Contract;
use crate::access::Role;
use crate::db::{Id, Work};
use crate::http::{Body, Entity, Tx};
use crate::policy;
use crate::policy::model::FilingAuthority;
use crate::problem::{Code, Problem};
use crate::proceedings::model::{Actor, ReasonsIn, Step};

/// The policy names who files: the county, or by delegation the social affairs office of the township.
fn require_authority(tx: &mut Tx) -> Work<i64> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state.policies)?;
    let version = policies.governing(ctx.today);
    let authority = match version.document().contract_filing_authority {
        FilingAuthority::CountyAuthority => Role::CountyAuthority,
        FilingAuthority::SocialAffairsOffice => Role::SocialAffairsOffice,
    };
    if ctx.caller.role == authority {
        return Ok(version.version);
    }
    Err(Problem::new(Code::Forbidden)
        .detail(
            format!("备案机关为{}", authority.row().zh),
            format!("by the policy in force, {} files contracts", authority.code()),
        )
        .into())
}

/// Nobody files what they submitted.
fn require_another_person(tx: &mut Tx, row: &ContractRow) -> Work<()> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state.policies)?;
    let rule = policies.governing(ctx.today).document().process.two_person_rule;
    let submitter = row.proceedings.0.submission.as_ref().map(|step| &step.by);
    if rule && submitter.is_some_and(|by| ctx.caller.is_person(&by.iss, &by.sub)) {
        return Err(Problem::new(Code::SamePerson)
            .detail("提交人不得同时备案", "whoever submitted it does not file it")
            .into());
    }
    Ok(())
}

pub fn file_contract(tx: &mut Tx, id: Id, body: &Body<FilingIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    let policy_version = require_authority(tx)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ContractState::Submitted])?;
    require_another_person(tx, &row)?;
    let office = ctx.caller.division.clone().unwrap_or_default();
    let year = i64::from(ctx.today.year());
    let serial = store::next_serial(tx.conn, &office, year)?;
    row.filing_number = Some(format!("{office}备〔{year}〕{serial}号"));
    (row.filing_office, row.filing_year, row.filing_serial) = (Some(office), Some(year), Some(serial));
    serving::take_place(tx, &mut row)?;
    row.filed_on = Some(ctx.today);
    row.state = ContractState::Filed.code().to_owned();
    row.proceedings.0.filing =
        Some(Filing { note: input.note.clone(), policy_version, at: ctx.now, by: Actor::of(&ctx.caller) });
    advance(tx, row, "contract.filed", json!({}), input)
}

pub fn refuse_contract(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Contract>> {
    let ctx = tx.ctx;
    let mut row = store::find_for_update(tx.conn, &ctx.scope, id)?;
    require_authority(tx)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    row.require_state(&[ContractState::Submitted])?;
    row.state = ContractState::Refused.code().to_owned();
    row.proceedings.0.refusals.push(Step::new(ctx, input.clone()));
    advance(tx, row, "contract.refused", json!({}), input)
}
