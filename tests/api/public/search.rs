use serde_json::json;

use super::page;
use crate::on_both_databases;
use crate::support::rows::{a_complex, a_complex_in, a_served_complex, complex_input, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, TOWNSHIP};

on_both_databases! {
    async fn complexes_are_found_by_name_and_by_division(app: TestApp) {
        let (company, served) = a_served_complex(&app).await;
        let near = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let mut input = complex_input();
        input["name"] = json!("100%<b>苑");
        let odd = app.county().post("/v1/complexes", &input).await.expect(201);
        let ids = async |query: &str| app.nobody().get(&format!("/public/data/complexes{query}")).await.ids();
        let (served_id, near_id, odd_id) = (text(&served["id"]), text(&near["id"]), text(&odd["id"]));
        assert_eq!(ids("").await, [odd_id, near_id, served_id]);
        assert_eq!(ids(&format!("?division={COUNTY}")).await.len(), 3);
        assert_eq!(ids(&format!("?division={TOWNSHIP}")).await, [odd_id, served_id]);
        assert_eq!(ids(&format!("?division={NEIGHBOUR}")).await, [near_id]);
        assert_eq!(ids(&format!("?division={COMMUNITY}&q=%25")).await, [odd_id]);
        assert!(ids("?q=_").await.is_empty(), "a wildcard is a letter");
        let first = app.nobody().get("/public/data/complexes?limit=2").await;
        let rest = ids(&format!("?limit=2&cursor={}", text(&first.json["next_cursor"]))).await;
        assert_eq!(rest, [served_id]);
        let row = &app.nobody().get("/public/data/complexes").await.items()[2].clone();
        assert_eq!((&row["company_name"], &row["area"]), (&company["name"], &json!("望远镇望远居委会")));

        let html = page(&app, "/public", 200).await;
        assert!(html.contains(&format!("href=\"/public/complexes/{served_id}\"")) && html.contains(text(&company["name"])), "{html}");
        assert!(html.contains("100%&lt;b&gt;苑"), "{html}");
        assert!(html.contains("<optgroup label=\"望远镇\">") && html.contains("王太村委会"), "{html}");
        let html = page(&app, &format!("/public?q=&division={NEIGHBOUR}&from=singlemessage"), 200).await;
        assert!(html.contains(near_id) && !html.contains(served_id), "what is empty or not ours is not asked for: {html}");
        assert!(html.contains(&format!("<option value=\"{NEIGHBOUR}\" selected>")), "{html}");
        let html = page(&app, "/public?q=%22%3E%3Cscript%3E", 200).await;
        assert!(html.contains("没有找到符合条件的小区") && html.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{html}");
    }

    async fn a_long_list_is_read_page_by_page(app: TestApp) {
        for _ in 0..21 {
            a_complex(&app).await;
        }
        let html = page(&app, "/public?q=%E6%B5%8B%E8%AF%95", 200).await;
        assert_eq!(html.matches("href=\"/public/complexes/").count(), 20);
        let next = html.split("href=\"/public?").nth(1).and_then(|rest| rest.split('"').next()).expect("a next page");
        let next = next.replace("&amp;", "&");
        assert!(next.starts_with("q=%E6%B5%8B%E8%AF%95&cursor="), "{next}");
        let html = page(&app, &format!("/public?{next}"), 200).await;
        assert_eq!(html.matches("href=\"/public/complexes/").count(), 1);
        assert!(html.contains("回到第一页"));
    }
}
