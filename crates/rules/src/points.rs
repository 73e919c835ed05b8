//! Points of a rating (分值): exact decimals that are never rounded, so that displayed points add up to displayed totals.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Decimal places of a score.
const GIVEN: u32 = 2;
/// Decimal places of weighted points: those of a score, and two more for the percentage.
const WEIGHTED: u32 = 4;

macro_rules! points {
    ($(#[$meta:meta])* $name:ident, $places:ident) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
        $(#[$meta])*
        pub struct $name(pub Decimal);

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                let points = Decimal::from_str(text).map_err(|error| error.to_string())?;
                if points.is_sign_negative() || points.scale() > $places {
                    return Err(format!("not points: {text}"));
                }
                Ok($name(points))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.normalize().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl Add for $name {
            type Output = $name;

            fn add(self, other: $name) -> $name {
                $name(self.0 + other.0)
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = $name>>(all: I) -> $name {
                all.fold($name::default(), Add::add)
            }
        }
    };
}

points! {
    /// Points (分值): a decimal string with at most two decimal places.
    #[schema(value_type = String, pattern = r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$", max_length = 7, example = "4.5")]
    Points, GIVEN
}

points! {
    /// Weighted points (加权得分): a decimal string with at most four decimal places.
    #[schema(value_type = String, pattern = r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?$", max_length = 9, example = "86.1250")]
    WeightedPoints, WEIGHTED
}

/// Stored totals count ten-thousandths of a point.
const UNIT: i64 = 10_000;

impl Points {
    pub fn whole(points: u32) -> Points {
        Points(Decimal::from(points))
    }

    /// A percentage of these points.
    pub fn percent(self, percent: u32) -> WeightedPoints {
        WeightedPoints(self.0 * Decimal::from(percent) / Decimal::ONE_HUNDRED)
    }
}

impl From<Points> for WeightedPoints {
    fn from(points: Points) -> WeightedPoints {
        WeightedPoints(points.0)
    }
}

impl WeightedPoints {
    /// As an integer for the database, in ten-thousandths.
    pub fn units(self) -> i64 {
        use rust_decimal::prelude::ToPrimitive;
        (self.0 * Decimal::from(UNIT)).to_i64().unwrap_or_default()
    }

    pub fn from_units(units: i64) -> WeightedPoints {
        WeightedPoints(Decimal::from(units) / Decimal::from(UNIT))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn points_are_exact_and_written_without_idle_zeros() {
        let points = |text: &str| text.parse::<Points>().unwrap();
        assert_eq!(points("4.50"), points("4.5"));
        assert_eq!(points("4.50").to_string(), "4.5");
        assert_eq!(points("0.1") + points("0.2"), points("0.3"));
        assert_eq!(points("59.99").percent(100).to_string(), "59.99");
        assert_eq!(points("33.33").percent(33).to_string(), "10.9989");
        assert!("4.555".parse::<Points>().is_err());
        assert!("-1".parse::<Points>().is_err());
        assert_eq!("86.1255".parse::<WeightedPoints>().unwrap().units(), 861_255);
    }

    proptest! {
        #[test]
        fn what_is_stored_is_what_was_given(units in 0..2_000_000_i64) {
            let points = WeightedPoints::from_units(units);
            prop_assert_eq!(points.units(), units);
            prop_assert_eq!(points.to_string().parse::<WeightedPoints>().unwrap(), points);
        }

        #[test]
        fn shares_of_points_add_up_to_the_points(hundredths in 0..10_000_u32, percent in 0..=100_u32) {
            let points = Points(Decimal::new(hundredths.into(), 2));
            prop_assert_eq!(points.percent(percent) + points.percent(100 - percent), WeightedPoints::from(points));
        }
    }
}
