//! Divisions in the database and in the API.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::schema::divisions;
use crate::ledger::Place;

/// An administrative division (行政区划).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Queryable, Insertable)]
#[diesel(table_name = divisions)]
pub struct Division {
    /// Code of 2, 4, 6, 9 or 12 digits (GB/T 2260, GB/T 10114).
    #[schema(example = "640121100", max_length = 12)]
    pub code: String,
    /// `province`, `city`, `county`, `township` or `community`.
    #[schema(example = "township", max_length = 10)]
    pub level: String,
    /// Official name.
    #[schema(example = "杨和镇", max_length = 100)]
    pub name: String,
    /// Code of the parent division; null for a province.
    #[schema(example = "640121", max_length = 12)]
    pub parent_code: Option<String>,
}

impl Division {
    /// The division and its ancestors as territory columns.
    pub fn place(&self) -> Place {
        let level = |digits| self.code.get(..digits).unwrap_or_default().to_owned();
        Place { county: level(6), township: level(9), community: level(12) }
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListDivisions {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only the direct children of this division.
    #[param(max_length = 12, example = "640121")]
    pub parent_code: Option<String>,
    /// Part of the name.
    #[param(max_length = 100, example = "杨和")]
    pub q: Option<String>,
}
