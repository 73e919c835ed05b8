use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::model::*;
use super::view::{self, Disclosure, DisclosureStatus, DisclosureVersion};
use super::{actions, store};
use crate::http::{PageOf, PathId, Response};
use crate::problem::Problem;
use crate::service::{Body, Ctx};

/// The `{kind}` of a path; an unknown kind is 404.
pub struct PathKind(DisclosureKind);

impl FromRequest for PathKind {
    type Error = Problem;
    type Future = Ready<Result<PathKind, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kind = request.match_info().get("kind").and_then(DisclosureKind::from_code);
        ready(kind.map(PathKind).ok_or_else(|| Problem::not_found_at("path/kind")))
    }
}

/// List the disclosures of a complex
///
/// Lists the state and due date of each of the six disclosures (六个公开) for the company that serves the complex today,
/// all on one page. The list is empty if no company serves it.
#[utoipa::path(get, path = "/v1/complexes/{id}/disclosures",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    responses((status = 200, description = "The six disclosures", body = PageOf<DisclosureStatus>)))]
pub async fn list_disclosures(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| actions::list_disclosures(conn, ctx, id.0)).await
}

/// Get a disclosure
///
/// Returns the state, the current version with its content, and the prices that do not match the filed contract in
/// force today. Responds 404 if no company serves the complex.
#[utoipa::path(get, path = "/v1/complexes/{id}/disclosures/{kind}", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    responses((status = 200, description = "The disclosure", body = Disclosure)))]
pub async fn get_disclosure(ctx: Ctx, id: PathId, kind: PathKind) -> Response {
    ctx.get_snapshot(move |conn, ctx| actions::get_disclosure(conn, ctx, id.0, kind.0)).await
}

/// Submit a disclosure
///
/// Only the company that serves the complex may submit. Send the member of `content` that the path names, and no
/// other. The new version replaces the current one and must be verified; until then the public sees the last verified
/// version. Public revenue must cover one whole period and add up to the fen.
#[utoipa::path(post, path = "/v1/complexes/{id}/disclosures/{kind}", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    request_body = DisclosureIn, responses((status = 201, description = "Submitted", body = DisclosureVersion)))]
pub async fn submit_disclosure(ctx: Ctx, id: PathId, kind: PathKind, body: Body<DisclosureIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_disclosure(tx, id.0, kind.0, body)).await
}

/// List the versions of a disclosure
///
/// Lists the versions of every company that has served the complex, newest first. A company sees only its own.
#[utoipa::path(get, path = "/v1/complexes/{id}/disclosures/{kind}/history", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure"), ListVersions),
    responses((status = 200, description = "A page", body = PageOf<DisclosureVersion>)))]
pub async fn list_disclosure_versions(ctx: Ctx, id: PathId, kind: PathKind) -> Response {
    let query: ListVersions = ctx.query()?;
    ctx.list(move |conn, ctx| {
        store::history(conn, &ctx.scope, id.0, kind.0, &query)?.map(|rows| view::versions(conn, ctx, rows))
    })
    .await
}

/// Verify a disclosure
///
/// The community or the social affairs office confirms that the notice board shows the content, or rejects it with
/// reasons. Name the version that you checked; it must be the current one and in state `submitted`. After a rejection
/// the company submits a new version.
#[utoipa::path(post, path = "/v1/complexes/{id}/disclosures/{kind}/verification", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    request_body = VerificationIn, responses((status = 200, description = "Verified or rejected", body = DisclosureVersion)))]
pub async fn verify_disclosure(ctx: Ctx, id: PathId, kind: PathKind, body: Body<VerificationIn>) -> Response {
    ctx.act(body, move |tx, body| actions::verify_disclosure(tx, id.0, kind.0, body)).await
}
