//! Sources of settings, and the one-line error for a wrong setting.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

use super::kinds::{Kind, text};
use super::{DatabaseUrl, Flag, Setting, TABLE};

pub const PREFIX: &str = "XIAOQU_";
const DEFAULT_FILE: &str = "xiaoqu.toml";
/// Prefixes of this program's variables that are not settings: `--config`, and variables for tests.
const NO_SETTINGS: &[&str] = &["XIAOQU_CONFIG", "XIAOQU_REQUIRE_", "XIAOQU_TEST_"];

/// Source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("the default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Variable(name) => write!(f, "the environment variable {name}"),
            Origin::Flag(flag) => write!(f, "the flag {flag}"),
        }
    }
}

/// One line with the name of the setting, its source and what is accepted.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl SettingsError {
    /// Keeps the message on one line, whatever it contains (a file name, a parser's message).
    pub(super) fn new(sentence: impl AsRef<str>) -> Self {
        let spaced = sentence.as_ref().replace(|c: char| c.is_control(), " ");
        SettingsError(spaced)
    }
}

/// The sources as given, before anything is read.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A named file must exist. Without a name, `./xiaoqu.toml` is read if it exists.
    pub config: Option<PathBuf>,
    pub variables: Vec<(OsString, OsString)>,
    /// The flag as typed (`--listen`), the setting and the value.
    pub flags: Vec<(String, String, String)>,
}

impl Sources {
    /// All sources merged. Names are checked, values are not yet.
    pub fn collect(&self) -> Result<Values, SettingsError> {
        let mut values = Values::default();
        let default = Path::new(DEFAULT_FILE);
        match &self.config {
            Some(file) => values.add_file(file)?,
            None if default.exists() => values.add_file(default)?,
            None => {}
        }
        for (name, value) in &self.variables {
            let name = name.to_string_lossy();
            let Some(key) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if NO_SETTINGS.iter().any(|own| name == *own || own.ends_with('_') && name.starts_with(own)) {
                continue;
            }
            let origin = Origin::Variable(name.to_string());
            let setting = TABLE.iter().find(|setting| setting.name.to_uppercase() == key);
            let setting = setting.ok_or_else(|| unknown(&name, &origin, |setting| setting.variable()))?;
            let value = value
                .to_str()
                .ok_or_else(|| SettingsError::new(format!("{}: the value in {origin} is not UTF-8", setting.name)))?;
            values.0.insert(setting.name, (Value::String(value.to_owned()), origin));
        }
        for (flag, key, value) in &self.flags {
            let origin = Origin::Flag(flag.clone());
            let setting = find(key).ok_or_else(|| unknown(key, &origin, |setting| setting.name.into()))?;
            values.0.insert(setting.name, (Value::String(value.clone()), origin));
        }
        Ok(values)
    }
}

fn find(name: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.name == name)
}

/// Names the setting that was most likely meant, if one is similar enough.
fn unknown(key: &str, origin: &Origin, show: impl Fn(&Setting) -> String) -> SettingsError {
    let asked = key.strip_prefix(PREFIX).unwrap_or(key).to_lowercase();
    let near = |setting: &'static Setting| (strsim::normalized_damerau_levenshtein(&asked, setting.name), setting);
    let nearest = TABLE.iter().map(near).max_by(|one, other| one.0.total_cmp(&other.0));
    let meant = nearest.filter(|(likeness, _)| *likeness > 0.5);
    let meant = meant.map_or(String::new(), |(_, setting)| format!("; did you mean {}?", show(setting)));
    SettingsError::new(format!(
        "{key:?} in {origin} is not a setting{meant}; accepted: the names that `xiaoqu settings` lists"
    ))
}

/// The given values, each with its last source.
#[derive(Default)]
pub struct Values(BTreeMap<&'static str, (Value, Origin)>);

impl Values {
    fn add_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let origin = Origin::File(path.to_owned());
        let cannot = |error: std::io::Error| {
            SettingsError::new(format!("{origin} cannot be read: {error}; accepted: a TOML file with settings"))
        };
        let written = std::fs::read_to_string(path).map_err(cannot)?;
        let table: toml::Table = toml::from_str(&written).map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| written.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            SettingsError::new(format!(
                "{origin}, line {line}, is not TOML: {}; accepted: a TOML file with settings",
                error.message()
            ))
        })?;
        for (key, value) in table {
            let setting = find(&key).ok_or_else(|| unknown(&key, &origin, |setting| setting.name.into()))?;
            self.0.insert(setting.name, (value, origin.clone()));
        }
        Ok(())
    }

    pub(super) fn read<K: Kind>(&self, name: &'static str, kind: &K) -> Result<K::Value, SettingsError> {
        let default = find(name).map_or("", |setting| setting.default);
        match self.0.get(name) {
            Some((value, _)) => kind.read(value).map_err(|fault| self.fault(name, &fault)),
            None => kind.read(&Value::String(default.into())).map_err(|fault| self.fault(name, &fault)),
        }
    }

    /// The message for a value that is not accepted.
    pub(super) fn fault(&self, name: &str, fault: &str) -> SettingsError {
        let Some(setting) = find(name) else {
            return SettingsError::new(format!("{name}: {fault}"));
        };
        let (value, origin) = self.effective(setting);
        let hidden = setting.has(Flag::Secret) || setting.has(Flag::Masked) || setting.has(Flag::Long);
        let shown = match text(&value) {
            Some(text) if !hidden => format!("{text:?}"),
            _ => "the value".into(),
        };
        let why = if fault.is_empty() { String::new() } else { format!(" ({fault})") };
        SettingsError::new(format!(
            "{name}: {shown} from {origin} is not accepted{why}; accepted: {}",
            setting.accepted()
        ))
    }

    fn effective(&self, setting: &Setting) -> (Value, Origin) {
        let default = || (Value::String(setting.default.into()), Origin::Default);
        self.0.get(setting.name).cloned().unwrap_or_else(default)
    }

    /// The effective value as it may be displayed, and its source.
    pub fn shown(&self, setting: &Setting) -> (String, Origin) {
        let (value, origin) = self.effective(setting);
        let plain = text(&value).unwrap_or_default();
        let shown = if origin == Origin::Default {
            plain
        } else if setting.has(Flag::Secret) {
            "(secret)".into()
        } else if setting.has(Flag::Masked) {
            super::kinds::Database.read(&value).map_or(String::new(), |url: DatabaseUrl| url.to_string())
        } else if setting.has(Flag::Long) {
            "(set)".into()
        } else {
            plain
        };
        (shown, origin)
    }
}
