//! Links of a complaint to related resources, and reporting a violation from a complaint.

use serde_json::json;

use super::input::{ComplaintViolationIn, LinkIn};
use super::model::*;
use super::parties;
use super::party_rules::ComplaintParty;
use super::record::{self, GoverningRules, NewStep};
use super::view::Complaint;
use super::{encrypted, links, step_rules, store};
use crate::db::{Conn, Id, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::policy;
use crate::policy::model::ActSubject;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::service::{Body, Ctx, Tx};
use crate::violations;
use crate::violations::model::{ViolationIn, ViolationSource};
use crate::violations::view::Violation;

pub fn link_complaint(tx: &mut Tx, id: Id, body: &Body<LinkIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let input = tx.checked(body, |conn, input, faults| {
        if !links::is_visible(conn, ctx, input.kind, input.id)? {
            let (zh, en) = ("该对象不存在，或者不在您的辖区内", "unknown, or outside your territory");
            faults.push(InputError::new("/id", "unknown_reference", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    let link = Link { kind: input.kind, id: input.id };
    step_rules::may_link(&row.course.0.links, &link)?;
    row.course.0.links.push(link.clone());
    let step = NewStep::new(StepKind::Linked).to(StepAudience::Offices).facts(json!(link));
    parties::finish(tx, row, step)
}

/// Reports a violation from a complaint and links the two, on request with stripped copies of the complaint's
/// photographs.
pub fn report_complaint_violation(
    tx: &mut Tx,
    id: Id,
    body: &Body<ComplaintViolationIn>,
) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let mut made = None;
    let input = tx.creation(
        body,
        |conn, scope, id| violations::store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            let reported = made.insert(violation(ctx, &row, input, of_company(conn, ctx, &row.county, input)?));
            violations::report::check(conn, ctx, reported, faults)
        },
    )?;
    tx.if_match(row.version)?;
    let violation_id = ctx.new_id();
    let mut reported = made.ok_or_else(|| Problem::broken("a report that was checked is missing"))?;
    let mut kept_back = 0;
    if input.with_evidence
        && let Some(submission) = encrypted::submission_of(tx.conn, ctx, id)?
    {
        // Texts and file names are not copied: they may contain personal data of the complainant.
        let files = submission.evidence.into_iter().filter(|one| one.attachment_id.is_some());
        let files: Vec<Evidence> =
            files.map(|one| Evidence { title: "诉求附件".to_owned(), text: None, url: None, ..one }).collect();
        let copies = files::copy_stripped(tx, &files, OwnerKind::Violation, violation_id)?;
        kept_back = files.len() - copies.len();
        reported.evidence.extend(copies);
    }
    let reported = violations::report::report(tx, violation_id, reported)?;
    let link = Link { kind: LinkKind::Violation, id: violation_id };
    step_rules::may_link(&row.course.0.links, &link)?;
    row.course.0.links.push(link);
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    let step = NewStep::new(StepKind::ViolationReported)
        .to(StepAudience::Offices)
        .facts(json!({ "violation_id": violation_id, "act": input.act, "files_kept_back": kept_back }));
    let by = record::actor(ctx, false);
    record::advance(tx, &mut row, &terms, by, step)?;
    Ok(reported)
}

/// The attachments submitted with a complaint. Their stripped copies are made before the violation is reported.
pub fn files_to_hand_on(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<Vec<Id>> {
    store::find(conn, &parties::viewer(ctx), id)?;
    let submission = encrypted::submission_of(conn, ctx, id)?;
    Ok(submission.map(|submission| files::attachments_of(&submission.evidence)).unwrap_or_default())
}

/// Whether the act's subject is a company. Otherwise the violation must not name the company that serves the complex.
fn of_company(conn: &mut Conn, ctx: &Ctx, county: &str, input: &ComplaintViolationIn) -> WorkResult<bool> {
    let policies = policy::current(conn, &ctx.state, county)?;
    let act = policies.governing(input.found_on.unwrap_or(ctx.today)).act(&input.act);
    Ok(act.is_none_or(|act| act.subject == ActSubject::Company))
}

fn violation(ctx: &Ctx, row: &ComplaintRow, input: &ComplaintViolationIn, of_company: bool) -> ViolationIn {
    ViolationIn {
        act: input.act.clone(),
        company_id: row.company_id.filter(|_| of_company),
        subject_name: input.subject_name.clone(),
        complex_id: row.complex_id,
        division: match row.complex_id {
            Some(_) => None,
            None if row.community.is_empty() => Some(row.township.clone()),
            None => Some(row.community.clone()),
        },
        point: None,
        found_on: input.found_on.unwrap_or(ctx.today),
        source: ViolationSource::Complaint,
        description: input.description.clone(),
        evidence: vec![Evidence {
            title: "来源".to_owned(),
            text: Some(format!("{}{}", links::ORIGIN, row.id)),
            url: None,
            attachment_id: None,
        }],
        distinct_fact_reason: input.distinct_fact_reason.clone(),
        stopped_and_reported: false,
    }
}
