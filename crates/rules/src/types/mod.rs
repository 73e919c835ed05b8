//! Identifiers and instants. With the feature `store` they are column types with the same meaning on SQLite and
//! PostgreSQL.

#[cfg(feature = "store")]
mod columns;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[cfg(feature = "store")]
pub use columns::{Conn, Json, Moment, MultiBackend, Uid};

/// Identifier of a resource (UUIDv7, RFC 9562).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "store", derive(diesel::AsExpression, diesel::FromSqlRow), diesel(sql_type = Uid))]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid, example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
pub struct Id(pub Uuid);

impl Id {
    pub fn new() -> Self {
        Id(Uuid::now_v7())
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::from_str(s).map(Id)
    }
}

/// An instant (RFC 3339). Responses use UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "store", derive(diesel::AsExpression, diesel::FromSqlRow), diesel(sql_type = Moment))]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, example = "2026-03-02T08:00:00Z")]
pub struct Instant(pub DateTime<Utc>);
