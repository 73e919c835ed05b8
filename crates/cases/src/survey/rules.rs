//! Pure rules: the findings of a complex, and the counts of an area.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::model::{
    AreaCompleteness, KindCompleteness, OfferedAct, ProblemCount, ProblemKey, ProblemKind, QuarterTrend, StateCounts,
    SurveyProblem,
};
use crate::db::Id;
use crate::disclosures::model::{DisclosureKind, DisclosureState};
use crate::disclosures::price_rules::{PriceFault, PriceFinding};
use crate::disclosures::state_rules::{Assessment, CurrentService, ServicePeriod};
use crate::fault::Fault;
use crate::figures::percent;
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
    pub problem: ProblemKind,
    pub kind: Option<DisclosureKind>,
    pub assessment: Option<Assessment>,
    pub finding: Option<PriceFinding>,
    pub since: NaiveDate,
}

fn of_state(required_kind: &RequiredDisclosure) -> Option<ProblemKind> {
    match required_kind.assessment.state {
        DisclosureState::Overdue if required_kind.assessment.period.is_some() => Some(ProblemKind::DisclosureOverdue),
        DisclosureState::Overdue => Some(ProblemKind::DisclosureMissing),
        // A rejected disclosure is a finding only after the time for correction.
        DisclosureState::Rejected if required_kind.assessment.late => Some(ProblemKind::DisclosureRejected),
        DisclosureState::Rejected
        | DisclosureState::Missing
        | DisclosureState::Submitted
        | DisclosureState::Verified => None,
    }
}

/// All findings of a complex, with their details.
pub fn problems(required: &RequiredDisclosures) -> Vec<DetectedFinding> {
    let began = required.serving.began;
    let mut all = Vec::new();
    for (kind, required_kind) in DisclosureKind::ALL.iter().zip(&required.kinds) {
        if let Some(problem) = of_state(required_kind) {
            let (assessment, since) = (Some(required_kind.assessment), required_kind.assessment.since.unwrap_or(began));
            all.push(DetectedFinding { problem, kind: Some(*kind), assessment, finding: None, since });
        }
    }
    let fees = &required.kinds[DisclosureKind::FeeStandard as usize];
    for finding in &required.findings {
        let problem = match finding.fault {
            PriceFault::ExceedsContract => ProblemKind::ExceedsContract,
            PriceFault::NotInContract => ProblemKind::NotInContract,
        };
        all.push(DetectedFinding {
            problem,
            kind: Some(DisclosureKind::FeeStandard),
            assessment: Some(fees.assessment),
            finding: Some(finding.clone()),
            since: fees.published_on.unwrap_or(began),
        });
    }
    if required.contract.is_none() {
        let problem = ProblemKind::ContractNotFiled;
        all.push(DetectedFinding { problem, kind: None, assessment: None, finding: None, since: began });
    }
    all
}

/// Counts the findings of a complex by kind, without their details. Returns their total.
fn count(required: &RequiredDisclosures, counts: &mut BTreeMap<ProblemKind, i64>) -> i64 {
    let mut total = 0;
    let mut add = |problem, number: i64| {
        *counts.entry(problem).or_default() += number;
        total += number;
    };
    required.kinds.iter().filter_map(of_state).for_each(|problem| add(problem, 1));
    add(ProblemKind::ExceedsContract, required.exceeds_contract);
    add(ProblemKind::NotInContract, required.not_in_contract);
    add(ProblemKind::ContractNotFiled, i64::from(required.contract.is_none()));
    total
}

pub fn key(complex: Id, company: Id, found: &DetectedFinding) -> ProblemKey {
    let fee = found.finding.as_ref().map(|one| format!("{}|{}|{}", one.name, one.charged_to.code(), one.unit.code()));
    let digest = sha256_hex(&format!("{company}|{}", fee.unwrap_or_default()));
    ProblemKey {
        complex,
        problem: found.problem,
        kind: found.kind,
        digest: digest.get(..12).unwrap_or_default().to_owned(),
    }
}

/// The regulated act that a finding constitutes.
fn act_of(problem: ProblemKind, kind: Option<DisclosureKind>) -> &'static str {
    match (problem, kind) {
        (ProblemKind::ExceedsContract | ProblemKind::NotInContract, _) => "company.fee_increase",
        (ProblemKind::ContractNotFiled, _) => "company.contract_not_filed",
        (_, Some(DisclosureKind::FeeStandard)) => "company.fee_disclosure",
        _ => "company.disclosure_missing",
    }
}

/// The acts under which a finding can be reported. A clause of the nine prohibitions that overlaps its act comes
/// first.
pub fn acts(policy: &PolicyVersion, problem: ProblemKind, kind: Option<DisclosureKind>) -> Vec<OfferedAct> {
    let code = act_of(problem, kind);
    let overlaps = policy.act(code).map(|act| act.overlaps.clone()).unwrap_or_default();
    let codes = overlaps.iter().map(String::as_str).filter(|other| other.starts_with("nine.")).chain([code]);
    let offered = codes.filter_map(|code| policy.act(code)).map(|act| OfferedAct {
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
    pub problems: Vec<ProblemCount>,
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
    let mut problems = BTreeMap::new();
    let mut areas: BTreeMap<String, AreaCompleteness> = BTreeMap::new();
    for one in all {
        let own = required_states(one);
        let found = one.required.as_ref().map_or(0, |required| count(required, &mut problems));
        own.iter().zip(&mut kinds).for_each(|(state, kind)| kind.add(*state));
        let Some(code) = part(one, division) else { continue };
        let area = areas.entry(code.to_owned()).or_insert_with(|| AreaCompleteness {
            division: code.to_owned(),
            name: String::new(),
            complexes: 0,
            unserved: 0,
            states: StateCounts::default(),
            problems: 0,
            verified_percent: None,
        });
        area.complexes += 1;
        area.unserved += i64::from(one.required.is_none());
        area.problems += found;
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
        problems: ProblemKind::ALL
            .iter()
            .map(|problem| ProblemCount {
                problem: *problem,
                count: problems.get(problem).copied().unwrap_or_default(),
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
pub fn require_standing(found: Option<&SurveyProblem>) -> Result<&SurveyProblem, Problem> {
    found.ok_or_else(|| {
        let (zh, en) = ("该排查问题已不存在。", "This finding no longer exists.");
        Problem::new(Code::StateConflict).detail(zh, en)
    })
}

/// The act must be one of those offered, if the input names one.
pub fn require_offered(acts: &[OfferedAct], act: Option<&str>) -> Result<(), Fault> {
    if act.is_some_and(|act| !acts.iter().any(|offered| offered.act == act)) {
        let (zh, en) = ("须为该问题可适用的受监管行为之一", "must be one of the acts that apply to this finding");
        return Err(Fault::new("/act", "unknown_value", zh, en));
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
            |act: &str| OfferedAct { act: act.into(), clause: None, act_zh: String::new(), act_en: String::new() };
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
