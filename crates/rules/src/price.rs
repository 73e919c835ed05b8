//! Unit prices (单价): yuan with at most four decimal places, exact, and their units.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::coded_enum;

/// Decimal places of a unit price.
const PLACES: u32 = 4;

/// Unit price in yuan (单价，元): a decimal string with at most four decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = r"^(0|[1-9][0-9]{0,6})(\.[0-9]{1,4})?$", max_length = 12, example = "1.80")]
pub struct UnitPrice(pub Decimal);

impl FromStr for UnitPrice {
    type Err = String;

    fn from_str(text: &str) -> Result<UnitPrice, String> {
        let price = Decimal::from_str(text).map_err(|error| error.to_string())?;
        if price.is_sign_negative() || price.scale() > PLACES {
            return Err(format!("not a price: {text}"));
        }
        Ok(UnitPrice(price))
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UnitPrice, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

coded_enum! {
    /// Unit of a price (计价单位).
    pub enum PriceUnit {
        M2Month "m2_month" "元/平方米·月" "Yuan per square metre per month"
        HouseholdMonth "household_month" "元/户·月" "Yuan per household per month"
        HouseholdYear "household_year" "元/户·年" "Yuan per household per year"
        SpaceMonth "space_month" "元/车位·月" "Yuan per parking space per month"
        VehicleMonth "vehicle_month" "元/车·月" "Yuan per vehicle per month"
        VehicleHour "vehicle_hour" "元/车·小时" "Yuan per vehicle per hour"
        VehicleTime "vehicle_time" "元/车·次" "Yuan per vehicle per use"
        Kwh "kwh" "元/千瓦时" "Yuan per kilowatt hour"
        CubicMetre "cubic_metre" "元/立方米" "Yuan per cubic metre"
        Gigajoule "gigajoule" "元/吉焦" "Yuan per gigajoule"
        Piece "piece" "元/件（张）" "Yuan per item or card"
        Time "time" "元/次" "Yuan per use"
    }
}

/// Formats fen as yuan for display: `12,345.67`.
pub fn yuan(fen: impl Into<i128>) -> String {
    let fen: i128 = fen.into();
    let (sign, fen) = if fen < 0 { ("-", fen.unsigned_abs()) } else { ("", fen.unsigned_abs()) };
    let whole = (fen / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{:02}", fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_keeps_what_was_written_and_compares_by_value() {
        let price = |text: &str| text.parse::<UnitPrice>().unwrap();
        assert_eq!(price("1.80").to_string(), "1.80");
        assert_eq!(price("1.80"), price("1.8"));
        assert!(price("1.8001") > price("1.8"));
        assert!("1.80001".parse::<UnitPrice>().is_err());
        assert!("-1".parse::<UnitPrice>().is_err());
        assert_eq!(serde_json::to_value(price("0.5")).unwrap(), "0.5");
    }

    #[test]
    fn fen_are_written_as_yuan() {
        assert_eq!(yuan(0), "0.00");
        assert_eq!(yuan(5), "0.05");
        assert_eq!(yuan(123_456_789), "1,234,567.89");
        assert_eq!(yuan(-100_000), "-1,000.00");
    }
}
