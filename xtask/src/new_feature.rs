//! Generates a feature that compiles and passes the convention tests: its folder, migration and test from `templates/`,
//! and its line in every list. `docs/adding-a-feature.md` is the manual.
//!
//! All texts are computed before any file is written. A place in a list is found by the text around it, its anchor. If
//! an anchor is missing, the command reports it and changes nothing. A test checks all anchors against this repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Path from the root of the repository, and the text of the file.
pub type Files = BTreeMap<String, String>;

pub const USAGE: &str = "\
cargo xtask new-feature NAME [SINGULAR] CHINESE [ENGLISH], such as: cargo xtask new-feature drills drill 演练 \"Drills\"
  NAME      what rows are called, in the plural and in snake_case: the folder, the table, the path
  SINGULAR  one of them, where that does not follow from NAME
  CHINESE   the official term
  ENGLISH   the title of its chapter; otherwise NAME in words";

/// Commands that generate the derived pages and run the tests.
#[allow(dead_code, reason = "the test for anchors only plans")]
pub const NEXT: &str = "\
cargo run -- openapi --write openapi/xiaoqu.json
XIAOQU_WRITE_DOCS=1 cargo test --test suite the_table_of
cargo test --test suite -- conventions:: coverage";

/// Most lines of a file in this repository.
const MOST_LINES: usize = 500;

const TEMPLATES: &[(&str, &str)] = &[
    ("crates/cases/src/__features__/mod.rs", include_str!("../templates/mod.rs")),
    ("crates/cases/src/__features__/events.rs", include_str!("../templates/events.rs")),
    ("crates/cases/src/__features__/model.rs", include_str!("../templates/model.rs")),
    ("crates/cases/src/__features__/rules.rs", include_str!("../templates/rules.rs")),
    ("crates/cases/src/__features__/scoped.rs", include_str!("../templates/scoped.rs")),
    ("crates/cases/src/__features__/store.rs", include_str!("../templates/store.rs")),
    ("crates/cases/src/__features__/actions.rs", include_str!("../templates/actions.rs")),
    ("crates/cases/src/__features__/routes.rs", include_str!("../templates/routes.rs")),
    ("tests/api/__features__.rs", include_str!("../templates/api.rs")),
    ("tests/walk/stories/99-__features__.json", include_str!("../templates/story.json")),
    ("migrations/__migration__/up.sql", include_str!("../templates/up.sql")),
    ("migrations/__migration__/down.sql", include_str!("../templates/down.sql")),
];

/// Where a line is inserted into a list.
enum At {
    /// Among the lines with this prefix, in alphabetical order.
    Sorted(&'static str),
    /// Before the first line with this prefix after the anchor.
    BeforeLine(&'static str),
    Behind,
    /// At the end of the line that starts with the anchor.
    EndOfLine,
    EndOfFile,
}

/// A line of a list: file, anchor, position, text.
type Registration = (&'static str, &'static str, At, &'static str);

const REGISTRATIONS: &[Registration] = &[
    ("crates/cases/src/lib.rs", "pub mod company_facts;\n", At::Sorted("pub mod "), "pub mod __features__;\n"),
    ("src/app/mod.rs", "    &crate::inspections::FEATURE,\n", At::Behind, "    &crate::__features__::FEATURE,\n"),
    ("crates/service/src/db/schema.rs", "pub use tables::*;\n", At::EndOfFile, TOGETHER),
    (
        "tests/conventions/layers.rs",
        "        \"cases\",\n",
        At::BeforeLine("        ],"),
        "            \"__features__\",\n",
    ),
    ("tests/api/mod.rs", "mod access;\n", At::Sorted("mod "), "mod __features__;\n"),
    ("tests/api/coverage/mod.rs", "const FIXTURES: &[(&str, Fixture)] = &[\n", At::Behind, FIXTURE),
    ("tests/api/coverage/places.rs", "pub struct Place {\n", At::BeforeLine("}"), "    pub __feature__: Value,\n"),
    ("tests/api/coverage/places.rs", "-> Place {\n", At::BeforeLine("        Place {"), PLACE),
    ("tests/api/coverage/places.rs", "        Place {\n", At::BeforeLine("        }"), "            __feature__,\n"),
    ("docs/architecture.md", "cases       ", At::EndOfLine, " · __features__"),
    (
        "CHANGELOG.md",
        "## [Unreleased]\n\n### Added\n\n",
        At::Behind,
        "- __Title__ __zh__ (`/v1/__path__`): planned, and reported when done.\n",
    ),
];

const TOGETHER: &str = "allow_tables_to_appear_in_same_query!(__features__, company_families);\n";

const FIXTURE: &str = "    (\"/v1/__path__/{id}\", Row(|place| &place.__feature__[\"id\"])),\n";

const PLACE: &str = r#"        let __feature__ = json!({ "complex_id": complex["id"], "title": "第一季度__zh__", "planned_on": "2026-03-12" });
        let __feature__ = county.post("/v1/__path__", &__feature__).await.expect(201);
"#;

/// The names of a feature.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
    features: String,
    feature: String,
    chinese: String,
    title: String,
}

impl Names {
    pub fn from(arguments: &[&str]) -> Result<Names, String> {
        let with_usage = |fault: String| format!("{fault}\n\n{USAGE}");
        let [name, rest @ ..] = arguments else { return Err(with_usage("Give the feature a name.".into())) };
        let Some(at) = rest.iter().position(|word| !word.is_ascii()) else {
            return Err(with_usage(
                "Give its Chinese name, too: the OpenAPI document, the vocabulary and the events contain it.".into(),
            ));
        };
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if before.len() > 1 || after.len() > 1 {
            return Err(with_usage("Too many arguments.".into()));
        }
        let chinese = rest[at];
        if chinese.chars().any(|letter| matches!(letter, '"' | '\\' | '{' | '}') || letter.is_control()) {
            return Err(with_usage(format!("{chinese:?} contains characters that are not allowed.")));
        }
        let feature = match before {
            [given] => (*given).to_owned(),
            _ => {
                singular(name).ok_or_else(|| with_usage(format!("The singular of {name} is unclear. Give it, too.")))?
            }
        };
        for word in [*name, &feature] {
            if !is_snake_case(word) {
                return Err(with_usage(format!(
                    "{word:?} is not snake_case: lower-case letters, separated by single underscores."
                )));
            }
        }
        if feature == *name {
            return Err(with_usage(format!(
                "The plural and the singular of {name} are equal: `list_{name}` and `get_{name}` need two forms."
            )));
        }
        let title = after.first().map_or_else(|| capital(&words(name)), |given| (*given).to_owned());
        if !title.chars().all(|letter| letter.is_ascii_alphanumeric() || " -,'".contains(letter)) {
            return Err(with_usage(format!("{title:?} is not a title: use letters, digits and spaces.")));
        }
        Ok(Names { features: (*name).to_owned(), feature, chinese: chinese.to_owned(), title })
    }

    /// Replaces the placeholders of a template.
    fn fill(&self, template: &str, migration: &str, place: u16) -> String {
        let one = words(&self.feature);
        let vowel = one.starts_with(['a', 'e', 'i', 'o', 'u']) && !one.starts_with("uni") && !one.starts_with("us");
        let article = if vowel { "an" } else { "a" };
        let place = place.to_string();
        let values = [
            ("__features__", self.features.clone()),
            ("__feature__", self.feature.clone()),
            ("__Features__", camel(&self.features)),
            ("__Feature__", camel(&self.feature)),
            ("__a_feature__", format!("{article} {one}")),
            ("__A_feature__", capital(&format!("{article} {one}"))),
            ("__words__", one),
            ("__words_many__", words(&self.features)),
            ("__path__", self.features.replace('_', "-")),
            ("__Title__", self.title.clone()),
            ("__zh__", self.chinese.clone()),
            ("__migration__", migration.to_owned()),
            ("__place__", place),
        ];
        values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

fn is_snake_case(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_lowercase())
        && word.split('_').all(|part| {
            !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        })
}

/// The singular of a name, if the ending is unambiguous: `cases` could come from `case` or `cas`, and `news` has none.
fn singular(name: &str) -> Option<String> {
    if let Some(stem) = name.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    let doubtful = ["ss", "us", "is", "es", "ws"].iter().any(|ending| name.ends_with(ending));
    name.strip_suffix('s').filter(|stem| !doubtful && !stem.is_empty()).map(str::to_owned)
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn camel(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// Writes the files of a feature.
#[allow(dead_code, reason = "the test for anchors only plans")]
pub fn write(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let names = Names::from(arguments)?;
    let tree = read(root).map_err(|error| format!("the repository: {error}"))?;
    let files = plan(&tree, &names).map_err(|faults| format!("Nothing was changed.\n- {}", faults.join("\n- ")))?;
    for (name, text) in &files {
        let path = root.join(name);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|error| format!("{name}: {error}"))?;
    }
    let told = |(name, text): (&String, &String)| {
        let (verb, before) = tree.get(name).map_or(("created", 0), |old| ("added to", old.lines().count()));
        format!("{verb:>8} {name} ({} lines)", text.lines().count().abs_diff(before).max(1))
    };
    Ok(files.iter().map(told).collect::<Vec<_>>().join("\n"))
}

/// The input of a plan: the source, the tests, the migrations, and two pages.
pub fn read(root: &Path) -> io::Result<Files> {
    let mut all = Files::new();
    let mut open =
        ["src", "crates", "tests", "migrations", "docs/architecture.md", "CHANGELOG.md"].map(String::from).to_vec();
    while let Some(name) = open.pop() {
        let path = root.join(&name);
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                let entry = entry?.file_name().to_string_lossy().into_owned();
                // Programs that the tests install.
                if entry != "node_modules" && !entry.starts_with('.') {
                    open.push(format!("{name}/{entry}"));
                }
            }
        } else if [".rs", ".sql", ".md"].iter().any(|ending| name.ends_with(ending)) {
            all.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(all)
}

/// The new text of each created or changed file, or all reasons why the plan fails.
pub fn plan(tree: &Files, names: &Names) -> Result<Files, Vec<String>> {
    let mut faults = taken(tree, names);
    let (migration, place) = (next_migration(tree, &names.features), free_place(tree));
    let mut files = Files::new();
    for (path, template) in TEMPLATES {
        files.insert(names.fill(path, &migration, place), names.fill(template, &migration, place));
    }
    for (file, anchor, at, line) in REGISTRATIONS {
        let Some(text) = files.get(*file).or_else(|| tree.get(*file)) else {
            faults.push(format!("{file} does not exist"));
            continue;
        };
        match insert(text, anchor, at, &names.fill(line, &migration, place)) {
            Some(text) => {
                files.insert((*file).to_owned(), text);
            }
            None => {
                faults.push(format!(
                    "{file}: {anchor:?} was not found; correct REGISTRATIONS in xtask/src/new_feature.rs"
                ));
            }
        }
    }
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".rs")) {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{name} would have {lines} lines: split it first"));
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// Conflicts with existing names.
fn taken(tree: &Files, names: &Names) -> Vec<String> {
    let Names { features, feature, .. } = names;
    let mut faults = Vec::new();
    // In the features, or in a crate whose modules are re-exported under the same names.
    let module = |name: &&String| {
        let inside = name.split_once("src/").filter(|(root, _)| root.is_empty() || root.starts_with("crates/"));
        let own = inside.and_then(|(_, inside)| inside.strip_prefix(features.as_str()));
        own.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
    };
    if let Some(name) = tree.keys().find(module) {
        let root = name.split(features.as_str()).next().unwrap_or_default();
        faults.push(format!("{root}{features} exists already"));
    }
    let camel_one = camel(feature);
    let ours = [
        (format!("CREATE TABLE {features} "), "the table"),
        (format!("kind: \"{feature}\","), "the subject of events"),
        (format!("path = \"/v1/{}\"", features.replace('_', "-")), "the path"),
        (format!("struct {camel_one} "), "the schema"),
        (format!("enum {camel_one} "), "the schema"),
        (format!("struct {camel_one}Row "), "the row"),
        (format!("enum {camel_one}State "), "the state"),
    ];
    for (wanted, what) in ours {
        if let Some((name, _)) = tree.iter().find(|(name, text)| !name.starts_with("tests/") && text.contains(&wanted))
        {
            faults.push(format!("{name} has {what} already: {}", wanted.trim()));
        }
    }
    faults
}

/// The folder of the next migration, whose version is one more than the last.
fn next_migration(tree: &Files, features: &str) -> String {
    let versions = tree.keys().filter_map(|name| {
        let folder = name.strip_prefix("migrations/")?.split_once('/')?.0;
        folder.split('_').next()?.parse::<u64>().ok()
    });
    format!("{:014}_{features}", versions.max().unwrap_or(0) + 1)
}

/// A free position for a tag of the OpenAPI document, after that of inspections.
fn free_place(tree: &Files) -> u16 {
    let mut used = Vec::new();
    for text in tree.iter().filter(|(name, _)| !name.starts_with("tests/")).map(|(_, text)| text) {
        for (at, call) in text.match_indices("tag(") {
            let digits = text[at + call.len()..].trim_start();
            let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
            used.extend(digits.parse::<u16>().ok());
        }
    }
    (121..).find(|place| !used.contains(place)).unwrap_or(u16::MAX)
}

/// The text with one more line.
fn insert(text: &str, anchor: &str, at: &At, line: &str) -> Option<String> {
    let found = text.find(anchor)?;
    let behind = found + anchor.len();
    let place = match at {
        At::Behind => behind,
        At::EndOfLine => found + text[found..].find('\n')?,
        At::EndOfFile => text.len(),
        At::BeforeLine(start) => {
            let mut lines = text[behind..].split_inclusive('\n').scan(behind, |place, one| {
                let at = *place;
                *place += one.len();
                Some((at, one))
            });
            lines.find(|(_, one)| one.starts_with(start))?.0
        }
        At::Sorted(start) => {
            let begin = if anchor.starts_with(start) { found } else { behind };
            let own = text[begin..].split_inclusive('\n').take_while(|one| one.starts_with(start));
            begin + own.take_while(|one| *one < line).map(str::len).sum::<usize>()
        }
    };
    Some(format!("{}{line}{}", text.get(..place)?, text.get(place..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Names {
        Names::from(arguments).expect("names")
    }

    /// A repository that contains only the anchors.
    fn bare() -> Files {
        let mut tree = Files::new();
        for (file, anchor, at, _) in REGISTRATIONS {
            let text = tree.entry((*file).to_owned()).or_default();
            if !text.contains(anchor) {
                *text += anchor;
            }
            match at {
                At::BeforeLine(start) if !text.contains(&format!("\n{start}")) => *text += &format!("{start}\n"),
                At::EndOfLine => *text += "violations\n",
                _ => {}
            }
        }
        tree.insert("migrations/00000000000007_visits/up.sql".into(), String::new());
        tree
    }

    #[test]
    fn names_follow_from_few_words() {
        let drills = names(&["drills", "drill", "演练", "Drills"]);
        assert_eq!(drills, names(&["drills", "演练"]));
        assert_eq!(names(&["fire_safety_duties", "消防职责"]).feature, "fire_safety_duty");
        let told = names(&["owner_meetings", "业主大会"]).fill(
            "__A_feature__, /v1/__path__, List__Features__, __Title__",
            "",
            0,
        );
        assert_eq!(told, "An owner meeting, /v1/owner-meetings, ListOwnerMeetings, Owner meetings");
        for (arguments, fault) in [
            (&[][..], "Give the feature a name"),
            (&["drills"], "Give its Chinese name"),
            (&["Drills", "演练"], "is not snake_case"),
            (&["fire__drills", "演练"], "is not snake_case"),
            (&["2drills", "演练"], "is not snake_case"),
            (&["cases", "案例"], "The singular of cases is unclear"),
            (&["staff", "人员"], "The singular of staff is unclear"),
            (&["staff", "staff", "人员"], "need two forms"),
            (&["drills", "演\"练"], "contains characters that are not allowed"),
            (&["drills", "drill", "one", "演练"], "Too many arguments"),
        ] {
            let told = Names::from(arguments).expect_err("a fault");
            assert!(told.contains(fault) && told.contains(USAGE), "{arguments:?}: {told}");
        }
    }

    #[test]
    fn a_line_gets_into_its_place() {
        let sorted = |line: &str| insert("x\nmod a;\nmod c;\n\nmod z;\n", "mod a;\n", &At::Sorted("mod "), line);
        assert_eq!(sorted("mod b;\n").as_deref(), Some("x\nmod a;\nmod b;\nmod c;\n\nmod z;\n"));
        assert_eq!(sorted("mod d;\n").as_deref(), Some("x\nmod a;\nmod c;\nmod d;\n\nmod z;\n"));
        let list = "const A: &[&[u8]] = &[\n    [\n    ],\n];\n";
        let last = insert(list, "const A", &At::BeforeLine("];"), "    [9],\n");
        assert_eq!(last.as_deref(), Some("const A: &[&[u8]] = &[\n    [\n    ],\n    [9],\n];\n"));
        assert_eq!(insert("cases a · b\n", "cases ", &At::EndOfLine, " · c").as_deref(), Some("cases a · b · c\n"));
        assert_eq!(insert(list, "const B", &At::Behind, ""), None);
        assert_eq!(insert(list, "const A", &At::BeforeLine("}"), ""), None);
    }

    #[test]
    fn every_name_is_filled_in_and_every_list_has_its_line() {
        let files = plan(&bare(), &names(&["drills", "演练"])).expect("a plan");
        for (name, text) in &files {
            assert!(!name.contains("__") && !text.contains("__"), "{name}: {text}");
        }
        assert!(files.contains_key("migrations/00000000000008_drills/up.sql"));
        assert!(files["tests/walk/stories/99-drills.json"].contains("\"do\": \"create_drill\""));
        let places = &files["tests/api/coverage/places.rs"];
        assert_eq!(places.matches("drill").count(), 6, "a field, two lines, and the field again: {places}");
    }

    #[test]
    fn what_is_there_and_what_is_missing_are_told_at_once() {
        let mut tree = bare();
        tree.insert("src/drills/mod.rs".into(), "pub struct Drill { }\n".into());
        tree.insert("crates/service/src/meetings/mod.rs".into(), String::new());
        let meetings = plan(&tree, &names(&["meetings", "会议"])).expect_err("a fault");
        assert_eq!(meetings, ["crates/service/src/meetings exists already"]);
        tree.insert("crates/cases/src/lib.rs".into(), String::new());
        tree.insert("src/app/mod.rs".into(), "\n".repeat(501) + &tree["src/app/mod.rs"]);
        let faults = plan(&tree, &names(&["drills", "演练"])).expect_err("faults").join("\n");
        for fault in [
            "src/drills exists already",
            "the schema already",
            "crates/cases/src/lib.rs: \"pub mod company_facts",
            "src/app/mod.rs would have",
        ] {
            assert!(faults.contains(fault), "{fault}: {faults}");
        }
    }

    #[test]
    fn a_chapter_has_a_place_of_its_own() {
        let tree = Files::from([("src/a/mod.rs".to_owned(), "tag(121, \"a\"), tag(\n        122,".to_owned())]);
        assert_eq!(free_place(&tree), 123);
    }
}
