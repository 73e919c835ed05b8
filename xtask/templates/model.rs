use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::__features__;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::Step;
use crate::proceedings::view::{NoteView, Officer};

coded_enum! {
    /// State of __a_feature__ (__zh__状态).
    #[schema(example = "planned")]
    pub stored enum __Feature__State {
        Planned "planned" "已计划" "Planned"
        Done "done" "已完成" "Done"
    }
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = __features__, treat_none_as_null = true)]
pub struct __Feature__Row {
    pub id: Id,
    pub version: i64,
    pub complex_id: Id,
    /// Company that serves the complex on the planned day, if known when it is planned.
    pub company_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub state: __Feature__State,
    pub title: String,
    pub planned_on: NaiveDate,
    pub created_by: Json<Actor>,
    pub outcome: Json<Option<Step>>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl __Feature__Row {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// __A_feature__ to plan (__zh__计划).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct __Feature__In {
    /// Complex that it concerns.
    pub complex_id: Id,
    /// Short title, on one line.
    #[schema(min_length = 2, max_length = 100, example = "第一季度__zh__")]
    pub title: String,
    /// Planned day: today or later.
    pub planned_on: NaiveDate,
}

impl LedgerTexts for __Feature__In {
    fn texts(&self) -> Texts {
        vec![("title", self.title.clone())]
    }
}

/// Outcome of __a_feature__ (__zh__结果).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct __Feature__ReportIn {
    /// What was done, and the outcome.
    #[schema(min_length = 2, max_length = 2000, example = "已按计划完成，未发现问题")]
    pub outcome: String,
}

impl LedgerTexts for __Feature__ReportIn {
    fn texts(&self) -> Texts {
        vec![("outcome", self.outcome.clone())]
    }
}

/// __A_feature__ (__zh__).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct __Feature__ {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: __Feature__State,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// Company that serves the complex on the planned day; null if unknown.
    pub company_id: Option<Id>,
    /// Name of the company; null if unknown.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
    /// County code, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township code, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community code, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Short title, on one line.
    #[schema(max_length = 100, example = "第一季度__zh__")]
    pub title: String,
    /// Planned day.
    pub planned_on: NaiveDate,
    pub created_by: Officer,
    pub outcome: Option<NoteView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Filters of the list. Each filter needs an index for each scope.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct List__Features__ {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Filter by state.
    pub state: Option<__Feature__State>,
    /// Filter by complex.
    pub complex_id: Option<Id>,
    /// Filter by company.
    pub company_id: Option<Id>,
}
