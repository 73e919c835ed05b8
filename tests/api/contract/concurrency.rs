//! ETag, If-Match and If-None-Match.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::rows::{a_company, a_complex, a_service, path, text};
use xiaoqu::access::Role;

on_both_databases! {
    async fn what_was_not_changed_is_not_sent_again(app: TestApp) {
        let at = path("complexes", &a_complex(&app).await);
        let etag = app.social().get(&at).await.etag();
        let again = async |tags: &str| app.social().get(&at).header("if-none-match", tags).await;
        for tags in [etag.clone(), "*".into(), format!("W/{etag}"), format!("\"x\", {etag}")] {
            let answer = again(&tags).await;
            assert_eq!((answer.status, answer.bytes.len(), answer.etag()), (304, 0, etag.clone()), "{tags}");
        }
        again("\"1.000000000000\"").await.expect(200);
        app.social().patch(&at, &json!({ "grid": "WG-1" })).if_match(&etag).await.expect(200);
        let changed = again(&etag).await;
        assert_ne!(changed.etag(), etag);
        changed.expect(200);
    }

    async fn a_view_that_changes_with_the_day_has_another_etag_and_the_same_version(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2026-03-05").await;
        let at = path("complexes", &complex);
        let before = app.social().get(&at).await;
        assert_eq!(before.json["service"], Value::Null);
        app.set_clock("2026-03-05T01:00:00Z");
        let after = app.social().get(&at).header("if-none-match", &before.etag()).await;
        assert_eq!(after.status, 200);
        assert_ne!(after.etag(), before.etag());
        // If-Match compares the version only, which has not changed.
        let patch = app.social().patch(&at, &json!({ "grid": "WG-1" })).if_match(&before.etag()).await;
        patch.expect(200);
    }

    async fn an_answer_varies_by_who_asks_and_is_not_shared(app: TestApp) {
        let at = path("complexes", &a_complex(&app).await);
        for path in [at.as_str(), "/v1/complexes"] {
            let answer = app.social().get(path).await;
            let vary = answer.header("vary").to_ascii_lowercase();
            assert!(vary.contains("authorization") && vary.contains("accept-language"), "{vary}");
            assert_eq!(answer.header("cache-control"), "private, no-cache");
        }
    }

    async fn a_change_names_the_version_that_it_changes(app: TestApp) {
        let at = path("complexes", &a_complex(&app).await);
        let patch = |tag: &str| app.social().patch(&at, &json!({ "grid": "WG-1" })).if_match(tag);
        for stale in ["\"2\"", "\"0.abc\"", "1", "\"\"", "W/\"1\"", "\"x\""] {
            patch(stale).await.problem(412, "precondition_failed");
        }
        patch("\"7\", \"1.whatever\"").await.expect(200);
        patch("*").await.expect(200);
        assert_eq!(app.social().get(&at).await.json["version"], 3);
    }

    async fn of_twenty_changes_of_one_version_one_wins(app: TestApp) {
        let complex = a_complex(&app).await;
        let at = path("complexes", &complex);
        let offices = [app.social(), app.county(), app.officer(Role::SocialAffairsOffice, TOWNSHIP, "officer-2")];
        let patches = (0..20).map(|i| {
            let (office, at) = (&offices[i % 3], &at);
            async move { office.patch(at, &json!({ "grid": format!("WG-{i}") })).if_match("\"1\"").await.status }
        });
        let statuses = futures_util::future::join_all(patches).await;
        assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|s| **s == 412).count(), 19, "{statuses:?}");
        let row = app.social().get(&at).await.expect(200);
        assert_eq!(row["version"], 2);
        assert!(text(&row["grid"]).starts_with("WG-"));
    }
}
