//! `cargo xtask COMMAND`: generates files of this repository from others.

mod new_feature;
mod schema;

use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
Usage: cargo xtask COMMAND

Commands:
  new-feature NAME [SINGULAR] CHINESE [ENGLISH]
            create a feature that compiles and passes its tests (docs/adding-a-feature.md)
  schema    generate crates/service/src/db/schema/tables from migrations/
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // The parent folder of this crate.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let done = match words.as_slice() {
        ["new-feature", names @ ..] => new_feature(root, names),
        ["schema"] => schema::write(root),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// Generates the feature and diesel's view of its table, and formats both.
fn new_feature(root: &Path, names: &[&str]) -> Result<String, String> {
    let made = new_feature::write(root, names)?;
    let tables = schema::write(root)?;
    let formatted = Command::new("cargo").args(["fmt", "--all"]).current_dir(root).status();
    let format = if formatted.is_ok_and(|status| status.success()) { "" } else { "cargo fmt --all\n" };
    Ok(format!("{made}\n{tables}\n\nNow run:\n{format}{}", new_feature::NEXT))
}
