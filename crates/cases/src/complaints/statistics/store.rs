//! Queries that count complaints in the database without loading them. With a million complaints of three years, each
//! query is one scan of one to two seconds. A covering index was tried: it saves a third of that, but takes 220 MB,
//! which every step of every complaint would have to update.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::StatisticsBreakdown;
use super::rules::{Cell, Late, Line, Took, Warm};
use crate::access::Scope;
use crate::complaints::model::{ComplaintState, Confidentiality};
use crate::complaints::scoped::{self, Viewer};
use crate::db::schema::{complaints, complexes};
use crate::db::types::Moment;
use crate::db::{Conn, Id, Instant, WorkResult};

/// Which complaints to count, for which viewer, at what time.
pub struct Wanted {
    pub viewer: Viewer,
    pub from: Instant,
    /// End of the period, exclusive.
    pub until: Instant,
    pub now: Instant,
    pub complex: Option<Id>,
    pub company: Option<Id>,
    pub category: Option<String>,
    /// Only complaints visible to every office of the territory.
    pub open_to_all: bool,
}

/// SQL expression for the key of a line. It contains no caller input.
pub fn line_of(by: StatisticsBreakdown, division: &str) -> &'static str {
    match (by, division.len()) {
        (StatisticsBreakdown::Area, 6) => "NULLIF(complaints.township, '')",
        (StatisticsBreakdown::Area, _) => "NULLIF(complaints.community, '')",
        (StatisticsBreakdown::Office, _) => {
            "complaints.handler_role || '/' || complaints.handler_division || '/' || CASE WHEN complaints.handler_role = \
             'utility_operator' THEN COALESCE(complaints.organisation, '') ELSE '' END"
        }
        (StatisticsBreakdown::Category, _) => "complaints.category",
        (StatisticsBreakdown::Company, _) => "CAST(complaints.company_id AS TEXT)",
    }
}

/// SQL expression for a breakdown by whether the company handles or handled the complaint.
pub const WITH_COMPANY: &str = "CASE WHEN complaints.with_company THEN 'company' ELSE 'office' END";

/// Applies the filters. A macro, because the queries differ in type.
macro_rules! narrowed {
    ($rows:expr, $wanted:expr) => {{
        let wanted: &Wanted = $wanted;
        let mut rows =
            $rows.filter(complaints::submitted_at.ge(wanted.from)).filter(complaints::submitted_at.lt(wanted.until));
        if let Some(complex) = wanted.complex {
            rows = rows.filter(complaints::complex_id.eq(complex));
        }
        if let Some(company) = wanted.company {
            rows = rows.filter(complaints::company_id.eq(company));
        }
        if let Some(category) = &wanted.category {
            rows = rows.filter(complaints::category.eq(category.clone()));
        }
        if wanted.open_to_all {
            rows = rows.filter(complaints::confidentiality.eq(Confidentiality::Open));
        }
        rows
    }};
}

const FIGURES: &str = "count(*), count(CASE WHEN complaints.accepted_on_time THEN 1 END), \
     count(CASE WHEN NOT complaints.accepted_on_time THEN 1 END), count(CASE WHEN complaints.resolved_on_time THEN 1 END), \
     count(CASE WHEN complaints.satisfaction = 1 THEN 1 END), count(CASE WHEN complaints.satisfaction = 2 THEN 1 END), \
     count(CASE WHEN complaints.satisfaction = 3 THEN 1 END), count(CASE WHEN complaints.satisfaction = 4 THEN 1 END), \
     count(CASE WHEN complaints.satisfaction = 5 THEN 1 END), count(CASE WHEN complaints.reopened THEN 1 END), \
     CAST(sum(complaints.red_cards) AS BIGINT), count(complaints.working_minutes), \
     CAST(COALESCE(sum(complaints.working_minutes), 0) AS BIGINT)";

#[derive(Queryable)]
struct Figures {
    line: Line,
    state: ComplaintState,
    count: i64,
    accepted_on_time: i64,
    accepted_late: i64,
    resolved_on_time: i64,
    one: i64,
    two: i64,
    three: i64,
    four: i64,
    five: i64,
    reopened: i64,
    red_cards: i64,
    replies: i64,
    minutes: i64,
}

impl Figures {
    fn cell(self) -> Cell {
        Cell {
            line: self.line,
            state: self.state,
            count: self.count,
            accepted_on_time: self.accepted_on_time,
            accepted_late: self.accepted_late,
            resolved_on_time: self.resolved_on_time,
            marks: [self.one, self.two, self.three, self.four, self.five],
            reopened: self.reopened,
            red_cards: self.red_cards,
            replies: self.replies,
            minutes: self.minutes,
        }
    }
}

/// The figures by line and state.
pub fn cells(conn: &mut Conn, wanted: &Wanted, line: &str) -> WorkResult<Vec<Cell>> {
    let (key, shown) = (format!("{line}, complaints.state"), format!("{line}, complaints.state, {FIGURES}"));
    let rows = narrowed!(scoped::complaint_figures(&wanted.viewer, &key, &shown), wanted);
    Ok(rows.load::<Figures>(conn)?.into_iter().map(Figures::cell).collect())
}

/// Open complaints past the resolution or the acceptance deadline, by line. A paused complaint is not overdue.
pub fn late(conn: &mut Conn, wanted: &Wanted, line: &str) -> WorkResult<Vec<Late>> {
    let shown = format!("{line}, count(*)");
    let rows = narrowed!(scoped::complaint_numbers(&wanted.viewer, line, &shown), wanted)
        .filter(complaints::is_open.eq(true))
        .filter(complaints::resolve_due.le(wanted.now))
        .filter(complaints::state.ne(ComplaintState::WaitingForComplainant));
    let rows: Vec<(Line, i64)> = rows.load(conn)?;
    let mut all: BTreeMap<Line, Late> = BTreeMap::new();
    for (line, count) in rows {
        all.insert(line.clone(), Late { line, count, ..Late::default() });
    }
    let key = format!("{line}, {ONCE_IN_TIME}");
    let rows = narrowed!(scoped::complaint_histogram(&wanted.viewer, &key, &format!("{key}, count(*)")), wanted)
        .filter(complaints::is_open.eq(true))
        .filter(complaints::state.eq_any(UNACCEPTED_STATES))
        .filter(sql::<Bool>(acceptance_is_over(conn)).bind::<Moment, _>(wanted.now).sql(")"));
    for (line, once_in_time, count) in rows.load::<(Line, i64, i64)>(conn)? {
        let late = all.entry(line.clone()).or_insert_with(|| Late { line, ..Late::default() });
        match once_in_time {
            UNACCEPTED => late.unaccepted += count,
            IN_TIME => late.unaccepted_again += count,
            // The earlier acceptance was late and is already counted as such.
            _ => {}
        }
    }
    Ok(all.into_values().collect())
}

/// The states of an open complaint that may not have been accepted.
const UNACCEPTED_STATES: [ComplaintState; 4] =
    [ComplaintState::Submitted, ComplaintState::Assigned, ComplaintState::Returned, ComplaintState::Reopened];

/// SQL for "not accepted, and past the acceptance deadline". The caller appends the instant and a closing parenthesis.
/// Both values are read from the JSON column, since diesel by default allows 32 columns, all of which are in use.
fn acceptance_is_over(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => {
            "(json_extract(complaints.course, '$.accepted_at') IS NULL AND \
             CAST(unixepoch(json_extract(complaints.course, '$.accept_due'), 'subsec') * 1000000 AS INTEGER) <= "
        }
        Conn::Postgres(_) => {
            "(complaints.course::jsonb ->> 'accepted_at' IS NULL AND \
             (complaints.course::jsonb ->> 'accept_due')::timestamptz <= "
        }
    }
}

/// SQL expression for earlier acceptances: none, all on time, or one late.
const ONCE_IN_TIME: &str = "CAST(CASE WHEN complaints.accepted_on_time IS NULL THEN 0 WHEN complaints.accepted_on_time THEN 1 \
     ELSE 2 END AS BIGINT)";
const UNACCEPTED: i64 = 0;
const IN_TIME: i64 = 1;

/// Number of replies by line and working minutes.
pub fn took(conn: &mut Conn, wanted: &Wanted, line: &str) -> WorkResult<Vec<Took>> {
    let key = format!("{line}, complaints.working_minutes");
    let rows = narrowed!(scoped::complaint_histogram(&wanted.viewer, &key, &format!("{key}, count(*)")), wanted)
        .filter(complaints::working_minutes.is_not_null())
        .filter(complaints::state.ne_all([ComplaintState::Merged, ComplaintState::Rejected]));
    let rows: Vec<(Line, i64, i64)> = rows.load(conn)?;
    Ok(rows.into_iter().map(|(line, minutes, count)| Took { line, minutes, count }).collect())
}

/// Every complex of an area, with its complaints by category, without rejected ones.
pub fn warm(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> WorkResult<Vec<Warm>> {
    let key = "complaints.complex_id, complaints.category";
    let rows = narrowed!(scoped::complaint_heat(&wanted.viewer, key, &format!("{key}, count(*)")), wanted)
        .filter(complaints::complex_id.is_not_null())
        .filter(complaints::state.ne(ComplaintState::Rejected));
    let mut by_complex: BTreeMap<Id, BTreeMap<String, i64>> = BTreeMap::new();
    for (complex, category, count) in rows.load::<(Id, String, i64)>(conn)? {
        by_complex.entry(complex).or_default().insert(category, count);
    }
    let columns = (complexes::id, complexes::name, complexes::township, complexes::community, complexes::households);
    let all: Vec<(Id, String, String, String, Option<i64>)> =
        crate::complexes::scoped::complexes(scope).select(columns).load(conn)?;
    let warm = all.into_iter().map(|(complex, name, township, community, households)| Warm {
        categories: by_complex.remove(&complex).unwrap_or_default(),
        households: households.filter(|count| *count > 0),
        complex,
        name,
        township,
        community,
    });
    Ok(warm.collect())
}
