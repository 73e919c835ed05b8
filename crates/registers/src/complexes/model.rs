//! Complexes and service periods in the database and in the API.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::coordinates::{CoordinateSystem, to_wgs84};
use crate::coded_enum;
use crate::db::Id;
use crate::db::schema::{complex_services, complexes};
use crate::db::types::Instant;
use crate::ledger::Place;

coded_enum! {
    /// Self-governance state of a complex (自治组织状态).
    pub stored enum SelfGovernance {
        OwnersCommittee "owners_committee" "业主委员会" "Owners' committee"
        ManagementCommittee "management_committee" "物业管理委员会" "Property management committee"
        NotEligible "not_eligible" "不具备成立业主大会条件" "Not yet eligible for an owners' assembly"
        EligibleNotFormed "eligible_not_formed" "具备条件但未成立业主大会" "Eligible, no owners' assembly formed"
        AssemblyWithoutCommittee "assembly_without_committee" "业主大会成立后未选举产生业主委员会" "Assembly formed, no committee elected"
    }
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = complexes, treat_none_as_null = true)]
pub struct ComplexRow {
    pub id: Id,
    pub version: i64,
    pub name: String,
    pub county: String,
    pub township: String,
    pub community: String,
    pub grid: Option<String>,
    pub address: String,
    pub longitude: Option<f64>,
    pub latitude: Option<f64>,
    pub area_m2: Option<i64>,
    pub households: Option<i64>,
    pub buildings: Option<i64>,
    pub delivered_on: Option<NaiveDate>,
    pub self_governance: SelfGovernance,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl ComplexRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// A point in WGS 84 (坐标).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Degrees east.
    #[schema(example = 106.2533, minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// Degrees north.
    #[schema(example = 38.2811, minimum = -90, maximum = 90)]
    pub latitude: f64,
}

/// A point to store (坐标). It is converted to WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointIn {
    /// Degrees east.
    #[schema(example = 106.2533, minimum = 73, maximum = 136)]
    pub longitude: f64,
    /// Degrees north.
    #[schema(example = 38.2811, minimum = 3, maximum = 54)]
    pub latitude: f64,
    /// Coordinate system of the two numbers.
    pub system: CoordinateSystem,
}

impl PointIn {
    /// The point as stored, in WGS 84.
    pub fn stored(self) -> Point {
        let (longitude, latitude) = to_wgs84(self.system, self.longitude, self.latitude);
        Point { longitude, latitude }
    }
}

/// The current company of a complex (现服务企业).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CurrentService {
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// USCC of the company.
    #[schema(max_length = 18, example = "91640121MA76ABCD0B")]
    pub company_uscc: String,
    /// Project manager (项目经理人).
    #[schema(max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// First day of the service period.
    pub effective_from: NaiveDate,
    /// Last day of the service period; null if it is indefinite.
    pub effective_to: Option<NaiveDate>,
}

/// A residential complex (住宅小区).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Complex {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// County, GB/T 2260, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Grid cell code (网格).
    #[schema(max_length = 40, example = "WG-03")]
    pub grid: Option<String>,
    /// Postal address.
    #[schema(max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    /// Point of the complex; null if not registered.
    pub point: Option<Point>,
    /// Floor area in square metres.
    #[schema(minimum = 1, maximum = 100_000_000, example = 86000)]
    pub area_m2: Option<i64>,
    /// Number of households (户数).
    #[schema(minimum = 1, maximum = 1_000_000, example = 812)]
    pub households: Option<i64>,
    /// Number of buildings.
    #[schema(minimum = 1, maximum = 100_000, example = 14)]
    pub buildings: Option<i64>,
    /// Day of delivery to the buyers (交付).
    pub delivered_on: Option<NaiveDate>,
    pub self_governance: SelfGovernance,
    /// Current company; null if there is none.
    pub service: Option<CurrentService>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A complex to register (小区登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplexIn {
    /// Name of the complex.
    #[schema(min_length = 2, max_length = 200, example = "望远示范花园")]
    pub name: String,
    /// Code of its community, 12 digits, from `GET /v1/divisions`.
    #[schema(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: String,
    /// Grid cell code (网格).
    #[schema(min_length = 1, max_length = 40, example = "WG-03")]
    #[serde(default)]
    pub grid: Option<String>,
    /// Postal address.
    #[schema(min_length = 2, max_length = 300, example = "望远镇示范路 1 号")]
    pub address: String,
    #[serde(default)]
    pub point: Option<PointIn>,
    /// Floor area in square metres.
    #[schema(minimum = 1, maximum = 100_000_000, example = 86000)]
    #[serde(default)]
    pub area_m2: Option<i64>,
    /// Number of households (户数).
    #[schema(minimum = 1, maximum = 1_000_000, example = 812)]
    #[serde(default)]
    pub households: Option<i64>,
    /// Number of buildings.
    #[schema(minimum = 1, maximum = 100_000, example = 14)]
    #[serde(default)]
    pub buildings: Option<i64>,
    /// Day of delivery to the buyers (交付), not in the future.
    #[serde(default)]
    pub delivered_on: Option<NaiveDate>,
    pub self_governance: SelfGovernance,
}

/// A change of a complex (JSON merge patch, RFC 7396): absent members do not change, null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplexPatch {
    /// Name of the complex.
    #[schema(min_length = 2, max_length = 200, nullable = false, example = "望远示范花园")]
    pub name: Option<String>,
    /// Grid cell code (网格).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, max_length = 40, example = "WG-03")]
    pub grid: Option<Option<String>>,
    /// Postal address.
    #[schema(min_length = 2, max_length = 300, nullable = false, example = "望远镇示范路 1 号")]
    pub address: Option<String>,
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<PointIn>)]
    pub point: Option<Option<PointIn>>,
    /// Floor area in square metres.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000_000, example = 86000)]
    pub area_m2: Option<Option<i64>>,
    /// Number of households (户数).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000, example = 812)]
    pub households: Option<Option<i64>>,
    /// Number of buildings.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000, example = 14)]
    pub buildings: Option<Option<i64>>,
    /// Day of delivery to the buyers (交付), not in the future.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub delivered_on: Option<Option<NaiveDate>>,
    #[schema(nullable = false)]
    pub self_governance: Option<SelfGovernance>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListComplexes {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Part of the name.
    #[param(max_length = 100, example = "花园")]
    pub q: Option<String>,
    /// Only this township, 9 digits.
    #[param(pattern = "^[0-9]{9}$", example = "640121102")]
    pub township: Option<String>,
    /// Only this community, 12 digits.
    #[param(pattern = "^[0-9]{12}$", example = "640121102001")]
    pub community: Option<String>,
    /// Only complexes that this company serves today.
    pub company_id: Option<Id>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = complex_services)]
pub struct ServiceRow {
    pub id: Id,
    pub complex_id: Id,
    pub company_id: Id,
    pub project_manager: String,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub county: String,
    pub township: String,
    pub community: String,
    pub created_at: Instant,
}

/// A service period (服务期间) of a company at a complex. Its id is that of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServicePeriod {
    pub id: Id,
    pub complex_id: Id,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Project manager (项目经理人).
    #[schema(max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// First day of the service period.
    pub effective_from: NaiveDate,
    /// Last day of the service period; null if it is indefinite.
    pub effective_to: Option<NaiveDate>,
    pub created_at: Instant,
}
