//! What the policy says of the six disclosures.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::PolicyDocument;
use super::versions::built_in;
use crate::coded_enum;
use crate::input_error::InputError;
use crate::words::disclosures::DisclosureKind;

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
    /// Working days to disclose again what was rejected, where its own last day is over by then (更正期限).
    #[serde(default = "correction_days")]
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub correction_working_days: u32,
    /// A photograph of the board, or the like, must be with it (须附公示照片).
    #[schema(example = true)]
    pub proof_required: bool,
}

/// Of versions that were published before there was such a period.
fn correction_days() -> u32 {
    5
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

/// One rule for each kind, and a period for the revenue: nothing adds up without one.
pub fn check(rules: &[DisclosureRule]) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, rule) in rules.iter().enumerate() {
        if !seen.insert(rule.kind) {
            let pointer = format!("/disclosures/{at}/kind");
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "每一公开事项只能有一条规则",
                "each kind of disclosure must have one rule only",
            ));
        }
        if rule.kind == DisclosureKind::PublicRevenue && rule.every.is_none() {
            let (zh, en) = ("公共收益须填写公开周期", "public revenue needs a disclosure period");
            faults.push(InputError::new(format!("/disclosures/{at}/every"), "required", zh, en));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_rule_and_the_revenue_a_period() {
        let mut rules = DisclosureRule::built_in();
        assert_eq!(check(&rules), []);
        for (kind, rule) in DisclosureKind::ALL.iter().zip(&rules) {
            assert_eq!(*kind, rule.kind, "a rule is found by the number of its kind, where a document leaves it out");
        }
        rules[5].every = None;
        rules[0].kind = DisclosureKind::ServiceContent;
        let pointers: Vec<String> = check(&rules).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/disclosures/1/kind", "/disclosures/5/every"]);
    }
}
