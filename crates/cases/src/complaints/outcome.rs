//! The steps after the reply: satisfaction rating, reopening and closure.

use serde_json::json;

use super::clock_rules::Limit;
use super::input::SatisfactionIn;
use super::model::*;
use super::parties::{self, finish, finish_by};
use super::party_rules::ComplaintParty;
use super::record::{GoverningRules, NewStep};
use super::rules::close;
use super::view::Complaint;
use super::{rules, step_rules};
use crate::db::{Id, WorkResult};
use crate::http::Entity;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Tx};

pub fn rate_complaint(tx: &mut Tx, id: Id, body: &Body<SatisfactionIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Owner, ComplaintParty::FrontDesk])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::Satisfaction)?;
    step_rules::may_rate(row.satisfaction)?;
    row.satisfaction = Some(input.score);
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let satisfied = input.score >= i64::from(terms.rules_of(&row)?.satisfied_from);
    // A satisfied complainant cannot reopen, so nothing is left to wait for.
    if satisfied && row.course.0.closed_at.is_none() {
        close(&mut row, ctx.now);
    }
    let step = NewStep::new(StepKind::Satisfaction)
        .facts(json!({ "score": input.score, "satisfied": satisfied }))
        .text(input.text.clone());
    finish_by(tx, &terms, row, step)
}

/// Reopens a complaint after the reply or the rejection, once. All time limits restart.
pub fn reopen_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Owner, ComplaintParty::FrontDesk])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::Reopened)?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let rules = terms.rules_of(&row)?;
    step_rules::may_reopen(row.reopened, row.satisfaction, rules.satisfied_from)?;
    let since = row.course.0.resolved_at.or(row.course.0.closed_at).unwrap_or(ctx.now);
    let ends = rules::reopening_ends(since, rules, &terms.clock());
    step_rules::require_reopening_in_time(ends, rules.reopening_within_working_days, ctx.now)?;
    let score = row.satisfaction.take();
    row.reopened = true;
    row.state = ComplaintState::Reopened;
    row.is_open = true;
    let course = &mut row.course.0;
    let due = |within: u32| terms.clock().due(ctx.now, Limit::of(course.clock, within));
    (course.accept_due, row.resolve_due) = (due(course.accept_within), due(course.resolve_within));
    (course.accepted_at, course.resolved_at, course.closed_at) = (None, None, None);
    course.assigned_at = ctx.now;
    (course.extension, course.escalated_at) = (None, None);
    let step = NewStep::new(StepKind::Reopened)
        .facts(json!({ "score": score, "accept_due": course.accept_due, "resolve_due": row.resolve_due }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn close_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::Closed)?;
    close(&mut row, ctx.now);
    finish(tx, row, NewStep::new(StepKind::Closed).text(input.reasons.clone()))
}
