//! Error responses: problems (RFC 9457) that list all input errors at once, in Chinese or English.

mod codes;
#[cfg(feature = "web")]
mod web;

use std::fmt;
use std::panic::Location;

use http::StatusCode;
use http::header::HeaderName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use codes::{CODES, Code, CodeRow, INPUT_ERROR_CODES};

use crate::input_error::{InputError, InputErrors};
use crate::language::Language;
use crate::types::Id;

/// A problem in both languages.
#[derive(Debug)]
pub struct Problem {
    pub code: Code,
    detail: Option<(String, String)>,
    pub faults: Vec<InputError>,
    /// True if there are more input errors than `faults` contains.
    more: bool,
    headers: Vec<(HeaderName, String)>,
    related: Option<Box<RelatedResource>>,
    broken: Option<Box<Broken>>,
}

/// A broken invariant. The log gets the details; the response says only `internal`.
#[derive(Debug)]
struct Broken {
    what: &'static str,
    error: Option<String>,
    at: &'static Location<'static>,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Problem {
            code,
            detail: None,
            faults: Vec::new(),
            more: false,
            headers: Vec::new(),
            related: None,
            broken: None,
        }
    }

    /// An internal error (500): an invariant of the program is broken. Records the position in the code.
    #[track_caller]
    pub fn broken(what: &'static str) -> Self {
        Problem::found_broken(what, None)
    }

    /// An internal error (500) with the underlying error or the resource concerned.
    #[track_caller]
    pub fn broken_by(what: &'static str, error: impl fmt::Display) -> Self {
        Problem::found_broken(what, Some(error.to_string()))
    }

    #[track_caller]
    fn found_broken(what: &'static str, error: Option<String>) -> Self {
        let broken = Broken { what, error, at: Location::caller() };
        Problem { broken: Some(Box::new(broken)), ..Problem::new(Code::Internal) }
    }

    /// Logs the details of an internal error. Call it once, when the response is created.
    pub fn log(&self, request_id: &str) {
        if let Some(Broken { what, error, at }) = self.broken.as_deref() {
            tracing::error!(request_id, error = error.as_deref(), at = %at, "{what}");
        }
    }

    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Some((zh.into(), en.into()));
        self
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the resource that prevents the operation.
    pub fn related(mut self, kind: &'static str, id: Id) -> Self {
        self.related = Some(Box::new(RelatedResource { kind: kind.to_owned(), id }));
        self
    }

    pub fn input_errors(faults: Vec<InputError>) -> Self {
        Problem::collected(faults.into())
    }

    /// A problem of input errors that were limited while they were collected.
    pub fn collected(faults: InputErrors) -> Self {
        let (faults, more) = faults.into_parts();
        Problem { faults, more, ..Problem::new(Code::InvalidInput) }
    }

    /// Adds the individual obstacles to a problem that is not about invalid input.
    pub fn with(self, faults: Vec<InputError>) -> Self {
        let (faults, more) = InputErrors::from(faults).into_parts();
        Problem { faults, more, ..self }
    }

    /// A problem with a single input error.
    pub fn input_error(pointer: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem::input_errors(vec![InputError::new(pointer, code, zh, en)])
    }

    /// A resource that does not exist or is not visible to the caller. The response is the same for both.
    pub fn not_found() -> Self {
        Problem::not_found_at("path/id")
    }

    pub fn not_found_at(pointer: &str) -> Self {
        let (zh, en) = ("未找到该记录，或者该记录不在您的辖区内", "not found, or outside your territory");
        Problem { faults: vec![InputError::new(pointer, "not_found", zh, en)], ..Problem::new(Code::NotFound) }
    }

    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    pub fn body(&self, language: Language, instance: Option<&str>) -> ProblemBody {
        let row = self.code.row();
        let pick = |zh: &str, en: &str| if language == Language::Zh { zh.to_owned() } else { en.to_owned() };
        ProblemBody {
            r#type: format!("urn:xiaoqu:problem:{}", row.name),
            title: pick(row.zh, row.en),
            status: row.status,
            detail: self.detail.as_ref().map(|(zh, en)| pick(zh, en)),
            instance: instance.map(str::to_owned),
            code: row.name.to_owned(),
            related: self.related.as_deref().cloned(),
            errors: self
                .faults
                .iter()
                .map(|f| InputErrorBody {
                    pointer: f.pointer.clone(),
                    code: f.code.to_owned(),
                    detail: pick(&f.detail_zh, &f.detail_en),
                })
                .collect(),
            more: self.more,
        }
    }
}

/// Problem details (问题详情; RFC 9457).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URN of the problem code.
    #[schema(example = "urn:xiaoqu:problem:invalid_input", max_length = 100)]
    pub r#type: String,
    /// Title of the problem code, in the requested language.
    #[schema(max_length = 200)]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened and what to do, in the requested language.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 2000)]
    pub detail: Option<String>,
    /// URN of this request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 200)]
    pub instance: Option<String>,
    /// Stable problem code; evaluate this in programs.
    #[schema(example = "invalid_input", max_length = 60)]
    pub code: String,
    /// The resource that prevents the operation, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub related: Option<RelatedResource>,
    /// The input errors, at most the first 100.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[schema(max_items = 100)]
    pub errors: Vec<InputErrorBody>,
    /// True if there are more input errors than `errors` contains; otherwise absent.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub more: bool,
}

/// A resource that prevents the operation (相关记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RelatedResource {
    /// Kind of resource.
    #[schema(example = "violation", max_length = 40)]
    pub kind: String,
    pub id: Id,
}

/// An input error (输入错误).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = InputError)]
pub struct InputErrorBody {
    /// JSON Pointer (RFC 6901) into the body, or `query/…`, `path/…`, `header/…`.
    #[schema(example = "/found_on", max_length = 500)]
    pub pointer: String,
    /// Stable input error code.
    #[schema(example = "in_the_future", max_length = 60)]
    pub code: String,
    /// What to correct, in the requested language.
    #[schema(max_length = 2000)]
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.name())?;
        match self.broken.as_deref() {
            Some(Broken { what, error: Some(error), at }) => write!(f, ": {what}: {error} ({at})"),
            Some(Broken { what, error: None, at }) => write!(f, ": {what} ({at})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_told_to_the_log_with_its_place_and_not_to_the_caller() {
        let problem = Problem::broken_by("a stored state is unknown", "nonsense");
        let line = problem.to_string();
        assert!(
            line.starts_with("internal: a stored state is unknown: nonsense (crates/rules/src/problem/mod.rs:"),
            "{line}"
        );
        let answer = serde_json::to_string(&problem.body(Language::En, None)).unwrap();
        assert!(answer.contains("internal") && !answer.contains("stored"), "{answer}");
    }

    #[test]
    fn every_code_stands_once_at_the_index_of_its_variant() {
        for (index, row) in CODES.iter().enumerate() {
            assert_eq!(row.code as usize, index);
            assert_eq!(CODES.iter().filter(|r| r.name == row.name).count(), 1);
        }
    }
}
