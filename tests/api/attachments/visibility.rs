//! An attachment is visible with its owner, and only to its uploader as long as it has none.

use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::Client;
use crate::support::files::evidence;
use crate::support::rows::{a_company, text};
use crate::support::{COMMUNITY, COUNTY, OTHER_COUNTY, TOWNSHIP};

/// Both operations of an attachment agree.
async fn sees(client: &Client, id: &str) -> bool {
    let shown = client.get(&format!("/v1/attachments/{id}")).await;
    let content = client.get(&format!("/v1/attachments/{id}/content")).await;
    assert_eq!(shown.status, content.status, "{}", shown.json);
    if shown.status != 200 {
        shown.problem(404, "not_found");
        content.problem(404, "not_found");
    }
    shown.status == 200
}

on_both_databases! {
    async fn a_file_without_a_row_is_its_uploaders_alone(app: TestApp) {
        let company = a_company(&app).await;
        let (uscc, other) = (text(&company["uscc"]).to_owned(), a_company(&app).await);
        let id = app.social().a_picture().await;
        for (client, allowed) in [
            (app.social(), true),
            (app.officer(Role::SocialAffairsOffice, TOWNSHIP, "colleague"), true),
            (app.neighbour(), false),
            (app.county(), false),
            (app.office(Role::TownshipLeader, TOWNSHIP), false),
            (app.office(Role::EnforcementOffice, TOWNSHIP), false),
            (app.company(&uscc), false),
        ] {
            assert_eq!(sees(&client, &id).await, allowed);
        }
        let own = app.company(&uscc).a_picture().await;
        assert!(sees(&app.officer(Role::PropertyCompany, &uscc, "colleague"), &own).await);
        for client in [app.company(text(&other["uscc"])), app.county(), app.social()] {
            assert!(!sees(&client, &own).await);
        }
        let resident = app.officer(Role::Resident, "", "resident-1");
        let photo = resident.a_picture().await;
        assert!(sees(&resident, &photo).await);
        assert!(!sees(&app.officer(Role::Resident, "", "resident-2"), &photo).await);
    }

    async fn a_file_of_a_case_is_seen_by_exactly_who_sees_the_case(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let id = case.reporter().a_picture().await;
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["evidence"] = evidence(&id);
        let made = case.reporter().post("/v1/violations", &input).await.expect(201);
        case.name(text(&made["id"]), "V");
        let uninvolved = a_company(&app).await;
        let shown = app.social().get(&format!("/v1/attachments/{id}")).await.expect(200);
        assert_eq!((&shown["owner_kind"], &shown["owner_id"]), (&serde_json::json!("violation"), &made["id"]));
        let complex = case.id("P").to_owned();
        let everyone = || {
            let places = [
                (Role::CountyAuthority, COUNTY),
                (Role::CountyAuthority, OTHER_COUNTY),
                (Role::TownshipLeader, TOWNSHIP),
                (Role::EnforcementOffice, TOWNSHIP),
                (Role::PoliceStation, TOWNSHIP),
                (Role::AgricultureServiceCenter, TOWNSHIP),
                (Role::PowerSupplyStation, TOWNSHIP),
                (Role::FireRescue, COUNTY),
                (Role::Community, COMMUNITY),
                (Role::ComplexCommittee, &complex),
                (Role::PropertyCompany, text(&uninvolved["uscc"])),
                (Role::Resident, ""),
            ];
            places.map(|(role, place)| app.office(role, place)).into_iter().chain([app.social(), app.neighbour()])
        };
        let path = case.violation("V");
        let alike = async || {
            let mut seen = 0;
            for client in everyone() {
                let shown = client.get(&path).await.status == 200;
                assert_eq!(sees(&client, &id).await, shown);
                seen += usize::from(shown);
            }
            seen
        };
        assert_eq!(alike().await, 5, "county, leader, enforcement, community, social affairs");
        // From the notice on, the company knows that there is an attachment, but cannot read it before it opens the
        // notice. The committee cannot read it before the notice is delivered, either.
        let portal = case.portal();
        assert!(!sees(&portal, &id).await);
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let committee = app.office(Role::ComplexCommittee, &complex);
        let unserved = committee.get(&path).await.expect(200);
        assert_eq!((&unserved["unopened"], &unserved["notification"], text(&unserved["description"])), (&serde_json::json!(true), &serde_json::json!(null), ""));
        assert!(!sees(&committee, &id).await && !sees(&portal, &id).await);
        portal.get("/v1/violations").await.expect(200);
        assert!(!sees(&portal, &id).await, "a list opens nothing");
        let opened = portal.get(&path).await.expect(200);
        assert!(sees(&portal, &id).await);
        assert_eq!(alike().await, 6);
        // The company's statement belongs to the case, too. The decision must be opened again, but its own attachments
        // stay visible.
        let own = portal.a_picture().await;
        let statement = serde_json::json!({ "text": "当日为新员工培训", "evidence": evidence(&own) });
        portal.post(&format!("{path}/statement"), &statement).await.expect(200);
        assert!(sees(&portal, &own).await && sees(&app.social(), &own).await && !sees(&app.neighbour(), &own).await);
        case.officer().post(&format!("{path}/statement-answer"), &reasons()).await.expect(200);
        case.after_period_of(&serde_json::json!({ "hearing_request_due_on": opened["statement_due_on"] })).await;
        case.confirm("V").await;
        assert!(sees(&portal, &own).await && !sees(&portal, &id).await);
        portal.get(&path).await.expect(200);
        assert!(sees(&portal, &id).await);
        assert_eq!(alike().await, 6);
    }
}
