use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::{at, by_phone, complaint, kinds, move_clock, of, step, with_contact};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, TOWNSHIP};

on_both_databases! {
    async fn a_resident_s_complaint_reaches_the_company_and_is_answered_on_time(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = with_contact(complaint("service.cleaning", &complex));
        let made = resident.post("/v1/complaints", &ticket).key("once").await;
        assert_eq!(resident.post("/v1/complaints", &ticket).key("once").await.expect(201), made.json);
        let made = made.expect(201);
        assert_eq!((text(&made["handler"]["role"]), text(&made["supervising_office"]["role"])), ("property_company", "community"));
        // One working day to accept and five to reply, each until the end of the day.
        assert_eq!((text(&made["accept_due"]), text(&made["resolve_due"])), ("2026-03-03T16:00:00Z", "2026-03-09T16:00:00Z"));
        assert_eq!(made["contact"]["phone"], "13912345678", "the complainant reads its own");
        let portal = app.company(text(&company["uscc"]));
        let seen = portal.get(&of(&made)).await.expect(200);
        assert_eq!(seen["contact"], json!(null));
        let community = app.office(Role::Community, COMMUNITY);
        assert_eq!(community.get(&of(&made)).await.expect(200)["contact"]["phone"], "139****5678");
        assert_eq!(community.get("/v1/complaints?supervised_by_me=true&open=true").await.ids(), [text(&made["id"])]);
        assert_eq!(portal.get("/v1/complaints?mine=true&open=true").await.ids(), [text(&made["id"])]);
        step(&portal, &made, "acceptance", json!({ "text": "已安排保洁" })).await;
        move_clock(&app, "2026-03-06T03:00:00Z").await;
        let replied = step(&portal, &made, "reply", json!({ "text": "已清理完毕" })).await;
        assert_eq!((&replied["accepted_on_time"], &replied["resolved_on_time"]), (&json!(true), &json!(true)));
        let rated = step(&resident, &made, "satisfaction", json!({ "score": 5 })).await;
        assert_eq!(rated["state"], "closed");
        assert_eq!(kinds(&resident, &made).await, ["submitted", "accepted", "replied", "satisfaction"]);
        let news = resident.get("/v1/complaint-updates").await;
        assert_eq!(news.items().len(), 4);
    }

    async fn a_complaint_that_is_returned_once_is_assigned_for_good(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let (social, leader) = (app.social(), app.office(Role::TownshipLeader, TOWNSHIP));
        let enforcement = app.office(Role::EnforcementOffice, TOWNSHIP);
        let reasons = json!({ "reasons": "不属于本单位职责" });
        enforcement.post(&at(&ticket, "return"), &reasons).await.problem(403, "forbidden");
        let returned = step(&social, &ticket, "return", reasons.clone()).await;
        assert_eq!((text(&returned["state"]), text(&returned["handler"]["role"])), ("returned", "township_leader"));
        social.post(&at(&ticket, "reply"), &json!({ "text": "已办结" })).await.problem(403, "forbidden");
        let to = json!({ "role": "enforcement_office", "reasons": "指定综合执法办公室办理" });
        let assigned = step(&leader, &ticket, "transfer", to).await;
        assert_eq!((text(&assigned["state"]), text(&assigned["handler"]["role"])), ("assigned", "enforcement_office"));
        assert_eq!(assigned["resolve_due"], ticket["resolve_due"], "the complainant waits no longer for it");
        enforcement.post(&at(&ticket, "return"), &reasons).await.problem(409, "state_conflict");
        let on = json!({ "role": "social_affairs_office", "reasons": "再转社会事务办公室" });
        enforcement.post(&at(&ticket, "transfer"), &on).await.problem(403, "forbidden");
        step(&enforcement, &ticket, "reply", json!({ "text": "已责令退还" })).await;
    }

    async fn a_complaint_is_returned_within_two_working_days_or_kept(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let first = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let second = desk.post("/v1/complaints", &by_phone("fees.not_disclosed", &complex)).await.expect(201);
        let reasons = json!({ "reasons": "不属于本单位职责" });
        app.set_clock("2026-03-04T15:59:58Z");
        step(&app.social(), &first, "return", reasons.clone()).await;
        app.set_clock("2026-03-04T16:00:01Z");
        app.social().post(&at(&second, "return"), &reasons).await.problem(409, "deadline_passed");
    }

    async fn a_supervising_office_hands_a_complaint_to_the_office_that_answers_for_it(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("service.facilities", &complex)).await.expect(201);
        let (community, portal) = (app.office(Role::Community, COMMUNITY), app.company(text(&company["uscc"])));
        let to = |role: &str| json!({ "role": role, "reasons": "按职责转办" });
        community.post(&at(&ticket, "transfer"), &to("property_company")).await.faults(&[("/role", "conflict")]);
        community.post(&at(&ticket, "transfer"), &to("resident")).await.faults(&[("/role", "wrong_party")]);
        community.post(&at(&ticket, "transfer"), &to("utility_operator")).await.faults(&[("/organisation", "required")]);
        portal.post(&at(&ticket, "transfer"), &to("community")).await.problem(403, "forbidden");
        let heat = json!({ "role": "utility_operator", "organisation": "heat", "reasons": "属供热单位职责" });
        let moved = step(&community, &ticket, "transfer", heat).await;
        assert_eq!((text(&moved["state"]), text(&moved["organisation"])), ("assigned", "heat"));
        // The company can still read what it handled, but can do nothing more.
        portal.get(&of(&ticket)).await.expect(200);
        portal.post(&at(&ticket, "reply"), &json!({ "text": "已办结" })).await.problem(403, "forbidden");
    }

    async fn a_mediation_is_a_stage_that_ends_with_an_agreement_or_goes_on(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("dispute.mediation", &complex)).await.expect(201);
        let center = app.office(Role::GovernanceCenter, TOWNSHIP);
        let begin = json!({ "text": "双方同意调解，三月十日调解" });
        step(&center, &ticket, "acceptance", json!({})).await;
        assert_eq!(step(&center, &ticket, "mediation", begin.clone()).await["state"], "in_mediation");
        let failed = json!({ "outcome": "failed", "text": "首次调解未达成一致" });
        assert_eq!(step(&center, &ticket, "mediation-result", failed).await["state"], "accepted");
        step(&center, &ticket, "mediation", begin).await;
        let mut agreed = json!({ "outcome": "agreed", "text": "双方同意分期缴纳" });
        let refused = center.post(&at(&ticket, "mediation-result"), &agreed).await;
        refused.faults(&[("/evidence", "required")]);
        agreed["evidence"] = json!([{ "title": "调解协议", "text": "双方签字" }]);
        let done = step(&center, &ticket, "mediation-result", agreed).await;
        assert_eq!((text(&done["state"]), &done["resolved_on_time"]), ("replied", &json!(true)));
        step(&resident, &ticket, "satisfaction", json!({ "score": 4 })).await;
    }

    async fn an_unsatisfied_complainant_reopens_a_complaint_once(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let portal = app.company(text(&company["uscc"]));
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        step(&portal, &ticket, "reply", json!({ "text": "已清理" })).await;
        portal.post(&at(&ticket, "satisfaction"), &json!({ "score": 5 })).await.problem(403, "forbidden");
        step(&resident, &ticket, "satisfaction", json!({ "score": 1, "text": "没有清理" })).await;
        move_clock(&app, "2026-03-04T02:00:00Z").await;
        let again = step(&resident, &ticket, "reopening", json!({ "reasons": "垃圾仍在" })).await;
        assert_eq!((text(&again["state"]), &again["satisfaction"]), ("reopened", &json!(null)));
        assert_eq!((text(&again["accept_due"]), text(&again["resolve_due"])), ("2026-03-05T16:00:00Z", "2026-03-11T16:00:00Z"));
        step(&portal, &ticket, "acceptance", json!({})).await;
        step(&portal, &ticket, "reply", json!({ "text": "已重新清理并拍照" })).await;
        resident.post(&at(&ticket, "reopening"), &json!({ "reasons": "仍不满意" })).await.problem(409, "state_conflict");
        // A complaint without a satisfaction rating is closed when it can no longer be reopened.
        move_clock(&app, "2026-03-25T15:59:58Z").await;
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["state"], "replied");
        move_clock(&app, "2026-03-25T16:00:01Z").await;
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["state"], "closed");
    }

    async fn what_is_not_taken_on_says_why_and_may_be_reopened(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("fees.overcharging", &complex)).await.expect(201);
        app.social().post(&at(&ticket, "rejection"), &json!({})).await.faults(&[("/reasons", "required")]);
        let rejected = step(&app.social(), &ticket, "rejection", json!({ "reasons": "收费标准已备案" })).await;
        assert_eq!((text(&rejected["state"]), &rejected["open"]), ("rejected", &json!(false)));
        let told = resident.get("/v1/complaint-updates").await;
        assert_eq!(told.items()[0]["text"], "收费标准已备案");
        assert_eq!(told.items()[0]["office"]["subject"], json!(null), "of an officer a resident learns the office");
        step(&resident, &ticket, "reopening", json!({ "reasons": "实际收费高于备案" })).await;
    }

    async fn a_stale_version_and_a_wrong_state_change_nothing(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("fees.overcharging", &complex)).await.expect(201);
        let social = app.social();
        let stale = social.get(&of(&ticket)).await.etag();
        step(&social, &ticket, "acceptance", json!({})).await;
        let body = json!({ "text": "已办结" });
        social.post(&at(&ticket, "reply"), &body).if_match(&stale).await.problem(412, "precondition_failed");
        social.post(&at(&ticket, "acceptance"), &json!({})).await.problem(409, "state_conflict");
        social.post(&at(&ticket, "closure"), &json!({ "reasons": "办结" })).await.problem(409, "state_conflict");
        let once = social.post(&at(&ticket, "reply"), &body).key("reply-1").await.expect(200);
        assert_eq!(social.post(&at(&ticket, "reply"), &body).key("reply-1").await.expect(200), once);
        assert_eq!(kinds(&social, &ticket).await, ["submitted", "accepted", "replied"]);
    }
}
