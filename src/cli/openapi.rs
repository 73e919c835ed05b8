//! `xiaoqu openapi`: prints, writes or checks the OpenAPI document.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;

use crate::app::{COMMITTED, document};

/// The committed form: pretty-printed, with a final newline. Beside the committed file is the recorded walk, from which the
/// document is generated again; anywhere else it is the one built in.
pub fn text(file: &Path) -> anyhow::Result<String> {
    let walk = file.with_file_name("walk.json");
    match std::fs::read_to_string(&walk) {
        Ok(walk) => Ok(serde_json::to_string_pretty(&document::with_examples(false, &walk)?)? + "\n"),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(COMMITTED.to_owned()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", walk.display())),
    }
}

/// Prints the OpenAPI document, writes it, or compares it with a file.
pub fn run(write: Option<&Path>, check: Option<&Path>) -> anyhow::Result<()> {
    match (write, check) {
        (Some(file), _) => {
            std::fs::write(file, text(file)?).with_context(|| format!("cannot write {}", file.display()))
        }
        (None, Some(file)) => {
            let committed = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            anyhow::ensure!(
                committed == text(file)?,
                "{0} differs from the code; update it with: cargo run -- openapi --write {0}",
                file.display()
            );
            Ok(())
        }
        (None, None) => {
            print!("{COMMITTED}");
            Ok(())
        }
    }
}
