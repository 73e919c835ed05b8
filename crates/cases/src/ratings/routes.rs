//! Operations of ratings, cycles, plaques and the focus list.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Published;
use super::cycle_view::{self, RatingCycle};
use super::input::*;
use super::plaques::{self, Plaque};
use super::view::{self, FocusEntry, Rating, RatingSummary};
use super::{announcement, cycles, list_store, publication, scoring, store};
use crate::http::{PageOf, PathId, Response};
use crate::problem::ProblemBody;
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Service};

/// List rating cycles
///
/// Lists the cycles of your county and township, newest first. For offices.
#[utoipa::path(get, path = "/v1/rating-cycles",
    tag = "ratings", params(ListCycles), responses((status = 200, description = "A page", body = PageOf<RatingCycle>)))]
pub async fn list_rating_cycles(ctx: Ctx) -> Response {
    let query: ListCycles = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let page = list_store::list_cycles(conn, ctx, &query)?;
        page.map(|rows| Ok(rows.into_iter().map(cycle_view::cycle).collect()))
    })
    .await
}

/// Open a rating cycle
///
/// Opens a cycle for a half-year or a year in your county or township. For the county authority or a social affairs
/// office. The rubric of the policy in force today applies until its end. Cycles of the same county must not overlap if
/// they share complexes.
#[utoipa::path(post, path = "/v1/rating-cycles",
    tag = "ratings", request_body = CycleIn, responses((status = 201, description = "Opened", body = RatingCycle)))]
pub async fn create_rating_cycle(ctx: Ctx, body: Body<CycleIn>) -> Response {
    ctx.act(body, cycles::create_rating_cycle).await
}

/// Get a rating cycle
///
/// Returns a cycle with its progress in your territory, including the number of ratings whose consequences are pending.
/// For offices.
#[utoipa::path(get, path = "/v1/rating-cycles/{id}",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    responses((status = 200, description = "The cycle", body = RatingCycle)))]
pub async fn get_rating_cycle(ctx: Ctx, id: PathId) -> Response {
    ctx.get_snapshot(move |conn, ctx| {
        let row = store::find_cycle(conn, &ctx.scope, id.0)?;
        cycle_view::entity(conn, ctx, row, None)
    })
    .await
}

/// Start the ratings of a cycle
///
/// Starts the ratings of complexes in your territory that have a company and no rating in the open cycle. For the
/// county authority or a social affairs office. One request starts up to 200; `progress.moved` counts them. Repeat the
/// request until it is 0.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/ratings",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = StepIn, responses((status = 200, description = "Started", body = RatingCycle)))]
pub async fn begin_ratings(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| cycles::begin_ratings(tx, id.0, body)).await
}

/// Announce the ratings of a cycle
///
/// Announces (公示) every reviewed rating of your territory, with one announcement period; the rated period must have
/// ended. For the county authority or a social affairs office. The company, the committee and the community, also on
/// behalf of owners, may object until the last day of the period.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/announcement",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = StepIn, responses((status = 200, description = "Announced", body = RatingCycle)))]
pub async fn announce_rating_cycle(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    let state = ctx.state.clone();
    let answer = ctx.act(body, move |tx, body| announcement::announce_rating_cycle(tx, id.0, body)).await;
    state.parts.get::<Published>().0.notify_one();
    answer
}

/// Publish a rating cycle
///
/// Publishes all ratings of the cycle whose announcement period is over and that have no open objection, in one step:
/// none is visible before the others. For the county or township that opened it. Repeat it later for the remaining
/// ratings. Plaques and proposals of removal follow within seconds; `progress.consequences_pending` counts what is
/// left.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/publication",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = StepIn, responses((status = 200, description = "Published", body = RatingCycle)))]
pub async fn publish_rating_cycle(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    let state = ctx.state.clone();
    let answer = ctx.act(body, move |tx, body| publication::publish_rating_cycle(tx, id.0, body)).await;
    state.parts.get::<Published>().0.notify_one();
    answer
}

/// Cancel a rating cycle
///
/// Cancels a cycle that was opened by mistake and has no ratings except withdrawn ones. For the county or township that
/// opened it.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/cancellation",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = RatingCycle)))]
pub async fn cancel_rating_cycle(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| cycles::cancel_rating_cycle(tx, id.0, body)).await
}

/// List ratings
///
/// Lists the ratings of your territory, newest first. A company sees its own and a committee those of its complex, from
/// the announcement on. `as_of` lists the ratings that were current on a day, with the star of that day.
#[utoipa::path(get, path = "/v1/ratings",
    tag = "ratings", params(ListRatings), responses((status = 200, description = "A page", body = PageOf<RatingSummary>)))]
pub async fn list_ratings(ctx: Ctx) -> Response {
    let query: ListRatings = ctx.query()?;
    ctx.list(move |conn, ctx| {
        let page = list_store::list(conn, ctx, &query)?;
        page.map(|rows| view::summaries(conn, ctx, rows, query.as_of))
    })
    .await
}

/// Start a rating
///
/// Starts the rating of one complex that has a company. For the county authority or a social affairs office. Each
/// complex has one rating in a cycle. If an earlier published one was withdrawn, the new one corrects it.
#[utoipa::path(post, path = "/v1/ratings",
    tag = "ratings", request_body = RatingIn, responses((status = 201, description = "Started", body = Rating)))]
pub async fn create_rating(ctx: Ctx, body: Body<RatingIn>) -> Response {
    ctx.act(body, cycles::create_rating).await
}

/// Get a rating
///
/// Returns a rating with its score sheets and the derivation of the star: points, raw star, vetoes and ladder
/// adjustments, each with its ground. Offices see who scored; other callers see it only if the policy allows.
#[utoipa::path(get, path = "/v1/ratings/{id}",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    responses((status = 200, description = "The rating", body = Rating)))]
pub async fn get_rating(ctx: Ctx, id: PathId) -> Response {
    ctx.get_snapshot(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::entity(conn, ctx, row)
    })
    .await
}

/// Submit a score sheet
///
/// Submits the score sheet of a rater: the points of every rubric item, with a note where points are deducted. For the
/// office (social affairs or enforcement office) and the community. For the owners, submit one satisfaction figure.
/// Possible while the cycle is open for scoring, and again after a return or a sustained objection. A second sheet
/// replaces the first until the review. With the last missing sheet the rating is scored.
#[utoipa::path(post, path = "/v1/ratings/{id}/scores",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ScoresIn, responses((status = 200, description = "Scored", body = Rating)))]
pub async fn submit_rating_scores(ctx: Ctx, id: PathId, body: Body<ScoresIn>) -> Response {
    ctx.act(body, move |tx, body| scoring::submit_rating_scores(tx, id.0, body)).await
}

/// Review a rating
///
/// Confirms a scored rating, or returns it to be scored again (复核). For the county authority, a township leader or a
/// social affairs office, but not for a person who scored it.
#[utoipa::path(post, path = "/v1/ratings/{id}/review",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = RatingReviewIn, responses((status = 200, description = "Reviewed", body = Rating)))]
pub async fn review_rating(ctx: Ctx, id: PathId, body: Body<RatingReviewIn>) -> Response {
    ctx.act(body, move |tx, body| scoring::review_rating(tx, id.0, body)).await
}

/// Announce a rating
///
/// Announces (公示) one reviewed rating; the rated period must have ended. For the county authority or a social affairs
/// office. The announcement period runs from the next working day for the number of days in the policy.
#[utoipa::path(post, path = "/v1/ratings/{id}/announcement",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = StepIn, responses((status = 200, description = "Announced", body = Rating)))]
pub async fn announce_rating(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::announce_rating(tx, id.0, body)).await
}

/// Object to a rating
///
/// Submits an objection (异议) during the announcement period. For the company, the committee or the community, which may
/// also submit it on behalf of owners. The rating cannot be published until it is decided.
#[utoipa::path(post, path = "/v1/ratings/{id}/objection",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ObjectionIn, responses((status = 200, description = "Objected", body = Rating)))]
pub async fn object_to_rating(ctx: Ctx, id: PathId, body: Body<ObjectionIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::object_to_rating(tx, id.0, body)).await
}

/// Decide an objection to a rating
///
/// Decides an objection. For the county authority, a township leader or a social affairs office, but not for a person
/// who scored or reviewed the rating. If it is sustained, the rating is scored, reviewed and announced again.
#[utoipa::path(post, path = "/v1/ratings/{id}/objection-decision",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ObjectionDecisionIn, responses((status = 200, description = "Decided", body = Rating)))]
pub async fn decide_rating_objection(ctx: Ctx, id: PathId, body: Body<ObjectionDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::decide_rating_objection(tx, id.0, body)).await
}

/// Reply to a rating
///
/// Submits the company's reply, once, from the announcement on. It is published with the rating, so it must not contain
/// personal data.
#[utoipa::path(post, path = "/v1/ratings/{id}/reply",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = RatingReplyIn, responses((status = 200, description = "Replied", body = Rating)))]
pub async fn reply_to_rating(ctx: Ctx, id: PathId, body: Body<RatingReplyIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::reply_to_rating(tx, id.0, body)).await
}

/// Publish a rating
///
/// Publishes one announced rating and processes its consequences at once. Its announcement period must be over and no
/// objection open. For the county or township that opened the cycle.
#[utoipa::path(post, path = "/v1/ratings/{id}/publication",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = StepIn, responses((status = 200, description = "Published", body = Rating)))]
pub async fn publish_rating(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| publication::publish_rating(tx, id.0, body)).await
}

/// Withdraw a rating
///
/// Withdraws a rating, with reasons. The rating before it is current again, and the focus list, the plaque and a
/// proposed removal follow. A new rating of the complex in the cycle corrects it. A published one must be withdrawn by
/// a person who did not score it.
#[utoipa::path(post, path = "/v1/ratings/{id}/withdrawal",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = Rating)))]
pub async fn withdraw_rating(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| publication::withdraw_rating(tx, id.0, body)).await
}

/// List the focus list
///
/// Lists complexes with a low star (重点整治名单), the one longest on the list first, each with its reason and first day.
#[utoipa::path(get, path = "/v1/focus-list",
    tag = "ratings", params(ListFocus), responses((status = 200, description = "A page", body = PageOf<FocusEntry>)))]
pub async fn list_focus_list(ctx: Ctx) -> Response {
    let query: ListFocus = ctx.query()?;
    ctx.list(move |conn, ctx| list_store::focus_list(conn, ctx, &query)?.map(|rows| view::focus(conn, rows))).await
}

/// Check a plaque
///
/// Returns the plaque (铭牌) with this number: valid, superseded or withdrawn. Public.
#[utoipa::path(get, path = "/v1/plaques/{number}",
    tag = "ratings", params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The plaque", body = Plaque),
        (status = 404, description = "No plaque has this number", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
    ))]
pub async fn get_plaque(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = request.match_info().get("number").unwrap_or_default().to_owned();
    let with = state.clone();
    let plaque = state.db.read(move |conn| plaques::find(conn, &with, &number)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=60")).json(plaque))
}
