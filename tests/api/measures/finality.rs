//! Adverse measures rest on final decisions only, and a later appeal suspends them.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::Client;
use crate::support::rows::{a_complex, contract_input, text};
use crate::support::{COUNTY, TestApp};

/// Confirmed clauses at P whose decisions have not been delivered.
async fn undelivered(case: &mut Case<'_>, count: usize) {
    let all = [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-08"), ("V3", 9, "2026-05-11"), ("V4", 8, "2026-06-08")];
    for (name, clause, day) in &all[..count] {
        case.confirmed(name, nine(*clause), "P", day).await;
    }
}

fn clerk(app: &TestApp) -> Client {
    app.officer(Role::CountyAuthority, COUNTY, "clerk")
}

/// The codes of the obstacles, and the violations that they name.
fn named(problem: &Value) -> Vec<(String, String)> {
    let errors = problem["errors"].as_array().expect("errors");
    errors.iter().map(|one| (text(&one["code"]).to_owned(), text(&one["pointer"]).to_owned())).collect()
}

/// As if the decision had been made before decisions had to be final: it was never delivered.
fn as_if_never_delivered(app: &TestApp, id: &str) {
    let delivered = match app.kind() {
        crate::support::Kind::Sqlite => "json_remove(proceedings, '$.decision_delivery')",
        crate::support::Kind::Postgres => "(proceedings::jsonb - 'decision_delivery')::text",
    };
    app.execute(&format!("UPDATE violations SET appeal_due_on = NULL, proceedings = {delivered} WHERE id = '{id}'"));
}

on_both_databases! {
    async fn nothing_that_bites_is_approved_before_each_decision_was_served_and_its_time_for_an_appeal_is_over(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        undelivered(&mut case, 4).await;
        case.name_the_regulation(&app.state.clock.today().to_string()).await;
        let township = [("removal:P", true), ("rating_unqualified:P", true)];
        let county = [("blacklist", false), ("restriction", false), ("joint_punishment", false)];
        let mut measures = Vec::new();
        for (key, by_leader) in township.into_iter().chain(county) {
            let measure = case.measure(key).await;
            let (office, approver) = if by_leader { (case.officer(), case.leader()) } else { (clerk(&app), app.county()) };
            office.post(&format!("{measure}/notification"), &notice()).await.expect(200);
            case.portal().get(&measure).await.expect(200);
            measures.push((measure, approver));
        }
        case.on("2026-07-20");
        for (measure, approver) in &measures {
            let refused = approver.post(&format!("{measure}/approval"), &reasons()).await;
            let told = refused.problem(409, "decision_not_delivered");
            let mut wanted: Vec<(String, String)> = ["V1", "V2", "V3", "V4"]
                .map(|name| ("decision_not_delivered".to_owned(), format!("violations/{}", case.id(name)))).to_vec();
            let mut found = named(told);
            wanted.sort();
            found.sort();
            assert_eq!(found, wanted, "{measure}");
        }
        // Three are delivered: the fourth is named, and for the others the appeal period is running.
        for name in ["V1", "V2", "V3"] {
            case.portal().get(&case.violation(name)).await.expect(200);
        }
        let (removal, leader) = &measures[0];
        let told = leader.post(&format!("{removal}/approval"), &reasons()).await;
        let codes: Vec<String> = named(told.problem(409, "decision_not_delivered")).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["decision_not_delivered", "appeal_period_open", "appeal_period_open", "appeal_period_open"]);
        let seen = case.portal().get(&case.violation("V4")).await.expect(200);
        leader.post(&format!("{removal}/approval"), &reasons()).await.problem(409, "appeal_period_open");
        case.on(text(&seen["appeal_due_on"]));
        leader.post(&format!("{removal}/approval"), &reasons()).await.problem(409, "appeal_period_open");
        case.portal().post(&format!("{}/appeal", case.violation("V4")), &json!({ "text": "不服认定" })).await.expect(200);
        case.decisions_are_final().await;
        let told = leader.post(&format!("{removal}/approval"), &reasons()).await;
        assert_eq!(named(told.problem(409, "appeal_pending")), [("appeal_pending".to_owned(), format!("violations/{}", case.id("V4")))]);
        let decision = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V4")), &decision).await.expect(200);
        for (measure, approver) in &measures {
            approver.post(&format!("{measure}/approval"), &reasons()).await.expect(200);
        }
    }

    async fn the_level_that_calls_for_a_removal_must_be_reached_by_final_decisions_alone(app: TestApp) {
        // Two clauses at P and one at Q: the removal at P also depends on the third, though that is not one of its
        // grounds.
        let mut case = Case::new(&app, &["P", "Q"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        case.confirmed("V2", nine(7), "P", "2026-04-08").await;
        case.decisions_are_final().await;
        case.confirmed("V3", nine(9), "Q", "2026-05-11").await;
        let removal = case.measure("removal:P").await;
        case.after_hearing_period(&removal, &case.officer()).await;
        let told = case.leader().post(&format!("{removal}/approval"), &reasons()).await;
        assert_eq!(named(told.problem(409, "decision_not_delivered")), [("decision_not_delivered".to_owned(), format!("violations/{}", case.id("V3")))]);
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
    }

    async fn a_removal_is_suspended_by_a_later_appeal_and_goes_on_or_ends_with_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        undelivered(&mut case, 3).await;
        let removal = case.measure("removal:P").await;
        case.after_hearing_period(&removal, &case.officer()).await;
        case.decisions_are_final().await;
        let approved = case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        assert_eq!(approved["suspended_on"], Value::Null);
        as_if_never_delivered(&app, case.id("V3"));
        case.portal().post(&format!("{}/appeal", case.violation("V3")), &json!({ "text": "决定书从未送达" })).await.expect(200);
        let suspended = case.officer().get(&removal).await.expect(200);
        assert_eq!((&suspended["state"], &suspended["suspended_on"]), (&json!("approved"), &json!(app.state.clock.today())));
        assert_ne!(suspended["version"], approved["version"]);
        assert!(case.officer().get("/v1/inbox?kind=carry_out_measure").await.items().iter().all(|one| one["about"] != "removal"));
        let done = json!({
            "completed_on": app.state.clock.today(), "outcome": "合同已终止", "removal_ground": "agreement",
            "evidence": [{ "title": "终止协议", "text": "双方同意终止" }],
        });
        case.officer().post(&format!("{removal}/completion"), &done).await.problem(409, "appeal_pending");
        // Upheld: the measure resumes with the working days that were left.
        let before = text(&suspended["due_on"]).to_owned();
        case.on("2026-08-10");
        let decision = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V3")), &decision).await.expect(200);
        let resumed = case.officer().get(&removal).await.expect(200);
        assert_eq!((&resumed["state"], &resumed["suspended_on"]), (&json!("approved"), &Value::Null));
        assert!(text(&resumed["due_on"]) > before.as_str(), "{resumed}");
        let id = removal.rsplit('/').next().unwrap();
        let kinds = app.values(&format!("SELECT kind AS value FROM ledger_events WHERE subject_id = '{id}' ORDER BY id"));
        assert!(kinds.ends_with(&["measure.approved".into(), "measure.suspended".into(), "measure.resumed".into()]), "{kinds:?}");
        // Another one is revoked on appeal, which ends the measure.
        as_if_never_delivered(&app, case.id("V2"));
        case.portal().post(&format!("{}/appeal", case.violation("V2")), &json!({ "text": "决定书从未送达" })).await.expect(200);
        let decision = json!({ "outcome": "revoked", "reasons": "证据不足" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V2")), &decision).await.expect(200);
        let ended = case.officer().get(&removal).await.expect(200);
        assert_eq!((&ended["state"], &ended["suspended_on"]), (&json!("cancelled"), &Value::Null));
    }

    async fn a_blacklist_entry_has_no_effect_while_an_appeal_against_its_ground_is_pending(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        undelivered(&mut case, 4).await;
        let blacklist = case.measure("blacklist").await;
        case.after_hearing_period(&blacklist, &clerk(&app)).await;
        case.decisions_are_final().await;
        let today = app.state.clock.today().to_string();
        case.name_the_regulation(&today).await;
        app.county().post(&format!("{blacklist}/approval"), &reasons()).await.expect(200);
        let new = a_complex(&app).await;
        app.county().post("/v1/contracts", &contract_input(&new, &case.company, &today)).await.problem(409, "company_blacklisted");
        as_if_never_delivered(&app, case.id("V1"));
        case.portal().post(&format!("{}/appeal", case.violation("V1")), &json!({ "text": "决定书从未送达" })).await.expect(200);
        let entry = || async { app.county().get("/v1/blacklist").await.items()[0].clone() };
        assert_eq!((&entry().await["state"], &entry().await["suspended_on"]), (&json!("suspended"), &json!(today)));
        assert_eq!(case.standing().await["credit"]["listed"], json!(false));
        app.county().post("/v1/contracts", &contract_input(&new, &case.company, &today)).await.expect(201);
        let decision = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V1")), &decision).await.expect(200);
        assert_eq!((&entry().await["state"], &entry().await["suspended_on"]), (&json!("in_force"), &Value::Null));
        assert_eq!(case.standing().await["credit"]["listed"], json!(true));
        // Revoked on appeal: the listing ends.
        as_if_never_delivered(&app, case.id("V2"));
        case.portal().post(&format!("{}/appeal", case.violation("V2")), &json!({ "text": "决定书从未送达" })).await.expect(200);
        let decision = json!({ "outcome": "revoked", "reasons": "证据不足" });
        app.county().post(&format!("{}/appeal-decision", case.violation("V2")), &decision).await.expect(200);
        assert_eq!(entry().await["state"], "delisted");
    }
}
