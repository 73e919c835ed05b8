//! The context of one request, for actions ([`Ctx`]).

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Service;
use super::body::Body;
use super::texts;
use super::transaction::Tx;
use crate::access::{Caller, Scope};
use crate::db::job::{Found, job};
use crate::db::types::Instant;
use crate::db::{Conn, Id, StoredResponse, WorkError, WorkResult, WriteLock};
use crate::http::answer::{self, Entity, Response};
use crate::http::conditions::{Conditions, Verdict};
use crate::http::idempotency::{self, IdempotencyKey};
use crate::http::paging::PageOf;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::security;
use crate::templates::texts::Texts;
use crate::traces::RequestSpan;

/// Result of an action, to be returned and stored under its key.
struct Made {
    stored: StoredResponse,
    /// Id of the row that it created or changed.
    id: Option<Id>,
    shown_once: bool,
}

impl Made {
    fn of<T: Serialize>(entity: Entity<T>) -> WorkResult<Made> {
        Ok(Made { stored: stored(&entity)?, id: entity.id, shown_once: entity.shown_once })
    }
}

fn stored<T: Serialize>(entity: &Entity<T>) -> WorkResult<StoredResponse> {
    Ok(entity.stored().map_err(answer::unserialisable)?)
}

// The closures that operations pass to `get`, `list` and `act` are boxed as one of these types, so that the code around
// them is compiled once instead of once per operation.

/// A read that results in a response.
type Find<T> = Box<dyn FnMut(&mut Conn, &Ctx) -> WorkResult<T> + Send>;
/// An action in a transaction.
type Action<T> = Arc<dyn Fn(&mut Tx) -> WorkResult<T> + Send + Sync>;
/// A whole transaction, with the texts rendered for it.
type Step = Box<dyn FnMut(&mut Conn, &Texts) -> WorkResult<()> + Send>;

const READ: &str = "db.read";
const WRITE: &str = "db.write";

/// Facts about a request after it has passed the gate.
#[derive(Clone)]
pub struct Request {
    pub state: Arc<Service>,
    pub caller: Arc<Caller>,
    pub scope: Scope,
    pub operation: &'static str,
    pub request_id: String,
    /// Our own request id, if `request_id` is the caller's.
    pub server_request_id: Option<String>,
    /// Reading delivers an unopened notice: a person reads it and sees the response.
    pub counts_as_delivery: bool,
    pub language: Language,
    pub method: String,
    pub path: String,
    pub idempotency_key: Option<String>,
    pub conditions: Conditions,
    /// The method requires a version to change.
    pub needs_if_match: bool,
    /// `Cache-Control: no-cache` (RFC 9111, 5.2.1.4): read lists from the primary.
    pub require_primary: bool,
    /// The span of this request, if it is traced.
    pub span: Option<RequestSpan>,
    pub query: serde_json::Value,
    /// Business time. It does not change during one request.
    pub now: Instant,
    pub today: NaiveDate,
}

/// A request that passed the gate, and the lifetime of its key if we made the key. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Request>, Option<TimeDelta>);

impl std::ops::Deref for Ctx {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.0
    }
}

impl FromRequest for Ctx {
    type Error = Problem;
    type Future = Ready<Result<Ctx, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ctx = request.extensions().get::<Ctx>().cloned();
        ready(ctx.ok_or_else(|| Problem::broken("an admitted request has no context")))
    }
}

impl Ctx {
    pub fn new(request: Request) -> Ctx {
        Ctx(Arc::new(request), None)
    }

    /// A context for work of the program itself. `run` names the kind of run in its request id. That id is none of the
    /// sandbox's, because the number of runs depends on the speed of the machine, and every run of a demo is the same.
    pub fn of_program(state: Arc<Service>, operation: &'static str, run: &str, now: Instant) -> Ctx {
        let request_id = format!("{run}-{}", Id::new());
        Ctx::on_behalf(state, Caller::program(now), operation, request_id, now)
    }

    /// A context for later work on behalf of the person who decided it, with that decision's request id and time.
    pub fn on_behalf(
        state: Arc<Service>,
        caller: Caller,
        operation: &'static str,
        request_id: String,
        now: Instant,
    ) -> Ctx {
        Ctx::new(Request {
            scope: Scope::System("the consequences of a decision do not depend on the caller"),
            caller: Arc::new(caller),
            operation,
            request_id,
            server_request_id: None,
            counts_as_delivery: false,
            language: Language::Zh,
            method: String::new(),
            path: String::new(),
            idempotency_key: None,
            conditions: Conditions::default(),
            needs_if_match: false,
            require_primary: false,
            span: None,
            query: serde_json::Value::Null,
            now,
            today: state.clock.day_of(now),
            state,
        })
    }

    /// The same request with a key of ours, if the sender gave none. A repeat within `life` counts as the same request.
    pub fn with_key(&self, key: String, life: TimeDelta) -> Ctx {
        let request = Request { idempotency_key: Some(key), ..(*self.0).clone() };
        Ctx(Arc::new(request), Some(life))
    }

    pub fn new_id(&self) -> Id {
        self.state.clock.new_id(self.now)
    }

    /// Runs database work, in a span if this request is traced.
    async fn in_span<T>(&self, name: &'static str, work: impl Future<Output = WorkResult<T>>) -> WorkResult<T> {
        match &self.span {
            Some(span) => span.store(name, work).await,
            None => work.await,
        }
    }

    /// The query parameters, already validated against the document.
    pub fn query<Q: DeserializeOwned>(&self) -> Result<Q, Problem> {
        serde_path_to_error::deserialize(&self.query).map_err(|error| {
            Problem::input_error(
                &format!("query/{}", error.path()),
                "invalid_format",
                "参数格式错误",
                error.inner().to_string(),
            )
        })
    }

    /// Returns one resource.
    pub fn get<T, F>(&self, mut find: F) -> impl Future<Output = Response>
    where
        T: Serialize + Send + 'static,
        F: FnMut(&mut Conn, &Ctx) -> WorkResult<Entity<T>> + Send + 'static,
    {
        self.show_point(Box::new(move |conn, ctx| stored(&find(conn, ctx)?)))
    }

    /// Returns one resource that is derived from many rows. Reads in one snapshot, off the worker thread.
    pub fn get_snapshot<T, F>(&self, mut find: F) -> impl Future<Output = Response>
    where
        T: Serialize + Send + 'static,
        F: FnMut(&mut Conn, &Ctx) -> WorkResult<Entity<T>> + Send + 'static,
    {
        self.show_lagging(Box::new(move |conn, ctx| stored(&find(conn, ctx)?)))
    }

    /// Returns a page of a list.
    pub fn list<T, F>(&self, mut find: F) -> impl Future<Output = Response>
    where
        T: Serialize,
        F: FnMut(&mut Conn, &Ctx) -> WorkResult<PageOf<T>> + Send + 'static,
    {
        // Serialised where it was read, so that 200 rows are not moved to another thread to be freed there.
        self.show_lagging(Box::new(move |conn, ctx| {
            Ok(StoredResponse { status: 200, etag: None, location: None, body: answer::page(&find(conn, ctx)?)? })
        }))
    }

    /// Returns one resource whose first read can have an effect: opening a notice is its delivery. `find` returns
    /// `None` in that case, and `open` performs it. If the conditions of the request prevent the response, the
    /// transaction is rolled back.
    pub fn get_or_open<T, F, G>(&self, mut find: F, open: G) -> impl Future<Output = Response>
    where
        T: Serialize + Send + 'static,
        F: FnMut(&mut Conn, &Ctx) -> WorkResult<Option<Entity<T>>> + Send + 'static,
        G: Fn(&mut Tx) -> WorkResult<Entity<T>> + Send + Sync + 'static,
    {
        let find: Find<_> = Box::new(move |conn, ctx| find(conn, ctx)?.as_ref().map(stored).transpose());
        self.show_or_open(find, Arc::new(move |tx| stored(&open(tx)?)))
    }

    async fn read_one<T: Send + 'static>(&self, mut find: Find<T>) -> Result<T, Problem> {
        let ctx = self.clone();
        Ok(self.in_span(READ, self.state.db.read_point(move |conn| find(conn, &ctx))).await?)
    }

    async fn show_point(&self, find: Find<StoredResponse>) -> Response {
        self.read_one(find).await?.conditional(&self.conditions)
    }

    async fn show_lagging(&self, find: Find<StoredResponse>) -> Response {
        self.read_lagging(find).await?.conditional(&self.conditions)
    }

    async fn show_or_open(&self, find: Find<Option<StoredResponse>>, open: Action<StoredResponse>) -> Response {
        if let Some(stored) = self.read_one(find).await? {
            return stored.conditional(&self.conditions);
        }
        let ctx = self.clone();
        let work = move |conn: &mut Conn, texts: &Texts| {
            let stored = open(&mut Tx { conn, ctx: &ctx, key: None, texts })?;
            let shown = ctx.counts_as_delivery && ctx.conditions.on_read(stored.etag.as_deref()) == Verdict::Answer;
            // An error rolls the transaction back.
            if shown { Ok(stored) } else { Err(WorkError::Replay(Box::new(stored))) }
        };
        let stored = match self.write(WriteLock::default(), work).await {
            Ok(stored) => {
                self.wrote();
                stored
            }
            Err(WorkError::Replay(unshown)) => *unshown,
            Err(fail) => return Err(fail.into()),
        };
        stored.conditional(&self.conditions)
    }

    /// Reads anything else.
    pub async fn read<T, F>(&self, mut find: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Ctx) -> WorkResult<T> + Send + 'static,
    {
        let ctx = self.clone();
        let (job, found) = job(move |conn| find(conn, &ctx));
        Ok(found.after(self.in_span(READ, self.state.db.run_read(job)).await)?)
    }

    /// Reads from the standby, unless this caller wrote a moment ago or requested the latest data.
    async fn read_lagging(&self, mut find: Find<StoredResponse>) -> Result<StoredResponse, Problem> {
        if !self.state.db.has_standby() || self.require_primary || self.state.wrote.holds(&self.caller) {
            return self.read(find).await;
        }
        let ctx = self.clone();
        Ok(self.in_span(READ, self.state.db.read_lagging(move |conn| find(conn, &ctx))).await?)
    }

    /// After a write: wakes the sealer, and lets this caller read its own write.
    fn wrote(&self) {
        self.state.seal.notify_one();
        if self.state.db.has_standby() {
            self.state.wrote.note(&self.caller);
        }
    }

    /// Runs one action in one transaction, once per idempotency key.
    pub fn act<B, T, F>(&self, body: Body<B>, action: F) -> impl Future<Output = Response>
    where
        B: Send + Sync + 'static,
        T: Serialize + Send + 'static,
        F: Fn(&mut Tx, &Body<B>) -> WorkResult<Entity<T>> + Send + Sync + 'static,
    {
        let (refused, key) = (body.is_refused(), self.key_of(&body));
        self.act_once(refused, key, Arc::new(move |tx| Made::of(action(tx, &body)?)))
    }

    fn key_of<B>(&self, body: &Body<B>) -> Option<IdempotencyKey> {
        let key = self.idempotency_key.as_deref()?;
        let key = IdempotencyKey::new(key, &self.caller, &self.method, &self.path, &body.bytes);
        Some(match self.1 {
            Some(life) => key.within(life),
            None => key,
        })
    }

    /// `refused` means that the input already has errors.
    async fn act_once(&self, refused: bool, key: Option<IdempotencyKey>, action: Action<Made>) -> Response {
        let ctx = self.clone();
        let gate = WriteLock { idempotency_lock: key.as_ref().map(IdempotencyKey::lock) };
        let work = Arc::new(move |conn: &mut Conn, texts: &Texts| {
            let mut tx = Tx { conn, ctx: &ctx, key: key.as_ref(), texts };
            let made = action(&mut tx)?;
            if let Some(key) = &key {
                let now = Instant::now();
                let kept = if made.shown_once { &StoredResponse::shown_once() } else { &made.stored };
                idempotency::store(tx.conn, &ctx.state.keys.ring(), key, made.id, kept, now)?;
            }
            Ok(made)
        });
        if refused {
            // Whether the caller may see the row decides between 404 and the input errors. That needs no writer.
            let attempt = work.clone();
            match self.in_span(READ, self.state.db.read(move |conn| attempt(conn, &Texts::default()))).await {
                // The action writes, locks or issues a document before it reads its input.
                Ok(_) | Err(WorkError::Query(_) | WorkError::Text(_)) => {}
                Err(fail) => return self.error_response(fail),
            }
        }
        let result = self.write(gate, move |conn: &mut Conn, texts: &Texts| work(conn, texts)).await;
        self.wrote();
        match result {
            Ok(made) if made.shown_once => Ok(made.stored.secret_response()),
            Ok(made) => Ok(made.stored.response(false)),
            Err(fail) => self.error_response(fail),
        }
    }

    /// Runs one transaction, and again if it lacked the text of an official document.
    pub async fn write<T, F>(&self, gate: WriteLock, mut work: F) -> WorkResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Texts) -> WorkResult<T> + Send + 'static,
    {
        let found = Found::default();
        let place = found.clone();
        let step: Step = Box::new(move |conn, texts| work(conn, texts).map(|value| place.keep(value)));
        found.after(self.write_with_texts(gate, step).await)
    }

    async fn write_with_texts(&self, gate: WriteLock, step: Step) -> WorkResult<()> {
        let (made, step) = (Texts::default(), Arc::new(Mutex::new(step)));
        texts::with_texts(&made, || {
            let (made, step) = (made.clone(), step.clone());
            let run = move |conn: &mut Conn| step.lock().unwrap_or_else(|poisoned| poisoned.into_inner())(conn, &made);
            self.in_span(WRITE, self.state.db.run_write(gate.clone(), Box::new(run)))
        })
        .await
    }

    /// Replays a stored response, or returns the problem.
    fn error_response(&self, fail: WorkError) -> Response {
        if let WorkError::Replay(stored) = fail {
            self.state.metrics.replays.inc();
            return Ok(stored.response(true));
        }
        let problem = Problem::from(fail);
        if problem.code == Code::IdempotencyKeyReused {
            self.security_event(security::Kind::IdempotencyMismatch);
        }
        Err(problem)
    }

    /// Runs work that would hold the writer too long in one transaction: many short transactions and one response, once
    /// per idempotency key. Each step stays committed even if a later one fails, so it must be repeatable.
    pub async fn act_in_batches<B, S, R, T>(
        &self,
        body: Body<B>,
        steps: fn(&B) -> Vec<S>,
        step: fn(&mut Tx, &S) -> WorkResult<R>,
        finish: fn(Vec<R>) -> Entity<T>,
    ) -> Response
    where
        B: Send + Sync + 'static,
        S: Send + 'static,
        R: Clone + Send + Sync + 'static,
        T: Serialize + Send + 'static,
    {
        let body = Arc::new(body);
        let key = self.key_of(&body);
        let gate = WriteLock { idempotency_lock: key.as_ref().map(IdempotencyKey::lock) };
        let (ctx, input) = (self.clone(), body.clone());
        // A replayed or refused request runs no step.
        let first = move |conn: &mut Conn, texts: &Texts| {
            Tx { conn, ctx: &ctx, key: key.as_ref(), texts }.input(&input).map(drop)
        };
        let first_done = if body.is_refused() {
            self.in_span(READ, self.state.db.read(move |conn| first(conn, &Texts::default()))).await
        } else {
            self.write(gate, first).await
        };
        if let Err(fail) = first_done {
            return self.error_response(fail);
        }
        let mut done = Vec::new();
        for one in steps(body.input(|_, _| Ok(()))?) {
            let ctx = self.clone();
            let work = move |conn: &mut Conn, texts: &Texts| step(&mut Tx { conn, ctx: &ctx, key: None, texts }, &one);
            let stepped = self.write(WriteLock::default(), work).await;
            self.wrote();
            done.push(stepped?);
        }
        let key = self.key_of(&body);
        let action = move |tx: &mut Tx| Made::of(tx.input(&body).map(|_| finish(done.clone()))?);
        self.act_once(false, key, Arc::new(action)).await
    }

    /// Reports a security event ([`security`]).
    pub fn security_event(&self, kind: security::Kind) {
        self.security_event_about(kind, "");
    }

    /// The same with a reason from a fixed set of words.
    pub fn security_event_about(&self, kind: security::Kind, reason: &'static str) {
        let (request_id, caller) = (self.request_id.as_str(), Some(&*self.caller));
        let about = security::About { request_id, operation: self.operation, caller, reason, ..Default::default() };
        self.state.security.event(kind, about);
    }

    /// Runs an action for a caller inside the program (the demo): without a key, and returns the action's result
    /// instead of a response.
    pub async fn perform<B, T, F>(&self, body: Body<B>, action: F) -> WorkResult<T>
    where
        B: Send + Sync + 'static,
        T: Send + 'static,
        F: Fn(&mut Tx, &Body<B>) -> WorkResult<Entity<T>> + Send + 'static,
    {
        let ctx = self.clone();
        let work = move |conn: &mut Conn, texts: &Texts| {
            Ok(action(&mut Tx { conn, ctx: &ctx, key: None, texts }, &body)?.body)
        };
        self.write(WriteLock::default(), work).await
    }
}
