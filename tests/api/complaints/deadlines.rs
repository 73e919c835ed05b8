use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::{at, by_phone, complaint, elsewhere, kinds, move_clock, of, step};
use crate::support::rows::{a_company, a_complex, a_served_complex, a_service, text};
use crate::support::{COMMUNITY, TOWNSHIP};

on_both_databases! {
    async fn what_is_late_gets_its_cards_once_and_goes_to_the_supervising_office(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("service.cleaning", &complex)).await.expect(201);
        let social = app.social();
        move_clock(&app, "2026-03-04T01:00:00Z").await;
        let late = social.get(&of(&ticket)).await.expect(200);
        assert_eq!((late["red_cards"].as_i64(), &late["accept_overdue"]), (Some(1), &json!(true)));
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

    async fn the_spring_festival_is_not_counted_and_neither_is_a_pause_in_it(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (resident, portal) = (app.officer(Role::Resident, "", "resident-7"), app.company(text(&company["uscc"])));
        app.set_clock("2026-02-12T02:00:00Z");
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        // 13, 14 (a make-up working Saturday), then 24, 25 and 26 February.
        assert_eq!((text(&ticket["accept_due"]), text(&ticket["resolve_due"])), ("2026-02-13T16:00:00Z", "2026-02-26T16:00:00Z"));
        move_clock(&app, "2026-02-13T01:00:00Z").await;
        step(&portal, &ticket, "acceptance", json!({})).await;
        move_clock(&app, "2026-02-14T02:00:00Z").await;
        let waits = step(&portal, &ticket, "information-request", json!({ "text": "请说明楼号" })).await;
        assert_eq!(waits["state"], "waiting_for_complainant");
        // The old deadline passes without consequences, because the time is paused.
        move_clock(&app, "2026-02-27T00:00:00Z").await;
        let still = resident.get(&of(&ticket)).await.expect(200);
        assert_eq!((&still["overdue"], still["red_cards"].as_i64()), (&json!(false), Some(0)));
        assert!(portal.get("/v1/complaints?overdue=true").await.items().is_empty());
        // The pause took four working days: 14, 24, 25 and 26.
        let goes_on = step(&resident, &ticket, "information", json!({ "text": "三号楼" })).await;
        assert_eq!((text(&goes_on["state"]), text(&goes_on["resolve_due"])), ("accepted", "2026-03-03T16:00:00Z"));
        move_clock(&app, "2026-03-02T01:00:00Z").await;
        move_clock(&app, "2026-03-03T15:59:00Z").await;
        let replied = step(&portal, &ticket, "reply", json!({ "text": "已清理" })).await;
        assert_eq!((&replied["resolved_on_time"], replied["red_cards"].as_i64()), (&json!(true), Some(0)));
        assert_eq!(
            kinds(&portal, &ticket).await,
            ["submitted", "accepted", "information_requested", "information_given", "yellow_card", "replied"]
        );
    }

    async fn what_is_urgent_runs_through_the_national_day_holiday(app: TestApp) {
        app.set_clock("2025-09-29T01:00:00Z");
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2025-01-01").await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        app.set_clock("2025-10-01T02:00:00Z");
        let ticket = desk.post("/v1/complaints", &by_phone("safety.fire_lane", &complex)).await.expect(201);
        let minute = |at: &str| text(&ticket[at])[..16].to_owned();
        assert_eq!((&*minute("accept_due"), &*minute("resolve_due")), ("2025-10-01T03:00", "2025-10-02T02:00"));
        let (enforcement, leader) = (app.office(Role::EnforcementOffice, TOWNSHIP), app.office(Role::TownshipLeader, TOWNSHIP));
        move_clock(&app, "2025-10-01T03:05:00Z").await;
        assert_eq!(kinds(&leader, &ticket).await, ["submitted", "red_card", "escalated"]);
        step(&enforcement, &ticket, "acceptance", json!({ "text": "已派员到场" })).await;
        move_clock(&app, "2025-10-01T22:05:00Z").await;
        move_clock(&app, "2025-10-02T02:05:00Z").await;
        let replied = step(&enforcement, &ticket, "reply", json!({ "text": "已清理" })).await;
        assert_eq!((&replied["accepted_on_time"], &replied["resolved_on_time"]), (&json!(false), &json!(false)));
        assert_eq!(
            kinds(&leader, &ticket).await,
            ["submitted", "red_card", "escalated", "accepted", "yellow_card", "red_card", "replied"]
        );
        assert_eq!(leader.get(&of(&ticket)).await.expect(200)["red_cards"].as_i64(), Some(2));
    }

    async fn an_extension_is_granted_once_and_before_the_time_is_over(app: TestApp) {
        let resident = app.officer(Role::Resident, "", "resident-7");
        app.set_clock("2026-09-30T02:00:00Z");
        let ticket = resident.post("/v1/complaints", &elsewhere("other")).await.expect(201);
        // 8, 9, 10 (a make-up working Saturday), 12 and 13 October.
        assert_eq!((text(&ticket["accept_due"]), text(&ticket["resolve_due"])), ("2026-10-08T16:00:00Z", "2026-10-13T16:00:00Z"));
        let (community, social) = (app.office(Role::Community, COMMUNITY), app.social());
        move_clock(&app, "2026-10-08T02:00:00Z").await;
        step(&community, &ticket, "acceptance", json!({})).await;
        let ask = |amount: u32| json!({ "amount": amount, "reasons": "须会同相关部门核实" });
        community.post(&at(&ticket, "extension"), &ask(6)).await.faults(&[("/amount", "out_of_range")]);
        social.post(&at(&ticket, "extension"), &ask(3)).await.problem(403, "forbidden");
        move_clock(&app, "2026-10-12T02:00:00Z").await;
        step(&community, &ticket, "extension", ask(3)).await;
        community.post(&at(&ticket, "extension"), &ask(2)).await.problem(409, "state_conflict");
        let grant = json!({ "granted": true, "reasons": "情况属实" });
        community.post(&at(&ticket, "extension-decision"), &grant).await.problem(403, "forbidden");
        let extended = step(&social, &ticket, "extension-decision", grant.clone()).await;
        assert_eq!(text(&extended["resolve_due"]), "2026-10-16T16:00:00Z");
        community.post(&at(&ticket, "extension"), &ask(1)).await.problem(409, "state_conflict");
        social.post(&at(&ticket, "extension-decision"), &grant).await.problem(409, "state_conflict");
        // The new deadline has its own yellow card.
        move_clock(&app, "2026-10-15T02:00:00Z").await;
        assert_eq!(
            kinds(&community, &ticket).await,
            ["submitted", "accepted", "yellow_card", "extension_requested", "extension_granted", "yellow_card"]
        );
        assert_eq!(kinds(&resident, &ticket).await, ["submitted", "accepted", "extension_granted"]);
    }

    async fn more_time_comes_too_late_once_the_time_is_over(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let (social, leader) = (app.social(), app.office(Role::TownshipLeader, TOWNSHIP));
        step(&social, &ticket, "acceptance", json!({})).await;
        step(&social, &ticket, "extension", json!({ "amount": 5, "reasons": "须核对账目" })).await;
        move_clock(&app, "2026-03-16T16:00:01Z").await;
        let grant = json!({ "granted": true, "reasons": "情况属实" });
        leader.post(&at(&ticket, "extension-decision"), &grant).await.problem(409, "deadline_passed");
        social.post(&at(&ticket, "information-request"), &json!({ "text": "请补充" })).await.problem(409, "deadline_passed");
        step(&leader, &ticket, "extension-decision", json!({ "granted": false, "reasons": "已逾期" })).await;
    }

    async fn a_deadline_is_told_beforehand_with_its_reasons(app: TestApp) {
        let anybody = app.officer(Role::Resident, "", "resident-7");
        let told = anybody.get("/v1/complaint-deadlines?category=service.cleaning&submitted_at=2026-02-12T02:00:00Z").await.expect(200);
        assert_eq!((text(&told["accept_due"]), text(&told["resolve_due"])), ("2026-02-13T16:00:00Z", "2026-02-26T16:00:00Z"));
        assert_eq!(text(&told["yellow_at"]), "2026-02-24T16:00:00Z");
        assert_eq!(told["resolve"]["days"].as_array().expect("days").len(), 15, "12 to 26 of February");
        anybody.get("/v1/complaint-deadlines?category=nothing").await.faults(&[("query/category", "unknown_value")]);
        let urgent = anybody.get("/v1/complaint-deadlines?category=service.lift&submitted_at=2026-02-17T15:00:00Z").await.expect(200);
        assert_eq!(text(&urgent["resolve_due"]), "2026-02-18T15:00:00Z");
    }

    async fn what_is_due_soon_and_what_is_late_is_listed_most_urgent_first(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let mut ids = Vec::new();
        for category in ["fees.overcharging", "fees.coercion", "fees.public_revenue"] {
            let made = resident.post("/v1/complaints", &complaint(category, &complex)).await.expect(201);
            ids.push(text(&made["id"]).to_owned());
        }
        let social = app.social();
        let open = social.get("/v1/complaints?mine=true&open=true").await.ids();
        assert_eq!(open, [&*ids[1], &ids[0], &ids[2]], "24 hours, 10 and 15 working days");
        assert_eq!(social.get("/v1/complaints?due_within=24").await.ids(), [&*ids[1]]);
        assert!(social.get("/v1/complaints?overdue=true").await.items().is_empty());
        move_clock(&app, "2026-03-03T01:05:00Z").await;
        assert_eq!(social.get("/v1/complaints?overdue=true").await.ids(), [&*ids[1]]);
        assert!(social.get("/v1/complaints?due_within=24").await.items().is_empty());
        let first = social.get("/v1/complaints?open=true&limit=2").await.expect(200);
        let next = social.get(&format!("/v1/complaints?open=true&limit=2&cursor={}", text(&first["next_cursor"]))).await;
        assert_eq!(next.ids(), [&*ids[2]]);
        assert_eq!(social.get("/v1/complaints").await.ids(), [&*ids[2], &ids[1], &ids[0]], "newest first");
    }
}
