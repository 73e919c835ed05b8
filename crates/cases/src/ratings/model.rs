//! Enumerations of ratings.

use chrono::NaiveDate;

use crate::coded_enum;
pub use crate::words::ratings::{Dimension, Rater, Star};

coded_enum! {
    /// Length of a rating cycle (评定周期).
    #[schema(example = "half_year")]
    pub stored enum CycleKind {
        HalfYear "half_year" "半年" "Half-year"
        Year "year" "年度" "Year"
    }
}

coded_enum! {
    /// State of a rating cycle (周期状态).
    #[schema(example = "open")]
    pub stored enum CycleState {
        Open "open" "评定中" "Open"
        Published "published" "已发布" "Published"
        Cancelled "cancelled" "已取消" "Cancelled"
    }
}

coded_enum! {
    /// State of a rating (评定状态).
    #[schema(example = "announced")]
    pub stored enum RatingState {
        Draft "draft" "评分中" "Being scored"
        Scored "scored" "待复核" "Scored, review pending"
        Reviewed "reviewed" "已复核" "Reviewed"
        Announced "announced" "公示中" "Announced"
        Published "published" "已发布" "Published"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

impl RatingState {
    /// True while it is scored and reviewed, also for the second time. Only offices see it then.
    pub fn is_in_the_making(self) -> bool {
        matches!(self, RatingState::Draft | RatingState::Scored | RatingState::Reviewed)
    }
}

coded_enum! {
    /// Outcome of a rating review (复核结果).
    #[schema(example = "confirmed")]
    pub enum RatingReviewOutcome {
        Confirmed "confirmed" "复核通过" "Passed the review"
        Returned "returned" "退回重评" "Returned for rescoring"
    }
}

coded_enum! {
    /// Party that objects (异议人).
    #[schema(example = "company")]
    pub enum Objector {
        Company "company" "物业服务企业" "The company"
        Committee "committee" "业主委员会或物业管理委员会" "The committee"
        Community "community" "社区" "The community"
        Owners "owners" "业主" "Owners, through the community"
    }
}

coded_enum! {
    /// Outcome of an objection (异议处理结果).
    #[schema(example = "dismissed")]
    pub enum ObjectionOutcome {
        Sustained "sustained" "异议成立，重新评定" "Sustained: the rating is scored again"
        Dismissed "dismissed" "异议不成立，维持" "Dismissed: the rating is unchanged"
    }
}

coded_enum! {
    /// State of a plaque (铭牌状态).
    #[schema(example = "valid")]
    pub stored enum PlaqueState {
        Valid "valid" "有效" "Valid"
        Superseded "superseded" "已被更新" "Superseded"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

/// Star of the current rating of a complex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentStar {
    pub star: Star,
    /// Day of publication.
    pub published_on: NaiveDate,
    /// Day since which the complex is on the focus list (重点整治名单); `None` if it is not on it.
    pub focus_since: Option<NaiveDate>,
}
