use std::collections::{BTreeMap, BTreeSet};

use xiaoqu::app::FEATURES;
use xiaoqu::problem::{CODES, INPUT_ERROR_CODES};
use xiaoqu::service::events;

use super::{code, sources};

/// Tables that are read only through `scoped::…`.
fn scoped() -> impl Iterator<Item = &'static str> {
    FEATURES.iter().flat_map(|feature| feature.tables).filter(|table| table.scoped).map(|table| table.name)
}

/// Other reads of a scoped table, each with its reason: (file, line without indentation).
const ALLOWED: &[(&str, &str)] = &[
    // A condition in a query of complexes that is already scoped. It can only narrow the result.
    ("crates/registers/src/complexes/store.rs", "services::table"),
    // Selects from disclosures that are already scoped: those of the company that served.
    ("crates/cases/src/survey/store.rs", ".inner_join(services::table.on(served))"),
];

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Occurrences of `name` as a whole word.
fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn routes_actions_and_rules_hold_no_sql() {
    for (name, text) in sources(".rs") {
        let room = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        let pure =
            ["routes", "actions", "rules"].iter().any(|kind| room == *kind || room.ends_with(&format!("_{kind}")));
        if !pure {
            continue;
        }
        let code = code(&text);
        let allowed = name == "src/system/routes.rs";
        let uses = code.lines().filter(|line| line.contains("diesel") || line.contains("schema::")).count();
        // `readyz` checks whether the database responds at all.
        assert!(uses == 0 || (allowed && uses == 1), "{name} reaches for the database; its store.rs should");
        if room.ends_with("rules") {
            for word in ["Utc::now", "Instant::now", "Conn", "Ctx", "HttpRequest"] {
                assert_eq!(words(&code, word).count(), 0, "{name}: rules are pure, and this one knows {word}");
            }
        }
    }
}

#[test]
fn every_route_is_made_from_the_one_list() {
    for (name, text) in sources(".rs") {
        for line in code(&text).lines().filter(|line| line.contains(".route(")) {
            let metrics = name == "src/app/mod.rs" && line.contains("\"/metrics\"");
            assert!(metrics, "{name}: `.route(` serves without documenting: {}", line.trim());
        }
    }
}

/// The names of a table in a file, including aliases: `schema::{complex_services as services}`.
fn names_of<'a>(table: &'a str, text: &'a str) -> Vec<&'a str> {
    let mut all = vec![table];
    let renamed = format!("{table} as ");
    for (at, _) in text.match_indices(&renamed) {
        all.extend(text[at + renamed.len()..].split(|c: char| !is_word(c)).next());
    }
    all
}

#[test]
fn rows_of_a_territory_are_read_through_their_scope() {
    let mut seen = 0;
    for (name, text) in sources("store.rs") {
        let text = code(&text);
        for table in scoped() {
            for alias in names_of(table, &text) {
                let wanted = format!("{alias}::table");
                for at in words(&text, &wanted) {
                    seen += 1;
                    // `scoped::companies` is a function. `schema::companies::table` is the table with its full name.
                    let before = text[..at].trim_end_matches("schema::").trim_end_matches("crate::db::").trim_end();
                    let writes = ["insert_into(", "update(", "delete("].iter().any(|verb| before.ends_with(verb));
                    let line = text[..at].lines().count().saturating_sub(1);
                    let line = text.lines().nth(line).unwrap_or_default().trim();
                    // A lock reads the id only, and returns nothing of the row.
                    let statement = text[at..].split(';').next().unwrap_or_default();
                    let locks =
                        statement.contains(".for_update()") && statement.contains(&format!(".select({alias}::id)"));
                    let allowed = locks || ALLOWED.iter().any(|(file, text)| *file == name && *text == line);
                    assert!(
                        writes || allowed,
                        "{name}: `{line}` reads {table} past its scope; use scoped::{table}(&scope)"
                    );
                }
            }
        }
    }
    assert!(seen > 5, "the test finds tables at all");
}

#[test]
fn no_other_file_reads_rows_of_a_territory() {
    for (name, text) in sources(".rs") {
        let known = name.ends_with("store.rs")
            || name.ends_with("/scoped.rs")
            || name == "crates/service/src/db/mod.rs"
            || name.starts_with("crates/service/src/db/schema");
        for table in scoped().filter(|_| !known) {
            assert_eq!(
                words(&code(&text), &format!("{table}::table")).count(),
                0,
                "{name} reads {table}; a store should"
            );
        }
    }
}

#[test]
fn every_exception_from_the_scope_is_still_needed() {
    let files: BTreeMap<String, String> = sources("store.rs").into_iter().collect();
    for (file, line) in ALLOWED {
        let text = files.get(*file).unwrap_or_else(|| panic!("{file} is gone: so should be its exception"));
        assert!(
            text.lines().any(|found| found.trim() == *line),
            "{file}: `{line}` is gone: so should be its exception"
        );
    }
}

/// `Admin1` and `admin1` are the same person. A plain string comparison would treat them as two.
#[test]
fn subjects_are_compared_as_persons_only() {
    let is_subject = |word: &str| word == "sub" || word.ends_with("_sub");
    for (name, text) in sources(".rs") {
        // Exceptions: claims compared with claims, digests with digests, and the one comparison of persons.
        if [
            "crates/service/src/access/token.rs",
            "crates/service/src/ledger/leaf.rs",
            "crates/service/src/access/person.rs",
        ]
        .contains(&name.as_str())
        {
            continue;
        }
        for line in code(&text).lines().filter(|line| line.contains(" == ") || line.contains(" != ")) {
            let compares = line.match_indices(" == ").chain(line.match_indices(" != ")).any(|(at, operator)| {
                let left = line[..at].rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
                let right = &line[at + operator.len()..];
                let right = right.split(|c: char| !is_word(c) && !matches!(c, '.' | '&' | '*' | ':')).next();
                let right = right.unwrap_or_default().rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
                is_subject(left) || is_subject(right)
            });
            assert!(!compares, "{name}: `{}` compares subjects by their letters; use PersonKey", line.trim());
        }
    }
}

#[test]
fn every_problem_code_is_used() {
    let files = sources(".rs");
    let unused: Vec<String> = CODES
        .iter()
        .map(|row| format!("Code::{:?}", row.code))
        .filter(|wanted| !files.iter().any(|(_, text)| words(&code(text), wanted).next().is_some()))
        .collect();
    assert!(unused.is_empty(), "no code answers with {unused:?}");
}

#[test]
fn the_table_of_fault_codes_holds_what_is_used_and_nothing_else() {
    let files: Vec<(String, String)> = sources(".rs")
        .into_iter()
        .filter(|(name, _)| {
            name != "crates/rules/src/problem/codes.rs" && !name.starts_with("crates/service/src/settings/")
        })
        .map(|(name, text)| (name, code(&text)))
        .collect();
    let known: Vec<&str> = INPUT_ERROR_CODES.iter().map(|(code, _, _)| *code).collect();
    for code in &known {
        let quoted = format!("\"{code}\"");
        let used = files.iter().any(|(_, text)| text.contains(&quoted));
        assert!(used, "no fault has the code {code}");
    }
    let mut missing = Vec::new();
    for (name, text) in &files {
        for code in fault_codes(text) {
            if !known.contains(&code) {
                missing.push(format!("{code} ({name})"));
            }
        }
    }
    assert!(missing.is_empty(), "faults without a row in INPUT_ERROR_CODES: {missing:#?}");
}

/// The second argument of each `Fault::new(…)`, `Problem::fault(…)`, `push(…)` and `add(…)`, if it is a literal.
fn fault_codes(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    for call in ["InputError::new(", "Problem::input_error(", "push(", "faults.add("] {
        for (at, _) in text.match_indices(call) {
            let arguments = &text[at + call.len()..];
            let (mut depth, mut quoted, mut commas, mut start) = (0, false, 0, 0);
            for (index, letter) in arguments.char_indices() {
                match letter {
                    '"' => quoted = !quoted,
                    '(' | '[' | '{' if !quoted => depth += 1,
                    ')' | ']' | '}' if !quoted => depth -= 1,
                    ',' if !quoted && depth == 0 => {
                        commas += 1;
                        if commas == 1 {
                            start = index + 1;
                        } else {
                            let second = arguments[start..index].trim();
                            all.extend(second.strip_prefix('"').and_then(|s| s.strip_suffix('"')));
                            break;
                        }
                    }
                    _ => {}
                }
                if depth < 0 {
                    break;
                }
            }
        }
    }
    all.retain(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    all
}

#[test]
fn every_schema_of_the_document_has_a_name_of_its_own() {
    let mut seen = BTreeMap::new();
    for (name, text) in sources(".rs") {
        let code = code(&text);
        for keyword in ["pub struct ", "pub enum ", "pub stored enum "] {
            for (at, _) in code.match_indices(keyword) {
                let before = code[..at].rsplit("\n\n").next().unwrap_or_default();
                let schema: String = code[at + keyword.len()..].chars().take_while(|c| is_word(*c)).collect();
                if schema.is_empty() || !["ToSchema", "coded_enum!"].iter().any(|mark| before.contains(mark)) {
                    continue;
                }
                let other = seen.insert(schema.clone(), name.clone());
                assert!(other.is_none(), "{schema} of {name} takes the place of that of {other:?} in the document");
            }
        }
    }
    assert!(seen.len() > 300, "{}", seen.len());
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for (name, text) in sources(".rs") {
        let lines = text.lines().count();
        assert!(lines <= 500, "{name} has {lines} lines");
    }
}

/// Strings of the form `subject.happened` between these characters.
fn event_types(text: &str, mark: char) -> BTreeSet<String> {
    let codes = || events::types(FEATURES).map(|kind| kind.code);
    let subjects: BTreeSet<&str> = codes().filter_map(|code| Some(code.split_once('.')?.0)).collect();
    let is_type = |word: &&str| {
        word.split_once('.').is_some_and(|(subject, happened)| {
            subjects.contains(&subject)
                && !happened.is_empty()
                && happened.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        })
    };
    text.split(mark).filter(is_type).map(str::to_owned).collect()
}

#[test]
fn every_type_of_event_stands_in_the_page_of_the_ledger_and_no_other() {
    // Some acts have codes of the same form.
    let acts = include_str!("../../data/acts.csv");
    let known: BTreeSet<String> = sources(".rs")
        .into_iter()
        .flat_map(|(_, text)| event_types(&code(&text), '"'))
        .filter(|name| !acts.contains(name.as_str()) && !name.ends_with(".no_such_act"))
        .collect();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ledger.md")).expect("the page");
    assert!(known.len() > 40, "{known:?}");
    assert_eq!(known, event_types(&page, '`'));
}

#[test]
fn a_type_of_event_is_declared_once_and_has_its_labels() {
    let mut codes: Vec<&str> = events::types(FEATURES).map(|kind| kind.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    let whole = |kind: &events::Type| !kind.zh.is_empty() && !kind.en.is_empty() && kind.code.len() <= 80;
    assert!(events::types(FEATURES).all(whole));
}
