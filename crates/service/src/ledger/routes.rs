//! Operations of the ledger and the event feed.

use actix_web::{HttpRequest, HttpResponse, web};

use super::actions;
use super::model::{
    CloudEvent, Consistency, ConsistencyQuery, EntryQuery, LedgerEntry, LedgerHead, LedgerRow, ListEntries, ListEvents,
};
use super::seal::Sealer;
use crate::http::{PageOf, Response};
use crate::problem::{Problem, ProblemBody};
use crate::service::{Ctx, Service};

/// Get the ledger head
///
/// Returns the signed checkpoint. Open to everyone. Keep a copy elsewhere: any later state of the ledger can be
/// verified against it. It shows the number of events, but nothing of their content. 404 before the first event is
/// sealed.
#[utoipa::path(get, path = "/v1/ledger/head", tag = "ledger", responses(
    (status = 200, description = "The ledger head", body = LedgerHead),
    (status = 404, description = "Nothing is sealed yet", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
))]
pub async fn get_ledger_head(state: web::Data<Service>) -> Response {
    let sealer = state.parts.get::<Sealer>().clone();
    let head = state.db.read(move |conn| actions::head(conn, |origin| sealer.public_keys(origin))).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-cache")).json(head))
}

/// Get a consistency proof
///
/// Proves that the tree of size `to` contains the tree of size `from` unchanged (RFC 9162, 2.1.4). Open to everyone.
#[utoipa::path(get, path = "/v1/ledger/consistency", tag = "ledger", params(ConsistencyQuery), responses(
    (status = 200, description = "The consistency proof", body = Consistency),
    (status = 400, description = "Invalid parameters", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is sealed yet", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
))]
pub async fn get_ledger_consistency(state: web::Data<Service>, request: HttpRequest) -> Response {
    let query =
        state.contract.check_query("get_ledger_consistency", request.query_string()).map_err(Problem::collected)?;
    let query: ConsistencyQuery = serde_json::from_value(query)
        .map_err(|error| Problem::input_error("query", "invalid_format", "参数格式错误", error.to_string()))?;
    let proof = state.db.read(move |conn| actions::consistency(conn, &query)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-cache")).json(proof))
}

/// List ledger entries
///
/// Lists every sealed event of the county, in order, with its actor and time. For auditors only. Personal data
/// appear as salted digests only.
#[utoipa::path(get, path = "/v1/ledger/entries",
    tag = "ledger", params(ListEntries), responses((status = 200, description = "A page", body = PageOf<LedgerRow>)))]
pub async fn list_ledger_entries(ctx: Ctx) -> Response {
    let query: ListEntries = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_entries(conn, ctx, &query)).await
}

/// Get a ledger entry with its proof
///
/// Returns the leaf and the proof that the tree of the signed checkpoint includes it (RFC 9162, 2.1.3). You can get the
/// proof of every event that you see in the feed. Other events are 404.
#[utoipa::path(get, path = "/v1/ledger/entries/{seq}", tag = "ledger",
    params(("seq" = i64, Path, description = "Number of the entry", minimum = 0), EntryQuery),
    responses((status = 200, description = "The entry", body = LedgerEntry)))]
pub async fn get_ledger_entry(ctx: Ctx, request: HttpRequest) -> Response {
    let seq =
        request.match_info().get("seq").and_then(|n| n.parse::<i64>().ok()).filter(|n| *n >= 0).ok_or_else(|| {
            Problem::input_error("path/seq", "invalid_format", "序号须为非负整数", "must be a whole number from 0")
        })?;
    let query: EntryQuery = ctx.query()?;
    let entry = ctx.read(move |conn, ctx| actions::entry(conn, ctx, seq, &query)).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Vary", "Authorization, Accept-Language"))
        .insert_header(("Cache-Control", "private, no-cache"))
        .json(entry))
}

/// List events
///
/// Lists the sealed events of your territory and audience, in order, as CloudEvents 1.0. To poll, keep the last
/// `sequence` and pass it as `after`. No event is ever inserted before it. An event appears within a second of its
/// write.
#[utoipa::path(get, path = "/v1/events",
    tag = "ledger", params(ListEvents), responses((status = 200, description = "A page", body = PageOf<CloudEvent>)))]
pub async fn list_events(ctx: Ctx) -> Response {
    let query: ListEvents = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_events(conn, ctx, &query)).await
}
