//! The vocabulary: every code of every enumeration, with its labels.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::role::ROLES;
use crate::coded::Label;
use crate::problem::{CODES, INPUT_ERROR_CODES};
use crate::service::events;
use crate::service::feature::Feature;

/// One enumeration (代码表).
#[derive(Serialize, ToSchema)]
pub struct Vocabulary {
    /// Name of the enumeration.
    #[schema(max_length = 60, example = "role")]
    pub name: String,
    /// Codes of the enumeration.
    #[schema(max_items = 1000)]
    pub values: Vec<Term>,
}

/// One code (代码).
#[derive(Serialize, ToSchema)]
pub struct Term {
    /// The code.
    #[schema(max_length = 60, example = "social_affairs_office")]
    pub code: String,
    /// Official Chinese term.
    #[schema(max_length = 200, example = "社会事务办公室")]
    pub zh: String,
    /// English label.
    #[schema(max_length = 200, example = "Social affairs office")]
    pub en: String,
}

fn term(code: &str, zh: &str, en: &str) -> Term {
    Term { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() }
}

fn coded(name: &str, labels: &[Label]) -> Vocabulary {
    Vocabulary { name: name.to_owned(), values: labels.iter().map(|l| term(l.code, l.zh, l.en)).collect() }
}

/// All enumerations in the order of their names, from every feature.
pub fn all(features: &[&'static Feature]) -> Vec<Vocabulary> {
    let rows = |name: &str, values: Vec<Term>| Vocabulary { name: name.to_owned(), values };
    let declared = features.iter().flat_map(|feature| feature.words).map(|(name, labels)| coded(name, labels));
    let mut all: Vec<Vocabulary> = declared.collect();
    all.push(rows("role", ROLES.iter().map(|r| term(r.code, r.zh, r.en)).collect()));
    all.push(rows("event_type", events::types(features).map(|kind| term(kind.code, kind.zh, kind.en)).collect()));
    all.push(rows("problem_code", CODES.iter().map(|c| term(c.name, c.zh, c.en)).collect()));
    all.push(rows("fault_code", INPUT_ERROR_CODES.iter().map(|(code, zh, en)| term(code, zh, en)).collect()));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}
