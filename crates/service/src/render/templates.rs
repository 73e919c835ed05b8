//! Renders pages from templates.

use chrono::NaiveDate;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use super::chart;
use crate::price::yuan;
use crate::problem::Problem;
use crate::service::feature::Feature;
use crate::words::days::chinese_day;
use crate::words::ratings::Star;

/// The templates of a feature. All values are escaped, and a missing value is an error.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Takes names and texts that are part of the program. A test renders each template.
    pub fn new(templates: &[(&'static str, &'static str)]) -> Templates {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_filter("day", day);
        environment
            .add_filter("period", |from: String, to: String| Ok::<_, Error>(chart::period(date(&from)?, date(&to)?)));
        environment.add_filter("yuan", |fen: i64| format!("{}元", yuan(fen)));
        environment.add_filter("rank", rank);
        for (name, text) in templates {
            environment
                .add_template(name, text)
                .expect("the templates are part of the program, and a test renders each");
        }
        Templates(environment)
    }

    /// Adds the filter `zh`: the official Chinese term of a code of these features' enumerations.
    pub fn with_terms(mut self, features: &'static [&'static Feature]) -> Templates {
        self.0.add_filter("zh", move |code: String, vocabulary: String| {
            let missing = || Error::new(ErrorKind::InvalidOperation, format!("{vocabulary} has no {code}"));
            let mut words = features.iter().flat_map(|feature| feature.words);
            let (_, labels) = words.find(|(name, _)| *name == vocabulary).ok_or_else(missing)?;
            labels.iter().find(|label| label.code == code).map(|label| label.zh).ok_or_else(missing)
        });
        self
    }

    /// Renders a page.
    pub fn page(&self, template: &str, context: impl Serialize) -> Result<String, Problem> {
        let render = || self.0.get_template(template)?.render(Value::from(Serde(context)));
        render().map_err(|error| Problem::broken_by("a page cannot be made", format_args!("{template}: {error:#}")))
    }
}

fn date(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{text} is no day")))
}

/// `2026-03-02` as a Chinese date.
fn day(text: String) -> Result<String, Error> {
    Ok(chinese_day(date(&text)?))
}

/// The number of stars for a star code.
fn rank(code: String) -> Result<i64, Error> {
    let star = Star::from_code(&code).map(Star::rank);
    star.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{code} is no star")))
}
