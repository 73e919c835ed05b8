//! The termination of a contract, and its relation to a removal.

use serde_json::{Value, json};

use super::{draft, filed};
use crate::on_both_databases;

use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::rows::{a_company, a_complex, a_service, path, text};

fn termination_on(ground: &str, notice: Option<&str>, last: &str) -> Value {
    json!({
        "ground": ground, "notice_given_on": notice, "last_day": last, "reasons": "依法终止",
        "evidence": [{ "title": "文书", "text": "见原件" }],
    })
}

/// Three clauses at one complex, so that its removal is proposed.
async fn proposed_removal(case: &mut Case<'_>) -> String {
    for (name, clause, day) in [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-07"), ("V3", 9, "2026-05-06")] {
        case.confirmed(name, nine(clause), "P", day).await;
    }
    case.measure("removal:P").await
}

on_both_databases! {
    async fn notice_is_given_in_time_and_what_was_recorded_by_mistake_is_taken_back(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", Some("2026-12-31"))).await;
        let (at, portal) = (path("contracts", &contract), app.company(text(&company["uscc"])));
        let termination = format!("{at}/termination");
        let short = app.county().post(&termination, &termination_on("owners_vote", Some("2026-03-02"), "2026-04-30")).await;
        short.faults(&[("/last_day", "notice_too_short")]);
        portal.post(&termination, &termination_on("owners_vote", Some("2026-03-02"), "2026-05-01")).await.faults(&[("/ground", "wrong_party")]);
        portal.post(&termination, &termination_on("declined_renewal", None, "2026-11-30")).await.faults(&[
            ("/last_day", "conflict"),
            ("/notice_given_on", "required"),
        ]);
        let ended = app.county().post(&termination, &termination_on("owners_vote", Some("2026-03-02"), "2026-05-01")).await.expect(200);
        assert_eq!((&ended["last_day"], &ended["in_force"]), (&json!("2026-05-01"), &json!(true)));
        // The sixteenth is a Saturday (Civil Code 203).
        assert_eq!(ended["handover"]["due_on"], "2026-05-18");
        app.county().post(&termination, &termination_on("agreement", None, "2026-04-01")).await.problem(409, "state_conflict");
        let back = app.county().post(&format!("{at}/termination-withdrawal"), &json!({ "reasons": "登记有误" })).await.expect(200);
        assert_eq!((&back["last_day"], &back["termination"]), (&json!("2026-12-31"), &Value::Null));
        let shown = app.social().get(&path("complexes", &complex)).await.expect(200);
        assert_eq!(shown["service"]["effective_to"], "2026-12-31");
        portal.post(&termination, &termination_on("declined_renewal", Some("2026-03-02"), "2026-12-31")).await.expect(200);
    }

    async fn interim_service_ends_with_the_next_contract(app: TestApp) {
        let (first, second, complex) = (a_company(&app).await, a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &first, &draft(&complex, "2025-01-01", Some("2026-03-31"))).await;
        let at = path("contracts", &contract);
        app.set_clock("2026-04-02T01:00:00Z");
        let serving = async || app.social().get(&path("complexes", &complex)).await.json["service"].clone();
        assert_eq!(serving().await, Value::Null);
        let interim = json!({ "reasons": "尚未选定新物业服务人" });
        let on = app.social().post(&format!("{at}/interim-service"), &interim).await.expect(200);
        assert_eq!((&on["interim_service"], &on["handover"]["due_on"]), (&json!(true), &Value::Null));
        assert_eq!(serving().await["company_id"], first["id"]);
        filed(&app, &second, &draft(&complex, "2026-05-01", None)).await;
        let ended = app.social().get(&at).await.expect(200);
        assert_eq!((&ended["interim_until"], &ended["handover"]["due_on"]), (&json!("2026-04-30"), &json!("2026-05-15")));
        app.social().post(&format!("{at}/interim-service"), &interim).await.problem(409, "state_conflict");
        app.set_clock("2026-05-01T01:00:00Z");
        assert_eq!(serving().await["company_id"], second["id"]);
    }

    async fn an_approved_removal_opens_the_ending_and_is_done_with_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = proposed_removal(&mut case).await;
        case.after_hearing_period(&removal, &case.officer()).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        let contracts = app.social().get(&format!("/v1/contracts?complex_id={}", case.id("P"))).await;
        let contract = contracts.items()[0].clone();
        assert_eq!(format!("/v1/measures/{}", text(&contract["removal_id"])), removal);
        let today = app.state.clock.today().to_string();
        // With a lawful ground and its document, the termination completes the removal.
        let mut input = termination_on("agreement", None, &today);
        input["evidence"] = json!([]);
        let termination = format!("{}/termination", path("contracts", &contract));
        app.social().post(&termination, &input).await.faults(&[("/evidence", "required")]);
        app.social().post(&termination, &termination_on("agreement", None, &today)).await.expect(200);
        let done = app.social().get(&removal).await.expect(200);
        assert_eq!((&done["state"], &done["completion"]["removal_ground"]), (&json!("done"), &json!("agreement")));
        let back = json!({ "reasons": "登记有误" });
        app.social().post(&format!("{}/termination-withdrawal", path("contracts", &contract)), &back).await.problem(409, "state_conflict");
    }

    async fn a_removal_whose_ground_is_revoked_asks_for_no_ending(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = proposed_removal(&mut case).await;
        case.officer().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        let opened = case.portal().get(&removal).await.expect(200);
        case.after_period_of(&opened).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        let contract = app.social().get(&format!("/v1/contracts?complex_id={}", case.id("P"))).await.items()[0].clone();
        assert!(!contract["removal_id"].is_null());
        app.county().post(&format!("{}/revocation", case.violation("V3")), &reasons()).await.expect(200);
        let after = app.social().get(&path("contracts", &contract)).await.expect(200);
        assert_eq!((&after["removal_id"], &after["in_force"]), (&Value::Null, &json!(true)));
    }

    async fn a_stale_version_stops_an_ending(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = a_service(&app, &complex, &company, "2026-01-01").await;
        let termination = format!("{}/termination", path("contracts", &contract));
        let input = termination_on("agreement", None, "2026-03-31");
        app.county().post(&termination, &input).if_match("\"7\"").await.problem(412, "precondition_failed");
        app.county().post(&termination, &input).if_match("\"1\"").await.expect(200);
    }

    async fn service_that_goes_on_is_ended_by_notice_like_an_indefinite_contract(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", Some("2026-02-28"))).await;
        let (at, portal) = (path("contracts", &contract), app.company(text(&company["uscc"])));
        app.social().post(&format!("{at}/interim-service"), &json!({ "reasons": "业主未作决定" })).await.expect(200);
        let termination = format!("{at}/termination");
        portal.post(&termination, &termination_on("notice", Some("2026-03-02"), "2026-04-30")).await.faults(&[("/last_day", "notice_too_short")]);
        let ended = portal.post(&termination, &termination_on("notice", Some("2026-03-02"), "2026-05-01")).await.expect(200);
        assert_eq!((&ended["interim_until"], &ended["termination"]["last_day"]), (&json!("2026-05-01"), &json!("2026-05-01")));
        assert_eq!((&ended["last_day"], &ended["handover"]["due_on"]), (&json!("2026-02-28"), &json!("2026-05-18")));
        app.county().post(&termination, &termination_on("agreement", None, "2026-05-01")).await.problem(409, "state_conflict");
        app.set_clock("2026-05-02T01:00:00Z");
        assert_eq!(app.social().get(&path("complexes", &complex)).await.json["service"], Value::Null);
    }

    async fn what_an_offices_mistaken_record_ended_stands_again_when_it_is_withdrawn(app: TestApp) {
        let (developers, owners, complex) = (a_company(&app).await, a_company(&app).await, a_complex(&app).await);
        let mut preliminary = draft(&complex, "2025-01-01", Some("2027-12-31"));
        preliminary["kind"] = json!("preliminary");
        preliminary["party_a_kind"] = json!("developer");
        preliminary["selection"] = json!("tender");
        let first = filed(&app, &developers, &preliminary).await;
        let at = path("contracts", &first);
        let mistaken = a_service(&app, &complex, &owners, "2026-03-01").await;
        let ended = app.county().get(&at).await.expect(200);
        assert_eq!((&ended["last_day"], &ended["termination"]["ground"]), (&json!("2026-02-28"), &json!("succession")));
        // Moved to another day, then withdrawn.
        let mistaken = path("contracts", &mistaken);
        app.county().patch(&mistaken, &json!({ "effective_from": "2026-03-11" })).if_match("*").await.expect(200);
        assert_eq!(app.county().get(&at).await.expect(200)["last_day"], "2026-03-10");
        app.county().post(&format!("{mistaken}/withdrawal"), &json!({ "note": "登记有误" })).await.expect(200);
        let again = app.county().get(&at).await.expect(200);
        assert_eq!((&again["last_day"], &again["termination"], &again["in_force"]), (&json!("2027-12-31"), &Value::Null, &json!(true)));
        assert_eq!(again["handover"]["due_on"], "2028-01-17");
        let shown = app.social().get(&path("complexes", &complex)).await.expect(200);
        assert_eq!(shown["service"]["company_id"], developers["id"]);
    }

    async fn a_removal_is_done_when_the_company_has_gone_and_not_before(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let removal = proposed_removal(&mut case).await;
        case.after_hearing_period(&removal, &case.officer()).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        let contract = app.social().get(&format!("/v1/contracts?complex_id={}", case.id("P"))).await.items()[0].clone();
        let at = path("contracts", &contract);
        app.social().post(&format!("{at}/termination"), &termination_on("agreement", None, "2026-09-30")).await.expect(200);
        assert_eq!(app.social().get(&removal).await.expect(200)["state"], "approved", "the company serves on");
        let back = json!({ "reasons": "登记有误" });
        app.social().post(&format!("{at}/termination-withdrawal"), &back).await.expect(200);
        app.social().post(&format!("{at}/termination"), &termination_on("agreement", None, "2026-09-30")).await.expect(200);
        case.on("2026-10-09");
        let done = json!({
            "completed_on": "2026-10-09", "outcome": "合同已终止，企业已退出", "removal_ground": "agreement",
            "evidence": [{ "title": "终止协议", "text": "双方同意终止" }],
        });
        let done = app.social().post(&format!("{removal}/completion"), &done).await.expect(200);
        assert_eq!(done["state"], "done");
    }
}
