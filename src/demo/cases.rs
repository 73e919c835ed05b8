//! The cases of the demo: each violation from its report to its current state, on working days of the calendar.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::Register;
use super::scenario::{DemoUser, Scenario};
use crate::access::{Caller, Role};
use crate::db::{Id, Instant};
use crate::policy::model::Act;
use crate::policy::versions::built_in;
use crate::violations::{actions, decisions, report, review};

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ends {
    Reported,
    /// The company has not opened the notice yet.
    Unopened,
    /// The statement period is running.
    Notified,
    /// The company made a statement that is not answered yet.
    Statement,
    Dismissed,
    Confirmed,
    Appealed,
    Upheld,
    /// Revoked by the decision on an appeal.
    RevokedOnAppeal,
    /// Revoked by the county's own review.
    Revoked,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub key: String,
    act: String,
    /// `None` for acts of residents and others.
    pub company: Option<String>,
    pub complex: String,
    /// Working days ago.
    found: usize,
    /// Role of the reporter, or `company:KEY` for a self-report.
    by: String,
    source: String,
    description: String,
    evidence: Vec<String>,
    statement: Option<String>,
    /// What the company says in its appeal.
    appeal: Option<String>,
    subject_name: Option<String>,
    ends: Ends,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Report,
    Notify,
    Deliver,
    State,
    Answer,
    Confirm,
    DeliverDecision,
    Dismiss,
    Appeal,
    Uphold,
    RevokeOnAppeal,
    Revoke,
}

impl Case {
    /// The steps of the case with their times. A statement may be made within three working days of the delivery.
    pub fn steps(&self, scenario: &Scenario) -> Vec<(Instant, Step)> {
        let found = scenario.working_day(self.found);
        let notified = scenario.later(found, 1);
        let decided = scenario.later(notified, 4);
        let appealed = scenario.later(decided, 6);
        let reviewed = scenario.later(appealed, 8);
        let mut steps = vec![(scenario.at(found, 11), Step::Report)];
        if self.ends == Ends::Reported {
            return steps;
        }
        steps.push((scenario.at(notified, 9), Step::Notify));
        if self.ends == Ends::Unopened {
            return steps;
        }
        steps.push((scenario.at(notified, 15), Step::Deliver));
        if self.statement.is_some() {
            steps.push((scenario.at(scenario.later(notified, 2), 16), Step::State));
        }
        if matches!(self.ends, Ends::Notified | Ends::Statement) {
            return steps;
        }
        if self.statement.is_some() {
            steps.push((scenario.at(scenario.later(notified, 3), 14), Step::Answer));
        }
        let decision = if self.ends == Ends::Dismissed { Step::Dismiss } else { Step::Confirm };
        steps.push((scenario.at(decided, 10), decision));
        if self.ends != Ends::Dismissed && self.company.is_some() {
            steps.push((scenario.at(decided, 16), Step::DeliverDecision));
        }
        if matches!(self.ends, Ends::Appealed | Ends::Upheld | Ends::RevokedOnAppeal) {
            steps.push((scenario.at(appealed, 10), Step::Appeal));
        }
        match self.ends {
            Ends::Upheld => steps.push((scenario.at(reviewed, 10), Step::Uphold)),
            Ends::RevokedOnAppeal => steps.push((scenario.at(reviewed, 10), Step::RevokeOnAppeal)),
            Ends::Revoked => steps.push((scenario.at(reviewed, 10), Step::Revoke)),
            _ => {}
        }
        steps
    }

    fn act(&self) -> anyhow::Result<&'static Act> {
        built_in().act(&self.act).with_context(|| format!("no act {}", self.act))
    }
}

/// The violations, by the keys of the data.
pub struct Cases {
    pub cases: Vec<Case>,
    pub ids: HashMap<String, Id>,
}

impl Cases {
    pub fn read() -> anyhow::Result<Cases> {
        Ok(Cases { cases: serde_json::from_str(include_str!("data/cases.json"))?, ids: HashMap::new() })
    }

    pub async fn play(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        at: usize,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        let case = &self.cases[at];
        if let Step::Report = step {
            let id = report(scenario, register, case, when).await.with_context(|| case.key.clone())?;
            self.ids.insert(case.key.clone(), id);
            return Ok(());
        }
        let id = self.ids[&case.key];
        advance(scenario, register, case, id, when, step).await.with_context(|| case.key.clone())
    }
}

async fn report(scenario: &Scenario, register: &Register, case: &Case, when: Instant) -> anyhow::Result<Id> {
    let complex = register.complex(&case.complex)?;
    let company = case.company.as_deref().map(|key| register.company(key)).transpose()?;
    let evidence: Vec<Value> = case
        .evidence
        .iter()
        .enumerate()
        .map(|(at, title)| match at {
            0 => json!({ "title": title, "text": format!("{title}：{}", case.description) }),
            _ => json!({ "title": title, "url": format!("https://example.invalid/evidence/{}-{at}.jpg", case.key) }),
        })
        .collect();
    let body = json!({
        "act": case.act, "company_id": company.map(|one| one.id), "complex_id": complex.id,
        "found_on": day(scenario, when), "source": case.source, "description": case.description,
        "evidence": evidence, "subject_name": case.subject_name, "stopped_and_reported": case.by.starts_with("company:"),
    });
    let reporter = match case.by.strip_prefix("company:") {
        Some(key) => DemoUser::of_company(&register.company(key)?.uscc),
        None => {
            let role = Role::from_code(&case.by).with_context(|| format!("no role {}", case.by))?;
            DemoUser::of_office(role, &complex.community, "-patrol")
        }
    };
    let reporter = reporter.caller(&scenario.state)?;
    Ok(scenario.act(&reporter, when, "report_violation", body, report::report_violation).await?.id)
}

async fn advance(
    scenario: &Scenario,
    register: &Register,
    case: &Case,
    id: Id,
    when: Instant,
    step: Step,
) -> anyhow::Result<()> {
    let community = &register.complex(&case.complex)?.community;
    let act = case.act()?;
    let of = |role| DemoUser::of_office(role, community, "").caller(&scenario.state);
    let company = || -> anyhow::Result<Arc<Caller>> {
        let key = case.company.as_deref().context("a case without a company")?;
        DemoUser::of_company(&register.company(key)?.uscc).caller(&scenario.state)
    };
    let clause = act.clause.map_or(String::new(), |clause| format!("“九不准”第 {clause} 条："));
    let reasons = |text: &str| json!({ "reasons": text });
    match step {
        Step::Report => {}
        Step::Notify => {
            let body = json!({
                "facts": case.description, "grounds": format!("{clause}{}", act.title_zh),
                "intended_consequence": format!("拟认定违规，信用扣 {} 分并责令整改", act.deduction),
            });
            scenario.on(&of(act.lead_role)?, when, "notify_violation", id, body, actions::notify_violation).await?;
        }
        Step::DeliverDecision => {
            scenario.open(&company()?, when, "get_violation", id, actions::open_notice).await?;
        }
        Step::Deliver if case.company.is_some() => {
            scenario.open(&company()?, when, "get_violation", id, actions::open_notice).await?;
        }
        Step::Deliver => {
            let body = json!({ "delivered_on": day(scenario, when), "note": "直接送达，当事人签收" });
            scenario
                .on(
                    &of(act.lead_role)?,
                    when,
                    "record_violation_delivery",
                    id,
                    body,
                    actions::record_violation_delivery,
                )
                .await?;
        }
        Step::State => {
            let body = json!({ "text": case.statement });
            scenario
                .on(&company()?, when, "submit_violation_statement", id, body, actions::submit_violation_statement)
                .await?;
        }
        Step::Answer => {
            let body = reasons("已核实陈述申辩意见，并在作出决定时予以考虑");
            scenario
                .on(
                    &of(act.lead_role)?,
                    when,
                    "answer_violation_statement",
                    id,
                    body,
                    actions::answer_violation_statement,
                )
                .await?;
        }
        Step::Confirm => {
            let body = reasons("事实清楚，证据确凿，程序合法");
            scenario.on(&of(act.lead_role)?, when, "confirm_violation", id, body, decisions::confirm_violation).await?;
        }
        Step::Dismiss => {
            let body = reasons("经核实，陈述申辩理由成立，不构成违规");
            scenario.on(&of(act.lead_role)?, when, "dismiss_violation", id, body, decisions::dismiss_violation).await?;
        }
        Step::Appeal => {
            let body = json!({ "text": case.appeal });
            scenario.on(&company()?, when, "appeal_violation", id, body, review::appeal_violation).await?;
        }
        Step::Uphold | Step::RevokeOnAppeal => {
            let body = match step {
                Step::Uphold => json!({ "outcome": "upheld", "reasons": "原认定事实清楚、依据充分，予以维持" }),
                _ => json!({ "outcome": "revoked", "reasons": "收费项目已按规定公示，原认定证据不足，予以撤销" }),
            };
            scenario
                .on(
                    &of(Role::CountyAuthority)?,
                    when,
                    "decide_violation_appeal",
                    id,
                    body,
                    review::decide_violation_appeal,
                )
                .await?;
        }
        Step::Revoke => {
            let body = reasons("复查发现当日为统一更换工装期间，原认定不当，依职权撤销");
            scenario
                .on(&of(Role::CountyAuthority)?, when, "revoke_violation", id, body, review::revoke_violation)
                .await?;
        }
    }
    Ok(())
}

fn day(scenario: &Scenario, when: Instant) -> NaiveDate {
    scenario.state.clock.day_of(when)
}
