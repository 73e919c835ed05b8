use serde_json::json;

use crate::on_both_databases;
use crate::support::cases::{Case, nine};

on_both_databases! {
    async fn a_preview_answers_what_would_follow_and_stores_nothing(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let before = case.on_file().await;
        let suppose = |act: &str| json!({ "act": act, "complex_id": case.id("P"), "found_on": "2026-03-10" });
        let input = json!({
            "company_id": case.company["id"], "as_of": "2026-03-20", "violations": [suppose(nine(7)), suppose(nine(9))],
        });
        let standing = case.officer().post("/v1/standing-preview", &input).await.expect(200);
        assert_eq!(standing["level"], json!(3));
        let keys: Vec<&str> =
            standing["consequences"].as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
        assert!(keys.contains(&"removal") && !keys.contains(&"blacklist"), "{keys:?}");
        assert_eq!(case.on_file().await, before);
        assert_eq!(case.level().await, 1);
        let mut bad = input.clone();
        bad["violations"][0]["act"] = json!("nine.no_such_act");
        bad["company_id"] = json!(case.id("P"));
        case.officer().post("/v1/standing-preview", &bad).await
            .faults(&[("/company_id", "unknown_reference"), ("/violations/0/act", "not_in_policy")]);
    }

    async fn a_dry_run_of_a_policy_tells_which_standings_would_change(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let current = app.county().get("/v1/policies/current").await.expect(200);
        let mut document = current["document"].clone();
        document["ladder"]["thresholds"] = json!({ "level_1": 2, "level_2": 3, "level_3": 4, "level_4": 5 });
        let input = json!({ "effective_from": app.state.clock.today().succ_opt(), "document": document });
        let preview = app.county().post("/v1/policies?dry_run=true", &input).await.expect(200);
        let change = &preview["changes"][0];
        assert_eq!(change["company_id"], case.company["id"]);
        assert_eq!((&change["before"]["level"], &change["after"]["level"]), (&json!(1), &json!(0)));
        assert_eq!(app.county().get("/v1/policies/current").await.expect(200)["version"], json!(1));
    }
}
