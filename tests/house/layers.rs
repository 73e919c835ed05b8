//! Which module may know which: an import points to its own module or to a lower layer.
//!
//! `layers.allowed` lists what does not yet. It only shrinks: an entry that is not needed any more fails the test.
//! `XIAOQU_WRITE_DOCS=1` writes it anew, and refuses to make it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{code, sources};

/// From the ground up. Modules of one layer may import each other; `docs/architecture.md` says what each is for.
const LAYERS: &[(&str, &[&str])] = &[
    ("types", &["characters", "coded", "fault", "figures", "points", "price", "problem", "templates", "words"]),
    ("store", &["clock", "db", "disk", "keys", "settings", "traces"]),
    (
        "service",
        &[
            "access",
            "clock_watch",
            "deployment",
            "files",
            "http",
            "ledger",
            "metrics",
            "personal",
            "proceedings",
            "quotas",
            "render",
            "security",
            "service",
        ],
    ),
    ("rules", &["calendar", "policy", "standing"]),
    (
        "registers",
        &[
            "blacklist",
            "clients",
            "companies",
            "complexes",
            "divisions",
            "documents",
            "oauth",
            "offices",
            "revocations",
        ],
    ),
    (
        "cases",
        &[
            "company_facts",
            "complaints",
            "contracts",
            "deadlines",
            "disclosures",
            "inspections",
            "measures",
            "ratings",
            "survey",
            "typical_cases",
            "violations",
        ],
    ),
    ("effects", &["consequences"]),
    (
        "surface",
        &[
            "app",
            "company_file",
            "fact_sheet",
            "identity",
            "inbox",
            "open311",
            "pages",
            "papers",
            "rulebook",
            "statistics",
            "system",
        ],
    ),
    ("program", &["backup", "bootstrap", "cli", "demo", "lib", "main"]),
];

const ALLOWED: &str = include_str!("layers.allowed");

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, modules)| modules.contains(&module))
}

/// The module that a file belongs to: `src/contracts/store.rs` to `contracts`.
fn module_of(file: &str) -> &str {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules that a file names after `crate::`, also in a list: `use crate::{db, http::Ctx};`.
fn imports(text: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(name(rest));
            continue;
        };
        let (mut depth, mut starts) = (0, true);
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                letter if starts && !letter.is_whitespace() => {
                    found.insert(name(&list[at..]));
                    starts = false;
                }
                _ => {}
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Only tests: what a rule is tried with may come from anywhere.
fn is_test(file: &str) -> bool {
    file.ends_with("tests.rs") || file.contains("/tests/") || file.ends_with("worked_case.rs")
}

#[test]
fn every_module_has_a_layer() {
    let modules: BTreeSet<String> = sources(".rs").iter().map(|(file, _)| module_of(file).to_owned()).collect();
    let layered: BTreeSet<String> =
        LAYERS.iter().flat_map(|(_, modules)| modules.iter().map(|one| (*one).to_owned())).collect();
    assert_eq!(modules, layered, "tests/house/layers.rs names each module of src/ once");
    let named: usize = LAYERS.iter().map(|(_, modules)| modules.len()).sum();
    assert_eq!(named, layered.len(), "a module stands in two layers");
}

#[test]
fn imports_point_down() {
    let mut upward: BTreeMap<String, String> = BTreeMap::new();
    for (file, text) in sources(".rs") {
        let own = layer_of(module_of(&file)).expect("a layer");
        if is_test(&file) {
            continue;
        }
        for module in imports(&code(&text)) {
            let Some(other) = layer_of(&module).filter(|other| *other > own) else { continue };
            upward.insert(format!("{file} -> {module}"), format!("{} -> {}", LAYERS[own].0, LAYERS[other].0));
        }
    }
    let allowed: BTreeSet<&str> = ALLOWED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let new: Vec<_> = upward.iter().filter(|(line, _)| !allowed.contains(line.as_str())).collect();
    let gone: Vec<_> = allowed.iter().filter(|line| !upward.contains_key(**line)).collect();
    if std::env::var_os("XIAOQU_WRITE_DOCS").is_some() && new.is_empty() {
        let head: String = ALLOWED.lines().take_while(|line| line.starts_with('#')).map(|l| format!("{l}\n")).collect();
        let lines: String = upward.keys().map(|line| format!("{line}\n")).collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/layers.allowed");
        std::fs::write(path, head + &lines).expect("the list is written");
        return;
    }
    assert!(new.is_empty(), "these imports point up: turn them, do not list them: {new:#?}");
    assert!(gone.is_empty(), "these are turned: take them out of tests/house/layers.allowed: {gone:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "use crate::db::{Conn, Id};\nuse crate::{app, http::{Ctx, Tx}, policy};\nfn f() { crate::qr::svg() }";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["app", "db", "http", "policy", "qr"]);
}
