use serde_json::json;

use super::page;
use crate::on_both_databases;
use crate::support::rows::{a_company, a_complex, a_served_complex, a_service, contract_input, office_input, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, TOWNSHIP};

on_both_databases! {
    async fn a_complex_shows_who_serves_it_and_whom_to_call(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let mut names = Vec::new();
        for (role, division) in [("community", COMMUNITY), ("social_affairs_office", TOWNSHIP), ("county_authority", COUNTY), ("market_supervision", COUNTY)] {
            let made = app.county().post("/v1/offices", &office_input(role, division)).await.expect(201);
            names.push(text(&made["name"]).to_owned());
        }
        let elsewhere = app.county().post("/v1/offices", &office_input("social_affairs_office", NEIGHBOUR)).await.expect(201);
        let id = text(&complex["id"]);
        let data = app.nobody().get(&format!("/public/data/complexes/{id}")).await.expect(200);
        assert_eq!((&data["name"], &data["area"]), (&complex["name"], &json!("永宁县望远镇望远居委会")));
        assert_eq!(data["page_url"], format!("https://xiaoqu.test/public/complexes/{id}"));
        let service = &data["service"];
        assert_eq!((&service["company_name"], &service["service_hotline"]), (&company["name"], &json!("0951-0000000")));
        assert_eq!((&service["project_manager"], &service["effective_from"], &service["effective_to"]), (&json!("乙某"), &json!("2026-01-01"), &json!(null)));
        let shown: Vec<&str> = data["complaint_offices"].as_array().unwrap().iter().map(|office| text(&office["name"])).collect();
        assert_eq!(shown, names);
        let html = page(&app, &format!("/public/complexes/{id}"), 200).await;
        for held in [text(&complex["name"]), text(&company["name"]), "乙某", "自2026年1月1日起", "tel:0951-0000000", "tel:0951-0000101", &names[0], &names[3]] {
            assert!(html.contains(held), "{held}: {html}");
        }
        for page in [&html, &data.to_string()] {
            assert!(!page.contains(text(&elsewhere["name"])));
            assert!(!page.contains("甲某"), "the legal representative is not made public");
        }
    }

    async fn the_notice_sheet_has_the_way_to_the_page_in_it(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let id = text(&complex["id"]);
        let html = page(&app, &format!("/public/complexes/{id}/notice"), 200).await.replace("&#x2f;", "/");
        assert!(html.contains("<svg role=\"img\"") && html.contains(&format!("https://xiaoqu.test/public/complexes/{id}")), "{html}");
        assert!(html.contains("打印日期：2026年3月2日"), "{html}");
    }

    async fn a_complex_that_nobody_serves_says_so(app: TestApp) {
        let complex = a_complex(&app).await;
        let id = text(&complex["id"]);
        let html = page(&app, &format!("/public/complexes/{id}"), 200).await;
        assert!(html.contains("目前没有登记的物业服务企业") && html.contains("尚未登记"), "{html}");
        let company = a_company(&app).await;
        let mut record = contract_input(&complex, &company, "2026-01-01");
        record["effective_to"] = json!("2026-03-02");
        app.county().post("/v1/contracts", &record).await.expect(201);
        let html = page(&app, &format!("/public/complexes/{id}"), 200).await;
        assert!(html.contains("起至2026年3月2日止"), "{html}");
        app.set_clock("2026-03-03T01:00:00Z");
        let html = page(&app, &format!("/public/complexes/{id}"), 200).await;
        assert!(!html.contains(text(&company["name"])), "{html}");
        a_service(&app, &complex, &company, "2026-03-03").await;
    }
}
