//! Service periods follow from contracts.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::rows::{
    a_company, a_complex, a_complex_in, a_service, company_input, contract_input, end_contract, path, text,
};
use crate::support::{COMMUNITY, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, TestApp};

fn until(complex: &Value, company: &Value, from: &str, to: &str) -> Value {
    let mut input = contract_input(complex, company, from);
    input["effective_to"] = json!(to);
    input
}

async fn services(app: &TestApp, complex: &Value) -> Vec<(String, String, Option<String>)> {
    let list = app.county().get(&format!("{}/service", path("complexes", complex))).await;
    let day = |value: &Value| value.as_str().map(str::to_owned);
    let all = list.items().iter().map(|row| {
        (text(&row["company_id"]).to_owned(), text(&row["effective_from"]).to_owned(), day(&row["effective_to"]))
    });
    all.collect()
}

on_both_databases! {
    async fn the_contract_in_force_says_who_serves_to_the_last_minute(app: TestApp) {
        let complex = a_complex(&app).await;
        let (first, second) = (a_company(&app).await, a_company(&app).await);
        let contract = a_service(&app, &complex, &first, "2025-01-01").await;
        assert_eq!((&contract["entered_by"], &contract["state"], &contract["in_force"]), (&json!("office"), &json!("draft"), &json!(true)));
        let shown = app.social().get(&path("complexes", &complex)).await;
        assert_eq!(shown.json["service"]["company_id"], first["id"]);
        assert_eq!(shown.json["version"], 2, "the current company is part of the complex");
        // A contract that is only recorded does not replace another company's contract.
        let next = contract_input(&complex, &second, "2026-03-10");
        app.county().post("/v1/contracts", &next).await.problem(409, "contract_overlaps");
        end_contract(&app, &contract, "2026-03-09").await;
        app.county().post("/v1/contracts", &next).await.expect(201);
        let id = |company: &Value| text(&company["id"]).to_owned();
        assert_eq!(
            services(&app, &complex).await,
            [
                (id(&second), "2026-03-10".into(), None),
                (id(&first), "2025-01-01".into(), Some("2026-03-09".into()))
            ]
        );
        let serving = async || app.social().get(&path("complexes", &complex)).await.json["service"]["company_id"].clone();
        assert_eq!(serving().await, first["id"]);
        app.set_clock("2026-03-09T15:59:00Z");
        assert_eq!(serving().await, first["id"], "the last minute of the day in Yinchuan");
        app.set_clock("2026-03-09T16:00:00Z");
        assert_eq!(serving().await, second["id"], "midnight in Yinchuan");
    }

    async fn contracts_that_count_never_overlap(app: TestApp) {
        let complex = a_complex(&app).await;
        let (one, two) = (a_company(&app).await, a_company(&app).await);
        let county = app.county();
        county.post("/v1/contracts", &until(&complex, &one, "2026-01-01", "2026-06-30")).await.expect(201);
        for (from, to) in [("2026-06-30", "2027-06-30"), ("2025-06-01", "2026-01-01"), ("2026-02-01", "2026-03-01")] {
            let answer = county.post("/v1/contracts", &until(&complex, &two, from, to)).await;
            answer.problem(409, "contract_overlaps");
        }
        county.post("/v1/contracts", &contract_input(&complex, &two, "2025-01-01")).await.problem(409, "contract_overlaps");
        county.post("/v1/contracts", &until(&complex, &two, "2025-01-01", "2025-12-31")).await.expect(201);
        county.post("/v1/contracts", &contract_input(&complex, &two, "2026-07-01")).await.expect(201);
        county.post("/v1/contracts", &contract_input(&complex, &one, "2026-07-01")).await.problem(409, "contract_overlaps");
        assert_eq!(services(&app, &complex).await.len(), 3);
    }

    async fn every_fault_of_a_contract_is_told_at_once(app: TestApp) {
        let complex = a_complex(&app).await;
        let nobody = json!({ "id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11" });
        let mut input = until(&complex, &nobody, "2026-03-02", "2026-03-01");
        let fee = json!({ "name": "物业服务费", "charged_to": "owner", "unit_price": "1.80001", "unit": "m2_month", "pricing_basis": "market" });
        input["fee_items"] = json!([fee]);
        let answer = app.county().post("/v1/contracts", &input).await;
        answer.faults(&[("/fee_items/0/unit_price", "invalid_format")]);
        input["fee_items"][0]["unit_price"] = json!("1.8000");
        input["fee_items"] = json!([input["fee_items"][0], input["fee_items"][0]]);
        app.county().post("/v1/contracts", &input).await.faults(&[
            ("/company_id", "unknown_reference"),
            ("/effective_to", "before_start"),
            ("/fee_items/1/name", "duplicate"),
        ]);
        let foreign = app.office(Role::CountyAuthority, OTHER_COUNTY);
        let theirs = foreign.post("/v1/companies", &company_input()).await.expect(201);
        let answer = app.county().post("/v1/contracts", &contract_input(&complex, &theirs, "2026-03-02")).await;
        answer.faults(&[("/company_id", "unknown_reference")]);
        app.county().post("/v1/contracts", &json!({})).await.faults(&[
            ("/kind", "required"),
            ("/complex_id", "required"),
            ("/project_manager", "required"),
            ("/effective_from", "required"),
        ]);
        let mut unnamed = contract_input(&complex, &nobody, "2026-03-02");
        unnamed.as_object_mut().unwrap().remove("company_id");
        app.county().post("/v1/contracts", &unnamed).await.faults(&[("/company_id", "required")]);
    }

    async fn an_office_records_contracts_of_its_own_territory_only(app: TestApp) {
        let theirs = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let company = a_company(&app).await;
        let answer = app.social().post("/v1/contracts", &contract_input(&theirs, &company, "2026-01-01")).await;
        answer.faults(&[("/complex_id", "unknown_reference")]);
        app.office(Role::Community, COMMUNITY).post("/v1/contracts", &json!({})).await.problem(403, "forbidden");
        let contract = a_service(&app, &theirs, &company, "2026-01-01").await;
        app.social().get(&path("contracts", &contract)).await.problem(404, "not_found");
        app.neighbour().get(&path("contracts", &contract)).await.expect(200);
    }

    async fn a_company_sees_the_complexes_and_services_of_its_own_only(app: TestApp) {
        let complex = a_complex(&app).await;
        let other = a_complex(&app).await;
        let (first, second) = (a_company(&app).await, a_company(&app).await);
        let contract = a_service(&app, &complex, &first, "2025-01-01").await;
        end_contract(&app, &contract, "2025-12-31").await;
        let next = a_service(&app, &complex, &second, "2026-01-01").await;
        let former = app.company(text(&first["uscc"]));
        assert_eq!(former.get("/v1/complexes").await.ids(), [text(&complex["id"])]);
        former.get(&path("complexes", &other)).await.problem(404, "not_found");
        former.get(&path("contracts", &next)).await.problem(404, "not_found");
        assert_eq!(former.get("/v1/contracts").await.ids(), [text(&contract["id"])]);
        let seen = former.get(&format!("{}/service", path("complexes", &complex))).await;
        assert_eq!(seen.items().len(), 1);
        assert_eq!(seen.items()[0]["company_id"], first["id"]);
        assert_eq!(seen.items()[0]["id"], contract["id"], "a service is its contract's");
    }

    async fn twenty_records_at_once_leave_one_contract(app: TestApp) {
        let complex = a_complex(&app).await;
        let companies = [a_company(&app).await, a_company(&app).await];
        let county = app.county();
        let posts = (0..20).map(|at| {
            let (county, input) = (county.clone(), contract_input(&complex, &companies[at % 2], "2026-01-01"));
            async move { county.post("/v1/contracts", &input).await.status }
        });
        let answers = futures_util::future::join_all(posts).await;
        assert!(answers.iter().all(|status| matches!(status, 201 | 409)), "{answers:?}");
        assert_eq!(services(&app, &complex).await.len(), 1);
    }

    async fn an_office_takes_back_what_it_recorded_by_mistake(app: TestApp) {
        let complex = a_complex(&app).await;
        let company = a_company(&app).await;
        let contract = a_service(&app, &complex, &company, "2026-01-01").await;
        let at = path("contracts", &contract);
        // The company can read the office's record but not change it. It enters its own contract.
        let portal = app.company(text(&company["uscc"]));
        let etag = portal.get(&at).await.etag();
        portal.patch(&at, &json!({ "project_manager": "丙某" })).if_match(&etag).await.problem(403, "forbidden");
        let changed = app.county().patch(&at, &json!({ "effective_from": "2025-06-01" })).if_match(&etag).await.expect(200);
        assert_eq!(services(&app, &complex).await[0].1, "2025-06-01");
        let stale = app.county().patch(&at, &json!({ "effective_from": "2025-07-01" })).if_match(&etag).await;
        stale.problem(412, "precondition_failed");
        assert_eq!(changed["version"], 2);
        let renamed = json!({ "project_manager": "丙某", "reasons": "原项目经理人离职" });
        portal.post(&format!("{at}/project-manager"), &renamed).await.expect(200);
        let shown = app.social().get(&path("complexes", &complex)).await.expect(200);
        assert_eq!(shown["service"]["project_manager"], "丙某");
        app.county().post(&format!("{at}/withdrawal"), &json!({ "note": "录入错误" })).await.expect(200);
        assert!(services(&app, &complex).await.is_empty());
        app.county().post(&format!("{at}/withdrawal"), &json!({})).await.problem(409, "state_conflict");
    }
}
