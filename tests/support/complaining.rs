//! Bodies of complaints, and helpers for the clock.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::rows::text;
use super::{COMMUNITY, TestApp};

/// A resident's complaint about a complex.
pub fn complaint(category: &str, complex: &Value) -> Value {
    json!({
        "kind": "complaint", "channel": "app", "category": category, "complex_id": complex["id"],
        "description": "楼道垃圾连续三天无人清理",
    })
}

/// The same with a contact.
pub fn with_contact(mut ticket: Value) -> Value {
    ticket["contact"] = json!({ "name": "欧阳测试", "phone": "13912345678", "address": "示范花园三号楼二单元" });
    ticket
}

/// A complaint that an office submits for a caller.
pub fn by_phone(category: &str, complex: &Value) -> Value {
    let mut ticket = with_contact(complaint(category, complex));
    ticket["channel"] = json!("phone");
    ticket
}

/// A complaint about a place outside complexes.
pub fn elsewhere(category: &str) -> Value {
    json!({
        "kind": "tip_off", "channel": "app", "category": category, "division": COMMUNITY,
        "description": "路边夜市噪声扰民到凌晨",
    })
}

pub fn at(ticket: &Value, step: &str) -> String {
    format!("/v1/complaints/{}/{step}", text(&ticket["id"]))
}

pub fn of(ticket: &Value) -> String {
    format!("/v1/complaints/{}", text(&ticket["id"]))
}

/// A step that must succeed.
pub async fn step(client: &Client, ticket: &Value, step: &str, body: Value) -> Value {
    client.post(&at(ticket, step), &body).await.expect(200)
}

/// The kinds of a complaint's steps that the caller may see.
pub async fn kinds(client: &Client, ticket: &Value) -> Vec<String> {
    let steps = client.get(&at(ticket, "timeline")).await;
    steps.items().iter().map(|step| text(&step["kind"]).to_owned()).collect()
}

/// Moves the clock, and waits for the deadline check of everything due by then.
pub async fn move_clock(app: &TestApp, to: &str) {
    app.set_clock(to);
    for _ in 0..600 {
        let now = app.state.clock.now();
        let due = app.state.db.read(move |conn| xiaoqu::complaints::store::due_for_check(conn, now, 1)).await;
        if due.expect("the store answers").is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the clock of complaints did not look at what is due by {to}");
}
