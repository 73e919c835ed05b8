//! The public reads, and the creation of a request.

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, LOCATION};
use actix_web::{HttpResponse, web};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use serde_json::Value;

use super::form_rules::{self, Submitted};
use super::format::Format;
use super::model::*;
use super::query_rules::{self, Params};
use super::receive::Received;
use super::submit::{self, Sent};
use super::{PATH, SPECIFICATION, service_rules, store, view};
use crate::db::{Conn, Id, WorkResult};
use crate::divisions;
use crate::files;
use crate::http::Response;
use crate::http::language::Language;
use crate::input_error::InputError;
use crate::policy::complaints::ComplaintRules;
use crate::policy::versions::Policies;
use crate::problem::{Code, Problem};
use crate::service::{Body, Ctx, Service};

/// The context of a read request, which needs no token.
#[derive(Clone)]
pub struct Question {
    pub state: Arc<Service>,
    pub language: Language,
    pub params: Params,
}

impl Question {
    /// The policy of the requested jurisdiction, or of the only county.
    fn policies(&self, conn: &mut Conn) -> WorkResult<Arc<Policies>> {
        let county = match self.county(conn)? {
            Some(county) => county,
            None => crate::counties::only(conn)?.unwrap_or_default(),
        };
        crate::policy::current(conn, &self.state, &county)
    }

    /// Codes of the categories that are not public now, of the jurisdiction or of every county. Their complaints are
    /// hidden, even if the category was public at submission.
    fn hidden(&self, conn: &mut Conn, county: Option<&str>) -> WorkResult<Vec<String>> {
        let all = crate::policy::all(conn, &self.state)?;
        let asked = match county {
            Some(county) => vec![all.of(county)],
            None => all.each(),
        };
        let today = self.state.clock.today();
        let categories = asked.iter().flat_map(|one| &one.governing(today).document().complaints.categories);
        Ok(categories.filter(|one| !one.public).map(|one| one.code.clone()).collect())
    }

    /// "404 - jurisdiction_id provided was not found (specify in error response)".
    fn county(&self, conn: &mut Conn) -> WorkResult<Option<String>> {
        county(conn, self.params.get("jurisdiction_id"), "query/jurisdiction_id")
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn, &Question) -> WorkResult<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let question = self.clone();
        Ok(self.state.db.read_lagging(move |conn| work(conn, &question)).await?)
    }
}

fn county(conn: &mut Conn, code: Option<&str>, pointer: &str) -> WorkResult<Option<String>> {
    let Some(code) = code else { return Ok(None) };
    let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if digits && divisions::find(conn, code)?.is_some() {
        return Ok(Some(code.to_owned()));
    }
    let fault = InputError::new(pointer, "not_found", "没有此辖区（jurisdiction_id）", "unknown jurisdiction_id");
    Err(Problem::new(Code::NotFound).with(vec![fault]).into())
}

fn rules(policies: &Policies, state: &Service) -> ComplaintRules {
    policies.governing(state.clock.today()).document().complaints.clone()
}

pub async fn discovery(question: Question) -> Result<Discovery, Problem> {
    let changeset = question
        .read(|conn, question| {
            let today = question.state.clock.today();
            let version = question.policies(conn)?.governing(today).version;
            let row = crate::policy::store::find(conn, version, None)?;
            let begins = query_rules::begins(row.effective_from, question.state.clock.zone());
            let published_at = row.published_at.unwrap_or(row.submitted_at);
            // The services change when a policy version takes effect, but not before it is published.
            let changed = begins.map_or(published_at, |begins| begins.max(published_at));
            Ok(changed.0.format("%Y-%m-%d %H:%M:%SZ").to_string())
        })
        .await?;
    let issuer = &question.state.local_issuer.url;
    let say = |zh: String, en: String| if question.language == Language::Zh { zh } else { en };
    Ok(Discovery {
        contact: say(
            format!("接口说明：{issuer}/docs/；各单位电话：{issuer}/v1/offices"),
            format!("API documentation: {issuer}/docs/; phone numbers of the offices: {issuer}/v1/offices"),
        ),
        key_service: say(
            "api_key 为 client_id:client_secret：由系统管理员登记接入系统，经县级物业主管部门批准".into(),
            "api_key is client_id:client_secret of a client that the system administrator registered and the county \
             authority approved"
                .into(),
        ),
        endpoints: vec![Endpoint {
            specification: SPECIFICATION.into(),
            url: format!("{issuer}{PATH}"),
            changeset: changeset.clone(),
            r#type: if question.state.clock.is_sandbox() { "test" } else { "production" }.into(),
            formats: vec!["text/xml", "application/json"],
        }],
        changeset,
    })
}

pub async fn services(question: Question) -> Result<Vec<Open311Service>, Problem> {
    question
        .read(|conn, question| {
            let rules = rules(&*question.policies(conn)?, &question.state);
            Ok(service_rules::public(&rules).map(|one| service_rules::service(one, question.language)).collect())
        })
        .await
}

pub async fn service(question: Question, code: String) -> Result<Open311ServiceDefinition, Problem> {
    question
        .read(move |conn, question| {
            let rules = rules(&*question.policies(conn)?, &question.state);
            let found = service_rules::find(&rules, &code);
            let found = found.map(|category| service_rules::definition(category, question.language));
            Ok(found
                .ok_or_else(|| not_found("path/service_code", "没有此服务（service_code）", "unknown service_code"))?)
        })
        .await
}

fn not_found(pointer: &str, zh: &str, en: &str) -> Problem {
    Problem::new(Code::NotFound).with(vec![InputError::new(pointer, "not_found", zh, en)])
}

pub async fn requests(question: Question) -> Result<Vec<Open311Request>, Problem> {
    let clock = &question.state.clock;
    let asked = query_rules::parse_query(&question.params, clock.now(), clock.zone())?;
    question
        .read(move |conn, question| {
            let county = question.county(conn)?;
            let policies = question.policies(conn)?;
            let hidden = question.hidden(conn, county.as_deref())?;
            let rows = store::list(conn, county.as_deref(), &hidden, &asked)?;
            view::views(conn, rows, policies, question.language, asked.extensions)
        })
        .await
}

pub async fn request(question: Question, id: String) -> Result<Vec<Open311Request>, Problem> {
    let extensions = question.params.flag("extensions");
    question
        .read(move |conn, question| {
            let county = question.county(conn)?;
            let policies = question.policies(conn)?;
            let hidden = question.hidden(conn, county.as_deref())?;
            let row = match id.parse::<Id>() {
                Ok(id) => store::find(conn, county.as_deref(), &hidden, id)?,
                Err(_) => None,
            };
            let (zh, en) = ("该诉求不存在，或者不公开", "unknown request, or it is not public");
            let row = row.ok_or_else(|| not_found("path/service_request_id", zh, en))?;
            view::views(conn, vec![row], policies, question.language, extensions)
        })
        .await
}

/// The id of a request is known at once and is also its token.
pub async fn token(question: Question, token: String) -> Result<Vec<Open311Token>, Problem> {
    let found = request(question, token).await.map_err(|problem| match problem.code {
        Code::NotFound if problem.faults.iter().any(|fault| fault.pointer == "path/service_request_id") => {
            not_found("path/token", "没有此 token", "unknown token")
        }
        _ => problem,
    })?;
    Ok(found
        .iter()
        .map(|one| Open311Token { service_request_id: one.service_request_id, token: one.service_request_id })
        .collect())
}

/// Creates a request. Once it is received completely, it is finished even if the client disconnects.
pub async fn create(received: Received, format: Format) -> Response {
    let finished = actix_web::rt::spawn(finish(received, format));
    finished.await.unwrap_or_else(|error| Err(Problem::broken_by("a request panicked", error)))
}

async fn finish(received: Received, format: Format) -> Response {
    let Received { ctx, form, files } = received;
    let read = form_rules::read(&form).map_err(Problem::input_errors)?;
    let read = known_jurisdiction(&ctx, read).await?;
    let digests: Vec<String> = files.iter().map(|file| file.digest().to_owned()).collect();
    let bytes = submit::fingerprint(&form.canonical(), &digests);
    let ctx = repeatable(ctx, &bytes);
    let stored = files::put(&ctx, files).await?;
    let sent = Sent { form: read, files: stored.clone() };
    let answer = ctx.act(Body::given(bytes, sent), submit::create_request).await;
    let is_used = match &answer {
        Ok(response) => {
            response.status() == StatusCode::CREATED && !response.headers().contains_key("idempotent-replayed")
        }
        // The attachments may have been committed to the database.
        Err(problem) => problem.code == Code::OutcomeUnknown,
    };
    if !is_used {
        files::withdraw(&ctx, &stored).await;
    }
    written(answer?, format).await
}

async fn known_jurisdiction(ctx: &Ctx, read: Submitted) -> Result<Submitted, Problem> {
    let code = read.jurisdiction.clone();
    let found = ctx.read(move |conn, _| county(conn, code.as_deref(), "/jurisdiction_id")).await?;
    Ok(Submitted { jurisdiction: found, ..read })
}

/// How long an identical form counts as the same request.
const SAME_REQUEST: TimeDelta = TimeDelta::hours(1);

/// Adds an idempotency key made from the form. Clients of the standard have none, and repeat a request that got no
/// response (FixMyStreet after five minutes). The same form from the same client within an hour is the same request.
/// Later it is a new one: a lift can fail again.
fn repeatable(ctx: Ctx, fingerprint: &[u8]) -> Ctx {
    if ctx.idempotency_key.is_some() {
        return ctx;
    }
    ctx.with_key(format!("open311-{}", hex::encode(digest(&SHA256, fingerprint))), SAME_REQUEST)
}

/// Converts the JSON response of the action into the requested format, as a list of one.
async fn written(response: HttpResponse, format: Format) -> Response {
    let broken = || Problem::broken("a response of the API does not have the form that Open311 needs");
    let kept = |name: HeaderName| response.headers().get(&name).cloned();
    let (status, location, replayed) =
        (response.status(), kept(LOCATION), kept(HeaderName::from_static("idempotent-replayed")));
    let body = to_bytes(response.into_body()).await.map_err(|_| broken())?;
    let made: Value = serde_json::from_slice(&body).map_err(|_| broken())?;
    let mut answer = format.answer(status, "service_requests", &[made])?;
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(location) =
        location.and_then(|at| HeaderValue::from_str(&format!("{}.{}", at.to_str().ok()?, format.name())).ok())
    {
        headers.insert(LOCATION, location);
    }
    if let Some(replayed) = replayed {
        headers.insert(HeaderName::from_static("idempotent-replayed"), replayed);
    }
    Ok(answer)
}

/// Builds the context of a read request.
pub fn question(state: &web::Data<Service>, language: Language, query: &str) -> Result<Question, Problem> {
    Ok(Question { state: state.clone().into_inner(), language, params: Params::of(query)? })
}
