//! The inspections of the demo's offices, their findings and rectification, and the planned inspections.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::Days;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::Register;
use super::scenario::{DemoUser, Scenario, explain};
use crate::access::Role;
use crate::db::{Id, Instant};
use crate::inspections::input::InspectionBatchIn;
use crate::inspections::{actions, batch, hazards, store};
use crate::policy::versions::built_in;
use crate::service::{Body, Tx};

/// An unplanned inspection, with its failed items and observations. Days are working days ago.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionData {
    complex: String,
    role: Role,
    checklist: String,
    ago: usize,
    failed: BTreeMap<String, String>,
    /// The company that rectifies the findings, if any.
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    rectified: Option<usize>,
    #[serde(default)]
    closed: Option<usize>,
    #[serde(skip)]
    hazards: Vec<Id>,
}

/// An inspection that is planned for this number of days later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    complex: String,
    offices: Vec<(Role, String)>,
    ago: usize,
    ahead: u64,
    purpose: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspecting {
    results: Vec<InspectionData>,
    visits: Vec<Planned>,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    See(usize),
    Rectify(usize),
    Close(usize),
    Plan(usize),
}

impl Inspecting {
    pub fn read() -> anyhow::Result<Inspecting> {
        Ok(serde_json::from_str(include_str!("data/inspections.json"))?)
    }

    pub fn steps(&self, scenario: &Scenario) -> Vec<(Instant, Step)> {
        let at = |ago: usize, hour| scenario.at(scenario.working_day(ago), hour);
        let mut steps = Vec::new();
        for (n, seen) in self.results.iter().enumerate() {
            steps.push((at(seen.ago, 11), Step::See(n)));
            steps.extend(seen.rectified.map(|ago| (at(ago, 14), Step::Rectify(n))));
            steps.extend(seen.closed.map(|ago| (at(ago, 16), Step::Close(n))));
        }
        steps.extend(self.visits.iter().enumerate().map(|(n, visit)| (at(visit.ago, 9), Step::Plan(n))));
        steps
    }

    pub async fn play(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        match step {
            Step::See(n) => self.see(scenario, register, n, when).await,
            Step::Rectify(n) => self.rectify(scenario, register, n, when).await,
            Step::Close(n) => self.close(scenario, register, n, when).await,
            Step::Plan(n) => self.plan(scenario, register, n, when).await,
        }
    }

    async fn see(&mut self, scenario: &Scenario, register: &Register, n: usize, when: Instant) -> anyhow::Result<()> {
        let seen = &mut self.results[n];
        let complex = register.complex(&seen.complex)?;
        let office = DemoUser::of_office(seen.role, &complex.community, "").caller(&scenario.state)?;
        let list = built_in().inspections.checklist(&seen.checklist).with_context(|| seen.checklist.clone())?;
        let item = |code: &String| match seen.failed.get(code) {
            Some(note) => json!({ "item": code, "outcome": "fail", "note": note }),
            None => json!({ "item": code, "outcome": "pass" }),
        };
        let items: Vec<Value> = list.items.iter().map(|one| item(&one.code)).collect();
        // The phone that generates the key is invented, too, so that the key is the same on every run.
        let key = uuid::Uuid::from_u128(0x5b1c_7a52_6c0e_4b43_9b6d_0000_0000_0000 + n as u128);
        let inspected_at = scenario.at(scenario.working_day(seen.ago), 10);
        let body = json!({ "results": [{
            "key": key, "complex_id": complex.id, "checklist": seen.checklist, "inspected_at": inspected_at, "items": items,
        }] });
        let take = |tx: &mut Tx, body: &Body<InspectionBatchIn>| {
            let mut taken = Vec::new();
            for chunk in batch::chunks(tx.input(body)?) {
                taken.extend(batch::take_chunk(tx, &chunk)?);
            }
            Ok(batch::answer(taken))
        };
        let taken = scenario.act(&office, when, "submit_inspection_results", body, take).await?;
        let id = taken.results.first().and_then(|one| one.inspection_id);
        let id = id.with_context(|| format!("{}: {taken:?}", seen.complex))?;
        let parts = scenario.state.db.read(move |conn| store::parts_of_one(conn, id)).await;
        let parts = parts.map_err(|fail| anyhow::anyhow!("{}", explain(&fail)))?;
        let items = parts.into_iter().flat_map(|part| part.result.0.items);
        seen.hazards = items.filter_map(|item| item.hazard_id).collect();
        Ok(())
    }

    async fn rectify(&self, scenario: &Scenario, register: &Register, n: usize, when: Instant) -> anyhow::Result<()> {
        let seen = &self.results[n];
        let company = seen.company.as_deref().with_context(|| format!("{}: who rectifies?", seen.complex))?;
        let company = DemoUser::of_company(&register.company(company)?.uscc).caller(&scenario.state)?;
        for id in &seen.hazards {
            let body = json!({ "text": "已按要求整改完毕，并落实专人每日巡查，请予复查" });
            scenario.on(&company, when, "rectify_hazard", *id, body, hazards::rectify_hazard).await?;
        }
        Ok(())
    }

    async fn close(&self, scenario: &Scenario, register: &Register, n: usize, when: Instant) -> anyhow::Result<()> {
        let seen = &self.results[n];
        let complex = register.complex(&seen.complex)?;
        let office = DemoUser::of_office(seen.role, &complex.community, "").caller(&scenario.state)?;
        for id in &seen.hazards {
            let body = json!({ "outcome": "closed", "reasons": "现场复查，已整改到位" });
            scenario.on(&office, when, "recheck_hazard", *id, body, hazards::recheck_hazard).await?;
        }
        Ok(())
    }

    async fn plan(&self, scenario: &Scenario, register: &Register, n: usize, when: Instant) -> anyhow::Result<()> {
        let Planned { complex, offices, ago, ahead, purpose } = &self.visits[n];
        let complex = register.complex(complex)?;
        let office = DemoUser::of_office(Role::SocialAffairsOffice, &complex.community, "").caller(&scenario.state)?;
        let planned_on = scenario.working_day(*ago) + Days::new(*ahead);
        let offices: Vec<Value> =
            offices.iter().map(|(role, checklist)| json!({ "role": role, "checklist": checklist })).collect();
        let body = json!({
            "complex_id": complex.id, "planned_on": planned_on, "offices": offices, "purpose": purpose,
        });
        scenario.act(&office, when, "create_inspection", body, actions::create_inspection).await.map(drop)
    }
}
