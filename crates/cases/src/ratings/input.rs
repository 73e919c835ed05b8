//! What callers send about ratings, and the list filters.

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
    /// Name of the cycle.
    #[schema(min_length = 2, max_length = 100, example = "2026年上半年星级评定")]
    pub name: String,
    pub kind: CycleKind,
    /// First day of the rated period: 1 January, or 1 July for a half-year.
    #[schema(example = "2026-01-01")]
    pub period_from: NaiveDate,
    /// First day of scoring.
    #[schema(example = "2026-06-15")]
    pub opens_on: NaiveDate,
    /// Last day of scoring; not before the first.
    #[schema(example = "2026-07-31")]
    pub closes_on: NaiveDate,
}

impl LedgerTexts for CycleIn {
    fn texts(&self) -> Texts {
        vec![("name", self.name.clone())]
    }
}

/// A rating to start (评定).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingIn {
    /// Id of the cycle, which must not be cancelled.
    pub cycle_id: Id,
    /// Id of a complex in the area of the cycle with a current company.
    pub complex_id: Id,
}

/// A step without further content (办理).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepIn {
    /// Note for the record.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "经镇长办公会研究同意")]
    pub note: Option<String>,
}

impl LedgerTexts for StepIn {
    fn texts(&self) -> Texts {
        self.note.clone().map(|text| ("note", text)).into_iter().collect()
    }
}

/// Score sheet of one rater (评分表).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoresIn {
    pub rater: Rater,
    /// Scores of every rubric item, each once; empty for the owners.
    #[serde(default)]
    #[schema(max_items = 350)]
    pub items: Vec<ItemScore>,
    /// Owners' satisfaction, out of 100; for the owners only.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub satisfaction: Option<Points>,
    /// Number of households that answered; for the owners only.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000, example = json!(null))]
    pub respondents: Option<i64>,
    /// Vetoes that apply (一票否决项); for the office only.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub vetoes: Vec<VetoIn>,
    /// Bonus points awarded (加分); for the office only.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub bonus: Vec<BonusIn>,
    /// Evidence for the whole sheet, for example the signed sheet or the survey form.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

impl ScoresIn {
    /// The lists of evidence in the sheet, each with its pointer.
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
    /// The sheet as JSON, with members in the order of the schema.
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

/// A rating review (复核).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingReviewIn {
    pub outcome: RatingReviewOutcome,
    /// Reasons; required for a return.
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
    /// True for an objection of owners that the community submits; only a community may set it.
    #[serde(default)]
    #[schema(example = false)]
    pub on_behalf_of_owners: bool,
    /// Text of the objection, with its reasons.
    #[schema(min_length = 2, max_length = 5000, example = "消防设施 4 月已更换，检查记录未采用最新结果")]
    pub text: String,
    /// Evidence for the objection.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
}

impl LedgerTexts for ObjectionIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), ledger_texts::evidence(&self.evidence)]
    }
}

/// Decision on an objection (异议处理).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecisionIn {
    /// Id of an open objection of this rating.
    pub objection_id: Id,
    pub outcome: ObjectionOutcome,
    /// Reasons; the objector sees them.
    #[schema(min_length = 2, max_length = 5000, example = "经复查，评分依据为 5 月检查结果，已包含更换后的设施")]
    pub reasons: String,
}

impl LedgerTexts for ObjectionDecisionIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

/// Reply of the company (企业回应), published with the rating.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingReplyIn {
    /// Text of the reply; must not contain personal data.
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
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only cycles in this state.
    pub state: Option<CycleState>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListRatings {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only ratings of this cycle.
    pub cycle_id: Option<Id>,
    /// Only ratings of this complex: its history.
    pub complex_id: Option<Id>,
    /// Only ratings of this company.
    pub company_id: Option<Id>,
    /// Only ratings in this state.
    pub state: Option<RatingState>,
    /// Only ratings with this star.
    pub star: Option<Star>,
    /// Only ratings in this community.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Only the current rating of each complex, that is, the one published last.
    pub current: Option<bool>,
    /// Only the ratings that were current on this day, with the star of that day.
    pub as_of: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFocus {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only complexes rated for this company.
    pub company_id: Option<Id>,
    /// Only complexes in this community.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
}
