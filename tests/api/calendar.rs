use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::{COUNTY, OTHER_COUNTY};

/// The holidays of a year that has no calendar yet.
fn year() -> Value {
    json!({
        "holidays": [{ "date": "2027-01-01", "name": "元旦" }, { "date": "2027-10-01", "name": "国庆节" }],
        "workdays": [{ "date": "2027-01-02", "name": "元旦" }],
    })
}

on_both_databases! {
    async fn a_year_that_is_not_on_file_is_put_in_at_version_zero(app: TestApp) {
        let at = "/v1/calendar/2027";
        app.social().get(at).await.problem(404, "not_found");
        app.county().put(at, &year()).await.problem(428, "precondition_required");
        app.county().put(at, &year()).if_match("\"1\"").await.problem(412, "precondition_failed");
        let row = app.county().put(at, &year()).if_match("\"0\"").await.expect(200);
        assert_eq!((&row["year"], &row["version"]), (&json!(2027), &json!(1)));
        app.county().put(at, &year()).if_match("\"0\"").await.problem(412, "precondition_failed");
        let read = app.office(Role::Resident, "").get(at).await;
        let etag = read.etag();
        assert_eq!(read.expect(200)["holidays"], year()["holidays"]);
        assert_eq!(app.county().put(at, &year()).if_match(&etag).await.expect(200)["version"], 2);
    }

    async fn the_years_that_ship_are_there(app: TestApp) {
        for year in 2023..=2026 {
            assert_eq!(app.social().get(&format!("/v1/calendar/{year}")).await.expect(200)["year"], year);
        }
    }

    async fn every_fault_of_a_year_is_told_with_its_place(app: TestApp) {
        let input = json!({
            "holidays": [{ "date": "2026-10-01", "name": "国庆节" }, { "date": "2027-10-01", "name": "国庆节" }],
            "workdays": [{ "date": "2027-10-01", "name": "国庆节" }],
        });
        let answer = app.county().put("/v1/calendar/2027", &input).if_match("\"0\"").await;
        let pointers: Vec<&str> = answer.errors().iter().map(|(pointer, _)| *pointer).collect();
        assert_eq!(answer.status, 400);
        assert!(pointers.contains(&"/holidays/0/date") && pointers.contains(&"/workdays/0/date"), "{pointers:?}");
        let answer = app.county().put("/v1/calendar/2027", &json!({ "holidays": [], "workdays": 3 })).if_match("\"0\"");
        answer.await.faults(&[("/holidays", "too_few"), ("/workdays", "wrong_type")]);
        let county = app.county();
        county.put("/v1/calendar/1999", &year()).if_match("\"0\"").await.faults(&[("path/year", "out_of_range")]);
        county.get("/v1/calendar/next").await.faults(&[("path/year", "out_of_range")]);
        app.social().put("/v1/calendar/2027", &year()).if_match("\"0\"").await.problem(403, "forbidden");
        app.social().get("/v1/calendar/2027").await.problem(404, "not_found");
    }

    async fn of_two_officers_who_replace_a_year_at_once_one_hears_that_it_is_late(app: TestApp) {
        let officers = [app.county(), app.officer(Role::CountyAuthority, COUNTY, "second-person")];
        for (at, version) in [("/v1/calendar/2027", "\"0\""), ("/v1/calendar/2027", "\"1\"")] {
            for round in 0..5 {
                let input = year();
                let puts = (0..8).map(|i| {
                    let (county, input) = (&officers[i % 2], &input);
                    async move { county.put(at, input).if_match(version).await.status }
                });
                let mut statuses = futures_util::future::join_all(puts).await;
                statuses.sort_unstable();
                let won = usize::from(round == 0);
                assert!(statuses[..won].iter().all(|s| *s == 200), "{statuses:?}");
                assert!(statuses[won..].iter().all(|s| *s == 412), "{statuses:?}");
            }
        }
    }

    async fn a_countys_year_holds_for_that_county_only(app: TestApp) {
        let far = app.office(Role::CountyAuthority, OTHER_COUNTY);
        let at = "/v1/calendar/2026";
        let shared = far.get(at).await;
        let etag = shared.etag();
        let shared = shared.expect(200);
        assert_eq!(shared["county"], Value::Null);
        let local = json!({ "holidays": [{ "date": "2026-03-04", "name": "县庆" }], "workdays": [] });
        let own = far.put(at, &local).if_match(&etag).await.expect(200);
        assert_eq!((&own["county"], &own["version"]), (&json!(OTHER_COUNTY), &json!(2)));
        assert_eq!(far.get(at).await.expect(200)["holidays"], local["holidays"]);
        assert_eq!(app.county().get(at).await.expect(200), shared);
        assert_eq!(app.county().get(&format!("{at}?county={OTHER_COUNTY}")).await.expect(200), own);
        app.county().get(&format!("{at}?county=6401")).await.problem(400, "invalid_input");
    }
}
