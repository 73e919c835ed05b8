//! OAuth clients in the database and in the API.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::keys::ClientKeys;
use crate::access::{Caller, Role};
use crate::coded_enum;
use crate::db::schema::clients;
use crate::db::{Id, Instant, Json};

coded_enum! {
    /// State of a client (接入状态).
    pub stored enum ClientState {
        Pending "pending" "待批准" "Approval by the county authority pending"
        Active "active" "已启用" "Approved: it can obtain tokens"
        Suspended "suspended" "已暂停" "Suspended: no new tokens, and its tokens are refused"
        Revoked "revoked" "已注销" "Access revoked permanently"
    }
}

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
pub struct ClientRow {
    pub id: Id,
    pub version: i64,
    pub name: String,
    pub contact: String,
    pub role: Role,
    pub division: Option<String>,
    pub company: Option<String>,
    pub complex_id: Option<Id>,
    pub organisation: Option<String>,
    pub operations: Json<Option<Vec<String>>>,
    pub county: String,
    pub state: ClientState,
    /// Part of each token. Tokens with a lower number are refused.
    pub epoch: i64,
    pub requested_by_iss: String,
    pub requested_by_sub: String,
    pub approved_by_iss: Option<String>,
    pub approved_by_sub: Option<String>,
    pub approved_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub jwks: Json<Option<ClientKeys>>,
}

/// Role, territory and operations of a client: what the county authority approves.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    pub role: Role,
    pub division: Option<String>,
    pub company: Option<String>,
    pub complex_id: Option<Id>,
    pub organisation: Option<String>,
    pub operations: Option<Vec<String>>,
}

impl ClientRow {
    /// The caller that a token of this client stands for (RFC 9068, 2.2: its subject is the client).
    pub fn caller(&self, issuer: &str) -> Caller {
        Caller {
            iss: issuer.to_owned(),
            sub: self.id.to_string(),
            role: self.role,
            division: self.division.clone(),
            company: self.company.clone(),
            complex: self.complex_id,
            organisation: self.organisation.clone(),
            tasks: Vec::new(),
            name: Some(self.name.clone()),
            client: Some(self.id.to_string()),
            machine: true,
            expires_at: Instant::now(),
            token_id: String::new(),
            epoch: self.epoch,
            operations: self.operations.0.clone(),
            auth_time: None,
            acr: None,
        }
    }

    pub fn grant(&self) -> Grant {
        Grant {
            role: self.role,
            division: self.division.clone(),
            company: self.company.clone(),
            complex_id: self.complex_id,
            organisation: self.organisation.clone(),
            operations: self.operations.0.clone(),
        }
    }
}

/// A valid secret (有效密钥), without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Queryable)]
pub struct SecretOut {
    pub id: Id,
    pub created_at: Instant,
    /// When it expires, after the lifetime set by the operator or after a rotation; null: valid until the next
    /// rotation.
    pub expires_at: Option<Instant>,
}

/// An OAuth client (接入系统): a system, not a person. Its `id` is the `client_id` of RFC 6749.
// Named differently in the document, because client generators create a class `Client` of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RegisteredClient)]
pub struct Client {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Name of the system.
    #[schema(example = "永宁县智慧社区平台", max_length = 200)]
    pub name: String,
    /// Contact of the operating organisation.
    #[schema(example = "县大数据中心 0951-0000000", max_length = 200)]
    pub contact: String,
    pub role: Role,
    /// Division of the role (GB/T 2260); null if the role has none.
    #[schema(example = "640121100", max_length = 12)]
    pub division: Option<String>,
    /// USCC, for `property_company`; otherwise null.
    #[schema(max_length = 18, example = json!(null))]
    pub company: Option<String>,
    /// Complex, for `complex_committee`; otherwise null.
    pub complex_id: Option<Id>,
    /// Kind of utility, for `utility_operator`; otherwise null.
    #[schema(max_length = 20, example = json!(null))]
    pub organisation: Option<String>,
    /// Operations that the client may call; null: every operation that its role permits to machine tokens.
    #[schema(max_items = 200)]
    pub operations: Option<Vec<String>>,
    /// County whose authority approves the client: GB/T 2260, 6 digits.
    #[schema(example = "640121", max_length = 6)]
    pub county: String,
    pub state: ClientState,
    /// Subject (`sub`) of the person who requested the current role, territory and operations. Another person must
    /// approve.
    #[schema(example = "admin-1", max_length = 200)]
    pub requested_by: String,
    /// Subject (`sub`) of the approver; null while pending.
    #[schema(example = "county-3", max_length = 200)]
    pub approved_by: Option<String>,
    /// When it was approved; null while pending.
    pub approved_at: Option<Instant>,
    /// Valid secrets, without their values.
    #[schema(max_items = 10)]
    pub secrets: Vec<SecretOut>,
    /// When the last secret expires; rotate before. Null: there is no secret, or none expires.
    pub secret_expires_at: Option<Instant>,
    /// Public keys for `private_key_jwt`; null if there are none.
    pub jwks: Option<ClientKeys>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Client {
    pub fn of(row: ClientRow, secrets: Vec<SecretOut>) -> Client {
        let for_ever = secrets.iter().any(|secret| secret.expires_at.is_none());
        let secret_expires_at = secrets.iter().filter_map(|secret| secret.expires_at).max().filter(|_| !for_ever);
        Client {
            id: row.id,
            version: row.version,
            name: row.name,
            contact: row.contact,
            role: row.role,
            division: row.division,
            company: row.company,
            complex_id: row.complex_id,
            organisation: row.organisation,
            operations: row.operations.0,
            county: row.county,
            state: row.state,
            requested_by: row.requested_by_sub,
            approved_by: row.approved_by_sub,
            approved_at: row.approved_at,
            secrets,
            secret_expires_at,
            jwks: row.jwks.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A client to register (接入申请). It gets tokens only after the county authority has approved it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// Name of the system.
    #[schema(example = "永宁县智慧社区平台", min_length = 2, max_length = 200)]
    pub name: String,
    /// Contact of the operating organisation.
    #[schema(example = "县大数据中心 0951-0000000", min_length = 2, max_length = 200)]
    pub contact: String,
    /// Role of the client; not `resident` or `system_administrator`.
    pub role: Role,
    /// Division of the role (GB/T 2260), in your county. Required if the role has a division.
    #[serde(default)]
    #[schema(example = "640121100", pattern = "^[0-9]{6,12}$")]
    pub division: Option<String>,
    /// USCC of a company that is visible in your county; required for `property_company`.
    #[serde(default)]
    #[schema(example = json!(null), pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub company: Option<String>,
    /// A complex of your county; required for `complex_committee`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub complex_id: Option<Id>,
    /// `water`, `drainage`, `gas`, `heat`, `telecom` or `tv`; required for `utility_operator`.
    #[serde(default)]
    #[schema(example = json!(null), max_length = 20)]
    pub organisation: Option<String>,
    /// Operations (`operationId`) that the client may call. Default: every operation that its role permits to machine
    /// tokens.
    #[serde(default)]
    #[schema(example = json!(["list_violations", "report_violation"]), min_items = 1, max_items = 200)]
    pub operations: Option<Vec<String>>,
    /// Public keys for `private_key_jwt` (RFC 7523), instead of a secret or in addition to it.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub jwks: Option<ClientKeys>,
}

/// A change of a client (JSON merge patch). A new role, territory or list of operations needs a new approval.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// Name of the system.
    #[schema(example = "永宁县智慧社区平台", min_length = 2, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Contact of the operating organisation.
    #[schema(example = "县大数据中心 0951-0000000", min_length = 2, max_length = 200, nullable = false)]
    pub contact: Option<String>,
    /// Role of the client; not `resident` or `system_administrator`.
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Division of the role, in your county.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = "640121100", pattern = "^[0-9]{6,12}$")]
    pub division: Option<Option<String>>,
    /// USCC, for `property_company`.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = json!(null), pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub company: Option<Option<String>>,
    /// Complex, for `complex_committee`.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Id>, example = json!(null))]
    pub complex_id: Option<Option<Id>>,
    /// Kind of utility, for `utility_operator`.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = json!(null), max_length = 20)]
    pub organisation: Option<Option<String>>,
    /// Operations that the client may call; null: every operation that its role permits to machine tokens.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["list_violations"]), min_items = 1, max_items = 200)]
    pub operations: Option<Option<Vec<String>>>,
    /// All its public keys; null: no keys. This needs no new approval and does not invalidate tokens.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<ClientKeys>, example = json!(null))]
    pub jwks: Option<Option<ClientKeys>>,
}

impl ClientPatch {
    /// The grant after the change.
    pub fn grant(&self, before: &Grant) -> Grant {
        let keep = |new: &Option<Option<String>>, old: &Option<String>| new.clone().unwrap_or_else(|| old.clone());
        Grant {
            role: self.role.unwrap_or(before.role),
            division: keep(&self.division, &before.division),
            company: keep(&self.company, &before.company),
            complex_id: self.complex_id.unwrap_or(before.complex_id),
            organisation: keep(&self.organisation, &before.organisation),
            operations: self.operations.clone().unwrap_or_else(|| before.operations.clone()),
        }
    }
}

/// Reason for approving, suspending, resuming or revoking a client (理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientReasonIn {
    /// The reason; the ledger stores its digest.
    #[schema(min_length = 2, max_length = 1000, example = "县政务平台对接，已核实运营单位")]
    pub reason: String,
}

/// Rotation of a client secret (更换密钥).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretIn {
    /// For how many hours the earlier secrets stay valid, so that the system can switch without interruption.
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: i64,
}

/// A new secret (新密钥). It is returned once and cannot be read again.
#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// The `client_id`.
    pub client_id: Id,
    /// The `client_secret`: 256 random bits. Only its digest is stored.
    #[schema(max_length = 60, example = "xqs_example-of-a-secret-that-opens-nothing-00000000")]
    pub client_secret: String,
    pub created_at: Instant,
    /// When it expires, by the lifetime set by the operator; null: it does not expire.
    pub secret_expires_at: Option<Instant>,
    /// When the earlier secrets expire at the latest.
    pub others_expire_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListClients {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only clients in this state.
    pub state: Option<ClientState>,
}
