//! Handlers of the token endpoint and of the server metadata.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, WWW_AUTHENTICATE};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use super::model::{AuthorizationServer, TokenIn, TokenOut, TokenRefused};
use super::{TOKEN_PATH, actions, form};
use crate::access::permissions::Access;
use crate::http::Response;
use crate::http::marks::{Preformatted, RequestId};
use crate::security::{About, Kind};
use crate::service::Service;

/// Get a token
///
/// Issues an access token to a client (RFC 6749, 4.4). Send a form with `grant_type=client_credentials` and optionally
/// `scope`. Authenticate with id and secret, by HTTP Basic or in the form, or with a signed assertion
/// (`private_key_jwt`, RFC 7523). A machine token may read, report, submit and import, but not confirm, approve or
/// decide. Errors have the form of the RFC (`{"error": …}`).
#[utoipa::path(post, path = "/oauth/token",
    tag = "clients", request_body(content = TokenIn, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token", body = TokenOut),
        (status = 400, description = "The request is invalid, or the client may not get a token", body = TokenRefused),
        (status = 401, description = "The client authentication failed", body = TokenRefused),
        (status = 503, description = "The database is unreachable", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
pub async fn issue_token(state: web::Data<Service>, request: HttpRequest, body: web::Bytes) -> Response {
    let one = |name| {
        let mut all = request.headers().get_all(name);
        (all.next().and_then(|value| value.to_str().ok()), all.next().is_some())
    };
    let (media_type, _) = one(CONTENT_TYPE);
    let (authorization, twice) = one(AUTHORIZATION);
    if twice || !request.query_string().is_empty() {
        // RFC 6749, 2.3.1: credentials must not be in the URL, because logs would keep them.
        return Ok(refusal(&form::refused(
            "invalid_request",
            "send parameters in the body, and each header only once",
        )));
    }
    let asked = match form::read(media_type.unwrap_or_default(), &body, authorization) {
        Ok(asked) => asked,
        Err(refused) => return Ok(refusal(&refused)),
    };
    Ok(match actions::issue_token(&state, asked).await? {
        Ok(token) => no_store(HttpResponse::Ok().json(token)),
        Err(refused) => {
            let extensions = request.extensions();
            let about = About {
                request_id: extensions.get::<RequestId>().map_or("", |id| id.0.as_str()),
                operation: "issue_token",
                reason: refused.error,
                ..About::default()
            };
            state.security.event(Kind::ClientRefused, about);
            refusal(&refused)
        }
    })
}

/// RFC 6749, 5.1: responses with tokens must not be cached.
fn no_store(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, actix_web::http::header::HeaderValue::from_static("no-cache"));
    response
}

fn refusal(refused: &TokenRefused) -> HttpResponse {
    let unauthorized = refused.error == "invalid_client";
    let status = if unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let mut builder = HttpResponse::build(status);
    if unauthorized {
        builder.insert_header((WWW_AUTHENTICATE, "Basic realm=\"xiaoqu\", charset=\"UTF-8\""));
    }
    let mut response = no_store(builder.json(refused));
    response.extensions_mut().insert(Preformatted);
    response
}

/// Get the authorization server metadata
///
/// Returns the endpoints and the key location of the authorization server (RFC 8414).
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server",
    tag = "clients", responses((status = 200, description = "Metadata", body = AuthorizationServer)))]
pub async fn get_authorization_server(state: web::Data<Service>) -> HttpResponse {
    let issuer = &state.local_issuer.url;
    let systems =
        state.permissions.rows().iter().filter(|one| matches!(one.access, Access::Roles(_)) && !one.person_only);
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(AuthorizationServer {
        issuer: issuer.clone(),
        token_endpoint: format!("{issuer}{TOKEN_PATH}"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        scopes_supported: systems.map(|one| one.operation).collect(),
        response_types_supported: Vec::new(),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post", "private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported: vec!["ES256", "EdDSA", "RS256"],
        service_documentation: format!("{issuer}/docs/"),
    })
}
