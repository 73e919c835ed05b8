//! Sample data for each kind of document, in `samples.json`: the variables that a template may use. Templates are
//! rendered with variations of them before they are published, and issued documents have the same variables.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::words::documents::DocumentKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// The variables in addition to those that every document has.
    context: Map<String, Value>,
    /// Pointers of values that may be null in a case.
    optional: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Samples {
    /// The variables that every document has.
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

/// Values that contain free text and may be long. The others are names, days and numbers.
const LONG: &[&str] = &[
    "facts",
    "grounds",
    "intended_consequence",
    "reason",
    "reasons",
    "text",
    "opinion",
    "conclusion",
    "result",
    "record",
];
const LONG_CHARACTERS: usize = 5_000;
const SHORT_CHARACTERS: usize = 100;
/// Number of rows of each list in the longest case.
const MOST_ROWS: usize = 100;

fn parts(kind: DocumentKind) -> (Value, Vec<String>) {
    let all = all();
    let own: Option<Sample> = all.kinds.get(kind.code()).and_then(|sample| serde_json::from_value(sample.clone()).ok());
    let mut context = all.common.context.clone();
    let mut optional = all.common.optional.clone();
    if let Some(own) = own {
        context.extend(own.context);
        optional.extend(own.optional);
    }
    (Value::Object(context), optional)
}

/// A case with all values.
pub fn full(kind: DocumentKind) -> Value {
    parts(kind).0
}

/// The variations of a case: with all values; without any optional value; with or without a single optional value; with
/// lists that are empty or have two rows; and with the longest values.
pub fn of(kind: DocumentKind) -> Vec<Value> {
    let (full, optional) = parts(kind);
    let without = |lacks: &dyn Fn(&str) -> bool| {
        let mut sample = full.clone();
        for pointer in optional.iter().filter(|pointer| lacks(pointer)) {
            if let Some(value) = sample.pointer_mut(pointer) {
                *value = Value::Null;
            }
        }
        sample
    };
    let mut samples = vec![full.clone(), without(&|_| true)];
    for pointer in &optional {
        samples.push(without(&|other| other == pointer));
        samples.push(without(&|other| other != pointer));
    }
    let fields = full.as_object().into_iter().flatten();
    for list in fields.filter(|(_, value)| value.is_array()).map(|(name, _)| name) {
        for rows in [0, 2] {
            let mut sample = full.clone();
            resize(&mut sample[list], rows);
            samples.push(sample);
        }
    }
    let mut longest = full.clone();
    lengthen(&mut longest, SHORT_CHARACTERS);
    samples.push(longest);
    samples
}

fn resize(list: &mut Value, rows: usize) {
    if let Value::Array(items) = list {
        let item = items.first().cloned().unwrap_or_default();
        items.resize(rows, item);
    }
}

fn lengthen(value: &mut Value, characters: usize) {
    match value {
        Value::String(text) => *text = "字".repeat(characters),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| lengthen(item, characters));
            // Lists of long texts are short in practice.
            resize(value, if characters == LONG_CHARACTERS { 5 } else { MOST_ROWS });
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let long = LONG.contains(&name.as_str());
                lengthen(value, if long { LONG_CHARACTERS } else { SHORT_CHARACTERS });
            }
        }
        _ => {}
    }
}

/// True if the context has exactly the names of the sample at every depth. Null and a value count as the same.
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
    use super::super::template;
    use super::*;
    use crate::policy::versions::built_in;

    #[test]
    fn there_is_a_sample_for_every_kind_and_its_pointers_lead_somewhere() {
        for kind in DocumentKind::ALL {
            let own: Sample = serde_json::from_value(all().kinds[kind.code()].clone()).unwrap();
            let full = full(*kind);
            for sample in of(*kind) {
                assert!(has_the_names(&full, &sample), "{kind:?}");
            }
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
            let text = &templates[0].text;
            let until = std::time::Instant::now() + template::TRYING;
            template::check(*kind, text, until).unwrap_or_else(|fault| panic!("{kind:?}: {fault}"));
            for sample in of(*kind) {
                let lines = template::render(*kind, text, &sample).unwrap().unwrap();
                assert!(lines.iter().all(|line| !line.contains("无无")), "{kind:?}: {lines:#?}");
                assert!(lines.iter().all(|line| !line.contains("。。") && !line.contains("{")), "{kind:?}: {lines:#?}");
            }
        }
    }
}
