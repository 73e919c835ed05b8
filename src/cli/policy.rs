//! `xiaoqu policy check`: validates a policy document.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use crate::app::document;
use crate::http::schema::Contract;
use crate::input_error::InputError;
use crate::policy::model::PolicyDocument;
use crate::policy::rules;

/// Checks a policy document and prints all errors. Accepts the bare document or the request body.
pub fn check(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let document = value.get("document").cloned().unwrap_or(value);
    let faults = faults(document)?;
    for fault in &faults {
        println!("{}: {} {} / {}", fault.pointer, fault.code, fault.detail_en, fault.detail_zh);
    }
    anyhow::ensure!(faults.is_empty(), "{} fault(s) in {}", faults.len(), file.display());
    println!("{}: no fault", file.display());
    Ok(())
}

/// The errors that the API would report: those of the schema and, if the document can be deserialised, those of the
/// rules.
fn faults(document: Value) -> anyhow::Result<Vec<InputError>> {
    let mut body = json!({ "effective_from": "2000-01-01", "document": document });
    let contract = Contract::new(&document::document(false)?);
    let (mut faults, _) = contract.check_body("publish_policy", &mut body).into_parts();
    for fault in &mut faults {
        fault.pointer = fault.pointer.trim_start_matches("/document").to_owned();
    }
    if let Ok(document) = serde_json::from_value::<PolicyDocument>(body["document"].clone()) {
        faults.extend(rules::check(&document));
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_schema_and_of_the_rules_is_listed() {
        let mut document = serde_json::to_value(crate::policy::versions::built_in()).unwrap();
        assert!(faults(document.clone()).unwrap().is_empty());
        document["ladder"]["thresholds"]["level_2"] = json!(1);
        document["ladder"]["window_months"] = json!(0);
        let pointers: Vec<String> = faults(document).unwrap().into_iter().map(|fault| fault.pointer).collect();
        assert!(pointers.iter().any(|p| p == "/ladder/window_months"), "{pointers:?}");
        assert!(pointers.iter().any(|p| p.starts_with("/ladder/thresholds")), "{pointers:?}");
    }
}
