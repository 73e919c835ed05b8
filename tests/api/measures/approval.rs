use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::arguments;
use crate::support::rows::a_policy;
use crate::support::{NEIGHBOUR, TOWNSHIP};

/// Three clauses: level 3, so that a removal is proposed.
async fn level_three(case: &mut Case<'_>) -> String {
    case.confirmed("V1", nine(3), "P", "2026-03-02").await;
    case.confirmed("V2", nine(7), "P", "2026-04-08").await;
    case.confirmed("V3", nine(9), "P", "2026-05-11").await;
    case.measure("removal:P").await
}

on_both_databases! {
    async fn a_removal_is_approved_after_notice_hearing_and_by_the_leader_in_charge(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = level_three(&mut case).await;
        let approve = format!("{removal}/approval");
        case.leader().post(&approve, &reasons()).await.problem(409, "due_process");
        case.officer().post(&approve, &reasons()).await.problem(403, "forbidden");
        app.county().post(&approve, &reasons()).await.problem(403, "forbidden");
        let mut other_tasks = arguments(Role::TownshipLeader);
        (other_tasks.division, other_tasks.tasks) = (Some(TOWNSHIP.into()), vec![1, 8]);
        let token = xiaoqu::token_issuing::issue(&app.state.local_issuer, &other_tasks, 60).unwrap();
        app.bearer(&token).post(&approve, &reasons()).await.problem(403, "forbidden");
        app.office(Role::TownshipLeader, NEIGHBOUR).post(&approve, &reasons()).await.problem(404, "not_found");

        case.officer().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        let opened = case.portal().get(&removal).await.expect(200);
        assert_eq!(opened["delivery"]["method"], "opened");
        let hearing = format!("{removal}/hearing");
        case.portal().post(&hearing, &reasons()).await.expect(200);
        case.portal().post(&hearing, &reasons()).await.problem(409, "state_conflict");
        case.after_period_of(&opened).await;
        case.leader().post(&approve, &reasons()).await.problem(409, "due_process");
        let today = opened["hearing_request_due_on"].clone();
        let record = json!({ "held_on": today, "record": "当事人到场陈述" });
        case.officer().post(&format!("{removal}/hearing-record"), &record).await.expect(200);
        case.decisions_are_final().await;
        let today = json!(app.state.clock.today());
        let approved = case.leader().post(&approve, &reasons()).await.expect(200);
        assert_eq!(approved["state"], "approved");
        assert_eq!(approved["approval"]["reasons"], reasons()["reasons"]);

        // The approval starts the removal. Its completion names the lawful ground and its document.
        let complete = format!("{removal}/completion");
        let mut done = json!({ "completed_on": today, "outcome": "合同已终止" });
        case.officer().post(&complete, &done).await
            .faults(&[("/removal_ground", "required"), ("/evidence", "required")]);
        done["removal_ground"] = json!("owners_vote");
        done["evidence"] = json!([{ "title": "业主大会决定", "url": "https://evidence.example.invalid/vote.pdf" }]);
        // The owners' vote terminates the contract sixty days after the notice (Civil Code 946), which completes the
        // removal.
        case.officer().post(&complete, &done).await.faults(&[("/notice_given_on", "required")]);
        done["notice_given_on"] = today;
        case.officer().post(&complete, &done).await.faults(&[("/completed_on", "notice_too_short")]);
        done["removal_ground"] = json!("agreement");
        let done = case.officer().post(&complete, &done).await.expect(200);
        assert_eq!((&done["state"], &done["completion"]["removal_ground"]), (&json!("done"), &json!("agreement")));
        let complex = case.officer().get(&format!("/v1/complexes/{}/service", case.id("P"))).await;
        assert_eq!(complex.items()[0]["effective_to"], done["completion"]["completed_on"]);
    }

    async fn what_cannot_be_undone_waits_for_the_appeal(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = level_three(&mut case).await;
        let appeal = format!("{}/appeal", case.violation("V3"));
        case.portal().post(&appeal, &json!({ "text": "不服认定" })).await.expect(200);
        case.after_hearing_period(&removal, &case.officer()).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.problem(409, "appeal_pending");
        let upheld = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V3")), &upheld).await.expect(200);
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
    }

    async fn a_rejected_measure_is_proposed_again_only_on_a_new_ground(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        let removal = level_three(&mut case).await;
        case.leader().post(&format!("{removal}/rejection"), &reasons()).await.expect(200);
        case.confirmed("V4", nine(3), "Q", "2026-06-08").await;
        assert!(!case.on_file().await.contains("removal:P proposed"), "nothing new at P");
        case.confirmed("V5", nine(9), "P", "2026-06-22").await;
        let file = case.on_file().await;
        assert!(file.contains("removal:P proposed") && file.contains("removal:P rejected"), "{file:?}");
    }

    async fn a_measure_that_its_office_cancels_says_why(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let advice = case.measure("manager_advice:P").await;
        app.office(Role::EnforcementOffice, TOWNSHIP).post(&format!("{advice}/cancellation"), &reasons()).await
            .problem(403, "forbidden");
        let cancelled = case.officer().post(&format!("{advice}/cancellation"), &reasons()).await.expect(200);
        assert_eq!(cancelled["cancellation"]["reason_zh"], reasons()["reasons"]);
        case.officer().post(&format!("{advice}/cancellation"), &reasons()).await.problem(409, "state_conflict");
        case.confirmed("V2", nine(7), "P", "2026-04-08").await;
        assert!(case.on_file().await.contains("manager_advice:P approved"), "a new ground calls for it again");
    }

    async fn a_decision_rests_on_the_grounds_that_the_company_was_told_of(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = level_three(&mut case).await;
        case.officer().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        case.officer().post(&format!("{removal}/notification"), &notice()).await.problem(409, "state_conflict");
        // A fourth clause at P comes after the notice. It is a ground, but not in the notice.
        case.confirmed("V4", nine(8), "P", "2026-06-08").await;
        let told = |measure: &serde_json::Value| {
            let grounds = measure["grounds"].as_array().unwrap().iter();
            grounds.filter(|ground| ground["in_notice"] == json!(true)).count()
        };
        let now = case.officer().get(&removal).await.expect(200);
        assert_eq!((told(&now), now["grounds"].as_array().map(Vec::len)), (3, Some(4)));
        // All three grounds in the notice are revoked. Three others keep the level.
        case.confirmed("V5", "nine.obstructing_infrastructure", "P", "2026-06-22").await;
        case.confirmed("V6", "nine.abandoning_service", "P", "2026-07-06").await;
        for name in ["V1", "V2", "V3"] {
            app.county().post(&format!("{}/revocation", case.violation(name)), &reasons()).await.expect(200);
        }
        let opened = case.portal().get(&removal).await.expect(200);
        assert_eq!((&opened["state"], told(&opened)), (&json!("proposed"), 0));
        case.after_period_of(&opened).await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.problem(409, "due_process");
        case.after_hearing_period(&removal, &case.officer()).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
    }

    async fn a_statement_is_answered_before_the_decision(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = level_three(&mut case).await;
        case.officer().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        let listed = case.portal().get("/v1/measures?kind=removal").await.items()[0].clone();
        assert_eq!((&listed["unopened"], &listed["notification"]), (&json!(true), &json!(null)));
        let opened = case.portal().get(&removal).await.expect(200);
        case.portal().post(&format!("{removal}/statement"), &json!({ "text": "请求从轻" })).await.expect(200);
        case.after_period_of(&opened).await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.problem(409, "statement_unanswered");
        case.officer().post(&format!("{removal}/statement-answer"), &reasons()).await.expect(200);
        case.officer().post(&format!("{removal}/statement-answer"), &reasons()).await.problem(409, "state_conflict");
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
    }

    async fn what_a_lighter_policy_no_longer_calls_for_is_not_approved(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = level_three(&mut case).await;
        case.after_hearing_period(&removal, &case.officer()).await;
        let county = app.county();
        let mut document = county.get("/v1/policies/current").await.expect(200)["document"].clone();
        document["ladder"]["thresholds"] = json!({ "level_1": 1, "level_2": 2, "level_3": 4, "level_4": 5 });
        a_policy(&app, &app.state.clock.today().to_string(), &document).await;
        assert_eq!(case.level().await, 2);
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.problem(409, "no_longer_due");
    }
}
