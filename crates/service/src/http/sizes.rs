//! Limits sizes before content is checked: each array, text and object of a body is cut to one more than the document
//! allows. An oversized body is still detected, and costs no more to check than the largest valid one.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::schema::{LINE, NOT_BLANK, NOT_BLANK_LINE};
use crate::characters::tidied;

/// Length limit of a text whose schema has none (it has a pattern or a format instead), in characters.
const MOST_CHARACTERS: usize = 4000;
/// Number of unknown members kept, so that each can be reported.
const MOST_UNKNOWN: usize = crate::input_error::MOST_INPUT_ERRORS + 1;

/// The limits in one schema. If several schemas apply to one value, the widest limit applies.
#[derive(Default)]
struct Limits {
    array: bool,
    object: bool,
    text: bool,
    most_items: Option<usize>,
    most_characters: Option<usize>,
    /// Free text that people write or paste, not a code or another fixed format.
    free: bool,
    items: Option<usize>,
    members: HashMap<String, usize>,
    /// Limit for members without a schema of their own.
    others: Option<usize>,
    open: bool,
    /// Schemas for the same value: `$ref`, `allOf`, `anyOf`, `oneOf`.
    same: Vec<usize>,
}

/// The limits of a schema and of all schemas that it refers to.
pub struct Sizes(Vec<Limits>);

impl Sizes {
    /// The limits of a schema, with the components of its document.
    pub fn of(components: &Value, schema: &Value) -> Sizes {
        let mut sizes = Sizes(Vec::new());
        sizes.add(components, schema, &mut HashMap::new());
        sizes
    }

    fn add(&mut self, components: &Value, schema: &Value, named: &mut HashMap<String, usize>) -> usize {
        let at = self.0.len();
        self.0.push(Limits::default());
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let parts = ["$ref", "allOf", "anyOf", "oneOf"];
        // A schema without a type allows every type, unless it only combines other schemas or lists its values.
        let untyped = kinds.is_empty()
            && parts.iter().chain(&["enum", "const"]).all(|name| schema.get(name).is_none())
            && schema != &Value::Bool(false);
        let takes = |kind: &str| untyped || kinds.contains(&kind);
        let number = |name: &str| schema[name].as_u64().and_then(|number| usize::try_from(number).ok());
        let mut limits = Limits {
            array: takes("array"),
            object: takes("object"),
            text: takes("string"),
            most_items: number("maxItems"),
            most_characters: number("maxLength"),
            free: ["format", "enum", "const"].iter().all(|name| schema.get(name).is_none())
                && schema["pattern"].as_str().is_none_or(is_free),
            open: schema["additionalProperties"] != Value::Bool(false),
            ..Limits::default()
        };
        if schema["items"].is_object() {
            limits.items = Some(self.add(components, &schema["items"], named));
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            limits.members.insert(name.clone(), self.add(components, member, named));
        }
        if schema["additionalProperties"].is_object() {
            limits.others = Some(self.add(components, &schema["additionalProperties"], named));
        }
        for part in &parts[1..] {
            for one in schema[*part].as_array().into_iter().flatten() {
                limits.same.push(self.add(components, one, named));
            }
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/")) {
            let known = named.get(name).copied();
            limits.same.push(known.unwrap_or_else(|| {
                // Registered before it is read, because it may refer to itself.
                named.insert(name.to_owned(), self.0.len());
                self.add(components, &components["schemas"][name], named)
            }));
        }
        self.0[at] = limits;
        at
    }

    /// Cuts a body to one more than the limit of every part.
    pub fn cut(&self, document: &mut Value) {
        self.cut_as(&[0], document);
    }

    /// These schemas, and all others for the same value.
    fn all(&self, at: &[usize]) -> Vec<&Limits> {
        let mut order: Vec<usize> = at.to_vec();
        let mut next = 0;
        while next < order.len() {
            for same in &self.0[order[next]].same {
                if !order.contains(same) {
                    order.push(*same);
                }
            }
            next += 1;
        }
        order.into_iter().map(|at| &self.0[at]).collect()
    }

    fn cut_as(&self, at: &[usize], value: &mut Value) {
        match value {
            Value::Array(items) => {
                let takers: Vec<&Limits> = self.all(at).into_iter().filter(|one| one.array).collect();
                // An array where none is allowed is an error, whatever it contains.
                if let Some(most) = widest(takers.iter().map(|one| one.most_items), 0) {
                    items.truncate(most.saturating_add(1));
                }
                if takers.is_empty() {
                    items.clear();
                }
                let within: Vec<usize> = takers.iter().filter_map(|one| one.items).collect();
                if !within.is_empty() {
                    items.iter_mut().for_each(|item| self.cut_as(&within, item));
                }
            }
            Value::Object(members) => {
                let takers: Vec<&Limits> = self.all(at).into_iter().filter(|one| one.object).collect();
                if takers.is_empty() {
                    members.clear();
                } else {
                    self.cut_members(&takers, members);
                }
            }
            Value::String(text) => {
                let takers: Vec<&Limits> = self.all(at).into_iter().filter(|one| one.text).collect();
                if !takers.is_empty()
                    && takers.iter().all(|one| one.free)
                    && let Cow::Owned(tidied) = tidied(text)
                {
                    *text = tidied;
                }
                let limits = takers.iter().map(|one| one.most_characters.or(Some(MOST_CHARACTERS)));
                let most = widest(limits, MOST_CHARACTERS).unwrap_or(MOST_CHARACTERS);
                if text.len() > most
                    && let Some((end, _)) = text.char_indices().nth(most + 1)
                {
                    text.truncate(end);
                }
            }
            _ => {}
        }
    }

    fn cut_members(&self, takers: &[&Limits], members: &mut Map<String, Value>) {
        let known = |name: &str| takers.iter().any(|one| one.members.contains_key(name));
        let open = takers.iter().any(|one| one.open);
        if !open && members.len() > MOST_UNKNOWN {
            let mut unknown = 0;
            members.retain(|name, _| {
                known(name) || {
                    unknown += 1;
                    unknown <= MOST_UNKNOWN
                }
            });
        }
        for (name, member) in members.iter_mut() {
            let of = |one: &&Limits| one.members.get(name.as_str()).copied().or(one.others);
            let within: Vec<usize> = takers.iter().filter_map(of).collect();
            if !within.is_empty() {
                self.cut_as(&within, member);
            } else if !open {
                *member = Value::Null;
            }
        }
    }
}

/// Patterns of free text, and of phone numbers, which are also pasted from pages.
fn is_free(pattern: &str) -> bool {
    matches!(pattern, NOT_BLANK | NOT_BLANK_LINE | LINE) || pattern.starts_with("^[0-9+ ()-]")
}

/// The widest limit; `None` if one value has no limit; `of_none` if there are no values.
fn widest(limits: impl Iterator<Item = Option<usize>>, of_none: usize) -> Option<usize> {
    limits.reduce(|a, b| Some(a?.max(b?))).unwrap_or(Some(of_none))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cut(schema: &Value, mut value: Value) -> Value {
        let components = json!({ "schemas": {
            "List": { "type": "array", "maxItems": 2, "items": { "type": "string", "maxLength": 3 } },
            "Tree": {
                "type": "object", "additionalProperties": false,
                "properties": { "below": { "type": "array", "maxItems": 1, "items": { "$ref": "#/components/schemas/Tree" } } },
            },
        } });
        Sizes::of(&components, schema).cut(&mut value);
        value
    }

    #[test]
    fn one_more_than_is_allowed_is_kept() {
        let list = json!({ "$ref": "#/components/schemas/List" });
        assert_eq!(cut(&list, json!(["a", "b"])), json!(["a", "b"]));
        assert_eq!(cut(&list, json!(["四个字了", "b", "c", "d"])), json!(["四个字了", "b", "c"]));
        assert_eq!(cut(&list, json!(["五个字，了", 1])), json!(["五个字，", 1]));
    }

    #[test]
    fn of_several_schemas_the_widest_counts() {
        let either = json!({ "oneOf": [
            { "type": "null" }, { "$ref": "#/components/schemas/List" },
            { "type": "array", "maxItems": 3, "items": { "type": "integer" } },
        ] });
        assert_eq!(cut(&either, json!([1, 2, 3, 4, 5])), json!([1, 2, 3, 4]));
        let nullable = json!({ "type": ["string", "null"], "maxLength": 1 });
        assert_eq!(cut(&nullable, json!("abc")), json!("ab"));
    }

    #[test]
    fn what_may_not_stand_there_is_emptied_and_not_looked_into() {
        let text = json!({ "type": "string", "maxLength": 3 });
        assert_eq!(cut(&text, json!([[[1]], 2])), json!([]));
        assert_eq!(cut(&text, json!({ "a": 1 })), json!({}));
    }

    #[test]
    fn unknown_members_are_counted_and_their_values_dropped() {
        let tree = json!({ "$ref": "#/components/schemas/Tree" });
        let value = json!({ "below": [{ "below": [{}, {}, {}], "x": [1] }, {}, {}] });
        assert_eq!(cut(&tree, value), json!({ "below": [{ "below": [{}, {}], "x": null }, {}] }));
        let many: Map<String, Value> = (0..5000).map(|n| (format!("m{n}"), json!([n]))).collect();
        assert_eq!(cut(&tree, Value::Object(many)).as_object().unwrap().len(), MOST_UNKNOWN);
    }
}
