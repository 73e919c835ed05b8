//! `/v1/statistics`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::complaining::{complaint, of};
use crate::support::inspecting::unplanned;
use crate::support::rating::*;
use crate::support::rows::{a_company, a_complex, a_policy, a_service, text};
use crate::support::{COMMUNITY, NEIGHBOUR, TOWNSHIP};

fn stars(counts: &Value) -> Vec<(String, i64)> {
    let shown = |one: &Value| (text(&one["star"]).to_owned(), one["count"].as_i64().unwrap());
    counts["stars"].as_array().unwrap().iter().map(shown).filter(|(_, count)| *count > 0).collect()
}

on_both_databases! {
    async fn stars_and_their_movement_are_counted_by_area_and_period(app: TestApp) {
        let case = Case::new(&app, &["P", "Q", "R"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        published(&app, &cycle, case.id("P"), 92).await;
        published(&app, &cycle, case.id("Q"), 64).await;
        case.on("2026-07-06");
        let next = a_cycle(&app, &next_cycle_input()).await;
        published(&app, &next, case.id("P"), 85).await;
        let withdrawn = published(&app, &next, case.id("Q"), 72).await;
        published(&app, &next, case.id("R"), 58).await;
        let at = "/v1/statistics/ratings";
        let whole = app.county().get(at).await.expect(200);
        assert_eq!((&whole["period_to"], &whole["counts"]["served"], &whole["counts"]["rated"]), (&json!("2026-06-30"), &json!(3), &json!(3)));
        let counted = |all: &[(&str, i64)]| all.iter().map(|(star, count)| ((*star).to_owned(), *count)).collect::<Vec<_>>();
        assert_eq!(stars(&whole["counts"]), counted(&[("four", 1), ("three", 1), ("one", 1)]));
        assert_eq!(whole["counts"]["movement"], json!({ "up": 1, "same": 0, "down": 1, "first": 1 }));
        assert_eq!((&whole["counts"]["mean_points"], &whole["counts"]["focus"]), (&json!("71.67"), &json!(1)));
        assert_eq!((&whole["areas"][0]["division"], &whole["areas"][0]["counts"]), (&json!(TOWNSHIP), &whole["counts"]));
        assert_eq!(whole["periods"].as_array().unwrap().len(), 2);
        let before = app.social().get(&format!("{at}?period_to=2025-12-31")).await.expect(200);
        assert_eq!(stars(&before["counts"]), counted(&[("five", 1), ("two", 1)]));
        assert_eq!(before["areas"][0]["division"], json!(COMMUNITY));
        // A withdrawn rating no longer counts, and the complex returns to its previous state.
        app.social().post(&format!("{}/withdrawal", crate::support::rating::at(&withdrawn)), &json!({ "reasons": "评分有误" })).await.expect(200);
        assert_eq!(app.county().get(at).await.expect(200)["counts"]["rated"], json!(2));
        app.neighbour().get(&format!("{at}?division={TOWNSHIP}")).await.problem(404, "not_found");
        app.social().get(&format!("{at}?division={NEIGHBOUR}")).await.problem(404, "not_found");
        assert_eq!(app.neighbour().get(at).await.expect(200)["counts"]["complexes"], json!(0));
    }

    async fn the_report_also_tells_of_violations_measures_standings_contracts_disclosures_and_complaints(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        case.confirmed("V", nine(3), "P", "2026-03-02").await;
        case.reported("W", nine(7), "Q", "2026-03-09").await;
        let complex = app.social().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        // Nobody accepts it, and the acceptance deadline passes.
        app.set_clock("2026-03-12T01:00:00Z");
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["accept_overdue"], json!(true));
        let page = app.county().get("/v1/statistics/report").await;
        let page = String::from_utf8(page.bytes.clone()).unwrap();
        for said in [
            "<li>上报违规<b>2</b></li>", "<li>已认定<b>1</b></li>", "<li>待决定<b>1</b></li>",
            "第3条　从业人员不按岗位统一着装</td><td>1</td><td>0</td><td>1</td><td>0</td><td>0</td>",
            "第7条", "责令限期整改", "信用扣分",
            "在本辖区服务的企业共1家", "<tr><td>企业</td><td>0</td><td>1</td><td>0</td><td>0</td><td>0</td></tr>",
            "<li>黑名单<b>0</b></li>", "<li>有物业服务<b>2</b></li>", "<li>现行合同已备案<b>0</b></li>",
            "<h2 id=\"disclosure\">六、六个公开</h2>", "<li>收到诉求<b>1</b></li>", "<li>按期受理率<b>0.0%</b></li>",
        ] {
            assert!(page.contains(said), "{said} in {page}");
        }
        // The company that serves here serves nowhere else.
        let beside = app.neighbour().get("/v1/statistics/report").await;
        let beside = String::from_utf8(beside.bytes.clone()).unwrap();
        assert!(beside.contains("<li>上报违规<b>0</b></li>") && beside.contains("在本辖区服务的企业共0家"), "{beside}");
    }

    async fn nothing_is_due_before_the_programme_began(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2018-06-01").await;
        let plan = app.county().get("/v1/inspection-plan").await;
        assert!(!plan.items().is_empty());
        for one in plan.items() {
            assert!(text(&one["due_on"]) >= "2026-01-01", "{one}");
        }
        let due_days = async || -> Vec<String> {
            let at = format!("/v1/complexes/{}/disclosures", text(&complex["id"]));
            let told = app.social().get(&at).await;
            told.items().iter().map(|one| text(&one["due_on"]).to_owned()).collect()
        };
        let due = due_days().await;
        assert_eq!(due.len(), 6, "{due:?}");
        assert!(due.iter().all(|day| day.as_str() >= "2026-01-01"), "{due:?}");
        // A county whose programme started later shows that.
        let mut document = app.county().get("/v1/policies/current").await.expect(200)["document"].clone();
        document["programme_from"] = json!("2026-06-01");
        a_policy(&app, "2026-03-02", &document).await;
        let due = due_days().await;
        assert!(due.iter().all(|day| day.as_str() >= "2026-06-01"), "{due:?}");
        let plan = app.county().get("/v1/inspection-plan").await;
        assert!(plan.items().iter().all(|one| text(&one["due_on"]) >= "2026-06-01" && one["overdue"] == json!(false)), "{}", plan.json);
    }

    async fn the_report_shows_the_same_numbers_and_loads_nothing(app: TestApp) {
        let case = Case::new(&app, &["P", "Q"]).await;
        published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 92).await;
        let complex = app.social().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
        let found = json!({ "results": [unplanned(&complex, "safety", "2026-03-02T00:30:00Z", &["fire_lane"])] });
        app.social().post("/v1/inspection-results", &found).await.expect(200);
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        let answer = leader.get("/v1/statistics/report").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        let page = String::from_utf8(answer.bytes.clone()).unwrap();
        for said in ["望远镇", "2025年下半年", "<li>已评定<b>1</b></li>", "<li>检查覆盖率<b>50.0%</b></li>", "<li>发现隐患<b>1</b></li>"] {
            assert!(page.contains(said), "{said} is not in {page}");
        }
        assert!(!page.contains("<script") && !page.contains("http"), "it is whole by itself");
        // Without ratings and inspections, the report still works.
        let bare = app.neighbour().get("/v1/statistics/report").await;
        assert!(String::from_utf8(bare.bytes.clone()).unwrap().contains("尚无已发布的星级评定"));
        app.social().get("/v1/statistics/report?from=2026-03-02&to=2026-03-01").await.faults(&[("query/to", "before_start")]);
        app.office(Role::FireRescue, crate::support::COUNTY).get("/v1/statistics/report").await.problem(403, "forbidden");
    }
}
