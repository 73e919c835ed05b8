use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, notice, reasons};
use crate::support::{NEIGHBOUR, TOWNSHIP};

on_both_databases! {
    async fn a_confirmation_waits_for_the_notice_the_period_and_the_answer(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        let confirm = format!("{path}/confirmation");
        case.officer().post(&confirm, &reasons()).await.problem(409, "state_conflict");
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        case.officer().post(&confirm, &reasons()).await.problem(409, "notice_not_delivered");
        let opened = case.portal().get(&path).await.expect(200);
        assert_eq!(opened["delivery"]["method"], "opened");
        assert_eq!(opened["statement_due_on"], "2026-03-05", "three working days from the next");
        case.on("2026-03-05");
        case.officer().post(&confirm, &reasons()).await.problem(409, "statement_period_open");
        let statement = json!({ "text": "当日为新员工培训", "evidence": [{ "title": "排班表", "text": "三月" }] });
        case.portal().post(&format!("{path}/statement"), &statement).await.expect(200);
        case.portal().post(&format!("{path}/statement"), &statement).await.problem(409, "state_conflict");
        case.on("2026-03-06");
        case.officer().post(&confirm, &reasons()).await.problem(409, "statement_unanswered");
        case.officer().post(&format!("{path}/statement-answer"), &reasons()).await.expect(200);
        let confirmed = case.officer().post(&confirm, &reasons()).await.expect(200);
        assert_eq!((&confirmed["state"], &confirmed["decided_on"]), (&json!("confirmed"), &json!("2026-03-06")));
        assert_eq!(confirmed["appeal_due_on"], json!(null), "the period starts when the company can know of it");
        let list = case.portal().get("/v1/violations").await.items()[0].clone();
        assert_eq!((&list["unopened"], &list["confirmation"]), (&json!(true), &json!(null)));
        let opened = case.portal().get(&path).await.expect(200);
        assert_eq!(opened["decision_delivery"]["method"], "opened");
        assert_eq!(opened["appeal_due_on"], "2026-03-27", "fifteen working days");
    }

    async fn opening_twice_delivers_once(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V1", nine(3), "P", "2026-03-02").await;
        let first = case.portal().get(&case.violation("V1")).await.expect(200);
        case.on("2026-03-04");
        let second = case.portal().get(&case.violation("V1")).await.expect(200);
        assert_eq!(first, second);
    }

    async fn a_statement_after_its_period_is_refused(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let last = case.notified("V1", nine(3), "P", "2026-03-02").await;
        case.on(&next_day(&last));
        let path = format!("{}/statement", case.violation("V1"));
        case.portal().post(&path, &json!({ "text": "迟到的陈述" })).await.problem(409, "deadline_passed");
    }

    async fn an_urgent_case_does_not_wait_but_says_why(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V1", nine(3), "P", "2026-03-02").await;
        let urgent = json!({ "reasons": "事实清楚", "urgent_reason": "停水停电正在影响住户生活" });
        let path = format!("{}/confirmation", case.violation("V1"));
        let confirmed = case.officer().post(&path, &urgent).await.expect(200);
        assert_eq!(confirmed["confirmation"]["urgent_reason"], urgent["urgent_reason"]);
        // The company may still make a statement until its period ends, and gets an answer.
        let at = case.violation("V1");
        case.portal().post(&format!("{at}/statement"), &json!({ "text": "已于当日恢复" })).await.expect(200);
        let waits = case.officer().get("/v1/inbox?kind=answer_statement").await.items().clone();
        assert_eq!(waits[0]["href"], json!(at));
        case.officer().post(&format!("{at}/statement-answer"), &reasons()).await.expect(200);
        case.officer().post(&format!("{at}/statement-answer"), &reasons()).await.problem(409, "state_conflict");
    }

    async fn urgency_takes_the_place_of_no_notice(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let at = case.violation("V1");
        case.officer().post(&format!("{at}/notification"), &notice()).await.expect(200);
        let urgent = json!({ "reasons": "事实清楚", "urgent_reason": "停水停电正在影响住户生活" });
        let confirmation = format!("{at}/confirmation");
        case.officer().post(&confirmation, &urgent).await.problem(409, "notice_not_delivered");
        let delivery = json!({ "delivered_on": "2026-03-02", "note": "当场送达项目经理" });
        case.officer().post(&format!("{at}/delivery"), &delivery).await.expect(200);
        case.officer().post(&confirmation, &urgent).await.expect(200);
    }

    async fn a_delivery_that_the_office_records_starts_the_period(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let delivery = |day: &str| json!({ "delivered_on": day, "note": "留置送达，服务中心前台" });
        let record = format!("{path}/delivery");
        case.officer().post(&record, &delivery("2026-03-03")).await.faults(&[("/delivered_on", "in_the_future")]);
        case.officer().post(&record, &delivery("2026-03-01")).await.faults(&[("/delivered_on", "before_start")]);
        case.on("2026-03-04");
        let delivered = case.officer().post(&record, &delivery("2026-03-03")).await.expect(200);
        assert_eq!(delivered["statement_due_on"], "2026-03-06");
        case.officer().post(&record, &delivery("2026-03-03")).await.problem(409, "state_conflict");
    }

    async fn no_one_confirms_what_they_reported_and_only_the_leading_office_confirms(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let last = case.notified("V1", nine(3), "P", "2026-03-02").await;
        case.on(&next_day(&last));
        let path = format!("{}/confirmation", case.violation("V1"));
        case.reporter().post(&path, &reasons()).await.problem(403, "same_person");
        app.office(Role::EnforcementOffice, TOWNSHIP).post(&path, &reasons()).await.problem(403, "forbidden");
        app.office(Role::SocialAffairsOffice, NEIGHBOUR).post(&path, &reasons()).await.problem(404, "not_found");
        case.leader().post(&path, &reasons()).await.problem(403, "forbidden");
        case.confirm("V1").await;
    }

    async fn a_dismissed_case_is_over(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        let dismissed = case.officer().post(&format!("{path}/dismissal"), &reasons()).await.expect(200);
        assert_eq!(dismissed["state"], "dismissed");
        case.officer().post(&format!("{path}/confirmation"), &reasons()).await.problem(409, "state_conflict");
        assert_eq!(case.level().await, 0);
        assert!(case.on_file().await.is_empty());
    }

    async fn a_stale_version_is_refused_and_changes_nothing(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        let stale = case.officer().get(&path).await.etag();
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let refused = case.officer().post(&format!("{path}/dismissal"), &reasons()).if_match(&stale).await;
        refused.problem(412, "precondition_failed");
        assert_eq!(case.officer().get(&path).await.expect(200)["state"], "notified");
    }

    async fn what_was_not_opened_is_not_shown_and_a_look_without_a_reader_opens_nothing(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let listed = case.portal().get("/v1/violations").await.items()[0].clone();
        assert_eq!((&listed["unopened"], &listed["notification"]), (&json!(true), &json!(null)));
        assert_eq!((&listed["description"], &listed["evidence"]), (&json!(""), &json!([])));
        case.portal().call(reqwest::Method::HEAD, &path).await;
        assert_eq!(case.officer().get(&path).await.expect(200)["delivery"], json!(null));
        let opened = case.portal().get(&path).await.expect(200);
        assert_eq!((&opened["unopened"], &opened["notification"]["facts"]), (&json!(false), &notice()["facts"]));
    }

    async fn the_office_records_the_delivery_of_a_decision_that_is_not_opened(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let delivery = json!({ "delivered_on": "2026-03-06", "note": "邮寄送达，签收" });
        let path = format!("{}/delivery", case.violation("V1"));
        let delivered = case.officer().post(&path, &delivery).await.expect(200);
        assert_eq!(delivered["appeal_due_on"], "2026-03-27");
        case.officer().post(&path, &delivery).await.problem(409, "state_conflict");
    }
}
