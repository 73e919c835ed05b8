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
    /// Where a kind of disclosure stands at a complex (公开状态).
    #[schema(example = "verified")]
    pub enum DisclosureState {
        Missing "missing" "尚未公开（未到期）" "Not disclosed, and not due yet"
        Submitted "submitted" "待核验" "Submitted, waits to be verified"
        Verified "verified" "已核验" "Verified"
        Rejected "rejected" "核验不通过" "Rejected"
        Overdue "overdue" "逾期未公开" "Not disclosed by its due day"
    }
}

coded_enum! {
    /// Where one version stands (版本状态).
    #[schema(example = "verified")]
    pub stored enum VersionState {
        Submitted "submitted" "待核验" "Submitted, waits to be verified"
        Verified "verified" "已核验" "Verified"
        Rejected "rejected" "核验不通过" "Rejected"
    }
}

coded_enum! {
    /// What a verification came to (核验结果).
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

/// One version of a disclosure, without what it says.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = disclosures)]
pub struct DisclosureRow {
    pub id: Id,
    /// Grows with each change of the kind at this complex by this company, and says which change was its last.
    pub version: i64,
    /// Number of the version, from 1.
    pub number: i64,
    pub kind: DisclosureKind,
    pub complex_id: Id,
    pub company_id: Id,
    pub county: String,
    pub township: String,
    pub community: String,
    pub state: VersionState,
    /// The newest one; for what is disclosed by period, the newest of its period.
    pub is_current: bool,
    pub published_on: NaiveDate,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub submitted_on: NaiveDate,
    pub decided_on: Option<NaiveDate>,
    pub verified_on: Option<NaiveDate>,
    /// A verified version stands until the next one is verified; any other until the next one comes.
    pub replaced_on: Option<NaiveDate>,
    pub exceeds_contract: i64,
    pub not_in_contract: i64,
    /// The contract that its prices were compared with.
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

/// The decision of the community or the office, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    pub outcome: VerificationOutcome,
    pub reasons: Option<String>,
    pub at: Instant,
    pub by: Actor,
}

/// What a version says, and what is said of it.
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

/// What is disclosed: the one member that its kind names (公开内容).
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
    /// Day on which it was put on the board (公示日期); not in the future.
    #[schema(example = "2026-03-02")]
    pub published_on: NaiveDate,
    /// Proof: a photograph of the board, or the like (公示照片). It becomes public with the verification.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub proof: Vec<Evidence>,
    /// Of its members exactly the one that the path names.
    pub content: DisclosureContent,
}

/// A verification (核验).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationIn {
    /// The version that was looked at: one that is current and submitted.
    pub disclosure_id: Id,
    pub outcome: VerificationOutcome,
    /// The reasons, told to the company; a rejection gives them.
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
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
}
