use serde_json::json;

use crate::on_both_databases;
use crate::support::rows::text;
use crate::support::systems::{client_input, token};

on_both_databases! {
    async fn a_secret_is_shown_once_and_kept_by_nobody(app: TestApp) {
        let client = app.a_client().await;
        let at = format!("/v1/clients/{}/secret", text(&client["id"]));
        let admin = app.administrator();
        let first = admin.post(&at, &json!({ "overlap_hours": 0 })).key("once").await;
        let secret = text(&first.json["client_secret"]).to_owned();
        assert!(first.status == 200 && secret.starts_with("xqs_") && secret.len() == 47, "{}", first.json);
        assert_eq!(first.header("cache-control"), "no-store");
        // The key has had its effect; its answer is not there any more.
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
        // The overlap is over.
        let past = if app.state.db.is_postgres() { "now() - interval '1 second'" } else { "1" };
        app.execute(&format!("UPDATE client_secrets SET expires_at = {past} WHERE expires_at IS NOT NULL"));
        assert_eq!(system.token(&app).await.json["error"], "invalid_client");
        token(&app, system.id(), &second).await.expect(200);
        // Without an overlap the one before it ends at once.
        let third = app.a_secret(&system.row, 0).await;
        assert_eq!(token(&app, system.id(), &second).await.json["error"], "invalid_client");
        token(&app, system.id(), &third).await.expect(200);
        // An overlap never makes an old one live longer than it would have.
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
