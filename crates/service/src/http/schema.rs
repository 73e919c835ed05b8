//! Validates bodies and parameters against the OpenAPI document that clients integrate from.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::form;
use super::sizes::Sizes;
use super::wording;
use crate::characters;
use crate::input_error::{InputError, InputErrors, MOST_INPUT_ERRORS};
use crate::problem::Problem;

struct Parameter {
    name: String,
    kinds: Vec<String>,
}

struct Operation {
    body: Option<Check>,
    parameters: Vec<Parameter>,
    query: Check,
    /// No parameter is required, so an empty query needs no check.
    all_optional: bool,
}

/// Validators by operation id.
pub struct Contract(HashMap<String, Operation>);

/// A schema of the document, compiled when it is first needed. Compiling all of them took half of the start-up time.
struct Check {
    components: Arc<Value>,
    schema: Value,
    read: OnceLock<(Sizes, Validator)>,
}

impl Check {
    fn of(components: &Arc<Value>, schema: Value) -> Check {
        Check { components: components.clone(), schema, read: OnceLock::new() }
    }

    fn try_read(&self) -> anyhow::Result<&(Sizes, Validator)> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let read = (Sizes::of(&self.components, &self.schema), compile(&self.components, &self.schema)?);
        Ok(self.read.get_or_init(|| read))
    }

    fn read(&self) -> &(Sizes, Validator) {
        self.try_read().expect("every schema of the document compiles: a test reads them all")
    }
}

/// Collects the schemas that a schema refers to, directly and indirectly.
fn referred(schema: &Value, all: &Value, found: &mut Map<String, Value>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/"))
        && !found.contains_key(name)
        && let Some(target) = all.get(name)
    {
        found.insert(name.to_owned(), target.clone());
        referred(target, all, found);
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(|value| referred(value, all, found)),
        Value::Array(items) => items.iter().for_each(|value| referred(value, all, found)),
        _ => {}
    }
}

/// Compiles a schema together with only those that it refers to. With every schema of the document in each validator,
/// compiling took seconds.
fn compile(components: &Value, schema: &Value) -> anyhow::Result<Validator> {
    let mut schemas = Map::new();
    referred(schema, &components["schemas"], &mut schemas);
    let root = json!({ "allOf": [schema], "components": { "schemas": schemas } });
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| anyhow::anyhow!("a schema of the document does not compile: {error}"))
}

/// Follows a `$ref` into the components.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

/// The JSON types that a parameter's schema allows.
fn kinds(document: &Value, schema: &Value) -> Vec<String> {
    let schema = resolve(document, schema);
    let mut all = Vec::new();
    match schema.get("type") {
        Some(Value::String(kind)) => all.push(kind.clone()),
        Some(Value::Array(many)) => all.extend(many.iter().filter_map(Value::as_str).map(str::to_owned)),
        _ => {}
    }
    for branch in ["oneOf", "anyOf", "allOf"] {
        for sub in schema.get(branch).and_then(Value::as_array).into_iter().flatten() {
            all.extend(kinds(document, sub));
        }
    }
    all
}

impl Contract {
    pub fn new(document: &Value) -> Contract {
        let components = Arc::new(document.get("components").cloned().unwrap_or_default());
        let mut all = HashMap::new();
        for (_, item) in document["paths"].as_object().into_iter().flatten() {
            for (_, operation) in item.as_object().into_iter().flatten() {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let body = operation.pointer("/requestBody/content/application~1json/schema");
                let mut parameters = Vec::new();
                let mut properties = Map::new();
                let mut required = Vec::new();
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let (Some(name), Some("query")) = (parameter["name"].as_str(), parameter["in"].as_str()) else {
                        continue;
                    };
                    properties.insert(name.to_owned(), parameter["schema"].clone());
                    if parameter["required"] == json!(true) {
                        required.push(name.to_owned());
                    }
                    parameters.push(Parameter { name: name.to_owned(), kinds: kinds(document, &parameter["schema"]) });
                }
                let all_optional = required.is_empty();
                let schema = json!({
                    "type": "object", "properties": properties, "required": required, "additionalProperties": false
                });
                let body = body.map(|schema| Check::of(&components, schema.clone()));
                let query = Check::of(&components, schema);
                all.insert(id.to_owned(), Operation { body, parameters, query, all_optional });
            }
        }
        Contract(all)
    }

    /// Compiles every schema, so that no request waits for it. Returns the operations whose schemas are invalid.
    pub fn read_all(&self) -> Vec<String> {
        let checks =
            self.0.iter().flat_map(|(id, one)| one.body.iter().chain([&one.query]).map(move |check| (id, check)));
        checks.filter_map(|(id, check)| Some(format!("{id}: {}", check.try_read().err()?))).collect()
    }

    /// The input errors of a body, up to the number that a response lists. The body is first cut to little more than
    /// the document allows, and what was cut off is an error here ([`Sizes`]).
    pub fn check_body(&self, operation: &str, body: &mut Value) -> InputErrors {
        let mut faults = InputErrors::default();
        let checked = self.0.get(operation).and_then(|o| o.body.as_ref()).map(Check::read);
        if let Some((sizes, _)) = checked {
            sizes.cut(body);
        }
        if let Some((_, validator)) = checked
            && !validator.is_valid(body)
        {
            // Sizes first, so that they are reported however many other errors there are.
            let (sizes, others): (Vec<_>, Vec<_>) = validator.iter_errors(body).partition(is_size);
            for error in sizes.iter().chain(&others) {
                add_faults(error, "", "unknown_field", &mut faults);
                if faults.is_full() {
                    break;
                }
            }
        }
        check_texts(body, &mut String::new(), &mut faults);
        faults
    }

    /// The parameters as JSON, with the types of the document, or all input errors.
    pub fn check_query(&self, operation: &str, query: &str) -> Result<Value, InputErrors> {
        let mut faults = InputErrors::default();
        let mut given = Map::new();
        let Some(entry) = self.0.get(operation) else { return Ok(Value::Object(given)) };
        if query.is_empty() && entry.all_optional {
            return Ok(Value::Object(given));
        }
        for (name, text) in form::pairs(query.as_bytes()) {
            let Some(text) = text else {
                faults.push(form::not_utf8(format!("query/{name}")));
                continue;
            };
            let value = match entry.parameters.iter().find(|p| p.name == name) {
                Some(parameter) => typed(&parameter.kinds, &text),
                None => Value::Null,
            };
            if given.insert(name.clone(), value).is_some() {
                let pointer = format!("query/{name}");
                faults.push(InputError::new(
                    pointer,
                    "duplicate",
                    "每个参数只能出现一次",
                    "each parameter must appear once only",
                ));
            }
        }
        let mut given = Value::Object(given);
        let (sizes, validator) = entry.query.read();
        sizes.cut(&mut given);
        check_parameters(&given, &mut faults);
        for error in validator.iter_errors(&given) {
            add_faults(&error, "query", "unknown_parameter", &mut faults);
            if faults.is_full() {
                break;
            }
        }
        if faults.is_empty() { Ok(given) } else { Err(faults) }
    }
}

/// Most parameters, or form fields, of one request. A request with more is refused before any is parsed.
pub const MOST_PARAMETERS: usize = 100;

/// Refuses a query with more parameters than any operation has.
pub fn check_count(query: &str) -> Result<(), Problem> {
    if query.bytes().filter(|byte| *byte == b'&').count() < MOST_PARAMETERS {
        return Ok(());
    }
    let (zh, en) =
        (format!("参数不得超过{MOST_PARAMETERS}个"), format!("must have at most {MOST_PARAMETERS} parameters"));
    Err(Problem::input_error("query", "too_many", zh, en))
}

fn typed(kinds: &[String], text: &str) -> Value {
    let is = |kind: &str| kinds.iter().any(|k| k == kind);
    if is("integer")
        && let Ok(number) = text.parse::<i64>()
    {
        return json!(number);
    }
    if is("number")
        && let Ok(number) = text.parse::<f64>()
    {
        return json!(number);
    }
    match text {
        "true" if is("boolean") => json!(true),
        "false" if is("boolean") => json!(false),
        _ => json!(text),
    }
}

/// Pattern of a text that is not blank.
pub const NOT_BLANK: &str = r"\S";
/// Pattern of a one-line text that is not blank, such as a name. A line break in it would start a new line in printed
/// documents.
pub const NOT_BLANK_LINE: &str = r"^[^\r\n]*\S[^\r\n]*$";
/// Pattern of a one-line text that may be empty.
pub const LINE: &str = r"^[^\r\n]*$";

/// A parameter must contain visible characters, because it may be the reason for an action.
fn check_parameters(given: &Value, faults: &mut InputErrors) {
    check_texts(given, &mut "query".to_owned(), faults);
    for (name, value) in given.as_object().into_iter().flatten() {
        if value.as_str().is_some_and(|text| !text.is_empty() && text.trim().is_empty()) {
            faults.push(InputError::new(format!("query/{name}"), "blank", "不得为空白", "must not be blank"));
        }
    }
}

/// Refuses characters that either database refuses, or that would be invisible in a printed document.
fn check_texts(value: &Value, pointer: &mut String, faults: &mut InputErrors) {
    match value {
        Value::String(text) => {
            if let Some(fault) = characters::fault(pointer, text) {
                faults.push(fault);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                descend(&index.to_string(), item, pointer, faults);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                descend(&name.replace('~', "~0").replace('/', "~1"), item, pointer, faults);
            }
        }
        _ => {}
    }
}

fn descend(step: &str, item: &Value, pointer: &mut String, faults: &mut InputErrors) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    check_texts(item, pointer, faults);
    pointer.truncate(length);
}

fn is_size(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::MaxItems { .. } | Kind::MaxLength { .. } | Kind::MaxProperties { .. })
}

fn has_break(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(['\r', '\n']))
}

fn add_faults(error: &ValidationError<'_>, prefix: &str, unknown: &'static str, faults: &mut InputErrors) {
    let at = format!("{prefix}{}", error.instance_path());
    let below = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    let mut push = |pointer: String, code: &'static str, zh: String, en: String| {
        faults.push(InputError::new(pointer, code, zh, en));
    };
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            push(below(name), "required", "此字段必填".into(), "this field is required".into());
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected.iter().take(MOST_INPUT_ERRORS + 1) {
                push(
                    below(name),
                    unknown,
                    "没有此字段或者参数，请删除".into(),
                    "unknown field or parameter; remove it".into(),
                );
            }
        }
        Kind::Type { kind } => {
            let wanted: Vec<String> = match kind {
                TypeKind::Single(one) => vec![one.to_string()],
                TypeKind::Multiple(many) => many.iter().map(|one| one.to_string()).collect(),
            };
            let (zh, en) = wording::types(wanted.iter().map(String::as_str));
            push(at, "wrong_type", zh, en);
        }
        Kind::Enum { options } => {
            let names = |separator: &str| {
                let all = options.as_array().into_iter().flatten().take(MOST_INPUT_ERRORS);
                all.map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(separator)
            };
            push(at, "unknown_value", format!("须为 {} 之一", names("、")), format!("must be one of {}", names(", ")));
        }
        Kind::Constant { expected_value } => {
            push(at, "unknown_value", format!("须为 {expected_value}"), format!("must be {expected_value}"));
        }
        Kind::MinLength { limit } => {
            push(at, "too_short", format!("不得少于{limit}个字符"), format!("must have at least {limit} characters"));
        }
        Kind::MaxLength { limit } => {
            push(at, "too_long", format!("不得超过{limit}个字符"), format!("must have at most {limit} characters"));
        }
        Kind::MinItems { limit } => {
            push(at, "too_few", format!("不得少于{limit}项"), format!("must have at least {limit} items"));
        }
        Kind::MaxItems { limit } => {
            push(at, "too_many", format!("不得超过{limit}项"), format!("must have at most {limit} items"));
        }
        Kind::Minimum { limit } => {
            push(at, "out_of_range", format!("不得小于{limit}"), format!("must be at least {limit}"));
        }
        Kind::Maximum { limit } => {
            push(at, "out_of_range", format!("不得大于{limit}"), format!("must be at most {limit}"));
        }
        Kind::ExclusiveMinimum { limit } => {
            push(at, "out_of_range", format!("须大于{limit}"), format!("must be more than {limit}"));
        }
        Kind::ExclusiveMaximum { limit } => {
            push(at, "out_of_range", format!("须小于{limit}"), format!("must be less than {limit}"));
        }
        Kind::Format { format } => {
            let (zh, en) = wording::format(format);
            push(at, "invalid_format", zh, en);
        }
        Kind::Pattern { pattern } if pattern == LINE || pattern == NOT_BLANK_LINE && has_break(error.instance()) => {
            push(
                at,
                "forbidden_character",
                "须为一行，不得换行".into(),
                "must be one line without a line break".into(),
            );
        }
        Kind::Pattern { pattern } if pattern == NOT_BLANK || pattern == NOT_BLANK_LINE => {
            push(at, "blank", "不得为空白".into(), "must not be blank".into());
        }
        Kind::Pattern { pattern } => {
            let (zh, en) = wording::pattern(pattern);
            push(at, "invalid_format", zh, en);
        }
        Kind::UniqueItems => push(at, "duplicate", "各项不得重复".into(), "items must be different".into()),
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            // A nullable reference is "null or this schema". Report what is wrong with that schema.
            let is_null = |branch: &&Vec<ValidationError<'static>>| {
                branch.iter().any(
                    |e| matches!(e.kind(), Kind::Type { kind: TypeKind::Single(one) } if one.to_string() == "null"),
                )
            };
            match context.iter().find(|branch| !is_null(branch)) {
                Some(branch) => branch.iter().for_each(|inner| add_faults(inner, prefix, unknown, faults)),
                None => push(at, "invalid", "不符合要求".into(), "does not meet the schema".into()),
            }
        }
        _ => push(at, "invalid", "不符合要求".into(), error.to_string()),
    }
}
