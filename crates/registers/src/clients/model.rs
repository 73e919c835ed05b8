use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::keys::ClientKeys;
use crate::access::{Caller, Role};
use crate::coded_enum;
use crate::db::schema::clients;
use crate::db::{Id, Instant, Json};

coded_enum! {
    /// Where a client stands (接入状态).
    pub stored enum ClientState {
        Pending "pending" "待批准" "Waits for the county's approval"
        Active "active" "启用" "Approved: it gets tokens"
        Suspended "suspended" "暂停" "Suspended: no tokens, and those it has are refused"
        Revoked "revoked" "已注销" "Revoked for good"
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
    /// Stands in each token; one with a lower number is refused.
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

/// What a client may do, and where: what the county approves.
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
    /// The client as a caller, as a token of its own would make it (RFC 9068, 2.2: its subject is the client).
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

/// A secret that is good now (有效密钥); what it is was shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Queryable)]
pub struct SecretOut {
    pub id: Id,
    pub created_at: Instant,
    /// From then on it is refused: after the life that the operator set, or after a rotation; null: until the next rotation.
    pub expires_at: Option<Instant>,
}

/// An OAuth client (接入系统): a system, not a person. Its `id` is the `client_id` of RFC 6749.
// Generated clients have a class `Client` of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RegisteredClient)]
pub struct Client {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What the system is called.
    #[schema(example = "永宁县智慧社区平台", max_length = 200)]
    pub name: String,
    /// Whom to reach about it.
    #[schema(example = "县大数据中心 0951-0000000", max_length = 200)]
    pub contact: String,
    pub role: Role,
    /// Division of the role (GB/T 2260), where it has one.
    #[schema(example = "640121100", max_length = 12)]
    pub division: Option<String>,
    /// USCC, for `property_company`.
    #[schema(max_length = 18, example = json!(null))]
    pub company: Option<String>,
    /// For `complex_committee`.
    pub complex_id: Option<Id>,
    /// For `utility_operator`.
    #[schema(max_length = 20, example = json!(null))]
    pub organisation: Option<String>,
    /// The only operations that it may call; null: all that the role allows a system.
    #[schema(max_items = 200)]
    pub operations: Option<Vec<String>>,
    /// County that answers for it: GB/T 2260, 6 digits.
    #[schema(example = "640121", max_length = 6)]
    pub county: String,
    pub state: ClientState,
    /// Subject of whoever asked for this role and territory; another person approves.
    #[schema(example = "admin-1", max_length = 200)]
    pub requested_by: String,
    /// Subject of whoever approved it.
    #[schema(example = "county-3", max_length = 200)]
    pub approved_by: Option<String>,
    pub approved_at: Option<Instant>,
    /// Secrets that are good now, without what they are.
    #[schema(max_items = 10)]
    pub secrets: Vec<SecretOut>,
    /// When the last of them ends: rotate before. Null: there is none, or it does not end by itself.
    pub secret_expires_at: Option<Instant>,
    /// Its public keys, where it shows who it is by `private_key_jwt`.
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

/// A client to register (接入申请). It works once the county authority has approved it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// What the system is called.
    #[schema(example = "永宁县智慧社区平台", min_length = 2, max_length = 200)]
    pub name: String,
    /// Whom to reach about it.
    #[schema(example = "县大数据中心 0951-0000000", min_length = 2, max_length = 200)]
    pub contact: String,
    /// In which role it acts; not `resident` and not `system_administrator`.
    pub role: Role,
    /// Division of the role (GB/T 2260), inside your county; for roles that have one.
    #[serde(default)]
    #[schema(example = "640121100", pattern = "^[0-9]{6,12}$")]
    pub division: Option<String>,
    /// USCC of a company that your county knows; for `property_company`.
    #[serde(default)]
    #[schema(example = json!(null), pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub company: Option<String>,
    /// A complex of your county; for `complex_committee`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub complex_id: Option<Id>,
    /// One of water, drainage, gas, heat, telecom, tv; for `utility_operator`.
    #[serde(default)]
    #[schema(example = json!(null), max_length = 20)]
    pub organisation: Option<String>,
    /// The only operations that it may call, by `operationId`; without them all that the role allows a system.
    #[serde(default)]
    #[schema(example = json!(["list_violations", "report_violation"]), min_items = 1, max_items = 200)]
    pub operations: Option<Vec<String>>,
    /// Public keys by which it shows who it is (`private_key_jwt`, RFC 7523), instead of or beside a secret.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub jwks: Option<ClientKeys>,
}

/// A change of a client (JSON merge patch). A change of role, territory or operations needs a new approval.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// What the system is called.
    #[schema(example = "永宁县智慧社区平台", min_length = 2, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Whom to reach about it.
    #[schema(example = "县大数据中心 0951-0000000", min_length = 2, max_length = 200, nullable = false)]
    pub contact: Option<String>,
    /// In which role it acts.
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Division of the role.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = "640121100", pattern = "^[0-9]{6,12}$")]
    pub division: Option<Option<String>>,
    /// USCC of the company.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = json!(null), pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub company: Option<Option<String>>,
    /// Complex of the committee.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Id>, example = json!(null))]
    pub complex_id: Option<Option<Id>>,
    /// Organisation of the utility operator.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<String>, example = json!(null), max_length = 20)]
    pub organisation: Option<Option<String>>,
    /// The only operations that it may call; null: all that the role allows a system.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["list_violations"]), min_items = 1, max_items = 200)]
    pub operations: Option<Option<Vec<String>>>,
    /// Its public keys, all of them; null: none. It needs no new approval, and ends no token.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<ClientKeys>, example = json!(null))]
    pub jwks: Option<Option<ClientKeys>>,
}

impl ClientPatch {
    /// What the client may do after the change.
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

/// Why a client is approved, suspended, resumed or revoked (理由).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientReasonIn {
    /// For the ledger.
    #[schema(min_length = 2, max_length = 1000, example = "县政务平台对接，已核实运营单位")]
    pub reason: String,
}

/// A rotation of a client's secret (更换密钥).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretIn {
    /// For how many hours the secrets before it stay good, so that the system can be changed without a gap.
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: i64,
}

/// A new secret (新密钥). It is shown in this answer and never again.
#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// The `client_id` that it belongs to.
    pub client_id: Id,
    /// The `client_secret`: 256 random bits. Kept here as a digest only.
    #[schema(max_length = 60, example = "xqs_example-of-a-secret-that-opens-nothing-00000000")]
    pub client_secret: String,
    pub created_at: Instant,
    /// When it ends, by the life that the operator set; null: it does not end by itself.
    pub secret_expires_at: Option<Instant>,
    /// When the secrets before it end.
    pub others_expire_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListClients {
    /// Rows on a page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Adds `total`.
    pub with_total: Option<bool>,
    /// Clients in this state.
    pub state: Option<ClientState>,
}
