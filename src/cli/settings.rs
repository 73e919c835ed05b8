//! `xiaoqu settings`: explains every setting. Secrets are never printed.

use std::io::Write;

use super::SettingFlags;
use crate::settings::{Flag, Origin, Settings, TABLE, Values};

pub fn run(flags: &SettingFlags) -> anyhow::Result<()> {
    let values = flags.sources().collect()?;
    Settings::from_values(&values)?;
    match std::io::stdout().write_all(explain(&values).as_bytes()) {
        // `xiaoqu settings | head` is not a failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn explain(values: &Values) -> String {
    let mut page = String::from(
        "# Settings: xiaoqu.toml, then environment variables, then flags (--set key=value). Later sources override earlier ones.\n",
    );
    for setting in TABLE {
        let (value, origin) = values.shown(setting);
        let or_none = |text: &str| {
            if text.is_empty() { "(none)".to_owned() } else { text.to_owned() }
        };
        page += &format!("\n{}\n  {}\n", setting.name, setting.doc);
        page += &format!("  accepted: {}\n  default:  {}\n", setting.accepted(), or_none(setting.default));
        if origin != Origin::Default {
            page += &format!("  in force: {}, from {origin}\n", or_none(&value));
        }
        page += &format!("  variable: {}\n", setting.variable());
        let notes = [(Flag::Required, "required by `xiaoqu serve`"), (Flag::Secret, "secret: never printed")];
        for (_, note) in notes.iter().filter(|(flag, _)| setting.has(*flag)) {
            page += &format!("  note:     {note}\n");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Sources;

    #[test]
    fn the_page_names_every_setting_and_shows_no_secret() {
        let key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
        let flags =
            [("wrapping_key", key), ("database_url", "postgres://keeper7:hunter2@db:5432/xiaoqu?password=hunter3")];
        let flags = flags.map(|(key, value)| ("--set".into(), key.into(), value.into())).to_vec();
        let values = Sources { flags, ..Sources::default() }.collect().unwrap();
        Settings::from_values(&values).unwrap();
        let page = explain(&values);
        for setting in TABLE {
            assert!(page.contains(&format!("\n{}\n  {}", setting.name, setting.doc)), "{}", setting.name);
            assert!(page.contains(&setting.variable()), "{}", setting.name);
        }
        assert!(page.contains("in force: (secret), from the flag --set"));
        assert!(page.contains("in force: postgres://db:5432/xiaoqu, from the flag --set"));
        for secret in [key, "hunter2", "hunter3", "keeper7"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }

    #[test]
    fn the_page_for_operators_has_the_same_table() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operators/settings.md");
        let row = |setting: &crate::settings::Setting| {
            let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
            let (name, variable, accepted) = (setting.name, setting.variable(), setting.accepted());
            format!("| `{name}` | `{variable}` | {default} | {accepted} | {} |", setting.doc)
        };
        let page = std::fs::read_to_string(file).unwrap();
        let line = |line: &str| {
            let setting = TABLE.iter().find(|setting| line.starts_with(&format!("| `{}` |", setting.name)));
            setting.map_or_else(|| line.to_owned(), row) + "\n"
        };
        let written: String = page.lines().map(line).collect();
        if std::env::var_os("XIAOQU_WRITE_DOCS").is_some() {
            std::fs::write(file, &written).unwrap();
        }
        for row in TABLE.iter().map(row) {
            assert!(written.contains(&row), "{file} lacks the row: {row}");
        }
        assert_eq!(std::fs::read_to_string(file).unwrap(), written, "XIAOQU_WRITE_DOCS=1 writes it");
    }

    #[test]
    fn the_chinese_page_for_operators_names_every_setting() {
        let page = include_str!("../../docs/operators/settings.zh-CN.md");
        let (_, table) = page.split_once("\n## 全部配置\n").expect("a section");
        let lacks = |setting: &&crate::settings::Setting| !table.contains(&format!("`{}`", setting.name));
        let missing: Vec<&str> = TABLE.iter().filter(lacks).map(|setting| setting.name).collect();
        assert!(missing.is_empty(), "docs/operators/settings.zh-CN.md lacks {missing:?}");
    }
}
