//! Errors as part of the product: RFC 9457 problems, every fault at once, in Chinese or English.

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

/// What went wrong, before it is put into a language.
#[derive(Debug)]
pub struct Problem {
    pub code: Code,
    detail: Option<(String, String)>,
    pub faults: Vec<InputError>,
    /// There are more than these.
    more: bool,
    headers: Vec<(HeaderName, String)>,
    related: Option<Box<RelatedResource>>,
    broken: Option<Box<Broken>>,
}

/// What was taken for granted and does not hold. It is for the log; the answer says `internal` and no more.
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

    /// Something that this program takes for granted does not hold: 500. Where it was found goes with it.
    #[track_caller]
    pub fn broken(what: &'static str) -> Self {
        Problem::found_broken(what, None)
    }

    /// The same with the error that shows it, or with what it is about.
    #[track_caller]
    pub fn broken_by(what: &'static str, error: impl fmt::Display) -> Self {
        Problem::found_broken(what, Some(error.to_string()))
    }

    #[track_caller]
    fn found_broken(what: &'static str, error: Option<String>) -> Self {
        let broken = Broken { what, error, at: Location::caller() };
        Problem { broken: Some(Box::new(broken)), ..Problem::new(Code::Internal) }
    }

    /// Tells the operator what is broken, where it is that; once, where the request is answered.
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

    /// The row that stands in the way.
    pub fn related(mut self, kind: &'static str, id: Id) -> Self {
        self.related = Some(Box::new(RelatedResource { kind: kind.to_owned(), id }));
        self
    }

    pub fn input_errors(faults: Vec<InputError>) -> Self {
        Problem::collected(faults.into())
    }

    /// Faults that were bounded as they were found.
    pub fn collected(faults: InputErrors) -> Self {
        let (faults, more) = faults.into_parts();
        Problem { faults, more, ..Problem::new(Code::InvalidInput) }
    }

    /// What stands in the way, part by part, where it is not the input that is wrong.
    pub fn with(self, faults: Vec<InputError>) -> Self {
        let (faults, more) = InputErrors::from(faults).into_parts();
        Problem { faults, more, ..self }
    }

    /// An error for one fault.
    pub fn input_error(pointer: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem::input_errors(vec![InputError::new(pointer, code, zh, en)])
    }

    /// A row that does not exist for this caller; the same answer whether it exists for others.
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

/// Problem details (RFC 9457, 问题详情).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URN of the kind of problem.
    #[schema(example = "urn:xiaoqu:problem:invalid_input", max_length = 100)]
    pub r#type: String,
    /// What kind of problem, in the language asked for.
    #[schema(max_length = 200)]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened here, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 2000)]
    pub detail: Option<String>,
    /// URN of this occurrence: the request's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 200)]
    pub instance: Option<String>,
    /// Stable code to program against.
    #[schema(example = "invalid_input", max_length = 60)]
    pub code: String,
    /// The row that stands in the way, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub related: Option<RelatedResource>,
    /// Every fault of the input, or the first 100.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[schema(max_items = 100)]
    pub errors: Vec<InputErrorBody>,
    /// Present and true where the input has more faults than are listed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub more: bool,
}

/// A row that stands in the way (相关记录).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RelatedResource {
    /// What it is.
    #[schema(example = "violation", max_length = 40)]
    pub kind: String,
    pub id: Id,
}

/// One fault of an input (输入错误).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = InputError)]
pub struct InputErrorBody {
    /// RFC 6901 JSON Pointer into the body; or `query/…`, `path/…`, `header/…`.
    #[schema(example = "/found_on", max_length = 500)]
    pub pointer: String,
    /// Stable code of the fault.
    #[schema(example = "in_the_future", max_length = 60)]
    pub code: String,
    /// What to mend, in the language asked for.
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
