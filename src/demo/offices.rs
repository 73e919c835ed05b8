//! The office directory, as the county registers it. Every phone number is invented.

use std::sync::Arc;

use serde_json::{Value, json};

use super::scenario::Scenario;
use crate::access::Caller;
use crate::db::Instant;
use crate::offices;

pub async fn register(scenario: &Scenario, county: &Arc<Caller>, opened: Instant) -> anyhow::Result<()> {
    let all: Vec<Value> = serde_json::from_str(include_str!("data/offices.json"))?;
    for mut body in all {
        body["hours"] = json!("工作日 8:30–12:00，14:00–18:00");
        scenario.act(county, opened, "create_office", body, offices::create_office).await?;
    }
    Ok(())
}
