//! Explains the codes of enumerations in the OpenAPI document.

use serde_json::{Value, json};

use super::FEATURES;
use crate::identity::vocabulary::{self, Vocabulary};

/// Appends the codes with their labels to the description of each enumeration.
pub fn add(document: &mut Value) {
    let vocabulary = vocabulary::all(FEATURES);
    let schemas = document["components"]["schemas"].as_object_mut();
    for schema in schemas.into_iter().flat_map(|all| all.values_mut()) {
        if let Some(codes) = schema["enum"].as_array()
            && let Some(list) = explained(codes, &vocabulary)
        {
            let about = schema["description"].as_str().unwrap_or_default();
            let text = format!("{about}\n\n{list}");
            schema["description"] = json!(text.trim_start());
        }
    }
}

/// The labels of these codes, one code on each line. `None` if no enumeration of the vocabulary has exactly these codes,
/// or if more than one has.
fn explained(codes: &[Value], vocabulary: &[Vocabulary]) -> Option<String> {
    let has_these =
        |one: &&Vocabulary| one.values.len() == codes.len() && one.values.iter().zip(codes).all(|(a, b)| *b == a.code);
    let mut found = vocabulary.iter().filter(has_these);
    let only = found.next().filter(|_| found.next().is_none())?;
    let lines = only.values.iter().map(|term| format!("- `{}`: {} {}", term.code, term.en, term.zh));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::vocabulary::Term;

    fn set(name: &str, codes: &[&str]) -> Vocabulary {
        let term = |code: &&str| Term { code: (*code).into(), zh: "甲".into(), en: "A".into() };
        Vocabulary { name: name.into(), values: codes.iter().map(term).collect() }
    }

    #[test]
    fn codes_are_explained_by_the_one_enumeration_that_has_them() {
        let all = [set("a", &["x", "y"]), set("b", &["x"]), set("c", &["z"]), set("d", &["z"])];
        let list = |codes: &[&str]| {
            let codes: Vec<Value> = codes.iter().map(|code| json!(code)).collect();
            explained(&codes, &all)
        };
        assert_eq!(list(&["x", "y"]).as_deref(), Some("- `x`: A 甲\n- `y`: A 甲"));
        assert_eq!(list(&["x"]).as_deref(), Some("- `x`: A 甲"));
        assert_eq!((list(&["y", "x"]), list(&["z"])), (None, None));
    }
}
