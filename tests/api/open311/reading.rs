use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::{LAT, LONG, REQUESTS, a_placed_complex, a_portal, here, refused, sent, xml};
use crate::on_both_databases;
use crate::support::complaining::{complaint, elsewhere};
use crate::support::rows::{a_policy, complex_input, text};
use crate::support::{COMMUNITY, COUNTY, OTHER_COUNTY};

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().expect("a bare list").iter().map(|one| text(&one["service_request_id"])).collect()
}

on_both_databases! {
    async fn what_is_shown_of_a_request_has_the_fields_of_the_standard(app: TestApp) {
        let complex = here(&app).await;
        let portal = a_portal(&app).await;
        let id = sent(&app, &portal, &[("service_code", "other")]).await;
        let one = app.nobody().get(&format!("/open311/v2/requests/{id}.json")).await.expect(200);
        let shown = &one[0];
        let fields: Vec<&str> = shown.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields, [
            "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
            "agency_responsible", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id",
            "lat", "long",
        ]);
        assert_eq!((&shown["status"], &shown["status_notes"]), (&json!("open"), &json!("已提交")));
        assert_eq!((&shown["lat"], &shown["long"]), (&json!(LAT), &json!(LONG)));
        assert_eq!((&shown["service_request_id"], &shown["address_id"]), (&json!(id), &complex["id"]));
        assert_eq!(app.nobody().get(REQUESTS).await.expect(200), one);
        let token = app.nobody().get(&format!("/open311/v2/tokens/{id}.json")).await.expect(200);
        assert_eq!(token, json!([{ "service_request_id": id, "token": id }]));
        let in_xml = xml(&app.nobody().get(&format!("/open311/v2/tokens/{id}.xml")).await);
        assert!(in_xml.contains(&format!(
            "<service_requests><request><service_request_id>{id}</service_request_id><token>{id}</token></request></service_requests>"
        )), "{in_xml}");
        let more = app.nobody().get(&format!("/open311/v2/requests/{id}.json?extensions=true")).await.expect(200);
        assert_eq!(more[0]["extended_attributes"], json!({
            "state": "submitted", "group": "其他", "organisation": null, "community": COMMUNITY, "answered_in_time": null,
        }));
    }

    async fn the_words_of_an_office_are_shown_and_cannot_make_markup(app: TestApp) {
        let mut input = complex_input();
        input["name"] = json!("<b>&\"甲\"'</request>");
        input["point"] = json!({ "latitude": LAT, "longitude": LONG, "system": "wgs84" });
        app.county().post("/v1/complexes", &input).await.expect(201);
        let portal = a_portal(&app).await;
        let id = sent(&app, &portal, &[("service_code", "other")]).await;
        let office = app.office(Role::Community, COMMUNITY);
        let hostile = "]]></description><status>closed</status><!-- & \"已安排\"";
        let accepted = json!({ "text": "已受理", "public_summary": hostile });
        office.post(&format!("/v1/complaints/{id}/acceptance"), &accepted).await.expect(200);
        let shown = app.nobody().get(&format!("/open311/v2/requests/{id}.json")).await.expect(200);
        assert_eq!((&shown[0]["description"], &shown[0]["status_notes"]), (&json!(hostile), &json!("已受理")));
        let text_of = xml(&app.nobody().get("/open311/v2/requests.xml").await);
        assert!(text_of.contains("<description>]]&gt;&lt;/description&gt;&lt;status&gt;closed&lt;/status&gt;&lt;!-- &amp; &quot;已安排&quot;</description>"), "{text_of}");
        assert!(text_of.contains("<address>&lt;b&gt;&amp;&quot;甲&quot;&apos;&lt;/request&gt;，"), "{text_of}");
        assert_eq!(text_of.matches("<status>").count(), 1);
    }

    async fn there_are_two_states_outside(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (open, closed) = (sent(&app, &portal, &[("service_code", "other")]).await, sent(&app, &portal, &[("service_code", "other"), ("phone", "13912345678")]).await);
        let office = app.office(Role::Community, COMMUNITY);
        let at = format!("/v1/complaints/{closed}");
        office.post(&format!("{at}/acceptance"), &json!({})).await.expect(200);
        app.set_clock("2026-03-03T02:00:00Z");
        office.post(&format!("{at}/reply"), &json!({ "text": "已处理完毕" })).await.expect(200);
        let list = async |query: &str| app.nobody().get(&format!("{REQUESTS}?{query}")).await.expect(200);
        assert_eq!(ids(&list("status=open").await), [open.as_str()]);
        let done = list("status=closed").await;
        assert_eq!(ids(&done), [closed.as_str()]);
        assert_eq!((&done[0]["status"], &done[0]["status_notes"]), (&json!("closed"), &json!("已答复")));
        assert!(text(&done[0]["updated_datetime"]).starts_with("2026-03-03T02:00"), "when it was closed: {done}");
        assert!(!done.to_string().contains("处理完毕"), "the reply is the complainant's");
        assert_eq!(list("status=open,closed").await.as_array().map(Vec::len), Some(2));
        refused(&app.nobody().get(&format!("{REQUESTS}?status=pending")).await, 400, &["status"]);
    }

    async fn what_is_not_public_never_appears(app: TestApp) {
        let complex = here(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-1");
        let mut hidden = Vec::new();
        let mut about = complaint("officials.inaction", &complex);
        about["complained_office"] = json!({ "role": "community", "division": COMMUNITY });
        for ticket in [complaint("privacy.leak", &complex), complaint("committee.conduct", &complex), about] {
            hidden.push(text(&resident.post("/v1/complaints", &ticket).await.expect(201)["id"]).to_owned());
        }
        let shown = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        let list = async |query: &str| app.nobody().get(&format!("{REQUESTS}?{query}")).await.expect(200);
        assert_eq!(ids(&list("").await), [text(&shown["id"])], "a ticket of any door, without its words");
        assert_eq!(list("service_code=privacy.leak,committee.conduct,officials.inaction").await, json!([]));
        assert_eq!(list(&format!("service_request_id={}", hidden.join(","))).await, json!([]));
        for id in &hidden {
            refused(&app.nobody().get(&format!("/open311/v2/requests/{id}.json")).await, 404, &["service_request_id"]);
            refused(&app.nobody().get(&format!("/open311/v2/tokens/{id}.json")).await, 404, &["token"]);
        }
        // If the county makes a category private, its complaints become private, too.
        let mut policy = app.county().get("/v1/policies/current").await.expect(200)["document"].clone();
        for category in policy["complaints"]["categories"].as_array_mut().expect("categories") {
            if category["code"] == "service.cleaning" {
                category["public"] = json!(false);
            }
        }
        a_policy(&app, "2026-03-03", &policy).await;
        assert_eq!(list("").await.as_array().map(Vec::len), Some(1), "not before it takes effect");
        app.set_clock("2026-03-03T02:00:00Z");
        assert_eq!(list("").await, json!([]));
        refused(&app.nobody().get(&format!("/open311/v2/requests/{}.json", text(&shown["id"]))).await, 404, &[]);
    }

    async fn requests_are_read_in_pages_up_to_an_empty_one(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let mut made = Vec::new();
        for at in 0..5 {
            app.set_clock(&format!("2026-03-02T0{at}:30:00Z"));
            made.push(sent(&app, &portal, &[("description", &format!("第 {at} 件"))]).await);
        }
        made.reverse();
        let list = async |query: &str| app.nobody().get(&format!("{REQUESTS}?{query}")).await.expect(200);
        assert_eq!(ids(&list("").await), made, "newest first");
        assert_eq!(ids(&list("page=1&page_size=2").await), made[..2]);
        assert_eq!(ids(&list("page=3&page_size=2").await), made[4..]);
        assert_eq!(list("page=4&page_size=2").await, json!([]));
        assert_eq!(list("page=9223372036854775807").await, json!([]));
        let empty = app.nobody().get("/open311/v2/requests.xml?page=4").await;
        assert!(xml(&empty).ends_with("<service_requests></service_requests>\n"));
        for bad in ["page=0", "page=x", "page_size=1001", "page_size=0"] {
            refused(&app.nobody().get(&format!("{REQUESTS}?{bad}")).await, 400, &["page"]);
        }
        let two = format!("service_request_id={},{}&status=closed&start_date=never", made[0], made[2]);
        assert_eq!(ids(&list(&two).await), [made[0].as_str(), made[2].as_str()], "it overrides all other arguments");
    }

    async fn a_list_spans_ninety_days(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let old = sent(&app, &portal, &[]).await;
        app.set_clock("2026-06-15T02:00:00Z");
        let new = sent(&app, &portal, &[("description", "三个月后又坏了")]).await;
        let list = async |query: &str| app.nobody().get(&format!("{REQUESTS}?{query}")).await.expect(200);
        assert_eq!(ids(&list("").await), [new.as_str()], "the most recent 90 days");
        assert_eq!(ids(&list("start_date=2026-03-01T00:00:00Z").await), [old.as_str()]);
        assert_eq!(ids(&list("start_date=2026-03-02&end_date=2026-03-02").await), [old.as_str()]);
        assert_eq!(ids(&list("end_date=2026-05-01T00:00:00%2B08:00").await), [old.as_str()]);
        let long = "start_date=2026-03-01T00:00:00Z&end_date=2026-06-20T00:00:00Z";
        refused(&app.nobody().get(&format!("{REQUESTS}?{long}")).await, 400, &["90"]);
        for bad in ["start_date=yesterday", "end_date=2026-03-01T00:00:00"] {
            refused(&app.nobody().get(&format!("{REQUESTS}?{bad}")).await, 400, &["W3C"]);
        }
        // A single request is found by id, whatever its age.
        app.nobody().get(&format!("/open311/v2/requests/{old}.json")).await.expect(200);
    }

    async fn a_county_shows_its_own(app: TestApp) {
        here(&app).await;
        let other = a_placed_complex(&app, "640122100200", 38.55, 106.35).await;
        let portal = a_portal(&app).await;
        let own = sent(&app, &portal, &[]).await;
        let resident = app.officer(Role::Resident, "", "resident-1");
        let theirs = resident.post("/v1/complaints", &complaint("service.cleaning", &other)).await.expect(201);
        let place = resident.post("/v1/complaints", &elsewhere("environment.noise")).await.expect(201);
        let list = async |query: &str| app.nobody().get(&format!("{REQUESTS}?{query}")).await.expect(200);
        assert_eq!(list("").await.as_array().map(Vec::len), Some(3));
        assert_eq!(ids(&list(&format!("jurisdiction_id={OTHER_COUNTY}")).await), [text(&theirs["id"])]);
        let here = list(&format!("jurisdiction_id={COUNTY}")).await;
        let mut found = ids(&here);
        found.sort_unstable();
        let mut wanted = [own.as_str(), text(&place["id"])];
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        let outside = format!("/open311/v2/requests/{own}.json?jurisdiction_id={OTHER_COUNTY}");
        refused(&app.nobody().get(&outside).await, 404, &["service_request_id"]);
        let without_point = here.as_array().expect("a list").iter().find(|one| one["service_request_id"] == place["id"]);
        let without_point = without_point.expect("the place");
        assert_eq!((&without_point["lat"], &without_point["address_id"]), (&json!(null), &json!(null)));
    }
}
