use serde_json::json;

use crate::on_both_databases;
use crate::support::rows::text;
use crate::support::systems::{client_input, token};
use crate::support::{Kind, Setup, TestApp, run};

on_both_databases! {
    async fn a_secret_is_shown_once_and_kept_by_nobody(app: TestApp) {
        let client = app.a_client().await;
        let at = format!("/v1/clients/{}/secret", text(&client["id"]));
        let admin = app.administrator();
        let first = admin.post(&at, &json!({ "overlap_hours": 0 })).key("once").await;
        let secret = text(&first.json["client_secret"]).to_owned();
        assert!(first.status == 200 && secret.starts_with("xqs_") && secret.len() == 47, "{}", first.json);
        assert_eq!(first.header("cache-control"), "no-store");
        // The key has had its effect, but its response is no longer stored.
        let again = admin.post(&at, &json!({ "overlap_hours": 0 })).key("once").await;
        again.problem(409, "shown_once");
        assert_eq!(app.count("client_secrets"), 1, "the repeated key made no second one");
        let row = admin.get(&format!("/v1/clients/{}", text(&client["id"]))).await;
        assert_eq!(row.json["secrets"].as_array().expect("a list").len(), 1);
        assert!(!String::from_utf8_lossy(&row.bytes).contains(&secret));
        app.approved(&client).await;
        token(&app, text(&client["id"]), &secret).await.expect(200);
    }

    async fn a_rotated_secret_stays_good_for_the_overlap(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let second = app.a_secret(&system.row, 24).await;
        system.token(&app).await.expect(200);
        token(&app, system.id(), &second).await.expect(200);
        // The overlap has ended.
        let past = if app.state.db.is_postgres() { "now() - interval '1 second'" } else { "1" };
        app.execute(&format!("UPDATE client_secrets SET expires_at = {past} WHERE expires_at IS NOT NULL"));
        assert_eq!(system.token(&app).await.json["error"], "invalid_client");
        token(&app, system.id(), &second).await.expect(200);
        // Without an overlap, the previous secret expires at once.
        let third = app.a_secret(&system.row, 0).await;
        assert_eq!(token(&app, system.id(), &second).await.json["error"], "invalid_client");
        token(&app, system.id(), &third).await.expect(200);
        // An overlap never extends the lifetime of an old secret.
        let fourth = app.a_secret(&system.row, 1).await;
        let fifth = app.a_secret(&system.row, 168).await;
        token(&app, system.id(), &fourth).await.expect(200);
        let ends = app.administrator().get(&system.path()).await.json["secrets"].clone();
        let ends: Vec<Option<&str>> = ends.as_array().expect("a list").iter().map(|one| one["expires_at"].as_str()).collect();
        assert!(ends.len() == 3 && ends[0] < ends[1] && ends[2].is_none(), "{ends:?}");
        token(&app, system.id(), &fifth).await.expect(200);
    }

    async fn no_more_than_five_secrets_are_good_at_once(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        for _ in 0..6 {
            app.a_secret(&system.row, 100).await;
        }
        assert_eq!(app.count("client_secrets"), 5);
        assert_eq!(system.token(&app).await.json["error"], "invalid_client", "the oldest went");
    }
}

fn ages(kind: Kind, life: Option<i64>) {
    let setup = Setup { secret_life: life.map(chrono::Duration::days), ..Setup::default() };
    run(kind, setup, async |app| {
        let system = app.a_system(&client_input()).await;
        let row = system.row(&app).await;
        assert_eq!(row["secret_expires_at"].is_string(), life.is_some(), "{row}");
        assert_eq!(row["secrets"][0]["expires_at"], row["secret_expires_at"]);
        let aged = async |days: u32| {
            let past = match app.state.db.is_postgres() {
                true => format!("now() - interval '{days} days'"),
                false => format!("(unixepoch() - {days} * 86400) * 1000000"),
            };
            app.execute(&format!("UPDATE client_secrets SET created_at = {past}"));
            system.token(&app).await
        };
        aged(340).await.expect(200);
        assert_eq!(counted(&app, "secret_expiring").await, 0);
        aged(352).await.expect(200);
        assert_eq!(counted(&app, "secret_expiring").await, u64::from(life.is_some()), "told two weeks before");
        // The setting also applies to existing secrets.
        let old = aged(366).await;
        assert_eq!(old.status == 401, life.is_some(), "{}", old.json);
        assert_eq!(system.row(&app).await["secrets"].as_array().map(Vec::len), Some(usize::from(life.is_none())));
        let next = app.a_secret(&system.row, 0).await;
        token(&app, system.id(), &next).await.expect(200);
    });
}

async fn counted(app: &TestApp, kind: &str) -> u64 {
    let metrics = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
    let line = format!("xiaoqu_security_events_total{{kind=\"{kind}\"}} ");
    metrics.lines().find_map(|one| one.strip_prefix(&line)).expect("the line").parse().expect("a count")
}

#[test]
fn a_secret_ends_after_the_life_that_the_operator_set() {
    ages(Kind::Sqlite, Some(365));
    ages(Kind::Postgres, Some(365));
}

#[test]
fn without_a_life_a_secret_ends_by_rotation_only() {
    ages(Kind::Sqlite, None);
}
