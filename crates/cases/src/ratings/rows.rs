//! Cycles, ratings and plaques as they are stored.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use crate::access::{Actor, Caller};
use crate::db::Id;
use crate::db::schema::{plaques, rating_contents, rating_cycles, ratings};
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::points::{Points, WeightedPoints};
use crate::policy::model::MeasureKind;
use crate::proceedings::model::{Evidence, Step};
use crate::service::Ctx;

/// The last request that announced or published many ratings of a cycle. Its consequences are processed in chunks on
/// behalf of this caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkDecision {
    pub at: Instant,
    pub by: Actor,
    pub client: Option<String>,
    pub request_id: String,
}

impl BulkDecision {
    pub fn of(ctx: &Ctx) -> BulkDecision {
        BulkDecision {
            at: ctx.now,
            by: Actor::of(&ctx.caller),
            client: ctx.caller.client.clone(),
            request_id: ctx.request_id.clone(),
        }
    }
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = rating_cycles, treat_none_as_null = true)]
pub struct CycleRow {
    pub id: Id,
    pub version: i64,
    pub name: String,
    pub kind: CycleKind,
    pub county: String,
    /// Empty for a cycle of the whole county.
    pub township: String,
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    pub policy_version: i64,
    pub state: CycleState,
    pub published_on: Option<NaiveDate>,
    pub bulk: Json<Option<BulkDecision>>,
    pub created_by: Json<Actor>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl CycleRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: String::new() }
    }

    /// Code of the division of the cycle: the township, or the county.
    pub fn area(&self) -> &str {
        if self.township.is_empty() { &self.county } else { &self.township }
    }
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = ratings, treat_none_as_null = true)]
pub struct RatingRow {
    pub id: Id,
    pub version: i64,
    pub cycle_id: Id,
    pub complex_id: Id,
    pub company_id: Id,
    pub county: String,
    pub township: String,
    pub community: String,
    pub state: RatingState,
    /// True after the first announcement: the company and the committee see the rating.
    pub shared: bool,
    /// True for the latest published rating of its complex.
    pub is_current: bool,
    /// True while the consequences of its announcement or publication are pending.
    pub pending: bool,
    /// In ten-thousandths of a point.
    pub total: Option<i64>,
    pub raw_star: Option<i64>,
    pub final_star: Option<i64>,
    pub objections_open: i64,
    pub period_from: NaiveDate,
    pub period_to: NaiveDate,
    pub announced_on: Option<NaiveDate>,
    pub announcement_ends_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub superseded_on: Option<NaiveDate>,
    pub withdrawn_on: Option<NaiveDate>,
    pub focus_since: Option<NaiveDate>,
    pub corrects: Option<Id>,
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl RatingRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }

    pub fn star(&self) -> Option<Star> {
        self.final_star.and_then(Star::from_rank)
    }
}

/// Content of a rating: its score sheets, steps and stars.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = rating_contents)]
pub struct ContentRow {
    pub rating_id: Id,
    pub sheets: Json<Vec<Sheet>>,
    pub proceedings: Json<Proceedings>,
    pub stars: Json<Vec<StarChange>>,
}

impl ContentRow {
    /// True if the caller filled in one of the score sheets. Later steps need another person under the two-person rule.
    pub fn scored_by(&self, caller: &Caller) -> bool {
        self.sheets.0.iter().any(|sheet| caller.is(&sheet.by))
    }
}

/// Score of one rubric item (单项得分).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemScore {
    /// Code of the rubric item.
    #[schema(max_length = 64, example = "hygiene.common_parts")]
    pub item: String,
    /// Points awarded, up to the points of the item.
    pub points: Points,
    /// Note on what was found; required where points are deducted.
    #[serde(default)]
    #[schema(max_length = 1000, example = "3 号楼 2 单元楼道有积尘，扣 0.5 分")]
    pub note: Option<String>,
    /// Evidence for the score.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
}

/// A veto that applies (适用的一票否决项).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VetoIn {
    /// Code of the veto in the rubric.
    #[schema(max_length = 64, example = "veto.refused_rectification")]
    pub code: String,
    /// Ground of the veto: what happened, and when. It is published and must not contain personal data.
    #[schema(min_length = 2, max_length = 1000, example = "2026-03-20 到期的责令整改至今未落实")]
    pub ground: String,
    /// Evidence for the veto.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
}

/// Bonus points (加分).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BonusIn {
    /// Code of the bonus in the rubric.
    #[schema(max_length = 64, example = "bonus.honour")]
    pub code: String,
    /// Points awarded, up to the points of the bonus.
    pub points: Points,
    /// Ground of the bonus. It is published and must not contain personal data.
    #[schema(min_length = 2, max_length = 1000, example = "获县级“文明小区”表彰")]
    pub ground: String,
    /// Evidence for the bonus.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub evidence: Vec<Evidence>,
}

/// The score sheet of one rater, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub rater: Rater,
    pub items: Vec<ItemScore>,
    /// Owners' satisfaction, out of 100.
    pub satisfaction: Option<Points>,
    pub respondents: Option<i64>,
    pub vetoes: Vec<VetoIn>,
    pub bonus: Vec<BonusIn>,
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Actor,
}

impl Sheet {
    pub fn all_evidence(&self) -> Vec<Evidence> {
        let items = self.items.iter().flat_map(|one| &one.evidence);
        let vetoes = self.vetoes.iter().flat_map(|one| &one.evidence);
        let bonus = self.bonus.iter().flat_map(|one| &one.evidence);
        items.chain(vetoes).chain(bonus).chain(&self.evidence).cloned().collect()
    }
}

/// A measure of the ladder that lowered the star (惩戒调整).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LadderAdjustment {
    pub measure_id: Id,
    /// Kind of measure: star downgrade, or rating below standard.
    pub kind: MeasureKind,
    /// Star before the adjustment.
    pub from: Star,
    /// Star after the adjustment.
    pub to: Star,
    /// Grounds in Chinese.
    #[schema(max_length = 5000)]
    pub reason_zh: String,
    /// Grounds in English.
    #[schema(max_length = 5000)]
    pub reason_en: String,
    /// Last day on which a new rating is lowered by it: then the last of its violations leaves the window of the
    /// ladder.
    #[serde(default)]
    pub counts_until: Option<NaiveDate>,
}

/// The star from a day on (星级变动).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StarChange {
    /// First day with this star.
    pub from: NaiveDate,
    /// Star from that day on.
    pub star: Star,
    /// Ladder adjustments behind this star.
    #[schema(max_items = 50)]
    pub adjustments: Vec<LadderAdjustment>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub outcome: RatingReviewOutcome,
    pub reasons: Option<String>,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectionDecision {
    pub outcome: ObjectionOutcome,
    pub reasons: String,
    pub at: Instant,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objection {
    pub id: Id,
    pub objector: Objector,
    pub text: String,
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Actor,
    pub decision: Option<ObjectionDecision>,
}

/// Every step of a rating, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    pub review: Option<Review>,
    pub announcement: Option<Announced>,
    pub objections: Vec<Objection>,
    pub reply: Option<Step>,
    pub publication: Option<Announced>,
    pub withdrawal: Option<Step>,
}

/// When and by whom a step without text was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announced {
    pub at: Instant,
    pub by: Actor,
}

/// A plaque (铭牌).
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = plaques)]
pub struct PlaqueRow {
    pub number: String,
    pub rating_id: Id,
    pub complex_id: Id,
    pub company_id: Id,
    pub county: String,
    pub township: String,
    pub community: String,
    pub stars: i64,
    pub state: PlaqueState,
    pub issued_on: NaiveDate,
    pub ended_on: Option<NaiveDate>,
}

/// The total of a rating as points.
pub fn total_of(row: &RatingRow) -> Option<WeightedPoints> {
    row.total.map(WeightedPoints::from_units)
}
