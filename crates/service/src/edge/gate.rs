//! The gate: checks every request, and rejects everything that is not declared.

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, HeaderName,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::unauthenticated::UnauthenticatedRequest;
use crate::access::caller::Caller;
use crate::access::permissions::Access;
use crate::access::scope::Scope;
use crate::http::accept;
use crate::http::conditions::Conditions;
use crate::http::idempotency::MAX_KEY_LENGTH;
use crate::http::language::Language;
use crate::http::marks::{IsHead, RequestId, ServerRequestId};
use crate::http::schema::check_count;
use crate::problem::{Code, Problem};
use crate::security::Kind;
use crate::service::feature::Limit;
use crate::service::{Ctx, Request, Route, Service};
use crate::traces::RequestSpan;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    match authorize(&request).await {
        Ok(()) if request.method() == Method::OPTIONS => Ok(request.into_response(preflight()).map_into_right_body()),
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

async fn authorize(request: &ServiceRequest) -> Result<(), Problem> {
    let state = Service::of(request)?;
    let visitor = UnauthenticatedRequest { state: &state, request: request.request(), operation: "unknown" };
    // Match the path in the router's form: `/v1/%6De` is `/v1/me`.
    let path = routed_path(request.request());
    let under = state.routes.under(path);
    if under.is_none() && request.resource_map().match_pattern(path).is_some() {
        // A page outside the API, open to everyone.
        return visitor.limit_address();
    }
    if request.method() == Method::OPTIONS && under.is_some_and(|all| all.iter().any(is_public_read)) {
        return visitor.limit_address();
    }
    let route = match find_route(under, request) {
        Ok(route) => route,
        Err(problem) => return visitor.limit_address().and(Err(problem)),
    };
    request.extensions_mut().insert(route.clone());
    if let Some(coding) = request.headers().get(CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        // A small compressed body can be of any size when decompressed.
        let problem = Problem::new(Code::UnsupportedMediaType)
            .header(ACCEPT_ENCODING, "identity")
            .detail("请求体不得压缩。请发送未压缩的请求体。", "The body must not be compressed. Send it uncompressed.");
        return visitor.limit_address().and(Err(problem));
    }
    let visitor = UnauthenticatedRequest { operation: route.operation, ..visitor };
    let acceptable = accept::check(request.headers(), &route.produces);
    if let Access::Public = route.permission.access {
        acceptable?;
        match route.limit {
            Limit::Probes => return visitor.limit_probes(),
            Limit::Tokens => visitor.limit_token_requests()?,
            Limit::Address => visitor.limit_address()?,
        }
        return check_count(request.query_string());
    }
    if let Access::Key(_) = route.permission.access {
        acceptable?;
        // The caller is not known yet, because the credential is in the body.
        visitor.limit_address()?;
        return check_count(request.query_string());
    }
    if let Err(problem) = check_count(request.query_string()) {
        // Before the token is read, because this also detects a token in the address.
        return visitor.limit_address().and(Err(problem));
    }
    let caller = visitor.authenticate().await?;
    visitor.limit_caller(&caller)?;
    visitor.refuse_revoked(&caller).await?;
    if !route.permission.allows(caller.role) {
        visitor.event(Kind::Forbidden, Some(&caller), "");
        let (may_zh, may_en) = route.permission.whose();
        return Err(Problem::new(Code::Forbidden).detail(
            format!(
                "角色“{}”无权执行此操作（{}）。此操作由下列角色执行：{may_zh}。",
                caller.role.row().zh,
                route.operation
            ),
            format!("The role {} may not call {}. These roles may: {may_en}.", caller.role.code(), route.operation),
        ));
    }
    if route.permission.person_only && caller.machine {
        visitor.event(Kind::MachineRefused, Some(&caller), "");
        return Err(Problem::new(Code::PersonRequired));
    }
    if !caller.covers(route.operation) {
        visitor.event(Kind::Forbidden, Some(&caller), "scope");
        return Err(Problem::new(Code::Forbidden).detail(
            format!("该令牌的授权范围不包含此操作（{}）。", route.operation),
            format!("The token does not cover {}.", route.operation),
        ));
    }
    acceptable?;
    let query = state.contract.check_query(route.operation, request.query_string()).map_err(Problem::collected)?;
    let ctx = context(state.into_inner(), request.request(), &route, caller, query)?;
    request.extensions_mut().insert(ctx);
    Ok(())
}

/// The path of a request in the router's form, with unnecessary escapes decoded.
pub fn routed_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Public resources may be read from any web page (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).
pub fn is_public_read(route: &Route) -> bool {
    route.method == Method::GET && matches!(route.permission.access, Access::Public)
}

/// The response to a CORS preflight request.
fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "Accept-Language, If-None-Match, Range, X-Request-Id"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// The operation of a request. An unknown path is 404; a known path with another method is 405 with `Allow`.
fn find_route(under: Option<&[Route]>, request: &ServiceRequest) -> Result<Route, Problem> {
    let methods = under.ok_or_else(|| Problem::new(Code::NotFound))?;
    methods.iter().find(|route| route.method == *request.method()).cloned().ok_or_else(|| {
        let mut allow: Vec<&str> = methods.iter().map(|r| r.method.as_str()).collect();
        if allow.contains(&"GET") {
            allow.push("HEAD");
        }
        let allow = allow.join(", ");
        Problem::new(Code::MethodNotAllowed).header(ALLOW, allow)
    })
}

fn one_header(headers: &HeaderMap, name: HeaderName) -> Result<Option<String>, Problem> {
    let pointer = format!("header/{name}");
    let bad = || Problem::input_error(&pointer, "invalid_format", "请求头格式错误", "the header is malformed");
    let mut all = headers.get_all(name);
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(bad());
    }
    first.to_str().map(|text| Some(text.to_owned())).map_err(|_| bad())
}

/// The context of an action, for a request of a known caller.
pub fn context(
    state: Arc<Service>,
    request: &HttpRequest,
    route: &Route,
    caller: Arc<Caller>,
    query: serde_json::Value,
) -> Result<Ctx, Problem> {
    let headers = request.headers();
    let language = Language::from_header(headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    let idempotency_key = match one_header(headers, IDEMPOTENCY_KEY)? {
        Some(key) if key.is_empty() || key.len() > MAX_KEY_LENGTH => {
            return Err(Problem::input_error(
                "header/idempotency-key",
                "invalid_format",
                "幂等键须为1至255个字符",
                "an idempotency key must have 1 to 255 characters",
            ));
        }
        key => key.filter(|_| route.method == "POST"),
    };
    let now = state.clock.now();
    let caller_reads = !caller.machine;
    Ok(Ctx::new(Request {
        scope: Scope::of(&caller),
        caller,
        operation: route.operation,
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        server_request_id: request.extensions().get::<ServerRequestId>().map(|id| id.0.clone()),
        // A read by a machine, or a HEAD request, does not deliver a notice.
        counts_as_delivery: caller_reads && request.extensions().get::<IsHead>().is_none(),
        language,
        method: request.method().as_str().to_owned(),
        path: request.path().to_owned(),
        idempotency_key,
        conditions: Conditions::of(headers),
        needs_if_match: matches!(route.method.as_str(), "PATCH" | "PUT"),
        require_primary: headers
            .get_all(CACHE_CONTROL)
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case("no-cache"))),
        span: request.extensions().get::<RequestSpan>().cloned(),
        query,
        now,
        today: state.clock.day_of(now),
        state,
    }))
}
