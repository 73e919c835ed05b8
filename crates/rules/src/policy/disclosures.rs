//! Disclosure rules of the policy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::PolicyDocument;
use super::versions::built_in;
use crate::coded_enum;
use crate::input_error::InputError;
use crate::words::disclosures::DisclosureKind;

coded_enum! {
    /// Disclosure period (公开周期).
    #[schema(example = "quarter")]
    pub enum DisclosurePeriod {
        Quarter "quarter" "每季度" "Every quarter"
        HalfYear "half_year" "每半年" "Every half-year"
        Year "year" "每年" "Every year"
    }
}

/// Rule for one kind of disclosure (公开规则).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRule {
    /// Kind of disclosure (公开事项).
    pub kind: DisclosureKind,
    /// Disclosure period (公开周期); null: disclose once, and again after each change.
    pub every: Option<DisclosurePeriod>,
    /// Time limit in working days, from the end of the period or the start of the service (公开期限).
    #[schema(example = 15, minimum = 0, maximum = 250)]
    pub due_working_days: u32,
    /// Working days to correct a rejected disclosure, if this is later than the original due date (更正期限).
    #[serde(default = "correction_days")]
    #[schema(example = 5, minimum = 1, maximum = 60)]
    pub correction_working_days: u32,
    /// True if evidence such as a photograph of the notice board is required (须附公示照片).
    #[schema(example = true)]
    pub proof_required: bool,
}

/// Default for policies without this member.
fn correction_days() -> u32 {
    5
}

impl DisclosureRule {
    /// The rule for a kind. A valid document has one for each kind.
    pub fn of(document: &PolicyDocument, kind: DisclosureKind) -> &DisclosureRule {
        let found = document.disclosures.iter().find(|rule| rule.kind == kind);
        found.unwrap_or(&built_in().disclosures[kind as usize])
    }

    pub fn built_in() -> Vec<DisclosureRule> {
        built_in().disclosures.clone()
    }
}

/// Checks: one rule for each kind, and a disclosure period for the public revenue, because its figures are sums over a
/// period.
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
