use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::model::{CalendarDay, CalendarYearIn};
use super::rules::check_year;
use super::store::{self, YearRow};
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Id, Register, Work, lock_register};
use crate::http::{Body, Entity, Tx};
use crate::ledger::{self, Audience, Event, Place};
use crate::problem::Problem;

/// A year's holidays and make-up days (年度节假日安排).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarYear {
    /// The year.
    #[schema(minimum = 2000, maximum = 2100, example = 2026)]
    pub year: i32,
    /// Grows by one with each change; 0 where the year is not on file.
    #[schema(minimum = 0)]
    pub version: i64,
    /// Days off.
    #[schema(max_items = 100)]
    pub holidays: Vec<CalendarDay>,
    /// Weekend days that are worked.
    #[schema(max_items = 60)]
    pub workdays: Vec<CalendarDay>,
    pub updated_at: Instant,
}

fn view(row: YearRow) -> Entity<CalendarYear> {
    let CalendarYearIn { holidays, workdays } = row.document.0;
    let body = CalendarYear {
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

pub fn get_calendar(conn: &mut Conn, year: i32) -> Work<Entity<CalendarYear>> {
    let row = store::find(conn, i64::from(year))?.ok_or_else(|| Problem::not_found_at("path/year"))?;
    Ok(view(row))
}

/// A year that is not on file is version 0: `If-Match: "0"` puts the first one in.
pub fn replace_calendar(tx: &mut Tx, year: i32, body: &Body<CalendarYearIn>) -> Work<Entity<CalendarYear>> {
    let ctx = tx.ctx;
    lock_register(tx.conn, Register::Calendar)?;
    let before = store::find(tx.conn, i64::from(year))?.map_or(0, |row| row.version);
    let input = tx.checked(body, |_, input, faults| {
        faults.extend(check_year(year, input));
        Ok(())
    })?;
    tx.if_match(before)?;
    let document = Json(input.clone());
    let row = YearRow { year: i64::from(year), version: before + 1, document, updated_at: ctx.now };
    store::save(tx.conn, &row)?;
    let event = Event::new("calendar.replaced", "calendar", year)
        .at(Place { county: ctx.caller.county().unwrap_or_default().to_owned(), ..Place::default() })
        .audience(Audience::Everyone)
        .data(json!({ "year": year, "holidays": input.holidays, "workdays": input.workdays, "version": row.version }));
    ledger::append(tx, event)?;
    Ok(view(row))
}
