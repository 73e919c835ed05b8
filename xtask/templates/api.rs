//! `/v1/__path__`

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::rows::{a_company, a_served_complex, path, text};

fn planned(complex: &Value) -> Value {
    json!({ "complex_id": complex["id"], "title": "第一季度__zh__", "planned_on": "2026-03-12" })
}

on_both_databases! {
    async fn one_is_planned_at_a_complex_and_reported_once(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let office = app.social();
        let made = office.post("/v1/__path__", &planned(&complex)).await;
        assert_eq!(made.header("location"), format!("/v1/__path__/{}", made.id()));
        let made = made.expect(201);
        assert_eq!((&made["state"], &made["company_id"], &made["outcome"]), (&json!("planned"), &company["id"], &Value::Null));

        let at = path("__path__", &made);
        let portal = app.company(text(&company["uscc"]));
        let seen = portal.get(&at).await.expect(200);
        assert_eq!(seen["created_by"]["subject"], Value::Null, "a company does not see the officer");
        let other = a_company(&app).await;
        app.company(text(&other["uscc"])).get(&at).await.problem(404, "not_found");
        app.neighbour().get(&at).await.problem(404, "not_found");
        portal.post("/v1/__path__", &planned(&complex)).await.problem(403, "forbidden");
        let (at_complex, of_company) = (text(&complex["id"]), text(&company["id"]));
        for filter in ["state=planned".to_owned(), format!("complex_id={at_complex}"), format!("company_id={of_company}")] {
            assert_eq!(office.get(&format!("/v1/__path__?{filter}")).await.ids(), [text(&made["id"])], "{filter}");
        }
        assert!(office.get("/v1/__path__?state=done").await.items().is_empty());

        let report = format!("{at}/report");
        portal.post(&report, &json!({})).await.faults(&[("/outcome", "required")]);
        let done = portal.post(&report, &json!({ "outcome": "已按计划完成" })).await.expect(200);
        assert_eq!((&done["state"], &done["outcome"]["text"]), (&json!("done"), &json!("已按计划完成")));
        office.post(&report, &json!({ "outcome": "再次上报" })).await.problem(409, "state_conflict");
        assert_eq!(app.entries_about(text(&made["id"])).await.len(), 2, "one event for each");
    }

    async fn a_plan_is_refused_with_every_input_error_at_its_pointer(app: TestApp) {
        let company = a_company(&app).await;
        let body = json!({ "complex_id": company["id"], "title": "第一季度__zh__", "planned_on": "2026-03-01" });
        let faults = [("/complex_id", "unknown_reference"), ("/planned_on", "before_start")];
        app.social().post("/v1/__path__", &body).await.faults(&faults);
    }
}
