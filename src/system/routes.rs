//! Operations of probes, metrics, the OpenAPI document, the signing keys and the sandbox clock.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gauges;
use crate::clock_watch;
use crate::counties;
use crate::db::types::Instant;
use crate::files::Files;
use crate::http::Response;
use crate::http::language::Language;
use crate::ledger::seal::Sealer;
use crate::problem::{Code, Problem};
use crate::service::{Service, document};

/// Check liveness
///
/// Answers 200 as long as the process runs. Does not use the database.
#[utoipa::path(get, path = "/livez", tag = "system", responses((status = 200, description = "Alive", body = Liveness)))]
pub async fn get_livez() -> HttpResponse {
    HttpResponse::Ok().json(Liveness { status: "alive".into() })
}

/// Liveness (存活).
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    /// Always `alive`.
    #[schema(example = "alive", max_length = 10)]
    status: String,
}

/// Readiness (就绪).
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// Always `ready`. A service that is not ready responds with 503.
    #[schema(example = "ready", max_length = 10)]
    status: String,
    /// Kind of database: `sqlite` or `postgres`.
    #[schema(example = "sqlite", max_length = 10)]
    store: String,
    /// Readiness warnings: problems that do not stop the service but that an operator should fix.
    #[schema(max_items = 20)]
    warnings: Vec<String>,
}

/// Check readiness
///
/// 503 if the database is unreachable or belongs to another deployment, or if the writer does not commit. `title` gives
/// the reason and `detail` the particulars. `warnings` name what an operator should fix, such as a year without a
/// calendar.
#[utoipa::path(get, path = "/readyz", tag = "system", responses(
    (status = 200, description = "Ready", body = Readiness),
    (status = 503, description = "Not ready", body = crate::problem::ProblemBody, content_type = "application/problem+json")
))]
pub async fn get_readyz(state: web::Data<Service>) -> Response {
    if let Some(held) = state.db.writer_stuck_for() {
        let seconds = held.as_secs();
        return Err(Problem::new(Code::DatabaseUnavailable).detail(
            format!("数据库写入线程已有{seconds}秒未提交。"),
            format!("The database writer has not committed for {seconds} s."),
        ));
    }
    let today = state.clock.today();
    let asked = state.db.read(move |conn| {
        Ok((counties::missing_years(conn, today)?, clock_watch::store::find(conn)?, crate::db::database_now(conn)?))
    });
    let (missing, watched, database) = asked.await?;
    if !state.revoked.is_known() {
        state.revoked.refresh(&state.db).await?;
    }
    let mut warnings: Vec<String> = missing
        .iter()
        .map(|year| {
            format!(
                "calendar_year_missing: {year} has no calendar; weekends and statutory public holidays count as days off"
            )
        })
        .collect();
    if state.keys.broken() {
        warnings.push("keyring_broken: the changed keyring cannot be used; the previous keys remain in use".into());
    }
    if state.parts.get::<Files>().is_unreachable() {
        warnings.push("attachments_unreachable: the attachment store was unreachable at the last check".into());
    }
    if state.parts.get::<Sealer>().is_refused() {
        warnings
            .push("ledger_not_sealed: the ledger or its key was changed from outside; new events stay unsealed".into());
    }
    if state.db.is_full() {
        warnings.push("storage_full: the disk of the database is full; writes are refused".into());
    }
    warnings.extend(state.disks.warnings());
    warnings.extend(watched.as_ref().and_then(clock_watch::warning));
    let behind = (state.clock.system().0 - database.0).num_minutes();
    if behind.abs() > 1 {
        warnings.push(format!(
            "clock_differs: the clocks of this host and of the database differ by {} minutes",
            behind.abs()
        ));
    }
    let store = if state.db.is_postgres() { "postgres" } else { "sqlite" };
    Ok(HttpResponse::Ok().json(Readiness { status: "ready".into(), store: store.into(), warnings }))
}

/// Get metrics
///
/// Returns metrics in the Prometheus text format. Keep them internal: do not let a proxy forward this path.
/// `metrics_listen` serves them on a separate address.
#[utoipa::path(get, path = "/metrics", tag = "system", responses(
    (status = 200, description = "Metrics", body = String, content_type = "text/plain"),
    (status = 404, description = "Metrics are served on another address, or not at all", body = crate::problem::ProblemBody,
        content_type = "application/problem+json")
))]
pub async fn get_metrics(state: web::Data<Service>) -> Response {
    if !state.metrics_on_api {
        return Err(Problem::new(Code::NotFound));
    }
    metrics_text(state).await
}

pub async fn metrics_text(state: web::Data<Service>) -> Response {
    gauges::refresh(&state).await;
    let text = state.metrics.text();
    let text = text.map_err(|error| Problem::broken_by("metrics cannot be written", error))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

/// Get the OpenAPI document
///
/// Returns the OpenAPI 3.1 document of this service, for integrators.
#[utoipa::path(get, path = "/openapi.json",
    tag = "system", responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub async fn get_openapi(state: web::Data<Service>, request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if !state.clock.is_sandbox() {
        return response.body(state.document.clone());
    }
    // In a sandbox the server address is the one of the request.
    let at = request.connection_info();
    let good = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    let host = if at.host().bytes().all(good) { at.host() } else { "localhost" };
    response.body(document::served_at(&state.document, &format!("{}://{host}", at.scheme())))
}

/// Get the public keys of the issuer
///
/// Returns the keys of the local issuer as a JWK Set (RFC 7517). Verify its tokens with them.
#[utoipa::path(get, path = "/.well-known/jwks.json",
    tag = "system", responses((status = 200, description = "JWK Set", body = serde_json::Value)))]
pub async fn get_jwks(state: web::Data<Service>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(state.local_issuer.jwks())
}

/// New business time of the sandbox (演示时钟).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockIn {
    /// Business time from now on.
    #[schema(example = "2026-03-09T01:00:00Z")]
    now: DateTime<Utc>,
}

/// Business time (业务时间).
#[derive(Serialize, ToSchema)]
pub struct ClockOut {
    /// Time that deadlines and decisions use.
    now: Instant,
    /// Day of `now` in the time zone of the deployment.
    today: chrono::NaiveDate,
    /// Explains what moving the clock back means for the data; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    warning: Option<String>,
}

/// Move the sandbox clock
///
/// Sets the business time of the sandbox; tokens keep real time. Every response of a sandbox has the header
/// `X-Xiaoqu-Sandbox-Clock`.
#[utoipa::path(post, path = "/sandbox/clock", tag = "sandbox", request_body = ClockIn, responses(
    (status = 200, description = "Moved", body = ClockOut),
    (status = 400, description = "Not an instant, or out of range", body = crate::problem::ProblemBody,
        content_type = "application/problem+json")
))]
pub async fn move_sandbox_clock(state: web::Data<Service>, request: HttpRequest, body: web::Bytes) -> Response {
    let mut value = serde_json::from_slice(&body).map_err(|_| Problem::new(Code::MalformedJson))?;
    let faults = state.contract.check_body("move_sandbox_clock", &mut value);
    if !faults.is_empty() {
        return Err(Problem::collected(faults));
    }
    let input: ClockIn = serde_json::from_value(value)
        .map_err(|error| Problem::input_error("/now", "invalid_format", "时间格式错误", error.to_string()))?;
    let before = state.clock.now();
    state.clock.set(input.now);
    let now = state.clock.now();
    let language = Language::from_header(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let warning = (now.0 < before.0).then(|| moved_back(before, now, language));
    if warning.is_some() {
        tracing::warn!(from = %before.0, to = %now.0, "the sandbox clock was moved back; stored data may be later than it");
    }
    Ok(HttpResponse::Ok().json(ClockOut { now, today: state.clock.day_of(now), warning }))
}

/// Data of a later time is not changed, so it may be inconsistent afterwards.
fn moved_back(before: Instant, now: Instant, language: Language) -> String {
    let (from, to) = (before.0.format("%Y-%m-%dT%H:%M:%SZ"), now.0.format("%Y-%m-%dT%H:%M:%SZ"));
    match language {
        Language::Zh => {
            format!("时钟已从 {from} 拨回 {to}。已产生的数据、期限和黄牌、红牌保持不变，可能晚于当前时间。")
        }
        Language::En => format!(
            "The clock was moved back from {from} to {to}. Data, deadlines and cards created since then are unchanged and \
             may be later than the current time."
        ),
    }
}
