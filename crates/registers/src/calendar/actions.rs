//! Reading and replacing the calendar of a year.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::model::{CalendarDay, CalendarYearIn};
use super::rules::check_year;
use super::store::{self, YearRow};
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Id, Register, WorkResult, lock_register};
use crate::http::Entity;
use crate::ledger::{self, Audience, Event, Place};
use crate::problem::Problem;
use crate::service::{Body, Tx};

/// Public holidays and make-up working days of a year (年度节假日安排).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarYear {
    /// County of the calendar; null if the calendar of the deployment applies.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    /// The year.
    #[schema(minimum = 2000, maximum = 2100, example = 2026)]
    pub year: i32,
    /// Version number; increases by one with each change; 0 if the year is not registered.
    #[schema(minimum = 0)]
    pub version: i64,
    /// Public holidays and other days off.
    #[schema(max_items = 100)]
    pub holidays: Vec<CalendarDay>,
    /// Weekend days that are working days (调休工作日).
    #[schema(max_items = 60)]
    pub workdays: Vec<CalendarDay>,
    pub updated_at: Instant,
}

fn view(row: YearRow) -> Entity<CalendarYear> {
    let CalendarYearIn { holidays, workdays } = row.document.0;
    let body = CalendarYear {
        county: Some(row.county).filter(|county| !county.is_empty()),
        year: i32::try_from(row.year).unwrap_or_default(),
        version: row.version,
        holidays,
        workdays,
        updated_at: row.updated_at,
    };
    let mut entity = Entity::new(Id::default(), row.version, body);
    entity.id = None;
    entity
}

pub fn get_calendar(conn: &mut Conn, county: &str, year: i32) -> WorkResult<Entity<CalendarYear>> {
    let row = store::find(conn, county, i64::from(year))?.ok_or_else(|| Problem::not_found_at("path/year"))?;
    Ok(view(row))
}

/// Stores the calendar of a county, which then replaces that of the deployment there. A year that is not registered has
/// version 0, so create it with `If-Match: "0"`.
pub fn replace_calendar(tx: &mut Tx, year: i32, body: &Body<CalendarYearIn>) -> WorkResult<Entity<CalendarYear>> {
    let ctx = tx.ctx;
    let county = ctx.caller.county().unwrap_or_default().to_owned();
    lock_register(tx.conn, Register::Calendar)?;
    let before = store::find(tx.conn, &county, i64::from(year))?;
    let version = before.as_ref().map_or(0, |row| row.version);
    let input = tx.checked(body, |_, input, faults| {
        faults.extend(check_year(year, input));
        Ok(())
    })?;
    tx.if_match(version)?;
    let document = Json(input.clone());
    let is_own = before.is_some_and(|row| row.county == county);
    let row = YearRow { county, year: i64::from(year), version: version + 1, document, updated_at: ctx.now };
    if is_own {
        store::update(tx.conn, &row)?;
    } else {
        store::insert(tx.conn, &row)?;
    }
    let event = Event::new("calendar.replaced", "calendar", year)
        .in_territory(Place { county: row.county.clone(), ..Place::default() })
        .audience(Audience::Everyone)
        .data(json!({ "year": year, "holidays": input.holidays, "workdays": input.workdays, "version": row.version }));
    ledger::append(tx, event)?;
    Ok(view(row))
}
