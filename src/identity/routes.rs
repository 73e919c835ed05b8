//! Operations about the caller and the vocabulary.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::vocabulary::{self, Vocabulary};
use crate::access::Role;
use crate::access::permissions::Access;
use crate::db::{Id, Instant};
use crate::http::{PageOf, Response};
use crate::service::Ctx;

/// The caller, as read from the token (当前身份).
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Issuer of the token.
    #[schema(max_length = 200, example = "https://xiaoqu.example.invalid")]
    pub issuer: String,
    /// Subject of the token.
    #[schema(max_length = 200, example = "officer-17")]
    pub subject: String,
    /// Name of the person; null if the token has none.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    pub role: Role,
    /// Code of the division of the role (GB/T 2260): 6, 9 or 12 digits.
    #[schema(max_length = 12, example = "640121100")]
    pub division: Option<String>,
    /// USCC of the company (统一社会信用代码); null for other roles.
    #[schema(max_length = 18)]
    pub company: Option<String>,
    /// Complex of the committee; null for other roles.
    pub complex: Option<Id>,
    /// Organisation of the utility operator; null for other roles.
    #[schema(max_length = 200)]
    pub organisation: Option<String>,
    /// Tasks in the charge of a township leader; empty for other roles.
    #[schema(max_items = 8)]
    pub tasks: Vec<u8>,
    /// OAuth client that obtained the token; null without one.
    #[schema(max_length = 200)]
    pub client: Option<String>,
    /// True for a machine token (系统令牌). It may read, report and submit, but never decide.
    pub machine: bool,
    /// Time at which the token expires.
    pub expires_at: Instant,
    /// Operation ids that this token may call.
    #[schema(max_items = 1000)]
    pub permissions: Vec<String>,
}

/// Get the caller's identity
///
/// Returns what the token says about you, and every operation that you may call.
#[utoipa::path(get, path = "/v1/me", tag = "identity", responses((status = 200, description = "The caller", body = Me)))]
pub async fn get_me(ctx: Ctx) -> HttpResponse {
    let caller = &ctx.caller;
    let permissions = ctx
        .state
        .permissions
        .rows()
        .iter()
        .filter(|p| {
            matches!(p.access, Access::Roles(_))
                && p.allows(caller.role)
                && !(p.person_only && caller.machine)
                && caller.covers(p.operation)
        })
        .map(|p| p.operation.to_owned())
        .collect();
    HttpResponse::Ok().json(Me {
        issuer: caller.iss.clone(),
        subject: caller.sub.clone(),
        name: caller.name.clone(),
        role: caller.role,
        division: caller.division.clone(),
        company: caller.company.clone(),
        complex: caller.complex,
        organisation: caller.organisation.clone(),
        tasks: caller.tasks.clone(),
        client: caller.client.clone(),
        machine: caller.machine,
        expires_at: caller.expires_at,
        permissions,
    })
}

/// List the vocabulary
///
/// Returns every code of every enumeration with its Chinese and English label, on one page.
#[utoipa::path(get, path = "/v1/vocabulary",
    tag = "identity", responses((status = 200, description = "All codes", body = PageOf<Vocabulary>)))]
pub async fn get_vocabulary(ctx: Ctx) -> Response {
    Ok(HttpResponse::Ok().json(PageOf { items: vocabulary::all(ctx.state.features), next_cursor: None, total: None }))
}
