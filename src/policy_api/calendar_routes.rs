use std::time::Duration;

use actix_web::HttpRequest;

use crate::calendar::OnFile;
use crate::calendar::actions::{self, CalendarYear};
use crate::calendar::model::CalendarYearIn;
use crate::calendar::rules::YEARS;
use crate::counties::{self, CountyQuery};
use crate::deadlines;
use crate::http::Response;
use crate::problem::Problem;
use crate::service::{Body, Ctx};

/// How long an answer waits until the open deadlines have followed; the background work does the rest.
const FOLLOWING: Duration = Duration::from_secs(10);

fn year(request: &HttpRequest) -> Result<i32, Problem> {
    let year = request.match_info().get("year").and_then(|y| y.parse::<i32>().ok());
    year.filter(|y| YEARS.contains(y)).ok_or_else(|| {
        let (first, last) = (YEARS.start(), YEARS.end());
        Problem::input_error(
            "path/year",
            "out_of_range",
            format!("年份须在 {first} 年至 {last} 年之间"),
            format!("the year must be from {first} to {last}"),
        )
    })
}

/// Get a year's calendar
///
/// Public holidays and make-up working days of one year, of a county or else of the deployment; 404 where the year is not
/// on file. Such a year has its weekends and its statutory holidays.
#[utoipa::path(get, path = "/v1/calendar/{year}", tag = "calendar",
    params(("year" = i32, Path, description = "Year", minimum = 2000, maximum = 2100), CountyQuery),
    responses((status = 200, description = "The year", body = CalendarYear)))]
pub async fn get_calendar(ctx: Ctx, request: HttpRequest) -> Response {
    let (year, query): (i32, CountyQuery) = (year(&request)?, ctx.query()?);
    ctx.get(move |conn, ctx| {
        let county = counties::requested_county(conn, ctx, query.county.as_deref())?;
        actions::get_calendar(conn, &county, year)
    })
    .await
}

/// Replace a year's calendar
///
/// The holidays and make-up working days of your county, as the State Council announced them and with the county's own.
/// They hold for your county only. `If-Match` names the version that `GET` shows; for a year that is not on file it is
/// `"0"`. Statutory holidays are off, whether they are listed or not. Every open deadline of your county that counts working
/// days is worked out again: it may move to a later day and never to an earlier one, each with an event `*.deadline_moved`.
#[utoipa::path(put, path = "/v1/calendar/{year}",
    tag = "calendar", params(("year" = i32, Path, description = "Year", minimum = 2000, maximum = 2100)),
    request_body = CalendarYearIn, responses((status = 200, description = "Replaced", body = CalendarYear)))]
pub async fn replace_calendar(ctx: Ctx, request: HttpRequest, body: Body<CalendarYearIn>) -> Response {
    let year = year(&request)?;
    let state = ctx.state.clone();
    let answer = ctx.act(body, move |tx, body| actions::replace_calendar(tx, year, body)).await?;
    state.parts.get::<OnFile>().forget();
    deadlines::follow_within(&state, FOLLOWING).await;
    Ok(answer)
}
