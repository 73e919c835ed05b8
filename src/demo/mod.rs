//! `xiaoqu demo`: a fresh SQLite file, a past of two years played through the real actions, and a tour of the ladder.

mod cases;
mod complaining;
mod contracts;
mod disclosing;
mod inspecting;
mod offices;
mod ratings;
mod register;
mod sanctions;
mod stage;
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
pub use stage::TOKEN_MINUTES;
use stage::{Person, Stage};

/// The demo's tokens name an issuer that is nowhere: they are the same whatever address it listens on.
const ISSUER: &str = "https://demo.xiaoqu.invalid";
const AUDIENCE: &str = "xiaoqu";
/// The community, and by it the township, that the demo's tokens are for.
const HOME: &str = "640121102001";

/// A demo that is ready to be served.
pub struct Demo {
    pub state: Arc<Service>,
    pub tokens: Vec<Token>,
    pub system: system::System,
    tour: tour::Facts,
}

/// A token of one role.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub role: Role,
    pub division: Option<String>,
    pub company: Option<String>,
    pub subject: String,
    pub token: String,
}

/// A fresh store in an empty folder, with keys of this run.
pub fn open(folder: &Path, start: DateTime<Utc>) -> anyhow::Result<Arc<Service>> {
    let db = DbOptions::new(format!("sqlite:{}", folder.join("demo.sqlite").display()));
    bootstrap::prepare_at(&db, Instant(start))?;
    let state = app::build(Config {
        db,
        clock: Clock::sandbox(chrono_tz::Asia::Shanghai, start),
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
        // Its clock is moved by hand, and what is shown should follow.
        page_life: Duration::ZERO,
    })?;
    bootstrap::load(&state)?;
    Ok(state)
}

/// What happens next on the stage.
enum Scene {
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

/// Plays the past, each step at its time, and sets the clock to the start.
pub async fn fill(state: Arc<Service>, start: DateTime<Utc>) -> anyhow::Result<Demo> {
    let stage = Stage { state, start };
    let mut register = register::Register::open(&stage).await?;
    let mut docket = cases::Docket::read()?;
    let sanctions = sanctions::read()?;
    let mut papers = contracts::Papers::read()?;
    let mut disclosing = disclosing::Disclosing::read()?;
    let mut rounds = ratings::Rounds::default();
    let mut inspecting = inspecting::Inspecting::read()?;
    let mut complaining = complaining::Complaining::read()?;
    let mut scenes: Vec<(Instant, Scene)> = register.services().map(|at| (at, Scene::Service)).collect();
    for (at, case) in docket.cases.iter().enumerate() {
        scenes.extend(case.steps(&stage).into_iter().map(|(when, step)| (when, Scene::Case(at, step))));
    }
    for (at, paper) in papers.all.iter().enumerate() {
        scenes.extend(paper.steps(&stage).into_iter().map(|(when, step)| (when, Scene::Contract(at, step))));
    }
    scenes.extend(sanctions.iter().enumerate().map(|(at, one)| (one.when(&stage), Scene::Sanction(at))));
    for (at, board) in disclosing.boards.iter().enumerate() {
        scenes.extend(board.steps(&stage).into_iter().map(|(when, step)| (when, Scene::Disclose(at, step))));
    }
    scenes.extend(disclosing.typical_cases.iter().enumerate().map(|(at, told)| (told.when(&stage), Scene::Tell(at))));
    scenes.extend(ratings::steps(&stage).into_iter().map(|(when, step)| (when, Scene::Rate(step))));
    scenes.extend(inspecting.steps(&stage).into_iter().map(|(when, step)| (when, Scene::Inspect(step))));
    scenes.extend(complaining.steps(&stage).into_iter().map(|(when, step)| (when, Scene::Complain(step))));
    scenes.sort_by_key(|(when, _)| *when);
    for (when, scene) in scenes {
        anyhow::ensure!(when.0 < start, "the demo's data reaches beyond its start");
        match scene {
            Scene::Service => register.record_service(&stage).await?,
            Scene::Contract(at, step) => papers.play(&stage, &register, at, when, step).await?,
            Scene::Case(at, step) => docket.play(&stage, &register, at, when, step).await?,
            Scene::Disclose(at, step) => disclosing.play(&stage, &register, at, when, step).await?,
            Scene::Rate(step) => rounds.play(&stage, &register, when, step).await?,
            Scene::Tell(at) => disclosing.tell(&stage, &docket, at).await?,
            Scene::Inspect(step) => inspecting.play(&stage, &register, when, step).await?,
            Scene::Complain(step) => complaining.play(&stage, &register, when, step).await?,
            Scene::Sanction(at) => sanctions::play(&stage, &register, &docket, &sanctions[at]).await?,
        }
    }
    let tour = tour::facts(&stage, &register).await?;
    let tokens = tokens(&stage, &register)?;
    let system = system::register(&stage).await?;
    stage.state.clock.set(start);
    Ok(Demo { state: stage.state, tokens, system, tour })
}

fn tokens(stage: &Stage, register: &register::Register) -> anyhow::Result<Vec<Token>> {
    let mut all = Vec::new();
    for row in ROLES {
        let person = match row.role {
            Role::PropertyCompany => Person::of_company(&register.company("mingcui")?.uscc),
            Role::ComplexCommittee => Person::of_committee(register.complex("xinghe")?.id),
            role => Person::of_office(role, HOME, ""),
        };
        let caller: Arc<Caller> = person.caller(&stage.state)?;
        all.push(Token {
            role: caller.role,
            division: caller.division.clone(),
            company: caller.company.clone(),
            subject: caller.sub.clone(),
            token: person.token(&stage.state)?,
        });
    }
    Ok(all)
}

impl Demo {
    /// Six lines for a shell, each with what it does. They keep the id of the reported violation in `folder`.
    pub fn tour(&self, base_url: &str, folder: &Path) -> Vec<(&'static str, String)> {
        let token = |role| self.tokens.iter().find(|one| one.role == role).map_or("", |one| one.token.as_str());
        tour::lines(&self.tour, base_url, folder, token)
    }
}
