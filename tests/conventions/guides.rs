//! Compares the guides with the code.

use std::path::Path;

/// `XIAOQU_WRITE_DOCS=1` writes the table instead.
#[test]
fn the_table_of_events_in_the_docs_is_the_one_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ledger.md");
    let page = std::fs::read_to_string(file).expect("docs/ledger.md");
    let (start, end) = ("<!-- event types -->\n", "<!-- end of event types -->");
    let (before, rest) = page.split_once(start).expect("the mark before the table");
    let (table, after) = rest.split_once(end).expect("the mark after the table");
    let right = xiaoqu::ledger::types::table(xiaoqu::app::FEATURES);
    if std::env::var_os("XIAOQU_WRITE_DOCS").is_some() {
        std::fs::write(file, format!("{before}{start}{right}{end}{after}")).expect("docs/ledger.md");
        return;
    }
    assert_eq!(table, right, "update it with: XIAOQU_WRITE_DOCS=1 cargo test --test suite the_table_of_events");
}

/// `XIAOQU_WRITE_DOCS=1` writes the table instead.
#[test]
fn the_table_of_permissions_is_the_one_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/permissions.csv");
    let right = xiaoqu::app::permissions_page().expect("the table");
    if std::env::var_os("XIAOQU_WRITE_DOCS").is_some() {
        std::fs::write(file, right).expect("data/permissions.csv");
        return;
    }
    let page = std::fs::read_to_string(file).expect("data/permissions.csv");
    assert_eq!(page, right, "update it with: XIAOQU_WRITE_DOCS=1 cargo test --test suite the_table_of_permissions");
}

/// Event types are literals in the source. Filters, the vocabulary and the document know only those in the table.
#[test]
fn every_type_of_event_in_the_source_is_in_the_table() {
    let known: Vec<&str> = xiaoqu::service::events::types(xiaoqu::app::FEATURES).map(|kind| kind.code).collect();
    let acts: Vec<&str> = xiaoqu::policy::versions::built_in().acts.iter().map(|act| act.code.as_str()).collect();
    let subjects: Vec<&str> = known.iter().filter_map(|code| code.split('.').next()).collect();
    let mut unknown = Vec::new();
    for (name, text) in super::sources(".rs") {
        for literal in super::code(&text).split('"').skip(1).step_by(2) {
            let Some((subject, what)) = literal.split_once('.') else { continue };
            let word = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !text.is_empty();
            if !subjects.contains(&subject) || !word(what) || acts.contains(&literal) {
                continue;
            }
            if !known.contains(&literal) {
                unknown.push(format!("{name}: {literal}"));
            }
        }
    }
    assert!(unknown.is_empty(), "declare them in the events.rs of their feature: {unknown:#?}");
}

/// The pages of a guide in one language, with their names.
fn pages(folder: &str, chinese: bool) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = entry.file_name().into_string().expect("a name");
        if name.ends_with(".md") && name.ends_with(".zh-CN.md") == chinese {
            all.push((name, std::fs::read_to_string(entry.path()).expect("a page")));
        }
    }
    all.sort();
    all
}

/// Each page has its translation with the same number of sections, and is in the index of its language.
#[test]
fn guides_have_the_same_pages_in_both_languages() {
    let mut wrong = Vec::new();
    for folder in ["docs/integrators", "docs/operators"] {
        let (english, chinese) = (pages(folder, false), pages(folder, true));
        let names: Vec<String> = english.iter().map(|(name, _)| name.replace(".md", ".zh-CN.md")).collect();
        let siblings: Vec<&str> = chinese.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, siblings, "{folder}");
        let sections = |text: &str| text.lines().filter(|line| line.starts_with("##")).count();
        for ((name, text), (_, sibling)) in english.iter().zip(&chinese) {
            if sections(text) != sections(sibling) {
                wrong.push(format!("{folder}/{name} and its sibling have other sections"));
            }
        }
        for (index, pages) in [("README.md", &english), ("README.zh-CN.md", &chinese)] {
            let (_, listed) = pages.iter().find(|(name, _)| name == index).expect("the index");
            for (name, _) in pages.iter().filter(|(name, _)| name != index && !listed.contains(&format!("]({name})"))) {
                wrong.push(format!("{folder}/{index} lacks {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Samples can be pasted and run: variables were set before, on the same page or in `first-call.md`, and headers are
/// ASCII.
#[test]
fn samples_of_the_guide_name_only_what_was_set() {
    let mut wrong = Vec::new();
    for (first, chinese) in [("first-call.md", false), ("first-call.zh-CN.md", true)] {
        let pages = pages("docs/integrators", chinese);
        let (_, start) = pages.iter().find(|(name, _)| name == first).expect("the page to begin with");
        // Variables that the reader must set, as the head of the page says.
        let mut set: Vec<String> = start
            .lines()
            .find(|line| line.starts_with("`$TOKEN`"))
            .expect("the line that names them")
            .split('`')
            .filter_map(|part| part.strip_prefix('$'))
            .map(str::to_owned)
            .collect();
        check_samples(first, start, &mut set, &mut wrong);
        let mut samples = 0;
        for (name, guide) in pages.iter().filter(|(name, _)| name != first) {
            samples += check_samples(name, guide, &mut set.clone(), &mut wrong);
        }
        assert!(samples > 0, "no samples beside {first}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Adds the variables that the samples of a page set to `set`. Returns the number of samples.
fn check_samples(page: &str, guide: &str, set: &mut Vec<String>, wrong: &mut Vec<String>) -> usize {
    let samples: Vec<&str> = guide.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    for sample in &samples {
        for line in sample.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line
                .split_once(['=', '('])
                .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            {
                set.push(name.to_owned());
            }
            for used in line.split('$').skip(1) {
                let name: String = used
                    .trim_start_matches('{')
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !set.contains(&name) {
                    wrong.push(format!("{page}: ${name} in: {line}"));
                }
            }
            let command = line.split_whitespace().next().unwrap_or_default();
            if ["call", "post"].contains(&command) && !set.iter().any(|name| name == command) {
                wrong.push(format!("{page}: {command} in: {line}"));
            }
            if line.contains("Idempotency-Key") && !line.contains("uuidgen") {
                wrong.push(format!("{page}: a key of its own each time: {line}"));
            }
        }
    }
    samples.len()
}

/// Each page begins with its number, title, date and status, and the index has the same four.
#[test]
fn the_index_of_decisions_agrees_with_their_pages() {
    let mut pages = pages("docs/decisions", false);
    let at = pages.iter().position(|(name, _)| name == "README.md").expect("the index");
    let (_, index) = pages.remove(at);
    let listed: Vec<&str> = index.lines().filter(|line| line.contains(".md)")).collect();
    let mut rows = Vec::new();
    for (name, text) in &pages {
        let lines: Vec<&str> = text.lines().take(3).collect();
        let parts = lines.first().and_then(|line| line.strip_prefix("# ")?.split_once(". "));
        let (number, title) = parts.unwrap_or_else(|| panic!("{name}: `# NUMBER. TITLE`"));
        let parts = lines.get(2).and_then(|line| line.strip_prefix("Date: ")?.strip_suffix('.'));
        let parts = parts.and_then(|line| line.split_once(". Status: "));
        let (date, status) = parts.unwrap_or_else(|| panic!("{name}: `Date: DAY. Status: WORD.` in line 3"));
        assert!(name.starts_with(&format!("{number:0>4}-")), "{name}: {number}");
        rows.push(format!("| {number} | [{title}]({name}) | {date} | {status} |"));
    }
    assert_eq!(listed, rows);
}
