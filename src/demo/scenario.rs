//! Plays the demo's history: every step is a real action of a caller with a real token, at its own time.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::access::{Caller, Role, Scope};
use crate::calendar::rules::WorkCalendar;
use crate::db::{Id, Instant, WorkError, WorkResult};
use crate::files;
use crate::http::Entity;
use crate::http::conditions::Conditions;
use crate::http::language::Language;
use crate::service::{Body, Ctx, Request, Service, Tx};
use crate::token_issuing::{self, TokenArgs};

/// Lifetime of the demo's tokens: a long working day, in minutes.
pub const TOKEN_MINUTES: i64 = 12 * 60;

pub struct Scenario {
    pub state: Arc<Service>,
    pub start: DateTime<Utc>,
}

impl Scenario {
    /// The day this number of days before the demo's first day.
    pub fn day(&self, ago: i64) -> NaiveDate {
        self.state.clock.day_of(Instant(self.start)) - TimeDelta::days(ago)
    }

    /// The working day this number of working days before the demo's first day. Counted like this, the history has the
    /// same order whenever the clock starts.
    pub fn working_day(&self, ago: usize) -> NaiveDate {
        let before = self.day(0).iter_days().rev().skip(1).filter(|day| WorkCalendar::built_in().is_working_day(*day));
        before.take(ago.max(1)).last().unwrap_or_default()
    }

    /// The day this number of working days later.
    pub fn later(&self, day: NaiveDate, working_days: u32) -> NaiveDate {
        WorkCalendar::built_in().add_working_days(day, working_days)
    }

    /// An hour of a day in Yongning (UTC+8).
    pub fn at(&self, day: NaiveDate, hour: i64) -> Instant {
        Instant(day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(hour - 8))
    }

    /// The context of an action at a past instant.
    pub fn ctx(&self, caller: &Arc<Caller>, now: Instant, operation: &str) -> anyhow::Result<Ctx> {
        let permission =
            self.state.permissions.of(operation).ok_or_else(|| anyhow::anyhow!("no operation {operation}"))?;
        anyhow::ensure!(permission.allows(caller.role), "{} may not {operation}", caller.role.code());
        Ok(Ctx::new(Request {
            counts_as_delivery: true,
            scope: Scope::of(caller),
            caller: caller.clone(),
            operation: permission.operation,
            request_id: "demo".into(),
            server_request_id: None,
            language: Language::Zh,
            method: "POST".into(),
            path: String::new(),
            idempotency_key: None,
            conditions: Conditions::default(),
            needs_if_match: false,
            require_primary: false,
            span: None,
            query: json!({}),
            now,
            today: self.state.clock.day_of(now),
            state: self.state.clone(),
        }))
    }

    /// Plays one action. Its body is validated like any other.
    pub async fn act<B, T, F>(
        &self,
        caller: &Arc<Caller>,
        now: Instant,
        operation: &str,
        body: Value,
        action: F,
    ) -> anyhow::Result<T>
    where
        B: DeserializeOwned + Send + Sync + 'static,
        T: Send + 'static,
        F: Fn(&mut Tx, &Body<B>) -> WorkResult<Entity<T>> + Send + 'static,
    {
        let ctx = self.ctx(caller, now, operation)?;
        let told = body.to_string();
        let body = Body::from_value(&ctx, body);
        ctx.perform(body, action).await.map_err(|fail| {
            let why = explain(&fail);
            anyhow::anyhow!("{} on {}: {operation} {told}: {why}", caller.sub, ctx.today)
        })
    }
}

impl Scenario {
    /// Uploads one of the demo's files.
    pub async fn attach(
        &self,
        caller: &Arc<Caller>,
        now: Instant,
        name: &str,
        media_type: &'static str,
        bytes: &'static [u8],
    ) -> anyhow::Result<Id> {
        let ctx = self.ctx(caller, now, "create_attachment")?;
        let made = files::upload_own(&ctx, name, media_type, bytes).await;
        Ok(made.map_err(|fail| anyhow::anyhow!("{} {name}: {}", caller.sub, explain(&fail)))?.id)
    }
}

/// An action on an existing resource.
type OnRow<B, T> = fn(&mut Tx, Id, &Body<B>) -> WorkResult<Entity<T>>;

impl Scenario {
    /// Plays an action on an existing resource.
    pub async fn on<B, T>(
        &self,
        caller: &Arc<Caller>,
        now: Instant,
        operation: &str,
        id: Id,
        body: Value,
        action: OnRow<B, T>,
    ) -> anyhow::Result<()>
    where
        B: DeserializeOwned + Send + Sync + 'static,
        T: Send + 'static,
    {
        let made = self.act(caller, now, operation, body, move |tx: &mut Tx, body: &Body<B>| action(tx, id, body));
        made.await.map(drop)
    }

    /// Opens a notice, which records its delivery.
    pub async fn open<T: Send + 'static>(
        &self,
        caller: &Arc<Caller>,
        now: Instant,
        operation: &str,
        id: Id,
        action: fn(&mut Tx, Id) -> WorkResult<Entity<T>>,
    ) -> anyhow::Result<()> {
        let open = move |tx: &mut Tx, _: &Body<Value>| action(tx, id);
        self.act(caller, now, operation, json!({}), open).await.map(drop)
    }
}

pub fn explain(fail: &WorkError) -> String {
    match fail {
        WorkError::Problem(problem) => serde_json::to_string(&problem.body(Language::En, None)).unwrap_or_default(),
        other => format!("{other:?}"),
    }
}

/// An invented person in one office.
#[derive(Clone)]
pub struct DemoUser(pub TokenArgs);

impl DemoUser {
    /// A person in an office with this territory. `note` distinguishes people in the same office.
    pub fn of_office(role: Role, community: &str, note: &str) -> DemoUser {
        let digits = role.row().division_digits;
        let division = community.get(..digits.min(community.len())).unwrap_or_default();
        let place = if division.is_empty() { "demo" } else { division };
        let mut args = blank(role, format!("{}-{place}{note}", role.code()));
        args.division = Some(division.to_owned()).filter(|code| !code.is_empty());
        if role == Role::TownshipLeader {
            args.tasks = vec![2, 3, 4, 5, 6, 7];
        }
        if role == Role::UtilityOperator {
            args.organisation = Some("heat".into());
        }
        DemoUser(args)
    }

    pub fn of_company(uscc: &str) -> DemoUser {
        let mut args = blank(Role::PropertyCompany, format!("company-{uscc}"));
        args.company = Some(uscc.to_owned());
        DemoUser(args)
    }

    /// A resident with an app. A resident has no territory.
    pub fn of_resident(name: &str) -> DemoUser {
        DemoUser(blank(Role::Resident, name.to_owned()))
    }

    pub fn of_committee(complex: Id) -> DemoUser {
        let mut args = blank(Role::ComplexCommittee, "committee-demo".into());
        args.complex = Some(complex.to_string());
        DemoUser(args)
    }

    pub fn token(&self, state: &Service) -> anyhow::Result<String> {
        token_issuing::issue(&state.local_issuer, &self.0, TOKEN_MINUTES)
    }

    /// The caller that the service reads from this person's token.
    pub fn caller(&self, state: &Service) -> anyhow::Result<Arc<Caller>> {
        let token = self.token(state)?;
        state.verifier.verify(&token, Utc::now()).map_err(|refusal| anyhow::anyhow!("{}: {refusal}", self.0.subject))
    }
}

fn blank(role: Role, subject: String) -> TokenArgs {
    TokenArgs {
        role,
        subject,
        division: None,
        company: None,
        complex: None,
        organisation: None,
        tasks: Vec::new(),
        name: None,
        minutes: None,
    }
}
