use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::model::*;
use super::view::{self, Disclosure, DisclosureStatus, DisclosureVersion};
use super::{actions, store};
use crate::http::{PageOf, PathId, Response};
use crate::problem::Problem;
use crate::service::{Body, Ctx};

/// The `{kind}` of a path. There are six; any other is nothing.
pub struct PathKind(DisclosureKind);

impl FromRequest for PathKind {
    type Error = Problem;
    type Future = Ready<Result<PathKind, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kind = request.match_info().get("kind").and_then(DisclosureKind::from_code);
        ready(kind.map(PathKind).ok_or_else(|| Problem::not_found_at("path/kind")))
    }
}

/// List the six disclosures of a complex
///
/// Where each of the six kinds (六个公开) stands for the company that serves the complex today, with its due day; all on one
/// page, and empty where nobody serves it.
#[utoipa::path(get, path = "/v1/complexes/{id}/disclosures",
    tag = "disclosures", params(("id" = crate::db::Id, Path, description = "Id of the complex")),
    responses((status = 200, description = "All six", body = PageOf<DisclosureStatus>)))]
pub async fn list_disclosures(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| actions::list_disclosures(conn, ctx, id.0)).await
}

/// Get a disclosure
///
/// The state, the current version with what it says, and the prices in it that the filed contract in force today does not
/// bear out. 404 where nobody serves the complex.
#[utoipa::path(get, path = "/v1/complexes/{id}/disclosures/{kind}", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    responses((status = 200, description = "The disclosure", body = Disclosure)))]
pub async fn get_disclosure(ctx: Ctx, id: PathId, kind: PathKind) -> Response {
    ctx.get_snapshot(move |conn, ctx| actions::get_disclosure(conn, ctx, id.0, kind.0)).await
}

/// Submit a disclosure
///
/// By the company that serves the complex, and by nobody on its behalf. The member that the path's kind names is given, the
/// others are not. A new version takes the place of the current one and waits to be verified; the last verified one stays
/// what the public sees until then. Public revenue is of one whole period and adds up to the fen.
#[utoipa::path(post, path = "/v1/complexes/{id}/disclosures/{kind}", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    request_body = DisclosureIn, responses((status = 201, description = "Submitted", body = DisclosureVersion)))]
pub async fn submit_disclosure(ctx: Ctx, id: PathId, kind: PathKind, body: Body<DisclosureIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_disclosure(tx, id.0, kind.0, body)).await
}

/// List the versions of a disclosure
///
/// Newest first, of every company that has served the complex; a company sees its own.
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
/// By the community or the social affairs office: the board was looked at. It names the version, so that nobody verifies
/// what they have not seen; a rejection gives its reasons, and the company submits a new version.
#[utoipa::path(post, path = "/v1/complexes/{id}/disclosures/{kind}/verification", tag = "disclosures", params(
    ("id" = crate::db::Id, Path, description = "Id of the complex"),
    ("kind" = DisclosureKind, Path, description = "Kind of disclosure")),
    request_body = VerificationIn, responses((status = 200, description = "Verified or rejected", body = DisclosureVersion)))]
pub async fn verify_disclosure(ctx: Ctx, id: PathId, kind: PathKind, body: Body<VerificationIn>) -> Response {
    ctx.act(body, move |tx, body| actions::verify_disclosure(tx, id.0, kind.0, body)).await
}
