//! Checks that the anchors of `cargo xtask new-feature` still exist.

use std::path::Path;

#[path = "../../xtask/src/new_feature.rs"]
mod generator;

use generator::{Names, plan, read};

#[test]
fn a_new_feature_finds_every_list_that_it_gets_into() {
    let tree = read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the repository");
    let names = Names::from(&["rehearsals", "rehearsal", "排练", "Rehearsals"]).expect("names");
    let files = plan(&tree, &names).unwrap_or_else(|faults| panic!("{faults:#?}"));
    for (name, text) in &files {
        assert!(!text.contains("__feature") && !text.contains("__Feature"), "{name} has a name that is not filled in");
        assert_ne!(tree.get(name), Some(text), "{name} is as it was");
    }
    // Existing names are refused.
    let taken = Names::from(&["typical_cases", "typical_case", "典型案例"]).expect("names");
    assert!(
        plan(&tree, &taken)
            .expect_err("it exists")
            .iter()
            .any(|fault| fault == "crates/cases/src/typical_cases exists already")
    );
}
