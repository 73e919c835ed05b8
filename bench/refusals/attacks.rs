//! Builds requests that will be refused, from the schemas of the OpenAPI document.

use serde_json::{Map, Value, json};

/// Size of a body, in bytes.
const MOST: usize = 1024 * 1024 - 1024;
/// Size of a query or a header, in bytes. The head of a request has 64 KiB at most.
const MOST_HEAD: usize = 55_000;

#[derive(Default)]
pub struct Attack {
    pub name: String,
    pub query: String,
    pub headers: String,
    pub media_type: Option<&'static str>,
    pub body: Vec<u8>,
}

pub fn all(document: &Value, operation: &Value) -> Vec<Attack> {
    let mut all = heads();
    let content = &operation["requestBody"]["content"];
    if let Some(media) = content.get("application/json") {
        bodies(document, &media["schema"], &mut all);
    }
    if content.get("application/x-www-form-urlencoded").is_some() {
        let form = "application/x-www-form-urlencoded";
        for (name, unit) in [("pairs", "a&"), ("pairs with values", "a=b&"), ("percent signs", "%"), ("pluses", "+")] {
            all.push(body(format!("form of {name}"), form, unit.repeat(100_000)));
        }
        all.push(body("form of one name", form, format!("{}api_key=x", "description=a&".repeat(490))));
    }
    if content.get("multipart/form-data").is_some() {
        parts(&mut all);
    }
    all
}

fn body(name: impl Into<String>, media_type: &'static str, body: impl Into<Vec<u8>>) -> Attack {
    let mut body = body.into();
    body.truncate(MOST);
    Attack { name: name.into(), media_type: Some(media_type), body, ..Attack::default() }
}

fn heads() -> Vec<Attack> {
    let mut all = Vec::new();
    for (name, unit) in [("names", "a&"), ("pairs", "a=1&"), ("different names", ""), ("percent signs", "%25")] {
        let mut text: String = match unit {
            "" => (0..6000).map(|n| format!("p{n}&")).collect(),
            unit => unit.repeat(MOST_HEAD / unit.len()),
        };
        text.truncate(MOST_HEAD);
        all.push(Attack { name: format!("query of {name}"), query: format!("?{text}"), ..Attack::default() });
    }
    let long = format!("?{}=1&q={}", "n".repeat(MOST_HEAD / 2), "%E5%AE%89".repeat(MOST_HEAD / 20));
    all.push(Attack { name: "query of one long name".into(), query: long, ..Attack::default() });
    for (header, unit) in [
        ("If-None-Match", "\"a\","),
        ("If-Match", "\"a\","),
        ("Accept-Language", "a;q=0.1,"),
        ("Accept-Encoding", "a;q=0.1,"),
        ("Accept", "a/b;q=0.1,"),
        ("Range", "0-1,"),
        ("Cache-Control", "a,"),
        ("X-Forwarded-For", "1.1.1.1,"),
    ] {
        let headers = format!("{header}: {}x\r\n", unit.repeat(MOST_HEAD / unit.len()));
        all.push(Attack { name: format!("{header} of {unit}"), query: "?nope=1".into(), headers, ..Attack::default() });
    }
    all
}

fn parts(all: &mut Vec<Attack>) {
    let form = "multipart/form-data; boundary=b";
    for (name, unit) in [
        ("line ends before it begins", "\n"),
        ("carriage returns before it begins", "\r"),
        ("almost boundaries", "\r\n--"),
        ("boundaries", "--b\r\n"),
        ("empty parts", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"),
        ("header lines", "--b\r\nA: b\r\n"),
    ] {
        all.push(body(format!("multipart of {name}"), form, unit.repeat(MOST / unit.len())));
    }
    let field = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    for (name, unit) in [("carriage returns", "\r"), ("line ends", "\r\n"), ("almost boundaries", "\r\n--")] {
        all.push(body(
            format!("multipart field of {name}"),
            form,
            format!("{field}{}", unit.repeat(MOST / unit.len())),
        ));
    }
}

const JSON: &str = "application/json";

fn bodies(document: &Value, schema: &Value, all: &mut Vec<Attack>) {
    let mut json = |name: String, text: String| all.push(body(name, JSON, text));
    let fill = |unit: &str, open: &str, close: &str| {
        let count = (MOST - open.len() - close.len()) / unit.len();
        let units = unit.repeat(count);
        format!("{open}{}{close}", units.trim_end_matches(','))
    };
    json("arrays in arrays".into(), fill("[", "", ""));
    json("120 arrays in arrays, often".into(), fill(&format!("{}{},", "[".repeat(120), "]".repeat(120)), "[", "]"));
    json("unknown members".into(), members(20_000, "0"));
    json("unknown members of objects".into(), members(15_000, "{\"a\":{}}"));
    json("one member again and again".into(), fill("\"a\":0,", "{", "}"));
    json("a long name".into(), format!("{{\"{}\":0}}", "n".repeat(MOST - 10)));
    json("a long number".into(), "1".repeat(MOST));
    json("no JSON".into(), " ".repeat(MOST));
    json("each array full of faults".into(), Worst { document, left: MOST as isize }.of(schema, 0).to_string());
    let mut fields = Vec::new();
    properties(document, schema, String::from("{"), String::from("}"), 0, &mut fields);
    for Field { name, open, close, kind } in fields {
        match kind {
            "array" => {
                for (what, unit) in [
                    ("zeros", "0,"),
                    ("empty objects", "{},"),
                    ("titles", "{\"title\":\"\"},"),
                    ("texts", "\"\","),
                    ("two unknown members", "{\"x\":0,\"y\":0},"),
                ] {
                    json(format!("{name} of {what}"), fill(unit, &format!("{open}["), &format!("]{close}")));
                }
            }
            "string" => {
                for (what, unit) in [("spaces", " "), ("letters", "字"), ("escapes", "\\u200b"), ("digits", "1")] {
                    json(format!("{name} of {what}"), fill(unit, &format!("{open}\""), &format!("\"{close}")));
                }
            }
            _ => json(format!("{name} of members"), format!("{open}{}{close}", members(20_000, "0"))),
        }
    }
}

fn members(count: usize, value: &str) -> String {
    let all: Vec<String> = (0..count).map(|n| format!("\"member_{n}\":{value}")).collect();
    format!("{{{}}}", all.join(","))
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(pointer) = schema["$ref"].as_str() {
        return document.pointer(pointer.trim_start_matches('#')).map_or(Vec::new(), |found| resolve(document, found));
    }
    let mut all = vec![schema];
    for part in ["oneOf", "anyOf", "allOf"] {
        for one in schema[part].as_array().into_iter().flatten() {
            all.extend(resolve(document, one));
        }
    }
    all
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == *kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

struct Field {
    name: String,
    open: String,
    close: String,
    kind: &'static str,
}

/// Members of the first three levels, with the JSON around their values.
fn properties(document: &Value, schema: &Value, open: String, close: String, depth: usize, fields: &mut Vec<Field>) {
    for schema in resolve(document, schema) {
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let open = format!("{open}\"{name}\":");
            for one in resolve(document, member) {
                let Some(kind) = ["array", "object", "string"].into_iter().find(|kind| is(one, kind)) else { continue };
                if kind != "string" || depth == 0 {
                    let (open, close) = (open.clone(), close.clone());
                    fields.push(Field { name: open.clone(), open, close, kind });
                }
                if kind == "object" && depth < 2 {
                    properties(document, one, format!("{open}{{"), format!("}}{close}"), depth + 1, fields);
                }
                if kind == "array" && depth < 2 {
                    properties(document, &one["items"], format!("{open}[{{"), format!("}}]{close}"), depth + 1, fields);
                }
            }
        }
    }
}

/// The body with the most input errors within all size limits.
struct Worst<'a> {
    document: &'a Value,
    left: isize,
}

impl Worst<'_> {
    fn of(&mut self, schema: &Value, depth: usize) -> Value {
        let all = resolve(self.document, schema);
        if let Some(object) = all.iter().find(|one| is(one, "object"))
            && depth < 12
        {
            let mut made = Map::new();
            for (name, member) in object["properties"].as_object().into_iter().flatten() {
                if self.left <= 0 {
                    break;
                }
                self.left -= name.len() as isize + 4;
                made.insert(name.clone(), self.of(member, depth + 1));
            }
            return Value::Object(made);
        }
        if let Some(array) = all.iter().find(|one| is(one, "array")) {
            let most = array["maxItems"].as_u64().unwrap_or(1000);
            let mut made = Vec::new();
            while (made.len() as u64) < most && self.left > 0 {
                self.left -= 3;
                made.push(self.of(&array["items"], depth + 1));
            }
            return Value::Array(made);
        }
        self.left -= 4;
        // A type that only a text may have, or a blank text where a text is expected.
        if all.iter().any(|one| is(one, "string")) { json!("\u{200b}") } else { json!("x") }
    }
}
