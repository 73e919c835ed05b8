//! The sections on a complex's page besides its company: contract, fees, disclosures, public revenue and typical cases.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::page;
use crate::api::contracts::{draft, filed};
use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, reasons};
use crate::support::disclosing::{content_of, disclosed, fees, revenue};
use crate::support::files::{a_jpeg, evidence};
use crate::support::rows::{a_complex, office_input, path, text};
use crate::support::{COMMUNITY, COUNTY, TOWNSHIP, TestApp};

const KINDS: [&str; 4] = ["service_contract", "service_content", "service_phone", "service_method"];

/// A complex with every section. Today is the first working day after its case became final.
pub async fn a_full_complex(app: &TestApp) -> (Value, Value) {
    for (role, division) in
        [("community", COMMUNITY), ("social_affairs_office", TOWNSHIP), ("market_supervision", COUNTY)]
    {
        app.county().post("/v1/offices", &office_input(role, division)).await.expect(201);
    }
    let mut case = Case::new(app, &["P"]).await;
    let complex = app.county().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
    filed(app, &case.company, &draft(&complex, "2026-01-01", Some("2028-12-31"))).await;
    case.confirmed("v", nine(7), "P", "2026-03-02").await;
    let opened = case.portal().get(&case.violation("v")).await.expect(200);
    case.on(&next_day(text(&opened["appeal_due_on"])));
    let told = json!({
        "violation_id": case.id("v"), "title": "超合同标准收费被责令整改",
        "summary": "经查，该企业公示的收费标准高于备案合同约定，已责令限期整改并退还多收费用。",
    });
    case.officer().post("/v1/typical-cases", &told).await.expect(201);

    let portal = case.portal();
    let today = app.state.clock.today().to_string();
    let submit = async |kind: &str, content: Value, proof: Option<Value>| {
        let at = format!("{}/disclosures/{kind}", path("complexes", &complex));
        let mut body = disclosed(kind, &today, content);
        if let Some(proof) = proof {
            body["proof"] = proof;
        }
        let made = portal.post(&at, &body).await.expect(201);
        let decision = json!({ "disclosure_id": made["id"], "outcome": "verified" });
        app.office(Role::Community, COMMUNITY).post(&format!("{at}/verification"), &decision).await.expect(200);
    };
    for kind in KINDS {
        submit(kind, content_of(kind), None).await;
    }
    let photo = portal.upload("公示栏.jpg", "image/jpeg", a_jpeg(3000)).await.expect(201);
    let names: Vec<String> = (1..=9).map(|number| format!("第{number}类房屋物业服务费")).collect();
    let mut items = vec![("物业服务费", "1.80")];
    items.extend(names.iter().map(|name| (name.as_str(), "1.6050")));
    submit("fee_standard", fees(&items), Some(evidence(text(&photo["id"])))).await;
    let mut opening = 1_000_000;
    for (from, to, income, expense) in [
        ("2025-04-01", "2025-06-30", 4_250_000, 1_100_000),
        ("2025-07-01", "2025-09-30", 3_900_050, 5_000_000),
        ("2025-10-01", "2025-12-31", 4_410_000, 0),
    ] {
        submit("public_revenue", revenue(from, to, opening, income, expense), None).await;
        opening += income - expense;
    }
    (case.company, complex)
}

on_both_databases! {
    async fn the_page_shows_all_that_is_public_and_the_data_is_the_same(app: TestApp) {
        let (company, complex) = a_full_complex(&app).await;
        let at = format!("/public/complexes/{}", text(&complex["id"]));
        let html = page(&app, &at, 200).await.replace("&#x2f;", "/");
        let data = app.nobody().get(&at.replace("/public/", "/public/data/")).await.expect(200);
        assert_eq!(data["contract"]["filing_number"], "640121备〔2026〕1号");
        assert_eq!((&data["contract"]["kind"], &data["contract"]["effective_to"]), (&json!("regular"), &json!("2028-12-31")));
        assert_eq!(data["contract"]["fee_items"][1]["approval_document"], "永发改发〔2025〕12号");
        let states: Vec<&str> = data["disclosures"].as_array().unwrap().iter().map(|one| text(&one["state"])).collect();
        assert_eq!(states[..5], ["verified"; 5]);
        let money = &data["disclosures"][5];
        assert_eq!(money["content"]["public_revenue"]["closing_balance_fen"], 7_460_050);
        assert_eq!(money["earlier"].as_array().map(Vec::len), Some(2));
        assert_eq!(data["typical_cases"][0]["company_name"], company["name"]);
        let photo = text(&data["disclosures"][4]["photos"][0]["path"]).to_owned();
        assert_eq!(app.nobody().get(&photo).await.header("content-type"), "image/jpeg");

        let shown = [
            // The contract with its filing and term.
            "物业服务合同，640121备〔2026〕1号", "<dt>合同期限</dt><dd>自2026年1月1日起至2028年12月31日止",
            // Unit prices as entered.
            "<strong>1.80</strong> 元/平方米·月", "<strong>1.6050</strong>", "市场调节价", "tel:12315",
            // All six kinds with their states and days.
            "服务内容 <span class=\"state verified\">已核验</span>", "24小时报修电话", "部分专项服务委托", "电梯维保",
            // Public revenue: chart, totals and lines.
            "<svg class=\"chart\" role=\"img\"", "2025年第四季度", "44,100.00元", "74,600.50元", "支出：公共区域照明", "39,000.50元",
            "超合同标准收费被责令整改", text(&company["name"]), &photo,
        ];
        for held in shown {
            assert!(html.contains(held), "{held}: {html}");
        }
        // Links and texts that a company submitted as proof are not public.
        assert!(!html.contains("evidence.example.invalid") && !data.to_string().contains("evidence.example.invalid"), "{data}");
        let sheet = page(&app, &format!("{at}/notice"), 200).await;
        assert!(sheet.contains("1.80 元/平方米·月") || sheet.contains("1.80 元&#x2f;平方米·月"), "{sheet}");
        assert!(sheet.contains("共10项，其余请扫码查看"), "{sheet}");
    }

    async fn a_price_that_waits_to_be_verified_is_not_shown_and_the_contracts_is(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let complex = json!({ "id": case.id("P") });
        let at = format!("/public/complexes/{}", case.id("P"));
        let html = page(&app, &at, 200).await;
        assert!(html.contains("没有已备案且有效的合同") && html.contains("尚无核验通过的收费标准"), "{html}");
        assert!(html.contains("尚无核验通过的公共收益公开内容") && !html.contains("典型案例"), "{html}");
        filed(&app, &case.company, &draft(&complex, "2026-01-01", None)).await;
        let fee = format!("/v1/complexes/{}/disclosures/fee_standard", case.id("P"));
        let body = disclosed("fee_standard", "2026-03-02", fees(&[("物业服务费", "9.99")]));
        case.portal().post(&fee, &body).await.expect(201);
        let html = page(&app, &at, 200).await;
        assert!(html.contains("以下为备案合同约定的收费标准") && html.contains("<strong>1.80</strong>"), "{html}");
        assert!(html.contains("，不定期") && html.contains("待核验") && !html.contains("9.99"), "{html}");
        // Names are escaped.
        let named = a_complex(&app).await;
        app.county().patch(&path("complexes", &named), &json!({ "name": "<img src=x>苑" })).if_match("*").await.expect(200);
        let html = page(&app, &format!("/public/complexes/{}", text(&named["id"])), 200).await;
        assert!(html.contains("&lt;img src=x&gt;苑") && html.contains("暂无应当公开的事项"), "{html}");
    }

    async fn a_case_whose_decision_fell_is_not_on_the_page_any_more(app: TestApp) {
        let (_, complex) = a_full_complex(&app).await;
        let at = format!("/public/complexes/{}", text(&complex["id"]));
        let told = app.social().get("/v1/typical-cases").await.items()[0].clone();
        let violation = format!("/v1/violations/{}", text(&told["violation_id"]));
        app.officer(Role::CountyAuthority, COUNTY, "reviewer").post(&format!("{violation}/revocation"), &reasons()).await.expect(200);
        let html = page(&app, &at, 200).await;
        assert!(!html.contains("典型案例曝光") && !html.contains(text(&told["title"])), "{html}");
    }

    async fn a_verified_price_above_the_filed_contract_says_so(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let complex = json!({ "id": case.id("P") });
        filed(&app, &case.company, &draft(&complex, "2026-01-01", None)).await;
        let fee = format!("/v1/complexes/{}/disclosures/fee_standard", case.id("P"));
        let body = disclosed("fee_standard", "2026-03-02", fees(&[("物业服务费", "2.10"), ("装修管理费", "1.00")]));
        let made = case.portal().post(&fee, &body).await.expect(201);
        let decision = json!({ "disclosure_id": made["id"], "outcome": "verified" });
        app.office(Role::Community, COMMUNITY).post(&format!("{fee}/verification"), &decision).await.expect(200);
        for at in [format!("/public/complexes/{}", case.id("P")), format!("/public/complexes/{}/notice", case.id("P"))] {
            let html = page(&app, &at, 200).await;
            assert!(html.contains("高于备案合同约定的单价1.80元") && html.contains("备案合同未约定此项"), "{html}");
        }
    }

    async fn no_text_says_another_thing_than_it_holds(app: TestApp) {
        let made = a_complex(&app).await;
        let at = path("complexes", &made);
        for name in ["\u{202e}苑河星", "星河\u{1}", "星河\n四、另行收费", "星\u{2028}河"] {
            let answer = app.county().patch(&at, &json!({ "name": name })).if_match("*").await;
            answer.faults(&[("/name", "forbidden_character")]);
        }
        app.county().patch(&at, &json!({ "name": "𠮷祥苑（北区）" })).if_match("*").await.expect(200);
    }
}
