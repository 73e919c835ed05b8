//! `/v1/complexes/{id}/service`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::OTHER_COUNTY;
use crate::support::rows::{a_company, a_complex, a_complex_in, a_service, company_input, path, text};
use crate::support::{COMMUNITY, NEIGHBOUR_COMMUNITY, TestApp};

fn service(company: &Value, from: &str, to: Option<&str>) -> Value {
    json!({ "company_id": company["id"], "project_manager": "乙某", "effective_from": from, "effective_to": to })
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
    async fn a_new_service_ends_the_open_one_on_the_day_before(app: TestApp) {
        let complex = a_complex(&app).await;
        let (first, second) = (a_company(&app).await, a_company(&app).await);
        a_service(&app, &complex, &first, "2025-01-01").await;
        let shown = app.social().get(&path("complexes", &complex)).await;
        assert_eq!(shown.json["service"]["company_id"], first["id"]);
        assert_eq!(shown.json["version"], 2, "who serves it is a change of the complex");
        a_service(&app, &complex, &second, "2026-03-10").await;
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

    async fn services_never_overlap(app: TestApp) {
        let complex = a_complex(&app).await;
        let (one, two) = (a_company(&app).await, a_company(&app).await);
        let at = format!("{}/service", path("complexes", &complex));
        let county = app.county();
        county.post(&at, &service(&one, "2026-01-01", Some("2026-06-30"))).await.expect(201);
        for (from, to) in [
            ("2026-06-30", None),
            ("2025-06-01", Some("2026-01-01")),
            ("2026-02-01", Some("2026-03-01")),
            ("2025-01-01", None),
        ] {
            county.post(&at, &service(&two, from, to)).await.problem(409, "service_overlaps");
        }
        county.post(&at, &service(&two, "2025-01-01", Some("2025-12-31"))).await.expect(201);
        county.post(&at, &service(&two, "2026-07-01", None)).await.expect(201);
        county.post(&at, &service(&one, "2026-07-01", None)).await.problem(409, "service_overlaps");
        assert_eq!(services(&app, &complex).await.len(), 3);
    }

    async fn every_fault_of_a_service_is_told_at_once(app: TestApp) {
        let at = format!("{}/service", path("complexes", &a_complex(&app).await));
        let nobody = json!({ "id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11" });
        let answer = app.county().post(&at, &service(&nobody, "2026-03-02", Some("2026-03-01"))).await;
        answer.faults(&[("/company_id", "unknown_reference"), ("/effective_to", "before_start")]);
        let foreign = app.office(Role::CountyAuthority, OTHER_COUNTY);
        let theirs = foreign.post("/v1/companies", &company_input()).await.expect(201);
        let answer = app.county().post(&at, &service(&theirs, "2026-03-02", None)).await;
        answer.faults(&[("/company_id", "unknown_reference")]);
        app.county().post(&at, &json!({})).await.faults(&[
            ("/company_id", "required"),
            ("/project_manager", "required"),
            ("/effective_from", "required"),
        ]);
    }

    async fn a_row_outside_the_territory_is_404_whatever_the_body_says(app: TestApp) {
        let theirs = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let at = format!("{}/service", path("complexes", &theirs));
        app.social().post(&at, &json!({ "nonsense": true })).await.problem(404, "not_found");
        app.social().call(reqwest::Method::POST, &at).body("application/json", "{").await.problem(404, "not_found");
        app.social().patch(&path("complexes", &theirs), &json!({ "name": 1 })).await.problem(404, "not_found");
        app.office(Role::Community, COMMUNITY).post(&at, &json!({})).await.problem(403, "forbidden");
    }

    async fn a_company_sees_the_complexes_and_services_of_its_own_only(app: TestApp) {
        let complex = a_complex(&app).await;
        let other = a_complex(&app).await;
        let (first, second) = (a_company(&app).await, a_company(&app).await);
        a_service(&app, &complex, &first, "2025-01-01").await;
        a_service(&app, &complex, &second, "2026-01-01").await;
        let former = app.company(text(&first["uscc"]));
        assert_eq!(former.get("/v1/complexes").await.ids(), [text(&complex["id"])]);
        former.get(&path("complexes", &other)).await.problem(404, "not_found");
        let seen = former.get(&format!("{}/service", path("complexes", &complex))).await;
        assert_eq!(seen.items().len(), 1);
        assert_eq!(seen.items()[0]["company_id"], first["id"]);
    }

    async fn a_stale_version_stops_an_action_that_names_one(app: TestApp) {
        let complex = a_complex(&app).await;
        let company = a_company(&app).await;
        let at = format!("{}/service", path("complexes", &complex));
        let input = service(&company, "2026-01-01", None);
        app.county().post(&at, &input).if_match("\"7\"").await.problem(412, "precondition_failed");
        app.county().post(&at, &input).if_match("\"1\"").await.expect(201);
    }

    async fn twenty_services_at_once_leave_one_open(app: TestApp) {
        let complex = a_complex(&app).await;
        let company = a_company(&app).await;
        let at = format!("{}/service", path("complexes", &complex));
        let (county, input) = (app.county(), service(&company, "2026-01-01", None));
        let answers = futures_util::future::join_all((0..20).map(|_| async { county.post(&at, &input).await.status })).await;
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| matches!(status, 201 | 409)), "{answers:?}");
        assert_eq!(services(&app, &complex).await.len(), 1);
    }
}
