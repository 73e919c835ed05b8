//! `xiaoqu openapi`: prints, writes or checks the OpenAPI document.

use std::path::Path;

use anyhow::Context;

use crate::app::document;

/// The committed form: pretty-printed, with a final newline.
pub fn text() -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(&document::document(false)?)? + "\n")
}

/// Prints the OpenAPI document, writes it, or compares it with a file.
pub fn run(write: Option<&Path>, check: Option<&Path>) -> anyhow::Result<()> {
    let text = text()?;
    match (write, check) {
        (Some(file), _) => std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display())),
        (None, Some(file)) => {
            let committed = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            anyhow::ensure!(
                committed == text,
                "{0} differs from the code; update it with: cargo run -- openapi --write {0}",
                file.display()
            );
            Ok(())
        }
        (None, None) => {
            print!("{text}");
            Ok(())
        }
    }
}
