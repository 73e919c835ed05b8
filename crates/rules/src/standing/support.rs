//! Shared helpers of the tests of this module.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Change, CompanyFacts, ExistingMeasure, MeasureState, Territory, ViolationFact};
use super::reconcile::reconcile;
use crate::policy::model::{MeasureKind, PolicyDocument};
use crate::policy::versions::{Policies, PolicyVersion, built_in};
use crate::role::Role;

pub const COMPANY: Uuid = Uuid::from_u128(0xC0);

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn place(township: u32) -> Territory {
    Territory {
        county: "640104".into(),
        township: Some(format!("640104{township:03}")),
        community: Some(format!("640104{township:03}001")),
    }
}

pub fn version(version: i64, from: &str, change: impl FnOnce(&mut PolicyDocument)) -> PolicyVersion {
    let mut document = built_in().clone();
    change(&mut document);
    PolicyVersion::new(version, day(from), document)
}

pub fn policies() -> Policies {
    Policies::new(vec![version(1, "2020-01-01", |_| {})]).unwrap()
}

/// Code of the act of a clause.
pub fn act(clause: u8) -> String {
    built_in().acts.iter().find(|act| act.clause == Some(clause)).unwrap().code.clone()
}

pub fn complex(n: u32) -> Uuid {
    Uuid::from_u128(0xA000 + u128::from(n))
}

/// A violation confirmed on the day it was found, at a complex in the township with the same number.
pub fn violation(id: u128, act: &str, at: Option<u32>, found: &str) -> ViolationFact {
    let lead_role = built_in().act(act).map_or(Role::SocialAffairsOffice, |act| act.lead_role);
    ViolationFact {
        id: Uuid::from_u128(id),
        company_id: COMPANY,
        act: act.to_owned(),
        policy_version: 1,
        complex_id: at.map(complex),
        place: Arc::new(place(at.unwrap_or(1))),
        found_on: day(found),
        decided_on: day(found),
        revoked_on: None,
        appeal_pending: false,
        rectified_in_time_on: None,
        lead_role,
    }
}

pub fn facts(violations: Vec<ViolationFact>) -> CompanyFacts {
    CompanyFacts { company_id: COMPANY, listed: false, violations }
}

/// The measures of one company, as a database would keep them.
#[derive(Clone, Default)]
pub struct File(pub Vec<ExistingMeasure>);

impl File {
    /// Reconciles, applies the changes, and checks that a second run changes nothing.
    pub fn reconcile(&mut self, facts: &CompanyFacts, policies: &Policies, today: NaiveDate) -> Vec<Change> {
        let changes = reconcile(&self.0, facts, policies, today);
        for change in &changes {
            self.apply(change, policies);
        }
        assert_eq!(reconcile(&self.0, facts, policies, today), [], "on {today}");
        changes
    }

    fn add(&mut self, key: &str, kind: MeasureKind, grounds: &[Uuid], state: MeasureState) {
        self.0.push(ExistingMeasure {
            id: Uuid::from_u128(0xE000 + self.0.len() as u128),
            key: key.to_owned(),
            kind,
            state,
            grounds: grounds.to_vec(),
            other_grounds: false,
            cancelled_by_system: false,
        });
    }

    fn apply(&mut self, change: &Change, policies: &Policies) {
        match change {
            Change::Create(due) => {
                let rule = policies.get(due.policy_version).unwrap().measure(due.kind).unwrap();
                self.add(&due.key, due.kind, &due.grounds, MeasureState::initial(rule));
            }
            Change::AddGrounds { measure, violations } => self.by_id(*measure).grounds.extend(violations),
            Change::DropGrounds { measure, violations } => {
                self.by_id(*measure).grounds.retain(|ground| !violations.contains(ground));
            }
            Change::Cancel(withdrawal) => {
                let measure = self.by_id(withdrawal.measure);
                measure.state = MeasureState::Cancelled;
                measure.cancelled_by_system = true;
            }
            Change::Reverse { key, withdrawal } => {
                let grounds = self.by_id(withdrawal.measure).grounds.clone();
                self.add(key, MeasureKind::Reversal, &grounds, MeasureState::Approved);
            }
        }
    }

    pub fn by_id(&mut self, id: Uuid) -> &mut ExistingMeasure {
        self.0.iter_mut().find(|measure| measure.id == id).unwrap()
    }

    /// The latest measure with a key.
    pub fn last(&mut self, key: &str) -> &mut ExistingMeasure {
        self.0.iter_mut().rfind(|measure| measure.key == key).unwrap_or_else(|| panic!("no {key}"))
    }

    /// Keys of the measures that are open or self-executed.
    pub fn open_keys(&self) -> BTreeSet<String> {
        let open = self.0.iter().filter(|one| {
            one.state.is_open() || (one.kind == MeasureKind::CreditDeduction && one.state == MeasureState::Done)
        });
        open.map(|one| one.key.clone()).collect()
    }
}

/// Keys of created measures, and the changes of others, as text.
pub fn summary(file: &File, changes: &[Change]) -> BTreeSet<String> {
    let key = |id: &Uuid| file.0.iter().find(|one| one.id == *id).unwrap().key.clone();
    let line = |change: &Change| match change {
        Change::Create(due) => format!("create {}", due.key),
        Change::AddGrounds { measure, .. } => format!("add to {}", key(measure)),
        Change::DropGrounds { measure, .. } => format!("drop from {}", key(measure)),
        Change::Cancel(withdrawal) => format!("cancel {}", key(&withdrawal.measure)),
        Change::Reverse { withdrawal, .. } => format!("reverse {}", key(&withdrawal.measure)),
    };
    changes.iter().map(line).collect()
}
