//! Stored disclosures, their enumerations, and the request bodies.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::content::*;
use super::price_rules::PriceFinding;
use crate::access::Actor;
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::{disclosure_contents, disclosures};
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::proceedings::ledger_texts::{LedgerTexts, Texts};
use crate::proceedings::model::Evidence;
pub use crate::words::disclosures::DisclosureKind;

coded_enum! {
    /// State of one of the six kinds at a complex (公开状态).
    #[schema(example = "verified")]
    pub enum DisclosureState {
        Missing "missing" "尚未公开（未到期）" "Not disclosed, not yet due"
        Submitted "submitted" "待核验" "Submitted, verification pending"
        Verified "verified" "已核验" "Verified"
        Rejected "rejected" "核验不通过" "Rejected"
        Overdue "overdue" "逾期未公开" "Overdue: not disclosed by the due date"
    }
}

coded_enum! {
    /// State of a disclosure version (版本状态).
    #[schema(example = "verified")]
    pub stored enum VersionState {
        Submitted "submitted" "待核验" "Submitted, verification pending"
        Verified "verified" "已核验" "Verified"
        Rejected "rejected" "核验不通过" "Rejected"
    }
}

coded_enum! {
    /// Outcome of a verification (核验结果).
    #[schema(example = "verified")]
    pub enum VerificationOutcome {
        Verified "verified" "核验通过" "Verified"
        Rejected "rejected" "核验不通过" "Rejected"
    }
}

impl VerificationOutcome {
    pub fn state(self) -> VersionState {
        match self {
            VerificationOutcome::Verified => VersionState::Verified,
            VerificationOutcome::Rejected => VersionState::Rejected,
        }
    }
}

/// A disclosure version without its content.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = disclosures)]
pub struct DisclosureRow {
    pub id: Id,
    /// Increases with each change of this kind at this complex by this company; the highest one marks the last
    /// change.
    pub version: i64,
    /// Number of the disclosure version, from 1.
    pub number: i64,
    pub kind: DisclosureKind,
    pub complex_id: Id,
    pub company_id: Id,
    pub county: String,
    pub township: String,
    pub community: String,
    pub state: VersionState,
    /// The newest version; of a kind disclosed by period, the newest of its period.
    pub is_current: bool,
    pub published_on: NaiveDate,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub submitted_on: NaiveDate,
    pub decided_on: Option<NaiveDate>,
    pub verified_on: Option<NaiveDate>,
    /// A verified version is replaced when the next one is verified, any other when the next one is submitted.
    pub replaced_on: Option<NaiveDate>,
    pub exceeds_contract: i64,
    pub not_in_contract: i64,
    /// The contract with which the prices were compared.
    pub compared_with: Option<Id>,
    pub policy_version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl DisclosureRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// The verification, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    pub outcome: VerificationOutcome,
    pub reasons: Option<String>,
    pub at: Instant,
    pub by: Actor,
}

/// Content of a version, with the price findings and the verification.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = disclosure_contents)]
pub struct ContentRow {
    pub disclosure_id: Id,
    pub content: Json<DisclosureContent>,
    pub proof: Json<Vec<Evidence>>,
    pub findings: Json<Vec<PriceFinding>>,
    pub verification: Json<Option<Verification>>,
    pub submitted_by: Json<Actor>,
}

/// Content of a disclosure (公开内容). It has exactly one member: the one of its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DisclosureContent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_contract: Option<ServiceContractContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_content: Option<ServiceContentContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_phone: Option<ServicePhoneContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_method: Option<ServiceMethodContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee_standard: Option<FeeStandardContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_revenue: Option<PublicRevenueContent>,
}

/// A disclosure to submit (公开报送).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureIn {
    /// Day on which it was posted on the notice board (公示日期); not in the future.
    #[schema(example = "2026-03-02")]
    pub published_on: NaiveDate,
    /// Proof, such as a photograph of the notice board (公示照片). It becomes public when the disclosure is verified.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub proof: Vec<Evidence>,
    /// The content; only the member named by the path's `kind` is allowed, and it is required.
    pub content: DisclosureContent,
}

/// A verification (核验).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationIn {
    /// The version to verify: the current one, in state `submitted`.
    pub disclosure_id: Id,
    pub outcome: VerificationOutcome,
    /// Reasons, visible to the company; required for a rejection.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000, example = "公示栏照片与报送内容一致")]
    pub reasons: Option<String>,
}

impl LedgerTexts for VerificationIn {
    fn texts(&self) -> Texts {
        self.reasons.clone().map(|text| ("reasons", text)).into_iter().collect()
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListVersions {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
}
