//! Erasure of the complainant's personal data (PIPL 47). The complaint, its timeline and its ledger proof remain.

use super::model::*;
use super::visibility::{self, Person};
use super::{encrypted, store};
use crate::db::{Conn, Id, WorkResult};
use crate::files;
use crate::http::idempotency;
use crate::ledger;
use crate::personal::{self, Purpose, masks};
use crate::proceedings::model::Evidence;
use crate::service::{Ctx, Tx};

/// Erases the personal data from every copy: texts, links, attachments and their names, the exact point, accounts,
/// salts of digests, and stored responses. Returns `text` scrubbed of the same data.
pub fn erase(tx: &mut Tx, row: &mut ComplaintRow, text: Option<&str>) -> WorkResult<Option<String>> {
    let ring = tx.ctx.state.keys.ring();
    let contact = encrypted::contact_of(tx.conn, tx.ctx, row.id)?;
    let who = Person::of(contact.as_ref(), row.course.0.anonymous);
    let known = who.values();
    if let Some(submission) = encrypted::submission_of(tx.conn, tx.ctx, row.id)? {
        let submission = Submission {
            description: masks::scrub(&submission.description, &known),
            location: submission.location.map(|text| masks::scrub(&text, &known)),
            evidence: erased_evidence(submission.evidence, &known),
        };
        personal::encrypt(tx.conn, &ring, row.id, row.id, Purpose::Description, &encrypted::to_json(&submission)?)?;
    }
    let steps = store::steps_of(tx.conn, row.id, StepAudience::ALL)?;
    let mut forgotten = Vec::new();
    for step in &steps {
        let by_resident = !matches!(step.actor.0, StepActor::Office { .. } | StepActor::Program);
        let scrubbed = scrub_step(tx.conn, tx.ctx, row.id, step.id, by_resident, &known)?;
        if scrubbed || by_resident || step.kind == StepKind::Submitted {
            forgotten.push(step.id);
        }
    }
    ledger::forget_personal(tx.conn, &forgotten)?;
    files::erase_of_complaint(tx.conn, row.id, tx.ctx.now)?;
    personal::erase(tx.conn, row.id, Purpose::Contact)?;
    personal::forget_phones(tx.conn, row.id)?;
    if let Some(into) = row.course.0.merged_into {
        // The merge made the complainant a follower of the target complaint.
        store::forget_owner_elsewhere(tx.conn, row.id, into)?;
    }
    store::forget_followers(tx.conn, row.id)?;
    let answers: Vec<Id> = steps.iter().map(|step| step.id).chain([row.id]).collect();
    idempotency::forget_answers(tx.conn, &answers)?;
    let course = &mut row.course.0;
    course.has_contact = false;
    course.consent = false;
    course.point = course.point.map(visibility::coarse);
    course.public_summary = course.public_summary.take().map(|text| masks::scrub(&text, &known));
    course.erased_at = Some(tx.ctx.now);
    Ok(text.map(|text| masks::scrub(text, &known)))
}

/// The complainant's evidence after erasure: numbered titles and scrubbed texts. Attachments, links and the original
/// titles can identify the person.
fn erased_evidence(mut evidence: Vec<Evidence>, known: &[&str]) -> Vec<Evidence> {
    for (at, one) in evidence.iter_mut().enumerate() {
        one.title = format!("附件{}", at + 1);
        one.text = one.text.take().map(|text| masks::scrub(&text, known));
        (one.url, one.attachment_id) = (None, None);
    }
    evidence
}

/// Scrubs text and evidence of a step. Returns whether anything changed.
fn scrub_step(
    conn: &mut Conn,
    ctx: &Ctx,
    complaint: Id,
    step: Id,
    by_resident: bool,
    known: &[&str],
) -> WorkResult<bool> {
    let ring = ctx.state.keys.ring();
    let Some(text) = personal::decrypt(conn, &ring, step, Purpose::Text)? else { return Ok(false) };
    let step_text: StepText = encrypted::read(&text)?;
    let mut evidence = erased_evidence(step_text.evidence.clone(), known);
    if !by_resident {
        // An office keeps its own attachments and titles, except titles that are file names, which may contain a name.
        for (one, before) in evidence.iter_mut().zip(&step_text.evidence) {
            if !visibility::is_file_name(&before.title) {
                one.title = masks::scrub(&before.title, known);
            }
            (one.url, one.attachment_id) = (before.url.clone(), before.attachment_id);
        }
    }
    let scrubbed = StepText { text: step_text.text.as_deref().map(|text| masks::scrub(text, known)), evidence };
    if scrubbed == step_text {
        return Ok(false);
    }
    personal::encrypt(conn, &ring, complaint, step, Purpose::Text, &encrypted::to_json(&scrubbed)?)?;
    Ok(true)
}
