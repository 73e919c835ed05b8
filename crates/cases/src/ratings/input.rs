//! What callers send.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::model::*;
use super::rows::{BonusIn, ItemScore, VetoIn};
use crate::db::Id;
use crate::points::Points;
use crate::proceedings::ledger_texts::{self, LedgerTexts, Texts};
use crate::proceedings::model::Evidence;

/// A rating cycle to open (评定周期).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleIn {
    /// Its name.
    #[schema(min_length = 2, max_length = 100, example = "2026 年上半年星级评定")]
    pub name: String,
    pub kind: CycleKind,
    /// First day of what is rated: of a half-year or a year of the calendar.
    #[schema(example = "2026-01-01")]
    pub period_from: NaiveDate,
    /// First day on which is scored.
    #[schema(example = "2026-06-15")]
    pub opens_on: NaiveDate,
    /// Last day on which is scored; not before the first.
    #[schema(example = "2026-07-31")]
    pub closes_on: NaiveDate,
}

impl LedgerTexts for CycleIn {
    fn texts(&self) -> Texts {
        vec![("name", self.name.clone())]
    }
}

/// A rating to begin (评定).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingIn {
    /// An open cycle.
    pub cycle_id: Id,
    /// A complex of its area that a company serves.
    pub complex_id: Id,
}

/// A step that needs no more than to be taken (办理).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepIn {
    /// A note for the file.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "经镇长办公会研究同意")]
    pub note: Option<String>,
}

impl LedgerTexts for StepIn {
    fn texts(&self) -> Texts {
        self.note.clone().map(|text| ("note", text)).into_iter().collect()
    }
}

/// The scores of one rater (评分表).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoresIn {
    pub rater: Rater,
    /// Every item of the rubric, once; for the owners none.
    #[serde(default)]
    #[schema(max_items = 350)]
    pub items: Vec<ItemScore>,
    /// The owners' satisfaction, out of 100; for the owners only.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub satisfaction: Option<Points>,
    /// Households that answered; for the owners only.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000, example = json!(null))]
    pub respondents: Option<i64>,
    /// Vetoes that apply; the office finds them.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub vetoes: Vec<VetoIn>,
    /// Points on top; the office gives them.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub bonus: Vec<BonusIn>,
    /// Evidence of the whole: a signed sheet, the form of a survey.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

impl ScoresIn {
    /// Its lists of evidence, each with its pointer.
    pub fn lists(&self) -> Vec<(String, &[Evidence])> {
        let mut lists: Vec<(String, &[Evidence])> = Vec::new();
        for (at, one) in self.items.iter().enumerate() {
            lists.push((format!("/items/{at}/evidence"), &one.evidence));
        }
        for (at, one) in self.vetoes.iter().enumerate() {
            lists.push((format!("/vetoes/{at}/evidence"), &one.evidence));
        }
        for (at, one) in self.bonus.iter().enumerate() {
            lists.push((format!("/bonus/{at}/evidence"), &one.evidence));
        }
        lists.push(("/evidence".to_owned(), &self.evidence));
        lists
    }
}

impl LedgerTexts for ScoresIn {
    /// The sheet as JSON, its members in the order of the document.
    fn texts(&self) -> Texts {
        let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        vec![
            ("items", text(serde_json::to_string(&self.items))),
            ("vetoes", text(serde_json::to_string(&self.vetoes))),
            ("bonus", text(serde_json::to_string(&self.bonus))),
            ledger_texts::evidence(&self.evidence),
        ]
    }
}

/// A review (复核).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingReviewIn {
    pub outcome: RatingReviewOutcome,
    /// The reasons; a return gives them.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "逐项核对，评分与事实相符")]
    pub reasons: Option<String>,
}

impl LedgerTexts for RatingReviewIn {
    fn texts(&self) -> Texts {
        self.reasons.clone().map(|text| ("reasons", text)).into_iter().collect()
    }
}

/// An objection (异议).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionIn {
    /// It is the owners' objection, handed in by the community; only a community says so.
    #[serde(default)]
    #[schema(example = false)]
    pub on_behalf_of_owners: bool,
    /// What is objected to, and why.
    #[schema(min_length = 2, max_length = 5000, example = "消防设施 4 月已更换，检查记录未采用最新结果")]
    pub text: String,
    /// Evidence of it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

impl LedgerTexts for ObjectionIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

/// A decision on an objection (异议处理).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecisionIn {
    /// The objection, one that is open.
    pub objection_id: Id,
    pub outcome: ObjectionOutcome,
    /// The reasons, told to whoever objected.
    #[schema(min_length = 2, max_length = 5000, example = "经复查，评分依据为 5 月检查结果，已包含更换后的设施")]
    pub reasons: String,
}

impl LedgerTexts for ObjectionDecisionIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

/// What the company replies (企业回应): it stands beside the rating for everyone to read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingReplyIn {
    /// Its text, without personal data.
    #[schema(min_length = 2, max_length = 2000, example = "我公司已制定提升方案，二季度完成消防设施改造")]
    pub text: String,
}

impl LedgerTexts for RatingReplyIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone())]
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListCycles {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only this state.
    pub state: Option<CycleState>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListRatings {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only of this cycle.
    pub cycle_id: Option<Id>,
    /// Only of this complex: its history.
    pub complex_id: Option<Id>,
    /// Only of this company.
    pub company_id: Option<Id>,
    /// Only this state.
    pub state: Option<RatingState>,
    /// Only with this star.
    pub star: Option<Star>,
    /// Only of this community.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Only the last published ones, one for each complex.
    pub current: Option<bool>,
    /// The published ratings that stood on this day, with the star that they had then.
    pub as_of: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFocus {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Only of this company.
    pub company_id: Option<Id>,
    /// Only of this community.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
}
