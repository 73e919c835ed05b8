use actix_web::{HttpRequest, get, put};

use super::actions::{self, CalendarYear};
use super::model::CalendarYearIn;
use super::rules::YEARS;
use crate::divisions::counties::{self, CountyQuery};
use crate::http::{Answer, Body, Ctx};
use crate::problem::Problem;

fn year(request: &HttpRequest) -> Result<i32, Problem> {
    let year = request.match_info().get("year").and_then(|y| y.parse::<i32>().ok());
    year.filter(|y| YEARS.contains(y)).ok_or_else(|| {
        let (first, last) = (YEARS.start(), YEARS.end());
        Problem::fault(
            "path/year",
            "out_of_range",
            format!("年份须在 {first} 至 {last} 之间"),
            format!("a year from {first} to {last}"),
        )
    })
}

/// Get a year's calendar
///
/// Public holidays and make-up working days of one year, of a county or else of the deployment; 404 where the year is not
/// on file.
#[utoipa::path(tag = "calendar",
    params(("year" = i32, Path, description = "Year", minimum = 2000, maximum = 2100), CountyQuery),
    responses((status = 200, description = "The year", body = CalendarYear)))]
#[get("/v1/calendar/{year}")]
pub async fn get_calendar(ctx: Ctx, request: HttpRequest) -> Answer {
    let (year, query): (i32, CountyQuery) = (year(&request)?, ctx.query()?);
    ctx.get(move |conn, ctx| {
        let county = counties::asked(conn, ctx, query.county.as_deref())?;
        actions::get_calendar(conn, &county, year)
    })
    .await
}

/// Replace a year's calendar
///
/// The holidays and make-up working days of your county, as the State Council announced them and with the county's own.
/// They hold for your county only. `If-Match` names the version that `GET` shows; for a year that is not on file it is
/// `"0"`. Deadlines that were set stay as they were.
#[utoipa::path(tag = "calendar", params(("year" = i32, Path, description = "Year", minimum = 2000, maximum = 2100)),
    request_body = CalendarYearIn, responses((status = 200, description = "Replaced", body = CalendarYear)))]
#[put("/v1/calendar/{year}")]
pub async fn replace_calendar(ctx: Ctx, request: HttpRequest, body: Body<CalendarYearIn>) -> Answer {
    let year = year(&request)?;
    ctx.act(body, move |tx, body| actions::replace_calendar(tx, year, body)).await
}
