//! Offices in the database and in the API.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Role;
use crate::db::schema::offices;
use crate::db::{Id, Instant};
use crate::ledger::Place;

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = offices, treat_none_as_null = true)]
pub struct OfficeRow {
    pub id: Id,
    pub version: i64,
    pub role: Role,
    pub division: String,
    pub county: String,
    pub township: String,
    pub community: String,
    pub name: String,
    pub phone: String,
    pub complaint_phone: Option<String>,
    pub hours: String,
    pub address: Option<String>,
    pub document_prefix: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl OfficeRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }
}

/// An office (机构): one role in one division.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Office {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub role: Role,
    /// Division code (区划代码): GB/T 2260, 6, 9 or 12 digits, depending on the role.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// Name (名称).
    #[schema(max_length = 100, example = "望远镇社会事务办公室")]
    pub name: String,
    /// Office phone (办公电话).
    #[schema(max_length = 40, example = "0951-0000100")]
    pub phone: String,
    /// Complaint phone (投诉电话); null: complaints go to the office phone.
    #[schema(max_length = 40, example = "0951-0000101")]
    pub complaint_phone: Option<String>,
    /// Office hours (办公时间).
    #[schema(max_length = 200, example = "工作日 8:30–12:00，14:00–18:00")]
    pub hours: String,
    /// Address (办公地址); null if not registered.
    #[schema(max_length = 300, example = "望远镇示范路 2 号")]
    pub address: Option<String>,
    /// Document prefix (机关代字) for the numbers of its documents. An office without one cannot issue documents.
    #[schema(max_length = 10, example = "望社")]
    pub document_prefix: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<OfficeRow> for Office {
    fn from(row: OfficeRow) -> Office {
        Office {
            id: row.id,
            version: row.version,
            role: row.role,
            division: row.division,
            name: row.name,
            phone: row.phone,
            complaint_phone: row.complaint_phone,
            hours: row.hours,
            address: row.address,
            document_prefix: row.document_prefix,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An office to register (机构登记).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeIn {
    pub role: Role,
    /// Division code (区划代码): 6, 9 or 12 digits, depending on the role.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: String,
    /// Name (名称).
    #[schema(min_length = 2, max_length = 100, example = "望远镇社会事务办公室")]
    pub name: String,
    /// Office phone (办公电话).
    #[schema(pattern = "^[0-9+ ()-]{3,40}$", example = "0951-0000100")]
    pub phone: String,
    /// Complaint phone (投诉电话), if different.
    #[serde(default)]
    #[schema(pattern = "^[0-9+ ()-]{3,40}$", example = "0951-0000101")]
    pub complaint_phone: Option<String>,
    /// Office hours (办公时间).
    #[schema(min_length = 2, max_length = 200, example = "工作日 8:30–12:00，14:00–18:00")]
    pub hours: String,
    /// Address (办公地址).
    #[serde(default)]
    #[schema(min_length = 2, max_length = 300, example = "望远镇示范路 2 号")]
    pub address: Option<String>,
    /// Document prefix (机关代字): 1 to 10 Chinese characters or letters, unique in the county.
    #[serde(default)]
    #[schema(pattern = "^[\\u4e00-\\u9fffA-Za-z]{1,10}$", example = "望社")]
    pub document_prefix: Option<String>,
}

/// A change of an office (JSON merge patch, RFC 7396): absent members do not change, null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficePatch {
    /// Name (名称).
    #[schema(min_length = 2, max_length = 100, nullable = false, example = "望远镇社会事务办公室")]
    pub name: Option<String>,
    /// Office phone (办公电话).
    #[schema(pattern = "^[0-9+ ()-]{3,40}$", nullable = false, example = "0951-0000100")]
    pub phone: Option<String>,
    /// Complaint phone (投诉电话).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, pattern = "^[0-9+ ()-]{3,40}$", example = "0951-0000101")]
    pub complaint_phone: Option<Option<String>>,
    /// Office hours (办公时间).
    #[schema(min_length = 2, max_length = 200, nullable = false, example = "工作日 8:30–12:00，14:00–18:00")]
    pub hours: Option<String>,
    /// Address (办公地址).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 300, example = "望远镇示范路 2 号")]
    pub address: Option<Option<String>>,
    /// Document prefix (机关代字).
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, pattern = "^[\\u4e00-\\u9fffA-Za-z]{1,10}$", example = "望社")]
    pub document_prefix: Option<Option<String>>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListOffices {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only this division, without the divisions under it.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "640121102")]
    pub division: Option<String>,
}
