//! Examples of bodies and responses, made from the schemas and two tables: values for members without an example, and
//! which members exist in which state.

mod lives;
mod words;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::fields::may_lack;

#[derive(Clone, Copy, PartialEq)]
pub enum Whose {
    /// Omits optional members.
    Request,
    Answer,
}

/// No schema nests deeper. The example of a recursive schema ends here.
const MOST_NESTED: usize = 32;

/// Position in the document for which an example is made.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub document: &'a Value,
    pub operation: &'a str,
    pub whose: Whose,
    /// The named schema that contains the member, and the member.
    schema: &'a str,
    field: &'a str,
    depth: usize,
}

impl<'a> Place<'a> {
    pub fn new(document: &'a Value, operation: &'a str, whose: Whose) -> Place<'a> {
        Place { document, operation, whose, schema: "", field: "", depth: 0 }
    }

    fn deeper(self) -> Place<'a> {
        Place { depth: self.depth + 1, ..self }
    }
}

/// An example of a schema.
pub fn example(at: Place<'_>, schema: &Value) -> Value {
    if at.depth > MOST_NESTED {
        return Value::Null;
    }
    if let Some(pointer) = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let target = at.document.pointer(pointer).unwrap_or(&Value::Null);
        // The value of an id or an instant depends on its member, not on its type.
        let named = target["properties"].is_object();
        if words::is_time(target) {
            return words::text(at.field, target);
        }
        let inside = Place { schema: if named { name } else { at.schema }, ..at.deeper() };
        let mut made = example(inside, target);
        if at.whose == Whose::Answer && named {
            lives::keep_to_the_state(name, at.operation, &mut made);
        }
        return made;
    }
    let kind = kind_of(schema);
    if kind == "string" && schema["format"] == "uuid" {
        return json!(id(at));
    }
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        let is_id = given.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok());
        return if is_id { json!(id(at)) } else { given.clone() };
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for branch in ["oneOf", "anyOf", "allOf"] {
        let Some(branches) = schema[branch].as_array() else { continue };
        if let Some(sub) = branches.iter().find(|sub| sub["type"] != "null") {
            let nullable = branches.iter().any(|sub| sub["type"] == "null");
            return match at.whose {
                Whose::Request if nullable => Value::Null,
                _ => example(at.deeper(), sub),
            };
        }
    }
    match kind {
        "object" => Value::Object(object(at, schema)),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1).max(1);
            (0..count).map(|_| example(at.deeper(), &schema["items"])).collect()
        }
        "integer" | "number" => words::number(at.field, schema),
        "boolean" => json!(words::TRUE.contains(&at.field)),
        "string" => words::text(at.field, schema),
        _ => Value::Null,
    }
}

fn object(at: Place<'_>, schema: &Value) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, sub) in schema["properties"].as_object().into_iter().flatten() {
        if at.whose == Whose::Answer && may_lack(at.schema, name) {
            continue;
        }
        all.insert(name.clone(), example(Place { field: name, ..at.deeper() }, sub));
    }
    all
}

fn kind_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    }
}

/// The resource that an `id` in a schema identifies: `complex` in `PublicComplex`, `violation` in `Violation`.
fn thing(schema: &str) -> String {
    let mut word = String::new();
    for letter in schema.trim_start_matches("Public").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    for ending in ["_view", "_row", "_summary", "_in"] {
        if let Some(bare) = word.strip_suffix(ending) {
            return bare.to_owned();
        }
    }
    word
}

/// A UUIDv7 that is the same for the same resource throughout an example.
fn id(at: Place<'_>) -> String {
    let thing = match at.field {
        "id" => thing(at.schema),
        field => field.trim_end_matches("_id").trim_end_matches("_ids").to_owned(),
    };
    let bytes = digest(&SHA256, format!("{}/{thing}", at.operation).as_bytes());
    let hex = hex::encode(&bytes.as_ref()[..10]);
    format!("019c{}-{}-7{}-9{}-{}", &hex[..4], "a2f6", &hex[4..7], &hex[7..10], &hex[8..20])
}
