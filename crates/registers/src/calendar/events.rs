//! Ledger events of calendars.

use crate::service::events::Fact::{Count, Json};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "calendar",
    schema: "EventDataCalendar",
    about: "A year of the calendar 节假日安排",
    facts: &[("year", Count), ("holidays", Json), ("workdays", Json), ("version", Count)],
    digests: &[],
    types: &[Type {
        code: "calendar.replaced", zh: "节假日安排更新", en: "The calendar of a year was replaced"
    }],
}];
