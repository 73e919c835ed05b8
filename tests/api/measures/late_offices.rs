//! Offices have deadlines, too: cards, and overdue items that their leader and the county can see.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::Client;
use crate::support::rows::{a_company, a_complex, a_served_complex, end_contract, path, text};
use crate::support::{COMMUNITY, COUNTY, TOWNSHIP};

/// Inbox items of violations: kind, due date, card, level, and the overdue office.
async fn cases(client: &Client) -> Vec<Value> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    let of_cases = items.iter().filter(|item| item["subject_kind"] == "violation");
    let one = |item: &Value| {
        json!([item["kind"], item["due_on"], item["card"], item["level"], item["late_with"], item["late_office"]])
    };
    of_cases.map(one).collect()
}

async fn kinds(client: &Client) -> Vec<String> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    items.iter().map(|item| text(&item["kind"]).to_owned()).collect()
}

on_both_databases! {
    async fn what_an_office_is_late_with_goes_up_to_its_leader_and_then_to_the_county(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let (office, leader, county) = (case.officer(), case.leader(), app.county());
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let own = |card: Value, level: &str| json!(["notify_violation", "2026-03-16", card, level, null, null]);
        let late = |level: &str| {
            let late_office = json!({ "role": "social_affairs_office", "division": TOWNSHIP });
            json!(["supervise_office", "2026-03-16", "red", level, "notify_violation", late_office])
        };
        for (day, card) in [("2026-03-12", json!(null)), ("2026-03-13", json!("yellow")), ("2026-03-16", json!("yellow"))] {
            case.on(day);
            assert_eq!(cases(&office).await, [own(card, "office")], "{day}");
            assert!(cases(&leader).await.is_empty() && cases(&county).await.is_empty(), "{day}");
        }
        case.on("2026-03-17");
        assert_eq!(cases(&office).await, [own(json!("red"), "leader")]);
        assert_eq!(cases(&leader).await, [late("leader")]);
        assert!(cases(&county).await.is_empty());
        case.on("2026-03-24");
        assert_eq!((cases(&leader).await, cases(&county).await), (vec![late("county")], vec![late("county")]));
        assert!(cases(&app.neighbour()).await.is_empty());
        assert_eq!(leader.get("/v1/inbox?kind=supervise_office&overdue=true").await.items().len(), 1);
        office.post(&format!("{}/notification", case.violation("V1")), &notice()).await.expect(200);
        assert!(cases(&leader).await.is_empty() && cases(&county).await.is_empty());
    }

    async fn the_county_and_never_the_leader_of_the_office_that_decided_judges_an_appeal(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        case.portal().post(&format!("{}/appeal", case.violation("V1")), &json!({ "text": "不服认定" })).await.expect(200);
        let decide = format!("{}/appeal-decision", case.violation("V1"));
        let decision = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        case.leader().post(&decide, &decision).await.problem(403, "forbidden");
        let me = case.leader().get("/v1/me").await.expect(200);
        assert!(!me.to_string().contains("decide_violation_appeal"), "{me}");
        let due = app.county().get("/v1/inbox?kind=decide_appeal").await.items()[0].clone();
        assert_eq!((&due["due_on"], &due["card"], &due["level"]), (&json!("2026-04-03"), &json!(null), &json!("office")));
        case.on("2026-04-07");
        let due = app.county().get("/v1/inbox?kind=decide_appeal").await.items()[0].clone();
        assert_eq!((&due["overdue"], &due["card"]), (&json!(true), &json!("red")));
        let decided = app.county().post(&decide, &decision).await.expect(200);
        assert_eq!(decided["appeal_decision"]["same_body"], json!(false));
    }

    async fn a_measure_waits_for_its_approver_when_its_grounds_are_final(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        for (name, clause, day) in [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-08"), ("V3", 9, "2026-05-11")] {
            case.confirmed(name, nine(clause), "P", day).await;
        }
        let removal = case.measure("removal:P").await;
        case.after_hearing_period(&removal, &case.officer()).await;
        let waits = async || {
            let items = case.leader().get("/v1/inbox?kind=approve_measure").await.items().clone();
            items.iter().filter(|one| one["about"] == "removal").map(|one| one["due_on"].clone()).collect::<Vec<_>>()
        };
        assert!(waits().await.is_empty(), "nobody can approve it yet");
        case.decisions_are_final().await;
        let due = waits().await;
        assert_eq!(due.len(), 1);
        assert!(due[0].as_str() > Some(app.state.clock.today().to_string().as_str()), "{due:?}");
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        assert!(waits().await.is_empty());
    }

    async fn a_hand_over_waits_for_everyone_who_may_record_it_and_a_committee_has_an_inbox(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let contract = crate::support::rows::a_service(&app, &complex, &company, "2025-01-01").await;
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        assert!(kinds(&committee).await.is_empty());
        end_contract(&app, &contract, "2026-03-31").await;
        app.set_clock("2026-04-02T01:00:00Z");
        for office in [committee, app.office(Role::Community, COMMUNITY), app.social()] {
            let items = office.get("/v1/inbox?kind=receive_handover").await.items().clone();
            assert_eq!((items.len(), &items[0]["href"]), (1, &json!(path("contracts", &contract))));
        }
        // When overdue, first the leader and then the county sees it, and everyone sees the same level.
        let late = async |client: &Client| {
            let items = client.get("/v1/inbox?overdue=true&limit=200").await.items().clone();
            let of_contract = items.iter().filter(|item| item["subject_kind"] == "contract");
            of_contract.map(|item| json!([item["kind"], item["late_with"], item["level"], item["card"]])).collect::<Vec<_>>()
        };
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        let own = |level: &str| vec![json!(["receive_handover", null, level, "red"])];
        let above = |level: &str| vec![json!(["supervise_office", "receive_handover", level, "red"])];
        for (day, level) in [("2026-06-01", "county"), ("2026-04-17", "leader")] {
            app.set_clock(&format!("{day}T01:00:00Z"));
            assert_eq!(late(&app.social()).await, own(level), "{day}");
            assert_eq!(late(&leader).await, above(level), "{day}");
            assert_eq!(late(&app.county()).await, if level == "county" { above(level) } else { Vec::new() }, "{day}");
        }
    }

    async fn a_planned_inspection_that_is_late_goes_up(app: TestApp) {
        let complex = a_complex(&app).await;
        let input = crate::support::inspecting::visit(&complex, "2026-03-03", &[("social_affairs_office", "safety")]);
        app.social().post("/v1/inspections", &input).await.expect(201);
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        let seen = async |client: &Client| {
            let items = client.get("/v1/inbox?limit=200").await.items().clone();
            let visits = items.iter().filter(|item| item["subject_kind"] == "inspection");
            visits.map(|item| json!([item["kind"], item["level"]])).collect::<Vec<_>>()
        };
        assert_eq!(seen(&app.social()).await, [json!(["carry_out_inspection", "office"])]);
        assert!(seen(&leader).await.is_empty());
        app.set_clock("2026-03-04T01:00:00Z");
        assert_eq!(seen(&app.social()).await, [json!(["carry_out_inspection", "leader"])]);
        assert_eq!(seen(&leader).await, [json!(["supervise_office", "leader"])]);
        assert!(seen(&app.county()).await.is_empty() && seen(&app.neighbour()).await.is_empty());
        app.set_clock("2026-03-20T01:00:00Z");
        assert_eq!(seen(&app.county()).await, [json!(["supervise_office", "county"])]);
    }

    async fn a_hazard_where_nobody_serves_waits_for_the_office_at_once(app: TestApp) {
        let complex = a_complex(&app).await;
        app.set_clock("2026-04-02T03:00:00Z");
        let office = app.office(Role::EnforcementOffice, TOWNSHIP);
        let mut body = crate::support::inspecting::unplanned(&complex, "safety", "2026-04-02T02:00:00Z", &["fire_equipment"]);
        let picture = office.a_picture().await;
        let items = body["items"].as_array_mut().expect("items");
        let failed = items.iter_mut().find(|one| one["item"] == "fire_equipment").expect("the item");
        failed["evidence"] = crate::support::files::evidence(&picture);
        office.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
        let items = office.get("/v1/inbox?kind=supervise_hazard").await.items().clone();
        assert_eq!((items.len(), &items[0]["due_on"], &items[0]["overdue"]), (1, &json!("2026-04-10"), &json!(false)));
    }

    async fn a_late_complaint_goes_up_from_its_supervising_office_to_the_leader_and_the_county(app: TestApp) {
        use crate::support::complaining::{complaint, move_clock};
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        let community = app.office(Role::Community, COMMUNITY);
        let (leader, county) = (app.office(Role::TownshipLeader, TOWNSHIP), app.office(Role::CountyAuthority, COUNTY));
        let levels = async |client: &Client| {
            let items = client.get("/v1/inbox?kind=supervise_complaint").await.items().clone();
            items.iter().map(|one| text(&one["level"]).to_owned()).collect::<Vec<_>>()
        };
        move_clock(&app, "2026-03-04T01:00:00Z").await;
        assert_eq!((levels(&community).await, levels(&leader).await, levels(&county).await), (vec!["office".to_owned()], vec![], vec![]));
        move_clock(&app, "2026-03-12T01:00:00Z").await;
        assert_eq!((levels(&leader).await, levels(&county).await), (vec!["leader".to_owned()], vec![]));
        move_clock(&app, "2026-03-20T01:00:00Z").await;
        assert_eq!((levels(&leader).await, levels(&county).await), (vec!["county".to_owned()], vec!["county".to_owned()]));
    }
}
