//! What every step of a ticket leaves behind: the row, a line of the timeline with its words sealed, an event.

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

/// The rules that a ticket is handled by: those of the policy that was in force when it came in, and the days worked.
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

    /// What governs a ticket that comes in on a day: number of the version, and its rules.
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

/// A step, before it is written down.
pub struct NewStep {
    pub kind: StepKind,
    pub audience: StepAudience,
    pub facts: Value,
    pub text: Option<String>,
    pub evidence: Vec<Evidence>,
    /// What else was said, kept elsewhere: the ledger has its digest.
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

/// Who acts, as the timeline keeps it: of a resident only that it was one.
pub fn actor(ctx: &Ctx, is_owner: bool) -> StepActor {
    match ctx.caller.role {
        Role::Resident if is_owner => StepActor::Complainant,
        Role::Resident => StepActor::Follower,
        _ => StepActor::Office { actor: Actor::of(&ctx.caller) },
    }
}

/// Saves the row as the step left it, with the step and its event. Returns the id of the step.
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

/// Sets when the clock has to look at a ticket next.
pub fn reschedule(conn: &mut Conn, row: &mut ComplaintRow, terms: &GoverningRules) -> WorkResult<()> {
    // A ticket that has just come in was given no card.
    let given = if row.version == 1 { Vec::new() } else { issued_cards(conn, row.id)? };
    row.next_at = rules::next_check_at(row, &given, terms.rules_of(row)?, &terms.clock());
    Ok(())
}

/// The cards that a ticket was given.
pub fn issued_cards(conn: &mut Conn, complaint: Id) -> WorkResult<Vec<IssuedCard>> {
    Ok(issued(store::cards_of(conn, complaint)?))
}

/// A card that was given: its deadline, its colour and for when.
pub type IssuedCard = (DeadlineKind, CardColour, Instant);

pub fn issued(cards: Vec<CardRow>) -> Vec<IssuedCard> {
    cards.into_iter().map(|one| (one.deadline, one.colour, one.due_at)).collect()
}

/// Writes a step down, and its event. Returns the id of the step.
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
        files::attach_to_ticket(tx, OwnerKind::ComplaintStep, id, row.id, &evidence)?;
        let text = encrypted::to_json(&StepText { text, evidence })?;
        personal::encrypt(tx.conn, &tx.ctx.state.keys.ring(), row.id, id, Purpose::Text, &text)?;
    }
    let mut event = event(row, event_kind(kind), facts);
    if audience == StepAudience::Offices {
        event = event.audience(Audience::Offices);
    }
    // Under the id of the step, so that erasing the one finds the other.
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

/// What the ledger holds of a ticket. Of one that not every office of a territory may see, the feed tells the county and the
/// handler; of one about the county's own authority, the handler alone.
pub fn event(row: &ComplaintRow, kind: &'static str, step: Value) -> Event {
    let confidentiality = row.confidentiality;
    let course = &row.course.0;
    let mut event = Event::new(kind, "complaint", row.id).policy(course.policy_version).data(json!({
        "kind": row.kind, "channel": row.channel, "category": row.category, "organisation": row.organisation,
        "state": row.state, "complex_id": row.complex_id, "handler_role": row.handler_role,
        "handler_division": row.handler_division, "accept_due": course.accept_due, "resolve_due": row.resolve_due,
        "red_cards": row.red_cards, "version": row.version, "step": step,
    }));
    // Once: erasing the ticket's persons forgets the salts of its submission.
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
        // The feed does not tell the utilities of a county apart, and one's tickets are not another's: they read the list.
        Role::UtilityOperator => event,
        role => event.addressed(role, &row.handler_division),
    }
}
