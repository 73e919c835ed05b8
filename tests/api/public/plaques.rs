//! The page behind the QR code of a plaque, and the plaque itself.

use serde_json::json;

use super::{balanced, page, read};
use crate::on_both_databases;
use crate::support::TestApp;
use crate::support::cases::{Case, nine, reasons};
use crate::support::rating::*;
use crate::support::rows::{path, text};

/// The image of a plaque as a separate XML document.
async fn drawn(app: &TestApp, number: &str) -> String {
    let answer = app.nobody().get(&format!("/public/plaques/{number}/plaque.svg")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/svg+xml"));
    let svg = String::from_utf8(answer.bytes.clone()).expect("UTF-8");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" "), "{svg}");
    balanced(&svg);
    // Only the entities that XML predefines may be used.
    for (at, _) in svg.match_indices('&') {
        assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|name| svg[at + 1..].starts_with(name)), "{}", &svg[at..]);
    }
    for outside in ["href", "url(", "@import", "style", "script"] {
        assert!(!svg.contains(outside), "{outside}: {svg}");
    }
    svg
}

on_both_databases! {
    async fn a_plaque_says_whether_it_may_hang_and_which_one_may(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let rating = published(&app, &cycle, case.id("P"), 72).await;
        let first = text(&rating["summary"]["plaque"]).to_owned();
        let named = app.county().patch(&path("complexes", &json!({ "id": case.id("P") })), &json!({ "name": "<b>&\"花苑" }));
        named.if_match("*").await.expect(200);
        let html = page(&app, &format!("/public/plaques/{first}"), 200).await.replace("&#x2f;", "/");
        for held in [
            "<strong>有效</strong>", "三星级", "&lt;b&gt;&amp;&quot;花苑", text(&case.company["name"]), "2025 年下半年星级评定", "永宁县望远镇社会事务办公室颁发",
            "2026年3月12日", &first, &format!("href=\"/public/complexes/{}\"", case.id("P")), &format!("href=\"/public/plaques/{first}/print\""),
        ] {
            assert!(html.contains(held), "{held}: {html}");
        }
        assert!(!html.contains("失效") && !html.contains("已撤回"), "{html}");
        let svg = drawn(&app, &first).await;
        assert!(svg.contains(">三星级<") && svg.contains("&lt;b&gt;&amp;&quot;花苑") && !svg.contains("已失效"), "{svg}");
        let print = page(&app, &format!("/public/plaques/{first}/print"), 200).await;
        assert!(print.contains(&svg) && !print.contains("已失效"), "the sheet shows the same picture");

        // The ladder takes a star, so the plaque is replaced.
        case.confirmed("first", nine(3), "P", "2026-03-16").await;
        case.confirmed("second", nine(7), "P", "2026-03-23").await;
        let lowered = app.social().get(&at(&rating)).await.expect(200);
        let second = text(&lowered["summary"]["plaque"]).to_owned();
        assert_ne!(first, second);
        let html = page(&app, &format!("/public/plaques/{first}"), 200).await.replace("&#x2f;", "/");
        assert!(html.contains("<strong>已被更新</strong>") && html.contains(&format!("href=\"/public/plaques/{second}\">{second}</a>")), "{html}");
        assert!(!html.contains("有效") && !html.contains("/print\""), "{html}");
        for text in [drawn(&app, &first).await, page(&app, &format!("/public/plaques/{first}/print"), 200).await] {
            assert!(text.contains("已失效") && text.contains("已被更新"), "{text}");
        }
        let print = page(&app, &format!("/public/plaques/{first}/print"), 200).await;
        assert!(!print.contains("打印前请确认") && !print.contains("download="), "{print}");
        assert!(page(&app, &format!("/public/plaques/{second}"), 200).await.contains("<strong>有效</strong>"));

        app.social().post(&format!("{}/withdrawal", at(&rating)), &reasons()).await.expect(200);
        let html = page(&app, &format!("/public/plaques/{second}"), 200).await;
        assert!(html.contains("<strong>已撤回</strong>") && html.contains("没有有效的铭牌") && !html.contains("<strong>有效"), "{html}");
        assert!(drawn(&app, &second).await.contains("已失效"));
        let html = page(&app, &format!("/public/plaques/{first}"), 200).await;
        assert!(html.contains("<strong>已撤回</strong>") && html.contains("没有有效的铭牌"), "{html}");
    }

    async fn a_plaque_is_cached_as_every_page_and_no_longer(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 95).await;
        let number = text(&rating["summary"]["plaque"]);
        for form in ["", "/plaque.svg", "/print"] {
            let at = format!("/public/plaques/{number}{form}");
            let first = app.nobody().get(&at).await;
            assert_eq!((first.status, first.header("cache-control")), (200, "public, max-age=60"), "{at}");
            let again = app.nobody().get(&at).header("if-none-match", &first.etag()).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{at}");
        }
    }

    async fn an_unknown_plaque_is_a_plain_page(app: TestApp) {
        for number in ["640121-2026-9999", "x", "%3Cscript%3E", "%27%20OR%201=1", "%00", "%EF%BC%91", "1%0A"] {
            for form in ["", "/plaque.svg", "/print"] {
                let at = format!("/public/plaques/{number}{form}");
                let html = read(&app.nobody().get(&at).await, 404, &at);
                assert!(html.contains("没有找到"), "{html}");
            }
            app.nobody().get(&format!("/v1/plaques/{number}")).await.problem(404, "not_found");
        }
    }
}
