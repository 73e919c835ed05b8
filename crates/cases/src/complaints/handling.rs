//! The steps of the handler and the supervising office, up to the reply.

use serde_json::json;

use super::clock_rules::{Limit, is_over};
use super::input::*;
use super::model::*;
use super::parties::{self, finish, finish_by};
use super::party_rules::{ComplaintParty, is_supervising_office};
use super::record::{self, GoverningRules, NewStep};
use super::routing_rules::{may_supervise, next_supervising_office, office_of};
use super::view::Complaint;
use super::visibility::Person;
use super::{encrypted, rules, step_rules, store};
use crate::access::Role;
use crate::complexes;
use crate::db::{Conn, Id, WorkResult};
use crate::files;
use crate::http::Entity;
use crate::input_error::InputError;
use crate::problem::Problem;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Tx};

pub fn accept_complaint(tx: &mut Tx, id: Id, body: &Body<AcceptanceIn>) -> WorkResult<Entity<Complaint>> {
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let ctx = tx.ctx;
    let input = tx
        .checked(body, |conn, input, faults| check_summary(conn, ctx, &row, input.public_summary.as_deref(), faults))?;
    parties::ensure_allowed(tx, &row, StepKind::Accepted)?;
    accepted(tx.ctx, &mut row);
    row.state = ComplaintState::Accepted;
    if input.public_summary.is_some() {
        row.course.0.public_summary = input.public_summary.clone();
    }
    let step = NewStep::new(StepKind::Accepted)
        .facts(json!({ "on_time": row.accepted_on_time, "summarised": input.public_summary.is_some() }))
        .with_text("public_summary", input.public_summary.clone())
        .text(input.text.clone());
    finish(tx, row, step)
}

/// Marks the complaint as accepted, unless it is already. It counts as on time only if every acceptance was.
fn accepted(ctx: &Ctx, row: &mut ComplaintRow) {
    let course = &mut row.course.0;
    if course.accepted_at.is_none() {
        course.accepted_at = Some(ctx.now);
        row.accepted_on_time = Some(!is_over(course.accept_due, ctx.now) && row.accepted_on_time != Some(false));
    }
}

fn check_summary(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &ComplaintRow,
    summary: Option<&str>,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let Some(summary) = summary else { return Ok(()) };
    let contact = encrypted::contact_of(conn, ctx, row.id)?;
    let who = Person::of(contact.as_ref(), row.course.0.anonymous);
    step_rules::check_summary(row.is_public, summary, &who, faults);
    Ok(())
}

pub fn reject_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Complaint>> {
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::Rejected)?;
    accepted(tx.ctx, &mut row);
    row.state = ComplaintState::Rejected;
    row.is_open = false;
    row.course.0.closed_at = Some(tx.ctx.now);
    finish(tx, row, NewStep::new(StepKind::Rejected).text(input.reasons.clone()))
}

pub fn transfer_complaint(tx: &mut Tx, id: Id, body: &Body<TransferIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let mut company = None;
    let input = tx.checked(body, |conn, input, faults| {
        company = served_by(conn, ctx, &row, input.role)?;
        step_rules::check_transfer(&row, input, company, faults);
        Ok(())
    })?;
    parties::ensure_allowed(tx, &row, StepKind::Transferred)?;
    step_rules::may_transfer(row.course.0.returned, is_supervising_office(&ctx.caller, &row))?;
    let from = row.handler();
    let to = office_of(input.role, &row.place())
        .ok_or_else(|| Problem::broken("a role that was checked handles no complaints"))?;
    if let Some(company) = company {
        row.company_id = Some(company);
        row.with_company = true;
    }
    row.organisation = match input.role {
        Role::UtilityOperator => input.organisation,
        _ => row.organisation,
    };
    set_handler(&mut row, &to);
    row.state = ComplaintState::Assigned;
    row.course.0.assigned_at = ctx.now;
    let step = NewStep::new(StepKind::Transferred)
        .facts(json!({ "from": from, "to": to, "final": row.course.0.returned }))
        .text(input.reasons.clone());
    finish(tx, row, step)
}

/// The company that serves the complex today, if the complaint is to be transferred to a company.
fn served_by(conn: &mut Conn, ctx: &Ctx, row: &ComplaintRow, role: Role) -> WorkResult<Option<Id>> {
    let (Role::PropertyCompany, Some(complex)) = (role, row.complex_id) else { return Ok(None) };
    complexes::serving_company(conn, complex, ctx.today)
}

/// Sets a new handler. The supervising office changes if it would be the handler or the office complained of; if no
/// other office is eligible, there is none.
fn set_handler(row: &mut ComplaintRow, to: &OfficeRef) {
    row.handler_role = to.role;
    row.handler_division = to.division.clone();
    let complained_of = row.course.0.complained_office.clone();
    let stays = row.supervising_office().filter(|seat| may_supervise(seat, to, complained_of.as_ref()));
    let supervising_office = stays.or_else(|| next_supervising_office(&row.place(), to, complained_of.as_ref()));
    row.set_supervising_office(supervising_office);
}

pub fn return_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::Returned)?;
    let supervising_office = step_rules::may_return(&row)?;
    let from = row.handler();
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let within = terms.rules_of(&row)?.return_within_working_days;
    let due = terms.clock().return_due(row.course.0.assigned_at, within);
    step_rules::require_early_return(due, within, ctx.now)?;
    row.state = ComplaintState::Returned;
    row.handler_role = supervising_office.role;
    row.handler_division = supervising_office.division;
    row.course.0.returned = true;
    let step = NewStep::new(StepKind::Returned)
        .to(StepAudience::Parties)
        .facts(json!({ "from": from }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn request_complaint_extension(tx: &mut Tx, id: Id, body: &Body<ExtensionIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let most = {
        let (course, rules) = (&row.course.0, terms.rules_of(&row)?);
        let original = Limit::of(course.clock, course.resolve_within);
        terms.clock().most_extension(original, rules.extension_most_working_days).count()
    };
    let input = tx.checked(body, |_, input, faults| {
        step_rules::check_extension(input.amount, most, faults);
        Ok(())
    })?;
    parties::ensure_allowed(tx, &row, StepKind::ExtensionRequested)?;
    step_rules::require_in_time(row.resolve_due, ctx.now)?;
    step_rules::may_ask_for_extension(row.course.0.extension.as_ref())?;
    row.course.0.extension = Some(Extension { amount: input.amount, asked_at: ctx.now, granted: None });
    let step = NewStep::new(StepKind::ExtensionRequested)
        .to(StepAudience::Parties)
        .facts(json!({ "amount": input.amount }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn decide_complaint_extension(
    tx: &mut Tx,
    id: Id,
    body: &Body<ExtensionDecisionIn>,
) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::SupervisingOffice])?;
    let input = tx.input(body)?;
    parties::ensure_allowed(tx, &row, StepKind::ExtensionGranted)?;
    let asked = step_rules::undecided_extension(row.course.0.extension.as_ref())?.clone();
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    if input.granted {
        if row.course.0.paused_at.is_none() {
            step_rules::require_in_time(row.resolve_due, ctx.now)?;
        }
        row.resolve_due = terms.clock().extended(row.resolve_due, Limit::of(row.course.0.clock, asked.amount));
    }
    row.course.0.extension = Some(Extension { granted: Some(input.granted), ..asked.clone() });
    let kind = if input.granted { StepKind::ExtensionGranted } else { StepKind::ExtensionRefused };
    // A granted extension concerns the complainant; a refusal changes nothing for them.
    let audience = if input.granted { StepAudience::Complainant } else { StepAudience::Parties };
    let step = NewStep::new(kind)
        .to(audience)
        .facts(json!({ "amount": asked.amount, "resolve_due": row.resolve_due }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn request_complaint_information(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let input = checked_text(tx, body)?;
    parties::ensure_allowed(tx, &row, StepKind::InformationRequested)?;
    step_rules::require_in_time(row.resolve_due, ctx.now)?;
    accepted(ctx, &mut row);
    row.course.0.resumes = Some(resumed(&row));
    row.course.0.paused_at = Some(ctx.now);
    row.state = ComplaintState::WaitingForComplainant;
    let step = NewStep::new(StepKind::InformationRequested).text(input.text.clone()).evidence(&input.evidence);
    finish(tx, row, step)
}

/// The state after a pause or a failed mediation. Either step accepts the complaint, so a reopened one becomes
/// accepted.
fn resumed(row: &ComplaintRow) -> ComplaintState {
    match row.state {
        ComplaintState::Reopened => ComplaintState::Accepted,
        state => state,
    }
}

fn checked_text<'b>(tx: &mut Tx, body: &'b Body<TextIn>) -> WorkResult<&'b TextIn> {
    let ctx = tx.ctx;
    tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))
}

pub fn give_complaint_information(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(
        tx,
        id,
        &[ComplaintParty::Owner, ComplaintParty::Handler, ComplaintParty::SupervisingOffice, ComplaintParty::FrontDesk],
    )?;
    let input = checked_text(tx, body)?;
    parties::ensure_allowed(tx, &row, StepKind::InformationGiven)?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let paused_at =
        row.course.0.paused_at.take().ok_or_else(|| Problem::broken("a paused complaint has no start of its pause"))?;
    let limit = Limit::of(row.course.0.clock, row.course.0.resolve_within);
    row.resolve_due = terms.clock().moved(row.resolve_due, limit, paused_at, ctx.now);
    let resumes = row.course.0.resumes.take().unwrap_or(ComplaintState::Accepted);
    row.state = resumes;
    let step = NewStep::new(StepKind::InformationGiven)
        .facts(json!({ "paused_at": paused_at, "resolve_due": row.resolve_due }))
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

pub fn begin_complaint_mediation(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> WorkResult<Entity<Complaint>> {
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let input = checked_text(tx, body)?;
    parties::ensure_allowed(tx, &row, StepKind::MediationStarted)?;
    accepted(tx.ctx, &mut row);
    row.course.0.resumes = Some(resumed(&row));
    row.state = ComplaintState::InMediation;
    let step = NewStep::new(StepKind::MediationStarted).text(input.text.clone()).evidence(&input.evidence);
    finish(tx, row, step)
}

pub fn end_complaint_mediation(tx: &mut Tx, id: Id, body: &Body<MediationResultIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let input = tx.checked(body, |conn, input, faults| {
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)?;
        step_rules::check_agreement(input.outcome, !input.evidence.is_empty(), faults);
        Ok(())
    })?;
    parties::ensure_allowed(tx, &row, StepKind::MediationEnded)?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    match input.outcome {
        // The agreement is the reply.
        MediationOutcome::Agreed => replied(ctx, &terms, &mut row)?,
        MediationOutcome::Failed => {
            let resumes = row.course.0.resumes.take().unwrap_or(ComplaintState::Accepted);
            row.state = resumes;
        }
    }
    let step = NewStep::new(StepKind::MediationEnded)
        .facts(json!({ "outcome": input.outcome, "on_time": row.resolved_on_time }))
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

pub fn reply_to_complaint(tx: &mut Tx, id: Id, body: &Body<ComplaintReplyIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    let input = tx.checked(body, |conn, input, faults| {
        check_summary(conn, ctx, &row, input.public_summary.as_deref(), faults)?;
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    parties::ensure_allowed(tx, &row, StepKind::Replied)?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    replied(ctx, &terms, &mut row)?;
    if input.public_summary.is_some() {
        row.course.0.public_summary = input.public_summary.clone();
    }
    let step = NewStep::new(StepKind::Replied)
        .facts(json!({ "on_time": row.resolved_on_time, "summarised": input.public_summary.is_some() }))
        .with_text("public_summary", input.public_summary.clone())
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

/// Marks the complaint as replied, on time only if every reply was. A reply without an acceptance counts as both.
fn replied(ctx: &Ctx, terms: &GoverningRules, row: &mut ComplaintRow) -> WorkResult<()> {
    let hours = &terms.rules_of(row)?.working_hours;
    row.working_minutes = Some(terms.clock().working_minutes(row.submitted_at, ctx.now, hours));
    accepted(ctx, row);
    row.resolved_on_time = Some(!is_over(row.resolve_due, ctx.now) && row.resolved_on_time != Some(false));
    row.state = ComplaintState::Replied;
    row.is_open = false;
    row.course.0.resolved_at = Some(ctx.now);
    row.course.0.resumes = None;
    Ok(())
}

pub fn merge_complaint(tx: &mut Tx, id: Id, body: &Body<MergeIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let viewer = parties::viewer(ctx);
    let input = tx.checked(body, |conn, input, faults| {
        let into = store::among(conn, &viewer, &[input.into])?.remove(&input.into);
        step_rules::check_merge(&row, into.as_ref(), faults);
        Ok(())
    })?;
    parties::ensure_allowed(tx, &row, StepKind::Merged)?;
    let mut into = store::find_for_update(tx.conn, &viewer, input.into)?;
    rules::require_open(&into)?;
    let mut told = 0;
    for follower in store::followers_of(tx.conn, id)? {
        let follows = FollowerRow { complaint_id: into.id, is_owner: false, followed_at: ctx.now, ..follower };
        told += usize::from(store::follow(tx.conn, &follows)?);
    }
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let by = record::actor(ctx, false);
    let step = NewStep::new(StepKind::MergedIn)
        .to(StepAudience::Offices)
        .facts(json!({ "from": id, "followers": told }))
        .text(input.reasons.clone());
    record::advance(tx, &mut into, &terms, by, step)?;
    row.state = ComplaintState::Merged;
    row.is_open = false;
    row.course.0.paused_at = None;
    row.course.0.closed_at = Some(ctx.now);
    row.course.0.merged_into = Some(into.id);
    finish_by(
        tx,
        &terms,
        row,
        NewStep::new(StepKind::Merged).facts(json!({ "into": into.id })).text(input.reasons.clone()),
    )
}
