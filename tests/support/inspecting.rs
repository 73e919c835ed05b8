//! Bodies of inspections.

use serde_json::{Value, json};
use xiaoqu::policy::versions::built_in;

/// Every item of a built-in checklist. All pass except those named.
pub fn items(checklist: &str, failed: &[&str]) -> Value {
    let list = built_in().inspections.checklist(checklist).expect("a checklist");
    let result = |code: &str| match failed.contains(&code) {
        true => json!({ "item": code, "outcome": "fail", "note": "现场发现不合格情况" }),
        false => json!({ "item": code, "outcome": "pass" }),
    };
    list.items.iter().map(|item| result(&item.code)).collect()
}

/// An office's result for its part of an inspection.
pub fn result(checklist: &str, at: &str, failed: &[&str]) -> Value {
    json!({ "checklist": checklist, "inspected_at": at, "items": items(checklist, failed) })
}

/// A result of an unplanned inspection, with its own key.
pub fn unplanned(complex: &Value, checklist: &str, at: &str, failed: &[&str]) -> Value {
    let mut body = result(checklist, at, failed);
    body["key"] = json!(uuid::Uuid::new_v4());
    body["complex_id"] = complex["id"].clone();
    body
}

/// An inspection to plan.
pub fn visit(complex: &Value, on: &str, offices: &[(&str, &str)]) -> Value {
    let offices: Vec<Value> =
        offices.iter().map(|(role, checklist)| json!({ "role": role, "checklist": checklist })).collect();
    json!({ "complex_id": complex["id"], "planned_on": on, "offices": offices })
}
