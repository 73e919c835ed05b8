//! Brings cases through their states with the API, as the offices and the company would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::client::Client;
use super::rows::{a_company, a_complex, a_policy, a_service, text};
use super::{TOWNSHIP, TestApp};

/// Acts of the nine prohibitions by clause.
pub fn nine(clause: u8) -> &'static str {
    match clause {
        2 => "nine.unsealed_waste_vehicle",
        3 => "nine.staff_not_in_uniform",
        7 => "nine.unlawful_fees_or_contract",
        8 => "nine.common_parts_or_revenue",
        _ => "nine.coercive_collection",
    }
}

/// A company, its complexes, and short names for the ids of its case.
pub struct Case<'a> {
    pub app: &'a TestApp,
    pub company: Value,
    names: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
}

impl<'a> Case<'a> {
    /// A company that serves complexes with these names in the test's township.
    pub async fn new(app: &'a TestApp, complexes: &[&str]) -> Case<'a> {
        let mut case = Case { app, company: a_company(app).await, names: BTreeMap::new(), ids: BTreeMap::new() };
        for name in complexes {
            let complex = a_complex(app).await;
            a_service(app, &complex, &case.company, "2025-01-01").await;
            case.name(text(&complex["id"]), name);
        }
        case
    }

    pub fn name(&mut self, id: &str, name: &str) {
        self.names.insert(id.to_owned(), name.to_owned());
        self.ids.insert(name.to_owned(), id.to_owned());
    }

    pub fn id(&self, name: &str) -> &str {
        &self.ids[name]
    }

    pub fn violation(&self, name: &str) -> String {
        format!("/v1/violations/{}", self.id(name))
    }

    /// The officer who reports. Another one decides.
    pub fn reporter(&self) -> Client {
        self.app.officer(Role::SocialAffairsOffice, TOWNSHIP, "reporter")
    }

    pub fn officer(&self) -> Client {
        self.app.social()
    }

    pub fn leader(&self) -> Client {
        self.app.office(Role::TownshipLeader, TOWNSHIP)
    }

    /// The company's own portal.
    pub fn portal(&self) -> Client {
        self.app.company(text(&self.company["uscc"]))
    }

    pub fn on(&self, day: &str) {
        self.app.set_clock(&format!("{day}T01:00:00Z"));
    }

    pub fn report_input(&self, act: &str, complex: &str, day: &str) -> Value {
        json!({
            "act": act, "company_id": self.company["id"], "complex_id": self.id(complex), "found_on": day,
            "source": "inspection", "description": "检查时发现的违规事实",
            "evidence": [{ "title": "现场照片", "url": "https://evidence.example.invalid/1.jpg" }],
        })
    }

    /// Reports a violation on the day found.
    pub async fn reported(&mut self, name: &str, act: &str, complex: &str, day: &str) {
        self.on(day);
        let input = self.report_input(act, complex, day);
        let made = self.reporter().post("/v1/violations", &input).await.expect(201);
        self.name(text(&made["id"]), name);
    }

    /// Reports, notifies and opens on one day. Returns the last day for a statement.
    pub async fn notified(&mut self, name: &str, act: &str, complex: &str, day: &str) -> String {
        self.reported(name, act, complex, day).await;
        let path = format!("{}/notification", self.violation(name));
        self.officer().post(&path, &notice()).await.expect(200);
        let opened = self.portal().get(&self.violation(name)).await.expect(200);
        text(&opened["statement_due_on"]).to_owned()
    }

    /// Brings a violation to its confirmation, on the day after the statement period.
    pub async fn confirmed(&mut self, name: &str, act: &str, complex: &str, day: &str) -> Value {
        let last = self.notified(name, act, complex, day).await;
        self.on(&next_day(&last));
        self.confirm(name).await
    }

    pub async fn confirm(&self, name: &str) -> Value {
        let path = format!("{}/confirmation", self.violation(name));
        self.officer().post(&path, &reasons()).await.expect(200)
    }

    /// Confirms as a client should under load: a 503 had no effect, and is repeated with its key.
    pub async fn confirm_patiently(&self, name: &str) -> Value {
        let path = format!("{}/confirmation", self.violation(name));
        for _ in 0..60 {
            let answer = self.officer().post(&path, &reasons()).key(name).await;
            if answer.status != 503 {
                return answer.expect(200);
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        panic!("{name} was never taken");
    }

    /// Delivers every decision, and passes the appeal period of each.
    pub async fn decisions_are_final(&self) {
        let mut last = self.app.state.clock.today().to_string();
        for id in self.ids.values() {
            let path = format!("/v1/violations/{id}");
            if self.portal().get(&path).await.status == 200 {
                let seen = self.portal().get(&path).await.expect(200);
                last = last.max(seen["appeal_due_on"].as_str().unwrap_or_default().to_owned());
            }
        }
        self.on(&next_day(&last));
    }

    pub async fn standing(&self) -> Value {
        let path = format!("/v1/companies/{}/standing", text(&self.company["id"]));
        self.app.county().get(&path).await.expect(200)["standing"].clone()
    }

    pub async fn level(&self) -> u64 {
        self.standing().await["level"].as_u64().expect("a level")
    }

    pub async fn measures(&self) -> Vec<Value> {
        let path = format!("/v1/measures?limit=200&company_id={}", text(&self.company["id"]));
        self.app.county().get(&path).await.items().clone()
    }

    /// Every measure as `key state`, with names for ids.
    pub async fn on_file(&self) -> BTreeSet<String> {
        let measures = self.measures().await;
        measures.iter().map(|m| format!("{} {}", self.named(text(&m["key"])), text(&m["state"]))).collect()
    }

    fn named(&self, key: &str) -> String {
        key.split(':').map(|part| self.names.get(part).map_or(part, String::as_str)).collect::<Vec<_>>().join(":")
    }

    /// The path of the measure with this key.
    pub async fn measure(&self, key: &str) -> String {
        let measures = self.measures().await;
        let found = measures.iter().find(|m| self.named(text(&m["key"])) == key);
        format!("/v1/measures/{}", text(&found.unwrap_or_else(|| panic!("no measure {key}"))["id"]))
    }

    /// Notifies, opens, and passes the statement period, so that the measure can be decided.
    pub async fn after_hearing_period(&self, measure: &str, office: &Client) {
        office.post(&format!("{measure}/notification"), &notice()).await.expect(200);
        let opened = self.portal().get(measure).await.expect(200);
        self.on(&next_day(text(&opened["hearing_request_due_on"])));
    }
}

pub fn notice() -> Value {
    json!({ "facts": "检查发现的事实", "grounds": "“九不准”", "intended_consequence": "拟作出处理" })
}

pub fn reasons() -> Value {
    json!({ "reasons": "事实清楚，证据确凿" })
}

pub fn set<const N: usize>(items: [&str; N]) -> BTreeSet<String> {
    items.into_iter().map(str::to_owned).collect()
}

pub fn next_day(day: &str) -> String {
    day.parse::<chrono::NaiveDate>().expect("a day").succ_opt().expect("a next day").to_string()
}

impl Case<'_> {
    /// Moves the clock to the day after the period in an opened notice.
    pub async fn after_period_of(&self, opened: &Value) {
        self.on(&next_day(text(&opened["hearing_request_due_on"])));
    }

    /// Publishes a policy version that names a legal basis for every list.
    pub async fn name_the_regulation(&self, from: &str) {
        let county = self.app.county();
        let current = county.get("/v1/policies/current").await.expect(200);
        let mut document = current["document"].clone();
        for rule in document["measures"].as_array_mut().expect("rules") {
            if rule["requires_legal_basis"] == json!(true) {
                rule["legal_basis"] = json!("测试用地方性法规第一条");
            }
        }
        a_policy(self.app, from, &document).await;
    }
}
