use reqwest::Method;
use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::access::role::ROLES;
use xiaoqu::app::document::document;
use xiaoqu::app::permissions;

use crate::on_both_databases;
use crate::support::cases::nine;
use crate::support::rows::{a_company, a_complex, a_served_complex, complex_input, text};
use crate::support::systems::client_input;

/// The operations that only a person may call: (operation, method, path).
fn decisions() -> Vec<(&'static str, Method, String)> {
    let document = document(false).expect("the document");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = text(&operation["operationId"]);
            let permission = permissions().of(id).expect("a row");
            if permission.person_only {
                let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
                let path = path.replace("{id}", "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11");
                let path = path.replace("{kind}", "service_phone").replace("{year}", "2027").replace("{version}", "1");
                assert!(!path.contains('{'), "{path}");
                all.push((permission.operation, method, path));
            }
        }
    }
    assert!(all.len() >= 20, "{all:?}");
    all
}

fn input_for(role: Role, company: &Value, complex: &Value) -> Value {
    let mut input = client_input();
    input["role"] = json!(role);
    let community = text(&complex["community"]);
    input["division"] = match role.row().division_digits {
        0 => Value::Null,
        digits => json!(community[..digits]),
    };
    match role {
        Role::PropertyCompany => input["company"] = company["uscc"].clone(),
        Role::ComplexCommittee => input["complex_id"] = complex["id"].clone(),
        Role::UtilityOperator => input["organisation"] = json!("heat"),
        _ => {}
    }
    input
}

on_both_databases! {
    async fn no_system_takes_a_decision_in_any_role(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let decisions = decisions();
        let mut refused = 0;
        for row in ROLES.iter().filter(|row| !matches!(row.role, Role::Resident | Role::SystemAdministrator)) {
            let system = app.a_system(&input_for(row.role, &company, &complex)).await;
            let client = system.client(&app).await;
            assert_eq!(client.get("/v1/me").await.expect(200)["machine"], true);
            for (operation, method, path) in &decisions {
                let answer = client.call(method.clone(), path).json(&json!({})).await;
                let allowed = permissions().of(operation).expect("a row").allows(row.role);
                answer.problem(403, if allowed { "person_required" } else { "forbidden" });
                refused += usize::from(allowed);
            }
        }
        assert!(refused > 40, "{refused} decisions were tried by whoever might take them as a person");
    }

    /// Operations that earlier versions opened to systems.
    async fn a_system_neither_sets_the_calendar_nor_rates_nor_consents_nor_registers_offices(app: TestApp) {
        let by_person = [
            "replace_calendar", "rate_complaint", "reopen_complaint", "set_complaint_consent", "create_office",
            "update_office", "update_company", "publish_policy", "approve_policy", "approve_company_change",
        ];
        for operation in by_person {
            assert!(permissions().of(operation).expect("a row").person_only, "{operation}");
        }
        let grant = json!({ "name": "越权系统", "contact": "测试联系人", "role": "county_authority", "division": "640121",
            "operations": ["replace_calendar"] });
        app.administrator().post("/v1/clients", &grant).await.problem(400, "invalid_input");
    }

    async fn a_system_does_not_consent_in_a_residents_name_when_it_submits(app: TestApp) {
        let complex = a_complex(&app).await;
        let system = app.a_system(&client_input()).await.client(&app).await;
        let mut complaint = crate::support::complaining::by_phone("service.cleaning", &complex);
        complaint["consent_to_company"] = json!(true);
        system.post("/v1/complaints", &complaint).await.faults(&[("/consent_to_company", "wrong_party")]);
        app.social().post("/v1/complaints", &complaint).await.expect(201);
    }

    async fn a_system_reads_reports_and_submits(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let system = app.a_system(&client_input()).await.client(&app).await;
        system.post("/v1/complexes", &complex_input()).await.expect(201);
        let report = json!({
            "act": nine(6), "company_id": company["id"], "complex_id": complex["id"], "found_on": "2026-03-02",
            "source": "inspection", "description": "检查时发现的违规事实",
        });
        let violation = system.post("/v1/violations", &report).await.expect(201);
        system.get(&format!("/v1/violations/{}", text(&violation["id"]))).await.expect(200);
    }

    async fn a_client_with_a_list_of_operations_calls_no_other(app: TestApp) {
        let mut input = client_input();
        input["operations"] = json!(["list_violations", "list_companies"]);
        let system = app.a_system(&input).await;
        let client = system.client(&app).await;
        client.get("/v1/violations").await.expect(200);
        client.get("/v1/companies").await.expect(200);
        let answer = client.get("/v1/measures").await;
        answer.problem(403, "forbidden");
        assert!(answer.header("www-authenticate").contains("insufficient_scope"));
        let me = client.get("/v1/me").await.expect(200);
        assert_eq!(me["permissions"], json!(["get_me", "list_companies", "list_violations"]));
        let whole = app.a_system(&client_input()).await.client(&app).await;
        whole.get("/v1/measures").await.expect(200);
    }
}
