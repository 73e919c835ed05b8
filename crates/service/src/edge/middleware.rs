//! The outermost layer: request id, language of problems, timeout, access log, metrics and security headers.

use std::time::Instant as StopWatch;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse};

use crate::edge::gate::{is_public_read, routed_path};
use crate::edge::unauthenticated::UnauthenticatedRequest;
use crate::http::limits::{Allowance, UnderWay};
use crate::http::marks::{IsHead, Preformatted, RequestId, ServerRequestId};
use crate::http::unread::Unread;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::security::Kind;
use crate::service::feature::WriteError;
use crate::service::{Route, Service};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Content security policy by path prefix, longer prefixes first. Pages load resources from this service only. API
/// responses load nothing.
const POLICIES: &[(&str, &str)] = &[
    (
        "/docs/",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("/public/data/", API_POLICY),
    (
        "/public",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
];
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Response headers that pages on other origins may read (CORS).
const EXPOSED: &str =
    "Content-Language, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id";

/// No response needs the camera, the microphone, the location or payments.
const PERMISSIONS_POLICY: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

fn policy_of(path: &str) -> &'static str {
    POLICIES.iter().find(|(prefix, _)| path.starts_with(prefix)).map_or(API_POLICY, |(_, policy)| policy)
}

/// The request id that the caller sent, if it is valid.
fn given_request_id(request: &ServiceRequest) -> Option<String> {
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|v| v.to_str().ok())
        .filter(|id| {
            (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
        })
        .map(str::to_owned)
}

/// The request id as a URI (RFC 9457, 3.1.5). Our ids are UUIDs, the caller's need not be.
fn instance(id: &str) -> String {
    let scheme = if uuid::Uuid::try_parse(id).is_ok() { "urn:uuid" } else { "x-request-id" };
    format!("{scheme}:{id}")
}

/// The trace id of a W3C `traceparent`, so that our log lines join the caller's trace.
fn trace_id(request: &ServiceRequest) -> Option<String> {
    let header = request.headers().get("traceparent")?.to_str().ok()?;
    let id = header.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then(|| id.to_owned())
}

/// Headers of every response.
fn add_common_headers(headers: &mut HeaderMap, id: &str, state: &Service) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS_POLICY));
    if state.local_issuer.url.starts_with("https://") {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if !headers.contains_key("cache-control") {
        headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    }
    if state.clock.is_sandbox()
        && let Ok(value) = HeaderValue::from_str(&state.clock.now().0.to_rfc3339())
    {
        headers.insert(HeaderName::from_static("x-xiaoqu-sandbox-clock"), value);
    }
}

/// Probes do not count against the concurrent requests of their address.
const PROBES: &[&str] = &["/livez", "/readyz", "/metrics"];

/// Counts a request in progress, unless its address has too many.
fn count_request(state: &Service, request: &ServiceRequest) -> Result<Option<UnderWay>, Problem> {
    if PROBES.contains(&request.path()) {
        return Ok(None);
    }
    let visitor = UnauthenticatedRequest { state, request: request.request(), operation: "unknown" };
    state.limits.begin(visitor.address()).map_err(|over| {
        visitor.event(Kind::RateLimitedAddress, None, "at_once");
        over.into()
    })
}

pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = StopWatch::now();
    let state = Service::of(&request)?;
    let _in_flight = state.metrics.request_started();
    let span = state.traces.as_ref().map(|traces| traces.begin(request.headers()));
    let server_id = uuid::Uuid::now_v7().to_string();
    let given = given_request_id(&request);
    if given.is_some() {
        request.extensions_mut().insert(ServerRequestId(server_id.clone()));
    }
    let id = given.unwrap_or_else(|| server_id.clone());
    if state.limits.proxies().sees_unnamed_proxy(request.request()) {
        state.metrics.unnamed_proxy.inc();
        state.unnamed_proxy.call_once(|| {
            tracing::warn!(
                "a request came through a proxy that trusted_proxies does not name: rate limits and the log treat all callers \
                 behind it as one address"
            );
        });
    }
    let trace = trace_id(&request);
    let language = Language::from_header(request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    request.extensions_mut().insert(RequestId(id.clone()));
    if let Some(span) = &span {
        request.extensions_mut().insert(span.clone());
    }

    let instance = instance(&id);
    // RFC 9110, 9.3.2: HEAD is GET without the body. The protocol layer omits the body.
    let method = request.method().clone();
    let form = form_of(&state, routed_path(request.request()));
    let unread = Unread::of(&mut request);
    if request.method() == Method::HEAD {
        request.extensions_mut().insert(IsHead);
        request.head_mut().method = Method::GET;
    }
    let uploads = method == Method::POST && is_long(&state, routed_path(request.request()));
    let limit = if uploads { state.upload_timeout } else { state.request_timeout };
    let work = async {
        match count_request(&state, &request) {
            Ok(_under_way) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
            Err(problem) => Ok(request.error_response(problem)),
        }
    };
    let Ok(outcome) = tokio::time::timeout(limit, work).await else {
        // The request was dropped with its handler. The response is returned as a complete error.
        let problem = Problem::new(Code::RequestTimeout).detail(
            "请求已完整发送的，办理结果未知。请使用同一幂等键重新请求。",
            "If the request was sent completely, its outcome is unknown. Repeat it with the same Idempotency-Key.",
        );
        let mut response = answer_with(&problem, language, form, &id, &instance);
        if let Some(unread) = unread {
            response = response.map_body(|_, body| unread.beside(body));
        }
        add_common_headers(response.headers_mut(), &id, &state);
        state.metrics.problem(Code::RequestTimeout);
        state.metrics.answered(None, response.status().as_u16(), started.elapsed().as_secs_f64());
        if let Some(span) = &span {
            span.end(method.as_str(), "", "unknown", response.status().as_u16(), &id);
        }
        tracing::warn!(request_id = id, trace_id = trace.as_deref(), "request took too long");
        return Err(InternalError::from_response("request timeout", response).into());
    };
    let mut response = problem_response(outcome?, language, &id, &instance, &state);
    add_common_headers(response.headers_mut(), &id, &state);

    let answered = response.request().clone();
    if let Some(allowance) = answered.extensions().get::<Allowance>() {
        allowance.write(response.headers_mut());
    }
    if !response.headers().contains_key(CONTENT_SECURITY_POLICY) {
        // A response may set its own policy.
        let policy = HeaderValue::from_static(policy_of(routed_path(&answered)));
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    let served = answered.extensions().get::<Route>().cloned();
    if served.as_ref().is_some_and(is_public_read) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    if let Some(unread) = unread {
        response = response.map_body(|_, body| unread.beside(body));
    }
    let operation = served.as_ref().map_or("unknown", |route| route.operation);
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    state.metrics.answered(served.as_ref().map(|route| route.index), status, seconds);
    if status == 429 {
        // Already counted and reported as a security event. A log line for each would let a flood fill the disk.
        return Ok(response);
    }
    let route = served.as_ref().map_or("", |route| &route.pattern);
    if let Some(span) = &span {
        span.end(method.as_str(), route, operation, status, &id);
    }
    tracing::info!(
        request_id = id,
        server_request_id = (id != server_id).then_some(server_id.as_str()),
        trace_id = trace.as_deref(),
        method = answered.method().as_str(),
        route,
        operation,
        status,
        milliseconds = (seconds * 1_000_000.0).round() / 1000.0,
        "request"
    );
    Ok(response)
}

fn of_error(error: &actix_web::Error) -> &Problem {
    // Framework errors arrive here as problems with their status.
    error.as_error::<Problem>().unwrap_or_else(|| framework_problem(error.as_response_error().status_code()))
}

/// One problem per status, created once. Framework errors contain nothing that a caller should see.
fn framework_problem(status: actix_web::http::StatusCode) -> &'static Problem {
    use std::sync::OnceLock;
    static ALL: OnceLock<std::collections::HashMap<u16, Problem>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        (400..600)
            .filter_map(|s| actix_web::http::StatusCode::from_u16(s).ok())
            .map(|s| (s.as_u16(), Problem::new(Code::of_status(s))))
            .collect()
    });
    let status = status.as_u16().clamp(400, 599);
    &all[&status]
}

/// Translates a problem into the caller's language, and gives every other error response the same form.
fn problem_response(
    response: ServiceResponse,
    language: Language,
    id: &str,
    instance: &str,
    state: &Service,
) -> ServiceResponse {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    if response.response().extensions().contains::<Preformatted>() {
        return response;
    }
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|v| v == "application/problem+json");
    let problem = match response.response().error().map(of_error) {
        Some(problem) => problem,
        None if is_problem => return response,
        None => framework_problem(response.status()),
    };
    state.metrics.problem(problem.code);
    problem.log(id);
    let form = form_of(state, routed_path(response.request()));
    let rendered = answer_with(problem, language, form, id, instance);
    ServiceResponse::new(response.request().clone(), rendered)
}

/// May a POST to this path take as long as an upload?
fn is_long(state: &Service, path: &str) -> bool {
    let under = state.routes.under(path).unwrap_or_default();
    under.iter().any(|route| route.long && route.method == Method::POST)
}

/// The error format of a path: that of its feature, otherwise a problem (RFC 9457).
fn form_of(state: &Service, path: &str) -> Option<WriteError> {
    state.features.iter().filter_map(|feature| feature.errors).find_map(|form| form(path))
}

/// A problem in a format and language that the caller accepts.
fn answer_with(
    problem: &Problem,
    language: Language,
    form: Option<WriteError>,
    id: &str,
    instance: &str,
) -> HttpResponse {
    let response = problem.response(language, Some(instance));
    match form {
        Some(write) => write(response, problem, language, id),
        None => response,
    }
}
