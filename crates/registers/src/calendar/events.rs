//! Ledger events of calendars.

use crate::service::events::Fact::{Count, Json};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "calendar",
    schema: "EventDataCalendar",
    about: "A year of the calendar 工作日历",
    facts: &[
        ("year", Count, "Calendar year."),
        ("holidays", Json, "Public holidays of the year."),
        ("workdays", Json, "Make-up working days (调休工作日)."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &[],
    types: &[Type { code: "calendar.replaced", zh: "工作日历更新", en: "The calendar of a year was replaced" }],
}];
