use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::rows::{a_company, a_served_complex, office_input, path, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP};

on_both_databases! {
    async fn an_office_is_put_on_file_and_changed(app: TestApp) {
        let input = office_input("social_affairs_office", TOWNSHIP);
        let answer = app.county().post("/v1/offices", &input).await;
        let etag = answer.etag();
        let made = answer.expect(201);
        assert_eq!((&made["document_prefix"], &made["division"]), (&input["document_prefix"], &json!(TOWNSHIP)));
        let at = path("offices", &made);
        app.social().patch(&at, &json!({ "hours": "全天" })).await.problem(428, "precondition_required");
        let change = json!({ "complaint_phone": null, "hours": "全天" });
        let changed = app.social().patch(&at, &change).if_match(&etag).await.expect(200);
        assert_eq!((&changed["complaint_phone"], &changed["hours"], &changed["version"]), (&json!(null), &json!("全天"), &json!(2)));
        app.social().patch(&at, &change).if_match(&etag).await.problem(412, "precondition_failed");
        let events = app.values(&format!(
            "SELECT kind || ' ' || audience AS value FROM ledger_events WHERE subject_id = '{}' ORDER BY id", text(&made["id"])
        ));
        assert_eq!(events, ["office.registered everyone", "office.changed everyone"]);
    }

    async fn there_is_one_office_for_each_role_and_division_and_one_for_each_word(app: TestApp) {
        let input = office_input("social_affairs_office", TOWNSHIP);
        app.county().post("/v1/offices", &input).await.expect(201);
        app.county().post("/v1/offices", &office_input("social_affairs_office", TOWNSHIP)).await.problem(409, "already_exists");
        let mut same_prefix = office_input("enforcement_office", TOWNSHIP);
        same_prefix["document_prefix"] = input["document_prefix"].clone();
        app.county().post("/v1/offices", &same_prefix).await.problem(409, "already_exists");
        same_prefix["document_prefix"] = json!(null);
        let without = app.county().post("/v1/offices", &same_prefix).await;
        let taken = json!({ "document_prefix": input["document_prefix"] });
        let at = path("offices", &without.json);
        app.county().patch(&at, &taken).if_match(&without.etag()).await.problem(409, "already_exists");
        // Each county is separate.
        let mut other = office_input("social_affairs_office", OTHER_TOWNSHIP);
        other["document_prefix"] = input["document_prefix"].clone();
        app.office(Role::CountyAuthority, OTHER_COUNTY).post("/v1/offices", &other).await.expect(201);
    }

    async fn every_fault_of_an_office_is_told_at_once(app: TestApp) {
        let input = json!({
            "role": "social_affairs_office", "division": "12", "name": "一", "phone": "call", "hours": " ", "document_prefix": "望社1",
        });
        app.county().post("/v1/offices", &input).await.faults(&[
            ("/division", "invalid_format"),
            ("/name", "too_short"),
            ("/phone", "invalid_format"),
            ("/hours", "too_short"),
            ("/hours", "blank"),
            ("/document_prefix", "invalid_format"),
        ]);
        let fault = async |role: &str, division: &str, expected: (&str, &str)| {
            let answer = app.social().post("/v1/offices", &office_input(role, division)).await;
            answer.faults(&[expected]);
        };
        fault("social_affairs_office", COUNTY, ("/division", "invalid_format")).await;
        fault("community", TOWNSHIP, ("/division", "invalid_format")).await;
        fault("community", "640121102999", ("/division", "unknown_reference")).await;
        fault("property_company", TOWNSHIP, ("/role", "invalid")).await;
        // A township's office registers offices of its township and its communities only.
        fault("social_affairs_office", NEIGHBOUR, ("/division", "unknown_reference")).await;
        fault("community", NEIGHBOUR_COMMUNITY, ("/division", "unknown_reference")).await;
        fault("county_authority", COUNTY, ("/division", "unknown_reference")).await;
        app.social().post("/v1/offices", &office_input("community", COMMUNITY)).await.expect(201);
    }

    async fn a_county_sees_its_own_offices_and_a_township_keeps_its_own(app: TestApp) {
        let county = app.county().post("/v1/offices", &office_input("county_authority", COUNTY)).await;
        let neighbour = app.neighbour().post("/v1/offices", &office_input("community", NEIGHBOUR_COMMUNITY)).await;
        let far = app.office(Role::CountyAuthority, OTHER_COUNTY);
        let elsewhere = far.post("/v1/offices", &office_input("county_authority", OTHER_COUNTY)).await.expect(201);
        let seen = app.social().get("/v1/offices").await.ids();
        assert_eq!(seen, [neighbour.id(), county.id()]);
        let of_role = app.social().get("/v1/offices?role=community").await.ids();
        assert_eq!(of_role, [neighbour.id()]);
        assert_eq!(app.social().get(&format!("/v1/offices?division={COUNTY}")).await.ids(), [county.id()]);
        for other in [&county, &neighbour] {
            let at = path("offices", &other.json);
            app.social().get(&at).await.expect(200);
            app.social().patch(&at, &json!({ "hours": "全天" })).if_match("*").await.problem(403, "forbidden");
        }
        app.social().get(&path("offices", &elsewhere)).await.problem(404, "not_found");
        app.social().patch(&path("offices", &elsewhere), &json!({})).if_match("*").await.problem(404, "not_found");
        let resident = app.office(Role::Resident, "");
        assert_eq!(resident.get("/v1/offices").await.items().len(), 3);
    }

    async fn a_company_and_a_committee_see_the_offices_where_they_are(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let office = app.county().post("/v1/offices", &office_input("county_authority", COUNTY)).await;
        let far = app.office(Role::CountyAuthority, OTHER_COUNTY);
        far.post("/v1/offices", &office_input("county_authority", OTHER_COUNTY)).await.expect(201);
        for client in [app.company(text(&company["uscc"])), app.office(Role::ComplexCommittee, text(&complex["id"]))] {
            assert_eq!(client.get("/v1/offices").await.ids(), [office.id()]);
        }
        let idle = a_company(&app).await;
        assert_eq!(app.company(text(&idle["uscc"])).get("/v1/offices").await.ids(), [office.id()]);
    }
}
