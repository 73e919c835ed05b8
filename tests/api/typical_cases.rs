//! `/v1/typical-cases`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, reasons};
use crate::support::rows::{a_company, path, text};
use crate::support::{COMMUNITY, TestApp};

fn case_of(violation: &str) -> Value {
    json!({
        "violation_id": violation, "title": "某小区超合同标准收费",
        "summary": "经查，该企业公示的收费标准高于备案合同约定，已责令限期整改并退还多收费用。",
    })
}

/// A confirmed violation that the company opened, on the day after its appeal period.
async fn a_final_case<'a>(app: &'a TestApp) -> Case<'a> {
    let mut case = Case::new(app, &["P"]).await;
    case.confirmed("v", nine(7), "P", "2026-03-02").await;
    let opened = case.portal().get(&case.violation("v")).await.expect(200);
    case.on(&next_day(text(&opened["appeal_due_on"])));
    case
}

on_both_databases! {
    async fn a_case_is_published_once_its_decision_is_final(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("v", nine(7), "P", "2026-03-02").await;
        let body = case_of(case.id("v"));
        let office = case.officer();
        office.post("/v1/typical-cases", &body).await.problem(409, "state_conflict");
        let opened = case.portal().get(&case.violation("v")).await.expect(200);
        let last = text(&opened["appeal_due_on"]).to_owned();
        case.on(&last);
        office.post("/v1/typical-cases", &body).await.problem(409, "state_conflict");
        case.on(&next_day(&last));
        let made = office.post("/v1/typical-cases", &body).await;
        let id = text(&made.json["id"]).to_owned();
        assert_eq!((made.status, made.header("location")), (201, format!("/v1/typical-cases/{id}").as_str()));
        assert_eq!((&made.json["state"], &made.json["act"]), (&json!("published"), &json!(nine(7))));
        office.post("/v1/typical-cases", &body).await.problem(409, "already_exists");

        let at = format!("/v1/typical-cases/{id}");
        assert_eq!(case.portal().get(&at).await.expect(200)["published_by"]["subject"], Value::Null);
        let other = a_company(&app).await;
        app.company(text(&other["uscc"])).get(&at).await.problem(404, "not_found");
        app.neighbour().get(&at).await.problem(404, "not_found");
        app.office(Role::Community, COMMUNITY).post("/v1/typical-cases", &body).await.problem(403, "forbidden");
        for filter in ["", "state=published", &format!("company_id={}", text(&case.company["id"])), &format!("complex_id={}", case.id("P"))] {
            assert_eq!(office.get(&format!("/v1/typical-cases?{filter}")).await.ids(), [id.as_str()], "{filter}");
        }
        assert!(office.get("/v1/typical-cases?state=withdrawn").await.items().is_empty());

        office.post(&format!("{at}/withdrawal"), &json!({})).await.faults(&[("/reasons", "required")]);
        let withdrawn = office.post(&format!("{at}/withdrawal"), &reasons()).await.expect(200);
        assert_eq!((&withdrawn["state"], &withdrawn["withdrawal"]["reasons"]), (&json!("withdrawn"), &reasons()["reasons"]));
        office.post(&format!("{at}/withdrawal"), &reasons()).await.problem(409, "state_conflict");
        // After a withdrawal it can be published again.
        office.post("/v1/typical-cases", &body).await.expect(201);
    }

    async fn a_case_with_personal_data_is_refused_at_its_place(app: TestApp) {
        let case = a_final_case(&app).await;
        let mut body = case_of(case.id("v"));
        body["title"] = json!("业主 13800001234 反映超标准收费");
        body["summary"] = json!("经查，车牌宁A·12345 的业主被多收停车费，企业已退还。");
        case.officer().post("/v1/typical-cases", &body).await
            .faults(&[("/title", "personal_data"), ("/summary", "personal_data")]);
        body["title"] = json!("某小区超合同标准收费");
        body["violation_id"] = case.company["id"].clone();
        case.officer().post("/v1/typical-cases", &body).await
            .faults(&[("/violation_id", "unknown_reference"), ("/summary", "personal_data")]);
    }

    async fn a_case_is_withdrawn_in_the_moment_in_which_its_violation_is_revoked(app: TestApp) {
        let case = a_final_case(&app).await;
        let made = case.officer().post("/v1/typical-cases", &case_of(case.id("v"))).await.expect(201);
        case.leader().post(&format!("{}/revocation", case.violation("v")), &reasons()).await.expect(200);
        let seen = case.portal().get(&path("typical-cases", &made)).await.expect(200);
        assert_eq!((&seen["state"], &seen["withdrawal"]["reasons"]), (&json!("withdrawn"), &json!("认定已撤销")));
        assert_eq!(app.entries_about(text(&made["id"])).await.len(), 2);
        case.officer().post("/v1/typical-cases", &case_of(case.id("v"))).await.problem(409, "state_conflict");
    }

    async fn a_case_under_appeal_waits_and_one_that_was_upheld_is_final(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("v", nine(7), "P", "2026-03-02").await;
        case.portal().get(&case.violation("v")).await.expect(200);
        case.portal().post(&format!("{}/appeal", case.violation("v")), &json!({ "text": "请求复核" })).await.expect(200);
        let body = case_of(case.id("v"));
        case.officer().post("/v1/typical-cases", &body).await.problem(409, "appeal_pending");
        let upheld = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("v")), &upheld).await.expect(200);
        case.officer().post("/v1/typical-cases", &body).await.expect(201);
    }
}
