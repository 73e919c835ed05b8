use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for a token (RFC 6749, 4.4.2), as a form. Other parameters are ignored, as the RFC says.
#[derive(Deserialize, ToSchema)]
pub struct TokenIn {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials", max_length = 40)]
    pub grant_type: String,
    /// The client's id, where it does not come by HTTP Basic.
    #[schema(example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", max_length = 100)]
    pub client_id: Option<String>,
    /// The client's secret, where it does not come by HTTP Basic.
    #[schema(example = "xqs_example-of-a-secret-that-opens-nothing-00000000", max_length = 200)]
    pub client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, where the client shows an assertion.
    #[schema(max_length = 100, example = json!(null))]
    pub client_assertion_type: Option<String>,
    /// A JWT that the client signed with a registered key (RFC 7523, 3), good once: `iss` and `sub` are its id, `aud` is the token endpoint
    /// or the issuer, `exp` is at most five minutes from now, `jti` is new.
    #[schema(max_length = 8192, example = json!(null))]
    pub client_assertion: Option<String>,
    /// Operations that the token is to be limited to, by `operationId`, with spaces between.
    #[schema(example = "list_violations report_violation", max_length = 8000)]
    pub scope: Option<String>,
}

/// A token (RFC 6749, 5.1; 访问令牌).
#[derive(Serialize, ToSchema)]
pub struct TokenOut {
    /// A JWT (RFC 9068): for `Authorization: Bearer`.
    #[schema(max_length = 8192, example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.c2ln")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, example = "Bearer")]
    pub token_type: String,
    /// Its life in seconds.
    #[schema(minimum = 60, maximum = 86400, example = 3600)]
    pub expires_in: u64,
    /// Operations that it is limited to; absent where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8000, example = "list_violations report_violation")]
    pub scope: Option<String>,
}

/// Why there is no token (RFC 6749, 5.2). This one answer has the form of its RFC, not that of a problem.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TokenRefused {
    /// `invalid_request`, `invalid_client`, `unauthorized_client`, `unsupported_grant_type` or `invalid_scope`.
    #[schema(max_length = 40, example = "invalid_client")]
    pub error: &'static str,
    /// What to mend.
    #[schema(max_length = 200, example = "unknown client, or a secret that is not its own")]
    pub error_description: &'static str,
}

/// Metadata of the authorization server (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct AuthorizationServer {
    /// `iss` of the tokens.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn")]
    pub issuer: String,
    /// Where clients get tokens.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/oauth/token")]
    pub token_endpoint: String,
    /// Keys of the tokens.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/.well-known/jwks.json")]
    pub jwks_uri: String,
    /// Operations that a token can be limited to.
    #[schema(max_items = 500)]
    pub scopes_supported: Vec<&'static str>,
    /// None: persons get their tokens elsewhere.
    #[schema(max_items = 1, example = json!([]))]
    pub response_types_supported: Vec<&'static str>,
    /// `client_credentials` only.
    #[schema(max_items = 1, example = json!(["client_credentials"]))]
    pub grant_types_supported: Vec<&'static str>,
    /// How a client shows who it is.
    #[schema(max_items = 3, example = json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]))]
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// What an assertion may be signed with.
    #[schema(max_items = 3, example = json!(["ES256", "EdDSA", "RS256"]))]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// The document of the whole interface.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/docs/")]
    pub service_documentation: String,
}
