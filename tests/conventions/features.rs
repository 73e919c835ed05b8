//! Compares the declarations of features with each other and with what exists.

use std::collections::BTreeSet;

use xiaoqu::app::{FEATURES, operations, permissions};
use xiaoqu::files::OwnerKind;
use xiaoqu::service::events;

use super::layers::module_of;

/// Fails if an item occurs twice.
fn distinct<T: Ord + Copy + std::fmt::Debug>(all: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    for one in all {
        assert!(seen.insert(one), "{one:?} is declared twice");
    }
    seen
}

#[test]
fn every_module_with_routes_is_a_feature_in_the_list() {
    let listed = distinct(FEATURES.iter().map(|feature| feature.name));
    for (name, _) in super::sources("/routes.rs") {
        let module = module_of(&name);
        if name.ends_with(&format!("src/{module}/routes.rs")) {
            assert!(listed.contains(module), "app::FEATURES has no {module}");
        }
    }
}

#[test]
fn what_is_declared_is_declared_once() {
    distinct(operations(true).map(|one| one.name()));
    distinct(FEATURES.iter().flat_map(|feature| feature.tags).map(|tag| tag.place));
    distinct(FEATURES.iter().flat_map(|feature| feature.words).map(|(name, _)| *name));
    distinct(FEATURES.iter().flat_map(|feature| feature.jobs).map(|job| job.name));
    distinct(events::subjects(FEATURES).map(|subject| subject.kind));
    distinct(events::subjects(FEATURES).map(|subject| subject.schema));
}

#[test]
fn every_kind_of_row_with_files_says_who_sees_it() {
    let owners = || FEATURES.iter().flat_map(|feature| feature.files);
    let declared = distinct(owners().map(|owner| owner.kind.code()));
    assert_eq!(declared, OwnerKind::ALL.iter().map(|kind| kind.code()).collect::<BTreeSet<_>>());
    for owner in owners() {
        assert!(permissions().of(owner.operation).is_some(), "no operation {}", owner.operation);
    }
}
