//! Exact decimal numbers for display, rounded half up. Floating point could round 0.05 either way.

/// A fraction with `decimals` decimal places; `None` if the denominator is not positive.
pub fn ratio(part: i64, whole: i64, decimals: u32) -> Option<String> {
    (part >= 0 && whole > 0).then(|| {
        let unit = 10_i128.pow(decimals.min(9));
        let (part, whole) = (i128::from(part), i128::from(whole));
        let scaled = (2 * part * unit + whole) / (2 * whole);
        match decimals.min(9) as usize {
            0 => scaled.to_string(),
            places => format!("{}.{:0places$}", scaled / unit, scaled % unit),
        }
    })
}

/// A percentage with one decimal place.
pub fn percent(part: i64, whole: i64) -> Option<String> {
    ratio(part.saturating_mul(100), whole, 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percents_are_exact() {
        assert_eq!(percent(0, 0), None);
        let cases =
            [(0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (1, 2001, "0.0"), (7, 7, "100.0")];
        for (part, whole, told) in cases {
            assert_eq!(percent(part, whole).as_deref(), Some(told), "{part}/{whole}");
        }
    }

    #[test]
    fn ratios_have_the_decimals_that_are_asked_for() {
        assert_eq!(ratio(13, 3, 2).as_deref(), Some("4.33"));
        assert_eq!(ratio(1, 200, 2).as_deref(), Some("0.01"));
        assert_eq!(ratio(5, 2, 0).as_deref(), Some("3"));
        assert_eq!(ratio(i64::MAX, 1, 2).as_deref(), Some("9223372036854775807.00"));
        assert_eq!(ratio(1, 0, 2), None);
        assert_eq!(ratio(-1, 2, 2), None);
    }

    proptest! {
        #[test]
        fn a_ratio_is_within_half_a_unit_of_the_fraction(part in 0..1_000_000_i64, whole in 1..10_000_i64) {
            let told: rust_decimal::Decimal = ratio(part, whole, 2).unwrap().parse().unwrap();
            let off = told * rust_decimal::Decimal::from(whole) - rust_decimal::Decimal::from(part);
            prop_assert!(off.abs() * rust_decimal::Decimal::from(200) <= rust_decimal::Decimal::from(whole));
        }
    }
}
