//! Days and periods of a proceeding.

use chrono::NaiveDate;

use crate::fault::Fault;
use crate::problem::{Code, Problem};

/// A notice is delivered after it was issued, and not in the future.
pub fn check_delivery_day(today: NaiveDate, day: NaiveDate, issued_on: Option<NaiveDate>, faults: &mut Vec<Fault>) {
    if day > today {
        faults.push(Fault::new("/delivered_on", "in_the_future", "送达日期在未来", "this day has not come"));
    } else if issued_on.is_some_and(|issued| day < issued) {
        let (zh, en) = ("早于告知日期", "earlier than the notice");
        faults.push(Fault::new("/delivered_on", "before_start", zh, en));
    }
}

/// A period ends with its last day.
pub fn require_before(today: NaiveDate, last_day: Option<NaiveDate>) -> Result<(), Problem> {
    match last_day {
        Some(last) if today > last => Err(Problem::new(Code::DeadlinePassed)
            .detail(format!("期限已于 {last} 届满"), format!("the last day was {last}"))),
        _ => Ok(()),
    }
}
