//! `Accept` (RFC 9110, 12.5.1): a request for a media type that the operation does not produce gets 406.

use actix_web::http::header::{ACCEPT, HeaderMap};

use crate::problem::{Code, Problem};

/// Refuses a request that accepts none of the media types that the operation produces.
pub fn check(headers: &HeaderMap, produces: &[String]) -> Result<(), Problem> {
    let mut asked = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).peekable();
    if asked.peek().is_none() || produces.is_empty() {
        return Ok(());
    }
    let mut ranges = asked.flat_map(|line| line.split(',')).map(str::trim).filter(|range| !range.is_empty()).peekable();
    if ranges.peek().is_none() || ranges.any(|range| produces.iter().any(|kind| takes(range, kind))) {
        return Ok(());
    }
    let all = produces.join(", ");
    Err(Problem::new(Code::NotAcceptable).detail(
        format!("此操作只提供 {all}。请在 Accept 中请求其中一种格式。"),
        format!("This operation returns {all}. Request one of these formats in Accept."),
    ))
}

/// Does a media range with a weight above zero include this type? `image/*` includes every image.
fn takes(range: &str, kind: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let unwanted = parts.filter_map(|part| part.split_once('=')).any(|(key, value)| {
        key.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    });
    if unwanted {
        return false;
    }
    let group = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    name == "*/*" || name == kind || (group(&name) == group(kind) && (name.ends_with("/*") || kind.ends_with("/*")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_takes_a_type_unless_its_weight_is_nought() {
        for (range, kind, fits) in [
            ("*/*", "application/json", true),
            ("application/*", "application/json", true),
            ("Application/JSON; charset=utf-8", "application/json", true),
            ("application/json;q=0.1", "application/json", true),
            ("application/json;q=0", "application/json", false),
            ("application/json; Q=0.000", "application/json", false),
            ("text/csv", "application/json", false),
            ("text/*", "application/json", false),
            ("image/png", "image/*", true),
            ("garbage", "application/json", false),
        ] {
            assert_eq!(takes(range, kind), fits, "{range} of {kind}");
        }
    }
}
