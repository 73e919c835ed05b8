//! Operations of the calendar.

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

/// Time that a request waits for the open deadlines to be moved. A background job moves the remaining ones.
const FOLLOWING: Duration = Duration::from_secs(10);

fn year(request: &HttpRequest) -> Result<i32, Problem> {
    let year = request.match_info().get("year").and_then(|y| y.parse::<i32>().ok());
    year.filter(|y| YEARS.contains(y)).ok_or_else(|| {
        let (first, last) = (YEARS.start(), YEARS.end());
        Problem::input_error(
            "path/year",
            "out_of_range",
            format!("年份须在{first}年至{last}年之间"),
            format!("the year must be from {first} to {last}"),
        )
    })
}

/// Get the calendar of a year
///
/// Returns the public holidays and make-up working days of a year, as recorded for the county or else for the
/// deployment. 404 if the year is not recorded; then its weekends and statutory holidays are the days off.
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

/// Replace the calendar of a year
///
/// Replaces the holidays and make-up working days of your county, as the State Council announced them, with local ones.
/// For the county authority. `If-Match` must name the version that `GET` returns, or `"0"` for a year that is not
/// recorded. Statutory holidays are days off even if they are not listed. Every open deadline of the county that counts
/// working days is computed again: it may move to a later day, never to an earlier one, each with an event
/// `*.deadline_moved`.
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
