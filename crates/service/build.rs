//! Puts the files of `migrations/` into the program: who adds a folder there adds a migration, and can forget nothing.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    all.sort();
    Ok(all)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=../../migrations");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../migrations");
    let mut list = String::from("[\n");
    for folder in sorted(&root)?.iter().filter(|path| path.is_dir()) {
        writeln!(list, "Folder {{ name: {:?}, files: &[", folder.file_name().unwrap_or_default())?;
        for file in sorted(folder)?.iter().filter(|path| path.extension().is_some_and(|end| end == "sql")) {
            writeln!(list, "({:?}, include_str!({file:?})),", file.file_name().unwrap_or_default())?;
        }
        writeln!(list, "] }},")?;
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}
