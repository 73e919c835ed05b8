//! What a template may name: a sample for each kind of document, in `samples.json`. Templates are tried with it before they
//! are published, and a document that is issued holds the same names.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::model::DocumentKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// The names beside those that every document has.
    context: Map<String, Value>,
    /// Pointers of what a case may not have: null there.
    optional: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Samples {
    /// What every document has.
    common: Sample,
    kinds: Map<String, Value>,
}

fn all() -> &'static Samples {
    static ALL: LazyLock<Samples> = LazyLock::new(|| {
        serde_json::from_str(include_str!("samples.json"))
            .expect("samples.json is part of the program, and tests read it")
    });
    &ALL
}

/// A case that has everything, and one that has nothing that it may lack.
pub fn of(kind: DocumentKind) -> [Value; 2] {
    let all = all();
    let own: Option<Sample> = all.kinds.get(kind.code()).and_then(|sample| serde_json::from_value(sample.clone()).ok());
    let mut context = all.common.context.clone();
    let mut optional = all.common.optional.clone();
    if let Some(own) = own {
        context.extend(own.context);
        optional.extend(own.optional);
    }
    let full = Value::Object(context);
    let mut bare = full.clone();
    for pointer in optional {
        if let Some(value) = bare.pointer_mut(&pointer) {
            *value = Value::Null;
        }
    }
    [full, bare]
}

/// Has a context every name of the sample, at any depth, and no other? Null and a value have the same names.
pub fn has_the_names(sample: &Value, context: &Value) -> bool {
    match (sample, context) {
        (Value::Object(sample), Value::Object(context)) => {
            sample.len() == context.len()
                && sample.iter().all(|(name, value)| {
                    context.get(name).is_some_and(|other| other.is_null() || has_the_names(value, other))
                })
        }
        (Value::Array(sample), Value::Array(context)) => {
            sample.first().is_none_or(|first| context.iter().all(|one| has_the_names(first, one)))
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::paragraphs;
    use super::*;
    use crate::policy::versions::built_in;

    #[test]
    fn there_is_a_sample_for_every_kind_and_its_pointers_lead_somewhere() {
        for kind in DocumentKind::ALL {
            let own: Sample = serde_json::from_value(all().kinds[kind.code()].clone()).unwrap();
            let [full, bare] = of(*kind);
            assert!(has_the_names(&full, &bare), "{kind:?}");
            for pointer in own.optional.iter().chain(&all().common.optional) {
                assert!(full.pointer(pointer).is_some_and(|value| !value.is_null()), "{kind:?} {pointer}");
            }
        }
        assert_eq!(all().kinds.len(), DocumentKind::ALL.len());
    }

    #[test]
    fn the_policy_that_ships_has_a_text_for_every_kind_that_needs_nothing_a_case_may_lack() {
        for kind in DocumentKind::ALL {
            let templates: Vec<_> = built_in().documents.iter().filter(|one| one.kind == *kind).collect();
            assert_eq!((templates.len(), templates[0].title.as_str()), (1, kind.zh()), "{kind:?}");
            for sample in of(*kind) {
                let lines =
                    paragraphs(*kind, &templates[0].text, &sample).unwrap_or_else(|fault| panic!("{kind:?}: {fault}"));
                assert!(lines.iter().all(|line| !line.contains("。。") && !line.contains("{")), "{kind:?}: {lines:#?}");
            }
        }
    }
}
