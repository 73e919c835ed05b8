//! Issuing bodies and remedies of the policy.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::PolicyDocument;
use super::versions::built_in;
use crate::coded_enum;
use crate::input_error::InputError;
use crate::role::Role;

coded_enum! {
    /// The body on whose behalf an office issues documents (以何名义出具).
    #[schema(example = "government")]
    pub enum IssuesAs {
        Office "office" "以本单位名义" "Issued by the office itself"
        Government "government" "以所属人民政府（街道办事处）名义" "Issued by the people's government or sub-district office that the office belongs to"
    }
}

/// Issuing body of a role (出具名义).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuingBody {
    pub role: Role,
    pub issues_as: IssuesAs,
    /// Full name of the body, if it differs from the name derived from the division (发文机关名称); otherwise null.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100, example = json!(null))]
    pub name: Option<String>,
}

/// Issuing bodies and remedies (发文机关和救济途径).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuingRules {
    /// Issuing bodies by role. Offices of other roles issue in their own name.
    #[schema(max_items = 20)]
    pub bodies: Vec<IssuingBody>,
    /// Reconsideration body (行政复议机关); null: the people's government of the county.
    #[schema(min_length = 2, max_length = 100, example = "永宁县人民政府")]
    pub reconsideration_body: Option<String>,
    /// Competent court (有管辖权的人民法院); null: the people's court of the county.
    #[schema(min_length = 2, max_length = 100, example = "永宁县人民法院")]
    pub court: Option<String>,
}

impl IssuingRules {
    pub fn built_in() -> IssuingRules {
        built_in().issuing.clone()
    }

    pub fn body(&self, role: Role) -> Option<&IssuingBody> {
        self.bodies.iter().find(|body| body.role == role)
    }
}

/// Checks: one entry for each role.
pub fn check(policy: &PolicyDocument) -> Vec<InputError> {
    let mut faults = Vec::new();
    let bodies = &policy.issuing.bodies;
    for (at, body) in bodies.iter().enumerate() {
        if bodies[..at].iter().any(|other| other.role == body.role) {
            let (zh, en) = ("单位重复，请删除其一", "the office is listed twice; remove one");
            faults.push(InputError::new(format!("/issuing/bodies/{at}/role"), "duplicate_role", zh, en));
        }
    }
    faults
}
