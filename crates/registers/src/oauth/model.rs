//! Request and response bodies of the token endpoint.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token request (RFC 6749, 4.4.2), sent as a form. Unknown parameters are ignored, as the RFC requires.
#[derive(Deserialize, ToSchema)]
pub struct TokenIn {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials", max_length = 40)]
    pub grant_type: String,
    /// The client id, unless sent by HTTP Basic.
    #[schema(example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", max_length = 100)]
    pub client_id: Option<String>,
    /// The client secret, unless sent by HTTP Basic.
    #[schema(example = "xqs_example-of-a-secret-that-opens-nothing-00000000", max_length = 200)]
    pub client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer` if the client sends an assertion.
    #[schema(max_length = 100, example = json!(null))]
    pub client_assertion_type: Option<String>,
    /// A JWT signed with a registered key of the client (RFC 7523, 3). `iss` and `sub` are the client id, `aud` is the
    /// token endpoint or the issuer, `exp` is at most five minutes from now. Use a new `jti` for each request.
    #[schema(max_length = 8192, example = json!(null))]
    pub client_assertion: Option<String>,
    /// Restricts the token to these operations: `operationId` values, separated by spaces.
    #[schema(example = "list_violations report_violation", max_length = 8000)]
    pub scope: Option<String>,
}

/// An access token (访问令牌; RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
pub struct TokenOut {
    /// A JWT (RFC 9068). Send it as `Authorization: Bearer`.
    #[schema(max_length = 8192, example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.c2ln")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, example = "Bearer")]
    pub token_type: String,
    /// Lifetime in seconds.
    #[schema(minimum = 60, maximum = 86400, example = 3600)]
    pub expires_in: u64,
    /// Operations to which the token is restricted; absent if it is not restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8000, example = "list_violations report_violation")]
    pub scope: Option<String>,
}

/// Reason for not issuing a token (RFC 6749, 5.2). This response has the form of the RFC and is not a problem.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TokenRefused {
    /// `invalid_request`, `invalid_client`, `unauthorized_client`, `unsupported_grant_type` or `invalid_scope`.
    #[schema(max_length = 40, example = "invalid_client")]
    pub error: &'static str,
    /// What to correct.
    #[schema(max_length = 200, example = "unknown client or wrong secret")]
    pub error_description: &'static str,
}

/// Metadata of the authorization server (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct AuthorizationServer {
    /// Issuer: `iss` of the tokens.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Token endpoint.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/oauth/token")]
    pub token_endpoint: String,
    /// URL of the public keys that sign the tokens.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/.well-known/jwks.json")]
    pub jwks_uri: String,
    /// Operations to which a token can be restricted.
    #[schema(max_items = 500)]
    pub scopes_supported: Vec<&'static str>,
    /// Always empty: persons do not get their tokens here.
    #[schema(max_items = 1, example = json!([]))]
    pub response_types_supported: Vec<&'static str>,
    /// Always `client_credentials`.
    #[schema(max_items = 1, example = json!(["client_credentials"]))]
    pub grant_types_supported: Vec<&'static str>,
    /// Supported ways of client authentication.
    #[schema(max_items = 3, example = json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]))]
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Supported signature algorithms of assertions.
    #[schema(max_items = 3, example = json!(["ES256", "EdDSA", "RS256"]))]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// URL of the API documentation.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/docs/")]
    pub service_documentation: String,
}
