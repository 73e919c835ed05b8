//! Public pages and data, without a token.

mod browser;
mod cache;
mod complexes;
mod documents;
mod frame;
mod plaques;
mod ratings;
mod search;
mod sections;

use crate::support::TestApp;
use crate::support::client::Response;

/// Gets a page, and checks what all our pages have in common.
pub async fn page(app: &TestApp, path: &str, status: u16) -> String {
    let answer = app.nobody().get(path).await;
    read(&answer, status, path)
}

pub fn read(answer: &Response, status: u16, path: &str) -> String {
    let html = String::from_utf8(answer.bytes.clone()).expect("UTF-8");
    assert_eq!(answer.status, status, "{path}: {html}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
    well_formed(&html);
    html
}

pub fn well_formed(html: &str) {
    balanced(html);
    let needed =
        ["<!doctype html>", "<html lang=\"zh-CN\">", "<meta name=\"viewport\"", "<main id=\"main\"", "href=\"#main\""];
    for needed in needed {
        assert!(html.contains(needed), "{needed} in {html}");
    }
    assert_eq!(html.matches("<h1>").count(), 1);
    for outside in ["http-equiv", "src=\"http", "href=\"http", "@import"] {
        assert!(!html.contains(outside), "{outside} in {html}");
    }
}

/// Checks that all elements are closed in order, and that there are no inline styles or scripts.
pub fn balanced(html: &str) {
    const VOID: &[&str] = &["meta", "link", "br", "input", "img"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "in {html}");
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
        for absent in [" style=", " onclick=", " onload=", " onerror="] {
            assert!(!tag.contains(absent), "{tag}");
        }
        assert_ne!(name, "script");
    }
    assert!(open.is_empty(), "{open:?} stay open in {html}");
}
