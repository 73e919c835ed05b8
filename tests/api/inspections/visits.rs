use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::reasons;
use crate::support::files::evidence;
use crate::support::inspecting::{result, unplanned, visit};
use crate::support::rows::{a_complex_in, a_policy, a_served_complex, path, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR_COMMUNITY, TOWNSHIP};

const AT: &str = "2026-03-03T02:00:00Z";

on_both_databases! {
    async fn a_joint_inspection_is_done_when_every_office_has_given_its_result(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let offices =
            [("social_affairs_office", "general"), ("enforcement_office", "safety"), ("fire_rescue", "safety"), ("police_station", "guard")];
        let mut body = visit(&complex, "2026-03-03", &offices);
        body["purpose"] = json!("节前联合检查");
        let made = app.social().post("/v1/inspections", &body).key("once").await;
        assert_eq!((made.status, made.json["state"].clone()), (201, json!("planned")));
        let again = app.social().post("/v1/inspections", &body).key("once").await;
        assert_eq!(again.json["id"], made.json["id"]);
        let at = path("inspections", &made.json);
        assert_eq!(made.header("location"), at);
        let divisions: Vec<&str> = made.json["parts"].as_array().unwrap().iter().map(|part| text(&part["division"])).collect();
        assert_eq!(divisions, [TOWNSHIP, TOWNSHIP, COUNTY, TOWNSHIP]);

        // The offices that are called see it. The company, the committee and other territories do not.
        let fire = app.office(Role::FireRescue, COUNTY);
        let police = app.office(Role::PoliceStation, TOWNSHIP);
        let portal = app.company(text(&company["uscc"]));
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        for office in [&fire, &police] {
            assert_eq!(office.get("/v1/inspections").await.ids(), [text(&made.json["id"])]);
        }
        for other in [&portal, &committee, &app.neighbour(), &app.office(Role::FireRescue, "640122")] {
            other.get(&at).await.problem(404, "not_found");
            assert!(other.get("/v1/inspections?with_total=true").await.items().is_empty());
        }
        let waits = async |office: &crate::support::client::Client| {
            let inbox = office.get("/v1/inbox?kind=carry_out_inspection").await;
            inbox.items().iter().map(|item| (text(&item["about"]).to_owned(), item["overdue"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(waits(&fire).await, [("safety".to_owned(), json!(false))]);

        app.set_clock("2026-03-03T03:00:00Z");
        let give = async |office: &crate::support::client::Client, body: &Value| office.post(&format!("{at}/result"), body).await;
        let mut left_out = result("safety", AT, &[]);
        left_out["items"].as_array_mut().unwrap().remove(5);
        give(&fire, &left_out).await.faults(&[("/items", "required")]);
        give(&fire, &result("safety", "2026-03-03T09:00:00Z", &[])).await.faults(&[("/inspected_at", "in_the_future")]);
        give(&fire, &result("general", AT, &[])).await.faults(&[("/checklist", "wrong_party")]);
        give(&app.office(Role::Community, COMMUNITY), &result("general", AT, &[])).await.problem(403, "forbidden");

        let photo = fire.a_picture().await;
        let mut found = result("safety", AT, &["fire_lane"]);
        found["items"][6]["evidence"] = evidence(&photo);
        let after = give(&fire, &found).await.expect(200);
        assert_eq!((&after["state"], &after["version"]), (&json!("in_progress"), &json!(2)));
        // The company sees completed inspections, and nothing of planned ones.
        let seen = portal.get(&at).await.expect(200);
        assert_eq!((&seen["state"], &seen["purpose"], seen["parts"].as_array().unwrap().len()), (&json!("done"), &Value::Null, 1));
        for filter in ["state=in_progress", "state=planned", "overdue=true"] {
            assert!(portal.get(&format!("/v1/inspections?{filter}")).await.items().is_empty(), "{filter}");
        }
        assert_eq!(portal.get("/v1/inspections?state=done&overdue=false").await.items().len(), 1);
        give(&fire, &found).await.faults(&[("/items/6/evidence/0/attachment_id", "unknown_reference")]);
        give(&fire, &result("safety", AT, &[])).await.problem(409, "state_conflict");
        assert!(waits(&fire).await.is_empty());
        give(&app.social(), &result("general", AT, &["uniform", "facilities"])).await.expect(200);
        let enforcement = app.office(Role::EnforcementOffice, TOWNSHIP);
        give(&enforcement, &result("safety", AT, &[])).await.expect(200);
        let done = give(&police, &result("guard", AT, &[])).await.expect(200);
        assert_eq!((&done["state"], &done["done_on"], &done["version"]), (&json!("done"), &json!("2026-03-03"), &json!(5)));

        // Now the company sees the findings with the photograph, but not who inspected.
        let seen = portal.get(&at).await.expect(200);
        assert_eq!(seen["company_id"], company["id"]);
        let part = &seen["parts"][2];
        assert_eq!((&part["role"], &part["failed"], &part["passed"]), (&json!("fire_rescue"), &json!(1), &json!(14)));
        assert_eq!(part["submitted_by"]["subject"], Value::Null);
        assert_eq!(app.social().get(&at).await.json["parts"][2]["submitted_by"]["subject"], "fire_rescue-1");
        let item = &part["items"][6];
        assert_eq!((&item["item_zh"], &item["act"]), (&json!("消防车道畅通"), &json!("safety.fire_lane_blocked")));
        portal.get(&format!("/v1/attachments/{photo}")).await.expect(200);
        committee.get(&at).await.expect(200);
        // The feed shows each office that it was called, and the company only the findings.
        app.sealed().await;
        let told = async |client: &crate::support::client::Client| {
            let events = client.get("/v1/events?limit=200").await;
            let types = events.items().iter().map(|event| text(&event["type"]).to_owned());
            types.filter(|one| one.contains("inspection.")).collect::<Vec<_>>()
        };
        let ends = |types: Vec<String>| types.iter().map(|one| one.rsplit('.').next().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(ends(told(&fire).await), ["office_called", "result_submitted"]);
        assert_eq!(ends(told(&police).await), ["office_called", "result_submitted"]);
        assert_eq!(ends(told(&portal).await), ["result_submitted"; 4]);
        // Two hazards: in the policy, the uniform has no deadline, but the lift and the fire lane have.
        let hazards = app.social().get("/v1/hazards?with_total=true").await;
        assert_eq!(hazards.json["total"], 2);
        let listed = app.social().get("/v1/inspections").await;
        assert_eq!(listed.items()[0]["parts"][2]["items"].as_array().unwrap().len(), 1, "a list tells what failed");
    }

    async fn an_inspection_that_is_late_is_listed_and_one_that_is_cancelled_is_not(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        let plan = visit(&complex, "2026-03-04", &[("social_affairs_office", "general"), ("enforcement_office", "safety")]);
        let made = leader.post("/v1/inspections", &plan).await.expect(201);
        let at = path("inspections", &made);
        app.set_clock("2026-03-04T10:00:00Z");
        let overdue = async || app.county().get("/v1/inspections?overdue=true&with_total=true").await.json["total"].clone();
        assert_eq!(overdue().await, 0);
        app.set_clock("2026-03-05T01:00:00Z");
        assert_eq!(overdue().await, 1);
        assert_eq!(app.county().get("/v1/inspections?overdue=false").await.items().len(), 0);
        assert_eq!(app.social().get(&at).await.json["overdue"], true);
        let inbox = app.social().get("/v1/inbox?kind=carry_out_inspection&overdue=true").await;
        assert_eq!(inbox.items().len(), 1);

        app.neighbour().post(&format!("{at}/cancellation"), &reasons()).await.problem(404, "not_found");
        app.social().post(&format!("{at}/result"), &result("general", AT, &[])).await.expect(200);
        let stale = app.county().post(&format!("{at}/cancellation"), &reasons()).if_match("\"1\"").await;
        stale.problem(412, "precondition_failed");
        // A submitted result is kept.
        let ended = app.county().post(&format!("{at}/cancellation"), &reasons()).await.expect(200);
        assert_eq!((&ended["state"], &ended["parts"][1]["state"]), (&json!("done"), &json!("cancelled")));
        let second = leader.post("/v1/inspections", &visit(&complex, "2026-03-09", &[("social_affairs_office", "general")])).await.expect(201);
        let at = path("inspections", &second);
        let ended = app.county().post(&format!("{at}/cancellation"), &reasons()).await.expect(200);
        assert_eq!((&ended["state"], &ended["cancellation"]["reasons"]), (&json!("cancelled"), &reasons()["reasons"]));
        app.county().post(&format!("{at}/cancellation"), &reasons()).await.problem(409, "state_conflict");
        app.social().post(&format!("{at}/result"), &result("general", "2026-03-05T00:00:00Z", &[])).await.problem(409, "state_conflict");
        assert_eq!(overdue().await, 0);
        assert_eq!(app.social().get("/v1/inspections?state=cancelled").await.ids(), [text(&second["id"])]);
    }

    async fn every_fault_of_a_plan_is_told(app: TestApp) {
        let elsewhere = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let body = visit(&elsewhere, "2026-03-01", &[("community", "safety"), ("property_company", "general"), ("community", "none")]);
        app.social().post("/v1/inspections", &body).await.faults(&[
            ("/planned_on", "before_start"),
            ("/offices/0/checklist", "wrong_party"),
            ("/offices/1/checklist", "wrong_party"),
            ("/offices/2/checklist", "unknown_value"),
            ("/complex_id", "unknown_reference"),
        ]);
        app.county().post("/v1/inspections", &visit(&elsewhere, "2026-03-02", &[("community", "general")])).await.expect(201);
        app.social().post("/v1/inspections", &json!({ "offices": [] })).await.faults(&[
            ("/complex_id", "required"), ("/planned_on", "required"), ("/offices", "too_few"),
        ]);
    }

    async fn the_checklist_is_that_of_the_day_of_the_inspection(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let all = app.social().get("/v1/checklists").await;
        let codes: Vec<&str> = all.items().iter().map(|list| text(&list["code"])).collect();
        assert_eq!(codes, ["general", "safety", "guard"]);
        assert_eq!(app.social().get("/v1/checklists?role=police_station").await.items().len(), 1);
        let current = app.county().get("/v1/policies/current").await.expect(200);
        let mut document = current["document"].clone();
        let items = document["inspections"]["checklists"][0]["items"].as_array_mut().unwrap();
        items.truncate(1);
        a_policy(&app, "2026-03-05", &document).await;
        let of = async |day: &str| {
            let lists = app.social().get(&format!("/v1/checklists?as_of={day}")).await;
            lists.items()[0]["items"].as_array().unwrap().len()
        };
        assert_eq!((of("2026-03-04").await, of("2026-03-05").await), (12, 1));
        app.set_clock("2026-03-06T01:00:00Z");
        let send = async |result: Value| app.social().post("/v1/inspection-results", &json!({ "results": [result] })).await.expect(200);
        let old = send(unplanned(&complex, "general", "2026-03-04T02:00:00Z", &["uniform"])).await;
        assert_eq!(old["created"], 1, "{old}");
        let mut new = unplanned(&complex, "general", "2026-03-05T02:00:00Z", &[]);
        assert_eq!(send(new.clone()).await["results"][0]["errors"].as_array().unwrap().len(), 11);
        new["items"].as_array_mut().unwrap().truncate(1);
        assert_eq!(send(new).await["created"], 1);
        // A policy without checklists uses the built-in ones. A policy with an invalid checklist is refused.
        document["inspections"]["checklists"][1]["items"][0]["act"] = json!("safety.no_such_act");
        let bad = app.county().post("/v1/policies", &json!({ "effective_from": "2026-03-07", "document": document })).await;
        bad.faults(&[("/document/inspections/checklists/1/items/0/act", "unknown_act")]);
        document.as_object_mut().unwrap().remove("inspections");
        document["assumptions"] = json!([]);
        a_policy(&app, "2026-03-07", &document).await;
        assert_eq!(of("2026-03-07").await, 12);
    }
}
