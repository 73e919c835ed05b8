//! What the policy says of the six disclosures.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::PolicyDocument;
use super::versions::built_in;
use crate::coded_enum;
use crate::disclosures::model::DisclosureKind;

coded_enum! {
    /// How often something is disclosed again (公开周期).
    #[schema(example = "quarter")]
    pub enum DisclosurePeriod {
        Quarter "quarter" "每季度" "Every quarter"
        HalfYear "half_year" "每半年" "Every half-year"
        Year "year" "每年" "Every year"
    }
}

/// When a disclosure is due (公开规则).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRule {
    /// Kind of disclosure (公开事项).
    pub kind: DisclosureKind,
    /// For what is disclosed for each period of the calendar (公开周期); null: once, and again when it changes.
    pub every: Option<DisclosurePeriod>,
    /// Working days after the end of the period, or after the company began to serve (公开期限).
    #[schema(example = 15, minimum = 0, maximum = 250)]
    pub due_working_days: u32,
    /// A photograph of the board, or the like, must be with it (须附公示照片).
    #[schema(example = true)]
    pub proof_required: bool,
}

impl DisclosureRule {
    /// The rule of a document for a kind; a document holds one for each.
    pub fn of(document: &PolicyDocument, kind: DisclosureKind) -> &DisclosureRule {
        let found = document.disclosures.iter().find(|rule| rule.kind == kind);
        found.unwrap_or(&built_in().disclosures[kind as usize])
    }

    pub fn built_in() -> Vec<DisclosureRule> {
        built_in().disclosures.clone()
    }
}
