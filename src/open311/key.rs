//! Authentication of a request: the standard's `api_key` is `client_id:client_secret` of a registered client. The
//! client is then treated as with an access token: the same role, operations, territory, rate limits and revocations.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};

use crate::edge::gate;
use crate::edge::unauthenticated::UnauthenticatedRequest;
use crate::oauth;
use crate::problem::{Code, Problem};
use crate::security::Kind;
use crate::service::{Ctx, Route, Service};

/// "403 - Missing or Invalid API Key (specify in error message)" (General Errors).
fn refused(zh: &str, en: &str) -> Problem {
    Problem::new(Code::Forbidden).detail(zh, en)
}

/// Refuses a key in the address of any request, because addresses end up in logs and browser histories.
pub fn refuse_in_address(state: &Service, request: &HttpRequest) -> Result<(), Problem> {
    let shown = form_urlencoded::parse(request.query_string().as_bytes())
        .any(|(name, value)| name.eq_ignore_ascii_case("api_key") && !value.is_empty());
    if !shown {
        return Ok(());
    }
    UnauthenticatedRequest { state, request, operation: operation(request) }.event(
        Kind::TokenInAddress,
        None,
        "api_key",
    );
    Err(refused(
        "api_key：不得出现在地址中，只能在 POST 的表单中发送。该密钥可能已被记录，请更换。",
        "api_key: must not be in the address; send it in the form of a POST. This key may have been logged; rotate it.",
    ))
}

fn operation(request: &HttpRequest) -> &'static str {
    request.extensions().get::<Route>().map_or("unknown", |route| route.operation)
}

/// Authenticates the client of a request, and checks that it may call the operation.
pub async fn admit(state: &web::Data<Service>, request: &HttpRequest, api_key: Option<&str>) -> Result<Ctx, Problem> {
    let route = request
        .extensions()
        .get::<Route>()
        .cloned()
        .ok_or_else(|| Problem::broken("a request that was matched has no route"))?;
    let visitor = UnauthenticatedRequest { state, request, operation: route.operation };
    let Some(key) = api_key else {
        return Err(refused(
            "api_key：须填写，格式为 client_id:client_secret；表单带附件的，须置于附件之前。",
            "api_key is required: client_id:client_secret; in a form with files, put it before the first file.",
        ));
    };
    // Guesses of a key count against the same rate limit as guesses of a token.
    state.limits.may_present(visitor.address(), key).map_err(|over| {
        visitor.event(Kind::RateLimitedTokens, None, "api_key");
        Problem::from(over)
    })?;
    let (id, secret) = key.split_once(':').unwrap_or_default();
    let client = match oauth::client_of(state, id, secret).await? {
        Ok(client) => client,
        Err(refusal) => {
            visitor.event(Kind::ClientRefused, None, refusal.error);
            state.limits.refused_token(visitor.address(), key, true);
            return Err(match refusal.error {
                "unauthorized_client" => refused(
                    "api_key：该接入系统未获批准，或者已暂停、注销。",
                    "api_key: the client has not been approved, or has been suspended or revoked.",
                ),
                _ => refused(
                    "api_key：没有此接入系统，或者密钥不符。",
                    "api_key: unknown client, or wrong client secret.",
                ),
            });
        }
    };
    let caller = Arc::new(client.caller(&state.local_issuer.url));
    visitor.limit_caller(&caller)?;
    visitor.refuse_revoked(&caller).await?;
    if !route.permission.allows(caller.role) || !caller.covers(route.operation) {
        visitor.event(Kind::Forbidden, Some(&caller), "api_key");
        return Err(refused(
            "api_key：该接入系统无权执行此操作。",
            "api_key: the client is not allowed to perform this operation.",
        ));
    }
    gate::context(state.clone().into_inner(), request, &route, caller, serde_json::Value::Null)
}
