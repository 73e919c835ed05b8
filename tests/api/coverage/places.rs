use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::support::ISSUER;
use crate::support::TestApp;
use crate::support::cases::{nine, notice};
use crate::support::complaining::{at, by_phone};
use crate::support::files::evidence;
use crate::support::inspecting::{result, unplanned, visit};
use crate::support::rating::next_cycle_input;
use crate::support::rows::{company_input, complex_input, contract_input, office_input, path, text};

/// Rows in one territory, created by its county and its social affairs office.
pub struct Place {
    pub company: Value,
    /// A pending company change.
    pub change: Value,
    pub complex: Value,
    /// Number of a draft policy version of the county, pending approval.
    pub draft: Value,
    pub violation: Value,
    pub measure: Value,
    /// A measure that a leader must approve.
    pub removal: Value,
    /// A listing on the blacklist.
    pub listing: Value,
    /// A finding of the survey, and a typical case.
    pub finding: Value,
    pub typical: Value,
    /// Number of a sealed event about the violation.
    pub entry: Value,
    /// A client pending approval, and a token revocation, both of the county.
    pub client: Value,
    pub revocation: Value,
    pub contract: Value,
    /// The social affairs office in the directory, and an order that it issued.
    pub office: Value,
    pub document: Value,
    /// A joint inspection of which the community has submitted its part, and a hazard.
    pub inspection: Value,
    pub hazard: Value,
    /// A rating that the company and the committee may see, and its cycle.
    pub rating: Value,
    pub cycle: Value,
    /// A complaint handled by the company, and one handled by the community.
    pub complaint: Value,
    pub other_complaint: Value,
}

impl Place {
    pub async fn make(app: &TestApp, community: &str) -> Place {
        let county = app.office(Role::CountyAuthority, &community[..6]);
        let company = county.post("/v1/companies", &company_input()).await.expect(201);
        let mut input = complex_input();
        input["community"] = json!(community);
        let complex = county.post("/v1/complexes", &input).await.expect(201);
        let contract = contract_input(&complex, &company, "2026-01-01");
        let contract = county.post("/v1/contracts", &contract).await.expect(201);
        let change = json!({ "service_hotline": "0951-0000009", "reason": "企业更换服务热线" });
        let change = county.post(&format!("{}/changes", path("companies", &company)), &change).await.expect(201);
        let document = xiaoqu::policy::versions::built_in();
        let policy = json!({ "effective_from": "2026-12-01", "document": document });
        let draft = county.post("/v1/policies", &policy).await;
        // A county has one draft with this content, which another place may have created.
        let draft = match draft.status {
            201 => draft.json["version"].clone(),
            _ => county.get("/v1/policies").await.items()[0]["version"].clone(),
        };
        let draft = json!(draft.to_string());
        // Three clauses: level 3, at which a leader must approve removals.
        let mut violation = Value::Null;
        for clause in [9, 7, 3] {
            violation = confirmed(app, &company, &complex, nine(clause)).await;
        }
        let all = county.get(&format!("/v1/measures?limit=200&company_id={}", text(&company["id"]))).await;
        let measure = |kind: &str| all.items().iter().find(|m| m["kind"] == kind).expect(kind).clone();
        let (measure, removal) = (measure("rectification_order"), measure("removal"));
        let listing = listing(app, &company, &measure);
        let typical = typical(app, &company, &complex, &violation);
        let findings = format!("/v1/disclosure-survey/findings?complex_id={}&kind=fee_standard", text(&complex["id"]));
        let finding = county.get(&findings).await.items()[0].clone();
        let entry = json!(app.entries_about(text(&violation["id"])).await[0]);
        let administrator = app.office(Role::SystemAdministrator, &community[..6]);
        let input = json!({
            "name": "测试平台", "contact": "测试联系人", "role": "community", "division": text(&complex["community"]),
        });
        let client = administrator.post("/v1/clients", &input).await.expect(201);
        let revoked =
            json!({ "kind": "subject", "issuer": ISSUER, "value": "nobody", "reason": "测试吊销", "residents": false });
        let revocation = administrator.post("/v1/token-revocations", &revoked).await.expect(201);
        let township = text(&complex["township"]);
        let office = county.post("/v1/offices", &office_input("social_affairs_office", township)).await.expect(201);
        let order = json!({ "kind": "rectification_order", "subject_id": measure["id"] });
        let decider = app.officer(Role::SocialAffairsOffice, township, "decider");
        let document = decider.post("/v1/documents", &order).await.expect(201);
        let (inspection, hazard) = inspected(app, &complex).await;
        let (cycle, rating) = rated(app, &complex).await;
        let (complaint, other_complaint) = complained(app, &complex).await;
        Place {
            company,
            change,
            complex,
            draft,
            violation,
            measure,
            removal,
            listing,
            finding,
            typical,
            entry,
            client,
            revocation,
            contract,
            office,
            document,
            inspection,
            hazard,
            rating,
            cycle,
            complaint,
            other_complaint,
        }
    }
}

/// A violation, reported by one officer and urgently confirmed by another.
async fn confirmed(app: &TestApp, company: &Value, complex: &Value, act: &str) -> Value {
    let township = text(&complex["township"]);
    let reporter = app.officer(Role::SocialAffairsOffice, township, "reporter");
    let input = json!({
        "act": act, "company_id": company["id"], "complex_id": complex["id"], "found_on": "2026-03-02",
        "source": "inspection", "description": "检查时发现的违规事实", "evidence": evidence(&reporter.a_picture().await),
    });
    let violation = reporter.post("/v1/violations", &input).await.expect(201);
    let office = app.officer(Role::SocialAffairsOffice, township, "decider");
    let case = path("violations", &violation);
    office.post(&format!("{case}/notification"), &notice()).await.expect(200);
    app.company(text(&company["uscc"])).get(&case).await.expect(200);
    let urgent = json!({ "reasons": "事实清楚", "urgent_reason": "危及居民安全" });
    office.post(&format!("{case}/confirmation"), &urgent).await.expect(200);
    violation
}

/// A listing as an approval creates it, written directly. The procedure is tested elsewhere.
fn listing(app: &TestApp, company: &Value, measure: &Value) -> Value {
    let id = uuid::Uuid::now_v7();
    let at = if app.state.db.is_postgres() { "now()" } else { "1772413200000000" };
    app.execute(&format!(
        "INSERT INTO listings (id, version, kind, company_id, county, measure_id, legal_basis, reason, public_reason, \
         listed_from, listed_until, repair, created_at, updated_at) VALUES ('{id}', 1, 'blacklist', '{}', '{}', '{}', \
         '测试法规', '测试', '公示', '2026-03-02', '2027-03-01', 'null', {at}, {at})",
        text(&company["id"]),
        text(&company["county"]),
        text(&measure["id"]),
    ));
    json!({ "id": id })
}

/// A typical case as its publication creates it, from a violation that counts as final.
fn typical(app: &TestApp, company: &Value, complex: &Value, violation: &Value) -> Value {
    let id = uuid::Uuid::now_v7();
    let at = if app.state.db.is_postgres() { "now()" } else { "1772413200000000" };
    app.execute(&format!(
        "INSERT INTO typical_cases (id, version, violation_id, act, company_id, complex_id, county, township, community, \
         state, title, summary, published_on, published_by, withdrawal, created_at, updated_at) VALUES ('{id}', 1, '{}', \
         'nine.staff_not_in_uniform', '{}', '{}', '{}', '{}', '{}', 'published', '测试案例', '测试案例内容', '2026-03-02', \
         '{{\"iss\":\"i\",\"sub\":\"s\",\"role\":\"social_affairs_office\",\"division\":null}}', 'null', {at}, {at})",
        text(&violation["id"]),
        text(&company["id"]),
        text(&complex["id"]),
        text(&complex["county"]),
        text(&complex["township"]),
        text(&complex["community"]),
    ));
    json!({ "id": id })
}

/// An announced rating in the cycle of its township.
async fn rated(app: &TestApp, complex: &Value) -> (Value, Value) {
    let office = app.office(Role::SocialAffairsOffice, text(&complex["township"]));
    let there = office.get("/v1/rating-cycles?state=open").await.items().first().cloned();
    let cycle = match there {
        Some(cycle) => cycle,
        None => {
            // The period is current, so the current company is rated.
            let mut input = next_cycle_input();
            input["opens_on"] = json!("2026-01-05");
            office.post("/v1/rating-cycles", &input).await.expect(201)
        }
    };
    let input = json!({ "cycle_id": cycle["id"], "complex_id": complex["id"] });
    let rating = office.post("/v1/ratings", &input).await.expect(201);
    app.execute(&format!("UPDATE ratings SET shared = TRUE WHERE id = '{}'", text(&rating["summary"]["id"])));
    (cycle, rating)
}

/// Two complaints that an office submitted. The resident follows one of the first place, and none elsewhere.
async fn complained(app: &TestApp, complex: &Value) -> (Value, Value) {
    let desk = app.office(Role::LivelihoodServiceCenter, text(&complex["township"]));
    let with_company = desk.post("/v1/complaints", &by_phone("service.cleaning", complex)).await.expect(201);
    let with_community = desk.post("/v1/complaints", &by_phone("other", complex)).await.expect(201);
    let resident = app.office(Role::Resident, "");
    if resident.get("/v1/complaints").await.items().is_empty() {
        resident.post(&at(&with_company, "following"), &json!({})).await.expect(200);
    }
    (with_company, with_community)
}

/// A joint inspection of two offices that is not done yet, and a hazard that one of them found before.
async fn inspected(app: &TestApp, complex: &Value) -> (Value, Value) {
    let office = app.office(Role::SocialAffairsOffice, text(&complex["township"]));
    let found = json!({ "results": [unplanned(complex, "safety", "2026-03-02T00:30:00Z", &["fire_lane"])] });
    office.post("/v1/inspection-results", &found).await.expect(200);
    let hazards = office.get(&format!("/v1/hazards?complex_id={}", text(&complex["id"]))).await;
    let offices = [
        ("social_affairs_office", "general"),
        ("fire_rescue", "safety"),
        ("police_station", "guard"),
        ("community", "general"),
    ];
    let planned = office.post("/v1/inspections", &visit(complex, "2026-03-02", &offices)).await.expect(201);
    // After the first result, the company can see it, too.
    let community = app.office(Role::Community, text(&complex["community"]));
    let at = format!("{}/result", path("inspections", &planned));
    let inspection = community.post(&at, &result("general", "2026-03-02T00:30:00Z", &["uniform"])).await.expect(200);
    (inspection, hazards.items()[0].clone())
}
