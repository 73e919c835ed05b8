//! The survey of an area, its list of findings, and the report of a finding as a violation.

use super::model::*;
use super::rules::{self, DetectedFinding, RequiredDisclosure, SurveyedComplex};
use super::store::{self, Area, Rules};
use super::wording;
use crate::access::Scope;
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::{Conn, Id, WorkError, WorkResult, lock_complex};
use crate::disclosures;
use crate::disclosures::model::DisclosureKind;
use crate::disclosures::state_rules::Assessment;
use crate::divisions;
use crate::files::{self, OwnerKind};
use crate::http::paging::Page;
use crate::http::{Cursor, Entity, PageOf};
use crate::input_error::InputError;
use crate::policy;
use crate::policy::versions::PolicyVersion;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::service::{Body, Ctx, Tx};
use crate::violations;
use crate::violations::model::{ViolationIn, ViolationSource};
use crate::violations::view::Violation;
use crate::words::days::chinese_day;

fn own_division(ctx: &Ctx) -> &str {
    ctx.caller.division.as_deref().unwrap_or_default()
}

pub fn get_survey(conn: &mut Conn, ctx: &Ctx, query: &SurveyQuery) -> WorkResult<DisclosureSurvey> {
    let own = own_division(ctx);
    let mut division = query.division.as_deref().unwrap_or(own);
    for (name, wanted) in [("query/township", &query.township), ("query/community", &query.community)] {
        let Some(wanted) = wanted.as_deref() else { continue };
        if wanted.starts_with(division) {
            division = wanted;
        } else if !division.starts_with(wanted) {
            return Err(Problem::not_found_at(name).into());
        }
    }
    let nothing = || Problem::not_found_at("query/division");
    let name = divisions::find(conn, division)?.filter(|_| division.starts_with(own)).ok_or_else(nothing)?.name;
    let scope = Scope::of_division(division);
    let area = Area { scope: &scope, complex: None, findings: false };
    let county = division.get(..6).unwrap_or_default();
    let policies = policy::current(conn, &ctx.state, county)?;
    let calendar = calendar::work_calendar(conn, county)?;
    let document = policies.governing(ctx.today).document();
    let by = Rules { document, calendar: &calendar, today: ctx.today };
    let services = store::services_of(conn, &area)?;
    let surveyed = store::survey(conn, &area, &by, &services)?;
    let ends = rules::quarter_ends(ctx.today);
    let verified = store::verified_at(conn, &area, &by, &ends)?;
    let rules::Counts { complexes, unserved, kinds, verified_percent, findings, mut areas } =
        rules::counts(&surveyed, division);
    let names = divisions::names_under(conn, division)?;
    for area in &mut areas {
        area.name = names.get(&area.division).cloned().unwrap_or_default();
    }
    Ok(DisclosureSurvey {
        division: division.to_owned(),
        name,
        as_of: ctx.today,
        complexes,
        unserved,
        kinds,
        verified_percent,
        findings,
        trend: rules::trend(&ends, &verified, &services),
        areas,
    })
}

/// A finding, with its complex and company.
struct Standing<'a> {
    key: FindingKey,
    one: &'a SurveyedComplex,
    company: Id,
    found: DetectedFinding,
}

fn standing(all: &[SurveyedComplex]) -> Vec<Standing<'_>> {
    let mut found: Vec<Standing> = all
        .iter()
        .filter_map(|one| one.required.as_ref().map(|required| (one, required)))
        .flat_map(|(one, required)| {
            let company = required.serving.company_id;
            rules::findings(required).into_iter().map(move |found| Standing {
                key: rules::key(one.complex, company, &found),
                one,
                company,
                found,
            })
        })
        .collect();
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

fn surveyed(
    conn: &mut Conn,
    ctx: &Ctx,
    scope: &Scope,
    complex: Option<Id>,
    policy: &PolicyVersion,
) -> WorkResult<Vec<SurveyedComplex>> {
    let area = Area { scope, complex, findings: true };
    let calendar = calendar::work_calendar(conn, ctx.caller.county().unwrap_or_default())?;
    let by = Rules { document: policy.document(), calendar: &calendar, today: ctx.today };
    let services = store::services_of(conn, &area)?;
    store::survey(conn, &area, &by, &services)
}

/// State of each kind of disclosure at each complex that the caller's company serves.
pub fn required_disclosures(conn: &mut Conn, ctx: &Ctx) -> WorkResult<Vec<(Id, Id, DisclosureKind, Assessment)>> {
    let area = Area { scope: &ctx.scope, complex: None, findings: false };
    let services = store::services_of(conn, &area)?;
    let mut all = Vec::new();
    for county in complexes::counties_of(conn, &ctx.scope)? {
        let policies = policy::current(conn, &ctx.state, &county)?;
        let calendar = calendar::work_calendar(conn, &county)?;
        let by = Rules { document: policies.governing(ctx.today).document(), calendar: &calendar, today: ctx.today };
        let surveyed = store::survey(conn, &area, &by, &services)?;
        all.extend(surveyed.into_iter().filter(|one| one.township.starts_with(&county)));
    }
    let all = all.into_iter().filter_map(|one| Some((one.complex, one.required?)));
    let kinds = all.flat_map(|(complex, required)| {
        let of = move |(kind, required_kind): (&DisclosureKind, RequiredDisclosure)| {
            (complex, required.serving.company_id, *kind, required_kind.assessment)
        };
        DisclosureKind::ALL.iter().zip(required.kinds).map(of)
    });
    Ok(kinds.collect())
}

pub fn list_findings(conn: &mut Conn, ctx: &Ctx, query: &ListSurveyFindings) -> WorkResult<PageOf<SurveyFinding>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let after = Cursor::decode::<String>(page.cursor.as_deref())?;
    let after = after.map(|text| text.parse::<FindingKey>().map_err(|()| invalid_cursor())).transpose()?;
    let policies = policy::current(conn, &ctx.state, ctx.caller.county().unwrap_or_default())?;
    let policy = policies.governing(ctx.today);
    let all = match Scope::intersect(
        own_division(ctx),
        [query.division.as_deref(), query.township.as_deref(), query.community.as_deref()],
    ) {
        Some(scope) => surveyed(conn, ctx, &scope, query.complex_id, policy)?,
        None => Vec::new(),
    };
    let mut found = standing(&all);
    found.retain(|one| {
        query.finding.is_none_or(|finding| one.found.finding == finding)
            && query.kind.is_none_or(|kind| one.found.kind == Some(kind))
            && query.company_id.is_none_or(|company| one.company == company)
    });
    let total = page.with_total.unwrap_or(false).then_some(found.len() as i64);
    if let Some(after) = after {
        found.retain(|one| one.key > after);
    }
    found.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let (found, next_cursor) = page.cut(found, |one| one.key.to_string());
    let names = companies::names_of(conn, &found.iter().map(|one| one.company).collect::<Vec<_>>())?;
    let name = |id: &Id| names.get(id).map(|(name, _)| name.clone()).unwrap_or_default();
    let items = found.into_iter().map(|one| view(name(&one.company), one, policy)).collect();
    Ok(PageOf { items, next_cursor, total })
}

fn invalid_cursor() -> Problem {
    let (zh, en) = ("游标无效，请从第一页重新开始", "the cursor is invalid; start again from the first page");
    Problem::input_error("query/cursor", "invalid_cursor", zh, en)
}

fn view(company_name: String, one: Standing, policy: &PolicyVersion) -> SurveyFinding {
    let (facts_zh, facts_en) = wording::facts(&one.found);
    let DetectedFinding { finding, kind, assessment, price_finding, since } = one.found;
    SurveyFinding {
        key: one.key.to_string(),
        finding,
        complex_id: one.one.complex,
        complex_name: one.one.name.clone(),
        township: one.one.township.clone(),
        community: one.one.community.clone(),
        company_id: one.company,
        company_name,
        kind,
        disclosure_id: assessment.and_then(|one| one.version),
        price_finding,
        since,
        facts_zh,
        facts_en,
        acts: rules::acts(policy, finding, kind),
    }
}

/// Reports a finding that still exists as a violation. The facts and the proof of the disclosure become its evidence.
pub fn report_survey_finding(
    tx: &mut Tx,
    complex: Id,
    key: Option<&FindingKey>,
    body: &Body<SurveyFindingReportIn>,
) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let nothing = || Problem::not_found_at("path/key");
    lock_complex(tx.conn, complex)?;
    match complexes::find(tx.conn, &ctx.scope, complex) {
        Ok(_) => {}
        Err(WorkError::Problem(_)) => return Err(nothing().into()),
        Err(other) => return Err(other),
    }
    let key = key.ok_or_else(nothing)?;
    let policies = policy::current(tx.conn, &ctx.state, ctx.caller.county().unwrap_or_default())?;
    let policy = policies.governing(ctx.today);
    let all = surveyed(tx.conn, ctx, &Scope::of_division(own_division(ctx)), Some(complex), policy)?;
    let found = standing(&all).into_iter().find(|one| one.key == *key).map(|one| view(String::new(), one, policy));
    let input = tx.creation(
        body,
        |conn, scope, id| violations::store::find(conn, scope, id).map(drop),
        |conn, input, faults| match &found {
            Some(finding) => check(conn, ctx, finding, input, faults),
            None => Ok(()),
        },
    )?;
    let finding = rules::require_standing(found.as_ref())?;
    let mut violation = violation(ctx, finding, input);
    let id = ctx.new_id();
    if let Some(disclosure) = finding.disclosure_id {
        let proof = disclosures::store::content(tx.conn, disclosure)?.proof.0;
        violation.evidence.extend(files::copy_evidence(tx, &proof, OwnerKind::Violation, id)?);
    }
    violations::report::report(tx, id, violation)
}

fn check(
    conn: &mut Conn,
    ctx: &Ctx,
    finding: &SurveyFinding,
    input: &SurveyFindingReportIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    if let Err(fault) = rules::require_offered(&finding.acts, input.act.as_deref()) {
        faults.push(fault);
        return Ok(());
    }
    violations::report::check(conn, ctx, &violation(ctx, finding, input), faults)
}

/// The violation to report: the facts, the officer's description, and the facts again as evidence.
fn violation(ctx: &Ctx, finding: &SurveyFinding, input: &SurveyFindingReportIn) -> ViolationIn {
    let first = finding.acts.first().map(|offered| offered.act.clone()).unwrap_or_default();
    let (since, today) = (chinese_day(finding.since), chinese_day(ctx.today));
    let text = format!("{}（自{since}起；排查日期：{today}）", finding.facts_zh);
    ViolationIn {
        act: input.act.clone().unwrap_or(first),
        company_id: Some(finding.company_id),
        subject_name: None,
        complex_id: Some(finding.complex_id),
        division: None,
        point: None,
        found_on: ctx.today,
        source: ViolationSource::Survey,
        description: format!("{}。{}", finding.facts_zh, input.description),
        evidence: vec![Evidence {
            title: format!("摸底排查：{}", finding.finding.zh()),
            text: Some(text),
            url: None,
            attachment_id: None,
        }],
        distinct_fact_reason: input.distinct_fact_reason.clone(),
        stopped_and_reported: false,
    }
}
