//! Personal data of the complainant: unmasking, consent, point release, phone search and erasure.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::erasure::erase;
use super::input::PhoneSearchIn;
use super::model::*;
use super::parties::{self, finish};
use super::party_rules::ComplaintParty;
use super::person_rules::{self, is_recorded};
use super::record::{self, GoverningRules, NewStep};
use super::view::{self, Complaint};
use super::{encrypted, store};
use crate::access::Role;
use crate::db::{Id, WorkResult};
use crate::http::Entity;
use crate::ledger::{self, Event, Place};
use crate::personal;
use crate::problem::Problem;
use crate::proceedings::model::ReasonsIn;
use crate::quotas::{self, rules::Amounts};
use crate::service::{Body, Ctx, Tx};

/// Returns the complaint with the contact unmasked, and records who read it and why. For the handler only; a company or
/// utility operator needs the complainant's consent, and a machine token is refused.
pub fn read_contact(tx: &mut Tx, id: Id, reason: &str) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let row = parties::lock_as(tx, id, &[ComplaintParty::Handler])?;
    person_rules::may_read_contact(&ctx.caller, row.course.0.consent)?;
    ctx.state.step_up.require(&ctx.caller, ctx.state.clock.system().0)?;
    quotas::spend(tx, Amounts { unmaskings: 1, ..Amounts::default() })?;
    let contact = encrypted::contact_of(tx.conn, ctx, id)?;
    let step = NewStep::new(StepKind::ContactRead).to(StepAudience::Offices).text(reason.to_owned());
    let by = record::actor(ctx, false);
    record::write(tx, &row, by, step)?;
    let mut shown = view::entity(tx.conn, ctx, row)?;
    shown.body.contact = contact.map(view::in_full);
    Ok(shown)
}

/// Returns a complaint whose confidentiality is not `open`, and records who read it.
pub fn read_restricted(tx: &mut Tx, id: Id) -> WorkResult<Entity<Complaint>> {
    let row = store::find(tx.conn, &parties::viewer(tx.ctx), id)?;
    ledger::append(tx, record::event(&row, RESTRICTED_READ, json!({ "read": "complaint" })))?;
    view::entity(tx.conn, tx.ctx, row)
}

/// Records the reading of the timeline of such a complaint.
pub async fn record_timeline(ctx: &Ctx, id: Id) -> Result<(), Problem> {
    let own = ctx.clone();
    let row = ctx.state.db.read_point(move |conn| store::find(conn, &parties::viewer(&own), id)).await?;
    if is_recorded(ctx.caller.role, row.confidentiality) {
        ctx.perform(Body::given(Vec::new(), ()), move |tx, _| {
            ledger::append(tx, record::event(&row, RESTRICTED_READ, json!({ "read": "timeline" })))?;
            Ok(Entity::new(id, 1, ()))
        })
        .await?;
    }
    Ok(())
}

const RESTRICTED_READ: &str = "complaint.restricted_read";

/// Consent to share the contact with the handler (同意提供联系方式).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// True gives the consent, false withdraws it.
    #[schema(example = true)]
    pub granted: bool,
    /// How the complainant expressed this; required if an office records it.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "电话中同意向物业公司提供电话，用于入户维修")]
    pub note: Option<String>,
}

/// Gives or withdraws the consent (PIPL 13–15). A complainant with an account must consent with it; otherwise an office
/// may record the consent with a note, but not after a withdrawal.
pub fn set_complaint_consent(tx: &mut Tx, id: Id, body: &Body<ConsentIn>) -> WorkResult<Entity<Complaint>> {
    let mut row =
        parties::lock_as(tx, id, &[ComplaintParty::Owner, ComplaintParty::FrontDesk, ComplaintParty::Handler])?;
    person_rules::may_record_consent(tx.ctx.caller.role)?;
    let is_owner = parties::is_owner(tx.conn, tx.ctx, id)?;
    let has_account = parties::has_account(tx.conn, id)?;
    let input = tx.checked(body, |_, input, faults| {
        person_rules::check_consent_note(is_owner, input.note.as_deref(), faults);
        Ok(())
    })?;
    tx.if_match(row.version)?;
    person_rules::require_consent_change(&row.course.0, input.granted)?;
    if input.granted && !is_owner {
        let was_withdrawn = store::was_taken(tx.conn, id, StepKind::ConsentWithdrawn)?;
        person_rules::may_consent_for_complainant(has_account, was_withdrawn)?;
    }
    row.course.0.consent = input.granted;
    let kind = if input.granted { StepKind::ConsentGiven } else { StepKind::ConsentWithdrawn };
    finish(tx, row, NewStep::new(kind).text(input.note.clone()))
}

/// Release of the exact point (公开坐标).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointReleaseIn {
    /// True releases the exact point, false withholds it again.
    #[schema(example = true)]
    pub released: bool,
    /// Reasons; for a release, why the exact point is needed.
    #[schema(min_length = 2, max_length = 2000, example = "井盖缺失，须准确定位")]
    pub reasons: String,
}

/// Releases the exact point, which only offices and the complainant see by default, or withholds it again.
pub fn release_complaint_point(tx: &mut Tx, id: Id, body: &Body<PointReleaseIn>) -> WorkResult<Entity<Complaint>> {
    let mut row = parties::lock_as(tx, id, &[ComplaintParty::Handler, ComplaintParty::SupervisingOffice])?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    person_rules::may_release_point(&row.course.0, input.released)?;
    row.course.0.point_released = input.released;
    let kind = if input.released { StepKind::PointReleased } else { StepKind::PointWithheld };
    finish(tx, row, NewStep::new(kind).to(StepAudience::Offices).text(input.reasons.clone()))
}

/// Result of a phone search (按来电号码查询结果).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhoneSearchResult {
    /// The complaints that are visible to you, newest first.
    #[schema(max_items = 200)]
    pub items: Vec<Complaint>,
}

/// Searches complaints by phone number. The ledger records who searched, and the number only as a digest.
pub fn search_complaints_by_phone(tx: &mut Tx, body: &Body<PhoneSearchIn>) -> WorkResult<Entity<PhoneSearchResult>> {
    let ctx = tx.ctx;
    let input = tx.input(body)?;
    quotas::spend(tx, Amounts { phone_searches: 1, ..Amounts::default() })?;
    let ids = personal::subjects_of_phone(tx.conn, &ctx.state.keys.ring(), &input.phone, 200)?;
    let mut rows: Vec<ComplaintRow> = store::among(tx.conn, &parties::viewer(ctx), &ids)?.into_values().collect();
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let search = ctx.new_id();
    let event = Event::new("complaint.phone_searched", "complaint_search", search)
        .in_territory(Place { county: ctx.caller.county().unwrap_or_default().to_owned(), ..Place::default() })
        .data(json!({ "found": rows.len() }))
        .personal("phone", Some(&input.phone));
    ledger::append(tx, event)?;
    let items = view::views(tx.conn, ctx, rows)?;
    // Erasing a complaint could not find this response among the stored ones, so it is not stored.
    Ok(Entity::new(search, 1, PhoneSearchResult { items }).shown_once())
}

/// Erases the personal data of the complainant (PIPL 47): the contact, the account, the phone index, and the salts of
/// the ledger's digests. Texts are scrubbed. The complaint, its timeline and its ledger proof remain.
pub fn erase_complaint_persons(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parties::lock_for_erasure(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    person_rules::may_erase(&row.course.0)?;
    let reasons = erase(tx, &mut row, Some(&input.reasons))?;
    let terms = GoverningRules::load(tx.conn, ctx, &row.county)?;
    // The account is already erased, so it can no longer be looked up as the owner's.
    let by = match ctx.caller.role {
        Role::Resident => StepActor::Complainant,
        _ => record::actor(ctx, false),
    };
    let step = NewStep::new(StepKind::Erased).to(StepAudience::Offices).text(reasons);
    let step = record::advance(tx, &mut row, &terms, by, step)?;
    if ctx.caller.role == Role::Resident {
        // The complainant's own reasons may contain personal data: forget the salts of this step, too.
        ledger::forget_personal(tx.conn, &[step])?;
    }
    view::entity(tx.conn, ctx, row)
}
