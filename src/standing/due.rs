//! The measures that are due on a day.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::credit::Points;
use super::ladder::{Counted, Tally};
use super::model::{DueMeasure, Office, Place, ViolationFact, Window};
use super::wording::{self, Reason};
use crate::access::role::Role;
use crate::policy::model::{Act, MeasureKind, MeasureRule, MeasureScope, OfficeRule};
use crate::policy::versions::PolicyVersion;

/// A known violation inside the window, with what the policies make of it.
pub struct Live<'a> {
    pub fact: &'a ViolationFact,
    /// Policy and act that it was found under; none when no policy lists the act.
    pub act: Option<(&'a PolicyVersion, &'a Act)>,
    /// Its clause if the ladder counts it.
    pub clause: Option<u8>,
    pub points: Points,
}

pub fn complex_key(kind: MeasureKind, complex: Uuid) -> String {
    format!("{}:{complex}", kind.code())
}

/// Every measure due: those of each violation in order of finding, then those of each level.
pub fn due_measures(live: &[Live], tally: &Tally, window: &Window) -> Vec<DueMeasure> {
    let mut due = Vec::with_capacity(live.len() * 3);
    for one in live {
        of_violation(one, tally, &mut due);
    }
    let mut levels: BTreeMap<u8, (Vec<&Counted>, Reason)> = BTreeMap::new();
    for rule in &tally.policy.document().measures {
        let Some(level) = rule.level.filter(|level| (1..=tally.level).contains(level)) else {
            continue;
        };
        let (counted, reason) = levels.entry(level).or_insert_with(|| {
            let counted = tally.at_level(level);
            let reason = wording::level(tally, level, &counted, window);
            (counted, reason)
        });
        match rule.kind.scope() {
            MeasureScope::Company => due.extend(of_company(rule, level, counted, reason, tally)),
            MeasureScope::Complex => of_complexes(rule, level, counted, reason, tally, &mut due),
            MeasureScope::Violation | MeasureScope::Referral | MeasureScope::Measure => {}
        }
    }
    due
}

fn of_violation(live: &Live, tally: &Tally, due: &mut Vec<DueMeasure>) {
    let Live { fact, act, clause, points } = live;
    let policy = act.map_or(tally.policy, |(policy, _)| policy);
    let act = act.map(|(_, act)| act);
    let begin = wording::violation(fact, act, *clause);
    let mut add = |kind: MeasureKind, agency: Option<Role>, version: i64, reason: Reason| {
        let Some(rule) = policy.measure(kind) else {
            return;
        };
        let key = match agency {
            Some(role) => format!("{}:{}:{}", kind.code(), fact.id, role.code()),
            None => format!("{}:{}", kind.code(), fact.id),
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
            policy_version: version,
            reason_zh: reason.zh,
            reason_en: reason.en,
        });
    };
    let version = policy.version;
    if points.points > 0 {
        let (points, version) = (points.points, points.policy_version);
        let mut reason = begin.clone();
        reason.add(
            format_args!("，扣{points}分（政策第{version}版）。"),
            format_args!(": {points} points are deducted (policy version {version})."),
        );
        add(MeasureKind::CreditDeduction, None, version, reason);
    }
    for role in act.map_or(&[][..], |act| &act.refer_to) {
        let mut reason = begin.clone();
        reason.add(
            format_args!("，移交{}处理（政策第{version}版）。", role.row().zh),
            format_args!(": referred to the {} (policy version {version}).", role.row().en),
        );
        add(MeasureKind::Referral, Some(*role), version, reason);
    }
    let mut reason = begin;
    reason.add(
        format_args!("，责令限期整改（政策第{version}版）。"),
        format_args!(": to be rectified (policy version {version})."),
    );
    add(MeasureKind::RectificationOrder, None, version, reason);
}

fn of_company(
    rule: &MeasureRule,
    level: u8,
    counted: &[&Counted],
    reason: &Reason,
    tally: &Tally,
) -> Option<DueMeasure> {
    let raised_by = tally.raised_by(level)?.fact;
    let version = tally.policy.version;
    let county_wide = rule.office == OfficeRule::County;
    let place = Place {
        county: raised_by.place.county.clone(),
        township: raised_by.place.township.clone().filter(|_| !county_wide),
        community: None,
    };
    let reason = wording::measure(reason, rule.kind, None, version);
    Some(of_level(rule, level, rule.kind.code().to_owned(), raised_by, place, counted, reason, version))
}

fn of_complexes(
    rule: &MeasureRule,
    level: u8,
    counted: &[&Counted],
    reason: &Reason,
    tally: &Tally,
    due: &mut Vec<DueMeasure>,
) {
    let version = tally.policy.version;
    let mut complexes: BTreeMap<Uuid, Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        if let Some(complex) = one.fact.complex_id {
            complexes.entry(complex).or_default().push(one);
        }
    }
    for (complex, here) in complexes {
        // The first violation at the complex raised the measure there.
        let Some(raised_by) = here.first().map(|one| one.fact) else {
            continue;
        };
        let reason = wording::measure(reason, rule.kind, Some(&here), version);
        let key = complex_key(rule.kind, complex);
        let place = raised_by.place.clone();
        let mut measure = of_level(rule, level, key, raised_by, place, &here, reason, version);
        measure.complex_id = Some(complex);
        due.push(measure);
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one measure, put together in one place")]
fn of_level(
    rule: &MeasureRule,
    level: u8,
    key: String,
    raised_by: &ViolationFact,
    place: Place,
    counted: &[&Counted],
    reason: Reason,
    policy_version: i64,
) -> DueMeasure {
    let mut grounds: Vec<Uuid> = counted.iter().map(|one| one.fact.id).collect();
    grounds.sort_unstable();
    DueMeasure {
        kind: rule.kind,
        key,
        level: Some(level),
        complex_id: None,
        agency: None,
        office: office(rule.office, raised_by, None),
        place,
        ground_count: grounds.len() as u32,
        grounds,
        waits_for_appeal: rule.irreversible && counted.iter().any(|one| one.fact.appeal_pending),
        legal_basis: rule.legal_basis.clone(),
        policy_version,
        reason_zh: reason.zh,
        reason_en: reason.en,
    }
}

/// The office of a measure. A violation without a township belongs to the county, and so does what follows from it.
fn office(rule: OfficeRule, fact: &ViolationFact, agency: Option<Role>) -> Office {
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
    Office { role, division: division.unwrap_or(&place.county).clone() }
}
