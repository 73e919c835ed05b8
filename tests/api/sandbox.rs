//! `/sandbox/clock`

use chrono::{DateTime, Utc};
use serde_json::json;
use xiaoqu::clock::Clock;
use xiaoqu::db::Id;
use xiaoqu::service::Ctx;

use crate::on_both_databases;
use crate::support::rows::{a_complex, text};
use crate::support::{Kind, Setup, TestApp, run};

const CLOCK: &str = "x-xiaoqu-sandbox-clock";

on_both_databases! {
    async fn runs_of_the_program_take_no_ids_of_the_sandbox(app: TestApp) {
        let now = app.state.clock.now();
        let count = |id: Id| id.0.as_u128() as u64;
        let before = app.state.clock.new_id(now);
        let run = || Ctx::of_program(app.state.clone(), "complaint_clock", "clock", now).request_id.clone();
        assert_ne!(run(), run());
        assert_eq!(count(app.state.clock.new_id(now)), count(before) + 1);
    }

    async fn business_time_is_moved_and_every_answer_says_so(app: TestApp) {
        let moved = app.nobody().post("/sandbox/clock", &json!({ "now": "2026-05-06T16:30:00Z" })).await.expect(200);
        assert_eq!(moved["today"], "2026-05-07", "the day in Yinchuan");
        for path in ["/livez", "/v1/me", "/nowhere"] {
            let answer = app.nobody().get(path).await;
            let told: DateTime<Utc> = answer.header(CLOCK).parse().expect("an instant");
            assert!((told - "2026-05-06T16:30:00Z".parse::<DateTime<Utc>>().unwrap()).num_seconds() < 60);
        }
        let made = a_complex(&app).await;
        assert!(text(&made["created_at"]).starts_with("2026-05-06T16:3"), "{}", made["created_at"]);
        // Tokens use real time.
        app.set_clock("2036-01-01T00:00:00Z");
        app.social().get("/v1/me").await.expect(200);
    }

    async fn moving_the_clock_back_is_said_clearly(app: TestApp) {
        let moved = async |now: &str| app.nobody().post("/sandbox/clock", &json!({ "now": now })).english().await.expect(200);
        assert!(moved("2026-06-22T01:00:00Z").await.get("warning").is_none());
        let back = moved("2026-06-15T01:00:00Z").await;
        let warning = text(&back["warning"]);
        assert!(warning.contains("moved back from 2026-06-22") && warning.contains("are unchanged"), "{warning}");
        assert!(moved("2026-06-16T01:00:00Z").await.get("warning").is_none());
    }

    async fn a_wrong_time_moves_nothing(app: TestApp) {
        let clock = async |body: serde_json::Value| app.nobody().post("/sandbox/clock", &body).await;
        clock(json!({ "now": "tomorrow" })).await.faults(&[("/now", "invalid_format")]);
        clock(json!({ "now": 3 })).await.faults(&[("/now", "wrong_type")]);
        clock(json!({ "then": "2026-05-06T16:30:00Z" })).await.faults(&[("/now", "required"), ("/then", "unknown_field")]);
        let call = app.nobody().call(reqwest::Method::POST, "/sandbox/clock");
        call.body("application/json", "{").await.problem(400, "malformed_json");
        assert!(app.nobody().get("/livez").await.header(CLOCK).starts_with("2026-03-02T01:0"));
    }

    async fn no_time_that_can_be_written_breaks_the_clock(app: TestApp) {
        for now in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"] {
            app.nobody().post("/sandbox/clock", &json!({ "now": now })).await.expect(200);
            let status = app.nobody().get("/readyz").await.status;
            assert_eq!(status, 200, "{now}");
            app.county().get("/v1/complexes").await.expect(200);
        }
    }
}

#[test]
fn a_real_service_has_no_sandbox() {
    let clock = Clock::real(chrono_tz::Asia::Shanghai);
    run(Kind::Sqlite, Setup { clock, ..Setup::default() }, async |app: TestApp| {
        let answer = app.nobody().post("/sandbox/clock", &json!({ "now": "2026-05-06T16:30:00Z" })).await;
        answer.problem(404, "not_found");
        assert!(answer.headers.get(CLOCK).is_none());
        assert!(app.nobody().get("/openapi.json").await.json["paths"]["/sandbox/clock"].is_null());
    });
}
