use std::path::Path;

use anyhow::Context;

use crate::policy::model::PolicyDocument;
use crate::policy::rules;

/// Checks a policy document and prints every fault.
pub fn check(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let document: PolicyDocument = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| anyhow::anyhow!("{}: {}", error.path(), error.inner()))?;
    let faults = rules::check(&document);
    for fault in &faults {
        println!("{}: {} {} / {}", fault.pointer, fault.code, fault.detail_en, fault.detail_zh);
    }
    anyhow::ensure!(faults.is_empty(), "{} fault(s) in {}", faults.len(), file.display());
    println!("{}: no fault", file.display());
    Ok(())
}
