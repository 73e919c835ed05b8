//! Daily quotas of one caller.

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::quotas::Quotas;
use xiaoqu::quotas::rules::Amounts;

use crate::support::client::{Client, Response};
use crate::support::complaining::{complaint, move_clock, of, with_contact};
use crate::support::files::a_jpeg;
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, Kind, Setup, TestApp, run};

const RESIDENT: Amounts = Amounts { files: 3, bytes: 6000, complaints: 2, unmaskings: 0, phone_searches: 0 };
const OTHER: Amounts = Amounts { files: 4, bytes: 0, complaints: 5, unmaskings: 2, phone_searches: 1 };

/// A test on both databases with these quotas.
fn limited(test: impl AsyncFn(TestApp) + Copy) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let setup = Setup { quotas: Quotas { resident: RESIDENT, other: OTHER }, ..Setup::default() };
        run(kind, setup, async |app| test(app).await);
    }
}

#[track_caller]
fn used_up(answer: &Response, what: &str) {
    answer.problem(429, "quota_exceeded");
    // The time from nine in the morning, or a little later, until midnight.
    let wait: i64 = answer.header("retry-after").parse().expect("seconds");
    assert!((14 * 3600..=15 * 3600).contains(&wait), "{wait}");
    assert!(text(&answer.json["detail"]).contains(what), "{}", answer.json);
}

async fn counted(app: &TestApp, kind: &str) -> u64 {
    let metrics = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
    let line = format!("xiaoqu_security_events_total{{kind=\"{kind}\"}} ");
    metrics.lines().find_map(|one| one.strip_prefix(&line)).expect("the line").parse().expect("a count")
}

fn resident(app: &TestApp, subject: &str) -> Client {
    app.officer(Role::Resident, "", subject)
}

#[test]
fn a_resident_submits_so_many_complaints_a_day_under_every_spelling() {
    limited(async |app| {
        let (_, complex) = a_served_complex(&app).await;
        let ticket = complaint("service.cleaning", &complex);
        let first = resident(&app, "resident-7").post("/v1/complaints", &ticket).key("one").await;
        first.expect(201);
        // A repeated request is the same complaint, and an invalid one is none.
        for _ in 0..3 {
            let again = resident(&app, "resident-7").post("/v1/complaints", &ticket).key("one").await;
            assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
            resident(&app, "resident-7").post("/v1/complaints", &json!({})).await.expect(400);
        }
        resident(&app, "Resident-7").post("/v1/complaints", &ticket).await.expect(201);
        let over = resident(&app, "resident-7").post("/v1/complaints", &ticket).english().await;
        used_up(&over, "complaints");
        assert_eq!(app.count("complaints"), 2, "nothing was written");
        assert_eq!((counted(&app, "quota_exceeded").await, counted(&app, "quota_nearly_used").await), (1, 1));
        resident(&app, "resident-8").post("/v1/complaints", &ticket).await.expect(201);
        // A new day starts.
        move_clock(&app, "2026-03-02T16:00:01Z").await;
        resident(&app, "resident-7").post("/v1/complaints", &ticket).await.expect(201);
    });
}

#[test]
fn files_are_counted_by_number_and_by_bytes() {
    limited(async |app| {
        let (many, large) = (resident(&app, "many"), resident(&app, "large"));
        for _ in 0..3 {
            many.upload("a.jpg", "image/jpeg", a_jpeg(500)).await.expect(201);
        }
        used_up(&many.upload("a.jpg", "image/jpeg", a_jpeg(500)).english().await, "attachments");
        large.upload("a.jpg", "image/jpeg", a_jpeg(5000)).await.expect(201);
        used_up(&large.upload("a.jpg", "image/jpeg", a_jpeg(5000)).english().await, "bytes");
        large.upload("a.jpg", "image/jpeg", a_jpeg(500)).await.expect(201);
        assert_eq!(app.count("attachments"), 5);
        // An office has its own quotas, and bytes are not limited here.
        for _ in 0..4 {
            app.social().upload("a.jpg", "image/jpeg", a_jpeg(5000)).await.expect(201);
        }
        used_up(&app.social().upload("a.jpg", "image/jpeg", a_jpeg(500)).english().await, "attachments");
    });
}

#[test]
fn contacts_and_callers_are_looked_at_so_often_a_day() {
    limited(async |app| {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::Community, COMMUNITY);
        let mut ticket = with_contact(complaint("dispute.mediation", &complex));
        ticket["channel"] = json!("phone");
        let made: Value = desk.post("/v1/complaints", &ticket).await.expect(201);
        let handler = app.office(
            Role::from_code(text(&made["handler"]["role"])).expect("a role"),
            text(&made["handler"]["division"]),
        );
        let look = format!("{}?unmask=%E7%94%B5%E8%AF%9D%E6%A0%B8%E5%AE%9E", of(&made));
        for _ in 0..2 {
            assert_eq!(handler.get(&look).await.expect(200)["contact"]["phone"], "13912345678");
        }
        let over = handler.get(&look).english().await;
        used_up(&over, "contacts");
        assert!(!String::from_utf8_lossy(&over.bytes).contains("13912345678"));
        handler.get(&of(&made)).await.expect(200);
        let search = json!({ "phone": "13912345678" });
        desk.post("/v1/complaint-phone-searches", &search).await.expect(200);
        used_up(&desk.post("/v1/complaint-phone-searches", &search).english().await, "phone searches");
    });
}

#[test]
fn another_process_counts_on() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let setup = Setup { quotas: Quotas { resident: RESIDENT, other: OTHER }, ..Setup::default() };
        run(kind, setup, async |app| {
            resident(&app, "many").upload("a.jpg", "image/jpeg", a_jpeg(500)).await.expect(201);
            let rows = app.values("SELECT caller AS value FROM quota_uses");
            assert!(rows.len() == 1 && rows[0].len() == 64, "a digest: {rows:?}");
            app.execute("UPDATE quota_uses SET files = 3");
            let over = resident(&app, "many").upload("a.jpg", "image/jpeg", a_jpeg(500)).english().await;
            used_up(&over, "attachments");
        });
    }
}
