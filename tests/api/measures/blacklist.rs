use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, reasons};
use crate::support::client::Client;
use crate::support::rows::{a_complex, a_service, contract_input, text};
use crate::support::{COUNTY, TestApp};

/// The officer who notifies does not decide.
fn clerk(app: &TestApp) -> Client {
    app.officer(Role::CountyAuthority, COUNTY, "clerk")
}

/// Four clauses, so that the blacklist is proposed.
async fn level_four(case: &mut Case<'_>) -> String {
    case.confirmed("V1", nine(3), "P", "2026-03-02").await;
    case.confirmed("V2", nine(7), "P", "2026-04-08").await;
    case.confirmed("V3", nine(9), "P", "2026-05-11").await;
    case.confirmed("V4", nine(8), "P", "2026-06-08").await;
    case.measure("blacklist").await
}

/// A blacklist measure that only needs its approval, and the first day on which it may be approved.
async fn ready_to_list(app: &TestApp, case: &mut Case<'_>) -> (String, String) {
    let blacklist = level_four(case).await;
    case.after_hearing_period(&blacklist, &clerk(app)).await;
    case.decisions_are_final().await;
    let today = app.state.clock.today().to_string();
    case.name_the_regulation(&today).await;
    (blacklist, today)
}

on_both_databases! {
    async fn a_listing_without_a_legal_basis_is_refused(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let blacklist = level_four(&mut case).await;
        case.after_hearing_period(&blacklist, &clerk(&app)).await;
        let approve = format!("{blacklist}/approval");
        app.county().post(&approve, &reasons()).await.problem(409, "legal_basis_missing");
        assert!(app.county().get("/v1/blacklist").await.items().is_empty());
    }

    async fn the_county_lists_a_company_it_takes_no_new_complex_and_a_revocation_takes_all_back(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let (blacklist, today) = ready_to_list(&app, &mut case).await;
        case.leader().post(&format!("{blacklist}/approval"), &reasons()).await.problem(404, "not_found");
        clerk(&app).post(&format!("{blacklist}/approval"), &reasons()).await.problem(403, "same_person");
        let done = app.county().post(&format!("{blacklist}/approval"), &reasons()).await.expect(200);
        assert_eq!((&done["state"], &done["legal_basis"]), (&json!("done"), &json!("测试用地方性法规第一条")));

        let entries = app.social().get("/v1/blacklist").await.items().clone();
        let entry = &entries[0];
        assert_eq!((&entry["kind"], &entry["state"]), (&json!("blacklist"), &json!("in_force")));
        assert_eq!(entry["listed_from"], json!(today));
        assert_eq!(case.standing().await["credit"]["band"], "d");
        let new = a_complex(&app).await;
        let service = contract_input(&new, &case.company, &today);
        app.county().post("/v1/contracts", &service).await.problem(409, "company_blacklisted");
        // Renewal for a complex that it already serves is still possible.
        let served = json!({ "id": case.id("P") });
        app.county().post("/v1/contracts", &contract_input(&served, &case.company, &today)).await.expect(201);

        let path = format!("/v1/blacklist/{}", text(&entry["id"]));
        let repair = json!({ "text": "已全部整改，申请信用修复" });
        case.portal().post(&format!("{path}/credit-repair"), &repair).await.expect(200);
        case.portal().post(&format!("{path}/credit-repair"), &repair).await.problem(409, "state_conflict");

        // One of the four grounds is revoked, which creates a task to reverse the listing.
        case.portal().post(&format!("{}/appeal", case.violation("V4")), &repair).await.problem(409, "deadline_passed");
        app.county().post(&format!("{}/revocation", case.violation("V4")), &reasons()).await.expect(200);
        assert_eq!(case.level().await, 3);
        // Effective at once: no company stays listed on a revoked ground.
        let entry = app.county().get(&path).await.expect(200);
        assert_eq!((&entry["state"], &entry["delisted_on"]), (&json!("delisted"), &json!(today)));
        assert!(text(&entry["delisting_reason"]).contains("撤销"), "{entry}");
        let id = blacklist.rsplit('/').next().unwrap();
        let reversal = case.measure(&format!("reversal:{id}")).await;
        let completed = json!({ "completed_on": today, "outcome": "已公告移出黑名单" });
        app.county().post(&format!("{reversal}/completion"), &completed).await.expect(200);
        assert_eq!(case.standing().await["credit"]["listed"], json!(false));
        a_service(&app, &new, &case.company, &today).await;
        app.county().post(&format!("{path}/delisting"), &reasons()).await.problem(409, "state_conflict");
    }

    async fn an_application_for_credit_repair_is_answered_and_may_be_made_again(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let (blacklist, today) = ready_to_list(&app, &mut case).await;
        app.county().post(&format!("{blacklist}/approval"), &reasons()).await.expect(200);
        let entry = app.county().get("/v1/blacklist").await.items()[0].clone();
        let path = format!("/v1/blacklist/{}", text(&entry["id"]));
        let (apply, refuse) = (format!("{path}/credit-repair"), format!("{path}/credit-repair-refusal"));
        app.county().post(&refuse, &reasons()).await.problem(409, "state_conflict");
        let repair = json!({ "text": "已全部整改，申请信用修复" });
        let waits = async || app.county().get("/v1/inbox?kind=answer_credit_repair").await.items().clone();
        for _ in 0..2 {
            assert!(waits().await.is_empty());
            let applied = case.portal().post(&apply, &repair).await.expect(200);
            assert_eq!(applied["credit_repair"]["refused_at"], json!(null));
            let item = waits().await[0].clone();
            assert_eq!((&item["href"], &item["subject_id"]), (&json!(path), &entry["id"]));
            assert!(item["due_on"].as_str() > Some(today.as_str()), "{item}");
            case.portal().post(&refuse, &reasons()).await.problem(403, "forbidden");
            case.leader().post(&refuse, &reasons()).await.problem(403, "forbidden");
            app.county().post(&refuse, &json!({})).await.faults(&[("/reasons", "required")]);
            let refused = app.county().post(&refuse, &reasons()).await.expect(200);
            assert_eq!((&refused["state"], &refused["credit_repair"]["refusal_reasons"]), (&json!("in_force"), &reasons()["reasons"]));
            app.county().post(&refuse, &reasons()).await.problem(409, "state_conflict");
        }
        // The company can read the reasons.
        let own = case.portal().get(&path).await.expect(200);
        assert_eq!(own["credit_repair"]["refusal_reasons"], reasons()["reasons"]);
    }

    async fn a_restriction_blocks_new_complexes_and_ends_on_its_last_day(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        level_four(&mut case).await;
        let restriction = case.measure("restriction").await;
        case.after_hearing_period(&restriction, &clerk(&app)).await;
        case.decisions_are_final().await;
        let today = app.state.clock.today().to_string();
        case.name_the_regulation(&today).await;
        app.county().post(&format!("{restriction}/approval"), &reasons()).await.expect(200);
        let new = a_complex(&app).await;
        let service = |day: &str| contract_input(&new, &case.company, day);
        app.county().post("/v1/contracts", &service(&today)).await.problem(409, "company_restricted");
        let entry = app.county().get("/v1/blacklist?kind=restriction").await.items()[0].clone();
        case.on(&crate::support::cases::next_day(text(&entry["listed_until"])));
        assert_eq!(app.county().get("/v1/blacklist").await.items()[0]["state"], "expired");
        app.county().post("/v1/contracts", &service("2028-01-03")).await.expect(201);
    }
}
