//! The fact sheet: recorded facts about a rated period, which raters read next to each dimension.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::companies;
use crate::complaints::{self, ComplaintFacts};
use crate::contracts;
use crate::db::{Conn, Id, WorkResult};
use crate::disclosures;
use crate::disclosures::model::{DisclosureKind, DisclosureState};
use crate::http::Entity;
use crate::inspections;
use crate::inspections::statistics::InspectionFacts;
use crate::policy;
use crate::policy::ratings::RatingRules;
use crate::ratings::model::Dimension;
use crate::ratings::{store, view};
use crate::service::Ctx;
use crate::violations;
use crate::violations::model::ViolationState;

/// A confirmed violation of the rated period (已认定违规).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactViolation {
    pub violation_id: Id,
    /// Code of the regulated act.
    #[schema(max_length = 80, example = "nine.staff_not_in_uniform")]
    pub act: String,
    /// Title of the act in Chinese.
    #[schema(max_length = 300, example = "从业人员不按岗位统一着装")]
    pub act_zh: String,
    /// Title of the act in English.
    #[schema(max_length = 300, example = "Staff not in the uniform of their post")]
    pub act_en: String,
    /// Clause of the nine prohibitions (“九不准”条款); null for other acts.
    #[schema(minimum = 1, maximum = 9)]
    pub clause: Option<i64>,
    /// Day found (发现日期).
    pub found_on: NaiveDate,
    pub state: ViolationState,
}

/// State of one kind of disclosure today (公开情况).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactDisclosure {
    pub kind: DisclosureKind,
    pub state: DisclosureState,
    /// Day since which it is overdue or rejected; null otherwise.
    pub since: Option<NaiveDate>,
}

/// The filed contract in force today (合同备案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactContract {
    /// Filing number (备案号).
    #[schema(max_length = 60, example = "640121备〔2026〕12号")]
    pub filing_number: String,
    /// Day of filing (备案日期).
    pub filed_on: NaiveDate,
}

/// Facts that belong to one dimension (维度事实).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DimensionFacts {
    pub dimension: Dimension,
    /// Confirmed violations of acts that the rubric assigns to the dimension.
    #[schema(max_items = 10000)]
    pub violations: Vec<FactViolation>,
}

/// Facts about a rated period (评定事实表).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactSheet {
    pub rating_id: Id,
    /// First day of the rated period.
    pub period_from: NaiveDate,
    /// Last day of the rated period.
    pub period_to: NaiveDate,
    /// Facts by dimension, all seven.
    #[schema(min_items = 7, max_items = 7)]
    pub dimensions: Vec<DimensionFacts>,
    /// Confirmed violations of acts that the rubric assigns to no dimension.
    #[schema(max_items = 10000)]
    pub other_violations: Vec<FactViolation>,
    /// State of the six disclosures; empty if the company no longer serves the complex.
    #[schema(max_items = 6)]
    pub disclosures: Vec<FactDisclosure>,
    /// The company's filed contract in force; null if there is none.
    pub contract: Option<FactContract>,
    /// Inspections of the period, failed items, and hazards found.
    pub inspections: InspectionFacts,
    /// Complaints received in the period while the company served: punctuality and satisfaction.
    pub complaints: ComplaintFacts,
}

pub fn get(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<Entity<FactSheet>> {
    let row = store::find(conn, &ctx.scope, id)?;
    let rules = view::rules_of(conn, ctx, row.policy_version)?;
    let family = companies::family::of(conn, row.company_id)?;
    let found = violations::store::confirmed_at(conn, row.complex_id, &family, row.period_from, row.period_to)?;
    let policies = policy::current(conn, &ctx.state, &row.county)?;
    let mut facts = Vec::with_capacity(found.len());
    for violation in found {
        let act = policies.get(violation.policy_version).and_then(|version| version.act(&violation.act));
        facts.push(FactViolation {
            act_zh: act.map_or_else(|| violation.act.clone(), |act| act.title_zh.clone()),
            act_en: act.map_or_else(|| violation.act.clone(), |act| act.title_en.clone()),
            state: violation.state,
            violation_id: violation.id,
            act: violation.act,
            clause: violation.clause,
            found_on: violation.found_on,
        });
    }
    let (dimensions, other_violations) = beside(&rules, facts);
    let disclosed = disclosures::actions::states_of(conn, ctx, row.complex_id, row.company_id)?;
    let contract = contracts::filed_in_force(conn, row.complex_id, ctx.today)?;
    let period = (row.period_from, row.period_to);
    let inspected = inspections::facts_of(conn, row.complex_id, row.company_id, period, ctx.today)?;
    let complained = complaints::facts_of(conn, ctx, row.complex_id, row.company_id, period)?;
    let sheet = FactSheet {
        inspections: inspected,
        complaints: complained,
        rating_id: row.id,
        period_from: row.period_from,
        period_to: row.period_to,
        dimensions,
        other_violations,
        disclosures: disclosed.into_iter().map(|(kind, state, since)| FactDisclosure { kind, state, since }).collect(),
        contract: contract
            .filter(|filed| filed.company_id == row.company_id)
            .map(|filed| FactContract { filing_number: filed.filing_number, filed_on: filed.filed_on }),
    };
    Ok(Entity::new(row.id, row.version, sheet))
}

/// Assigns each violation to the dimension that lists its act.
fn beside(rules: &RatingRules, facts: Vec<FactViolation>) -> (Vec<DimensionFacts>, Vec<FactViolation>) {
    let mut dimensions: Vec<DimensionFacts> = rules
        .dimensions
        .iter()
        .map(|one| DimensionFacts { dimension: one.dimension, violations: Vec::new() })
        .collect();
    let mut other = Vec::new();
    for fact in facts {
        match rules.dimensions.iter().position(|one| one.acts.contains(&fact.act)) {
            Some(at) => dimensions[at].violations.push(fact),
            None => other.push(fact),
        }
    }
    (dimensions, other)
}
