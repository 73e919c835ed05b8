use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::COUNTY;
use crate::support::cases::{Case, next_day, nine, reasons};
use crate::support::rows::text;

on_both_databases! {
    async fn an_appeal_is_decided_above_and_a_revocation_clears_the_standing(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        assert_eq!(case.standing().await["credit"]["score"], json!(97));
        let path = case.violation("V1");
        case.portal().post(&format!("{path}/appeal"), &json!({ "text": "认定有误" })).await.expect(200);
        assert_eq!(case.level().await, 1, "an appealed violation counts until it is revoked");
        let decide = format!("{path}/appeal-decision");
        let revoked = json!({ "outcome": "revoked", "reasons": "证据不足" });
        case.officer().post(&decide, &revoked).await.problem(403, "forbidden");
        case.leader().post(&decide, &revoked).await.problem(403, "forbidden");
        let decided = app.county().post(&decide, &revoked).await.expect(200);
        assert_eq!((&decided["state"], &decided["revoked_on"]), (&json!("revoked"), &json!("2026-03-06")));
        let standing = case.standing().await;
        assert_eq!((&standing["level"], &standing["credit"]["score"]), (&json!(0), &json!(100)));
        let open = case.measures().await.iter().filter(|m| m["state"] == "approved" || m["state"] == "proposed").count();
        assert_eq!(open, 0);
    }

    async fn an_upheld_appeal_leaves_everything_as_it_was(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let before = case.on_file().await;
        let path = case.violation("V1");
        case.portal().post(&format!("{path}/appeal"), &json!({ "text": "认定有误" })).await.expect(200);
        let upheld = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{path}/appeal-decision"), &upheld).await.expect(200);
        assert_eq!((case.level().await, case.on_file().await), (1, before));
        case.portal().post(&format!("{path}/appeal"), &json!({ "text": "再次" })).await.problem(409, "state_conflict");
    }

    async fn an_appeal_after_its_period_is_refused(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let opened = case.portal().get(&case.violation("V1")).await.expect(200);
        case.on(&next_day(text(&opened["appeal_due_on"])));
        let path = format!("{}/appeal", case.violation("V1"));
        case.portal().post(&path, &json!({ "text": "迟到的申诉" })).await.problem(409, "deadline_passed");
    }

    async fn what_was_carried_out_becomes_a_task_to_reverse(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let interview = case.measure("interview").await;
        let done = json!({ "completed_on": "2026-03-06", "outcome": "已约谈主要负责人" });
        case.officer().post(&format!("{interview}/completion"), &done).await.expect(200);
        case.leader().post(&format!("{}/revocation", case.violation("V1")), &reasons()).await.expect(200);
        let id = interview.rsplit('/').next().unwrap();
        let reversal = case.measure(&format!("reversal:{id}")).await;
        let reversal = case.officer().get(&reversal).await.expect(200);
        assert_eq!((&reversal["state"], &reversal["reverses"]), (&json!("approved"), &json!(id)));
        assert_eq!(case.officer().get(&interview).await.expect(200)["state"], "done");
    }

    async fn the_leader_of_another_township_hears_nothing_of_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let path = format!("{}/revocation", case.violation("V1"));
        app.office(Role::TownshipLeader, "640121100").post(&path, &reasons()).await.problem(404, "not_found");
        app.office(Role::CountyAuthority, "640122").post(&path, &reasons()).await.problem(404, "not_found");
        app.office(Role::CountyAuthority, COUNTY).post(&path, &reasons()).await.expect(200);
    }
}
