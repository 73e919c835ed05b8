use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::files::evidence;
use crate::support::inspecting::unplanned;
use crate::support::rows::{a_company, a_complex, a_served_complex, a_service, end_contract, path, text};
use crate::support::{COMMUNITY, TOWNSHIP, TestApp};

/// A hazard that the enforcement office finds on the clock's current day, with a photograph.
async fn a_hazard(app: &TestApp, complex: &Value, item: &str, at: &str) -> Value {
    let office = app.office(Role::EnforcementOffice, TOWNSHIP);
    let mut body = unplanned(complex, "safety", at, &[item]);
    let items = body["items"].as_array_mut().expect("items");
    let failed = items.iter_mut().find(|one| one["item"] == item).expect("the item");
    failed["evidence"] = evidence(&office.a_picture().await);
    let taken = office.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
    assert_eq!(taken["created"], 1, "{taken}");
    let inspection =
        office.get(&format!("/v1/inspections/{}", text(&taken["results"][0]["inspection_id"]))).await.expect(200);
    let found = inspection["parts"][0]["items"].as_array().expect("items").iter().find(|one| one["item"] == item);
    let hazard = text(&found.expect("the item")["hazard_id"]).to_owned();
    office.get(&format!("/v1/hazards/{hazard}")).await.expect(200)
}

fn recheck(outcome: &str, due_on: Option<&str>) -> Value {
    json!({ "outcome": outcome, "reasons": "现场复查", "due_on": due_on })
}

on_both_databases! {
    async fn a_hazard_goes_from_its_finding_to_its_closing(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        // The Thursday before Qingming: the fifth working day after it is the tenth.
        app.set_clock("2026-04-02T03:00:00Z");
        let hazard = a_hazard(&app, &complex, "fire_equipment", "2026-04-02T02:00:00Z").await;
        let at = path("hazards", &hazard);
        assert_eq!((&hazard["due_on"], &hazard["found_on"], &hazard["state"]), (&json!("2026-04-10"), &json!("2026-04-02"), &json!("open")));
        assert_eq!((&hazard["company_id"], &hazard["overdue"], &hazard["item_zh"]), (&company["id"], &json!(false), &json!("共用消防设施")));
        let portal = app.company(text(&company["uscc"]));
        let photo = text(&portal.get(&at).await.expect(200)["evidence"][0]["attachment_id"]).to_owned();
        portal.get(&format!("/v1/attachments/{photo}")).await.expect(200);
        let inbox = portal.get("/v1/inbox?kind=rectify_hazard").await;
        assert_eq!((&inbox.items()[0]["due_on"], &inbox.items()[0]["about"]), (&json!("2026-04-10"), &json!("fire_equipment")));

        // An extension is granted before the last day has passed, to a later day.
        let office = app.office(Role::EnforcementOffice, TOWNSHIP);
        let extension = |day: &str| json!({ "due_on": day, "reasons": "配件采购需要时间" });
        app.office(Role::Community, COMMUNITY).post(&format!("{at}/extension"), &extension("2026-04-20")).await.problem(403, "forbidden");
        office.post(&format!("{at}/extension"), &extension("2026-04-10")).await.faults(&[("/due_on", "before_start")]);
        let extended = office.post(&format!("{at}/extension"), &extension("2026-04-20")).await.expect(200);
        assert_eq!((&extended["due_on"], &extended["version"]), (&json!("2026-04-20"), &json!(2)));

        app.set_clock("2026-04-20T03:00:00Z");
        let done = json!({ "text": "已更换灭火器并检测", "evidence": evidence(&portal.a_picture().await) });
        app.company(text(&a_company(&app).await["uscc"])).post(&format!("{at}/rectification"), &done).await.problem(404, "not_found");
        let said = portal.post(&format!("{at}/rectification"), &done).key("once").await.expect(200);
        assert_eq!((&said["state"], &said["rectified_on"], &said["missed"]), (&json!("rectified"), &json!("2026-04-20"), &json!(false)));
        assert_eq!(portal.post(&format!("{at}/rectification"), &done).key("once").await.json, said);
        portal.post(&format!("{at}/rectification"), &json!({ "text": "再次反馈" })).await.problem(409, "state_conflict");
        assert!(portal.get("/v1/inbox?kind=rectify_hazard").await.items().is_empty());

        // The office must re-check it, and meanwhile it is not overdue.
        app.set_clock("2026-04-24T03:00:00Z");
        assert_eq!(office.get("/v1/inbox?kind=recheck_hazard").await.items().len(), 1);
        assert_eq!(office.get("/v1/hazards?overdue=true&with_total=true").await.json["total"], 0);
        office.post(&format!("{at}/recheck"), &recheck("closed", Some("2026-05-01"))).await.faults(&[("/due_on", "conflict")]);
        office.post(&format!("{at}/recheck"), &recheck("not_rectified", None)).await.faults(&[("/due_on", "required")]);
        let closed = office.post(&format!("{at}/recheck"), &recheck("closed", None)).await.expect(200);
        assert_eq!((&closed["state"], &closed["closed_on"], &closed["missed"]), (&json!("closed"), &json!("2026-04-24"), &json!(false)));
        let kinds: Vec<&str> = closed["steps"].as_array().unwrap().iter().map(|step| text(&step["kind"])).collect();
        assert_eq!(kinds, ["extension", "rectification", "recheck"]);
        let seen = portal.get(&at).await.expect(200);
        assert_eq!(seen["steps"][2]["by"], json!({ "role": "enforcement_office", "division": TOWNSHIP, "subject": null }));
        office.post(&format!("{at}/recheck"), &recheck("closed", None)).await.problem(409, "state_conflict");
    }

    async fn a_late_hazard_is_listed_until_it_is_done_and_stays_known_as_late(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let hazard = a_hazard(&app, &complex, "fire_lane", "2026-03-02T00:30:00Z").await;
        let at = path("hazards", &hazard);
        let (office, portal) = (app.office(Role::EnforcementOffice, TOWNSHIP), app.company(text(&company["uscc"])));
        let late = async || {
            let list = app.county().get("/v1/hazards?overdue=true&with_total=true").await;
            list.json["total"].as_i64().unwrap()
        };
        app.set_clock("2026-03-03T15:59:59Z");
        assert_eq!(late().await, 0, "the last day is not over in Yongning");
        app.set_clock("2026-03-03T16:00:01Z");
        assert_eq!(late().await, 1);
        assert_eq!(portal.get(&at).await.json["overdue"], true);
        assert_eq!(portal.get("/v1/inbox?kind=rectify_hazard&overdue=true").await.items().len(), 1);
        assert_eq!(office.get("/v1/inbox?kind=supervise_hazard&overdue=true").await.items().len(), 1);
        let extension = json!({ "due_on": "2026-03-20", "reasons": "配件采购需要时间" });
        office.post(&format!("{at}/extension"), &extension).await.problem(409, "deadline_passed");
        // The re-check finds it not rectified: there is a new due date, and the old one stays missed.
        let again = office.post(&format!("{at}/recheck"), &recheck("not_rectified", Some("2026-03-06"))).await.expect(200);
        assert_eq!((&again["state"], &again["due_on"], &again["missed"], &again["overdue"]), (&json!("open"), &json!("2026-03-06"), &json!(true), &json!(false)));
        assert_eq!(late().await, 0);
        portal.post(&format!("{at}/rectification"), &json!({ "text": "已清理消防车道" })).await.expect(200);
        let closed = app.social().post(&format!("{at}/recheck"), &recheck("closed", None)).await.expect(200);
        assert_eq!((&closed["state"], &closed["missed"]), (&json!("closed"), &json!(true)));
        for (query, count) in [("state=closed", 1), ("state=open", 0), ("overdue=false", 1), ("role=enforcement_office", 1), ("role=community", 0), ("due_to=2026-03-05", 0)] {
            assert_eq!(app.social().get(&format!("/v1/hazards?{query}")).await.items().len(), count, "{query}");
        }
        app.neighbour().get(&at).await.problem(404, "not_found");
        app.office(Role::FireRescue, "640121").get(&at).await.problem(404, "not_found");
        app.office(Role::ComplexCommittee, text(&complex["id"])).get(&at).await.expect(200);
    }

    async fn a_hazard_says_how_grave_it_is_and_a_recheck_may_set_an_earlier_day(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        app.set_clock("2026-04-02T03:00:00Z");
        let office = app.office(Role::EnforcementOffice, TOWNSHIP);
        let mut body = unplanned(&complex, "safety", "2026-04-02T02:00:00Z", &["fire_equipment"]);
        for item in body["items"].as_array_mut().expect("items") {
            if item["item"] == "fire_equipment" {
                item["severity"] = json!("major");
            }
        }
        let picture = evidence(&office.a_picture().await);
        body["items"].as_array_mut().unwrap().iter_mut().find(|one| one["item"] == "fire_equipment").unwrap()["evidence"] = picture;
        let mut wrong = body.clone();
        wrong["key"] = json!(uuid::Uuid::new_v4());
        wrong["items"].as_array_mut().unwrap().iter_mut().find(|one| one["outcome"] == "pass").unwrap()["severity"] = json!("general");
        let refused = office.post("/v1/inspection-results", &json!({ "results": [wrong] })).await;
        assert!(refused.json.to_string().contains("conflict"), "{refused:?}");
        office.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
        let hazards = office.get("/v1/hazards?severity=major").await.items().clone();
        assert_eq!((hazards.len(), &hazards[0]["severity"], &hazards[0]["due_on"]), (1, &json!("major"), &json!("2026-04-10")));
        assert!(office.get("/v1/hazards?severity=general").await.items().is_empty());
        let at = path("hazards", &hazards[0]);
        let earlier = office.post(&format!("{at}/recheck"), &recheck("not_rectified", Some("2026-04-03"))).await.expect(200);
        assert_eq!((&earlier["due_on"], &earlier["state"]), (&json!("2026-04-03"), &json!("open")));
        office.post(&format!("{at}/recheck"), &recheck("not_rectified", Some("2026-04-02"))).await.faults(&[("/due_on", "before_start")]);
    }

    async fn a_hazard_outlives_the_company_under_which_it_was_found(app: TestApp) {
        let (first, second, complex) = (a_company(&app).await, a_company(&app).await, a_complex(&app).await);
        let contract = a_service(&app, &complex, &first, "2025-01-01").await;
        let hazard = a_hazard(&app, &complex, "facade", "2026-03-02T00:30:00Z").await;
        let at = path("hazards", &hazard);
        let (old, new) = (app.company(text(&first["uscc"])), app.company(text(&second["uscc"])));
        new.get(&at).await.problem(404, "not_found");
        end_contract(&app, &contract, "2026-03-02").await;
        app.set_clock("2026-03-03T01:00:00Z");
        a_service(&app, &complex, &second, "2026-03-03").await;
        let done = json!({ "text": "已加固外立面" });
        // Both can see it, the current company is responsible for it, and it names the company under which it was
        // found.
        old.post(&format!("{at}/rectification"), &done).await.problem(403, "forbidden");
        assert!(old.get("/v1/inbox?kind=rectify_hazard").await.items().is_empty());
        assert_eq!(new.get("/v1/inbox?kind=rectify_hazard").await.items().len(), 1);
        let seen = new.get(&at).await.expect(200);
        assert_eq!(seen["company_id"], first["id"]);
        let photo = text(&seen["evidence"][0]["attachment_id"]).to_owned();
        new.get(&format!("/v1/attachments/{photo}/content")).await.expect(200);
        new.get(&format!("/v1/inspections/{}", text(&hazard["inspection_id"]))).await.problem(404, "not_found");
        new.post(&format!("{at}/rectification"), &done).await.expect(200);
        app.office(Role::EnforcementOffice, TOWNSHIP).post(&format!("{at}/recheck"), &recheck("closed", None)).await.expect(200);
        // A company that comes after its closure has nothing to do with it.
        app.set_clock("2026-03-04T01:00:00Z");
        let third = a_company(&app).await;
        let contracts = app.county().get(&format!("/v1/contracts?company_id={}", text(&second["id"]))).await.items()[0].clone();
        end_contract(&app, &contracts, "2026-03-04").await;
        app.set_clock("2026-03-05T01:00:00Z");
        a_service(&app, &complex, &third, "2026-03-05").await;
        app.company(text(&third["uscc"])).get(&at).await.problem(404, "not_found");
        assert_eq!(old.get("/v1/hazards").await.ids(), [text(&hazard["id"])]);
    }
}
