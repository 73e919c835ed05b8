//! `xiaoqu demo`: a new SQLite file, two years of history played through real actions, and a tour of the ladder.

mod cases;
mod complaining;
mod contracts;
mod disclosing;
mod inspecting;
mod offices;
mod ratings;
mod register;
mod sanctions;
mod scenario;
mod system;
mod tour;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::access::role::ROLES;
use crate::access::step_up::StepUp;
use crate::access::{Caller, Role};
use crate::app::{self, Config};
use crate::bootstrap;
use crate::clock::Clock;
use crate::clock_watch::Limits;
use crate::db::{DbOptions, Instant};
use crate::files::FilesOptions;
use crate::http::limits::LimitOptions;
use crate::keys::Keys;
use crate::quotas::Quotas;
use crate::service::Service;
pub use scenario::TOKEN_MINUTES;
use scenario::{DemoUser, Scenario};

/// The issuer of the demo's tokens does not exist, so that the tokens do not depend on the address.
const ISSUER: &str = "https://demo.xiaoqu.invalid";
const AUDIENCE: &str = "xiaoqu";
/// The community, and through it the township, of the demo's tokens.
const HOME: &str = "640121102001";

/// A demo that is ready to serve.
pub struct Demo {
    pub state: Arc<Service>,
    pub tokens: Vec<Token>,
    pub system: system::System,
    tour: tour::Facts,
}

/// A token for one role.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub role: Role,
    pub division: Option<String>,
    pub company: Option<String>,
    pub subject: String,
    pub token: String,
}

/// Creates a database in an empty folder, with keys for this run only.
pub fn open(folder: &Path, clock: Clock, start: DateTime<Utc>) -> anyhow::Result<Arc<Service>> {
    let db = DbOptions::new(format!("sqlite:{}", folder.join("demo.sqlite").display()));
    bootstrap::prepare_at(&db, Instant(start))?;
    let state = app::build(Config {
        db,
        clock,
        clock_limits: Limits::default(),
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        keys: Arc::new(Keys::generate()?),
        token_life: Duration::from_secs(60 * 60),
        trusted_issuers: Vec::new(),
        ledger_origin: "demo.xiaoqu/ledger".to_owned(),
        body_limit: 1024 * 1024,
        request_timeout: Duration::from_secs(30),
        files: FilesOptions::in_folder(folder.join("attachments")),
        disk_warning: 100,
        limits: LimitOptions::default(),
        quotas: Quotas::default(),
        step_up: StepUp::default(),
        secret_life: None,
        metrics_on_api: false,
        traces: None,
        // The clock is moved by hand, and pages must follow it at once.
        page_life: Duration::ZERO,
    })?;
    bootstrap::load(&state)?;
    Ok(state)
}

/// The next step of the scenario.
enum ScenarioStep {
    Service,
    Contract(usize, contracts::Step),
    Case(usize, cases::Step),
    Sanction(usize),
    Disclose(usize, disclosing::Step),
    Tell(usize),
    Rate(ratings::Step),
    Inspect(inspecting::Step),
    Complain(complaining::Step),
}

/// Plays the history, each step at its own time, and then sets the clock to the start.
pub async fn fill(state: Arc<Service>, start: DateTime<Utc>) -> anyhow::Result<Demo> {
    let scenario = Scenario { state, start };
    let mut register = register::Register::open(&scenario).await?;
    let mut cases = cases::Cases::read()?;
    let sanctions = sanctions::read()?;
    let mut contracts = contracts::ContractData::read()?;
    let mut disclosing = disclosing::Disclosing::read()?;
    let mut rounds = ratings::Rounds::default();
    let mut inspecting = inspecting::Inspecting::read()?;
    let mut complaining = complaining::Complaining::read()?;
    let mut timeline: Vec<(Instant, ScenarioStep)> =
        register.services().map(|at| (at, ScenarioStep::Service)).collect();
    for (at, case) in cases.cases.iter().enumerate() {
        timeline.extend(case.steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Case(at, step))));
    }
    for (at, paper) in contracts.all.iter().enumerate() {
        timeline
            .extend(paper.steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Contract(at, step))));
    }
    timeline.extend(sanctions.iter().enumerate().map(|(at, one)| (one.when(&scenario), ScenarioStep::Sanction(at))));
    for (at, board) in disclosing.boards.iter().enumerate() {
        timeline
            .extend(board.steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Disclose(at, step))));
    }
    timeline.extend(
        disclosing.typical_cases.iter().enumerate().map(|(at, told)| (told.when(&scenario), ScenarioStep::Tell(at))),
    );
    timeline.extend(ratings::steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Rate(step))));
    timeline.extend(inspecting.steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Inspect(step))));
    timeline.extend(complaining.steps(&scenario).into_iter().map(|(when, step)| (when, ScenarioStep::Complain(step))));
    timeline.sort_by_key(|(when, _)| *when);
    for (when, step) in timeline {
        anyhow::ensure!(when.0 < start, "the demo's data reaches beyond its start");
        match step {
            ScenarioStep::Service => register.record_service(&scenario).await?,
            ScenarioStep::Contract(at, step) => contracts.play(&scenario, &register, at, when, step).await?,
            ScenarioStep::Case(at, step) => cases.play(&scenario, &register, at, when, step).await?,
            ScenarioStep::Disclose(at, step) => disclosing.play(&scenario, &register, at, when, step).await?,
            ScenarioStep::Rate(step) => rounds.play(&scenario, &register, when, step).await?,
            ScenarioStep::Tell(at) => disclosing.publish_typical_case(&scenario, &cases, at).await?,
            ScenarioStep::Inspect(step) => inspecting.play(&scenario, &register, when, step).await?,
            ScenarioStep::Complain(step) => complaining.play(&scenario, &register, when, step).await?,
            ScenarioStep::Sanction(at) => sanctions::play(&scenario, &register, &cases, &sanctions[at]).await?,
        }
    }
    let tour = tour::facts(&scenario, &register).await?;
    let tokens = tokens(&scenario, &register)?;
    let system = system::register(&scenario).await?;
    scenario.state.clock.set(start);
    Ok(Demo { state: scenario.state, tokens, system, tour })
}

fn tokens(scenario: &Scenario, register: &register::Register) -> anyhow::Result<Vec<Token>> {
    let mut all = Vec::new();
    for row in ROLES {
        let person = match row.role {
            Role::PropertyCompany => DemoUser::of_company(&register.company("mingcui")?.uscc),
            Role::ComplexCommittee => DemoUser::of_committee(register.complex("xinghe")?.id),
            role => DemoUser::of_office(role, HOME, ""),
        };
        let caller: Arc<Caller> = person.caller(&scenario.state)?;
        all.push(Token {
            role: caller.role,
            division: caller.division.clone(),
            company: caller.company.clone(),
            subject: caller.sub.clone(),
            token: person.token(&scenario.state)?,
        });
    }
    Ok(all)
}

impl Demo {
    /// Six shell commands, each with its explanation. They keep the id of the reported violation in `folder`.
    pub fn tour(&self, base_url: &str, folder: &Path) -> Vec<(&'static str, String)> {
        let token = |role| self.tokens.iter().find(|one| one.role == role).map_or("", |one| one.token.as_str());
        tour::lines(&self.tour, base_url, folder, token)
    }
}
