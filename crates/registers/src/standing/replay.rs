//! Recomputes a standing from the ledger alone. The leaves contain every decision and every policy, so that anyone with
//! an export can check the standing that the service reports.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::access::Role;
use crate::ledger::leaf::Leaf;
use crate::policy::model::PolicyDocument;
use crate::policy::versions::{CountyPolicies, PolicyVersion};
use crate::standing::model::{CompanyFacts, Standing, Territory, ViolationFact};
use crate::standing::rules::compute_standing;

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("the ledger knows no company of the code {0}")]
    UnknownCompany(String),
    #[error("the ledger's policies: {0}")]
    Policies(String),
}

#[derive(Deserialize)]
struct CompanyData {
    uscc: String,
    parent_id: Option<Uuid>,
    /// County of the registering office.
    #[serde(skip)]
    county: String,
}

#[derive(Deserialize)]
struct ViolationData {
    act: String,
    complex_id: Option<Uuid>,
    found_on: NaiveDate,
    lead_role: Role,
    state: String,
    decided_on: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    rectified_on: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct ListingData {
    kind: String,
    listed_from: NaiveDate,
    listed_until: NaiveDate,
    delisted_on: Option<NaiveDate>,
    #[serde(skip)]
    county: String,
    suspended_on: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct PolicyData {
    effective_from: NaiveDate,
    document: String,
}

/// The state after the leaves read so far.
#[derive(Default)]
pub struct Replay {
    companies: BTreeMap<Uuid, CompanyData>,
    violations: BTreeMap<Uuid, ViolationFact>,
    listings: BTreeMap<Uuid, (Uuid, ListingData)>,
    /// Each with the county that it governs.
    policies: Vec<(String, PolicyVersion)>,
}

impl Replay {
    /// Applies the next leaf. Unreadable leaves and leaves that do not affect a standing are ignored.
    pub fn take(&mut self, leaf: &str) {
        let Some(leaf) = Leaf::read(leaf) else { return };
        match leaf.subject.kind.as_str() {
            "company" => self.company(leaf),
            "violation" => self.violation(leaf),
            "listing" => self.listing(leaf),
            "policy" if leaf.kind == "policy.published" => self.policy(leaf),
            _ => {}
        }
    }

    fn company(&mut self, leaf: Leaf) {
        if let (Ok(id), Ok(data)) = (leaf.subject.id.parse(), serde_json::from_value::<CompanyData>(leaf.data)) {
            self.companies.insert(id, CompanyData { county: leaf.county.unwrap_or_default(), ..data });
        }
    }

    /// From its confirmation on, every event of a violation contains its full state; the last event holds.
    fn violation(&mut self, leaf: Leaf) {
        let Ok(data) = serde_json::from_value::<ViolationData>(leaf.data) else { return };
        let confirmed = matches!(data.state.as_str(), "confirmed" | "appealed" | "upheld" | "revoked");
        let (Ok(id), Some(company_id), Some(decided_on), true) =
            (leaf.subject.id.parse(), leaf.company_id.map(|id| id.0), data.decided_on, confirmed)
        else {
            return;
        };
        let level = |code: Option<String>| code.filter(|code| !code.is_empty());
        let fact = ViolationFact {
            id,
            company_id,
            act: data.act,
            policy_version: leaf.policy_version.unwrap_or_default(),
            complex_id: data.complex_id,
            place: Arc::new(Territory {
                county: leaf.county.unwrap_or_default(),
                township: level(leaf.township),
                community: level(leaf.community),
            }),
            found_on: data.found_on,
            decided_on,
            revoked_on: data.revoked_on,
            appeal_pending: data.state == "appealed",
            rectified_in_time_on: data.rectified_on,
            lead_role: data.lead_role,
        };
        self.violations.insert(id, fact);
    }

    fn listing(&mut self, leaf: Leaf) {
        if let (Ok(id), Some(company), Ok(data)) =
            (leaf.subject.id.parse(), leaf.company_id.map(|id| id.0), serde_json::from_value::<ListingData>(leaf.data))
        {
            let data = ListingData { county: leaf.county.unwrap_or_default(), ..data };
            self.listings.insert(id, (company, data));
        }
    }

    fn policy(&mut self, leaf: Leaf) {
        let Ok(data) = serde_json::from_value::<PolicyData>(leaf.data) else { return };
        let document = serde_json::from_str::<PolicyDocument>(&data.document);
        if let (Ok(version), Ok(document)) = (leaf.subject.id.parse(), document) {
            let version = PolicyVersion::new(version, data.effective_from, document);
            self.policies.push((leaf.county.unwrap_or_default(), version));
        }
    }

    /// The standing of a company with its branches in a county on a day. For a branch this is the standing of its
    /// parent. The default county is that of the company's registering office.
    pub fn standing(&self, uscc: &str, county: Option<&str>, as_of: NaiveDate) -> Result<Standing, ReplayError> {
        let (id, company) = self
            .companies
            .iter()
            .find(|(_, company)| company.uscc == uscc)
            .ok_or_else(|| ReplayError::UnknownCompany(uscc.to_owned()))?;
        let head = company.parent_id.unwrap_or(*id);
        let county = county.unwrap_or(&company.county);
        let of_family =
            |id: &Uuid| *id == head || self.companies.get(id).is_some_and(|company| company.parent_id == Some(head));
        let mut violations: Vec<ViolationFact> =
            self.violations.values().filter(|fact| of_family(&fact.company_id)).cloned().collect();
        violations.retain(|fact| fact.place.county == county);
        violations.sort_by_key(|fact| (fact.found_on, fact.id));
        let listed = self.listings.values().any(|(company, listing)| {
            *company == head
                && listing.county == county
                && listing.kind == "blacklist"
                && listing.listed_from <= as_of
                && listing.listed_until >= as_of
                && listing.delisted_on.is_none_or(|day| day > as_of)
                && listing.suspended_on.is_none_or(|day| day > as_of)
        });
        let policies =
            CountyPolicies::new(self.policies.clone()).map_err(|error| ReplayError::Policies(error.to_string()))?;
        let policies = policies.of(county);
        Ok(compute_standing(&CompanyFacts { company_id: head, listed, violations }, &policies, as_of))
    }
}
