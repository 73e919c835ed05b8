use serde_json::Value;

use crate::on_both_databases;
use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::rows::{a_complex, text};

/// All pages of a list. Fails if a page that is not the last has no next page.
async fn pages(client: &Client, path: &str) -> Vec<Vec<String>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{cursor}")).await;
        all.push(page.ids());
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn complexes(app: &TestApp, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(text(&a_complex(app).await["id"]).to_owned());
    }
    ids.reverse();
    ids
}

on_both_databases! {
    async fn every_row_is_met_once_and_an_exact_last_page_has_no_next(app: TestApp) {
        let ids = complexes(&app, 6).await;
        for (limit, sizes) in [(1, vec![1; 6]), (2, vec![2; 3]), (4, vec![4, 2]), (6, vec![6]), (7, vec![6]), (200, vec![6])] {
            let all = pages(&app.social(), &format!("/v1/complexes?limit={limit}")).await;
            assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
            assert_eq!(all.concat(), ids);
        }
    }

    async fn rows_that_come_while_paging_move_nothing(app: TestApp) {
        let ids = complexes(&app, 4).await;
        let first = app.social().get("/v1/complexes?limit=2").await;
        a_complex(&app).await;
        let next = text(&first.json["next_cursor"]);
        let second = app.social().get(&format!("/v1/complexes?limit=2&cursor={next}")).await;
        assert_eq!([first.ids(), second.ids()].concat(), ids);
        assert_eq!(second.json["next_cursor"], Value::Null);
    }

    async fn the_total_is_told_where_it_is_asked_for(app: TestApp) {
        complexes(&app, 3).await;
        let list = app.social().get("/v1/complexes?limit=2&with_total=true").await;
        assert_eq!((list.items().len(), list.json["total"].as_i64()), (2, Some(3)));
        let next = text(&list.json["next_cursor"]);
        let list = app.social().get(&format!("/v1/complexes?limit=2&with_total=true&cursor={next}")).await;
        assert_eq!((list.items().len(), list.json["total"].as_i64()), (1, Some(3)));
        for query in ["", "?with_total=false"] {
            assert!(app.social().get(&format!("/v1/complexes{query}")).await.json.get("total").is_none());
        }
    }

    async fn a_cursor_of_nowhere_is_refused(app: TestApp) {
        for cursor in ["x", "%22", "bnVsbA", "e30", "MTI", "\u{4e2d}", "IjY0Ig"] {
            let answer = app.social().get(&format!("/v1/complexes?cursor={cursor}")).await;
            answer.faults(&[("query/cursor", "invalid_cursor")]);
        }
        let long = app.social().get(&format!("/v1/complexes?cursor={}", "a".repeat(501))).await;
        long.faults(&[("query/cursor", "too_long")]);
    }

    async fn wrong_parameters_are_told_all_at_once(app: TestApp) {
        let answer = app.social().get("/v1/complexes?limit=0&with_total=2&colour=red&q=%00&limit=201").await;
        answer.faults(&[
            ("query/limit", "duplicate"),
            ("query/limit", "out_of_range"),
            ("query/with_total", "wrong_type"),
            ("query/colour", "unknown_parameter"),
            ("query/q", "forbidden_character"),
        ]);
        for limit in ["-1", "201", "ten", "1.5", ""] {
            assert_eq!(app.social().get(&format!("/v1/complexes?limit={limit}")).await.status, 400, "{limit}");
        }
    }
}
