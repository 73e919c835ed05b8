//! Schemas of the standard (GeoReport v2, "API methods"; Service Discovery).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::{Id, Instant};

/// The discovery document (Open311 Service Discovery).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Discovery {
    /// When the services last changed, as a sortable UTC time.
    #[schema(max_length = 40, example = "2026-01-01 00:00:00Z")]
    pub changeset: String,
    /// How to contact the operator.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn/docs/")]
    pub contact: String,
    /// How to get an `api_key`.
    #[schema(max_length = 500, example = "由县级物业主管部门批准接入系统")]
    pub key_service: String,
    /// The endpoints; always one.
    #[schema(max_items = 1)]
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint of the interface (Open311 Service Discovery).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Endpoint {
    /// Token of the standard.
    #[schema(max_length = 100, example = "http://wiki.open311.org/GeoReport_v2")]
    pub specification: String,
    /// Base URL, to which paths such as `/services.xml` are appended.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/open311/v2")]
    pub url: String,
    /// When its services last changed, as a sortable UTC time.
    #[schema(max_length = 40, example = "2026-01-01 00:00:00Z")]
    pub changeset: String,
    /// `production`, or `test` in the sandbox.
    #[schema(max_length = 10, example = "production")]
    pub r#type: String,
    /// Media types of the responses.
    #[schema(max_items = 2, example = json!(["text/xml", "application/json"]))]
    pub formats: Vec<&'static str>,
}

/// A service: a public complaint category (GET Service List).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Service {
    /// Code of the category.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// Name of the category, in the requested language.
    #[schema(max_length = 200, example = "电梯故障")]
    pub service_name: String,
    /// First handler and time limits.
    #[schema(max_length = 500, example = "首办单位：物业服务企业；1小时内受理，24小时内办结")]
    pub description: String,
    /// Always true: every service has attributes.
    #[schema(example = true)]
    pub metadata: bool,
    /// Always `realtime`: a request gets its id at once.
    #[schema(max_length = 10, example = "realtime")]
    pub r#type: &'static str,
    /// Keywords for a search, separated by commas.
    #[schema(max_length = 500, example = "电梯故障,Lift failure,物业服务")]
    pub keywords: String,
    /// Group of the category, in Chinese.
    #[schema(max_length = 40, example = "物业服务")]
    pub group: String,
}

/// Attributes of a service (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311ServiceDefinition {
    /// Code of the category.
    #[schema(max_length = 64, example = "utility.heat_gas")]
    pub service_code: String,
    /// Attributes to send as `attribute[code]`.
    #[schema(max_items = 10)]
    pub attributes: Vec<Open311Attribute>,
}

/// An attribute of a service (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Attribute {
    /// Always true: the user supplies the value.
    #[schema(example = true)]
    pub variable: bool,
    /// Code, to send as `attribute[code]`.
    #[schema(max_length = 40, example = "organisation")]
    pub code: &'static str,
    /// `string` or `singlevaluelist`.
    #[schema(max_length = 20, example = "singlevaluelist")]
    pub datatype: &'static str,
    /// True if the attribute must be sent.
    #[schema(example = true)]
    pub required: bool,
    /// How to fill it in, in the requested language.
    #[schema(max_length = 200, example = "选择一项")]
    pub datatype_description: String,
    /// Position among the attributes, from 1.
    #[schema(minimum = 1, maximum = 10, example = 1)]
    pub order: u8,
    /// Name of the attribute, in the requested language.
    #[schema(max_length = 200, example = "专业运营类别")]
    pub description: String,
    /// Values of a `singlevaluelist`; absent for a `string`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub values: Vec<Open311Value>,
}

/// A value of a list (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Value {
    /// Value to send.
    #[schema(max_length = 40, example = "gas")]
    pub key: &'static str,
    /// Name to display, in the requested language.
    #[schema(max_length = 100, example = "供气")]
    pub name: &'static str,
}

/// A request: the public data of a complaint (GET Service Request).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Request {
    /// Id of the complaint.
    pub service_request_id: Id,
    /// `open` until the complaint is replied to, closed, rejected or merged, then `closed`.
    #[schema(max_length = 10, example = "open")]
    pub status: &'static str,
    /// Label of the state, in the requested language.
    #[schema(max_length = 100, example = "已受理")]
    pub status_notes: String,
    /// Name of the category, in the requested language.
    #[schema(max_length = 200, example = "电梯故障")]
    pub service_name: String,
    /// Code of the category.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// Public summary by an office, or the name of the category if there is none. Never the complainant's text.
    #[schema(max_length = 500, example = "2 号楼电梯停运，已联系维保单位")]
    pub description: String,
    /// Role of the handler, in the requested language. No company or person is named.
    #[schema(max_length = 100, example = "物业服务企业")]
    pub agency_responsible: &'static str,
    /// When the complaint was submitted.
    pub requested_datetime: Instant,
    /// When the complaint last changed; once `closed`, when it was closed or replied to.
    pub updated_datetime: Instant,
    /// Resolution deadline, exclusive.
    pub expected_datetime: Instant,
    /// Complex, community, township and county; never an address from the complainant.
    #[schema(max_length = 600, example = "望远示范花园，望远居委会，望远镇，永宁县")]
    pub address: String,
    /// Id of the complex; null for a place outside a complex.
    pub address_id: Option<Id>,
    /// Latitude (WGS 84) of the complex. Outside a complex on a grid of about 100 m, unless an office released the
    /// exact point.
    #[schema(minimum = -90, maximum = 90, example = 38.2811)]
    pub lat: Option<f64>,
    /// Longitude (WGS 84), like `lat`.
    #[schema(minimum = -180, maximum = 180, example = 106.2533)]
    pub long: Option<f64>,
    /// Members beyond the standard; only with `extensions=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_attributes: Option<ExtendedAttributes>,
}

/// Public data of a complaint beyond the standard (`extensions=true`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExtendedAttributes {
    /// Code of the state, from `GET /v1/vocabulary`.
    #[schema(max_length = 40, example = "accepted")]
    pub state: String,
    /// Group of the category, in Chinese.
    #[schema(max_length = 40, example = "物业服务")]
    pub group: Option<String>,
    /// Code of the kind of utility; null unless the category is about utilities.
    #[schema(max_length = 20, example = json!(null))]
    pub organisation: Option<String>,
    /// Community (GB/T 10114, 12 digits); empty if unknown.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// True if every reply was on time; null before the first.
    #[schema(example = json!(null))]
    pub answered_in_time: Option<bool>,
}

/// A created request (POST Service Request).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Created {
    /// Id of the complaint.
    pub service_request_id: Id,
    /// The acceptance and the resolution deadline, in local time.
    #[schema(max_length = 500, example = "将于2026年3月3日9时前受理、2026年3月10日0时前答复")]
    pub service_notice: String,
    /// Always null: accounts of the standard are not supported.
    #[schema(max_length = 1, example = json!(null))]
    pub account_id: Option<String>,
}

/// A request id and its token, which are the same here (GET service_request_id from a token).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Token {
    /// Id of the complaint.
    pub service_request_id: Id,
    /// The requested token.
    pub token: Id,
}

/// An error in the format of the standard (GeoReport v2, Errors).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Error {
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub code: u16,
    /// Name of the parameter, if any, and what to correct, in the requested language.
    #[schema(max_length = 2500, example = "service_code: 此项必填")]
    pub description: String,
}

/// The query parameter of every method.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "parsed leniently, as the standard requires; declared for the OpenAPI document")]
pub struct Jurisdiction {
    /// County (GB/T 2260, 6 digits); default: all counties of the deployment. An unknown county is 404.
    #[param(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
}

/// Query parameters of the list of requests. Lists are separated by commas. Empty values count as absent, and unknown
/// parameters are ignored.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "parsed leniently, as the standard requires; declared for the OpenAPI document")]
pub struct ListOpen311Requests {
    /// County (GB/T 2260, 6 digits); default: all counties of the deployment. An unknown county is 404.
    #[param(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
    /// List of request ids. Overrides the filters below, but not paging.
    #[param(max_length = 40000)]
    pub service_request_id: Option<String>,
    /// List of service codes.
    #[param(max_length = 8000, example = "service.lift,service.cleaning")]
    pub service_code: Option<String>,
    /// Only requests submitted then or later: W3C date and time with a time zone, or a date in local time. At most 90
    /// days before `end_date`.
    #[param(max_length = 40, example = "2026-03-01T00:00:00Z")]
    pub start_date: Option<String>,
    /// Only requests submitted then or earlier. Default without both: the most recent 90 days.
    #[param(max_length = 40, example = "2026-03-31T23:59:59+08:00")]
    pub end_date: Option<String>,
    /// `open`, `closed`, or both.
    #[param(max_length = 20, example = "open")]
    pub status: Option<String>,
    /// Page number, from 1; an empty list after the last page.
    #[param(minimum = 1, maximum = 1000000, example = 1)]
    pub page: Option<i64>,
    /// Items per page (default and maximum 1000).
    #[param(minimum = 1, maximum = 1000, example = 100)]
    pub page_size: Option<i64>,
    /// `true` adds `extended_attributes`.
    #[param(example = false)]
    pub extensions: Option<bool>,
}

/// A request to create (POST Service Request). Attributes of the service are sent as `attribute[code]=value`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "parsed leniently, as the standard requires; declared for the OpenAPI document")]
pub struct Open311RequestIn {
    /// `client_id:client_secret` of a client approved by the county authority; in the form only, never in the address.
    #[schema(
        max_length = 300,
        example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11:xqs_example-of-a-secret-that-opens-nothing-00000000"
    )]
    pub api_key: String,
    /// County (GB/T 2260, 6 digits); default: the county of the place.
    #[schema(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
    /// Code of the service.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// Latitude (WGS 84); send it with `long`.
    #[schema(minimum = -90, maximum = 90, example = 38.2811)]
    pub lat: Option<f64>,
    /// Longitude (WGS 84); send it with `lat`.
    #[schema(minimum = -180, maximum = 180, example = 106.2533)]
    pub long: Option<f64>,
    /// Id of the complex, instead of `lat` and `long` or with them.
    #[schema(max_length = 100, example = json!(null))]
    pub address_id: Option<String>,
    /// Location in words; not sufficient on its own.
    #[schema(max_length = 200, example = "2 号楼 1 单元")]
    pub address_string: Option<String>,
    /// What happened; encrypted at rest and never published. Default: the name of the category.
    #[schema(max_length = 4000, example = "电梯停在 3 楼不动")]
    pub description: Option<String>,
    /// Given name of the complainant.
    #[schema(max_length = 60, example = "秀兰")]
    pub first_name: Option<String>,
    /// Family name of the complainant.
    #[schema(max_length = 60, example = "马")]
    pub last_name: Option<String>,
    /// Phone of the complainant.
    #[schema(max_length = 40, example = "13800000000")]
    pub phone: Option<String>,
    /// Ignored and not stored: the service sends no e-mail.
    #[schema(max_length = 300, example = json!(null))]
    pub email: Option<String>,
    /// Ignored and not stored.
    #[schema(max_length = 300, example = json!(null))]
    pub device_id: Option<String>,
    /// Ignored and not stored.
    #[schema(max_length = 300, example = json!(null))]
    pub account_id: Option<String>,
    /// URL of a picture, stored but not fetched. May be repeated, at most 10 times.
    #[schema(max_length = 1000, example = json!(null))]
    pub media_url: Option<String>,
}

/// The same form with files. Every part with a file name is an attachment, whatever the name of the part; at most 10.
#[derive(ToSchema)]
#[allow(dead_code, reason = "read as a stream; declared for the OpenAPI document")]
pub struct Open311UploadIn {
    /// `client_id:client_secret`; must come before the first file.
    #[schema(
        max_length = 300,
        example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11:xqs_example-of-a-secret-that-opens-nothing-00000000"
    )]
    pub api_key: String,
    /// Code of the service. All other fields are those of the form without files.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// A photograph. Use `photo2` and so on for more.
    #[schema(value_type = Option<String>, format = Binary)]
    pub photo1: Option<Vec<u8>>,
}
