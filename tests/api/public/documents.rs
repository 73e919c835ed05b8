use serde_json::json;

use super::page;
use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::{Case, nine, reasons};
use crate::support::rows::{office_input, text};

on_both_databases! {
    async fn whoever_holds_a_document_verifies_it_and_reads_nothing_of_it(app: TestApp) {
        app.county().post("/v1/offices", &office_input("social_affairs_office", TOWNSHIP)).await.expect(201);
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        let input = json!({ "kind": "violation_notice", "subject_id": case.id("V") });
        let made = case.officer().post("/v1/documents", &input).await.expect(201);
        let code = text(&made["code"]);
        let data = app.nobody().get(&format!("/public/data/documents/{code}")).await.expect(200);
        for field in ["state", "kind", "title", "number", "office_name", "issued_on", "addressee", "code", "digest", "withdrawn_on"] {
            assert_eq!(data[field], made[field], "{field}");
        }
        assert_eq!(data.as_object().unwrap().len(), 11, "{data}");
        assert_eq!(data["office_name"], "永宁县望远镇人民政府");
        let typed = code.replace('-', "").to_lowercase();
        let html = page(&app, &format!("/public/documents/{typed}"), 200).await;
        for held in ["有效", code, text(&made["number"]), text(&made["digest"]), text(&case.company["name"]), "2026年3月2日"] {
            assert!(html.contains(held), "{held}: {html}");
        }
        for unseen in ["检查发现的事实", "拟作出处理", "officer", "甲某"] {
            assert!(!html.contains(unseen) && !data.to_string().contains(unseen), "{unseen}");
        }
        case.officer().post(&format!("{}/dismissal", case.violation("V")), &reasons()).await.expect(200);
        let html = page(&app, &format!("/public/documents/{code}"), 200).await;
        assert!(html.contains("已撤回") && html.contains("未予认定") && !html.contains("目前仍然有效"), "{html}");
        let data = app.nobody().get(&format!("/public/data/documents/{code}")).await.expect(200);
        assert_eq!((&data["state"], &data["withdrawn_on"]), (&json!("withdrawn"), &json!("2026-03-02")));
    }

    async fn a_code_can_be_typed(app: TestApp) {
        let html = page(&app, "/public/documents", 200).await;
        assert!(html.contains("<label for=\"code\">") && !html.contains("aria-invalid"), "{html}");
        let html = page(&app, "/public/documents?code=7K3M%22%3E", 200).await;
        assert!(html.contains("aria-invalid") && html.contains("value=\"7K3M&quot;&gt;\""), "{html}");
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let typed = format!("{}/public/documents?code=7k3m9q2t%20xv5bor8nhd6w4cjpa1ef", app.base_url);
        let answer = client.get(typed).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], "/public/documents/7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF");
    }

    async fn an_unknown_code_is_a_plain_page(app: TestApp) {
        for code in ["7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF", "x", "%3Cscript%3E", "%27%20OR%201=1", "7K3M", "%00"] {
            let html = page(&app, &format!("/public/documents/{code}"), 404).await;
            assert!(html.contains("没有找到"), "{html}");
            app.nobody().get(&format!("/public/data/documents/{code}")).await.problem(404, "not_found");
        }
    }
}
