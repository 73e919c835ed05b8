//! Records a step: the updated row, the step of the timeline with its encrypted text, and the event.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::clock_rules::Clock;
use super::model::*;
use super::visibility::{self, Field, Form};
use super::{encrypted, rules, store};
use crate::access::{Actor, Role};
use crate::calendar;
use crate::calendar::rules::WorkCalendar;
use crate::db::{Conn, Id, Instant, Json, WorkResult};
use crate::files::{self, OwnerKind};
use crate::ledger::{self, Audience, Event, Place};
use crate::personal::{self, Purpose};
use crate::policy;
use crate::policy::complaints::ComplaintRules;
use crate::policy::versions::Policies;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{self, Texts};
use crate::proceedings::model::Evidence;
use crate::service::{Ctx, Tx};

/// What governs the complaints of a county: the policy versions, the calendar and the time zone.
pub struct GoverningRules {
    policies: std::sync::Arc<Policies>,
    calendar: WorkCalendar,
    zone: Tz,
}

impl GoverningRules {
    pub fn load(conn: &mut Conn, ctx: &Ctx, county: &str) -> WorkResult<GoverningRules> {
        Ok(GoverningRules {
            policies: policy::current(conn, &ctx.state, county)?,
            calendar: calendar::work_calendar(conn, county)?,
            zone: ctx.state.clock.zone(),
        })
    }

    pub fn clock(&self) -> Clock<'_> {
        Clock { calendar: &self.calendar, zone: self.zone }
    }

    /// The policy version in force on a day, and its rules for complaints submitted then.
    pub fn governing(&self, day: chrono::NaiveDate) -> (i64, &ComplaintRules) {
        let version = self.policies.governing(day);
        (version.version, &version.document().complaints)
    }

    pub fn rules_of(&self, row: &ComplaintRow) -> WorkResult<&ComplaintRules> {
        let version = self
            .policies
            .get(row.course.0.policy_version)
            .ok_or_else(|| Problem::broken("the policy version of a complaint is unknown"))?;
        Ok(&version.document().complaints)
    }
}

/// A step to record.
pub struct NewStep {
    pub kind: StepKind,
    pub audience: StepAudience,
    pub facts: Value,
    pub text: Option<String>,
    pub evidence: Vec<Evidence>,
    /// Further texts that are stored elsewhere; the ledger gets their digests.
    pub more: Texts,
}

impl NewStep {
    pub fn new(kind: StepKind) -> NewStep {
        let (audience, facts) = (StepAudience::Complainant, json!({}));
        NewStep { kind, audience, facts, text: None, evidence: Vec::new(), more: Texts::new() }
    }

    pub fn to(mut self, audience: StepAudience) -> NewStep {
        self.audience = audience;
        self
    }

    pub fn facts(mut self, facts: Value) -> NewStep {
        self.facts = facts;
        self
    }

    pub fn text(mut self, text: impl Into<Option<String>>) -> NewStep {
        self.text = text.into();
        self
    }

    pub fn with_text(mut self, field: &'static str, text: Option<String>) -> NewStep {
        self.more.extend(text.map(|text| (field, text)));
        self
    }

    pub fn evidence(mut self, evidence: &[Evidence]) -> NewStep {
        self.evidence = evidence.to_vec();
        self
    }
}

/// The actor as the timeline stores it; for a resident only the part, not the account.
pub fn actor(ctx: &Ctx, is_owner: bool) -> StepActor {
    match ctx.caller.role {
        Role::Resident if is_owner => StepActor::Complainant,
        Role::Resident => StepActor::Follower,
        _ => StepActor::Office { actor: Actor::of(&ctx.caller) },
    }
}

/// Saves the row with its next version and next check, and records the step and its event. Returns the id of the step.
pub fn advance(
    tx: &mut Tx,
    row: &mut ComplaintRow,
    terms: &GoverningRules,
    by: StepActor,
    new: NewStep,
) -> WorkResult<Id> {
    row.version += 1;
    row.updated_at = tx.ctx.now;
    reschedule(tx.conn, row, terms)?;
    store::save(tx.conn, row)?;
    write(tx, row, by, new)
}

/// Sets the next deadline check.
pub fn reschedule(conn: &mut Conn, row: &mut ComplaintRow, terms: &GoverningRules) -> WorkResult<()> {
    // A new complaint has no cards.
    let given = if row.version == 1 { Vec::new() } else { issued_cards(conn, row.id)? };
    row.next_at = rules::next_check_at(row, &given, terms.rules_of(row)?, &terms.clock());
    Ok(())
}

/// The cards that a complaint has been given.
pub fn issued_cards(conn: &mut Conn, complaint: Id) -> WorkResult<Vec<IssuedCard>> {
    Ok(issued(store::cards_of(conn, complaint)?))
}

/// A given card: the kind of deadline, the colour, and the deadline itself.
pub type IssuedCard = (DeadlineKind, CardColour, Instant);

pub fn issued(cards: Vec<CardRow>) -> Vec<IssuedCard> {
    cards.into_iter().map(|one| (one.deadline, one.colour, one.due_at)).collect()
}

/// Records a step and its event. Returns the id of the step.
pub fn write(tx: &mut Tx, row: &ComplaintRow, by: StepActor, new: NewStep) -> WorkResult<Id> {
    let NewStep { kind, audience, facts, text, evidence, more } = new;
    let id = tx.ctx.new_id();
    let step = StepRow {
        id,
        complaint_id: row.id,
        kind,
        audience,
        at: tx.ctx.now,
        actor: Json(by),
        facts: Json(facts.clone()),
    };
    store::insert_step(tx.conn, &step)?;
    let mut texts = more;
    if text.is_some() || !evidence.is_empty() {
        texts.extend(text.clone().map(|text| ("text", text)));
        if !evidence.is_empty() {
            texts.push(ledger_texts::evidence(&evidence));
        }
        files::attach_to_complaint(tx, OwnerKind::ComplaintStep, id, row.id, &evidence)?;
        let text = encrypted::to_json(&StepText { text, evidence })?;
        personal::encrypt(tx.conn, &tx.ctx.state.keys.ring(), row.id, id, Purpose::Text, &text)?;
    }
    let mut event = event(row, event_kind(kind), facts);
    if audience == StepAudience::Offices {
        event = event.audience(Audience::Offices);
    }
    // The event has the id of the step, so that erasure finds it.
    ledger::append_as(tx, id, event.with_texts(texts))?;
    Ok(id)
}

fn event_kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Submitted => "complaint.submitted",
        StepKind::Accepted => "complaint.accepted",
        StepKind::Rejected => "complaint.rejected",
        StepKind::Transferred => "complaint.transferred",
        StepKind::Returned => "complaint.returned",
        StepKind::ExtensionRequested => "complaint.extension_requested",
        StepKind::ExtensionGranted => "complaint.extension_granted",
        StepKind::ExtensionRefused => "complaint.extension_refused",
        StepKind::InformationRequested => "complaint.information_requested",
        StepKind::InformationGiven => "complaint.information_given",
        StepKind::MediationStarted => "complaint.mediation_started",
        StepKind::MediationEnded => "complaint.mediation_ended",
        StepKind::Replied => "complaint.replied",
        StepKind::Satisfaction => "complaint.satisfaction",
        StepKind::Reopened => "complaint.reopened",
        StepKind::Closed => "complaint.closed",
        StepKind::Merged => "complaint.merged",
        StepKind::MergedIn => "complaint.merged_in",
        StepKind::Comment => "complaint.comment",
        StepKind::Linked => "complaint.linked",
        StepKind::ViolationReported => "complaint.violation_reported",
        StepKind::ConsentGiven => "complaint.consent_given",
        StepKind::ConsentWithdrawn => "complaint.consent_withdrawn",
        StepKind::ContactRead => "complaint.contact_read",
        StepKind::YellowCard => "complaint.yellow_card",
        StepKind::RedCard => "complaint.red_card",
        StepKind::Escalated => "complaint.escalated",
        StepKind::DeadlineMoved => "complaint.deadline_moved",
        StepKind::PointReleased => "complaint.point_released",
        StepKind::PointWithheld => "complaint.point_withheld",
        StepKind::Erased => "complaint.erased",
    }
}

/// The event of a complaint. A restricted complaint's event is in the feed of the county and the handler only; a
/// confidential one's, about the county authority itself, in that of the handler only.
pub fn event(row: &ComplaintRow, kind: &'static str, step: Value) -> Event {
    let confidentiality = row.confidentiality;
    let course = &row.course.0;
    let mut event = Event::new(kind, "complaint", row.id).policy(course.policy_version).data(json!({
        "kind": row.kind, "channel": row.channel, "category": row.category, "organisation": row.organisation,
        "state": row.state, "complex_id": row.complex_id, "handler_role": row.handler_role,
        "handler_division": row.handler_division, "accept_due": course.accept_due, "resolve_due": row.resolve_due,
        "red_cards": row.red_cards, "version": row.version, "step": step,
    }));
    // Only on submission: erasure forgets the salts of that event.
    if kind == event_kind(StepKind::Submitted)
        && visibility::form(visibility::Audience::Ledger, Field::HotlineNumber) == Form::Digest
    {
        event = event.personal("hotline_number", row.hotline_number.as_deref());
    }
    if confidentiality != Confidentiality::Confidential {
        let place = match confidentiality {
            Confidentiality::Open => row.place(),
            _ => Place { county: row.county.clone(), ..Place::default() },
        };
        event = event.in_territory(place);
    }
    if confidentiality == Confidentiality::Open {
        event = event.complex(row.complex_id);
        if row.with_company {
            event = event.company(row.company_id).audience(Audience::Parties);
        }
    }
    match row.handler_role {
        // The feed cannot distinguish the utility operators of a county, who must not see each other's complaints. They
        // use the list instead.
        Role::UtilityOperator => event,
        role => event.addressed(role, &row.handler_division),
    }
}
