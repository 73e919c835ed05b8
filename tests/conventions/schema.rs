//! The output of `cargo xtask schema` is committed.

use std::path::Path;

#[path = "../../xtask/src/schema.rs"]
mod generator;

#[test]
fn the_tables_of_diesel_are_those_of_the_migrations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = generator::generate(root).unwrap_or_else(|fault| panic!("{fault}"));
    let folder = root.join("crates/service/src/db/schema/tables");
    let found: generator::Files = std::fs::read_dir(&folder)
        .expect("the generated tables")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = format!("tables/{}", path.file_name().expect("a name").to_string_lossy());
            (name, std::fs::read_to_string(&path).expect("a source file"))
        })
        .collect();
    assert!(
        wanted == found,
        "crates/service/src/db/schema/tables is not what migrations/ says: run `cargo xtask schema`"
    );
}
