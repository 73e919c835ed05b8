//! Two counties in one deployment do not affect each other.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::calendar_following::events;
use super::contracts::{draft, submitted};
use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice};
use crate::support::client::Client;
use crate::support::rows::{a_company, a_complex, a_policy_of, a_service, complex_input, path, text};
use crate::support::systems::reason;
use crate::support::{COUNTY, ISSUER, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, TestApp};

const FAR_COMMUNITY: &str = "640122100200";

fn far(app: &TestApp) -> Client {
    app.office(Role::CountyAuthority, OTHER_COUNTY)
}

async fn a_far_complex(app: &TestApp) -> Value {
    let mut input = complex_input();
    input["community"] = json!(FAR_COMMUNITY);
    far(app).post("/v1/complexes", &input).await.expect(201)
}

/// A company of the first county also works in the other: it has applied there, so that the office can see it.
async fn works_in_both(app: &TestApp, company: &Value, complex: &Value) {
    submitted(&app.company(text(&company["uscc"])), &draft(complex, "2026-03-02", None)).await;
    a_service(app, complex, company, "2026-01-01").await;
}

/// Adds a day off to the calendar of the other county.
async fn a_day_off(app: &TestApp, year: i32, day: &str) {
    let at = format!("/v1/calendar/{year}");
    let now = far(app).get(&at).await;
    let on_file = now.status == 200;
    let (mut own, version) = match on_file {
        true => (json!({ "holidays": now.json["holidays"], "workdays": now.json["workdays"] }), now.etag()),
        false => (json!({ "holidays": [], "workdays": [] }), "\"0\"".to_owned()),
    };
    own["holidays"].as_array_mut().expect("days").push(json!({ "date": day, "name": "县庆" }));
    far(app).put(&at, &own).if_match(&version).await.expect(200);
}

/// A case whose notice the company has opened.
async fn opened(app: &TestApp, company: &Value, place: &Value, township: &str, day: &str) -> Value {
    let office = app.officer(Role::SocialAffairsOffice, township, "officer");
    let report = json!({
        "act": nine(3), "company_id": company["id"], "complex_id": place["id"], "found_on": day,
        "source": "inspection", "description": "检查时发现的违规事实",
    });
    let made = office.post("/v1/violations", &report).await.expect(201);
    let case = path("violations", &made);
    office.post(&format!("{case}/notification"), &notice()).await.expect(200);
    app.company(text(&company["uscc"])).get(&case).await.expect(200)
}

async fn becomes(client: &Client, status: u16) {
    let began = Instant::now();
    while client.get("/v1/me").await.status != status {
        assert!(began.elapsed() < Duration::from_secs(15), "it never becomes {status}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

on_both_databases! {
    async fn a_countys_policy_governs_in_that_county_only(app: TestApp) {
        let (near, complex) = (a_complex(&app).await, a_far_complex(&app).await);
        let mut document = far(&app).get("/v1/policies/current").await.expect(200)["document"].clone();
        document["title"] = json!("另一县的规则");
        for category in document["complaints"]["categories"].as_array_mut().expect("categories") {
            category["resolve_within"] = json!(30);
            category["public"] = json!(false);
        }
        let own = a_policy_of(&app, OTHER_COUNTY, "2026-03-02", &document).await;
        assert_eq!(own["county"], OTHER_COUNTY);
        let current = async |client: &Client| client.get("/v1/policies/current").await.expect(200)["version"].clone();
        assert_eq!(current(&far(&app)).await, own["version"]);
        assert_eq!(current(&app.office(Role::SocialAffairsOffice, OTHER_TOWNSHIP)).await, own["version"]);
        assert_eq!(current(&app.county()).await, 1);
        assert_eq!(current(&app.office(Role::ComplexCommittee, text(&near["id"]))).await, 1);
        assert_eq!(current(&app.office(Role::ComplexCommittee, text(&complex["id"]))).await, own["version"]);
        let asked = format!("/v1/policies/current?county={OTHER_COUNTY}");
        assert_eq!(app.county().get(&asked).await.expect(200)["version"], own["version"]);
        // A resident belongs to no county. The rules of the place apply to the complaint.
        let resident = app.office(Role::Resident, "");
        let of = async |complex: &Value| {
            let ticket = crate::support::complaining::complaint("service.cleaning", complex);
            let made = resident.post("/v1/complaints", &ticket).await.expect(201);
            text(&made["resolve_due"]).to_owned()
        };
        assert!(of(&complex).await > of(&near).await);
        let deadline = async |client: &Client| {
            client.get("/v1/complaint-deadlines?category=service.cleaning").await.expect(200)["policy_version"].clone()
        };
        assert_eq!((deadline(&app.county()).await, deadline(&far(&app)).await), (json!(1), own["version"].clone()));
        // The county authority approves for its own county only.
        let input = json!({ "effective_from": "2026-04-01", "document": document });
        let near_draft = app.county().post("/v1/policies", &input).await.expect(201);
        let approval = format!("/v1/policies/{}/approval", near_draft["version"]);
        far(&app).post(&approval, &json!({})).await.problem(404, "not_found");
    }

    async fn a_countys_local_day_moves_deadlines_of_that_county_only(app: TestApp) {
        let (company, near, complex) = (a_company(&app).await, a_complex(&app).await, a_far_complex(&app).await);
        a_service(&app, &near, &company, "2026-01-01").await;
        works_in_both(&app, &company, &complex).await;
        a_day_off(&app, 2026, "2026-03-03").await;
        let case = async |place: &Value, township: &str| opened(&app, &company, place, township, "2026-03-02").await;
        assert_eq!(case(&near, TOWNSHIP).await["statement_due_on"], "2026-03-05");
        assert_eq!(case(&complex, OTHER_TOWNSHIP).await["statement_due_on"], "2026-03-06");
    }

    async fn a_countys_local_day_moves_what_is_open_in_that_county_only(app: TestApp) {
        let (company, near, complex) = (a_company(&app).await, a_complex(&app).await, a_far_complex(&app).await);
        a_service(&app, &near, &company, "2026-01-01").await;
        works_in_both(&app, &company, &complex).await;
        let portal = app.company(text(&company["uscc"]));
        let both = async |day: &str| {
            (
                opened(&app, &company, &near, TOWNSHIP, day).await,
                opened(&app, &company, &complex, OTHER_TOWNSHIP, day).await,
            )
        };
        let now = async |case: &Value| portal.get(&path("violations", case)).await.expect(200);
        let (here, there) = both("2026-03-02").await;
        assert_eq!((&here["statement_due_on"], &there["statement_due_on"]), (&json!("2026-03-05"), &json!("2026-03-05")));
        a_day_off(&app, 2026, "2026-03-04").await;
        assert_eq!(now(&here).await["statement_due_on"], "2026-03-05");
        assert_eq!(now(&there).await["statement_due_on"], "2026-03-06");
        assert_eq!(events(&app, "violation.deadline_moved"), 1);
        // A year that one county has entered is still missing in the other.
        app.set_clock("2026-12-29T01:00:00Z");
        let (here, there) = both("2026-12-29").await;
        assert_eq!((&here["calendar_missing"], &there["calendar_missing"]), (&json!([2027]), &json!([2027])));
        a_day_off(&app, 2027, "2027-01-04").await;
        let (here, there) = (now(&here).await, now(&there).await);
        assert_eq!((&here["calendar_missing"], &here["statement_due_on"]), (&json!([2027]), &json!("2027-01-04")));
        assert_eq!((&there["calendar_missing"], &there["statement_due_on"]), (&json!([]), &json!("2027-01-05")));
    }

    async fn a_standing_counts_one_county(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let complex = a_far_complex(&app).await;
        works_in_both(&app, &case.company, &complex).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let at = format!("{}/standing", path("companies", &case.company));
        let near = app.county().get(&at).await.expect(200);
        assert_eq!((&near["county"], &near["standing"]["level"]), (&json!(COUNTY), &json!(1)));
        let elsewhere = far(&app).get(&at).await.expect(200);
        assert_eq!((&elsewhere["county"], &elsewhere["standing"]["level"]), (&json!(OTHER_COUNTY), &json!(0)));
        let portal = case.portal();
        assert_eq!(portal.get(&at).await.expect(200)["standing"]["level"], 1);
        let asked = portal.get(&format!("{at}?county={OTHER_COUNTY}")).await.expect(200);
        assert_eq!(asked["standing"]["level"], 0);
    }

    async fn an_administrator_ends_tokens_of_its_own_county_only(app: TestApp) {
        let company = a_company(&app).await;
        let complex = a_complex(&app).await;
        a_far_complex(&app).await;
        let portal = app.company(text(&company["uscc"]));
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        let resident = app.office(Role::Resident, "");
        let subject = async |client: &Client| text(&client.get("/v1/me").await.expect(200)["subject"]).to_owned();
        let abroad = app.office(Role::SystemAdministrator, OTHER_COUNTY);
        let revoke = async |client: &Client, value: &str, residents: Value| {
            let input = json!({
                "kind": "subject", "issuer": ISSUER, "value": value, "reason": "测试吊销", "residents": residents,
            });
            client.post("/v1/token-revocations", &input).await.expect(201)
        };
        for client in [&portal, &committee, &resident] {
            revoke(&abroad, &subject(client).await, Value::Null).await;
        }
        // Long enough for every replica to read it.
        tokio::time::sleep(Duration::from_secs(3)).await;
        for client in [&portal, &committee, &resident] {
            client.get("/v1/me").await.expect(200);
        }
        let administrator = app.administrator();
        assert!(administrator.get("/v1/token-revocations").await.items().is_empty(), "they end nothing here");
        // An administrator of their own county revokes them.
        for client in [&portal, &committee] {
            let row = revoke(&administrator, &subject(client).await, Value::Null).await;
            becomes(client, 401).await;
            abroad.get(&path("token-revocations", &row)).await.problem(404, "not_found");
        }
        // A resident belongs to every county, so each county can lift the revocation for residents.
        let row = revoke(&abroad, &subject(&resident).await, json!(true)).await;
        becomes(&resident, 401).await;
        let at = path("token-revocations", &row);
        assert_eq!(administrator.get(&at).await.expect(200)["residents"], true);
        administrator.post(&format!("{at}/withdrawal"), &reason()).await.expect(200);
        becomes(&resident, 200).await;
        // Another county lifts it for residents only. It stays in force in the county that made it.
        let social = app.social();
        let row = revoke(&administrator, &subject(&social).await, json!(true)).await;
        becomes(&social, 401).await;
        let at = path("token-revocations", &row);
        let lifted = abroad.post(&format!("{at}/withdrawal"), &reason()).await.expect(200);
        assert_eq!((&lifted["residents"], &lifted["withdrawn_at"]), (&json!(false), &Value::Null));
        abroad.get(&at).await.problem(404, "not_found");
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(social.get("/v1/me").await.status, 401);
        administrator.post(&format!("{at}/withdrawal"), &reason()).await.expect(200);
        becomes(&social, 200).await;
    }
}
