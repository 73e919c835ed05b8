//! The published policy versions, and which of them governs a day.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;

use super::model::{Act, MeasureKind, MeasureRule, PolicyDocument, ProcessRules};

const BUILT_IN: &str = include_str!("default.json");

/// The built-in policy document.
pub fn built_in() -> &'static PolicyDocument {
    static DOCUMENT: LazyLock<PolicyDocument> = LazyLock::new(|| {
        serde_json::from_str(BUILT_IN).expect("default.json is part of the program, and a test reads it")
    });
    &DOCUMENT
}

/// A published policy version.
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

/// Why a set of versions is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoliciesError {
    #[error("no policy version at all")]
    Empty,
    #[error("policy version {0} twice")]
    Duplicate(i64),
}

/// The published versions that govern one county, in the order in which they take effect; never empty. Any version can
/// be found by its number, because a decision keeps the version under which it was made.
#[derive(Clone, Debug)]
pub struct Policies {
    own: Vec<Arc<PolicyVersion>>,
    all: Arc<HashMap<i64, Arc<PolicyVersion>>>,
}

impl Policies {
    /// If versions take effect on the same day, the one with the higher number governs.
    pub fn new(versions: Vec<PolicyVersion>) -> Result<Policies, PoliciesError> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = versions.iter().find(|one| !seen.insert(one.version)) {
            return Err(PoliciesError::Duplicate(twice.version));
        }
        let own: Vec<Arc<PolicyVersion>> = versions.into_iter().map(Arc::new).collect();
        let all = own.iter().map(|one| (one.version, one.clone())).collect();
        Policies::among(own, Arc::new(all)).ok_or(PoliciesError::Empty)
    }

    fn among(mut own: Vec<Arc<PolicyVersion>>, all: Arc<HashMap<i64, Arc<PolicyVersion>>>) -> Option<Policies> {
        own.sort_by_key(|one| (one.effective_from, one.version));
        (!own.is_empty()).then_some(Policies { own, all })
    }

    /// Adds a version, for previews.
    pub fn with(&self, version: PolicyVersion) -> Policies {
        let (mut own, mut all) = (self.own.clone(), HashMap::clone(&self.all));
        let version = Arc::new(version);
        all.insert(version.version, version.clone());
        own.push(version);
        own.sort_by_key(|one| (one.effective_from, one.version));
        Policies { own, all: Arc::new(all) }
    }

    pub fn newest_number(&self) -> i64 {
        self.all.keys().copied().max().unwrap_or_default()
    }

    pub fn versions(&self) -> impl Iterator<Item = &PolicyVersion> {
        self.own.iter().map(Arc::as_ref)
    }

    pub fn get(&self, version: i64) -> Option<&PolicyVersion> {
        self.all.get(&version).map(Arc::as_ref)
    }

    /// The version in force on a day; `None` before the first one takes effect.
    pub fn in_force(&self, day: NaiveDate) -> Option<&PolicyVersion> {
        self.at(day).map(|at| &*self.own[at])
    }

    /// The version in force on a day. For earlier days the first version, because a company's history may be older than
    /// the first policy.
    pub fn governing(&self, day: NaiveDate) -> &PolicyVersion {
        &self.own[self.at(day).unwrap_or(0)]
    }

    /// The due process rules of the version under which a case started; if the version is unknown, those of the version
    /// that governs the day.
    pub fn process(&self, version: i64, day: NaiveDate) -> &ProcessRules {
        &self.get(version).unwrap_or_else(|| self.governing(day)).document().process
    }

    /// The versions in force on any day from `from` to `to`, in order; at least the one that governs `from`.
    pub fn in_force_between(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &PolicyVersion> {
        let first = self.at(from).unwrap_or(0);
        let last = self.at(to).unwrap_or(0).max(first);
        // A version that was replaced on its first day was never in force.
        (first..=last)
            .filter(move |at| *at == last || self.own[*at].effective_from != self.own[*at + 1].effective_from)
            .map(|at| &*self.own[at])
    }

    fn at(&self, day: NaiveDate) -> Option<usize> {
        self.own.partition_point(|one| one.effective_from <= day).checked_sub(1)
    }
}

/// The published versions of every county. A county's own versions govern it; before the first of them, those of the
/// deployment do.
#[derive(Debug)]
pub struct CountyPolicies {
    deployment: Arc<Policies>,
    counties: HashMap<String, Arc<Policies>>,
}

impl CountyPolicies {
    /// Takes versions with their counties; an empty county is the deployment.
    pub fn new(versions: Vec<(String, PolicyVersion)>) -> Result<CountyPolicies, PoliciesError> {
        let versions: Vec<(String, Arc<PolicyVersion>)> =
            versions.into_iter().map(|(county, version)| (county, Arc::new(version))).collect();
        let mut all = HashMap::new();
        for (_, version) in &versions {
            if all.insert(version.version, version.clone()).is_some() {
                return Err(PoliciesError::Duplicate(version.version));
            }
        }
        let all = Arc::new(all);
        let of = |wanted: &str| {
            let own = || versions.iter().filter(|(county, _)| !county.is_empty() && county == wanted);
            let begins = own().map(|(_, version)| version.effective_from).min();
            let before = versions.iter().filter(|(county, version)| {
                county.is_empty() && begins.is_none_or(|begins| version.effective_from < begins)
            });
            let chosen = before.chain(own()).map(|(_, version)| version.clone());
            Policies::among(chosen.collect(), all.clone()).map(Arc::new)
        };
        let counties: BTreeSet<&str> = versions.iter().map(|(county, _)| county.as_str()).collect();
        let named = counties.into_iter().filter(|county| !county.is_empty());
        let counties = named.filter_map(|county| Some((county.to_owned(), of(county)?))).collect();
        Ok(CountyPolicies { deployment: of("").ok_or(PoliciesError::Empty)?, counties })
    }

    /// The versions that govern a county.
    pub fn of(&self, county: &str) -> Arc<Policies> {
        self.counties.get(county).unwrap_or(&self.deployment).clone()
    }

    /// The version sets of the deployment and of each county with its own versions.
    pub fn each(&self) -> Vec<Arc<Policies>> {
        self.counties.values().chain([&self.deployment]).cloned().collect()
    }

    /// Any version, by its number.
    pub fn get(&self, version: i64) -> Option<&PolicyVersion> {
        self.deployment.get(version)
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
    fn a_county_is_governed_by_its_own_versions_and_before_them_by_the_deployment() {
        let all = CountyPolicies::new(vec![
            (String::new(), version(1, "2000-01-01")),
            ("640121".into(), version(2, "2026-04-01")),
            ("640122".into(), version(3, "2026-03-01")),
        ])
        .unwrap();
        let governing = |county: &str, on: &str| all.of(county).governing(day(on)).version;
        assert_eq!(governing("640121", "2026-03-31"), 1);
        assert_eq!(governing("640121", "2026-04-01"), 2);
        assert_eq!(governing("640122", "2026-04-01"), 3);
        assert_eq!(governing("640104", "2026-04-01"), 1);
        assert!(all.of("640104").get(3).is_some(), "what was decided under a version is read anywhere");
        let twice = vec![(String::new(), version(1, "2000-01-01")), ("640121".into(), version(1, "2026-04-01"))];
        assert_eq!(CountyPolicies::new(twice).unwrap_err(), PoliciesError::Duplicate(1));
        let none = vec![("640121".to_owned(), version(1, "2000-01-01"))];
        assert_eq!(CountyPolicies::new(none).unwrap_err(), PoliciesError::Empty);
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
