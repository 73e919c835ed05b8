//! From the text that the policy holds to the paragraphs of a document. What comes out is plain text: the page escapes all
//! of it, so that neither the policy nor what somebody wrote into a case is ever HTML.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, escape_formatter};

use super::model::DocumentKind;

/// Instructions, and 64 bytes of text each: a document of any use takes a hundredth of it.
const FUEL: u64 = 50_000;
/// Characters of a document, far beyond what anyone prints.
const MOST_CHARACTERS: usize = 200_000;

/// Names that the text needs and the case does not have, a syntax that is none, a text without end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateFault(String);

impl From<Error> for TemplateFault {
    fn from(error: Error) -> TemplateFault {
        let line = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        TemplateFault(format!("{}{detail}{line}", error.kind()))
    }
}

fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("sentence", sentence);
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            let detail = "a value that this case does not have; ask with {% if … %} first";
            return Err(Error::new(ErrorKind::UndefinedError, detail));
        }
        escape_formatter(out, state, value)
    });
    environment
}

/// What somebody wrote, with the full stop that they may have left out.
fn sentence(text: String) -> String {
    let text = text.trim_end();
    let ended = text.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', '…']);
    format!("{text}{}", if ended || text.is_empty() { "" } else { "。" })
}

/// The paragraphs of a document: one for each line of the text that is not empty.
pub fn paragraphs(kind: DocumentKind, text: &str, context: &serde_json::Value) -> Result<Vec<String>, TemplateFault> {
    let environment = environment();
    let template = environment.template_from_named_str(kind.code(), text)?;
    let rendered = template.render(Value::from(Serde(context)))?;
    if rendered.chars().count() > MOST_CHARACTERS {
        return Err(TemplateFault(format!("the text is longer than {MOST_CHARACTERS} characters")));
    }
    let lines: Vec<String> =
        rendered.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() {
        return Err(TemplateFault("the text is empty".to_owned()));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn render(text: &str, context: serde_json::Value) -> Result<Vec<String>, TemplateFault> {
        paragraphs(DocumentKind::RectificationOrder, text, &context)
    }

    #[test]
    fn each_line_is_a_paragraph_and_values_stay_text() {
        let context = json!({ "facts": "{{ office.name }} <script>&", "list": ["甲", "乙"] });
        let text = "经查，{{ facts }}\n\n{% for one in list %}{{ loop.index }}. {{ one }}\n{% endfor %}{% if list %}完。{% endif %}";
        let lines = render(text, context).unwrap();
        assert_eq!(lines, ["经查，{{ office.name }} <script>&", "1. 甲", "2. 乙", "完。"]);
    }

    #[test]
    fn a_sentence_ends() {
        let context = json!({ "a": "停车费未按备案执行", "b": "“九不准”第7条。", "c": "已告知\n" });
        let lines = render("{{ a | sentence }}\n{{ b | sentence }}\n{{ c | sentence }}", context).unwrap();
        assert_eq!(lines, ["停车费未按备案执行。", "“九不准”第7条。", "已告知。"]);
    }

    #[test]
    fn what_the_case_does_not_have_is_a_fault_and_no_gap() {
        let fault = |text| render(text, json!({ "there": null })).unwrap_err().to_string();
        assert!(fault("好\n{{ nowhere }}").contains("undefined value"), "{}", fault("好\n{{ nowhere }}"));
        assert!(fault("好\n{{ nowhere }}").contains("line 2"));
        assert!(fault("{{ there }}").contains("does not have"));
        assert!(fault("{{ there").contains("syntax error"));
        assert!(fault("{% include 'other' %}").contains("template not found"));
        assert!(fault("{% if there %}{{ there }}{% endif %}").contains("empty"));
        assert_eq!(render("{% if there %}{{ there }}{% endif %}完", json!({ "there": null })).unwrap(), ["完"]);
    }

    proptest! {
        #[test]
        fn no_value_is_ever_evaluated(facts in "[{}%#a-z <>\n。]{0,40}x[{}%#a-z <>\n。]{0,40}") {
            let lines = render("{{ facts }}", json!({ "facts": facts })).unwrap();
            let expected: Vec<&str> = facts.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(lines, expected);
        }

        #[test]
        fn any_text_is_a_template_or_a_fault(text in "[{}%| a-z().'0-9*~]{0,60}") {
            let _ = render(&text, json!({ "a": "b", "x": null }));
        }
    }

    #[test]
    fn a_text_without_end_runs_out_of_fuel() {
        for text in [
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "{{ 'x' * 90000000 }}",
            "{% for a in range(4000) %}{{ 'x' * 10000 }}{% endfor %}",
        ] {
            assert!(render(text, json!({})).is_err(), "{text}");
        }
    }
}
