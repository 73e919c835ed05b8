use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::COUNTY;
use crate::support::cases::{Case, nine};
use crate::support::rows::text;

on_both_databases! {
    async fn a_rectification_in_time_restores_points_and_a_late_one_does_not(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        case.confirmed("V1", nine(7), "P", "2026-03-02").await;
        case.confirmed("V2", nine(9), "Q", "2026-03-09").await;
        assert_eq!(case.standing().await["credit"]["score"], json!(80));
        let (first, second) = (case.measure("rectification_order:V1").await, case.measure("rectification_order:V2").await);
        let due = case.officer().get(&second).await.expect(200)["due_on"].clone();
        let done = |day: &str| json!({ "completed_on": day, "outcome": "已整改到位" });
        case.officer().post(&format!("{first}/completion"), &done("2026-03-01")).await
            .faults(&[("/completed_on", "before_start")]);
        let day = app.state.clock.today().to_string();
        let completed = case.officer().post(&format!("{first}/completion"), &done(&day)).await.expect(200);
        assert_eq!(completed["completion"]["in_time"], json!(true));
        assert_eq!(case.standing().await["credit"]["score"], json!(82), "a fifth of the ten points");
        case.on("2026-06-01");
        assert!(text(&due) < "2026-06-01");
        let late = case.officer().post(&format!("{second}/completion"), &done("2026-06-01")).await.expect(200);
        assert_eq!(late["completion"]["in_time"], json!(false));
        assert_eq!(case.standing().await["credit"]["score"], json!(82));
    }

    async fn an_agency_sees_and_answers_what_is_referred_to_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(7), "P", "2026-03-02").await;
        let agency = app.office(Role::MarketSupervision, COUNTY);
        let measures = agency.get("/v1/measures").await.items().clone();
        assert_eq!(measures.len(), 1, "what is referred to it, and no more");
        assert_eq!(measures[0]["kind"], "referral");
        agency.get(&case.violation("V1")).await.expect(200);
        app.office(Role::FireRescue, COUNTY).get(&case.violation("V1")).await.problem(404, "not_found");
        let referral = format!("/v1/measures/{}", text(&measures[0]["id"]));
        let answer = json!({
            "completed_on": app.state.clock.today(), "outcome": "已立案，责令退还多收费用",
            "evidence": [{ "title": "责令改正通知书", "url": "https://evidence.example.invalid/2.pdf" }],
        });
        case.officer().post(&format!("{referral}/completion"), &answer).await.problem(403, "forbidden");
        let answered = agency.post(&format!("{referral}/completion"), &answer).await.expect(200);
        assert_eq!(answered["completion"]["outcome"], answer["outcome"]);
        agency.get(&case.measure("interview").await).await.problem(404, "not_found");
    }
}
