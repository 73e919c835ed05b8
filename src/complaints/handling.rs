//! What its handler and its supervisor do with a ticket, up to the reply.

use serde_json::json;

use super::clock_rules::{Limit, is_over};
use super::input::*;
use super::model::*;
use super::parts::{self, Part};
use super::record::{self, NewStep, Terms};
use super::routing_rules::{may_supervise, next_supervisor, seat_of};
use super::sight::Person;
use super::view::{self, Complaint};
use super::{persons, rules, store};
use crate::access::Role;
use crate::complexes;
use crate::db::{Conn, Id, Work};
use crate::fault::Fault;
use crate::files;
use crate::http::Entity;
use crate::personal::masks;
use crate::policy::complaints::may_handle;
use crate::problem::{Code, Problem};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Tx};
use crate::typical_cases::rules::personal_data_fault;

pub fn accept_complaint(tx: &mut Tx, id: Id, body: &Body<AcceptanceIn>) -> Work<Entity<Complaint>> {
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let ctx = tx.ctx;
    let input = tx
        .checked(body, |conn, input, faults| check_summary(conn, ctx, &row, input.public_summary.as_deref(), faults))?;
    parts::ready(tx, &row, StepKind::Accepted)?;
    accepted(tx.ctx, &mut row);
    row.state = ComplaintState::Accepted.code().to_owned();
    if input.public_summary.is_some() {
        row.course.0.public_summary = input.public_summary.clone();
    }
    let step = NewStep::new(StepKind::Accepted)
        .facts(json!({ "on_time": row.accepted_on_time, "summarised": input.public_summary.is_some() }))
        .saying("public_summary", input.public_summary.clone())
        .text(input.text.clone());
    finish(tx, row, step)
}

/// Accepted, unless it was: on time if every acceptance was.
fn accepted(ctx: &Ctx, row: &mut ComplaintRow) {
    let course = &mut row.course.0;
    if course.accepted_at.is_none() {
        course.accepted_at = Some(ctx.now);
        row.accepted_on_time = Some(!is_over(course.accept_due, ctx.now) && row.accepted_on_time != Some(false));
    }
}

/// Everyone reads a public summary: nothing in it may name or reach the complainant, or look as if it did.
fn check_summary(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &ComplaintRow,
    summary: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Work<()> {
    let Some(summary) = summary else { return Ok(()) };
    if !row.is_public {
        let (zh, en) = ("此分类的诉求不公开", "a ticket of this category is never public");
        faults.push(Fault::new("/public_summary", "conflict", zh, en));
    }
    if let Some(fault) = personal_data_fault("/public_summary", summary) {
        faults.push(fault);
        return Ok(());
    }
    let contact = persons::contact_of(conn, ctx, row.id)?;
    let who = Person::of(contact.as_ref(), row.course.0.anonymous);
    if masks::scrub(summary, &who.values()) != summary {
        let zh = "含有疑似诉求人姓名、住址或其他个人信息，请删除";
        let en = "there is what looks like the complainant's name, flat or other personal data in it";
        faults.push(Fault::new("/public_summary", "personal_data", zh, en));
    }
    Ok(())
}

pub fn reject_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Complaint>> {
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let input = tx.input(body)?;
    parts::ready(tx, &row, StepKind::Rejected)?;
    accepted(tx.ctx, &mut row);
    row.state = ComplaintState::Rejected.code().to_owned();
    row.is_open = false;
    row.course.0.closed_at = Some(tx.ctx.now);
    finish(tx, row, NewStep::new(StepKind::Rejected).text(input.reasons.clone()))
}

pub fn transfer_complaint(tx: &mut Tx, id: Id, body: &Body<TransferIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let mut company = None;
    let input = tx.checked(body, |conn, input, faults| {
        company = served_by(conn, ctx, &row, input.role)?;
        check_transfer(&row, input, company, faults)
    })?;
    parts::ready(tx, &row, StepKind::Transferred)?;
    let supervises = parts::is_supervisor(ctx, &row);
    if row.course.0.returned && !supervises {
        let (zh, en) = ("退回后由督办单位指定承办单位", "once it was returned, its supervisor assigns it");
        return Err(Problem::new(Code::Forbidden).detail(zh, en).into());
    }
    let from = row.handler()?;
    let to = seat_of(input.role, &row.place())
        .ok_or_else(|| Problem::broken("a role that was checked handles no complaints"))?;
    if let Some(company) = company {
        row.company_id = Some(company);
        row.with_company = true;
    }
    row.organisation = match input.role {
        Role::UtilityOperator => input.organisation.map(|kind| kind.code().to_owned()),
        _ => row.organisation,
    };
    set_handler(&mut row, &to)?;
    row.state = ComplaintState::Assigned.code().to_owned();
    row.course.0.assigned_at = ctx.now;
    let step = NewStep::new(StepKind::Transferred)
        .facts(json!({ "from": from, "to": to, "final": row.course.0.returned }))
        .text(input.reasons.clone());
    finish(tx, row, step)
}

/// The company that serves the ticket's complex today, where it is to go to the company.
fn served_by(conn: &mut Conn, ctx: &Ctx, row: &ComplaintRow, role: Role) -> Work<Option<Id>> {
    let (Role::PropertyCompany, Some(complex)) = (role, row.complex_id) else { return Ok(None) };
    complexes::serving_company(conn, complex, ctx.today)
}

fn check_transfer(row: &ComplaintRow, input: &TransferIn, company: Option<Id>, faults: &mut Vec<Fault>) -> Work<()> {
    let mut fault = |code: &'static str, zh: &str, en: &str| faults.push(Fault::new("/role", code, zh, en));
    let complained_of = row.course.0.complained_office.as_ref().is_some_and(|seat| seat.role == input.role);
    let to_company = input.role == Role::PropertyCompany;
    if !may_handle(input.role) {
        fault("wrong_party", "此角色不承办诉求", "this role handles no tickets");
    } else if complained_of {
        fault("conflict", "被反映的单位不得承办", "the office complained of never gets the ticket");
    } else if to_company && row.secrecy() != Secrecy::Open {
        fault("conflict", "此类诉求不得交物业服务企业办理", "a ticket of this category is not for a company");
    } else if to_company && company.is_none() {
        fault("not_serving", "该小区没有物业服务企业", "no company serves the complex");
    } else if seat_of(input.role, &row.place()).is_none() {
        fault("unknown_reference", "该地点没有此单位", "no such office answers for the place");
    } else if input.role.code() == row.handler_role && !(to_company && company != row.company_id) {
        let same = input.role != Role::UtilityOperator || input.organisation == row.organisation();
        if same {
            fault("conflict", "该单位正在办理", "it is with this office already");
        }
    }
    match (input.role, input.organisation) {
        (Role::UtilityOperator, None) => {
            let (zh, en) = ("须说明是哪一类专业运营单位", "say which utility");
            faults.push(Fault::new("/organisation", "required", zh, en));
        }
        (Role::UtilityOperator, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = ("只有专业运营单位须说明类别", "only a utility operator has one");
            faults.push(Fault::new("/organisation", "conflict", zh, en));
        }
    }
    Ok(())
}

/// A new handler. Nobody supervises itself, and the office complained of supervises nothing that is said of it: then nobody
/// does.
fn set_handler(row: &mut ComplaintRow, to: &Seat) -> Work<()> {
    row.handler_role = to.role.code().to_owned();
    row.handler_division = to.division.clone();
    let complained_of = row.course.0.complained_office.clone();
    let stays = row.supervisor()?.filter(|seat| may_supervise(seat, to, complained_of.as_ref()));
    let supervisor = stays.or_else(|| next_supervisor(&row.place(), to, complained_of.as_ref()));
    row.set_supervisor(supervisor);
    Ok(())
}

pub fn return_complaint(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let input = tx.input(body)?;
    parts::ready(tx, &row, StepKind::Returned)?;
    let (from, supervisor) = (row.handler()?, row.supervisor()?);
    let Some(supervisor) = supervisor else {
        let (zh, en) = ("没有督办单位可以退回", "nobody supervises it, to whom it could be returned");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    };
    if row.course.0.returned || from == supervisor {
        let (zh, en) = ("已退回过一次，督办单位的指定为最终指定", "it was returned once: the assignment is final");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    let within = terms.rules_of(&row)?.return_within_working_days;
    if is_over(terms.clock().return_due(row.course.0.assigned_at, within), ctx.now) {
        let (zh, en) = (format!("退回须在{within}个工作日内提出"), format!("returned within {within} working days"));
        return Err(Problem::new(Code::DeadlinePassed).detail(zh, en).into());
    }
    row.state = ComplaintState::Returned.code().to_owned();
    row.handler_role = supervisor.role.code().to_owned();
    row.handler_division = supervisor.division;
    row.course.0.returned = true;
    let step = NewStep::new(StepKind::Returned)
        .to(StepAudience::Parties)
        .facts(json!({ "from": from }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn request_complaint_extension(tx: &mut Tx, id: Id, body: &Body<ExtensionIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    let most = {
        let (course, rules) = (&row.course.0, terms.rules_of(&row)?);
        let original = Limit::of(course.clock, course.resolve_within);
        terms.clock().most_extension(original, rules.extension_most_working_days).count()
    };
    let input = tx.checked(body, |_, input, faults| {
        if input.amount > most {
            let (zh, en) = (format!("最多延期 {most}"), format!("at most {most}"));
            faults.push(Fault::new("/amount", "out_of_range", zh, en));
        }
        Ok(())
    })?;
    parts::ready(tx, &row, StepKind::ExtensionRequested)?;
    in_time(ctx, &row)?;
    if row.course.0.extension.as_ref().is_some_and(|one| one.granted != Some(false)) {
        let (zh, en) = ("只能延期一次", "a ticket is extended once");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    row.course.0.extension = Some(Extension { amount: input.amount, asked_at: ctx.now, granted: None });
    let step = NewStep::new(StepKind::ExtensionRequested)
        .to(StepAudience::Parties)
        .facts(json!({ "amount": input.amount }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

/// More time is given before the old time is over: later it would make a late ticket one that never was.
fn in_time(ctx: &Ctx, row: &ComplaintRow) -> Work<()> {
    if !is_over(row.resolve_due, ctx.now) {
        return Ok(());
    }
    let (zh, en) = ("办理期限已过", "its time is over");
    Err(Problem::new(Code::DeadlinePassed).detail(zh, en).into())
}

pub fn decide_complaint_extension(tx: &mut Tx, id: Id, body: &Body<ExtensionDecisionIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Supervisor])?;
    let input = tx.input(body)?;
    parts::ready(tx, &row, StepKind::ExtensionGranted)?;
    let Some(asked) = row.course.0.extension.clone().filter(|one| one.granted.is_none()) else {
        let (zh, en) = ("没有待审批的延期申请", "no extension was asked for");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    };
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    if input.granted {
        if row.course.0.paused_at.is_none() {
            in_time(ctx, &row)?;
        }
        row.resolve_due = terms.clock().extended(row.resolve_due, Limit::of(row.course.0.clock, asked.amount));
    }
    row.course.0.extension = Some(Extension { granted: Some(input.granted), ..asked.clone() });
    let kind = if input.granted { StepKind::ExtensionGranted } else { StepKind::ExtensionRefused };
    // The complainant is told of more time, and not of what was refused.
    let audience = if input.granted { StepAudience::Complainant } else { StepAudience::Parties };
    let step = NewStep::new(kind)
        .to(audience)
        .facts(json!({ "amount": asked.amount, "resolve_due": row.resolve_due }))
        .text(input.reasons.clone());
    finish_by(tx, &terms, row, step)
}

pub fn request_complaint_information(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let input = checked_text(tx, body)?;
    parts::ready(tx, &row, StepKind::InformationRequested)?;
    // A pause does not hide that it is late already.
    in_time(ctx, &row)?;
    accepted(ctx, &mut row);
    row.course.0.resumes = Some(resumed(&row)?);
    row.course.0.paused_at = Some(ctx.now);
    row.state = ComplaintState::WaitingForComplainant.code().to_owned();
    let step = NewStep::new(StepKind::InformationRequested).text(input.text.clone()).evidence(&input.evidence);
    finish(tx, row, step)
}

/// What a ticket goes back to after a pause or a mediation: whoever asks has taken it on.
fn resumed(row: &ComplaintRow) -> Work<ComplaintState> {
    Ok(match row.state()? {
        ComplaintState::Reopened => ComplaintState::Accepted,
        state => state,
    })
}

fn checked_text<'b>(tx: &mut Tx, body: &'b Body<TextIn>) -> Work<&'b TextIn> {
    let ctx = tx.ctx;
    tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))
}

pub fn give_complaint_information(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Owner, Part::Handler, Part::Supervisor, Part::FrontDesk])?;
    let input = checked_text(tx, body)?;
    parts::ready(tx, &row, StepKind::InformationGiven)?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    let paused_at = row
        .course
        .0
        .paused_at
        .take()
        .ok_or_else(|| Problem::broken("a complaint that waits does not say since when"))?;
    let limit = Limit::of(row.course.0.clock, row.course.0.resolve_within);
    row.resolve_due = terms.clock().moved(row.resolve_due, limit, paused_at, ctx.now);
    let resumes = row.course.0.resumes.take().unwrap_or(ComplaintState::Accepted);
    row.state = resumes.code().to_owned();
    let step = NewStep::new(StepKind::InformationGiven)
        .facts(json!({ "paused_at": paused_at, "resolve_due": row.resolve_due }))
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

pub fn begin_complaint_mediation(tx: &mut Tx, id: Id, body: &Body<TextIn>) -> Work<Entity<Complaint>> {
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let input = checked_text(tx, body)?;
    parts::ready(tx, &row, StepKind::MediationBegun)?;
    accepted(tx.ctx, &mut row);
    row.course.0.resumes = Some(resumed(&row)?);
    row.state = ComplaintState::InMediation.code().to_owned();
    let step = NewStep::new(StepKind::MediationBegun).text(input.text.clone()).evidence(&input.evidence);
    finish(tx, row, step)
}

pub fn end_complaint_mediation(tx: &mut Tx, id: Id, body: &Body<MediationResultIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let input = tx.checked(body, |conn, input, faults| {
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)?;
        if input.outcome == MediationOutcome::Agreed && input.evidence.is_empty() {
            let (zh, en) = ("须附调解协议", "the agreement is needed");
            faults.push(Fault::new("/evidence", "required", zh, en));
        }
        Ok(())
    })?;
    parts::ready(tx, &row, StepKind::MediationEnded)?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    match input.outcome {
        // The agreement is the answer.
        MediationOutcome::Agreed => replied(ctx, &terms, &mut row)?,
        MediationOutcome::Failed => {
            let resumes = row.course.0.resumes.take().unwrap_or(ComplaintState::Accepted);
            row.state = resumes.code().to_owned();
        }
    }
    let step = NewStep::new(StepKind::MediationEnded)
        .facts(json!({ "outcome": input.outcome, "on_time": row.resolved_on_time }))
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

pub fn reply_to_complaint(tx: &mut Tx, id: Id, body: &Body<ComplaintReplyIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler])?;
    let input = tx.checked(body, |conn, input, faults| {
        check_summary(conn, ctx, &row, input.public_summary.as_deref(), faults)?;
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    parts::ready(tx, &row, StepKind::Replied)?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    replied(ctx, &terms, &mut row)?;
    if input.public_summary.is_some() {
        row.course.0.public_summary = input.public_summary.clone();
    }
    let step = NewStep::new(StepKind::Replied)
        .facts(json!({ "on_time": row.resolved_on_time, "summarised": input.public_summary.is_some() }))
        .saying("public_summary", input.public_summary.clone())
        .text(input.text.clone())
        .evidence(&input.evidence);
    finish_by(tx, &terms, row, step)
}

/// The answer is given: on time if every answer was. A reply without an acceptance is both.
fn replied(ctx: &Ctx, terms: &Terms, row: &mut ComplaintRow) -> Work<()> {
    let hours = &terms.rules_of(row)?.working_hours;
    row.working_minutes = Some(terms.clock().working_minutes(row.submitted_at, ctx.now, hours));
    accepted(ctx, row);
    row.resolved_on_time = Some(!is_over(row.resolve_due, ctx.now) && row.resolved_on_time != Some(false));
    row.state = ComplaintState::Replied.code().to_owned();
    row.is_open = false;
    row.course.0.resolved_at = Some(ctx.now);
    row.course.0.resumes = None;
    Ok(())
}

/// Writes the step down and shows the ticket; of a step that asks for no terms itself.
pub fn finish(tx: &mut Tx, row: ComplaintRow, step: NewStep) -> Work<Entity<Complaint>> {
    let terms = Terms::load(tx.conn, tx.ctx, &row.county)?;
    finish_by(tx, &terms, row, step)
}

/// The same by terms that were loaded before.
pub fn finish_by(tx: &mut Tx, terms: &Terms, mut row: ComplaintRow, step: NewStep) -> Work<Entity<Complaint>> {
    let is_owner = parts::is_owner(tx.conn, tx.ctx, row.id)?;
    let by = record::actor(tx.ctx, is_owner);
    record::advance(tx, &mut row, terms, by, step)?;
    view::entity(tx.conn, tx.ctx, row)
}

pub fn merge_complaint(tx: &mut Tx, id: Id, body: &Body<MergeIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let viewer = parts::viewer(ctx);
    let input = tx.checked(body, |conn, input, faults| {
        let into = store::among(conn, &viewer, &[input.into])?.remove(&input.into);
        let Some(into) = into.filter(|_| input.into != id) else {
            let (zh, en) = ("没有此工单，或就是本工单", "there is no such other ticket for you");
            faults.push(Fault::new("/into", "unknown_reference", zh, en));
            return Ok(());
        };
        // Whoever is complained of in the one may have a seat in the other.
        let same_office = into.course.0.complained_office == row.course.0.complained_office;
        if !into.is_open || into.secrecy != row.secrecy || into.county != row.county || !same_office {
            let (zh, en) = ("只能并入办理中的同类工单", "only into an open ticket that as many may see");
            faults.push(Fault::new("/into", "conflict", zh, en));
        }
        Ok(())
    })?;
    parts::ready(tx, &row, StepKind::Merged)?;
    let mut into = store::find_for_update(tx.conn, &viewer, input.into)?;
    if !into.is_open {
        return Err(rules::refused(&into).into());
    }
    let mut told = 0;
    for follower in store::followers_of(tx.conn, id)? {
        let follows = FollowerRow { complaint_id: into.id, is_owner: false, followed_at: ctx.now, ..follower };
        told += usize::from(store::follow(tx.conn, &follows)?);
    }
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    let by = record::actor(ctx, false);
    let step = NewStep::new(StepKind::MergedIn)
        .to(StepAudience::Offices)
        .facts(json!({ "from": id, "followers": told }))
        .text(input.reasons.clone());
    record::advance(tx, &mut into, &terms, by, step)?;
    row.state = ComplaintState::Merged.code().to_owned();
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
