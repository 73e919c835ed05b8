//! Parses the requested range of a file (RFC 9110, 14).

use std::ops::Range;

use crate::http::conditions::Conditions;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedRange {
    Whole,
    Part(Range<u64>),
    /// The range does not overlap the file.
    Nothing,
}

/// Parses a single range. Several ranges, other units and invalid values select the whole file (RFC 9110, 14.2), and so
/// does an `If-Range` with another tag (13.1.5).
pub fn requested_range(range: Option<&str>, if_range: Option<&str>, etag: &str, size: u64) -> RequestedRange {
    // Range units are case-insensitive (RFC 9110, 14.1).
    let spec =
        range.and_then(|range| range.trim().split_once('=')).filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"));
    let Some((_, spec)) = spec.filter(|_| Conditions::if_range(if_range, etag)) else { return RequestedRange::Whole };
    let Some((first, last)) = spec.trim().split_once('-').filter(|_| !spec.contains(',')) else {
        return RequestedRange::Whole;
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().unwrap_or(u64::MAX));
    match (first, last) {
        ("", "") => RequestedRange::Whole,
        ("", count) => match number(count) {
            None => RequestedRange::Whole,
            Some(0) => RequestedRange::Nothing,
            Some(count) => RequestedRange::Part(size.saturating_sub(count)..size),
        },
        (first, last) => match (number(first), if last.is_empty() { Some(u64::MAX) } else { number(last) }) {
            (Some(first), Some(last)) if last < first => RequestedRange::Whole,
            (Some(first), Some(_)) if first >= size => RequestedRange::Nothing,
            (Some(first), Some(last)) => RequestedRange::Part(first..last.saturating_add(1).min(size)),
            _ => RequestedRange::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(range: &str) -> RequestedRange {
        requested_range(Some(range), None, "\"x\"", 100)
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        for (range, wanted) in [
            ("bytes=0-0", RequestedRange::Part(0..1)),
            ("Bytes=0-0", RequestedRange::Part(0..1)),
            ("bytes=10-19", RequestedRange::Part(10..20)),
            ("bytes=90-", RequestedRange::Part(90..100)),
            ("bytes=90-500", RequestedRange::Part(90..100)),
            ("bytes=-5", RequestedRange::Part(95..100)),
            ("bytes=-500", RequestedRange::Part(0..100)),
            ("bytes=0-99999999999999999999999", RequestedRange::Part(0..100)),
            ("bytes=100-", RequestedRange::Nothing),
            ("bytes=-0", RequestedRange::Nothing),
            ("bytes=99999999999999999999999-", RequestedRange::Nothing),
            ("bytes=5-2", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("bytes=a-b", RequestedRange::Whole),
            ("bytes=+1-2", RequestedRange::Whole),
            ("bytes=0-1,5-6", RequestedRange::Whole),
            ("lines=0-1", RequestedRange::Whole),
        ] {
            assert_eq!(of(range), wanted, "{range}");
        }
        assert_eq!(requested_range(Some("bytes=0-1"), Some("\"x\""), "\"x\"", 100), RequestedRange::Part(0..2));
        assert_eq!(requested_range(Some("bytes=0-1"), Some("W/\"x\""), "\"x\"", 100), RequestedRange::Whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_part_lies_within_the_file(range in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 1u64..2000) {
            if let RequestedRange::Part(part) = requested_range(Some(&range), None, "\"x\"", size) {
                prop_assert!(part.start < part.end && part.end <= size, "{:?}", part);
            }
        }
    }
}
