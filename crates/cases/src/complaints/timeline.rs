//! The timeline of a complaint as far as it is visible to the caller, comments, and the complaint updates of a
//! resident.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::input::{CommentIn, ListComplaintUpdates};
use super::model::*;
use super::record::{self, NewStep};
use super::visibility::{self, Person, audiences_of};
use super::{encrypted, parties, person_rules, store, view};
use crate::coded_enum;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::files;
use crate::http::paging::Page;
use crate::http::{Cursor, Entity, PageOf};
use crate::personal::{self, Purpose};
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{Officer, officer};
use crate::service::{Body, Ctx, Tx};

coded_enum! {
    /// Who took a step (经办方). `office` includes companies; `program` is this service.
    #[schema(example = "office")]
    pub enum StepBy {
        Office "office" "单位" "An office or a company"
        Complainant "complainant" "诉求人" "The complainant"
        Follower "follower" "关注人" "A follower"
        Program "program" "系统自动" "The service, automatically"
    }
}

/// A step in handling a complaint (办理环节).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineStep {
    pub id: Id,
    pub complaint_id: Id,
    pub kind: StepKind,
    pub audience: StepAudience,
    pub at: Instant,
    pub by: StepBy,
    /// The office or company that took the step, if `by` is `office`. `subject` is visible to offices only.
    pub office: Option<Officer>,
    /// Details of the step. The members depend on `kind`; kinds that are not listed have none:
    ///
    /// - `submitted`: `anonymous`; `consent` to share the contact; `evidence_count`
    /// - `accepted`, `replied`: `on_time`; `summarised`, true if the step set the public summary
    /// - `transferred`: the handlers `from` and `to`, each with `role` and `division`; `final`, true if the new handler
    ///   cannot return it
    /// - `returned`: the handler `from`
    /// - `extension_requested`: `amount`
    /// - `extension_granted`, `extension_refused`: `amount`; `resolve_due`
    /// - `information_given`: `paused_at`, the start of the pause; the new `resolve_due`
    /// - `mediation_ended`: `outcome`; `on_time` of the reply, null before the first
    /// - `satisfaction`: `score`, 1 to 5; `satisfied`
    /// - `reopened`: the earlier `score`, null if none; the new `accept_due` and `resolve_due`
    /// - `closed`: `unanswered`, true if it was closed automatically; otherwise absent
    /// - `merged`: `into`, the id of the target
    /// - `merged_in`: `from`, the id of the merged complaint; `followers`, the number of new followers
    /// - `linked`: `kind` and `id` of the resource
    /// - `violation_reported`: `violation_id`; `act`; `files_kept_back`, the number of attachments that were not copied
    /// - `yellow_card`, `red_card`: `deadline`, `accept` or `resolve`; `due`; `handler`
    /// - `escalated`: `supervising_office`
    /// - `deadline_moved`: `moved`, a list of `deadline`, `from` and `to`; `because`, always `calendar`
    /// - `erased`: `retention`, true if the retention period was over; otherwise absent
    #[schema(value_type = Object, additional_properties = true, example = json!({ "on_time": true }))]
    pub facts: Value,
    /// Text of the step; null if none.
    #[schema(max_length = 5000, example = "已清理完毕")]
    pub text: Option<String>,
    /// Photographs and other evidence.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

/// The visible steps, oldest first.
pub fn list(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<PageOf<TimelineStep>> {
    let row = store::find(conn, &parties::viewer(ctx), id)?;
    let steps = store::steps_of(conn, row.id, audiences_of(ctx.caller.role))?;
    Ok(PageOf { items: views(conn, ctx, steps)?, next_cursor: None, total: None })
}

pub fn updates(conn: &mut Conn, ctx: &Ctx, query: &ListComplaintUpdates) -> WorkResult<PageOf<TimelineStep>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: None };
    let before = Cursor::decode::<Id>(page.cursor.as_deref())?;
    let steps = store::updates(conn, &ctx.scope, before, page.fetch())?;
    let (steps, next_cursor) = page.cut(steps, |step| step.id);
    Ok(PageOf { items: views(conn, ctx, steps)?, next_cursor, total: None })
}

fn views(conn: &mut Conn, ctx: &Ctx, steps: Vec<StepRow>) -> WorkResult<Vec<TimelineStep>> {
    let ring = ctx.state.keys.ring();
    let ids: Vec<Id> = steps.iter().map(|step| step.id).collect();
    let mut step_texts = encrypted::read_all::<StepText>(personal::decrypt_many(conn, &ring, &ids, Purpose::Text)?)?;
    let complaint_ids: Vec<Id> = steps.iter().map(|step| step.complaint_id).collect();
    let audience = view::audience_of(conn, ctx, &complaint_ids)?;
    // For callers other than offices, the texts are scrubbed of the contact.
    let contacts = match visibility::is_office(ctx.caller.role) {
        true => Default::default(),
        false => {
            encrypted::read_all::<Contact>(personal::decrypt_many(conn, &ring, &complaint_ids, Purpose::Contact)?)?
        }
    };
    let anonymous = store::anonymous_among(conn, &complaint_ids)?;
    let files = steps.iter().flat_map(|step| {
        let files =
            step_texts.get(&step.id).map(|step_text| files::attachments_of(&step_text.evidence)).unwrap_or_default();
        files.into_iter().map(|file| (file, audience(step.complaint_id))).collect::<Vec<_>>()
    });
    let shown = view::visible_files(conn, ctx, files.collect())?;
    let views = steps.into_iter().map(|step| {
        let complaint = step.complaint_id;
        let who = Person::of(contacts.get(&complaint), anonymous.contains(&complaint));
        let words = step_texts.remove(&step.id).unwrap_or_default();
        let words = visibility::visible_step(audience(complaint), words, &who, |id| shown.contains(&id));
        one(ctx, step, words)
    });
    Ok(views.collect())
}

fn one(ctx: &Ctx, step: StepRow, words: StepText) -> TimelineStep {
    let (by, office) = match step.actor.0 {
        StepActor::Office { actor } => (StepBy::Office, Some(officer(ctx, actor))),
        StepActor::Complainant => (StepBy::Complainant, None),
        StepActor::Follower => (StepBy::Follower, None),
        StepActor::Program => (StepBy::Program, None),
    };
    TimelineStep {
        id: step.id,
        complaint_id: step.complaint_id,
        kind: step.kind,
        audience: step.audience,
        at: step.at,
        by,
        office,
        facts: step.facts.0,
        text: words.text,
        evidence: words.evidence,
    }
}

/// Adds a comment. The complaint itself, and its version, stay as they are.
pub fn comment_on_complaint(tx: &mut Tx, id: Id, body: &Body<CommentIn>) -> WorkResult<Entity<TimelineStep>> {
    let ctx = tx.ctx;
    let row = store::find_for_update(tx.conn, &parties::viewer(ctx), id)?;
    let input = tx.checked(body, |conn, input, faults| {
        person_rules::check_audience(ctx.caller.role, input.audience, faults);
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    let is_owner = parties::is_owner(tx.conn, ctx, id)?;
    person_rules::may_comment(ctx.caller.role, is_owner, row.state)?;
    let step = NewStep::new(StepKind::Comment).to(input.audience).text(input.text.clone()).evidence(&input.evidence);
    let by = record::actor(ctx, is_owner);
    let step = record::write(tx, &row, by, step)?;
    let step = store::step(tx.conn, step)?;
    let shown =
        views(tx.conn, ctx, vec![step])?.pop().ok_or_else(|| Problem::broken("a step that was written has no view"))?;
    let mut entity = Entity::created(shown.id, 1, shown, "");
    entity.location = Some(format!("/v1/complaints/{id}/timeline"));
    Ok(entity)
}
