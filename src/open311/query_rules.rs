//! Query parameters (GET Service Requests), parsed as leniently as the standard requires: unknown parameters are
//! ignored, and "a null parameter should be treated as equivalent to a non-declared parameter" (Optional Arguments).

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::db::{Id, Instant};
use crate::http::form;
use crate::input_error::InputError;
use crate::problem::Problem;

/// "May not span more than 90 days" (start_date, end_date).
const MOST_DAYS: i64 = 90;
/// "First 1000 requests returned" (Response Volume).
pub const MOST_ROWS: i64 = 1000;
/// Most service codes of a query; a policy has no more categories.
const MOST_CODES: usize = 200;

/// Parameters by name. Repeated parameters are joined by commas, like a list.
#[derive(Clone, Debug, Default)]
pub struct Params(HashMap<String, String>);

impl Params {
    /// Parses the query; a value that is not UTF-8 is an input error, even in an unknown parameter.
    pub fn of(query: &str) -> Result<Params, Problem> {
        let mut all: HashMap<String, String> = HashMap::new();
        for (name, value) in form::strict(query.as_bytes(), "query/")? {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let known = all.entry(name).or_default();
            if !known.is_empty() {
                known.push(',');
            }
            known.push_str(value);
        }
        Ok(Params(all))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn list(&self, name: &str) -> Option<Vec<&str>> {
        self.get(name).map(|text| text.split(',').map(str::trim).filter(|one| !one.is_empty()).collect())
    }

    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }
}

/// The requested requests: by id, or by filters.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// These ids; "this overrides all other arguments".
    These(Vec<Id>),
    Those {
        from: Instant,
        to: Instant,
        codes: Option<Vec<String>>,
        /// Open requests if true, closed if false, both if none.
        open: Option<bool>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParsedQuery {
    pub which: Which,
    pub offset: i64,
    pub rows: i64,
    pub extensions: bool,
}

/// Parses the parameters, or reports all input errors. `now` and `zone` are those of the deployment.
pub fn parse_query(params: &Params, now: Instant, zone: Tz) -> Result<ParsedQuery, Problem> {
    let mut faults = Vec::new();
    let (page, rows) = (
        number(params, "page", 1, i64::MAX, &mut faults),
        number(params, "page_size", MOST_ROWS, MOST_ROWS, &mut faults),
    );
    let which = match params.list("service_request_id") {
        // A value that is not a UUID cannot match, so it is dropped.
        Some(ids) => Which::These(ids.into_iter().filter_map(|id| id.parse().ok()).take(MOST_ROWS as usize).collect()),
        None => {
            let open = status(params, &mut faults);
            let span = span(params, now, zone, &mut faults);
            let codes = params.list("service_code").map(|codes| {
                codes.into_iter().filter(|code| is_code(code)).take(MOST_CODES).map(str::to_owned).collect()
            });
            let (from, to) = span.unwrap_or((now, now));
            Which::Those { from, to, codes, open }
        }
    };
    if !faults.is_empty() {
        return Err(Problem::input_errors(faults));
    }
    let extensions = params.flag("extensions");
    Ok(ParsedQuery { which, offset: (page - 1).saturating_mul(rows), rows, extensions })
}

/// Whether the text can be the code of a category. Other texts cannot match, and may contain characters that the
/// database refuses.
pub fn is_code(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte))
}

fn number(params: &Params, name: &str, default: i64, most: i64, faults: &mut Vec<InputError>) -> i64 {
    match params.get(name).map(str::parse) {
        None => default,
        Some(Ok(given)) if (1..=most).contains(&given) => given,
        Some(_) => {
            let (zh, en) = match most {
                i64::MAX => ("须为不小于1的整数".to_owned(), "must be a whole number of at least 1".to_owned()),
                _ => (format!("须为1至{most}的整数"), format!("must be a whole number from 1 to {most}")),
            };
            faults.push(InputError::new(format!("query/{name}"), "out_of_range", zh, en));
            default
        }
    }
}

fn status(params: &Params, faults: &mut Vec<InputError>) -> Option<bool> {
    let (mut open, mut closed) = (false, false);
    for one in params.list("status")? {
        match one {
            "open" => open = true,
            "closed" => closed = true,
            _ => {
                let (zh, en) = ("须为 open 或者 closed", "must be open or closed");
                faults.push(InputError::new("query/status", "unknown_value", zh, en));
                return None;
            }
        }
    }
    (open != closed).then_some(open)
}

/// "When not specified, the range defaults to most recent 90 days."
fn span(params: &Params, now: Instant, zone: Tz, faults: &mut Vec<InputError>) -> Option<(Instant, Instant)> {
    let mut read = |name: &str, last: bool| {
        let text = params.get(name)?;
        let found = instant(text, last, zone);
        if found.is_none() {
            let zh = "须为带时区的 W3C 日期时间（如 2026-03-01T00:00:00Z）或者日期";
            let en = "must be a W3C date and time with a time zone, such as 2026-03-01T00:00:00Z, or a date";
            faults.push(InputError::new(format!("query/{name}"), "invalid_format", zh, en));
        }
        found
    };
    let (from, to) = (read("start_date", false), read("end_date", true));
    let days = Duration::days(MOST_DAYS);
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.checked_add_signed(days)?.min(now.0.max(from))),
        (None, Some(to)) => (to.checked_sub_signed(days)?, to),
        (None, None) => (now.0 - days, now.0),
    };
    if to < from {
        let (zh, en) = ("不得早于 start_date", "must not be earlier than start_date");
        faults.push(InputError::new("query/end_date", "before_start", zh, en));
    } else if to - from > days {
        let (zh, en) =
            ("start_date 至 end_date 不得超过90日", "start_date and end_date must not be more than 90 days apart");
        faults.push(InputError::new("query/end_date", "out_of_range", zh, en));
    }
    Some((Instant(from), Instant(to)))
}

/// An instant in W3C notation. For a date, the first instant of the day in the deployment's time zone, or with `last`
/// the last.
fn instant(text: &str, last: bool, zone: Tz) -> Option<DateTime<Utc>> {
    // An unescaped plus arrives as a space.
    let text = text.replace(' ', "+");
    if let Ok(found) = DateTime::parse_from_rfc3339(&text) {
        return Some(found.with_timezone(&Utc));
    }
    let offset = text.strip_suffix('Z').map_or_else(|| text.clone(), |bare| format!("{bare}+00:00"));
    // "YYYY-MM-DDThh:mmTZD"
    if let Ok(found) = DateTime::parse_from_str(&offset, "%Y-%m-%dT%H:%M%:z") {
        return Some(found.with_timezone(&Utc)).filter(|_| text.len() <= 22);
    }
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)?;
    let day = if last { day.succ_opt()? } else { day };
    let begins = begins(day, zone)?.0;
    Some(if last { begins - Duration::microseconds(1) } else { begins })
}

/// The first instant of a day in a time zone.
pub fn begins(day: NaiveDate, zone: Tz) -> Option<Instant> {
    zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| Instant(at.with_timezone(&Utc)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> Instant {
        Instant(text.parse().unwrap())
    }

    fn ask(query: &str) -> Result<ParsedQuery, Vec<(String, &'static str)>> {
        parse_query(&Params::of(query).unwrap(), at("2026-03-02T01:00:00Z"), ZONE)
            .map_err(|problem| problem.faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
    }

    fn span_of(query: &str) -> (Instant, Instant) {
        match ask(query).unwrap().which {
            Which::Those { from, to, .. } => (from, to),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_a_word_it_is_the_most_recent_ninety_days_and_a_thousand_rows() {
        let asked = ask("").unwrap();
        assert_eq!((asked.offset, asked.rows, asked.extensions), (0, 1000, false));
        assert_eq!(span_of(""), (at("2025-12-02T01:00:00Z"), at("2026-03-02T01:00:00Z")));
        assert_eq!(ask("status=&service_code=&page=&end_date=&unknown=1").unwrap(), asked);
    }

    #[test]
    fn moments_are_read_as_the_note_writes_them() {
        let day = span_of("start_date=2026-03-01&end_date=2026-03-01");
        assert_eq!(day, (at("2026-02-28T16:00:00Z"), at("2026-03-01T15:59:59.999999Z")));
        let zoned = (at("2026-02-28T16:00:00Z"), at("2026-03-01T00:00:00Z"));
        for query in [
            "start_date=2026-03-01T00:00:00%2B08:00&end_date=2026-03-01T00:00Z",
            "start_date=2026-03-01T00:00:00+08:00&end_date=2026-03-01T08:00+08:00",
            "start_date=2026-03-01T00:00:00.000%2B08:00&end_date=2026-03-01T00:00:00Z",
        ] {
            assert_eq!(span_of(query), zoned, "{query}");
        }
        for bad in ["2026-03-01T00:00:00", "2026-13-01", "yesterday", "2026", "+12026-03-01", "2026-03-01T00:00:00Zx"] {
            assert_eq!(
                ask(&format!("start_date={bad}")).unwrap_err(),
                [("query/start_date".into(), "invalid_format")],
                "{bad}"
            );
        }
    }

    #[test]
    fn a_span_has_at_most_ninety_days() {
        let good = "start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:00Z";
        assert_eq!(span_of(good), (at("2026-01-01T00:00:00Z"), at("2026-04-01T00:00:00Z")));
        let long = "start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:01Z";
        assert_eq!(ask(long).unwrap_err(), [("query/end_date".into(), "out_of_range")]);
        let backwards = "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z";
        assert_eq!(ask(backwards).unwrap_err(), [("query/end_date".into(), "before_start")]);
        assert_eq!(span_of("start_date=2025-01-01T00:00:00Z").1, at("2025-04-01T00:00:00Z"));
        assert_eq!(span_of("start_date=2026-03-01T00:00:00Z").1, at("2026-03-02T01:00:00Z"));
        assert_eq!(span_of("end_date=2025-04-01T00:00:00Z").0, at("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn lists_have_commas_between_or_stand_there_twice() {
        let Which::Those { codes, open, .. } = ask("service_code=a.b,c&service_code=d&status=open").unwrap().which
        else {
            panic!("a filter");
        };
        assert_eq!((codes, open), (Some(vec!["a.b".into(), "c".into(), "d".into()]), Some(true)));
        let both = ask("status=open,closed").unwrap().which;
        assert!(matches!(both, Which::Those { open: None, .. }));
        // An impossible code matches nothing, and does not remove the filter.
        assert!(
            matches!(ask("service_code=%00").unwrap().which, Which::Those { codes: Some(codes), .. } if codes.is_empty())
        );
        assert_eq!(ask("status=pending").unwrap_err(), [("query/status".into(), "unknown_value")]);
        let id = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        let these = ask(&format!("service_request_id={id},nonsense&status=pending&start_date=x")).unwrap();
        assert_eq!(these.which, Which::These(vec![id.parse().unwrap()]));
    }

    #[test]
    fn pages_begin_with_one() {
        let third = ask("page=3&page_size=20&extensions=true").unwrap();
        assert_eq!((third.offset, third.rows, third.extensions), (40, 20, true));
        for bad in ["page=0", "page=-1", "page=x", "page_size=0", "page_size=1001", "page_size=1.5"] {
            assert_eq!(ask(bad).unwrap_err().len(), 1, "{bad}");
        }
        assert_eq!(ask("page=9223372036854775807").unwrap().offset, i64::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_query_breaks_it(query in "((start_date|end_date|page|status|service_code|service_request_id)=[ -~]{0,30}&?){0,6}") {
            if let Ok(params) = Params::of(&query) {
                let _ = parse_query(&params, at("2026-03-02T01:00:00Z"), ZONE);
            }
        }
    }
}
