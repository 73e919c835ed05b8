//! Stored and returned typical cases, and the request bodies.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::typical_cases;
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::Step;
use crate::proceedings::view::{Officer, StepView};

coded_enum! {
    /// State of a typical case (案例状态).
    #[schema(example = "published")]
    pub stored enum TypicalCaseState {
        Published "published" "已发布" "Published"
        Withdrawn "withdrawn" "已撤回" "Withdrawn"
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = typical_cases)]
pub struct TypicalCaseRow {
    pub id: Id,
    pub version: i64,
    pub violation_id: Id,
    pub act: String,
    pub company_id: Id,
    pub complex_id: Option<Id>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub state: TypicalCaseState,
    pub title: String,
    pub summary: String,
    pub published_on: NaiveDate,
    pub published_by: Json<Actor>,
    pub withdrawn_on: Option<NaiveDate>,
    pub withdrawal: Json<Option<Step>>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TypicalCaseRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// A typical case to publish (典型案例).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypicalCaseIn {
    /// The violation; it must be a company's, confirmed and final.
    pub violation_id: Id,
    /// Title, without personal data.
    #[schema(min_length = 5, max_length = 100, example = "某小区物业企业超合同标准收费被责令整改")]
    pub title: String,
    /// The facts and the decision, without personal data. Phone numbers, identity card numbers, e-mail addresses and
    /// licence plates are detected and refused. Names are not detected: make sure that there are none.
    #[schema(
        min_length = 10,
        max_length = 5000,
        example = "经查，该企业公示的收费标准高于备案合同约定，已责令限期整改并退还多收费用。"
    )]
    pub summary: String,
}

impl LedgerTexts for TypicalCaseIn {
    fn texts(&self) -> Texts {
        vec![("title", self.title.clone()), ("summary", self.summary.clone())]
    }
}

/// A typical case (典型案例).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TypicalCase {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: TypicalCaseState,
    pub violation_id: Id,
    /// Code of the act.
    #[schema(max_length = 80, example = "nine.unlawful_fees_or_contract")]
    pub act: String,
    /// The act in Chinese.
    #[schema(max_length = 300, example = "擅自涨价、乱收费以及违规签订《物业服务合同》")]
    pub act_zh: String,
    /// The act in English.
    #[schema(max_length = 300, example = "Unlawful fees")]
    pub act_en: String,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits; null if the case belongs to the whole county.
    #[schema(max_length = 9, example = "640121102")]
    pub township: Option<String>,
    /// Community, 12 digits; null if the case belongs to no community.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: Option<String>,
    /// Title of the case.
    #[schema(max_length = 100, example = "某小区物业企业超合同标准收费被责令整改")]
    pub title: String,
    /// The facts and the decision.
    #[schema(max_length = 5000)]
    pub summary: String,
    /// Date of publication.
    pub published_on: NaiveDate,
    pub published_by: Officer,
    /// Date of withdrawal; null while published.
    pub withdrawn_on: Option<NaiveDate>,
    pub withdrawal: Option<StepView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A typical case as shown to the public (典型案例).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicTypicalCase {
    pub id: Id,
    /// Title of the case.
    #[schema(max_length = 100, example = "某小区物业企业超合同标准收费被责令整改")]
    pub title: String,
    /// The facts and the decision.
    #[schema(max_length = 5000)]
    pub summary: String,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Date of publication.
    pub published_on: NaiveDate,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListTypicalCases {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only cases in this state.
    pub state: Option<TypicalCaseState>,
    /// Only cases of this company.
    pub company_id: Option<Id>,
    /// Only cases at this complex.
    pub complex_id: Option<Id>,
}
