//! The star of a complex on public pages.

use serde_json::{Value, json};

use super::page;
use crate::on_both_databases;
use crate::support::TestApp;
use crate::support::cases::{Case, next_day, nine, reasons};
use crate::support::files::evidence;
use crate::support::rating::*;
use crate::support::rows::text;

/// A published rating with a bonus and the company's reply.
pub async fn replied(app: &TestApp, cycle: &Value, complex: &str, company: &Value, share: i64, more: Value) -> Value {
    let rating = begin_rating(app, cycle, complex).await;
    scored_with(app, &rating, share, more).await;
    let at = at(&rating);
    app.social().post(&format!("{at}/review"), &json!({ "outcome": "confirmed" })).await.expect(200);
    let announced = app.social().post(&format!("{at}/announcement"), &json!({})).await.expect(200);
    let reply = json!({ "text": "已对照扣分项逐项整改。\n楼道照明于本月底前全部修复。" });
    app.company(text(&company["uscc"])).post(&format!("{at}/reply"), &reply).await.expect(200);
    app.set_clock(&format!("{}T01:00:00Z", next_day(text(&announced["summary"]["announcement_ends_on"]))));
    app.social().post(&format!("{at}/publication"), &json!({})).await.expect(200)
}

async fn data(app: &TestApp, complex: &str) -> Value {
    app.nobody().get(&format!("/public/data/complexes/{complex}")).await.expect(200)["rating"].clone()
}

/// Ten-thousandths of a point.
fn units(points: &Value) -> i64 {
    let (whole, part) = text(points).split_once('.').unwrap_or((text(points), ""));
    format!("{whole}{part:0<4}").parse().expect("points")
}

fn sum<'a>(rows: &'a Value, field: &'a str) -> i64 {
    rows.as_array().expect("rows").iter().map(|row| units(&row[field])).sum()
}

on_both_databases! {
    async fn a_published_star_is_shown_with_its_grounds_and_is_gone_when_it_is_withdrawn(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let (complex, at_page) = (case.id("P"), format!("/public/complexes/{}", case.id("P")));
        let html = page(&app, &at_page, 200).await;
        assert!(html.contains("尚无已发布的星级评定"), "{html}");
        let cycle = a_cycle(&app, &cycle_input()).await;
        let photo = scorer(&app).a_picture().await;
        let more = json!({
            "bonus": [{ "code": "bonus.honour", "points": "1.25", "ground": "获县级“文明小区”表彰" }],
            "vetoes": [{ "code": "veto.refused_rectification", "ground": "到期的责令整改<至今>未落实", "evidence": evidence(&photo) }],
        });
        let rating = replied(&app, &cycle, complex, &case.company, 81, more).await;
        let shown = data(&app, complex).await;
        assert_eq!((&shown["star"], &shown["raw_star"], &shown["total"]), (&json!("two"), &json!("four"), &rating["derivation"]["total"]));
        assert_eq!((&shown["cycle_name"], &shown["period_from"], &shown["period_to"]), (&cycle["name"], &json!("2025-07-01"), &json!("2025-12-31")));
        assert_eq!((&shown["published_on"], &shown["star_since"]), (&rating["summary"]["published_on"], &rating["summary"]["published_on"]));
        assert_eq!((&shown["company_name"], &shown["focus_since"]), (&case.company["name"], &shown["published_on"]));
        assert_eq!(shown["plaque"]["number"], rating["summary"]["plaque"]);
        assert_eq!(shown["plaque"]["page_url"], format!("https://xiaoqu.test/public/plaques/{}", text(&rating["summary"]["plaque"])));
        assert_eq!((&shown["earlier"], &shown["adjustments"]), (&json!([]), &json!([])));
        assert_eq!(shown["reply"]["text"], json!("已对照扣分项逐项整改。\n楼道照明于本月底前全部修复。"));
        // The displayed figures add up.
        assert_eq!(sum(&shown["raters"], "weighted") + units(&shown["bonus_counted"]), units(&shown["total"]));
        for one in shown["raters"].as_array().unwrap().iter().filter(|one| one["rater"] != json!("owners")) {
            assert_eq!(sum(&one["dimensions"], "points"), units(&one["points"]));
            assert_eq!(one["dimensions"].as_array().map(Vec::len), Some(7));
        }
        let html = page(&app, &at_page, 200).await.replace("&#x2f;", "/");
        let number = text(&rating["summary"]["plaque"]);
        for held in [
            "</span> 二星级", "2025 年下半年星级评定", "自2026年3月12日起列入重点整治名单", "总分对应四星级", "环境卫生", "业主满意度测评",
            "获得县级以上表彰，加1.25分：获县级“文明小区”表彰", "拒不执行责令整改决定，最高评为二星级（由四星级调整）：到期的责令整改&lt;至今&gt;未落实",
            "已对照扣分项逐项整改。", &format!("href=\"/public/plaques/{number}\""), text(&shown["total"]),
        ] {
            assert!(html.contains(held), "{held}: {html}");
        }
        // No persons, no notes on items, and no evidence.
        for unseen in ["scorer", "现场检查情况", photo.as_str(), "evidence", "现场照片", "measure_id"] {
            assert!(!html.contains(unseen) && !shown.to_string().contains(unseen), "{unseen}: {html} {shown}");
        }
        let sheet = page(&app, &format!("{at_page}/notice"), 200).await;
        assert!(sheet.contains("星级评定：") && sheet.contains("二星级") && sheet.contains("（2025 年下半年星级评定，"), "{sheet}");

        app.social().post(&format!("{}/withdrawal", at(&rating)), &reasons()).await.expect(200);
        assert_eq!(data(&app, complex).await, Value::Null);
        let html = page(&app, &at_page, 200).await;
        assert!(html.contains("尚无已发布的星级评定") && !html.contains("重点整治") && !html.contains(number), "{html}");
        assert!(!page(&app, &format!("{at_page}/notice"), 200).await.contains("星级评定"));
    }

    async fn what_is_only_announced_is_not_shown_yet(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        announced(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 90).await;
        assert_eq!(data(&app, case.id("P")).await, Value::Null);
    }

    async fn a_star_that_the_ladder_lowers_says_why_and_since_when(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 72).await;
        case.confirmed("first", nine(3), "P", "2026-03-16").await;
        assert_eq!(data(&app, case.id("P")).await["star"], json!("three"));
        case.confirmed("second", nine(7), "P", "2026-03-23").await;
        let today = app.state.clock.today();
        let shown = data(&app, case.id("P")).await;
        assert_eq!((&shown["star"], &shown["raw_star"]), (&json!("two"), &json!("three")));
        assert_eq!((&shown["star_since"], &shown["focus_since"]), (&json!(today), &json!(today)));
        let reason = text(&shown["adjustments"][0]["reason_zh"]).to_owned();
        assert!(reason.contains("第3条") && reason.contains("第7条"), "{shown}");
        let html = page(&app, &format!("/public/complexes/{}", case.id("P")), 200).await;
        assert!(html.contains(&format!("降星，由三星级调整为二星级：{reason}")), "{html}");
        assert!(html.contains("总分对应三星级；经下列调整，现为二星级"), "{html}");
    }

    async fn earlier_ratings_are_those_that_were_published_and_stand(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let first = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 85).await;
        case.on("2026-07-06");
        let second = published(&app, &a_cycle(&app, &next_cycle_input()).await, case.id("P"), 92).await;
        let shown = data(&app, case.id("P")).await;
        assert_eq!(shown["star"], json!("five"));
        let before = json!({ "star": "four", "cycle_name": "2025 年下半年星级评定", "published_on": first["summary"]["published_on"] });
        assert_eq!(shown["earlier"], json!([before]));
        let html = page(&app, &format!("/public/complexes/{}", case.id("P")), 200).await;
        assert!(html.contains("历次星级") && html.contains("四星级"), "{html}");
        app.social().post(&format!("{}/withdrawal", at(&second)), &reasons()).await.expect(200);
        let shown = data(&app, case.id("P")).await;
        assert_eq!((&shown["star"], &shown["earlier"]), (&json!("four"), &json!([])), "the one before stands again");
    }
}
