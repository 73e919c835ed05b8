//! The steps of due process, as a caller may see them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Actor, Delivery, DeliveryMethod, Evidence, Notification, Statement, Step};
use crate::access::Role;
use crate::access::role::RoleKind;
use crate::db::types::Instant;
use crate::service::Ctx;

/// The officer who acted (经办人).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Officer {
    pub role: Role,
    /// Division of the office; null if the role has none.
    #[schema(max_length = 12, example = "640121102")]
    pub division: Option<String>,
    /// Subject of the token; null unless the reader is an office.
    #[schema(max_length = 200, example = "officer-17")]
    pub subject: Option<String>,
}

/// A notice (告知书).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoticeView {
    /// Facts on which the decision will be based.
    #[schema(max_length = 5000)]
    pub facts: String,
    /// Grounds: the rule and the law.
    #[schema(max_length = 5000)]
    pub grounds: String,
    /// Intended consequence (拟作出的处理).
    #[schema(max_length = 5000)]
    pub intended_consequence: String,
    pub at: Instant,
    pub by: Officer,
}

/// How and when a notice was delivered (送达).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// Day of delivery. Periods start on the next day.
    pub delivered_on: NaiveDate,
    pub method: DeliveryMethod,
    /// How and to whom it was delivered; null if the company opened it.
    #[schema(max_length = 500)]
    pub note: Option<String>,
    pub at: Instant,
}

/// A statement or an appeal of the company (陈述申辩、申诉).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// Text of the statement or appeal.
    #[schema(max_length = 10000)]
    pub text: String,
    /// Evidence: texts, links and attachments.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    pub at: Instant,
}

/// Reasons for a step, with the officer and the time (办理意见).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// The reasons.
    #[schema(max_length = 10000)]
    pub reasons: String,
    pub at: Instant,
    pub by: Officer,
}

/// A text with its officer and time (说明).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoteView {
    /// The text.
    #[schema(max_length = 10000)]
    pub text: String,
    pub at: Instant,
    pub by: Officer,
}

/// How an actor is shown. Only offices see the subject.
pub fn officer(ctx: &Ctx, actor: Actor) -> Officer {
    let inside = matches!(ctx.caller.role.row().kind, RoleKind::Government | RoleKind::Partner);
    Officer { role: actor.role, division: actor.division, subject: Some(actor.sub).filter(|_| inside) }
}

pub fn statement(statement: Statement) -> StatementView {
    StatementView { text: statement.text, evidence: statement.evidence, at: statement.at }
}

pub fn delivery(delivery: Delivery) -> DeliveryView {
    DeliveryView { delivered_on: delivery.delivered_on, method: delivery.method, note: delivery.note, at: delivery.at }
}

pub fn step(ctx: &Ctx, step: Step) -> StepView {
    StepView { reasons: step.text, at: step.at, by: officer(ctx, step.by) }
}

pub fn note_view(ctx: &Ctx, step: Step) -> NoteView {
    NoteView { text: step.text, at: step.at, by: officer(ctx, step.by) }
}

pub fn notification(ctx: &Ctx, notification: Notification) -> NoticeView {
    NoticeView {
        facts: notification.facts,
        grounds: notification.grounds,
        intended_consequence: notification.intended_consequence,
        at: notification.at,
        by: officer(ctx, notification.by),
    }
}
