use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use super::model::CalendarYearIn;
use super::rules::{WorkCalendar, built_in_years};
use crate::db::schema::calendar_years as years;
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Work};

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = years)]
pub struct YearRow {
    pub year: i64,
    pub version: i64,
    pub document: Json<CalendarYearIn>,
    pub updated_at: Instant,
}

pub fn find(conn: &mut Conn, year: i64) -> Work<Option<YearRow>> {
    Ok(years::table.find(year).first(conn).optional()?)
}

pub fn save(conn: &mut Conn, row: &YearRow) -> Work<()> {
    if row.version == 1 {
        diesel::insert_into(years::table).values(row).execute(conn)?;
    } else {
        diesel::update(years::table.find(row.year)).set(row).execute(conn)?;
    }
    Ok(())
}

/// The years that ship with the product, into an empty table.
pub fn seed(conn: &mut Conn, now: Instant) -> Work<()> {
    let any: Option<i64> = years::table.select(years::year).first(conn).optional()?;
    if any.is_none() {
        for (year, document) in built_in_years() {
            let document = Json(document.clone());
            save(conn, &YearRow { year: i64::from(*year), version: 1, document, updated_at: now })?;
        }
    }
    Ok(())
}

/// The working days of all years on file.
pub fn work_calendar(conn: &mut Conn) -> Work<WorkCalendar> {
    let rows: Vec<YearRow> = years::table.load(conn)?;
    let all: BTreeMap<i32, CalendarYearIn> =
        rows.into_iter().filter_map(|row| Some((i32::try_from(row.year).ok()?, row.document.0))).collect();
    Ok(WorkCalendar::from_years(all.iter().map(|(year, days)| (*year, days))))
}

/// Which calendar this is: another one where a year was put in or replaced, or the program knows other holidays.
pub fn stamp(conn: &mut Conn) -> Work<String> {
    let years: Vec<(i64, i64)> = years::table.select((years::year, years::version)).order(years::year).load(conn)?;
    let years: Vec<String> = years.into_iter().map(|(year, version)| format!("{year}.{version}")).collect();
    Ok(format!("holidays {} of {}; {}", super::holidays::VERSION, super::holidays::ORDER, years.join(" ")))
}

/// The years that are on file.
pub fn years_on_file(conn: &mut Conn) -> Work<BTreeSet<i32>> {
    let years: Vec<i64> = years::table.select(years::year).load(conn)?;
    Ok(years.into_iter().filter_map(|year| i32::try_from(year).ok()).collect())
}

/// Of this year, and of the next from December on (by then it has been announced), those not on file.
pub fn missing_years(conn: &mut Conn, today: NaiveDate) -> Work<Vec<i32>> {
    let mut wanted = vec![today.year()];
    if today.month() >= 12 {
        wanted.push(today.year() + 1);
    }
    let mut missing = Vec::new();
    for year in wanted {
        if find(conn, i64::from(year))?.is_none() {
            missing.push(year);
        }
    }
    Ok(missing)
}
