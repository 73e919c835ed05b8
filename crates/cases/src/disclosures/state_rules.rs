//! Pure rules: the state and due date of one kind of disclosure at a complex, from the stored versions, the start of
//! the company's service, the policy and the day.

use chrono::{Datelike, Days, NaiveDate};

use super::model::{DisclosureState, VersionState};
use crate::calendar::rules::WorkCalendar;
use crate::db::Id;
use crate::policy::disclosures::{DisclosurePeriod, DisclosureRule};

/// A calendar period: a quarter, half-year or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// The period that contains a day.
pub fn period_of(every: DisclosurePeriod, day: NaiveDate) -> Period {
    let months: u32 = match every {
        DisclosurePeriod::Quarter => 3,
        DisclosurePeriod::HalfYear => 6,
        DisclosurePeriod::Year => 12,
    };
    let first = day.month0() / months * months;
    let from = NaiveDate::from_ymd_opt(day.year(), first + 1, 1).unwrap_or(day);
    let after = from.checked_add_months(chrono::Months::new(months)).unwrap_or(NaiveDate::MAX);
    Period { from, to: after - Days::new(1) }
}

fn before(every: DisclosurePeriod, period: Period) -> Period {
    period_of(every, period.from - Days::new(1))
}

fn after(every: DisclosurePeriod, period: Period) -> Period {
    period_of(every, period.to + Days::new(1))
}

/// A service period: one company serves the complex from a first to a last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServicePeriod {
    pub company_id: Id,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// The company that serves a complex today, and since when without interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentService {
    pub company_id: Id,
    pub began: NaiveDate,
}

/// The current service among the service periods of one complex. A renewal continues the earlier period, so that
/// nothing is due again.
pub fn serving(services: &[ServicePeriod], today: NaiveDate) -> Option<CurrentService> {
    let now = services.iter().find(|one| one.from <= today && one.to.is_none_or(|last| today <= last))?;
    let mut began = now.from;
    while let Some(earlier) = services.iter().find(|one| {
        one.company_id == now.company_id && one.from < began && one.to.is_some_and(|last| last + Days::new(1) >= began)
    }) {
        began = earlier.from;
    }
    Some(CurrentService { company_id: now.company_id, began })
}

/// The part of a current version on which the state depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentVersion {
    pub id: Id,
    pub state: VersionState,
    pub period: Option<Period>,
    pub published_on: NaiveDate,
    pub decided_on: Option<NaiveDate>,
}

impl CurrentVersion {
    /// A version without a period covers the period before the day of its publication.
    fn covers(&self, due: Period) -> bool {
        match self.period {
            Some(own) => own.from <= due.to && due.to <= own.to,
            None => self.published_on > due.to,
        }
    }

    fn order(&self) -> (Option<Period>, NaiveDate, Id) {
        (self.period, self.published_on, self.id)
    }
}

/// State of one kind at a complex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    pub state: DisclosureState,
    /// Due date of the next disclosure; none for a kind that is disclosed once and has been.
    pub due_on: Option<NaiveDate>,
    /// The period to be disclosed by the due date.
    pub period: Option<Period>,
    /// Since when it is overdue or rejected.
    pub since: Option<NaiveDate>,
    /// The due date has passed: overdue, or rejected and not corrected in time.
    pub late: bool,
    /// The version that the state describes.
    pub version: Option<Id>,
}

/// The rule on a given day, computed once for any number of complexes.
#[derive(Clone, Debug)]
pub struct Schedule<'a> {
    rule: &'a DisclosureRule,
    calendar: &'a WorkCalendar,
    today: NaiveDate,
    /// First day on which anything can be due.
    start: NaiveDate,
    /// The last period whose due date has passed.
    required: Option<(DisclosurePeriod, Period)>,
}

impl<'a> Schedule<'a> {
    pub fn new(rule: &'a DisclosureRule, calendar: &'a WorkCalendar, today: NaiveDate) -> Schedule<'a> {
        let required = rule.every.map(|every| {
            let mut period = before(every, period_of(every, today));
            while calendar.add_working_days(period.to, rule.due_working_days) >= today {
                period = before(every, period);
            }
            (every, period)
        });
        Schedule { rule, calendar, today, start: NaiveDate::MIN, required }
    }

    /// Nothing is due before `start`. A kind that is disclosed once counts as if service began on that day; periods
    /// that were due earlier are not required.
    pub fn starting(self, start: NaiveDate) -> Schedule<'a> {
        Schedule { start, ..self }
    }

    /// Due date of a kind that is disclosed once.
    fn due_once(&self, began: NaiveDate) -> NaiveDate {
        let due = self.due(began);
        if due < self.start { self.due(self.start) } else { due }
    }

    /// Must a company that has served since `began` disclose this period?
    fn is_asked_for(&self, period: Period, began: NaiveDate) -> bool {
        period.to >= began && self.due(period.to) >= self.start
    }

    /// The last period whose due date has passed. Earlier periods do not affect today's state.
    pub fn required(&self) -> Option<Period> {
        self.required.map(|(_, period)| period)
    }

    fn due(&self, from: NaiveDate) -> NaiveDate {
        self.calendar.add_working_days(from, self.rule.due_working_days)
    }

    /// State at a complex where the company has served since `began` and has these current versions.
    pub fn assess(&self, began: NaiveDate, held: &[CurrentVersion]) -> Assessment {
        let newest = held.iter().max_by_key(|one| one.order());
        match self.required {
            None => self.once(began, newest),
            Some((every, required)) => self.by_period(every, required, began, held, newest),
        }
    }

    fn once(&self, began: NaiveDate, newest: Option<&CurrentVersion>) -> Assessment {
        match newest {
            Some(held) if held.state == VersionState::Rejected => self.rejected(held, self.due(began), None),
            Some(held) => of(held, None, None),
            None => self.nothing(self.due_once(began), None),
        }
    }

    fn by_period(
        &self,
        every: DisclosurePeriod,
        required: Period,
        began: NaiveDate,
        held: &[CurrentVersion],
        newest: Option<&CurrentVersion>,
    ) -> Assessment {
        // A company must disclose the periods at whose end it served.
        let asked_for = self.is_asked_for(required, began);
        let mut next = if asked_for { after(every, required) } else { period_of(every, began.max(required.from)) };
        while !asked_for && !self.is_asked_for(next, began) {
            next = after(every, next);
        }
        if asked_for {
            let covering = held.iter().filter(|one| one.covers(required)).max_by_key(|one| one.order());
            match covering {
                None => return self.nothing(self.due(required.to), Some(required)),
                Some(one) if one.state == VersionState::Rejected => {
                    return self.rejected(one, self.due(required.to), Some(required));
                }
                Some(_) => {}
            }
        }
        // A rejected version of a period that is not due yet must be corrected for that same period.
        while let Some(covering) = held.iter().filter(|one| one.covers(next)).max_by_key(|one| one.order()) {
            if covering.state == VersionState::Rejected {
                return self.rejected(covering, self.due(next.to), Some(next));
            }
            next = after(every, next);
        }
        let due = self.due(next.to);
        match newest {
            Some(held) => of(held, Some(due), Some(next)),
            None => self.nothing(due, Some(next)),
        }
    }

    fn nothing(&self, due: NaiveDate, period: Option<Period>) -> Assessment {
        let late = self.today > due;
        let state = if late { DisclosureState::Overdue } else { DisclosureState::Missing };
        let since = late.then(|| due + Days::new(1));
        Assessment { state, due_on: Some(due), period, since, late, version: None }
    }

    /// Due again by the due date of its period, or at the end of the time for correction, whichever is later.
    fn rejected(&self, held: &CurrentVersion, due: NaiveDate, period: Option<Period>) -> Assessment {
        let days = self.rule.correction_working_days;
        let corrected = held.decided_on.map(|decided| self.calendar.add_working_days(decided, days));
        let due = corrected.map_or(due, |corrected| due.max(corrected));
        Assessment { late: self.today > due, ..of(held, Some(due), period) }
    }
}

fn of(held: &CurrentVersion, due_on: Option<NaiveDate>, period: Option<Period>) -> Assessment {
    let state = match held.state {
        VersionState::Submitted => DisclosureState::Submitted,
        VersionState::Verified => DisclosureState::Verified,
        VersionState::Rejected => DisclosureState::Rejected,
    };
    let since = held.decided_on.filter(|_| held.state == VersionState::Rejected);
    Assessment { state, due_on, period, since, late: false, version: Some(held.id) }
}
