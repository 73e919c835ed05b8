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
/// Of your county and township, newest first.
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
/// Of a half-year or a year, for the caller's county or township. It goes by the rubric of the policy in force today to its
/// end. One cycle of a period and area; a county's and a township's of the same days exclude each other.
#[utoipa::path(post, path = "/v1/rating-cycles",
    tag = "ratings", request_body = CycleIn, responses((status = 201, description = "Open", body = RatingCycle)))]
pub async fn create_rating_cycle(ctx: Ctx, body: Body<CycleIn>) -> Response {
    ctx.act(body, cycles::create_rating_cycle).await
}

/// Get a rating cycle
///
/// With how many ratings stand where in your territory, and whether what follows from its publication is done.
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

/// Begin the ratings of a cycle
///
/// Of the complexes of your territory that have none in it and that a company serves today: up to 200 in one call;
/// `progress.moved` tells how many. Call it until that is 0.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/ratings",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = StepIn, responses((status = 200, description = "Begun", body = RatingCycle)))]
pub async fn begin_ratings(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| cycles::begin_ratings(tx, id.0, body)).await
}

/// Announce the ratings of a cycle
///
/// Every reviewed one of your territory, with one publicity (公示): the company, the committee, the community and the owners
/// may object until its last day.
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
/// Every rating of it whose publicity is over and to which no objection is open, at one instant: nobody sees one before the
/// others. The rest waits for another call. Plaques and proposals of removal follow within seconds;
/// `progress.consequences_pending` tells how many are still to come.
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
/// One that was opened by mistake, while nothing is rated in it.
#[utoipa::path(post, path = "/v1/rating-cycles/{id}/cancellation",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the cycle")),
    request_body = ReasonsIn, responses((status = 200, description = "Cancelled", body = RatingCycle)))]
pub async fn cancel_rating_cycle(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| cycles::cancel_rating_cycle(tx, id.0, body)).await
}

/// List ratings
///
/// Of your territory, newest first; a company sees its own and a committee those of its complex once they are announced.
/// `as_of` a day: the published ratings that stood then, with the stars that they had.
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

/// Begin a rating
///
/// Of one complex that a company serves; one in each cycle. After the withdrawal of a published one it is its correction.
#[utoipa::path(post, path = "/v1/ratings",
    tag = "ratings", request_body = RatingIn, responses((status = 201, description = "Begun", body = Rating)))]
pub async fn create_rating(ctx: Ctx, body: Body<RatingIn>) -> Response {
    ctx.act(body, cycles::create_rating).await
}

/// Get a rating
///
/// With its scores and how they became the star: points, raw star, vetoes, adjustments by the ladder, each with its ground.
/// Who scored is shown to offices; to the company only where the policy says so.
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

/// Submit the scores of a rater
///
/// Every item of the rubric, with a note where points are deducted; a missing item is a fault. The owners' satisfaction is
/// one figure. Given again before the review, the sheet takes the place of the one before. With the last rater's sheet
/// the rating is scored.
#[utoipa::path(post, path = "/v1/ratings/{id}/scores",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ScoresIn, responses((status = 200, description = "Scored", body = Rating)))]
pub async fn submit_rating_scores(ctx: Ctx, id: PathId, body: Body<ScoresIn>) -> Response {
    ctx.act(body, move |tx, body| scoring::submit_rating_scores(tx, id.0, body)).await
}

/// Review a rating
///
/// By another person than those who scored (复核). A return lets it be scored again.
#[utoipa::path(post, path = "/v1/ratings/{id}/review",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = RatingReviewIn, responses((status = 200, description = "Reviewed", body = Rating)))]
pub async fn review_rating(ctx: Ctx, id: PathId, body: Body<RatingReviewIn>) -> Response {
    ctx.act(body, move |tx, body| scoring::review_rating(tx, id.0, body)).await
}

/// Announce a rating
///
/// The publicity (公示) begins on the next working day and lasts as long as the policy says.
#[utoipa::path(post, path = "/v1/ratings/{id}/announcement",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = StepIn, responses((status = 200, description = "Announced", body = Rating)))]
pub async fn announce_rating(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::announce_rating(tx, id.0, body)).await
}

/// Object to a rating
///
/// By the company, the committee or the community, for itself or for owners, within the publicity. It stops the publication
/// until it is decided.
#[utoipa::path(post, path = "/v1/ratings/{id}/objection",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ObjectionIn, responses((status = 200, description = "Objected", body = Rating)))]
pub async fn object_to_rating(ctx: Ctx, id: PathId, body: Body<ObjectionIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::object_to_rating(tx, id.0, body)).await
}

/// Decide an objection
///
/// By another person than those who scored. Accepted: the rating is scored, reviewed and announced once more.
#[utoipa::path(post, path = "/v1/ratings/{id}/objection-decision",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ObjectionDecisionIn, responses((status = 200, description = "Decided", body = Rating)))]
pub async fn decide_rating_objection(ctx: Ctx, id: PathId, body: Body<ObjectionDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::decide_rating_objection(tx, id.0, body)).await
}

/// Reply to a rating
///
/// By the company, once, from the announcement on. Its text is published with the rating, so it holds no personal data.
#[utoipa::path(post, path = "/v1/ratings/{id}/reply",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = RatingReplyIn, responses((status = 200, description = "Replied", body = Rating)))]
pub async fn reply_to_rating(ctx: Ctx, id: PathId, body: Body<RatingReplyIn>) -> Response {
    ctx.act(body, move |tx, body| announcement::reply_to_rating(tx, id.0, body)).await
}

/// Publish a rating
///
/// One by itself, once its publicity is over and no objection is open, with what follows from it at once.
#[utoipa::path(post, path = "/v1/ratings/{id}/publication",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = StepIn, responses((status = 200, description = "Published", body = Rating)))]
pub async fn publish_rating(ctx: Ctx, id: PathId, body: Body<StepIn>) -> Response {
    ctx.act(body, move |tx, body| publication::publish_rating(tx, id.0, body)).await
}

/// Withdraw a rating
///
/// With reasons. The rating before it stands again; the focus list, the plaque and a proposed removal follow. A new rating
/// of the complex in the cycle is its correction.
#[utoipa::path(post, path = "/v1/ratings/{id}/withdrawal",
    tag = "ratings", params(("id" = crate::db::Id, Path, description = "Id of the rating")),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = Rating)))]
pub async fn withdraw_rating(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| publication::withdraw_rating(tx, id.0, body)).await
}

/// List the focus list
///
/// Complexes with few stars (重点整治名单), longest on it first, each with why and since when.
#[utoipa::path(get, path = "/v1/focus-list",
    tag = "ratings", params(ListFocus), responses((status = 200, description = "A page", body = PageOf<FocusEntry>)))]
pub async fn list_focus_list(ctx: Ctx) -> Response {
    let query: ListFocus = ctx.query()?;
    ctx.list(move |conn, ctx| list_store::focus_list(conn, ctx, &query)?.map(|rows| view::focus(conn, rows))).await
}

/// Check a plaque
///
/// By the number that is on it: valid, superseded or withdrawn.
#[utoipa::path(get, path = "/v1/plaques/{number}",
    tag = "ratings", params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The plaque", body = Plaque),
        (status = 404, description = "No plaque has this number", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = ProblemBody, content_type = "application/problem+json")
    ))]
pub async fn get_plaque(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = request.match_info().get("number").unwrap_or_default().to_owned();
    let with = state.clone();
    let plaque = state.db.read(move |conn| plaques::find(conn, &with, &number)).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=60")).json(plaque))
}
