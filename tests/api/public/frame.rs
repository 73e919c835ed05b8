//! Security policies for browsers, error pages, and the style sheet.

use reqwest::Method;
use xiaoqu::http::limits::{LimitOptions, Rate};

use super::{page, read};
use crate::support::rows::a_complex;
use crate::support::{Kind, Setup, TestApp, run};
use crate::{on_both_databases, on_sqlite};

const PUBLIC_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

on_sqlite! {
    async fn every_answer_says_what_a_browser_may_do_with_it(app: TestApp) {
        let policy = async |path: &str| app.nobody().get(path).await.header("content-security-policy").to_owned();
        for path in ["/public", "/public/style.css", "/public/nowhere", "/public/documents/x"] {
            assert_eq!(policy(path).await, PUBLIC_POLICY, "{path}");
        }
        for path in ["/public/data/complexes", "/public/data/nowhere", "/livez", "/v1/me", "/nowhere"] {
            assert_eq!(policy(path).await, API_POLICY, "{path}");
        }
        assert!(policy("/docs/").await.contains("script-src") || policy("/docs/").await.starts_with("default-src 'self'"));
    }

    async fn an_error_is_a_page_where_a_person_is_answered(app: TestApp) {
        for path in ["/public/nowhere", "/public/complexes/abc", "/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", "/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11/notice"] {
            let html = page(&app, path, 404).await;
            assert!(html.contains("没有找到") && html.contains("href=\"/public\""), "{html}");
        }
        let html = page(&app, "/public?division=x%3Cscript%3E", 400).await;
        assert!(html.contains("请求有误"), "{html}");
        let answer = app.nobody().call(Method::POST, "/public").await;
        assert_eq!(answer.header("allow"), "GET, HEAD");
        read(&answer, 405, "/public");
        // Paths for programs return problems.
        app.nobody().get("/public/data/nowhere").await.problem(404, "not_found");
        app.nobody().get("/public/data/complexes/abc").await.faults(&[("path/id", "invalid_format")]);
        app.nobody().get("/public/data/complexes?division=x&no=1").await.faults(&[("query/division", "invalid_format"), ("query/no", "unknown_parameter")]);
    }

    async fn the_style_sheet_is_served_once(app: TestApp) {
        let sheet = app.nobody().get("/public/style.css").await;
        assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
        let text = String::from_utf8(sheet.bytes.clone()).expect("UTF-8");
        assert!(!text.contains("url(") && !text.contains("@import") && text.contains("prefers-color-scheme: dark"));
        let again = app.nobody().get("/public/style.css").header("if-none-match", &sheet.etag()).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
    }
}

on_both_databases! {
    async fn a_page_that_has_not_changed_is_not_sent_again(app: TestApp) {
        let complex = a_complex(&app).await;
        let id = complex["id"].as_str().expect("an id");
        for path in ["/public".to_owned(), format!("/public/complexes/{id}"), format!("/public/complexes/{id}/notice"), format!("/public/data/complexes/{id}"), "/public/data/complexes".into()] {
            let first = app.nobody().get(&path).await;
            assert_eq!((first.status, first.header("cache-control")), (200, "public, max-age=60"), "{path}");
            let again = app.nobody().get(&path).header("if-none-match", &first.etag()).await;
            assert_eq!((again.status, again.bytes.len(), again.etag()), (304, 0, first.etag()), "{path}");
            let other = app.nobody().get(&path).header("if-none-match", "\"other\"").await;
            assert_eq!(other.bytes, first.bytes, "{path}");
        }
    }
}

#[test]
fn whoever_asks_too_often_reads_so_on_a_page() {
    let limits = LimitOptions { address: Rate::new(1, 2), ..LimitOptions::default() };
    run(Kind::Sqlite, Setup { limits, ..Setup::default() }, async |app: TestApp| {
        let mut last = app.nobody().get("/public").await;
        for _ in 0..5 {
            last = app.nobody().get("/public").await;
        }
        let html = read(&last, 429, "/public");
        assert!(html.contains("过于频繁") && !last.header("retry-after").is_empty());
    });
}
