//! Which modules may depend on which: a module imports only from itself and from modules before it, so there are no
//! cycles.

use std::collections::BTreeSet;

use super::{code, sources};

/// From the lowest layer up. Within a layer, the modules are in the order of their dependencies. `docs/architecture.md`
/// describes each of them.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "types",
        &[
            "input_error",
            "characters",
            "figures",
            "points",
            "price",
            "uscc",
            "language",
            "secret",
            "types",
            "problem",
            "coded",
            "role",
            "words",
            "json",
            "templates",
        ],
    ),
    ("store", &["db", "keys", "settings", "disk", "clock", "traces"]),
    (
        "service",
        &[
            "access",
            "security",
            "http",
            "clock_watch",
            "deployment",
            "metrics",
            "service",
            "personal",
            "ledger",
            "quotas",
            "proceedings",
            "render",
            "edge",
        ],
    ),
    ("rules", &["calendar", "policy", "standing"]),
    (
        "registers",
        &[
            "companies",
            "divisions",
            "complexes",
            "counties",
            "files",
            "due_process",
            "offices",
            "clients",
            "token_revocations",
            "oauth",
            "blacklist",
            "documents",
            "deadlines",
        ],
    ),
    (
        "cases",
        &[
            "violations",
            "measure_facts",
            "company_facts",
            "contracts",
            "disclosures",
            "ratings",
            "inspections",
            "complaints",
            "typical_cases",
            "survey",
            "measures",
        ],
    ),
    ("effects", &["consequences"]),
    (
        "surface",
        &[
            "company_record",
            "document_subjects",
            "policy_api",
            "fact_sheet",
            "inbox",
            "statistics",
            "pages",
            "identity",
            "open311",
            "system",
            "app",
        ],
    ),
    ("program", &["backup", "token_issuing", "bootstrap", "demo", "cli", "lib", "main"]),
];

/// The position of a module.
fn place_of(module: &str) -> Option<usize> {
    LAYERS.iter().flat_map(|(_, modules)| *modules).position(|one| *one == module)
}

/// The module of a file: `contracts` for `crates/cases/src/contracts/store.rs`, `db` for
/// `crates/service/src/db/pool.rs`.
pub fn module_of(file: &str) -> &str {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules that a file names after `crate::`, also in lists: `use crate::{db, http::Ctx};`.
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

/// Tests may import from anywhere.
fn is_test(file: &str) -> bool {
    file.ends_with("tests.rs") || file.contains("/tests/") || file.ends_with("worked_case.rs")
}

#[test]
fn every_module_has_a_layer() {
    let modules: BTreeSet<String> = sources(".rs").iter().map(|(file, _)| module_of(file).to_owned()).collect();
    let layered: BTreeSet<String> =
        LAYERS.iter().flat_map(|(_, modules)| modules.iter().map(|one| (*one).to_owned())).collect();
    assert_eq!(modules, layered, "tests/conventions/layers.rs names each module of src/ and crates/*/src once");
    let named: usize = LAYERS.iter().map(|(_, modules)| modules.len()).sum();
    assert_eq!(named, layered.len(), "a module stands in two layers");
}

#[test]
fn imports_point_down() {
    let mut upward = Vec::new();
    for (file, text) in sources(".rs") {
        let own = place_of(module_of(&file)).expect("a place");
        if is_test(&file) {
            continue;
        }
        for module in imports(&code(&text)) {
            if place_of(&module).is_some_and(|other| other > own) {
                upward.push(format!("{file} -> {module}"));
            }
        }
    }
    assert!(upward.is_empty(), "these imports point up: move what is shared down, or what composes up: {upward:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "use crate::db::{Conn, Id};\nuse crate::{app, http::{Ctx, Tx}, policy};\nfn f() { crate::qr::svg() }";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["app", "db", "http", "policy", "qr"]);
}

#[test]
fn the_rules_need_no_database_and_no_server() {
    let manifest = include_str!("../../crates/rules/Cargo.toml");
    let dependencies =
        manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("a list");
    for name in ["actix-web", "diesel", "tokio", "reqwest", "r2d2"] {
        let line = dependencies.lines().find(|line| line.starts_with(&format!("{name} ")));
        assert!(line.is_none_or(|line| line.contains("optional = true")), "crates/rules has {name} for good");
    }
    let chrono = dependencies.lines().find(|line| line.starts_with("chrono ")).expect("chrono");
    assert!(!chrono.contains("clock"), "a rule has no clock");
}
