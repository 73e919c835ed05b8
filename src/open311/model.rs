//! What the standard's answers hold (GeoReport v2, "API methods"; Service Discovery).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::{Id, Instant};

/// Where the interface is, and in which forms (Open311 Service Discovery).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Discovery {
    /// When the services last changed, to be sorted by.
    #[schema(max_length = 40, example = "2026-01-01 00:00:00Z")]
    pub changeset: String,
    /// How to reach whoever runs this.
    #[schema(max_length = 500, example = "https://wuye.example.gov.cn/docs/")]
    pub contact: String,
    /// How to get an `api_key`.
    #[schema(max_length = 500, example = "由县级物业主管部门批准接入系统")]
    pub key_service: String,
    /// The one endpoint.
    #[schema(max_items = 1)]
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint of the interface (Open311 Service Discovery).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Endpoint {
    /// The standard that it speaks.
    #[schema(max_length = 100, example = "http://wiki.open311.org/GeoReport_v2")]
    pub specification: String,
    /// Its address: what comes before `/services.xml`.
    #[schema(max_length = 600, example = "https://wuye.example.gov.cn/open311/v2")]
    pub url: String,
    /// When its services last changed, to be sorted by.
    #[schema(max_length = 40, example = "2026-01-01 00:00:00Z")]
    pub changeset: String,
    /// `production`, or `test` in the demo.
    #[schema(max_length = 10, example = "production")]
    pub r#type: String,
    /// Media types of its answers.
    #[schema(max_items = 2, example = json!(["text/xml", "application/json"]))]
    pub formats: Vec<&'static str>,
}

/// A category of complaints that is public, as a service (GET Service List).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Service {
    /// Code of the category.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// Its name, in the language asked for.
    #[schema(max_length = 200, example = "电梯故障")]
    pub service_name: String,
    /// Who handles it first, and by when.
    #[schema(max_length = 500, example = "首办单位：物业服务企业；1 小时内受理，24 小时内办结")]
    pub description: String,
    /// Always true: each has attributes.
    #[schema(example = true)]
    pub metadata: bool,
    /// Always `realtime`: a request gets its id at once.
    #[schema(max_length = 10, example = "realtime")]
    pub r#type: &'static str,
    /// Words to find it by, with commas between.
    #[schema(max_length = 500, example = "电梯故障,Lift failure,物业服务")]
    pub keywords: String,
    /// Its group.
    #[schema(max_length = 40, example = "物业服务")]
    pub group: String,
}

/// Attributes of a service (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311ServiceDefinition {
    /// Code of the category.
    #[schema(max_length = 64, example = "utility.heat_gas")]
    pub service_code: String,
    /// What to send as `attribute[code]`.
    #[schema(max_items = 10)]
    pub attributes: Vec<Open311Attribute>,
}

/// An attribute of a service (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Attribute {
    /// Always true: a person fills it in.
    #[schema(example = true)]
    pub variable: bool,
    /// The code: it is sent as `attribute[code]`.
    #[schema(max_length = 40, example = "organisation")]
    pub code: &'static str,
    /// `string` or `singlevaluelist`.
    #[schema(max_length = 20, example = "singlevaluelist")]
    pub datatype: &'static str,
    /// Must it be sent?
    #[schema(example = true)]
    pub required: bool,
    /// How to fill it in.
    #[schema(max_length = 200, example = "选择一项")]
    pub datatype_description: String,
    /// Where it stands among the others.
    #[schema(minimum = 1, maximum = 10, example = 1)]
    pub order: u8,
    /// What it is.
    #[schema(max_length = 200, example = "专业运营类别")]
    pub description: String,
    /// The values of a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub values: Vec<Open311Value>,
}

/// A value of a list (GET Service Definition).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Value {
    /// What to send.
    #[schema(max_length = 40, example = "gas")]
    pub key: &'static str,
    /// What to show.
    #[schema(max_length = 100, example = "供气")]
    pub name: &'static str,
}

/// What is public of a ticket (GET Service Request).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Request {
    /// Id of the ticket.
    pub service_request_id: Id,
    /// `open` while its handler owes something, then `closed`.
    #[schema(max_length = 10, example = "open")]
    pub status: &'static str,
    /// Its state in words.
    #[schema(max_length = 100, example = "已受理")]
    pub status_notes: String,
    /// Name of the category.
    #[schema(max_length = 200, example = "电梯故障")]
    pub service_name: String,
    /// Code of the category.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// The public summary that an office wrote; until there is one, the name of the category. Never what the complainant wrote.
    #[schema(max_length = 500, example = "2 号楼电梯停运，已联系维保单位")]
    pub description: String,
    /// Role of whoever handles it: no company and no person is named.
    #[schema(max_length = 100, example = "物业服务企业")]
    pub agency_responsible: &'static str,
    /// When it came in.
    pub requested_datetime: Instant,
    /// When it last changed; of a closed one, when it was closed.
    pub updated_datetime: Instant,
    /// By when it is to be answered.
    pub expected_datetime: Instant,
    /// Complex, community, township and county; never an address that the complainant gave.
    #[schema(max_length = 600, example = "望远示范花园，望远社区，望远镇，永宁县")]
    pub address: String,
    /// Id of the complex.
    pub address_id: Option<Id>,
    /// Latitude (WGS 84): of the complex, or of the place where it is in none.
    #[schema(minimum = -90, maximum = 90, example = 38.2811)]
    pub lat: Option<f64>,
    /// Longitude (WGS 84).
    #[schema(minimum = -180, maximum = 180, example = 106.2533)]
    pub long: Option<f64>,
    /// Only with `extensions=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_attributes: Option<ExtendedAttributes>,
}

/// What is public of a ticket beyond the standard (`extensions=true`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExtendedAttributes {
    /// Its state, by its code in `GET /v1/vocabulary`.
    #[schema(max_length = 40, example = "accepted")]
    pub state: String,
    /// Group of the category.
    #[schema(max_length = 40, example = "物业服务")]
    pub group: Option<String>,
    /// Which utility it is about, by its code.
    #[schema(max_length = 20, example = json!(null))]
    pub organisation: Option<String>,
    /// Community (GB/T 10114, 12 digits), or empty.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Was it answered in time? Null until it is answered.
    #[schema(example = json!(null))]
    pub answered_in_time: Option<bool>,
}

/// A request that was taken (POST Service Request).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Created {
    /// Id of the ticket.
    pub service_request_id: Id,
    /// By when it is accepted and answered.
    #[schema(max_length = 500, example = "将于 2026-03-03 09:00 前受理、2026-03-09 23:59 前答复")]
    pub service_notice: String,
    /// Always null: no account is kept.
    #[schema(max_length = 1, example = json!(null))]
    pub account_id: Option<String>,
}

/// The id of a request by its token (GET service_request_id from a token). Here the token is the id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Token {
    /// Id of the ticket.
    pub service_request_id: Id,
    /// The token asked for.
    pub token: Id,
}

/// An error in the form of the standard (GeoReport v2, Errors).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Open311Error {
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub code: u16,
    /// What to mend, after the name of its parameter.
    #[schema(max_length = 2500, example = "service_code: 此项必填")]
    pub description: String,
}

/// What every method takes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read leniently, as the standard asks; this is for the document")]
pub struct Jurisdiction {
    /// The county (GB/T 2260, 6 digits). Without it all counties that are served here; an unknown one is 404.
    #[param(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
}

/// What narrows the list of requests. Lists have commas between; what is empty counts as left out; any other parameter is
/// ignored.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read leniently, as the standard asks; this is for the document")]
pub struct ListOpen311Requests {
    /// The county (GB/T 2260, 6 digits). Without it all counties that are served here; an unknown one is 404.
    #[param(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
    /// Only these; overrides the parameters below, but those of paging.
    #[param(max_length = 40000)]
    pub service_request_id: Option<String>,
    /// Only these categories.
    #[param(max_length = 8000, example = "service.lift,service.cleaning")]
    pub service_code: Option<String>,
    /// Requested then or later: W3C date and time with a zone, or a day of the deployment. At most 90 days before `end_date`.
    #[param(max_length = 40, example = "2026-03-01T00:00:00Z")]
    pub start_date: Option<String>,
    /// Requested then or before. Without both, the most recent 90 days.
    #[param(max_length = 40, example = "2026-03-31T23:59:59+08:00")]
    pub end_date: Option<String>,
    /// `open`, `closed`, or both.
    #[param(max_length = 20, example = "open")]
    pub status: Option<String>,
    /// Page, from 1; past the end the list is empty.
    #[param(minimum = 1, maximum = 1000000, example = 1)]
    pub page: Option<i64>,
    /// Rows on a page: 1000 by default, which is the most.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    pub page_size: Option<i64>,
    /// `true` adds `extended_attributes`.
    #[param(example = false)]
    pub extensions: Option<bool>,
}

/// A request to create (POST Service Request). Attributes of the service are sent as `attribute[code]=value`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "read leniently, as the standard asks; this is for the document")]
pub struct Open311RequestIn {
    /// `client_id:client_secret` of a client that the county approved. In the form only, never in the address.
    #[schema(
        max_length = 300,
        example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11:xqs_example-of-a-secret-that-opens-nothing-00000000"
    )]
    pub api_key: String,
    /// The county (GB/T 2260, 6 digits); without it wherever the place is.
    #[schema(max_length = 20, example = "640121")]
    pub jurisdiction_id: Option<String>,
    /// Code of a service.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// Latitude (WGS 84), with `long`.
    #[schema(minimum = -90, maximum = 90, example = 38.2811)]
    pub lat: Option<f64>,
    /// Longitude (WGS 84), with `lat`.
    #[schema(minimum = -180, maximum = 180, example = 106.2533)]
    pub long: Option<f64>,
    /// Id of the complex; instead of `lat` and `long`, or with them.
    #[schema(max_length = 100, example = json!(null))]
    pub address_id: Option<String>,
    /// Where it is, in words; not enough by itself.
    #[schema(max_length = 200, example = "2 号楼 1 单元")]
    pub address_string: Option<String>,
    /// What happened. It is encrypted at rest and never published.
    #[schema(max_length = 4000, example = "电梯停在 3 楼不动")]
    pub description: Option<String>,
    /// Given name of the complainant.
    #[schema(max_length = 60, example = "测试")]
    pub first_name: Option<String>,
    /// Family name of the complainant.
    #[schema(max_length = 60, example = "居民")]
    pub last_name: Option<String>,
    /// Phone of the complainant.
    #[schema(max_length = 40, example = "13800000000")]
    pub phone: Option<String>,
    /// Taken and not stored: answers do not go by e-mail.
    #[schema(max_length = 300, example = json!(null))]
    pub email: Option<String>,
    /// Taken and not stored.
    #[schema(max_length = 300, example = json!(null))]
    pub device_id: Option<String>,
    /// Taken and not stored.
    #[schema(max_length = 300, example = json!(null))]
    pub account_id: Option<String>,
    /// Address of a picture; it may stand there several times. It is kept as it is and not fetched.
    #[schema(max_length = 1000, example = json!(null))]
    pub media_url: Option<String>,
}

/// The same with files: each part that has a file name is a photograph or document, whatever the part is called.
#[derive(ToSchema)]
#[allow(dead_code, reason = "read as a stream; this is for the document")]
pub struct Open311UploadIn {
    /// `client_id:client_secret`. It stands before the first file.
    #[schema(
        max_length = 300,
        example = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11:xqs_example-of-a-secret-that-opens-nothing-00000000"
    )]
    pub api_key: String,
    /// Code of a service; the other fields are those of the form without files.
    #[schema(max_length = 64, example = "service.lift")]
    pub service_code: String,
    /// A photograph; `photo2` and so on for more.
    #[schema(value_type = Option<String>, format = Binary)]
    pub photo1: Option<Vec<u8>>,
}
