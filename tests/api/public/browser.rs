//! The pages in a real browser: at phone and desktop width, in light and dark mode, with axe-core; notice sheets and
//! plaques in print, with their QR codes read back from the image.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::ratings::replied;
use super::sections::a_full_complex;
use crate::on_sqlite;
use crate::support::cases::{Case, nine, reasons};
use crate::support::inspecting::unplanned;
use crate::support::rating::*;
use crate::support::rows::{a_complex, path, text};
use crate::support::{COUNTY, TOWNSHIP, TestApp, browser};

const LONG_NAME: &str = "永宁县望远镇人和佳苑小区二期北区（原永宁县第三建材厂家属院及 A<B 座附属住宅楼）";

fn plaque(rating: &Value) -> String {
    format!("/public/plaques/{}", text(&rating["summary"]["plaque"]))
}

fn page_of(complex: &str) -> String {
    format!("/public/complexes/{complex}")
}

/// A page with all rating details: points, bonus, reply, and an earlier rating with few stars.
async fn rated_twice(app: &TestApp, company: &Value, complex: &str, first: &Value) -> Value {
    published(app, first, complex, 65).await;
    app.set_clock("2026-07-06T01:00:00Z");
    let cycle = a_cycle(app, &next_cycle_input()).await;
    replied(
        app,
        &cycle,
        complex,
        company,
        85,
        json!({
            "bonus": [{ "code": "bonus.honour", "points": "1.25", "ground": "获县级“文明小区”表彰" }],
            "vetoes": [{ "code": "veto.mass_incident", "ground": "2026年3月业主集体到镇政府反映停水问题，企业未到场" }],
        }),
    )
    .await
}

on_sqlite! {
    async fn every_page_reads_well_on_phone_and_desk_and_what_is_printed_leads_back(app: TestApp) {
        let (company, complex) = a_full_complex(&app).await;
        let bare = a_complex(&app).await;
        let (full, bare) = (text(&complex["id"]), page_of(text(&bare["id"])));
        let first = a_cycle(&app, &cycle_input()).await;
        // One rating that the ladder lowers, and one that is withdrawn.
        let mut case = Case::new(&app, &["P", "Q"]).await;
        let before = published(&app, &first, case.id("P"), 72).await;
        let taken_back = published(&app, &first, case.id("Q"), 95).await;
        app.social().post(&format!("{}/withdrawal", at(&taken_back)), &reasons()).await.expect(200);
        let current = rated_twice(&app, &company, full, &first).await;
        case.confirmed("first", nine(3), "P", "2026-07-20").await;
        case.confirmed("second", nine(7), "P", "2026-07-27").await;
        let lowered = app.social().get(&at(&before)).await.expect(200);
        let named = app.county().patch(&path("complexes", &json!({ "id": case.id("P") })), &json!({ "name": LONG_NAME }));
        named.if_match("*").await.expect(200);

        let (valid, superseded, withdrawn, long) = (plaque(&current), plaque(&before), plaque(&taken_back), plaque(&lowered));
        let sheet = |page: &str, print: &str, across: bool| {
            json!({ "path": format!("{page}/{print}"), "code": format!("https://xiaoqu.test{page}"), "across": across })
        };
        let drawing = |page: &str| sheet(page, "plaque.svg", true);
        let plan = json!({
            "pages": [
                "/public", "/public?q=花园", page_of(full), bare, "/public/documents", page_of(case.id("P")),
                &valid, &superseded, &withdrawn, format!("{valid}/print"), format!("{superseded}/print"),
            ],
            "sheets": [
                sheet(&page_of(full), "notice", false), sheet(&valid, "print", true), sheet(&superseded, "print", true),
                sheet(&withdrawn, "print", true), sheet(&long, "print", true),
            ],
            "drawings": [drawing(&valid), drawing(&superseded), drawing(&withdrawn), drawing(&long)],
        });
        let Some(found) = browser::check(&app.base_url, &plan).await else { return };
        assert_eq!(found["faults"], json!([]), "{found:#}");
        for kind in ["sheets", "drawings"] {
            for (one, wanted) in found[kind].as_array().unwrap().iter().zip(plan[kind].as_array().unwrap()) {
                assert_eq!(one["code"], wanted["code"]);
                assert!(kind == "drawings" || one["pages"] == json!(1), "{one}");
            }
        }
        let said = |sheet: usize| text(&found["sheets"][sheet]["text"]).to_owned();
        assert!(said(0).contains("三星级") && !said(1).contains("已失效"), "{found:#}");
        assert!(said(2).contains("已失效") && said(3).contains("已失效") && !said(4).contains("已失效"), "{found:#}");
        assert!(found["passed"].as_u64() > Some(200), "axe-core looked at something: {found}");
    }

    async fn the_leaders_report_reads_well_and_prints(app: TestApp) {
        let case = Case::new(&app, &["P", "Q", "R"]).await;
        let first = a_cycle(&app, &cycle_input()).await;
        published(&app, &first, case.id("P"), 92).await;
        published(&app, &first, case.id("Q"), 64).await;
        case.on("2026-07-06");
        let next = a_cycle(&app, &next_cycle_input()).await;
        for (name, share) in [("P", 85), ("Q", 72), ("R", 58)] {
            published(&app, &next, case.id(name), share).await;
            let complex = app.social().get(&page_of(case.id(name)).replace("/public", "/v1")).await.expect(200);
            let result = unplanned(&complex, "safety", "2026-07-20T00:30:00Z", &["fire_lane", "fire_equipment"]);
            app.social().post("/v1/inspection-results", &json!({ "results": [result] })).await.expect(200);
        }
        let token = app.token(Role::CountyAuthority, COUNTY);
        let township = format!("/v1/statistics/report?division={TOWNSHIP}");
        let plan = json!({
            "pages": ["/v1/statistics/report", &township],
            "sheets": [{ "path": "/v1/statistics/report", "long": true }],
            "drawings": [], "token": token,
        });
        let Some(found) = browser::check(&app.base_url, &plan).await else { return };
        assert_eq!(found["faults"], json!([]), "{found:#}");
        assert!(text(&found["sheets"][0]["text"]).contains("检查覆盖率"), "{found:#}");
        assert!(found["sheets"][0]["pages"].as_i64() <= Some(4), "{found:#}");
    }
}
