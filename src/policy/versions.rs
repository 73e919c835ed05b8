//! The published versions of the policy, and which one governs a day.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::model::{Act, MeasureKind, MeasureRule, PolicyDocument};

const BUILT_IN: &str = include_str!("default.json");

/// The document that ships with the product.
pub fn built_in() -> &'static PolicyDocument {
    static DOCUMENT: LazyLock<PolicyDocument> = LazyLock::new(|| {
        serde_json::from_str(BUILT_IN).expect("src/policy/default.json is part of the program, and a test reads it")
    });
    &DOCUMENT
}

/// One published version.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    pub version: i64,
    pub effective_from: NaiveDate,
    document: PolicyDocument,
    acts: HashMap<String, usize>,
}

impl PolicyVersion {
    pub fn new(version: i64, effective_from: NaiveDate, document: PolicyDocument) -> PolicyVersion {
        let acts = document.acts.iter().enumerate().map(|(at, act)| (act.code.clone(), at)).collect();
        PolicyVersion { version, effective_from, document, acts }
    }

    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    pub fn act(&self, code: &str) -> Option<&Act> {
        self.acts.get(code).map(|at| &self.document.acts[*at])
    }

    pub fn measure(&self, kind: MeasureKind) -> Option<&MeasureRule> {
        self.document.measure(kind)
    }
}

/// Why a set of versions cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoliciesError {
    #[error("no policy version at all")]
    Empty,
    #[error("policy version {0} twice")]
    Duplicate(i64),
}

/// All published versions in the order in which they take effect; never empty.
#[derive(Clone, Debug)]
pub struct Policies(Vec<PolicyVersion>);

impl Policies {
    /// Of versions that take effect on the same day, the later one governs.
    pub fn new(mut versions: Vec<PolicyVersion>) -> Result<Policies, PoliciesError> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = versions.iter().find(|one| !seen.insert(one.version)) {
            return Err(PoliciesError::Duplicate(twice.version));
        }
        if versions.is_empty() {
            return Err(PoliciesError::Empty);
        }
        versions.sort_by_key(|one| (one.effective_from, one.version));
        Ok(Policies(versions))
    }

    pub fn versions(&self) -> &[PolicyVersion] {
        &self.0
    }

    pub fn get(&self, version: i64) -> Option<&PolicyVersion> {
        self.0.iter().find(|one| one.version == version)
    }

    /// The version in force on a day; none before the first takes effect.
    pub fn in_force(&self, day: NaiveDate) -> Option<&PolicyVersion> {
        self.at(day).map(|at| &self.0[at])
    }

    /// The version in force on a day, or the first one for a day before it: a company's history may be older than the
    /// first policy, and has no other measure.
    pub fn governing(&self, day: NaiveDate) -> &PolicyVersion {
        &self.0[self.at(day).unwrap_or(0)]
    }

    /// The versions in force on any day from `from` to `to`, in order; at least the one that governs `from`.
    pub fn in_force_between(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &PolicyVersion> {
        let first = self.at(from).unwrap_or(0);
        let last = self.at(to).unwrap_or(0).max(first);
        // A version replaced on its own first day was never in force.
        (first..=last)
            .filter(move |at| *at == last || self.0[*at].effective_from != self.0[*at + 1].effective_from)
            .map(|at| &self.0[at])
    }

    fn at(&self, day: NaiveDate) -> Option<usize> {
        self.0.partition_point(|one| one.effective_from <= day).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn version(version: i64, from: &str) -> PolicyVersion {
        PolicyVersion::new(version, day(from), built_in().clone())
    }

    #[test]
    fn the_version_in_force_is_the_last_that_has_taken_effect() {
        let policies =
            Policies::new(vec![version(3, "2026-06-01"), version(1, "2026-01-01"), version(2, "2026-06-01")]).unwrap();
        let number = |d: &str| policies.in_force(day(d)).map(|one| one.version);
        assert_eq!(number("2025-12-31"), None);
        assert_eq!(number("2026-01-01"), Some(1));
        assert_eq!(number("2026-05-31"), Some(1));
        assert_eq!(number("2026-06-01"), Some(3));
        assert_eq!(policies.governing(day("2020-01-01")).version, 1);
        assert_eq!(policies.get(2).unwrap().effective_from, day("2026-06-01"));
        assert!(policies.get(4).is_none());
        let between = |from: &str, to: &str| {
            policies.in_force_between(day(from), day(to)).map(|one| one.version).collect::<Vec<_>>()
        };
        assert_eq!(between("2020-01-01", "2026-05-31"), [1]);
        assert_eq!(between("2026-01-01", "2026-06-01"), [1, 3]);
        assert_eq!(between("2026-07-01", "2026-02-01"), [3]);
    }

    #[test]
    fn an_empty_or_ambiguous_set_is_refused() {
        assert_eq!(Policies::new(vec![]).unwrap_err(), PoliciesError::Empty);
        let twice = vec![version(1, "2026-01-01"), version(1, "2026-02-01")];
        assert_eq!(Policies::new(twice).unwrap_err(), PoliciesError::Duplicate(1));
    }

    #[test]
    fn an_act_is_found_by_its_code() {
        let policy = version(1, "2026-01-01");
        assert_eq!(policy.act("nine.coercive_collection").unwrap().clause, Some(9));
        assert!(policy.act("nine.unknown").is_none());
        assert_eq!(policy.document().act("safety.no_drill"), policy.act("safety.no_drill"));
    }
}
