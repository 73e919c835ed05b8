use serde_json::json;

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, notice};
use crate::support::rows::{a_change, a_complex, a_service, company_input, text};

on_both_databases! {
    async fn a_branch_counts_with_its_parent_and_each_sees_what_concerns_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let mut input = company_input();
        input["parent_id"] = case.company["id"].clone();
        let branch = app.county().post("/v1/companies", &input).await.expect(201);
        let complex = a_complex(&app).await;
        a_service(&app, &complex, &branch, "2026-01-01").await;
        case.name(text(&complex["id"]), "B");
        let portal = app.company(text(&branch["uscc"]));

        let mut report = case.report_input(nine(9), "B", "2026-03-09");
        report["company_id"] = branch["id"].clone();
        case.on("2026-03-09");
        let made = case.reporter().post("/v1/violations", &report).await.expect(201);
        case.name(text(&made["id"]), "V2");
        let path = case.violation("V2");
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        case.portal().get(&path).await.expect(200);
        let opened = portal.get(&path).await.expect(200);
        case.on(&next_day(text(&opened["statement_due_on"])));
        case.confirm("V2").await;
        assert_eq!(case.level().await, 2, "two clauses, one of them the branch's");

        let orders = app.county().get(&format!("/v1/measures?violation_id={}", case.id("V2"))).await.items().clone();
        let order = orders.iter().find(|m| m["kind"] == "rectification_order").unwrap();
        assert_eq!(order["company_id"], branch["id"]);
        let order = format!("/v1/measures/{}", text(&order["id"]));
        portal.get(&order).await.expect(200);
        case.portal().get(&order).await.expect(200);
        portal.get(&case.measure("rectification_order:V1").await).await.problem(404, "not_found");
        portal.get(&case.violation("V1")).await.problem(404, "not_found");
        let standing = portal.get(&format!("/v1/companies/{}/standing", text(&branch["id"]))).await.expect(200);
        assert_eq!(standing["answers_with"], json!(case.company["id"]));
        assert!(!standing.to_string().contains(case.id("V1")), "its parent's other cases by clause and day only");
        case.portal().get(&format!("/v1/companies/{}", text(&branch["id"]))).await.expect(200);
    }

    async fn a_branch_that_changes_its_parent_is_seen_by_the_new_one(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let parent = app.county().post("/v1/companies", &company_input()).await.expect(201);
        let portal = app.company(text(&parent["uscc"]));
        portal.get(&case.violation("V1")).await.problem(404, "not_found");
        a_change(&app, &case.company, &json!({ "parent_id": parent["id"] })).await;
        portal.get(&case.violation("V1")).await.expect(200);
        case.portal().get(&case.violation("V1")).await.expect(200);
        a_change(&app, &case.company, &json!({ "parent_id": null })).await;
        portal.get(&case.violation("V1")).await.problem(404, "not_found");
    }
}
