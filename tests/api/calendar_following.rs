//! Open deadlines of all features follow the calendar: never to an earlier day, and each with its own event.

use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::complaining::{at, complaint, kinds, of, step};
use crate::support::inspecting::unplanned;
use crate::support::rating::{a_cycle, announced, at as at_rating, cycle_input};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, TestApp};

/// An item of the general checklist whose failure is a hazard.
const HAZARD: &str = "facilities";

/// Creates or replaces a year, with these days off in addition to the existing ones.
pub async fn with_holidays(app: &TestApp, year: i32, days: &[&str]) {
    let at = format!("/v1/calendar/{year}");
    let now = app.county().get(&at).await;
    let mut holidays =
        if now.status == 200 { now.json["holidays"].as_array().expect("days").clone() } else { Vec::new() };
    let workdays = if now.status == 200 { now.json["workdays"].clone() } else { json!([]) };
    let version = now.json["version"].as_i64().unwrap_or(0);
    holidays.extend(days.iter().map(|day| json!({ "date": day, "name": "测试假期" })));
    let input = json!({ "holidays": holidays, "workdays": workdays });
    app.county().put(&at, &input).if_match(&format!("\"{version}\"")).await.expect(200);
}

pub fn events(app: &TestApp, kind: &str) -> usize {
    app.values(&format!("SELECT subject_id AS value FROM ledger_events WHERE kind = '{kind}'")).len()
}

on_both_databases! {
    async fn a_notice_opened_before_a_year_without_a_calendar_is_due_after_new_year(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        assert_eq!(case.notified("V", nine(3), "P", "2026-12-29").await, "2027-01-04");
        let opened = case.portal().get(&case.violation("V")).await.expect(200);
        assert_eq!(opened["calendar_missing"], json!([2027]));
        // A later announcement makes Monday 4 January a day off, too. The deadline moves once, with an event.
        with_holidays(&app, 2027, &["2027-01-01", "2027-01-04"]).await;
        let moved = case.portal().get(&case.violation("V")).await.expect(200);
        assert_eq!((&moved["statement_due_on"], &moved["calendar_missing"]), (&json!("2027-01-05"), &json!([])));
        assert_eq!(events(&app, "violation.deadline_moved"), 1);
        with_holidays(&app, 2027, &["2027-05-01"]).await;
        assert_eq!(events(&app, "violation.deadline_moved"), 1);
        // The last day belongs to the company until it ends.
        case.on("2027-01-05");
        let confirmation = format!("{}/confirmation", case.violation("V"));
        let early = case.officer().post(&confirmation, &json!({ "reasons": "事实清楚" })).await;
        early.problem(409, "statement_period_open");
        let statement = json!({ "text": "当日为新员工培训", "evidence": [] });
        case.portal().post(&format!("{}/statement", case.violation("V")), &statement).await.expect(200);
    }

    async fn a_holiday_that_is_added_moves_what_is_open_and_what_the_preview_says_is_what_is_stored(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        app.set_clock("2026-06-15T01:00:00Z");
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        // 16, 17, 18, 22 and 23 June: Friday 19 is the Dragon Boat Festival.
        assert_eq!(text(&ticket["resolve_due"]), "2026-06-23T16:00:00Z");
        let mut case = Case::new(&app, &["P"]).await;
        assert_eq!(case.notified("V", nine(3), "P", "2026-06-15").await, "2026-06-18");
        with_holidays(&app, 2026, &["2026-06-18"]).await;
        let moved = resident.get(&of(&ticket)).await.expect(200);
        assert_eq!((text(&moved["accept_due"]), text(&moved["resolve_due"])), ("2026-06-16T16:00:00Z", "2026-06-24T16:00:00Z"));
        assert_eq!(kinds(&resident, &ticket).await, ["submitted", "deadline_moved"]);
        let preview = format!("/v1/complaint-deadlines?category=service.cleaning&submitted_at={}", text(&ticket["submitted_at"]));
        assert_eq!(resident.get(&preview).await.expect(200)["resolve_due"], moved["resolve_due"]);
        let violation = case.portal().get(&case.violation("V")).await.expect(200);
        assert_eq!(violation["statement_due_on"], "2026-06-22");
    }

    async fn pauses_and_extensions_are_taken_anew(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (resident, portal) = (app.officer(Role::Resident, "", "resident-7"), app.company(text(&company["uscc"])));
        app.set_clock("2026-03-02T01:00:00Z");
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        step(&portal, &ticket, "acceptance", json!({})).await;
        step(&portal, &ticket, "information-request", json!({ "text": "请说明楼号" })).await;
        app.set_clock("2026-03-04T01:00:00Z");
        let on = step(&resident, &ticket, "information", json!({ "text": "三号楼" })).await;
        // Monday 9 March, and two days of the pause.
        assert_eq!(text(&on["resolve_due"]), "2026-03-11T16:00:00Z");
        let ask = json!({ "amount": 2, "reasons": "须会同相关部门核实" });
        step(&portal, &ticket, "extension", ask).await;
        let community = app.office(Role::Community, COMMUNITY);
        let grant = json!({ "granted": true, "reasons": "情况属实" });
        let extended = step(&community, &ticket, "extension-decision", grant).await;
        assert_eq!(text(&extended["resolve_due"]), "2026-03-13T16:00:00Z");
        // Tuesday 10 is no longer a working day, so everything after it moves by a day.
        with_holidays(&app, 2026, &["2026-03-10"]).await;
        let moved = resident.get(&of(&ticket)).await.expect(200);
        assert_eq!(text(&moved["resolve_due"]), "2026-03-16T16:00:00Z");
        step(&portal, &ticket, "reply", json!({ "text": "已清理" })).await;
        with_holidays(&app, 2026, &["2026-03-16"]).await;
        assert_eq!(events(&app, "complaint.deadline_moved"), 1, "what is answered stays");
        portal.post(&at(&ticket, "reply"), &json!({ "text": "又一次" })).await.problem(409, "state_conflict");
    }

    async fn hazards_measures_and_ratings_follow_too(app: TestApp) {
        app.set_clock("2026-03-02T01:00:00Z");
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(3), "P", "2026-03-02").await;
        let complex = json!({ "id": case.id("P") });
        let now = app.state.clock.now().0.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let body = json!({ "results": [unplanned(&complex, "general", &now, &[HAZARD])] });
        app.social().post("/v1/inspection-results", &body).await.expect(200);
        let cycle = a_cycle(&app, &cycle_input()).await;
        let (rating, ends) = announced(&app, &cycle, case.id("P"), 90).await;
        let hazards = async || app.county().get("/v1/hazards").await.items().clone();
        let (measures_before, hazards_before) = (case.measures().await, hazards().await);
        assert!(measures_before.len() > 1 && hazards_before.len() == 1);
        // Two weeks off, from tomorrow on.
        let days: Vec<String> = app.state.clock.today().iter_days().skip(1).take(14)
            .filter(|day| day.format("%u").to_string().parse::<u8>().expect("a number") < 6)
            .map(|day| day.to_string())
            .collect();
        with_holidays(&app, 2026, &days.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let after = app.county().get(&at_rating(&rating)).await.expect(200);
        assert!(ends.as_str() < text(&after["summary"]["announcement_ends_on"]), "{after}");
        assert_eq!(events(&app, "rating.deadline_moved"), 1);
        assert!(text(&hazards_before[0]["due_on"]) < text(&hazards().await[0]["due_on"]));
        assert_eq!(events(&app, "hazard.deadline_moved"), 1);
        let measures_after = case.measures().await;
        let mut open = 0;
        for before in &measures_before {
            let after = measures_after.iter().find(|one| one["id"] == before["id"]).expect("the same measure");
            let is_open = ["proposed", "approved"].contains(&text(&before["state"]));
            assert_eq!(text(&before["due_on"]) < text(&after["due_on"]), is_open, "{before}");
            open += usize::from(is_open);
        }
        assert!(open > 0);
        assert_eq!(events(&app, "measure.deadline_moved"), open);
    }

    async fn what_the_calendar_takes_back_makes_no_deadline_earlier(app: TestApp) {
        app.set_clock("2026-03-02T01:00:00Z");
        with_holidays(&app, 2026, &["2026-03-04"]).await;
        let mut case = Case::new(&app, &["P"]).await;
        assert_eq!(case.notified("V", nine(3), "P", "2026-03-02").await, "2026-03-06");
        let now = app.county().get("/v1/calendar/2026").await;
        let mut input = json!({ "holidays": now.json["holidays"], "workdays": now.json["workdays"] });
        input["holidays"].as_array_mut().expect("days").retain(|day| day["date"] != "2026-03-04");
        app.county().put("/v1/calendar/2026", &input).if_match(&now.etag()).await.expect(200);
        assert_eq!(case.portal().get(&case.violation("V")).await.expect(200)["statement_due_on"], "2026-03-06");
        assert_eq!(events(&app, "violation.deadline_moved"), 0);
    }

    async fn a_change_that_a_process_did_not_get_through_with_is_made_good_by_the_next(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-12-29").await;
        // As stored by a version that did not know statutory holidays.
        app.execute("UPDATE violations SET statement_due_on = '2027-01-01'");
        app.execute("DELETE FROM calendar_followed");
        assert_eq!(xiaoqu::deadlines::follow_calendar(&app.state).await.expect("a pass"), 1);
        assert_eq!(xiaoqu::deadlines::follow_calendar(&app.state).await.expect("nothing to do"), 0);
        assert_eq!(case.portal().get(&case.violation("V")).await.expect(200)["statement_due_on"], "2027-01-04");
    }

    async fn a_complaint_is_late_from_24_00_on_and_not_before_in_every_answer(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        app.set_clock("2026-03-02T01:00:00Z");
        let ticket = resident.post("/v1/complaints", &complaint("fees.overcharging", &complex)).await.expect(201);
        let social = app.social();
        assert_eq!(text(&ticket["accept_due"]), "2026-03-03T16:00:00Z");
        step(&social, &ticket, "acceptance", json!({})).await;
        let due = text(&ticket["resolve_due"]).to_owned();
        let answers = async || {
            xiaoqu::complaints::deadline_check::check_due(&app.state).await.expect("the clock");
            let seen = social.get(&of(&ticket)).await.expect(200);
            let listed = social.get("/v1/complaints?overdue=true").await.items().len();
            let statistics = social.get("/v1/statistics/complaints").await.expect(200);
            let inbox = social.get("/v1/inbox?overdue=true").await.items().iter().filter(|item| item["subject_id"] == ticket["id"]).count();
            (
                seen["overdue"] == json!(true),
                seen["red_cards"].as_i64() == Some(1),
                listed == 1,
                statistics["total"]["resolution"]["open_late"] == json!(1),
                inbox == 1,
            )
        };
        let last = due.replace("16:00:00Z", "15:59:59.200Z");
        app.set_clock(&last);
        assert_eq!(answers().await, (false, false, false, false, false), "{last}");
        app.set_clock(&due);
        assert_eq!(answers().await, (true, true, true, true, true), "{due}");
    }
}
