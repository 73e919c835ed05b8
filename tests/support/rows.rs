//! Resources that tests need, created through the API as an office would.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::companies::uscc::check_character;

use super::{COMMUNITY, COUNTY, TestApp};

/// A number that is unique in this run.
pub fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An unused USCC with its check character.
pub fn a_uscc() -> String {
    let first = format!("91640121MA{:07}", unique());
    let check = check_character(&first).expect("well-formed");
    format!("{first}{check}")
}

pub fn company_input() -> Value {
    json!({
        "uscc": a_uscc(), "name": format!("测试物业{}有限公司", unique()), "legal_representative": "甲某",
        "service_hotline": "0951-0000000",
    })
}

pub fn complex_input() -> Value {
    json!({
        "name": format!("测试花园{}", unique()), "community": COMMUNITY, "address": "示范路 1 号",
        "self_governance": "owners_committee",
    })
}

/// A company that the county has registered. No township sees it yet.
pub async fn a_company(app: &TestApp) -> Value {
    app.county().post("/v1/companies", &company_input()).await.expect(201)
}

/// A complex in the test's township.
pub async fn a_complex(app: &TestApp) -> Value {
    a_complex_in(app, COMMUNITY).await
}

pub async fn a_complex_in(app: &TestApp, community: &str) -> Value {
    let mut input = complex_input();
    input["community"] = json!(community);
    app.county().post("/v1/complexes", &input).await.expect(201)
}

/// A contract that an office records because it knows it to be in force.
pub fn contract_input(complex: &Value, company: &Value, from: &str) -> Value {
    json!({
        "kind": "regular", "complex_id": complex["id"], "company_id": company["id"], "project_manager": "乙某",
        "effective_from": from,
    })
}

/// A policy version of the county that a second person has approved, at the latest on the day before it takes effect.
pub async fn a_policy(app: &TestApp, from: &str, document: &Value) -> Value {
    a_policy_of(app, COUNTY, from, document).await
}

pub async fn a_policy_of(app: &TestApp, county: &str, from: &str, document: &Value) -> Value {
    let now = app.state.clock.now();
    let from: chrono::NaiveDate = from.parse().expect("a day");
    if from <= app.state.clock.today() {
        app.set_clock(&format!("{}T01:00:00Z", from.pred_opt().expect("a day")));
    }
    let office = app.office(Role::CountyAuthority, county);
    let input = json!({ "effective_from": from, "document": document });
    let draft = office.post("/v1/policies", &input).await.expect(201);
    let second = app.officer(Role::CountyAuthority, county, "second-person");
    let approval = format!("/v1/policies/{}/approval", draft["version"]);
    let made = second.post(&approval, &json!({})).await.expect(200);
    app.state.clock.set(now.0);
    made
}

/// A company change that one person of the county proposed and another approved.
pub async fn a_change(app: &TestApp, company: &Value, change: &Value) -> Value {
    let mut input = change.clone();
    input["reason"] = json!("企业提交的变更登记材料");
    let at = format!("{}/changes", path("companies", company));
    let proposed = app.county().post(&at, &input).await.expect(201);
    let second = app.officer(Role::CountyAuthority, COUNTY, "second-person");
    let approval = format!("{}/approval", path("company-changes", &proposed));
    second.post(&approval, &json!({ "reasons": "材料齐全" })).await.expect(200)
}

/// Makes a company serve a complex from this day on.
pub async fn a_service(app: &TestApp, complex: &Value, company: &Value, from: &str) -> Value {
    let county = app.office(Role::CountyAuthority, text(&complex["county"]));
    county.post("/v1/contracts", &contract_input(complex, company, from)).await.expect(201)
}

/// A company that serves a complex in the test's township.
pub async fn a_served_complex(app: &TestApp) -> (Value, Value) {
    let (company, complex) = (a_company(app).await, a_complex(app).await);
    a_service(app, &complex, &company, "2026-01-01").await;
    (company, complex)
}

/// An office for the directory, with its own document prefix.
pub fn office_input(role: &str, division: &str) -> Value {
    json!({
        "role": role, "division": division, "name": format!("测试机构{}", unique()), "phone": "0951-0000100",
        "complaint_phone": "0951-0000101", "hours": "工作日 8:30–12:00，14:00–18:00", "document_prefix": a_prefix(),
    })
}

/// A unique document prefix, made of counting letters.
pub fn a_prefix() -> String {
    let mut number = unique();
    let mut word = String::from("测");
    while number > 0 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// The path of a resource.
pub fn path(collection: &str, row: &Value) -> String {
    format!("/v1/{collection}/{}", text(&row["id"]))
}

/// Terminates a contract by agreement.
pub async fn end_contract(app: &TestApp, contract: &Value, last_day: &str) -> Value {
    let county = app.office(Role::CountyAuthority, text(&contract["county"]));
    let termination = json!({
        "ground": "agreement", "last_day": last_day, "reasons": "双方协商解除",
        "evidence": [{ "title": "终止协议", "text": "双方同意终止" }],
    });
    county.post(&format!("{}/termination", path("contracts", contract)), &termination).await.expect(200)
}
