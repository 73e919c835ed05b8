//! The documents and inputs of due process (办理程序): notice, delivery, statement and reasons.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::types::Instant;
use crate::service::Ctx;

coded_enum! {
    /// How a notice was delivered (送达方式).
    pub enum DeliveryMethod {
        Opened "opened" "企业登录查收" "Opened by the company"
        Recorded "recorded" "登记送达" "Delivery recorded by an office"
    }
}

/// A piece of evidence (证据): a text, a link or an attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Title of the evidence.
    #[schema(min_length = 1, max_length = 200, example = "现场照片")]
    pub title: String,
    /// Text of the evidence; null if there is none.
    #[serde(default)]
    #[schema(max_length = 5000, example = "3 号楼保洁人员未着工装")]
    pub text: Option<String>,
    /// Link to the evidence; null if there is none.
    #[serde(default)]
    #[schema(max_length = 1000, pattern = "^https?://[^\\s]+$", example = "https://evidence.example.invalid/1.jpg")]
    pub url: Option<String>,
    /// Attachment from `POST /v1/attachments`; absent if none, or not visible to you.
    // Omitted if there is none, because digests in the ledger cover evidence from before attachments existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub attachment_id: Option<Id>,
}

impl Notification {
    pub fn new(ctx: &Ctx, input: NoticeIn) -> Notification {
        let NoticeIn { facts, grounds, intended_consequence } = input;
        Notification { facts, grounds, intended_consequence, at: ctx.now, by: Actor::of(&ctx.caller) }
    }
}

impl Delivery {
    /// The company opened it today with its own token.
    pub fn opened(ctx: &Ctx) -> Delivery {
        let (method, by) = (DeliveryMethod::Opened, Actor::of(&ctx.caller));
        Delivery { delivered_on: ctx.today, method, note: None, at: ctx.now, by }
    }

    pub fn recorded(ctx: &Ctx, input: DeliveryIn) -> Delivery {
        let DeliveryIn { delivered_on, note } = input;
        let (method, by) = (DeliveryMethod::Recorded, Actor::of(&ctx.caller));
        Delivery { delivered_on, method, note: Some(note), at: ctx.now, by }
    }
}

impl Statement {
    pub fn new(ctx: &Ctx, input: StatementIn) -> Statement {
        let StatementIn { text, evidence } = input;
        Statement { text, evidence, at: ctx.now, by: Actor::of(&ctx.caller) }
    }
}

impl Step {
    pub fn new(ctx: &Ctx, input: ReasonsIn) -> Step {
        Step { text: input.reasons, at: ctx.now, by: Actor::of(&ctx.caller) }
    }
}

/// A notice of the facts, grounds and intended consequence (告知书).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    pub facts: String,
    pub grounds: String,
    pub intended_consequence: String,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub delivered_on: NaiveDate,
    pub method: DeliveryMethod,
    pub note: Option<String>,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub text: String,
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Actor,
}

/// A text with its officer and time: an answer, a decision or its reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub text: String,
    pub at: Instant,
    pub by: Actor,
}

/// A notice to the company (告知书).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeIn {
    /// Facts on which the decision will be based.
    #[schema(
        min_length = 5,
        max_length = 5000,
        example = "2026 年 3 月 2 日巡查发现，3 号楼两名保洁人员未按岗位统一着装"
    )]
    pub facts: String,
    /// Grounds: the rule and the law.
    #[schema(min_length = 2, max_length = 5000, example = "“九不准”第 3 条")]
    pub grounds: String,
    /// Intended consequence (拟作出的处理).
    #[schema(min_length = 2, max_length = 5000, example = "拟认定违规，信用扣分并责令整改")]
    pub intended_consequence: String,
}

/// A delivery recorded by the office (送达登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryIn {
    /// Day of delivery; neither in the future nor before the notice.
    #[schema(example = "2026-03-02")]
    pub delivered_on: NaiveDate,
    /// How and to whom it was delivered.
    #[schema(min_length = 2, max_length = 500, example = "留置送达，物业服务中心前台")]
    pub note: String,
}

/// A statement or an appeal of the company (陈述申辩、申诉).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementIn {
    /// Text of the statement or appeal.
    #[schema(min_length = 2, max_length = 10000, example = "当日为新员工培训，工装已于次日配发")]
    pub text: String,
    /// Evidence: texts, links and attachments.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Reasons for a step (理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonsIn {
    /// The reasons, for all who see the step.
    #[schema(min_length = 2, max_length = 5000, example = "事实清楚，证据确凿")]
    pub reasons: String,
}
