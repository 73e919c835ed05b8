use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::complaining::{complaint, elsewhere, move_clock, step};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR_COMMUNITY, TOWNSHIP, TestApp};

/// The inbox items for complaints: kind, due date, and whether it has passed.
async fn waits(client: &Client) -> Vec<(String, Value, bool)> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    let items = items.iter().filter(|item| item["subject_kind"] == "complaint");
    let one = |item: &Value| (text(&item["kind"]).to_owned(), item["due_on"].clone(), item["overdue"] == true);
    items.map(one).collect()
}

fn one(kind: &str, due_on: &str) -> Vec<(String, Value, bool)> {
    vec![(kind.to_owned(), json!(due_on), false)]
}

fn late(kind: &str, due_on: &str) -> Vec<(String, Value, bool)> {
    vec![(kind.to_owned(), json!(due_on), true)]
}

fn resident(app: &TestApp) -> Client {
    app.officer(Role::Resident, "", "resident-7")
}

on_both_databases! {
    async fn a_complaint_waits_for_the_company_and_more_time_for_the_supervising_office(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (portal, community) = (app.company(text(&company["uscc"])), app.office(Role::Community, COMMUNITY));
        let resident = resident(&app);
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        assert_eq!(waits(&portal).await, one("accept_complaint", "2026-03-03"));
        let item = portal.get("/v1/inbox?kind=accept_complaint").await.items()[0].clone();
        assert_eq!((text(&item["about"]), text(&item["about_zh"])), ("service.cleaning", "环境卫生"));
        assert_eq!((&item["complex_id"], &item["company_id"]), (&complex["id"], &company["id"]));
        assert_eq!(text(&item["href"]), format!("/v1/complaints/{}", text(&ticket["id"])));
        for other in [&community, &app.social(), &app.office(Role::Community, NEIGHBOUR_COMMUNITY)] {
            assert!(waits(other).await.is_empty());
        }
        resident.get("/v1/inbox").await.problem(403, "forbidden");
        step(&portal, &ticket, "acceptance", json!({})).await;
        assert_eq!(waits(&portal).await, one("answer_complaint", "2026-03-09"));
        step(&portal, &ticket, "extension", json!({ "amount": 3, "reasons": "配件须从厂家调运" })).await;
        assert_eq!(waits(&community).await, one("decide_complaint_extension", "2026-03-09"));
        step(&community, &ticket, "extension-decision", json!({ "granted": true, "reasons": "同意" })).await;
        assert!(waits(&community).await.is_empty());
        assert_eq!(waits(&portal).await, one("answer_complaint", "2026-03-12"));
        step(&portal, &ticket, "information-request", json!({ "text": "请补充照片" })).await;
        assert!(waits(&portal).await.is_empty(), "it waits for the complainant");
        step(&resident, &ticket, "information", json!({ "text": "在二单元门厅" })).await;
        assert_eq!(waits(&portal).await.len(), 1);
        step(&portal, &ticket, "reply", json!({ "text": "已清理完毕" })).await;
        assert!(waits(&portal).await.is_empty());
        step(&resident, &ticket, "reopening", json!({ "reasons": "第二天又堆满了" })).await;
        assert_eq!(waits(&portal).await, one("accept_complaint", "2026-03-03"));
    }

    async fn what_is_returned_waits_for_its_supervising_office_and_then_for_whom_it_assigns(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (portal, community) = (app.company(text(&company["uscc"])), app.office(Role::Community, COMMUNITY));
        let ticket = resident(&app).post("/v1/complaints", &complaint("service.order", &complex)).await.expect(201);
        step(&portal, &ticket, "return", json!({ "reasons": "属于市政道路" })).await;
        assert!(waits(&portal).await.is_empty());
        assert_eq!(waits(&community).await, one("assign_complaint", "2026-03-03"));
        step(&community, &ticket, "transfer", json!({ "role": "enforcement_office", "reasons": "由综合执法办公室办理" })).await;
        assert!(waits(&community).await.is_empty());
        let office = app.office(Role::EnforcementOffice, TOWNSHIP);
        assert_eq!(waits(&office).await, one("accept_complaint", "2026-03-03"));
    }

    async fn what_is_late_waits_for_both_until_it_is_answered(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (portal, community) = (app.company(text(&company["uscc"])), app.office(Role::Community, COMMUNITY));
        let ticket = resident(&app).post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        move_clock(&app, "2026-03-04T01:00:00Z").await;
        assert_eq!(waits(&portal).await, late("accept_complaint", "2026-03-03"));
        assert_eq!(waits(&community).await, late("supervise_complaint", "2026-03-03"));
        assert_eq!(community.get("/v1/inbox?kind=supervise_complaint&overdue=true").await.items().len(), 1);
        step(&portal, &ticket, "acceptance", json!({})).await;
        assert_eq!(waits(&portal).await, one("answer_complaint", "2026-03-09"));
        assert_eq!(waits(&community).await, one("supervise_complaint", "2026-03-09"));
        step(&portal, &ticket, "reply", json!({ "text": "已清理完毕" })).await;
        assert!(waits(&portal).await.is_empty() && waits(&community).await.is_empty());
    }

    async fn a_limit_in_hours_is_over_on_the_same_day(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        resident(&app).post("/v1/complaints", &complaint("service.lift", &complex)).await.expect(201);
        let portal = app.company(text(&company["uscc"]));
        assert_eq!(waits(&portal).await, one("accept_complaint", "2026-03-02"));
        move_clock(&app, "2026-03-02T02:30:00Z").await;
        assert_eq!(waits(&portal).await, late("accept_complaint", "2026-03-02"));
        let supervisor = app.office(Role::EnforcementOffice, TOWNSHIP);
        assert_eq!(waits(&supervisor).await, late("supervise_complaint", "2026-03-02"));
    }

    async fn agencies_and_utilities_have_what_they_handle_and_no_other_cases(app: TestApp) {
        let resident = resident(&app);
        for organisation in ["water", "drainage"] {
            let mut ticket = elsewhere("utility.water_drainage");
            ticket["organisation"] = json!(organisation);
            resident.post("/v1/complaints", &ticket).await.expect(201);
        }
        assert_eq!(waits(&app.office(Role::UtilityOperator, COUNTY)).await, one("accept_complaint", "2026-03-02"));
        let mut ticket = elsewhere("officials.inaction");
        ticket["complained_office"] = json!({ "role": "county_authority", "division": COUNTY });
        resident.post("/v1/complaints", &ticket).await.expect(201);
        let discipline = app.office(Role::DisciplineOffice, COUNTY);
        assert_eq!(waits(&discipline).await, one("accept_complaint", "2026-03-03"), "once, though it supervises itself");
        assert!(waits(&app.county()).await.is_empty());
        move_clock(&app, "2026-03-04T01:00:00Z").await;
        assert_eq!(waits(&discipline).await, late("accept_complaint", "2026-03-03"));
        assert!(waits(&app.county()).await.is_empty());
        for role in [Role::PartyBuildingOffice, Role::GovernanceCenter, Role::AgricultureServiceCenter, Role::PowerSupplyStation] {
            assert!(app.office(role, TOWNSHIP).get("/v1/inbox").await.items().is_empty(), "{role:?}");
        }
    }
}
