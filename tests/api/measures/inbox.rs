use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, notice, reasons};
use crate::support::client::Client;

/// Inbox items of violations and measures, without the company's disclosures.
async fn waits(client: &Client) -> Vec<(String, Value)> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    let items = items.iter().filter(|item| item["subject_kind"] != "disclosure");
    items.map(|item| (item["kind"].as_str().unwrap().to_owned(), item["due_on"].clone())).collect()
}

fn one(kind: &str, due: Value) -> Vec<(String, Value)> {
    vec![(kind.to_owned(), due)]
}

on_both_databases! {
    async fn a_case_waits_for_one_after_the_other(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let (office, portal) = (case.officer(), case.portal());
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        assert_eq!(waits(&office).await, one("notify_violation", json!("2026-03-16")));
        assert!(waits(&portal).await.is_empty());
        let path = case.violation("V1");
        office.post(&format!("{path}/notification"), &notice()).await.expect(200);
        assert_eq!(waits(&office).await, one("record_delivery", json!("2026-03-09")));
        assert_eq!(waits(&portal).await, one("open_notice", json!(null)));
        portal.get(&path).await.expect(200);
        assert!(waits(&office).await.is_empty(), "the company's turn");
        assert_eq!(waits(&portal).await, one("make_statement", json!("2026-03-05")));
        portal.post(&format!("{path}/statement"), &json!({ "text": "陈述" })).await.expect(200);
        assert!(waits(&portal).await.is_empty());
        assert_eq!(waits(&office).await, one("answer_statement", json!("2026-03-09")));
        office.post(&format!("{path}/statement-answer"), &reasons()).await.expect(200);
        case.on("2026-03-06");
        assert_eq!(waits(&office).await, one("decide_violation", json!("2026-03-19")));
        case.confirm("V1").await;
        let mut kinds: Vec<String> = waits(&office).await.into_iter().map(|(kind, _)| kind).collect();
        kinds.dedup();
        assert_eq!(kinds, ["record_delivery", "carry_out_measure"]);
        assert!(waits(&portal).await.contains(&("open_decision".to_owned(), json!(null))));
        portal.get(&path).await.expect(200);
        assert!(waits(&portal).await.contains(&("appeal".to_owned(), json!("2026-03-27"))));
        portal.post(&format!("{path}/appeal"), &json!({ "text": "不服" })).await.expect(200);
        assert!(waits(&case.leader()).await.is_empty(), "the leader of the office that decided judges no appeal");
        let county = waits(&app.county()).await;
        assert!(county.contains(&("decide_appeal".to_owned(), json!("2026-04-03"))), "{county:?}");
        assert!(waits(&app.neighbour()).await.is_empty());
    }

    async fn a_late_measure_is_marked_and_a_page_goes_on_where_the_last_one_ended(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        case.portal().get(&case.violation("V1")).await.expect(200);
        let all = case.officer().get("/v1/inbox?with_total=true").await;
        let items = all.items().clone();
        assert_eq!(all.json["total"], json!(items.len()));
        let mut paged = Vec::new();
        let mut path = "/v1/inbox?limit=1".to_owned();
        loop {
            let page = case.officer().get(&path).await;
            paged.extend(page.items().clone());
            let Some(cursor) = page.json["next_cursor"].as_str() else { break };
            path = format!("/v1/inbox?limit=1&cursor={cursor}");
        }
        assert_eq!(paged, items);
        assert!(case.officer().get("/v1/inbox?overdue=true").await.items().is_empty());
        case.on(&next_day("2026-12-30"));
        assert_eq!(case.officer().get("/v1/inbox?overdue=true").await.items().len(), items.len());
    }
}
