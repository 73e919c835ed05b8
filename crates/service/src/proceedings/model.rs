//! What every decision that bites has in common (办理程序): notice, delivery, statement, and who acted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::types::Instant;
use crate::service::Ctx;

coded_enum! {
    /// How a notice reached its addressee (送达方式).
    pub enum DeliveryMethod {
        Opened "opened" "企业登录查收" "Opened with the company's token"
        Recorded "recorded" "登记送达" "Delivery recorded by the office"
    }
}

/// A piece of evidence (证据): a text, an attachment, or a link to where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is.
    #[schema(min_length = 1, max_length = 200, example = "现场照片")]
    pub title: String,
    /// Its text.
    #[serde(default)]
    #[schema(max_length = 5000, example = "3 号楼保洁人员未着工装")]
    pub text: Option<String>,
    /// Where it is kept.
    #[serde(default)]
    #[schema(max_length = 1000, pattern = "^https?://[^\\s]+$", example = "https://evidence.example.invalid/1.jpg")]
    pub url: Option<String>,
    /// A file that was uploaded to `POST /v1/attachments`; it is seen where the row is seen that it belongs to.
    // Left out where there is none: digests in the ledger are of texts from before there were attachments, too.
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
    /// Opened today with the company's token.
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

/// A notice of what is held against the company (告知书).
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

/// A text with who gave it and when: an answer, a decision, its reasons.
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
    /// The facts held against it.
    #[schema(min_length = 5, max_length = 5000, example = "2026 年 3 月 2 日检查发现……")]
    pub facts: String,
    /// The grounds: rule and law.
    #[schema(min_length = 2, max_length = 5000, example = "“九不准”第 3 条")]
    pub grounds: String,
    /// What is intended.
    #[schema(min_length = 2, max_length = 5000, example = "拟认定违规，信用扣分并责令整改")]
    pub intended_consequence: String,
}

/// A delivery that the office records (送达登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryIn {
    /// Day of delivery; not in the future and not before the notice.
    #[schema(example = "2026-03-02")]
    pub delivered_on: NaiveDate,
    /// How it was delivered, and to whom.
    #[schema(min_length = 2, max_length = 500, example = "留置送达，物业服务中心前台")]
    pub note: String,
}

/// A statement or an appeal of the company (陈述申辩、申诉).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementIn {
    /// What the company says.
    #[schema(min_length = 2, max_length = 10000, example = "当日为新员工培训，工装已于次日配发")]
    pub text: String,
    /// Evidence: texts, links and attachments.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Reasons of a decision or an answer (理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonsIn {
    /// The reasons, told to the company.
    #[schema(min_length = 2, max_length = 5000, example = "事实清楚，证据确凿")]
    pub reasons: String,
}
