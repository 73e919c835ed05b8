use super::model::*;
use super::{actions, store};
use crate::http::{PageOf, PathId, Response};
use crate::service::{Body, Ctx};

/// List __words_many__
///
/// Lists the __words_many__ of your territory, newest first. A company sees those of complexes that it serves, a committee
/// those of its complex.
#[utoipa::path(get, path = "/v1/__path__",
    tag = "__path__", params(List__Features__), responses((status = 200, description = "A page", body = PageOf<__Feature__>)))]
pub async fn list___features__(ctx: Ctx) -> Response {
    let query: List__Features__ = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, ctx, &query)).await
}

/// Plan __a_feature__
///
/// Plans __a_feature__ for a complex of your territory, today or later. It is assigned to the company that serves the
/// complex on that day.
#[utoipa::path(post, path = "/v1/__path__",
    tag = "__path__", request_body = __Feature__In, responses((status = 201, description = "Planned", body = __Feature__)))]
pub async fn create___feature__(ctx: Ctx, body: Body<__Feature__In>) -> Response {
    ctx.act(body, actions::create___feature__).await
}

/// Get __a_feature__
///
/// Returns __a_feature__ with its outcome, if reported.
#[utoipa::path(get, path = "/v1/__path__/{id}",
    tag = "__path__", params(("id" = crate::db::Id, Path, description = "Id of the __words__")),
    responses((status = 200, description = "The __words__", body = __Feature__)))]
pub async fn get___feature__(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        store::entity(conn, ctx, row)
    })
    .await
}

/// Report __a_feature__
///
/// Records the outcome of __a_feature__. It can be reported once.
#[utoipa::path(post, path = "/v1/__path__/{id}/report",
    tag = "__path__", params(("id" = crate::db::Id, Path, description = "Id of the __words__")),
    request_body = __Feature__ReportIn, responses((status = 200, description = "Reported", body = __Feature__)))]
pub async fn report___feature__(ctx: Ctx, id: PathId, body: Body<__Feature__ReportIn>) -> Response {
    ctx.act(body, move |tx, body| actions::report___feature__(tx, id.0, body)).await
}
