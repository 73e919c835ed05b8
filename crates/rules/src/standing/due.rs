//! Computes the measures that are due on a day.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use uuid::Uuid;

use super::credit::Points;
use super::ladder::{Counted, Tally};
use super::model::{DueMeasure, OfficeRef, Territory, ViolationFact, Window};
use super::wording::{self, Reason};
use crate::policy::model::{Act, MeasureKind, MeasureRule, MeasureScope, OfficeRule};
use crate::policy::versions::PolicyVersion;
use crate::role::Role;

/// A known violation within the window, with its act and deduction under the policies.
pub struct Live<'a> {
    pub fact: &'a ViolationFact,
    /// Policy and act under which it was found; `None` if no policy lists the act.
    pub act: Option<(&'a PolicyVersion, &'a Act)>,
    /// Its clause, if the ladder counts it.
    pub clause: Option<u8>,
    pub points: Points,
}

/// All due measures: first those of each violation in the order of finding, then those of each level.
pub fn due_measures(live: &[Live], tally: &Tally, window: &Window) -> Vec<DueMeasure> {
    let mut due = Vec::with_capacity(live.len() * 3);
    for one in live {
        of_violation(one, tally, &mut due);
    }
    of_ladder(tally, window, &mut due);
    due
}

fn of_violation(live: &Live, tally: &Tally, due: &mut Vec<DueMeasure>) {
    let Live { fact, act, clause, points } = live;
    let policy = act.map_or(tally.policy, |(policy, _)| policy);
    let act = act.map(|(_, act)| act);
    let begin = wording::violation(fact, act, *clause);
    let mut buffer = Uuid::encode_buffer();
    let id: &str = fact.id.as_hyphenated().encode_lower(&mut buffer);
    let mut add = |kind: MeasureKind, agency: Option<Role>, policy_version: i64, reason: Reason| {
        let Some(rule) = policy.measure(kind) else {
            return;
        };
        let key = match agency {
            Some(role) => [kind.code(), ":", id, ":", role.code()].concat(),
            None => [kind.code(), ":", id].concat(),
        };
        due.push(DueMeasure {
            kind,
            key,
            level: None,
            complex_id: fact.complex_id,
            agency,
            office: office(rule.office, fact, agency),
            place: fact.place.clone(),
            grounds: vec![fact.id],
            ground_count: 1,
            waits_for_appeal: rule.irreversible && fact.appeal_pending,
            legal_basis: rule.legal_basis.clone().or_else(|| act?.legal_basis.clone()),
            policy_version,
            reason_zh: reason.zh,
            reason_en: reason.en,
        });
    };
    let version = policy.version.to_string();
    if points.points > 0 {
        let number = points.points.to_string();
        let reason = begin.with(
            &["，扣", &number, "分"],
            &[": ", &number, " points are deducted"],
            &points.policy_version.to_string(),
        );
        add(MeasureKind::CreditDeduction, None, points.policy_version, reason);
    }
    for role in act.map_or(&[][..], |act| &act.refer_to) {
        let agency = role.row();
        let reason = begin.with(&["，移交", agency.zh, "处理"], &[": referred to the ", agency.en], &version);
        add(MeasureKind::Referral, Some(*role), policy.version, reason);
    }
    let reason = begin.with(&["，责令限期整改"], &[": to be rectified"], &version);
    add(MeasureKind::RectificationOrder, None, policy.version, reason);
}

/// The counted violations at one complex, and the part of a reason that names them.
struct Site<'t, 'a> {
    complex: Uuid,
    counted: Vec<&'t Counted<'a>>,
    named: Reason,
}

/// What the measures of one level are based on.
struct Rung<'t, 'a> {
    counted: Vec<&'t Counted<'a>>,
    sites: Rc<Vec<Site<'t, 'a>>>,
    /// Start of the reason of a measure about the company.
    reason: Reason,
    /// The same without days, for measures about a complex: their reason names the days at that complex.
    at_complex: Reason,
}

fn of_ladder(tally: &Tally, window: &Window, due: &mut Vec<DueMeasure>) {
    let mut rungs: Vec<Rung> = Vec::with_capacity(4);
    for level in 1..=tally.level {
        let counted = tally.at_level(level);
        // Each level counts a subset of the violations of the level below, so an equal number means the same
        // violations.
        let same = rungs.last().filter(|below| below.counted.len() == counted.len());
        let sites = same.map_or_else(|| Rc::new(sites(&counted)), |below| below.sites.clone());
        let with = |days| wording::level(tally, level, &wording::clauses(&counted, days), window);
        let (reason, at_complex) = (with(true), with(false));
        rungs.push(Rung { counted, sites, reason, at_complex });
    }
    let version = tally.policy.version;
    let version_text = version.to_string();
    for rule in &tally.policy.document().measures {
        let Some(level) = rule.level else { continue };
        let Some(rung) = usize::from(level).checked_sub(1).and_then(|at| rungs.get(at)) else {
            continue;
        };
        match rule.kind.scope() {
            MeasureScope::Company => {
                let Some(raised_by) = tally.raised_by(level).map(|one| one.fact) else {
                    continue;
                };
                let place = raised_by.place.as_ref();
                let township = place.township.clone().filter(|_| rule.office != OfficeRule::County);
                let place = Territory { county: place.county.clone(), township, community: None };
                let reason = wording::measure(&rung.reason, None, rule.kind, &version_text);
                let measure = of_level(rule, version, raised_by, &rung.counted, reason);
                due.push(DueMeasure { place: Arc::new(place), ..measure });
            }
            MeasureScope::Complex => due.extend(rung.sites.iter().filter_map(|site| {
                // The measure at the complex follows from the first violation there.
                let raised_by = site.counted.first()?.fact;
                let reason = wording::measure(&rung.at_complex, Some(&site.named), rule.kind, &version_text);
                let measure = of_level(rule, version, raised_by, &site.counted, reason);
                let mut buffer = Uuid::encode_buffer();
                let id: &str = site.complex.as_hyphenated().encode_lower(&mut buffer);
                let key = [rule.kind.code(), ":", id].concat();
                Some(DueMeasure { key, complex_id: Some(site.complex), ..measure })
            })),
            MeasureScope::Violation | MeasureScope::Referral | MeasureScope::Measure => {}
        }
    }
}

fn sites<'t, 'a>(counted: &[&'t Counted<'a>]) -> Vec<Site<'t, 'a>> {
    let mut complexes: BTreeMap<Uuid, Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        if let Some(complex) = one.fact.complex_id {
            complexes.entry(complex).or_default().push(one);
        }
    }
    let site = |(complex, counted): (Uuid, Vec<&'t Counted<'a>>)| {
        let named = wording::clauses(&counted, true);
        Site { complex, counted, named }
    };
    complexes.into_iter().map(site).collect()
}

fn of_level(
    rule: &MeasureRule,
    policy_version: i64,
    raised_by: &ViolationFact,
    counted: &[&Counted],
    reason: Reason,
) -> DueMeasure {
    let mut grounds: Vec<Uuid> = counted.iter().map(|one| one.fact.id).collect();
    grounds.sort_unstable();
    DueMeasure {
        kind: rule.kind,
        key: rule.kind.code().to_owned(),
        level: rule.level,
        complex_id: None,
        agency: None,
        office: office(rule.office, raised_by, None),
        place: raised_by.place.clone(),
        ground_count: grounds.len() as u32,
        grounds,
        waits_for_appeal: rule.irreversible && counted.iter().any(|one| one.fact.appeal_pending),
        legal_basis: rule.legal_basis.clone(),
        policy_version,
        reason_zh: reason.zh,
        reason_en: reason.en,
    }
}

/// The responsible office of a measure. If a violation has no township, its measures belong to the county.
fn office(rule: OfficeRule, fact: &ViolationFact, agency: Option<Role>) -> OfficeRef {
    let place = &fact.place;
    let role = match rule {
        OfficeRule::LeadOffice => fact.lead_role,
        OfficeRule::ReferredAgency => agency.unwrap_or(fact.lead_role),
        OfficeRule::Township if place.township.is_some() => Role::SocialAffairsOffice,
        OfficeRule::Township | OfficeRule::County => Role::CountyAuthority,
    };
    let division = match role.row().division_digits {
        6 => None,
        12 => place.community.as_ref().or(place.township.as_ref()),
        _ => place.township.as_ref(),
    };
    OfficeRef { role, division: division.unwrap_or(&place.county).clone() }
}
