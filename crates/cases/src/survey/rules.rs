//! Pure rules: the findings of a complex, and the counts of an area.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::model::{
    ApplicableAct, AreaCompleteness, FindingKey, KindCompleteness, QuarterTrend, StateCounts, SurveyFinding,
    SurveyFindingCount, SurveyFindingKind,
};
use crate::db::Id;
use crate::disclosures::model::{DisclosureKind, DisclosureState};
use crate::disclosures::price_rules::{PriceFinding, PriceFindingKind};
use crate::disclosures::state_rules::{Assessment, CurrentService, ServicePeriod};
use crate::figures::percent;
use crate::input_error::InputError;
use crate::ledger::sha256_hex;
use crate::policy::disclosures::DisclosurePeriod;
use crate::policy::versions::PolicyVersion;
use crate::problem::{Code, Problem};

/// What the survey reads of one complex.
#[derive(Clone, Debug)]
pub struct SurveyedComplex {
    pub complex: Id,
    pub name: String,
    pub township: String,
    pub community: String,
    /// The disclosures due; none if no company serves the complex.
    pub required: Option<RequiredDisclosures>,
}

/// The disclosures that a company must make at a complex, and the prices to compare.
#[derive(Clone, Debug)]
pub struct RequiredDisclosures {
    pub serving: CurrentService,
    /// One for each kind, in the order of `DisclosureKind::ALL`.
    pub kinds: Vec<RequiredDisclosure>,
    /// The filed contract in force.
    pub contract: Option<Id>,
    /// Number of prices that do not match the contract.
    pub exceeds_contract: i64,
    pub not_in_contract: i64,
    /// The price findings themselves, if they were requested.
    pub findings: Vec<PriceFinding>,
}

#[derive(Clone, Copy, Debug)]
pub struct RequiredDisclosure {
    pub assessment: Assessment,
    pub published_on: Option<NaiveDate>,
}

/// A finding before it is worded.
#[derive(Clone, Debug)]
pub struct DetectedFinding {
    pub finding: SurveyFindingKind,
    pub kind: Option<DisclosureKind>,
    pub assessment: Option<Assessment>,
    pub price_finding: Option<PriceFinding>,
    pub since: NaiveDate,
}

fn of_state(required_kind: &RequiredDisclosure) -> Option<SurveyFindingKind> {
    match required_kind.assessment.state {
        DisclosureState::Overdue if required_kind.assessment.period.is_some() => {
            Some(SurveyFindingKind::DisclosureOverdue)
        }
        DisclosureState::Overdue => Some(SurveyFindingKind::DisclosureMissing),
        // There is a time to correct it: until that is over it is no problem to report.
        DisclosureState::Rejected if required_kind.assessment.late => Some(SurveyFindingKind::DisclosureRejected),
        DisclosureState::Rejected
        | DisclosureState::Missing
        | DisclosureState::Submitted
        | DisclosureState::Verified => None,
    }
}

/// All findings of a complex, with their details.
pub fn findings(required: &RequiredDisclosures) -> Vec<DetectedFinding> {
    let began = required.serving.began;
    let mut all = Vec::new();
    for (kind, required_kind) in DisclosureKind::ALL.iter().zip(&required.kinds) {
        if let Some(finding) = of_state(required_kind) {
            let (assessment, since) = (Some(required_kind.assessment), required_kind.assessment.since.unwrap_or(began));
            all.push(DetectedFinding { finding, kind: Some(*kind), assessment, price_finding: None, since });
        }
    }
    let fees = &required.kinds[DisclosureKind::FeeStandard as usize];
    for price in &required.findings {
        let finding = match price.kind {
            PriceFindingKind::ExceedsContract => SurveyFindingKind::ExceedsContract,
            PriceFindingKind::NotInContract => SurveyFindingKind::NotInContract,
        };
        all.push(DetectedFinding {
            finding,
            kind: Some(DisclosureKind::FeeStandard),
            assessment: Some(fees.assessment),
            price_finding: Some(price.clone()),
            since: fees.published_on.unwrap_or(began),
        });
    }
    if required.contract.is_none() {
        let finding = SurveyFindingKind::ContractNotFiled;
        all.push(DetectedFinding { finding, kind: None, assessment: None, price_finding: None, since: began });
    }
    all
}

/// Counts the findings of a complex by kind, without their details. Returns their total.
fn count(required: &RequiredDisclosures, counts: &mut BTreeMap<SurveyFindingKind, i64>) -> i64 {
    let mut total = 0;
    let mut add = |finding, number: i64| {
        *counts.entry(finding).or_default() += number;
        total += number;
    };
    required.kinds.iter().filter_map(of_state).for_each(|finding| add(finding, 1));
    add(SurveyFindingKind::ExceedsContract, required.exceeds_contract);
    add(SurveyFindingKind::NotInContract, required.not_in_contract);
    add(SurveyFindingKind::ContractNotFiled, i64::from(required.contract.is_none()));
    total
}

pub fn key(complex: Id, company: Id, found: &DetectedFinding) -> FindingKey {
    let fee =
        found.price_finding.as_ref().map(|one| format!("{}|{}|{}", one.name, one.charged_to.code(), one.unit.code()));
    let digest = sha256_hex(&format!("{company}|{}", fee.unwrap_or_default()));
    FindingKey {
        complex,
        finding: found.finding,
        kind: found.kind,
        digest: digest.get(..12).unwrap_or_default().to_owned(),
    }
}

/// The regulated act that a finding constitutes.
fn act_of(finding: SurveyFindingKind, kind: Option<DisclosureKind>) -> &'static str {
    match (finding, kind) {
        (SurveyFindingKind::ExceedsContract | SurveyFindingKind::NotInContract, _) => "company.fee_increase",
        (SurveyFindingKind::ContractNotFiled, _) => "company.contract_not_filed",
        (_, Some(DisclosureKind::FeeStandard)) => "company.fee_disclosure",
        _ => "company.disclosure_missing",
    }
}

/// The acts under which a finding can be reported. A clause of the nine prohibitions that overlaps its act comes
/// first.
pub fn acts(policy: &PolicyVersion, finding: SurveyFindingKind, kind: Option<DisclosureKind>) -> Vec<ApplicableAct> {
    let code = act_of(finding, kind);
    let overlaps = policy.act(code).map(|act| act.overlaps.clone()).unwrap_or_default();
    let codes = overlaps.iter().map(String::as_str).filter(|other| other.starts_with("nine.")).chain([code]);
    let offered = codes.filter_map(|code| policy.act(code)).map(|act| ApplicableAct {
        act: act.code.clone(),
        clause: act.clause.map(i64::from),
        act_zh: act.title_zh.clone(),
        act_en: act.title_en.clone(),
    });
    offered.collect()
}

impl StateCounts {
    fn add(&mut self, state: DisclosureState) {
        match state {
            DisclosureState::Missing => self.missing += 1,
            DisclosureState::Submitted => self.submitted += 1,
            DisclosureState::Verified => self.verified += 1,
            DisclosureState::Rejected => self.rejected += 1,
            DisclosureState::Overdue => self.overdue += 1,
        }
    }

    fn all(&self) -> i64 {
        self.missing + self.submitted + self.verified + self.rejected + self.overdue
    }
}

/// The counts of a survey.
#[derive(Clone, Debug)]
pub struct Counts {
    pub complexes: i64,
    pub unserved: i64,
    pub kinds: Vec<KindCompleteness>,
    pub verified_percent: Option<String>,
    pub findings: Vec<SurveyFindingCount>,
    /// By township or community; the names are added later.
    pub areas: Vec<AreaCompleteness>,
}

/// The part of an area that contains a complex: the township in a county, the community in a township, none in a
/// community.
fn part<'a>(one: &'a SurveyedComplex, division: &str) -> Option<&'a str> {
    match division.len() {
        6 => Some(&one.township),
        9 => Some(&one.community),
        _ => None,
    }
}

pub fn counts(all: &[SurveyedComplex], division: &str) -> Counts {
    let mut kinds = [StateCounts::default(); DisclosureKind::ALL.len()];
    let mut findings = BTreeMap::new();
    let mut areas: BTreeMap<String, AreaCompleteness> = BTreeMap::new();
    for one in all {
        let own = required_states(one);
        let found = one.required.as_ref().map_or(0, |required| count(required, &mut findings));
        own.iter().zip(&mut kinds).for_each(|(state, kind)| kind.add(*state));
        let Some(code) = part(one, division) else { continue };
        let area = areas.entry(code.to_owned()).or_insert_with(|| AreaCompleteness {
            division: code.to_owned(),
            name: String::new(),
            complexes: 0,
            unserved: 0,
            states: StateCounts::default(),
            findings: 0,
            verified_percent: None,
        });
        area.complexes += 1;
        area.unserved += i64::from(one.required.is_none());
        area.findings += found;
        own.iter().for_each(|state| area.states.add(*state));
    }
    for area in areas.values_mut() {
        area.verified_percent = percent(area.states.verified, area.states.all());
    }
    let (verified, expected) =
        kinds.iter().fold((0, 0), |(verified, all), states| (verified + states.verified, all + states.all()));
    Counts {
        complexes: all.len() as i64,
        unserved: all.iter().filter(|one| one.required.is_none()).count() as i64,
        kinds: DisclosureKind::ALL
            .iter()
            .zip(kinds)
            .map(|(kind, states)| KindCompleteness { kind: *kind, states })
            .collect(),
        verified_percent: percent(verified, expected),
        findings: SurveyFindingKind::ALL
            .iter()
            .map(|finding| SurveyFindingCount {
                finding: *finding,
                count: findings.get(finding).copied().unwrap_or_default(),
            })
            .collect(),
        areas: areas.into_values().collect(),
    }
}

fn required_states(one: &SurveyedComplex) -> Vec<DisclosureState> {
    let kinds = one.required.iter().flat_map(|required| &required.kinds);
    kinds.map(|required_kind| required_kind.assessment.state).collect()
}

/// A finding that no longer exists cannot be reported.
pub fn require_standing(found: Option<&SurveyFinding>) -> Result<&SurveyFinding, Problem> {
    found.ok_or_else(|| {
        let (zh, en) = ("该排查问题已不存在。", "This finding no longer exists.");
        Problem::new(Code::StateConflict).detail(zh, en)
    })
}

/// The act must be one of those offered, if the input names one.
pub fn require_offered(acts: &[ApplicableAct], act: Option<&str>) -> Result<(), InputError> {
    if act.is_some_and(|act| !acts.iter().any(|offered| offered.act == act)) {
        let (zh, en) = ("须为该问题可适用的受监管行为之一", "must be one of the acts that apply to this finding");
        return Err(InputError::new("/act", "unknown_value", zh, en));
    }
    Ok(())
}

/// Number of quarters in the trend.
pub const QUARTERS: usize = 8;

/// Last days of the last complete quarters, oldest first.
pub fn quarter_ends(today: NaiveDate) -> [NaiveDate; QUARTERS] {
    let mut ends = [today; QUARTERS];
    let mut day = today;
    for end in ends.iter_mut().rev() {
        let first = crate::disclosures::state_rules::period_of(DisclosurePeriod::Quarter, day).from;
        day = first.pred_opt().unwrap_or(first);
        *end = day;
    }
    ends
}

/// The trend of an area, from the number verified at the end of each quarter and the service periods of its
/// complexes.
pub fn trend(
    ends: &[NaiveDate; QUARTERS],
    verified: &[i64; QUARTERS],
    services: &BTreeMap<Id, Vec<ServicePeriod>>,
) -> Vec<QuarterTrend> {
    let on = |day: NaiveDate, one: &ServicePeriod| one.from <= day && one.to.is_none_or(|last| day <= last);
    let point = |(end, verified): (&NaiveDate, &i64)| {
        let served = services.values().filter(|all| all.iter().any(|one| on(*end, one))).count();
        let expected = (served * DisclosureKind::ALL.len()) as i64;
        let verified_percent = percent(*verified, expected);
        QuarterTrend { quarter_end: *end, expected, verified: *verified, verified_percent }
    };
    ends.iter().zip(verified).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_that_is_named_is_one_of_those_offered() {
        let act =
            |act: &str| ApplicableAct { act: act.into(), clause: None, act_zh: String::new(), act_en: String::new() };
        let offered = [act("one"), act("two")];
        for (named, refused) in [(None, false), (Some("two"), false), (Some("three"), true)] {
            assert_eq!(require_offered(&offered, named).is_err(), refused);
        }
    }

    #[test]
    fn what_is_mended_is_not_reported() {
        assert_eq!(require_standing(None).unwrap_err().code, Code::StateConflict);
    }
}
