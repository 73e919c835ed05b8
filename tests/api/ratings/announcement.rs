//! Announcement, objections, reply and publication of one rating.

use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::{Case, next_day, reasons};
use crate::support::rating::*;
use crate::support::rows::text;

on_both_databases! {
    async fn an_objection_stops_the_publication_until_it_is_decided(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        // Seven working days after Monday 2 March: Wednesday 11 March.
        let (rating, last) = announced(&app, &cycle, case.id("P"), 75).await;
        assert_eq!(last, "2026-03-11");
        let (objection, decision) = (format!("{}/objection", at(&rating)), format!("{}/objection-decision", at(&rating)));
        let publication = format!("{}/publication", at(&rating));
        app.social().post(&publication, &json!({})).await.problem(409, "announcement_open");
        case.on(&last);
        let text_of = json!({ "text": "消防设施 2 月已更换，评分未采用最新检查结果" });
        let objected = case.portal().post(&objection, &text_of).await.expect(200);
        assert_eq!(objected["objections"][0]["objector"], json!("company"));
        let owners = json!({ "text": "绿化评分偏高", "on_behalf_of_owners": true });
        community(&app).post(&objection, &owners).await.expect(200);
        case.portal().post(&objection, &owners).await.faults(&[("/on_behalf_of_owners", "conflict")]);
        case.on(&next_day(&last));
        case.portal().post(&objection, &text_of).await.problem(409, "deadline_passed");
        app.social().post(&publication, &json!({})).await.problem(409, "objection_open");

        let ids: Vec<String> = app.social().get(&at(&rating)).await.expect(200)["objections"].as_array().unwrap().iter()
            .map(|one| text(&one["id"]).to_owned()).collect();
        let decide = |id: &str, outcome: &str| json!({ "objection_id": id, "outcome": outcome, "reasons": "经复查属实情况说明" });
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        scorer(&app).post(&decision, &decide(&ids[0], "dismissed")).await.problem(403, "same_person");
        app.social().post(&decision, &decide(&ids[0], "dismissed")).await.problem(403, "same_person");
        leader.post(&decision, &decide(text(&cycle["id"]), "dismissed")).await.faults(&[("/objection_id", "unknown_reference")]);
        leader.post(&decision, &decide(&ids[0], "dismissed")).await.expect(200);
        leader.post(&decision, &decide(&ids[0], "dismissed")).await.problem(409, "state_conflict");
        let buried = app.social().post(&format!("{}/withdrawal", at(&rating)), &reasons()).await;
        buried.problem(409, "objection_open");
        app.social().post(&publication, &json!({})).await.problem(409, "objection_open");
        leader.post(&decision, &decide(&ids[1], "dismissed")).await.expect(200);
        let published = app.social().post(&publication, &json!({})).await.expect(200);
        assert_eq!((&published["summary"]["state"], &published["summary"]["star"]), (&json!("published"), &json!("three")));
        assert!(published["summary"]["plaque"].is_string());
    }

    async fn an_objection_that_is_accepted_has_the_rating_scored_anew(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let (rating, last) = announced(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 69).await;
        let objected = case.portal().post(&format!("{}/objection", at(&rating)), &json!({ "text": "保洁评分有误" })).await.expect(200);
        let decide = json!({ "objection_id": objected["objections"][0]["id"], "outcome": "sustained", "reasons": "复查属实，重新评分" });
        case.portal().post(&format!("{}/reply", at(&rating)), &json!({ "text": "对六十九分的回应" })).await.expect(200);
        let decided = case.leader().post(&format!("{}/objection-decision", at(&rating)), &decide).await.expect(200);
        assert_eq!((&decided["summary"]["state"], &decided["summary"]["announcement_ends_on"]), (&json!("draft"), &json!(null)));
        case.on(&next_day(&last));
        app.social().post(&format!("{}/publication", at(&rating)), &json!({})).await.problem(409, "state_conflict");
        let again = reviewed(&app, &rating, 71).await;
        assert_eq!(again["summary"]["star"], json!("three"));
        // The rating is in preparation again: the company sees that, but no points before its announcement.
        let unseen = case.portal().get(&at(&rating)).await.expect(200);
        assert_eq!((&unseen["summary"]["total"], &unseen["derivation"], &unseen["sheets"]), (&json!(null), &json!(null), &json!([])));
        assert_eq!(case.portal().get("/v1/ratings").await.items()[0]["star"], json!(null));
        let told = case.portal().get("/v1/events?limit=200&type=rating.scored").await;
        assert!(told.items().is_empty(), "{:?}", told.json);
        app.social().post(&format!("{}/announcement", at(&rating)), &json!({})).await.expect(200);
        let now = case.portal().get(&at(&rating)).await.expect(200);
        assert_eq!(now["objections"][0]["decision"]["outcome"], json!("sustained"), "what was said stays on file");
        assert_eq!(now["reply"], json!(null), "it was to another rating");
        case.portal().post(&format!("{}/reply", at(&rating)), &json!({ "text": "对新得分的回应" })).await.expect(200);
    }

    async fn the_companys_reply_stands_beside_the_rating_without_personal_data(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 62).await;
        let reply = format!("{}/reply", at(&rating));
        case.portal().post(&reply, &json!({ "text": "请致电 13800001234" })).await.faults(&[("/text", "personal_data")]);
        case.portal().post(&reply, &json!({ "text": "我公司已制定提升方案" })).await.expect(200);
        case.portal().post(&reply, &json!({ "text": "再说一次" })).await.problem(409, "state_conflict");
        let seen = app.social().get(&at(&rating)).await.expect(200);
        assert_eq!(seen["reply"]["text"], json!("我公司已制定提升方案"));
    }

    async fn a_withdrawn_rating_is_corrected_by_a_new_one(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let first = published(&app, &cycle, case.id("P"), 58).await;
        assert_eq!(app.social().get("/v1/focus-list").await.items().len(), 1);
        let plaque = text(&first["summary"]["plaque"]).to_owned();
        scorer(&app).post(&format!("{}/withdrawal", at(&first)), &reasons()).await.problem(403, "same_person");
        app.social().post(&format!("{}/withdrawal", at(&first)), &json!({})).await.faults(&[("/reasons", "required")]);
        let withdrawn = app.social().post(&format!("{}/withdrawal", at(&first)), &reasons()).await.expect(200);
        assert_eq!((&withdrawn["summary"]["state"], &withdrawn["summary"]["plaque"]), (&json!("withdrawn"), &json!(null)));
        assert!(app.social().get("/v1/focus-list").await.items().is_empty());
        let check = app.nobody().get(&format!("/v1/plaques/{plaque}")).await.expect(200);
        assert_eq!(check["state"], json!("withdrawn"));
        let corrected = published(&app, &cycle, case.id("P"), 81).await;
        assert_eq!(corrected["corrects"], first["summary"]["id"]);
        let new = text(&corrected["summary"]["plaque"]).to_owned();
        let check = app.nobody().get(&format!("/v1/plaques/{plaque}")).await.expect(200);
        assert_eq!((&check["state"], &check["superseded_by"]), (&json!("withdrawn"), &json!(new)));
        app.nobody().get("/v1/plaques/640121-2026-9999").await.problem(404, "not_found");
    }
}
