//! Deadlines of complaints: computation, pauses, extensions, yellow cards, working minutes, and explanations.
//!
//! Time limits in working days count from the next day and end at 24:00 of the last day (Civil Code 201 and 203). Time
//! limits in hours include nights and public holidays. A deadline is exclusive: it is the first instant that is too late
//! ([`is_over`]).

use chrono::{
    DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Utc,
};
use chrono::{TimeZone, Timelike};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::holidays;
use crate::calendar::rules::WorkCalendar;
use crate::coded_enum;
use crate::db::types::Instant;
use crate::policy::complaints::{DeadlineClock, WorkingHours};
use crate::words::days::{chinese_day, chinese_time};

/// A hundred years, far beyond any time limit of a policy. It bounds the loops over days for any input.
const MOST_WORKING_DAYS: u32 = 25_000;
/// Most days that an explanation lists. A longer one lists the first days and the last.
const MOST_LINES: usize = 400;

/// A time limit (期限).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    WorkingDays(u32),
    Hours(u32),
}

impl Limit {
    pub fn of(clock: DeadlineClock, count: u32) -> Limit {
        match clock {
            DeadlineClock::WorkingDays => Limit::WorkingDays(count),
            DeadlineClock::Hours => Limit::Hours(count),
        }
    }

    pub fn clock(self) -> DeadlineClock {
        match self {
            Limit::WorkingDays(_) => DeadlineClock::WorkingDays,
            Limit::Hours(_) => DeadlineClock::Hours,
        }
    }

    pub fn count(self) -> u32 {
        match self {
            Limit::WorkingDays(count) | Limit::Hours(count) => count,
        }
    }
}

/// What deadlines are computed with: the calendar of working days, and the time zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    pub calendar: &'a WorkCalendar,
    pub zone: Tz,
}

/// Whether a deadline has passed. It is exclusive: at the instant itself, 24:00 of a day, it has (Civil Code 203).
/// Steps, cards, views and the inbox all use this function; SQL queries use its equivalent `due <= now`.
pub fn is_over(due: Instant, now: Instant) -> bool {
    now.0 >= due.0
}

/// The last day of a time limit with this deadline; for 24:00 that is the day that ends then.
pub fn last_day(due: Instant, zone: Tz) -> NaiveDate {
    // The earliest and the latest instants have no local time in some zones.
    let edge = TimeDelta::days(2);
    let at = due.0.clamp(DateTime::<Utc>::MIN_UTC + edge, DateTime::<Utc>::MAX_UTC - edge);
    (at - TimeDelta::microseconds(1)).with_timezone(&zone).date_naive()
}

impl Clock<'_> {
    pub fn last_day(&self, due: Instant) -> NaiveDate {
        last_day(due, self.zone)
    }

    pub fn day_of(&self, at: Instant) -> NaiveDate {
        self.local(at).date()
    }

    /// 24:00 of a day: the first instant after it.
    pub fn end_of_day(&self, day: NaiveDate) -> Instant {
        self.start_of_day(day.succ_opt().unwrap_or(NaiveDate::MAX))
    }

    pub fn start_of_day(&self, day: NaiveDate) -> Instant {
        self.instant(day.and_time(NaiveTime::MIN), false)
    }

    /// The deadline of a time limit that starts at an instant.
    pub fn due(&self, from: Instant, limit: Limit) -> Instant {
        match limit {
            Limit::WorkingDays(n) => self.end_of_day(self.add_days(self.day_of(from), n)),
            Limit::Hours(n) => later(from, TimeDelta::hours(n.into())),
        }
    }

    /// The deadline after a pause: later by the working days of the pause, or by its exact length if hours count.
    ///
    /// The pause counts the working days from its first day on, without its last day. So a pause over a weekend counts
    /// none. A pause that starts on the last day of the time limit and ends on a rest day counts that last day;
    /// otherwise the complaint would be overdue the moment the pause ends.
    pub fn moved(&self, due: Instant, limit: Limit, paused_at: Instant, resumed_at: Instant) -> Instant {
        if resumed_at.0 <= paused_at.0 {
            return due;
        }
        match limit.clock() {
            DeadlineClock::WorkingDays => {
                let (first, last) = (self.day_of(paused_at), self.day_of(resumed_at));
                let (Some(before), Some(until)) = (first.pred_opt(), last.pred_opt()) else { return due };
                self.extended(due, Limit::WorkingDays(self.calendar.working_days_between(before, until)))
            }
            DeadlineClock::Hours => later(due, resumed_at.0 - paused_at.0),
        }
    }

    /// The deadline after an extension; an extension of zero leaves it unchanged.
    pub fn extended(&self, due: Instant, by: Limit) -> Instant {
        match by {
            Limit::WorkingDays(0) => due,
            Limit::WorkingDays(n) => self.end_of_day(self.add_days(self.last_day(due), n)),
            Limit::Hours(n) => later(due, TimeDelta::hours(n.into())),
        }
    }

    /// The longest extension: at most the original time limit, and at most `most_working_days` (24 hours each if hours
    /// count).
    pub fn most_extension(&self, original: Limit, most_working_days: u32) -> Limit {
        match original {
            Limit::WorkingDays(n) => Limit::WorkingDays(n.min(most_working_days)),
            Limit::Hours(n) => Limit::Hours(n.min(most_working_days.saturating_mul(24))),
        }
    }

    /// When the yellow card is given: `working_days` working days before the last day, at the start of that day, or
    /// `hours` hours before the deadline. For a short time limit this can be earlier than its start.
    pub fn yellow_at(&self, due: Instant, clock: DeadlineClock, working_days: u32, hours: u32) -> Instant {
        match clock {
            DeadlineClock::WorkingDays => {
                let mut day = self.last_day(due);
                let mut left = working_days.min(MOST_WORKING_DAYS);
                while let Some(before) = day.pred_opt().filter(|_| left > 0) {
                    day = before;
                    left -= u32::from(self.calendar.is_working_day(day));
                }
                self.start_of_day(day)
            }
            DeadlineClock::Hours => later(due, -TimeDelta::hours(hours.into())),
        }
    }

    /// The deadline for returning a complaint.
    pub fn return_due(&self, assigned_at: Instant, working_days: u32) -> Instant {
        self.due(assigned_at, Limit::WorkingDays(working_days))
    }

    /// Whole minutes between two instants that fall into the working hours of working days.
    ///
    /// Full days in between are counted by the calendar instead of in a loop, since the instants may be far apart.
    pub fn working_minutes(&self, from: Instant, to: Instant, hours: &[WorkingHours]) -> i64 {
        let spans = spans(hours);
        let (from, to) = (self.local(from), self.local(to));
        let (first, last) = (from.date(), to.date());
        let second = |time: NaiveDateTime| i64::from(time.num_seconds_from_midnight());
        let part = |day: NaiveDate, from: i64, to: i64| -> i64 {
            let worked = spans.iter().map(|span| (span.1.min(to) - span.0.max(from)).max(0));
            if self.calendar.is_working_day(day) { worked.sum() } else { 0 }
        };
        let seconds = match last.pred_opt() {
            _ if to <= from => 0,
            _ if first == last => part(first, second(from), second(to)),
            Some(before) => {
                let whole: i64 = spans.iter().map(|span| span.1 - span.0).sum();
                let between = i64::from(self.calendar.working_days_between(first, before));
                part(first, second(from), DAY_SECONDS) + between * whole + part(last, 0, second(to))
            }
            None => 0,
        };
        seconds / 60
    }

    /// Explains day by day how the deadline of a time limit that starts at an instant is computed.
    pub fn explain(&self, from: Instant, limit: Limit) -> Explanation {
        let due_at = self.due(from, limit);
        let (received_on, due_on) = (self.day_of(from), self.last_day(due_at));
        let mut days = Vec::new();
        let mut years_without_calendar = Vec::new();
        let mut days_left_out = 0;
        if limit.clock() == DeadlineClock::WorkingDays {
            let total = u32::try_from((due_on - received_on).num_days() + 1).unwrap_or(1);
            days = self.explained_days(received_on, due_on, limit.count());
            days_left_out = total.saturating_sub(u32::try_from(days.len()).unwrap_or(u32::MAX));
            let years = received_on.year()..=due_on.year();
            years_without_calendar = years.filter(|year| !self.calendar.is_year_covered(*year)).collect();
        }
        let (text_zh, text_en) = self.summary(from, due_at, limit, &years_without_calendar);
        Explanation {
            received_at: from,
            received_on,
            clock: limit.clock(),
            limit: limit.count(),
            due_at,
            due_on,
            days,
            days_left_out,
            years_without_calendar,
            text_zh,
            text_en,
        }
    }

    fn explained_days(&self, received_on: NaiveDate, due_on: NaiveDate, limit: u32) -> Vec<ExplainedDay> {
        let mut days = Vec::new();
        let mut counted = 0;
        for date in received_on.iter_days().take_while(|date| *date <= due_on) {
            if days.len() + 1 == MOST_LINES && date < due_on {
                days.push(self.explained_day(due_on, Some(limit), true));
                break;
            }
            let number = (date != received_on && self.calendar.is_working_day(date)).then(|| {
                counted += 1;
                counted
            });
            let mut day = self.explained_day(date, number, date == due_on);
            if date == received_on {
                day.kind = DeadlineDayKind::Receipt;
                let (zh, en) = ("收件当日，不计入", "the day of receipt, not counted");
                (day.text_zh, day.text_en) = (zh.to_owned(), en.to_owned());
            }
            days.push(day);
        }
        days
    }

    fn explained_day(&self, date: NaiveDate, number: Option<u32>, is_last: bool) -> ExplainedDay {
        let weekend = date.weekday().number_from_monday() > 5;
        let name = self.calendar.name_of(date);
        let (kind, zh, en) = match (self.calendar.is_working_day(date), weekend, name) {
            (true, true, Some(name)) => {
                let en = format!("a make-up working day ({})", holidays::english(name));
                (DeadlineDayKind::MakeUp, format!("调休工作日（{name}）"), en)
            }
            (true, true, None) => (DeadlineDayKind::MakeUp, "调休工作日".into(), "a make-up working day".into()),
            (true, false, _) => (DeadlineDayKind::WorkingDay, "工作日".into(), "a working day".into()),
            (false, _, Some(name)) => {
                let en = format!("a public holiday ({})", holidays::english(name));
                (DeadlineDayKind::Holiday, format!("{name}假期"), en)
            }
            (false, true, None) => (DeadlineDayKind::Weekend, "周末".into(), "a weekend".into()),
            (false, false, None) => (DeadlineDayKind::Holiday, "休息日".into(), "a day off".into()),
        };
        let (mut text_zh, mut text_en) = match number {
            Some(n) => (format!("{zh}，第{n}日"), format!("{en}, day {n}")),
            None if is_last => (zh, en),
            None => (format!("{zh}，不计入"), format!("{en}, not counted")),
        };
        if is_last {
            text_zh.push_str("，期限最后一日");
            text_en.push_str(", the last day");
        }
        ExplainedDay { date, kind, number, text_zh, text_en }
    }

    fn summary(&self, from: Instant, due: Instant, limit: Limit, without: &[i32]) -> (String, String) {
        let last_day = self.last_day(due);
        let (from, due) = (self.local(from), self.local(due));
        let en = |time: NaiveDateTime| format!("{} {:02}:{:02}", time.date(), time.hour(), time.minute());
        let s = if limit.count() == 1 { "" } else { "s" };
        let (mut text_zh, mut text_en) = match limit {
            Limit::WorkingDays(n) => (
                format!(
                    "{}收件，当日不计入，自次日起计算{n}个工作日，期限至{}24时止。",
                    chinese_time(from),
                    chinese_day(last_day)
                ),
                format!(
                    "Received at {}; that day is not counted. The time limit of {n} working day{s} starts on the next day \
                     and ends at 24:00 on {}.",
                    en(from),
                    last_day
                ),
            ),
            Limit::Hours(n) => (
                format!(
                    "{}收件，连续计算{n}小时，夜间和节假日计算在内，期限至{}止。",
                    chinese_time(from),
                    chinese_time(due)
                ),
                format!(
                    "Received at {}. The time limit of {n} hour{s} includes nights and public holidays and ends at {}.",
                    en(from),
                    en(due)
                ),
            ),
        };
        if let (Some(first), Some(last)) = (without.first(), without.last()) {
            let (zh, en) = match first == last {
                true => (format!("{first}年"), first.to_string()),
                false => (format!("{first}年至{last}年部分年份"), format!("some years from {first} to {last}")),
            };
            text_zh.push_str(&format!("{zh}尚无节假日安排，暂按法定节假日和周末休息计算，安排公布后可能顺延。"));
            text_en.push_str(&format!(
                " No calendar is registered for {en}: weekends and statutory public holidays count as days off. The deadline \
                 may be postponed when the calendar is registered."
            ));
        }
        (text_zh, text_en)
    }

    fn add_days(&self, day: NaiveDate, n: u32) -> NaiveDate {
        self.calendar.add_working_days(day, n.min(MOST_WORKING_DAYS))
    }

    fn local(&self, at: Instant) -> NaiveDateTime {
        // The earliest and the latest instants have no local time in some zones.
        let edge = TimeDelta::days(2);
        let at = at.0.clamp(DateTime::<Utc>::MIN_UTC + edge, DateTime::<Utc>::MAX_UTC - edge);
        at.with_timezone(&self.zone).naive_local()
    }

    /// The instant of a local time. If clocks are set back and the time occurs twice, `latest` chooses. If clocks are
    /// set forward and it does not occur, the offset of the day before applies.
    fn instant(&self, local: NaiveDateTime, latest: bool) -> Instant {
        let at = match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) => Some(at.to_utc()),
            LocalResult::Ambiguous(first, last) => Some(if latest { last } else { first }.to_utc()),
            LocalResult::None => {
                let before = local.checked_sub_signed(TimeDelta::days(1)).unwrap_or(local);
                let offset: FixedOffset = self.zone.offset_from_utc_datetime(&before).fix();
                local.checked_sub_offset(offset).map(|utc| utc.and_utc())
            }
        };
        Instant(at.unwrap_or(if latest { DateTime::<Utc>::MAX_UTC } else { DateTime::<Utc>::MIN_UTC }))
    }
}

const DAY_SECONDS: i64 = 86_400;

fn later(at: Instant, by: TimeDelta) -> Instant {
    let edge = if by < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    Instant(at.0.checked_add_signed(by).unwrap_or(edge))
}

/// The working hours as seconds of the day, sorted and without overlaps.
fn spans(hours: &[WorkingHours]) -> Vec<(i64, i64)> {
    let seconds = |(from, to): (u32, u32)| (i64::from(from) * 60, i64::from(to) * 60);
    let mut all: Vec<(i64, i64)> = hours.iter().filter_map(WorkingHours::minutes).map(seconds).collect();
    all.sort_unstable();
    let mut until = 0;
    for span in &mut all {
        span.0 = span.0.max(until);
        span.1 = span.1.max(span.0);
        until = span.1;
    }
    all
}

coded_enum! {
    /// How a day counts for a time limit (日期性质).
    #[schema(example = "working_day")]
    pub enum DeadlineDayKind {
        Receipt "receipt" "收件当日" "Day of receipt"
        WorkingDay "working_day" "工作日" "Working day"
        MakeUp "make_up_working_day" "调休工作日" "Make-up working day"
        Weekend "weekend" "周末" "Weekend"
        Holiday "holiday" "节假日" "Public holiday"
    }
}

/// One day of a time limit (期限中的一日).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedDay {
    /// The day (日期).
    #[schema(example = "2026-02-14")]
    pub date: NaiveDate,
    /// Kind of day (日期性质).
    pub kind: DeadlineDayKind,
    /// Number of the working day in the time limit, from 1 (第几日); null if the day does not count.
    #[schema(example = 2, minimum = 1)]
    pub number: Option<u32>,
    /// Explanation in Chinese (说明).
    #[schema(example = "调休工作日（春节），第2日", max_length = 100)]
    pub text_zh: String,
    /// Explanation in English.
    #[schema(example = "a make-up working day (Spring Festival), day 2", max_length = 200)]
    pub text_en: String,
}

/// How a deadline is computed (期限说明).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// Instant of submission (收件时间).
    pub received_at: Instant,
    /// Day of receipt, in the deployment's time zone (收件日期).
    #[schema(example = "2026-02-12")]
    pub received_on: NaiveDate,
    /// Unit of the time limit (期限计算方式).
    pub clock: DeadlineClock,
    /// Time limit in working days or hours (期限).
    #[schema(example = 5, minimum = 0)]
    pub limit: u32,
    /// Deadline, exclusive; for working days it is 24:00 of the last day (期限届满时间).
    pub due_at: Instant,
    /// Last day of the time limit (期限最后一日).
    #[schema(example = "2026-02-26")]
    pub due_on: NaiveDate,
    /// Each day from the day of receipt to the last day (逐日说明); empty if hours count.
    #[schema(max_items = 400)]
    pub days: Vec<ExplainedDay>,
    /// Number of days before the last one that are not listed, because the list is full (未列出天数).
    #[schema(example = 0, minimum = 0)]
    pub days_left_out: u32,
    /// Years whose holidays are not recorded yet, so that the deadline may still move later (尚无节假日安排的年份).
    #[schema(max_items = 200)]
    pub years_without_calendar: Vec<i32>,
    /// Summary in Chinese (说明).
    #[schema(
        example = "2026年2月12日10时30分收件，当日不计入，自次日起计算5个工作日，期限至2026年2月26日24时止。",
        max_length = 500
    )]
    pub text_zh: String,
    /// Summary in English.
    #[schema(
        example = "Received at 2026-02-12 10:30; that day is not counted. The time limit of 5 working days starts on the next day and ends at 24:00 on 2026-02-26.",
        max_length = 500
    )]
    pub text_en: String,
}

#[cfg(test)]
#[path = "clock_rules_tests.rs"]
mod tests;
