//! The handover after the termination.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::{draft, filed};
use crate::on_both_databases;

use crate::support::files::evidence;
use crate::support::rows::{a_company, a_complex, contract_input, end_contract, path, text};

const ITEMS: [&str; 6] =
    ["drawings", "equipment_data", "warranty_data", "other_data", "premises", "accounts_and_money"];

fn items(names: &[&str], on: &str) -> Value {
    let all: Vec<Value> =
        names.iter().map(|name| json!({ "item": name, "on": on, "receiver": "测试花园业主委员会" })).collect();
    json!({ "items": all })
}

on_both_databases! {
    async fn it_is_done_when_the_committee_has_received_everything(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        let at = format!("{}/handover", path("contracts", &contract));
        let portal = app.company(text(&company["uscc"]));
        portal.post(&at, &items(&["drawings"], "2026-03-02")).await.problem(409, "state_conflict");
        end_contract(&app, &contract, "2026-03-31").await;
        app.set_clock("2026-04-03T01:00:00Z");
        portal.post(&at, &items(&["drawings", "drawings"], "2026-04-09")).await.faults(&[
            ("/items/0/on", "in_the_future"),
            ("/items/1/item", "duplicate"),
            ("/items/1/on", "in_the_future"),
        ]);
        let said = portal.post(&at, &items(&ITEMS, "2026-04-02")).await.expect(200);
        assert_eq!(said["handover"]["done_on"], Value::Null, "the company alone does not say that it was received");
        assert_eq!(said["handover"]["items"][4]["handed_over_on"], "2026-04-02");
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        committee.post(&at, &items(&ITEMS[..5], "2026-04-02")).await.expect(200);
        let done = committee.post(&at, &items(&ITEMS[5..], "2026-04-03")).await.expect(200);
        assert_eq!((&done["handover"]["done_on"], &done["handover"]["overdue"]), (&json!("2026-04-03"), &json!(false)));
        committee.post(&at, &items(&ITEMS[5..], "2026-04-03")).await.problem(409, "state_conflict");
    }

    async fn what_the_company_recorded_in_time_and_nobody_confirmed_is_a_dispute_and_no_lateness(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        end_contract(&app, &contract, "2026-03-31").await;
        let at = path("contracts", &contract);
        let (portal, committee) = (app.company(text(&company["uscc"])), app.office(Role::ComplexCommittee, text(&complex["id"])));
        app.set_clock("2026-04-15T01:00:00Z");
        let said = portal.post(&format!("{at}/handover"), &items(&ITEMS, "2026-04-15")).await.expect(200);
        assert_eq!((&said["handover"]["state"], &said["handover"]["confirmation_due_on"]), (&json!("unconfirmed"), &json!("2026-04-22")));
        committee.post(&format!("{at}/handover"), &items(&ITEMS[..5], "2026-04-15")).await.expect(200);
        app.set_clock("2026-04-30T01:00:00Z");
        let seen = app.social().get(&at).await.expect(200);
        assert_eq!((&seen["handover"]["overdue"], &seen["handover"]["state"]), (&json!(false), &json!("unconfirmed")));
        app.social().post(&format!("{at}/handover-report"), &json!({})).await.problem(409, "state_conflict");
        // The recipient must confirm it and is overdue. The company has nothing to do.
        let item = committee.get("/v1/inbox?kind=receive_handover").await.items()[0].clone();
        assert_eq!((&item["due_on"], &item["overdue"]), (&json!("2026-04-22"), &json!(true)));
        assert!(portal.get("/v1/inbox?kind=hand_over").await.items().is_empty());
        let done = committee.post(&format!("{at}/handover"), &items(&ITEMS[5..], "2026-04-30")).await.expect(200);
        assert_eq!((&done["handover"]["state"], &done["handover"]["done_on"]), (&json!("done"), &json!("2026-04-30")));
    }

    async fn what_was_recorded_after_the_last_day_is_late_whatever_day_it_names(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        end_contract(&app, &contract, "2026-03-31").await;
        let at = path("contracts", &contract);
        let portal = app.company(text(&company["uscc"]));
        app.set_clock("2026-04-15T01:00:00Z");
        portal.post(&format!("{at}/handover"), &items(&ITEMS[..5], "2026-04-15")).await.expect(200);
        app.set_clock("2026-04-16T01:00:00Z");
        let late = portal.post(&format!("{at}/handover"), &items(&ITEMS[5..], "2026-04-15")).await.expect(200);
        assert_eq!((&late["handover"]["state"], &late["handover"]["overdue"]), (&json!("overdue"), &json!(true)));
        let reported = app.social().post(&format!("{at}/handover-report"), &json!({})).await.expect(201);
        let told = text(&reported["description"]);
        assert!(told.contains("2026年3月31日") && !told.contains("图纸"), "what was recorded in time is not among it: {told}");
    }

    async fn what_is_not_received_by_the_due_day_is_overdue(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        end_contract(&app, &contract, "2026-03-31").await;
        let at = path("contracts", &contract);
        app.set_clock("2026-04-15T01:00:00Z");
        assert_eq!(app.social().get(&at).await.expect(200)["handover"]["overdue"], false, "the last day");
        let report = format!("{at}/handover-report");
        app.social().post(&report, &json!({})).await.problem(409, "state_conflict");
        app.set_clock("2026-04-16T01:00:00Z");
        assert_eq!(app.social().get(&at).await.expect(200)["handover"]["overdue"], true);
        let words = json!({ "description": "经两次催告仍未移交" });
        let reported = app.social().post(&report, &words).key("late").await.expect(201);
        assert_eq!((&reported["act"], &reported["clause"], &reported["state"]), (&json!("nine.abandoning_service"), &json!(6), &json!("reported")));
        assert!(text(&reported["description"]).contains("图纸") && text(&reported["description"]).ends_with("经两次催告仍未移交"));
        assert_eq!(app.social().post(&report, &words).key("late").await.header("idempotent-replayed"), "true");
        app.social().post(&report, &words).await.problem(409, "already_exists");
        assert_eq!(app.social().get(&at).await.expect(200)["handover"]["late_report"], reported["id"]);
        // The company learns of it from its notice.
        let portal = app.company(text(&company["uscc"]));
        assert_eq!(portal.get(&at).await.expect(200)["handover"]["late_report"], Value::Null);
        app.entries_about(text(&contract["id"])).await;
        let events = portal.get(&format!("/v1/events?limit=200&subject_id={}", text(&contract["id"]))).await;
        assert!(events.items().iter().all(|event| event["type"] != "contract.handover_reported"));
    }

    async fn service_after_the_end_is_never_late(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        end_contract(&app, &contract, "2026-03-31").await;
        let at = path("contracts", &contract);
        app.set_clock("2026-04-10T01:00:00Z");
        let interim = json!({ "reasons": "尚未选定新物业服务人" });
        app.social().post(&format!("{at}/interim-service"), &interim).await.expect(200);
        app.set_clock("2026-06-16T01:00:00Z");
        assert_eq!(app.social().get(&at).await.expect(200)["handover"]["overdue"], false);
        app.social().post(&format!("{at}/handover-report"), &json!({})).await.problem(409, "state_conflict");
    }

    async fn a_company_that_renews_hands_nothing_over(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let first = filed(&app, &company, &draft(&complex, "2025-01-01", Some("2026-03-31"))).await;
        assert_eq!(first["handover"]["due_on"], "2026-04-15");
        let next = filed(&app, &company, &draft(&complex, "2026-04-01", Some("2027-03-31"))).await;
        let at = path("contracts", &first);
        assert_eq!(app.social().get(&at).await.expect(200)["handover"]["due_on"], Value::Null);
        app.set_clock("2026-05-16T01:00:00Z");
        app.social().post(&format!("{at}/handover-report"), &json!({})).await.problem(409, "state_conflict");
        assert_eq!(next["handover"]["due_on"], "2027-04-15");
    }

    async fn nothing_is_handed_over_while_a_contract_with_a_term_runs(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", Some("2026-03-31"))).await;
        let at = format!("{}/handover", path("contracts", &contract));
        let portal = app.company(text(&company["uscc"]));
        portal.post(&at, &items(&["drawings"], "2026-03-02")).await.problem(409, "state_conflict");
        app.set_clock("2026-04-01T01:00:00Z");
        portal.post(&at, &items(&["drawings"], "2026-04-01")).await.expect(200);
    }

    async fn service_after_the_end_of_a_record_that_is_then_filed_is_not_late_either(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let mut record = contract_input(&complex, &company, "2025-01-01");
        record["effective_to"] = json!("2026-02-28");
        let record = app.county().post("/v1/contracts", &record).await.expect(201);
        let at = path("contracts", &record);
        let on = app.social().post(&format!("{at}/interim-service"), &json!({ "reasons": "业主尚未决定" })).await.expect(200);
        assert_eq!(on["handover"]["due_on"], Value::Null);
        let changed = json!({ "effective_from": "2025-02-01" });
        let after = app.county().patch(&at, &changed).if_match("*").await.expect(200);
        assert_eq!((&after["handover"]["due_on"], &after["interim_service"]), (&Value::Null, &json!(true)));
    }

    async fn what_was_received_is_not_the_companys_to_change_and_days_stand_in_their_order(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = filed(&app, &company, &draft(&complex, "2025-01-01", None)).await;
        end_contract(&app, &contract, "2026-03-31").await;
        app.set_clock("2026-04-08T01:00:00Z");
        let at = format!("{}/handover", path("contracts", &contract));
        let portal = app.company(text(&company["uscc"]));
        portal.post(&at, &items(&["drawings"], "2024-12-31")).await.faults(&[("/items/0/on", "before_start")]);
        // A file can belong to one item only.
        let mut twice = items(&["drawings", "premises"], "2026-04-03");
        let file = portal.a_picture().await;
        for at in 0..2 {
            twice["items"][at]["evidence"] = evidence(&file);
        }
        portal.post(&at, &twice).await.faults(&[("/items/1/evidence/0/attachment_id", "duplicate")]);
        portal.post(&at, &items(&["drawings"], "2026-04-03")).await.expect(200);
        app.social().post(&at, &items(&["drawings"], "2026-04-02")).await.faults(&[("/items/0/on", "before_start")]);
        let noted = json!({ "items": [{ "item": "drawings", "on": "2026-04-07", "receiver": "望远镇社会事务办公室", "note": "缺少三本" }] });
        app.social().post(&at, &noted).await.expect(200);
        let over = json!({ "items": [{ "item": "drawings", "on": "2026-04-08", "note": "全部齐全" }] });
        portal.post(&at, &over).await.faults(&[("/items/0/item", "conflict")]);
        let seen = app.social().get(&path("contracts", &contract)).await.expect(200);
        assert_eq!(seen["handover"]["items"][0]["note"], "缺少三本");
    }
}
