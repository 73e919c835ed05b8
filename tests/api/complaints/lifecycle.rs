use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::{at, by_phone, complaint, kinds, move_clock, of, step, with_contact};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, TOWNSHIP, TestApp};

on_both_databases! {
    async fn a_resident_s_ticket_reaches_the_company_and_is_answered_on_time(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = with_contact(complaint("service.cleaning", &complex));
        let made = resident.post("/v1/complaints", &ticket).key("once").await;
        assert_eq!(resident.post("/v1/complaints", &ticket).key("once").await.expect(201), made.json);
        let made = made.expect(201);
        assert_eq!((text(&made["handler"]["role"]), text(&made["supervisor"]["role"])), ("property_company", "community"));
        // One working day to accept, five to answer: until the end of each day.
        assert_eq!((text(&made["accept_due"]), text(&made["resolve_due"])), ("2026-03-03T15:59:59Z", "2026-03-09T15:59:59Z"));
        assert_eq!(made["contact"]["phone"], "13912345678", "the complainant reads its own");
        let portal = app.company(text(&company["uscc"]));
        let seen = portal.get(&of(&made)).await.expect(200);
        assert_eq!(seen["contact"], json!(null));
        let community = app.office(Role::Community, COMMUNITY);
        assert_eq!(community.get(&of(&made)).await.expect(200)["contact"]["phone"], "139****5678");
        assert_eq!(community.get("/v1/complaints?supervised=true&open=true").await.ids(), [text(&made["id"])]);
        assert_eq!(portal.get("/v1/complaints?mine=true&open=true").await.ids(), [text(&made["id"])]);
        step(&portal, &made, "acceptance", json!({ "text": "已安排保洁" })).await;
        move_clock(&app, "2026-03-06T03:00:00Z").await;
        let replied = step(&portal, &made, "reply", json!({ "text": "已清理完毕" })).await;
        assert_eq!((&replied["accepted_on_time"], &replied["resolved_on_time"]), (&json!(true), &json!(true)));
        let rated = step(&resident, &made, "satisfaction", json!({ "score": 5 })).await;
        assert_eq!(rated["state"], "closed");
        assert_eq!(kinds(&resident, &made).await, ["submitted", "accepted", "replied", "satisfaction"]);
        let news = resident.get("/v1/complaint-news").await;
        assert_eq!(news.items().len(), 4);
    }

    async fn what_is_late_gets_its_cards_once_and_goes_to_the_supervisor(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("service.cleaning", &complex)).await.expect(201);
        let social = app.social();
        move_clock(&app, "2026-03-04T01:00:00Z").await;
        let late = social.get(&of(&ticket)).await.expect(200);
        assert_eq!((late["red_cards"].as_i64(), &late["overdue"]), (Some(1), &json!(true)));
        assert!(late["escalated_at"].is_string());
        move_clock(&app, "2026-03-07T01:00:00Z").await;
        move_clock(&app, "2026-03-10T01:00:00Z").await;
        assert_eq!(
            kinds(&social, &ticket).await,
            ["submitted", "red_card", "escalated", "yellow_card", "red_card"]
        );
        assert_eq!(social.get("/v1/complaints?overdue=true").await.ids(), [text(&ticket["id"])]);
        let stranger = app.officer(Role::Resident, "", "nobody");
        stranger.get(&of(&ticket)).await.problem(404, "not_found");
        app.neighbour().get(&of(&ticket)).await.problem(404, "not_found");
        social.post(&at(&ticket, "reply"), &json!({ "text": "不是承办单位" })).await.problem(403, "forbidden");
    }
}
