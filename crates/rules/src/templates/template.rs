//! Renders document templates to paragraphs of plain text. The page escapes them completely, so neither the policy nor
//! the input of a case can become HTML.
//!
//! A template is rendered strictly before it is published ([`check`]) and leniently afterwards ([`render`]), where a
//! missing value is printed as “无”. Both run on a separate thread and outside any transaction.

use std::time::{Duration, Instant};

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, escape_formatter};
use serde_json::Value as Json;

use super::apart::{RenderFailure, apart};
use super::language;
use super::samples;
use crate::words::documents::DocumentKind;

/// Limits of one rendering. Real cases get ten times the limits of the samples, so that they do not fail if the samples
/// passed.
#[derive(Clone, Copy)]
struct Limits {
    /// Instructions; 64 bytes of text also cost one.
    fuel: u64,
    /// Characters of the document.
    characters: usize,
    strict: bool,
}

const TRIED: Limits = Limits { fuel: 500_000, characters: 200_000, strict: true };
const ISSUED: Limits = Limits { fuel: 5_000_000, characters: 2_000_000, strict: false };

/// Time limit for checking the templates of a policy, and for rendering one document.
pub const TRYING: Duration = Duration::from_secs(5);
const ISSUING: Duration = Duration::from_secs(5);

/// Printed for a missing value.
const NOTHING: &str = "无";

/// An error of a template: a missing variable, invalid syntax, or a text without end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{en}")]
pub struct TemplateFault {
    pub zh: String,
    pub en: String,
    /// True if the message contains the line already.
    placed: bool,
}

impl TemplateFault {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> TemplateFault {
        TemplateFault { zh: zh.into(), en: en.into(), placed: false }
    }

    pub fn on_line(self, line: usize) -> TemplateFault {
        if self.placed {
            return self;
        }
        let (zh, en) = (format!("{}（第{line}行）", self.zh), format!("{} (line {line})", self.en));
        TemplateFault { zh, en, placed: true }
    }
}

impl From<Error> for TemplateFault {
    fn from(error: Error) -> TemplateFault {
        let (zh, en) = match error.kind() {
            ErrorKind::OutOfFuel => ("模板过于复杂，请简化", "the template is too complex; simplify it".to_owned()),
            ErrorKind::WriteFailure => ("生成的文书过长", "the document would be too long".to_owned()),
            ErrorKind::UndefinedError => (
                "使用了本类案件可能没有的内容，请先用 {% if … %} 判断",
                "it uses a value that such a case may not have; test it with {% if … %} first".to_owned(),
            ),
            _ => {
                let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
                ("语法有误", format!("{}{detail}", error.kind()))
            }
        };
        let fault = TemplateFault::new(zh, en);
        match error.line() {
            Some(line) => fault.on_line(line),
            None => fault,
        }
    }
}

impl From<RenderFailure> for TemplateFault {
    fn from(why: RenderFailure) -> TemplateFault {
        match why {
            RenderFailure::TooLong => {
                TemplateFault::new("模板处理超时，请简化", "the template takes too long; simplify it")
            }
            RenderFailure::Panicked => TemplateFault::new("模板无法处理", "the template cannot be processed"),
            RenderFailure::Busy => TemplateFault::new("服务繁忙，请稍后重试", "the service is busy; try again"),
        }
    }
}

/// An environment without the filters, tests and functions of the engine: it has only those of [`language`].
fn environment<'a>(limits: Limits, until: Instant) -> Environment<'a> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(if limits.strict {
        UndefinedBehavior::SemiStrict
    } else {
        UndefinedBehavior::Chainable
    });
    environment.set_fuel(Some(limits.fuel));
    environment.add_filter("sentence", |value: &Value| on_text(value, sentence));
    environment.add_filter("trim", |value: &Value| on_text(value, |text| text.trim().to_owned()));
    environment.add_filter("upper", |value: &Value| on_text(value, str::to_uppercase));
    environment.add_filter("lower", |value: &Value| on_text(value, str::to_lowercase));
    environment.add_filter(
        "default",
        |value: &Value, other: String| {
            if is_nothing(value) { Value::from(other) } else { value.clone() }
        },
    );
    environment.add_filter("length", |value: &Value| value.len().unwrap_or_default());
    environment.add_filter("join", joined);
    environment.add_test("none", is_nothing);
    environment.add_test("defined", |value: &Value| !is_nothing(value));
    environment.set_formatter(move |out, state, value| {
        if Instant::now() > until {
            return Err(Error::new(ErrorKind::OutOfFuel, "the time limit is exceeded"));
        }
        if !is_nothing(value) {
            return escape_formatter(out, state, value);
        }
        if limits.strict {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        out.write_str(NOTHING).map_err(Error::from)
    });
    environment
}

fn is_nothing(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}

/// A missing value stays missing, so that only printing it has an effect.
fn on_text(value: &Value, work: impl Fn(&str) -> String) -> Value {
    match value.as_str() {
        _ if is_nothing(value) => value.clone(),
        Some(text) => Value::from(work(text)),
        None => Value::from(work(&value.to_string())),
    }
}

/// Free text with a final full stop, which is added if missing.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let ended = text.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', '…']);
    format!("{text}{}", if ended || text.is_empty() { "" } else { "。" })
}

fn joined(list: &Value, between: String) -> Result<String, Error> {
    let mut all = String::new();
    for (index, item) in list.try_iter()?.enumerate() {
        if index > 0 {
            all.push_str(&between);
        }
        match item.as_str() {
            Some(text) => all.push_str(text),
            None if is_nothing(&item) => all.push_str(NOTHING),
            None => all.push_str(&item.to_string()),
        }
    }
    Ok(all)
}

/// Stops the output when it exceeds the limit.
struct Bounded {
    text: Vec<u8>,
    most: usize,
}

impl std::io::Write for Bounded {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.text.len() + part.len() > self.most {
            return Err(std::io::Error::other("the document would be too long"));
        }
        self.text.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn lines(kind: DocumentKind, text: &str, contexts: &[Json], limits: Limits, until: Instant) -> Rendered {
    let environment = environment(limits, until);
    let template = environment.template_from_named_str(kind.code(), text)?;
    let mut last = Vec::new();
    for context in contexts {
        // A Chinese character has three bytes in UTF-8.
        let mut bounded = Bounded { text: Vec::new(), most: limits.characters * 3 };
        template.render_captured_to(Value::from(Serde(context)), &mut bounded)?;
        let rendered = String::from_utf8_lossy(&bounded.text);
        last = rendered.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if last.is_empty() && limits.strict {
            return Err(TemplateFault::new("生成的文书为空", "the document is empty"));
        }
    }
    Ok(last)
}

/// The paragraphs of a document: the lines that are not empty.
pub type Rendered = Result<Vec<String>, TemplateFault>;

/// Checks the language and the variables of a template without running it.
pub fn check_language(kind: DocumentKind, text: &str) -> Result<(), TemplateFault> {
    language::check(text, &samples::full(kind))
}

/// Renders a template with every sample of its kind before publication. Call it within [`apart`].
pub fn check(kind: DocumentKind, text: &str, until: Instant) -> Result<(), TemplateFault> {
    check_language(kind, text)?;
    lines(kind, text, &samples::of(kind), TRIED, until).map(drop)
}

/// The paragraphs of a document for a case. Blocks for some milliseconds; never call it inside a transaction.
pub fn render(kind: DocumentKind, text: &str, context: &Json) -> Result<Rendered, RenderFailure> {
    if let Err(fault) = check_language(kind, text) {
        return Ok(Err(fault));
    }
    let (text, context) = (text.to_owned(), [context.clone()]);
    apart(ISSUING, move |until| lines(kind, &text, &context, ISSUED, until))
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
