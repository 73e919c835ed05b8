//! Rendered pages are served from the cache for a while.

use std::time::Duration;

use serde_json::json;

use super::{page, read};
use crate::support::rows::{a_complex, path, text};
use crate::support::{Kind, Setup, TestApp, run};

#[test]
fn a_popular_page_is_made_once_and_then_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run(kind, Setup { page_life: Duration::from_secs(2), ..Setup::default() }, async |app: TestApp| {
            let complex = a_complex(&app).await;
            let at = format!("/public/complexes/{}", text(&complex["id"]));
            let before = page(&app, &at, 200).await;
            let change = json!({ "name": "改名后的花园" });
            app.county().patch(&path("complexes", &complex), &change).if_match("*").await.expect(200);
            assert_eq!(page(&app, &at, 200).await, before, "kept");
            // Missing pages are not cached.
            page(&app, "/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", 404).await;
            tokio::time::sleep(Duration::from_millis(2100)).await;
            assert!(page(&app, &at, 200).await.contains("改名后的花园"));
        });
    }
}

#[test]
fn a_condition_that_fails_is_answered_as_the_page_is() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run(kind, Setup::default(), async |app: TestApp| {
            let complex = a_complex(&app).await;
            for at in ["/public".to_owned(), format!("/public/complexes/{}", text(&complex["id"]))] {
                let answer = app.nobody().get(&at).if_match("\"of-another-day\"").await;
                read(&answer, 412, &at);
            }
            let data = format!("/public/data/complexes/{}", text(&complex["id"]));
            let answer = app.nobody().get(&data).if_match("\"of-another-day\"").await;
            assert_eq!((answer.status, answer.header("content-type")), (412, "application/problem+json"));
        });
    }
}
