//! Document templates of the policy.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::built_in;
use crate::words::documents::DocumentKind;

/// Template of an official document (文书模板).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentTemplate {
    /// Kind of document (文书种类).
    pub kind: DocumentKind,
    /// Title (标题).
    #[schema(example = "责令整改通知书", min_length = 1, max_length = 100)]
    pub title: String,
    /// Text (正文): one paragraph per line, with variables `{{ … }}` from the case.
    #[schema(example = "{{ company.name }}：\n经查，{{ facts }}", min_length = 1, max_length = 20000)]
    pub text: String,
}

impl DocumentTemplate {
    pub fn built_in() -> Vec<DocumentTemplate> {
        built_in().documents.clone()
    }
}
