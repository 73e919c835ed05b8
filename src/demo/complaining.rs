//! The complaints of the demo's residents, and how they are handled.

use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::Register;
use super::scenario::{DemoUser, Scenario, explain};
use crate::access::{Caller, Role};
use crate::complaints::model::ComplaintRow;
use crate::complaints::{self, deadline_check, handling, intake, outcome};
use crate::db::{Id, Instant};

/// A complaint. Days are working days ago.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintData {
    complex: String,
    category: String,
    kind: String,
    ago: usize,
    hour: i64,
    description: String,
    /// An invented resident with an account. Without one, an office submitted the complaint of a caller.
    #[serde(default)]
    resident: Option<String>,
    #[serde(default)]
    more: serde_json::Map<String, Value>,
    #[serde(default)]
    then: Vec<Then>,
    #[serde(skip)]
    id: Option<Id>,
}

/// A step: (working days ago, hour, step, body).
type Then = (usize, i64, String, Value);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaining {
    tickets: Vec<ComplaintData>,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Submit(usize),
    Take(usize, usize),
    /// A deadline check.
    Look,
}

/// Number of working days on which deadlines are checked.
const LOOKED: usize = 45;

impl Complaining {
    pub fn read() -> anyhow::Result<Complaining> {
        Ok(serde_json::from_str(include_str!("data/complaints.json"))?)
    }

    pub fn steps(&self, scenario: &Scenario) -> Vec<(Instant, Step)> {
        let at = |ago: usize, hour| scenario.at(scenario.working_day(ago), hour);
        let mut steps: Vec<(Instant, Step)> = (1..=LOOKED).map(|ago| (at(ago, 19), Step::Look)).collect();
        for (n, told) in self.tickets.iter().enumerate() {
            steps.push((at(told.ago, told.hour), Step::Submit(n)));
            steps.extend(told.then.iter().enumerate().map(|(m, then)| (at(then.0, then.1), Step::Take(n, m))));
        }
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
            Step::Submit(n) => self.submit(scenario, register, n, when).await,
            Step::Take(n, m) => self.take(scenario, register, n, m, when).await,
            Step::Look => {
                scenario.state.clock.set(when.0);
                let looked = deadline_check::check_due(&scenario.state).await;
                looked.map(drop).map_err(|problem| anyhow::anyhow!("the clock of complaints: {problem}"))
            }
        }
    }

    async fn submit(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        n: usize,
        when: Instant,
    ) -> anyhow::Result<()> {
        let told = &mut self.tickets[n];
        let complex = register.complex(&told.complex)?;
        let (who, channel) = match &told.resident {
            Some(name) => (DemoUser::of_resident(name), "app"),
            None => (DemoUser::of_office(Role::LivelihoodServiceCenter, &complex.community, ""), "phone"),
        };
        let mut body = json!({
            "kind": told.kind, "channel": channel, "category": told.category, "complex_id": complex.id,
            "description": told.description,
        });
        body.as_object_mut().context("an object")?.extend(told.more.clone());
        let caller = who.caller(&scenario.state)?;
        let made = scenario.act(&caller, when, "create_complaint", body, intake::create_complaint).await?;
        told.id = Some(made.id);
        Ok(())
    }

    async fn take(
        &self,
        scenario: &Scenario,
        register: &Register,
        n: usize,
        m: usize,
        when: Instant,
    ) -> anyhow::Result<()> {
        let told = &self.tickets[n];
        let (_, _, what, body) = &told.then[m];
        let id = told.id.context("a complaint")?;
        let row = scenario.state.db.read(move |conn| complaints::find_any(conn, id)).await;
        let row = row.map_err(|fail| anyhow::anyhow!("{}", explain(&fail)))?;
        let community = register.complex(&told.complex)?.community.clone();
        let handler = office(scenario, register, &row, Some(row.handler_role), &community);
        let supervising_office = office(scenario, register, &row, row.supervising_role.0, &community);
        let resident = || match &told.resident {
            Some(name) => DemoUser::of_resident(name).caller(&scenario.state),
            None => DemoUser::of_office(Role::GovernanceCenter, &community, "").caller(&scenario.state),
        };
        let body = body.clone();
        match what.as_str() {
            "accept" => scenario.on(&handler?, when, "accept_complaint", id, body, handling::accept_complaint).await,
            "reply" => scenario.on(&handler?, when, "reply_to_complaint", id, body, handling::reply_to_complaint).await,
            "ask" => {
                let (ask, operation) = (handling::request_complaint_information, "request_complaint_information");
                scenario.on(&handler?, when, operation, id, body, ask).await
            }
            "answer" => {
                let (answer, operation) = (handling::give_complaint_information, "give_complaint_information");
                scenario.on(&resident()?, when, operation, id, body, answer).await
            }
            "more_time" => {
                let (ask, operation) = (handling::request_complaint_extension, "request_complaint_extension");
                scenario.on(&handler?, when, operation, id, body, ask).await
            }
            "grant" => {
                let (grant, operation) = (handling::decide_complaint_extension, "decide_complaint_extension");
                scenario.on(&supervising_office?, when, operation, id, body, grant).await
            }
            "return" => scenario.on(&handler?, when, "return_complaint", id, body, handling::return_complaint).await,
            "transfer" => {
                scenario
                    .on(&supervising_office?, when, "transfer_complaint", id, body, handling::transfer_complaint)
                    .await
            }
            "rate" => scenario.on(&resident()?, when, "rate_complaint", id, body, outcome::rate_complaint).await,
            "reopen" => scenario.on(&resident()?, when, "reopen_complaint", id, body, outcome::reopen_complaint).await,
            other => anyhow::bail!("no step {other}"),
        }
    }
}

/// A person in a role for a complaint.
fn office(
    scenario: &Scenario,
    register: &Register,
    row: &ComplaintRow,
    role: Option<Role>,
    community: &str,
) -> anyhow::Result<Arc<Caller>> {
    let role = role.context("a role")?;
    let person = match (role, row.company_id) {
        (Role::PropertyCompany, Some(company)) => DemoUser::of_company(&register.company_of(company)?.uscc),
        _ => DemoUser::of_office(role, community, ""),
    };
    person.caller(&scenario.state)
}
