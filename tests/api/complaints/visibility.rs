//! Every office sees exactly its own complaints.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::complaining::{at, complaint, of, step};
use crate::support::rows::{a_complex_in, a_served_complex, text};
use crate::support::{
    COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, TestApp,
};

async fn seen(who: &Client) -> BTreeSet<String> {
    who.get("/v1/complaints?limit=200").await.ids().into_iter().collect()
}

/// One complaint of each category, at a complex of the test's township.
async fn one_of_each(app: &TestApp, complex: &Value) -> Vec<(String, Value)> {
    let resident = app.officer(Role::Resident, "", "resident-7");
    let categories = resident.get("/v1/complaint-categories").await;
    let mut all = Vec::new();
    for category in categories.items() {
        let code = text(&category["code"]);
        let mut ticket = complaint(code, complex);
        if let Some(first) = category["organisations"].get(0) {
            ticket["organisation"] = first.clone();
        }
        if code == "officials.inaction" {
            ticket["complained_office"] = json!({ "role": "social_affairs_office", "division": TOWNSHIP });
        }
        all.push((code.to_owned(), resident.post("/v1/complaints", &ticket).await.expect(201)));
    }
    all
}

on_both_databases! {
    async fn every_office_sees_exactly_its_own_complaints(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let complaints = one_of_each(&app, &complex).await;
        let ids = |wanted: &dyn Fn(&str, &Value) -> bool| -> BTreeSet<String> {
            complaints.iter().filter(|(code, ticket)| wanted(code, ticket)).map(|(_, ticket)| text(&ticket["id"]).to_owned()).collect()
        };
        let open = |ticket: &Value| ticket["confidentiality"] == "open";
        let part = |ticket: &Value, role: &str| ticket["handler"]["role"] == role || ticket["supervising_office"]["role"] == role;
        let about_officials = |code: &str| code == "officials.inaction";
        assert_eq!(seen(&app.county()).await, ids(&|_, _| true));
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        assert_eq!(seen(&leader).await, ids(&|code, _| !about_officials(code)));
        for (role, division) in [
            (Role::SocialAffairsOffice, TOWNSHIP),
            (Role::EnforcementOffice, TOWNSHIP),
            (Role::PartyBuildingOffice, TOWNSHIP),
            (Role::GovernanceCenter, TOWNSHIP),
            (Role::LivelihoodServiceCenter, TOWNSHIP),
            (Role::AgricultureServiceCenter, TOWNSHIP),
            (Role::Community, COMMUNITY),
        ] {
            let expected = ids(&|code, ticket| !about_officials(code) && (open(ticket) || part(ticket, role.code())));
            assert_eq!(seen(&app.office(role, division)).await, expected, "{}", role.code());
        }
        for (role, division) in [
            (Role::PoliceStation, TOWNSHIP),
            (Role::PowerSupplyStation, TOWNSHIP),
            (Role::DisciplineOffice, COUNTY),
            (Role::FireRescue, COUNTY),
            (Role::MarketSupervision, COUNTY),
        ] {
            let expected = ids(&|_, ticket| ticket["handler"]["role"] == role.code());
            assert_eq!(seen(&app.office(role, division)).await, expected, "{}", role.code());
        }
        // The utility operator of these tokens supplies water.
        let water = ids(&|_, ticket| ticket["handler"]["role"] == "utility_operator" && ticket["organisation"] == "water");
        assert_eq!(seen(&app.office(Role::UtilityOperator, COUNTY)).await, water);
        let portal = app.company(text(&company["uscc"]));
        assert_eq!(seen(&portal).await, ids(&|_, ticket| ticket["handler"]["role"] == "property_company"));
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        assert_eq!(seen(&committee).await, ids(&|_, ticket| open(ticket)));
        for (role, division) in [
            (Role::CountyAuthority, OTHER_COUNTY),
            (Role::TownshipLeader, NEIGHBOUR),
            (Role::SocialAffairsOffice, OTHER_TOWNSHIP),
            (Role::Community, NEIGHBOUR_COMMUNITY),
            (Role::PoliceStation, NEIGHBOUR),
            (Role::DisciplineOffice, OTHER_COUNTY),
        ] {
            assert!(seen(&app.office(role, division)).await.is_empty(), "{} {division}", role.code());
        }
        assert!(seen(&app.officer(Role::Resident, "", "resident-8")).await.is_empty());
        assert_eq!(seen(&app.officer(Role::Resident, "", "resident-7")).await.len(), complaints.len());
        // A complaint that a list does not show is also hidden by id and in the feed.
        for (code, ticket) in &complaints {
            let social = app.social();
            let expected = if seen(&social).await.contains(text(&ticket["id"])) { 200 } else { 404 };
            assert_eq!(social.get(&of(ticket)).await.status, expected, "{code}");
            assert_eq!(social.get(&at(ticket, "timeline")).await.status, expected, "{code}");
        }
        app.sealed().await;
        let told = |events: &Vec<Value>| -> BTreeSet<String> {
            let about = events.iter().filter(|event| event["type"].as_str().is_some_and(|kind| kind.contains("complaint.")));
            about.map(|event| text(&event["subject"]).rsplit('/').next().unwrap_or_default().to_owned()).collect()
        };
        let feed = app.social().get("/v1/events?limit=200").await;
        assert_eq!(told(feed.items()), ids(&|_, ticket| open(ticket)));
        let feed = portal.get("/v1/events?limit=200").await;
        assert_eq!(told(feed.items()), ids(&|_, ticket| ticket["handler"]["role"] == "property_company"));
    }

    async fn officials_never_read_what_is_said_of_them(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let social = app.social();
        let mut ticket = complaint("officials.inaction", &complex);
        ticket["channel"] = json!("visit");
        ticket["complained_office"] = json!({ "role": "community", "division": COMMUNITY });
        // The office that submits it for a visitor does not see it afterwards. Only a repeat with its key shows it
        // again.
        let made = social.post("/v1/complaints", &ticket).key("o-1").await.expect(201);
        assert_eq!(social.post("/v1/complaints", &ticket).key("o-1").await.expect(201)["id"], made["id"]);
        social.get(&of(&made)).await.problem(404, "not_found");
        app.office(Role::Community, COMMUNITY).get(&of(&made)).await.problem(404, "not_found");
        let discipline = app.office(Role::DisciplineOffice, COUNTY);
        let back = json!({ "role": "community", "reasons": "请社区自查" });
        discipline.post(&at(&made, "transfer"), &back).await.faults(&[("/role", "conflict")]);
        let seen = discipline.get(&of(&made)).await.expect(200);
        assert_eq!((text(&seen["township"]), text(&seen["complained_office"]["role"])), ("", "community"));
        step(&discipline, &made, "acceptance", json!({})).await;
        // If it is about the county authority itself, that office cannot see it, either.
        ticket["complained_office"] = json!({ "role": "county_authority", "division": COUNTY });
        let county = app.county();
        let made = social.post("/v1/complaints", &ticket).await.expect(201);
        county.get(&of(&made)).await.problem(404, "not_found");
        discipline.get(&of(&made)).await.expect(200);
        app.sealed().await;
        let feed = county.get("/v1/events?limit=200").await;
        assert!(!feed.items().iter().any(|event| event.to_string().contains(text(&made["id"]))));
        let feed = discipline.get("/v1/events?limit=200").await;
        assert!(feed.items().iter().any(|event| event.to_string().contains(text(&made["id"]))));
        ticket["complained_office"] = json!({ "role": "discipline_office", "division": COUNTY });
        let made = social.post("/v1/complaints", &ticket).await.expect(201);
        discipline.get(&of(&made)).await.problem(404, "not_found");
        county.get(&of(&made)).await.expect(200);
    }

    async fn an_office_complained_of_holds_no_seat_after_a_transfer_and_back(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let discipline = app.office(Role::DisciplineOffice, COUNTY);
        let to = |role: &str| json!({ "role": role, "reasons": "依职责转办" });
        let seats = |seen: &Value| [seen["handler"]["role"].clone(), seen["supervising_office"]["role"].clone()];
        let mut ticket = complaint("officials.inaction", &complex);
        ticket["complained_office"] = json!({ "role": "county_authority", "division": COUNTY });
        let made = resident.post("/v1/complaints", &ticket).await.expect(201);
        assert_eq!(seats(&made), [json!("discipline_office"), json!(null)], "nobody supervises it: a state, and no error");
        discipline.post(&at(&made, "return"), &json!({ "reasons": "无处可退" })).await.problem(409, "state_conflict");
        let market = app.office(Role::MarketSupervision, COUNTY);
        discipline.post(&at(&made, "transfer"), &to("market_supervision")).await.expect(200);
        let seen = market.get(&of(&made)).await.expect(200);
        assert_eq!(seats(&seen), [json!("market_supervision"), json!(null)]);
        let back = market.post(&at(&made, "transfer"), &to("discipline_office")).await;
        assert_eq!(back.status, 200, "{}", String::from_utf8_lossy(&back.bytes));
        let seen = discipline.get(&of(&made)).await.expect(200);
        assert_eq!(seats(&seen), [json!("discipline_office"), json!(null)]);
        discipline.post(&at(&made, "transfer"), &to("county_authority")).await.faults(&[("/role", "conflict")]);
        app.county().get(&of(&made)).await.problem(404, "not_found");
        // When it is overdue, no office above can supervise it, but it is overdue all the same.
        crate::support::complaining::move_clock(&app, "2026-06-01T01:00:00Z").await;
        let late = discipline.get(&of(&made)).await.expect(200);
        assert_eq!((late["overdue"].clone(), late["escalated_at"].clone()), (json!(true), json!(null)));
        assert!(late["red_cards"].as_i64().is_some_and(|cards| cards > 0));
    }

    async fn a_complaint_about_an_office_of_a_township_goes_from_discipline_to_the_county(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let mut ticket = complaint("officials.inaction", &complex);
        ticket["complained_office"] = json!({ "role": "social_affairs_office", "division": TOWNSHIP });
        let made = resident.post("/v1/complaints", &ticket).await.expect(201);
        let discipline = app.office(Role::DisciplineOffice, COUNTY);
        let to = json!({ "role": "county_authority", "reasons": "属业务指导问题" });
        discipline.post(&at(&made, "transfer"), &to).await.expect(200);
        let seen = app.county().get(&of(&made)).await.expect(200);
        assert_eq!((text(&seen["handler"]["role"]), &seen["supervising_office"]), ("county_authority", &json!(null)));
        step(&app.county(), &made, "acceptance", json!({})).await;
    }

    async fn the_office_complained_of_is_of_the_county_of_the_place(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let mut ticket = complaint("officials.inaction", &complex);
        for (role, division) in
            [("county_authority", OTHER_COUNTY), ("discipline_office", OTHER_COUNTY), ("social_affairs_office", OTHER_TOWNSHIP)]
        {
            ticket["complained_office"] = json!({ "role": role, "division": division });
            resident.post("/v1/complaints", &ticket).await.faults(&[("/complained_office/division", "conflict")]);
        }
        // Complaints about different offices are not merged.
        let desk = app.county();
        let mut both = Vec::new();
        for (role, division) in [("social_affairs_office", TOWNSHIP), ("governance_center", TOWNSHIP)] {
            ticket["complained_office"] = json!({ "role": role, "division": division });
            both.push(resident.post("/v1/complaints", &ticket).await.expect(201));
        }
        let merge = json!({ "into": both[1]["id"], "reasons": "同一事项" });
        desk.post(&at(&both[0], "merge"), &merge).await.faults(&[("/into", "conflict")]);
    }

    async fn a_private_complaint_stays_with_its_handler_and_those_above(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let made = app.officer(Role::Resident, "", "resident-7").post("/v1/complaints", &complaint("privacy.leak", &complex)).await.expect(201);
        for (who, status) in [
            (app.office(Role::PoliceStation, TOWNSHIP), 200),
            (app.office(Role::TownshipLeader, TOWNSHIP), 200),
            (app.county(), 200),
            (app.social(), 404),
            (app.office(Role::Community, COMMUNITY), 404),
            (app.office(Role::ComplexCommittee, text(&complex["id"])), 404),
            (app.company(text(&company["uscc"])), 404),
        ] {
            assert_eq!(who.get(&of(&made)).await.status, status);
        }
        let police = app.office(Role::PoliceStation, TOWNSHIP);
        let to = json!({ "role": "property_company", "reasons": "请物业自查" });
        police.post(&at(&made, "transfer"), &to).await.faults(&[("/role", "conflict")]);
        police.post(&at(&made, "reply"), &json!({ "text": "已查处", "public_summary": "泄露信息" })).await.faults(&[("/public_summary", "conflict")]);
        let neighbour = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let mut far = complaint("service.order", &neighbour);
        far["channel"] = json!("visit");
        app.social().post("/v1/complaints", &far).await.faults(&[("/complex_id", "unknown_reference")]);
    }
}
