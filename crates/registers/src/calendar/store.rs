//! Rows of calendar years.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::model::CalendarYearIn;
use super::rules::{WorkCalendar, built_in_years};
use crate::db::schema::calendar_years as years;
use crate::db::types::{Instant, Json};
use crate::db::{Conn, WorkResult};

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = years)]
pub struct YearRow {
    /// Empty for a calendar of the deployment.
    pub county: String,
    pub year: i64,
    pub version: i64,
    pub document: Json<CalendarYearIn>,
    pub updated_at: Instant,
}

/// The calendar of a year for a county: its own or, if none, that of the deployment.
pub fn find(conn: &mut Conn, county: &str, year: i64) -> WorkResult<Option<YearRow>> {
    let of_both = years::table.filter(years::county.eq_any([county, ""])).filter(years::year.eq(year));
    Ok(of_both.order(years::county.desc()).first(conn).optional()?)
}

pub fn insert(conn: &mut Conn, row: &YearRow) -> WorkResult<()> {
    diesel::insert_into(years::table).values(row).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut Conn, row: &YearRow) -> WorkResult<()> {
    diesel::update(years::table.find((&row.county, row.year))).set(row).execute(conn)?;
    Ok(())
}

/// Inserts the built-in years into an empty table.
pub fn seed(conn: &mut Conn, now: Instant) -> WorkResult<()> {
    let any: Option<i64> = years::table.select(years::year).first(conn).optional()?;
    if any.is_none() {
        for (year, document) in built_in_years() {
            let (county, document) = (String::new(), Json(document.clone()));
            insert(conn, &YearRow { county, year: i64::from(*year), version: 1, document, updated_at: now })?;
        }
    }
    Ok(())
}

/// The working days of a county: from its own calendars, otherwise from those of the deployment.
pub fn work_calendar(conn: &mut Conn, county: &str) -> WorkResult<WorkCalendar> {
    let of_both = years::table.filter(years::county.eq_any([county, ""]));
    // Calendars of the deployment come first, so that those of the county replace them.
    let rows: Vec<YearRow> = of_both.order(years::county).load(conn)?;
    let all: BTreeMap<i32, CalendarYearIn> =
        rows.into_iter().filter_map(|row| Some((i32::try_from(row.year).ok()?, row.document.0))).collect();
    Ok(WorkCalendar::from_years(all.iter().map(|(year, days)| (*year, days))))
}

/// Up to two counties with a calendar of their own: the caller needs to know only whether there are none, one or
/// several.
pub fn counties(conn: &mut Conn) -> WorkResult<Vec<String>> {
    let named = years::table.filter(years::county.ne("")).select(years::county).distinct();
    Ok(named.order(years::county).limit(2).load(conn)?)
}

/// Identifies the current set of calendars. It changes when a year is added or replaced, or when a new program version
/// has other public holidays. Entries of a county start with its code.
pub fn stamp(conn: &mut Conn) -> WorkResult<String> {
    let columns = (years::county, years::year, years::version);
    let years: Vec<(String, i64, i64)> = years::table.select(columns).order((years::county, years::year)).load(conn)?;
    let years = years.into_iter().map(|(county, year, version)| match county.is_empty() {
        true => format!("{year}.{version}"),
        false => format!("{county}:{year}.{version}"),
    });
    let years: Vec<String> = years.collect();
    Ok(format!("holidays {} of {}; {}", super::holidays::VERSION, super::holidays::ORDER, years.join(" ")))
}

/// The registered years by county; the empty key is the deployment.
pub fn years_on_file(conn: &mut Conn) -> WorkResult<HashMap<String, BTreeSet<i32>>> {
    let years: Vec<(String, i64)> = years::table.select((years::county, years::year)).load(conn)?;
    let mut all: HashMap<String, BTreeSet<i32>> = HashMap::new();
    for (county, year) in years {
        all.entry(county).or_default().extend(i32::try_from(year));
    }
    Ok(all)
}

/// The counties with a calendar for a year; the empty string is the deployment.
pub fn counties_with(conn: &mut Conn, year: i32) -> WorkResult<Vec<String>> {
    Ok(years::table.filter(years::year.eq(i64::from(year))).select(years::county).load(conn)?)
}
