use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::rows::{a_company, a_complex, a_complex_in, a_service, complex_input, end_contract, path, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP};

on_both_databases! {
    async fn a_complex_is_registered_where_its_community_lies(app: TestApp) {
        let answer = app.social().post("/v1/complexes", &complex_input()).await;
        assert_eq!(answer.header("location"), format!("/v1/complexes/{}", answer.id()));
        let made = answer.expect(201);
        assert_eq!(
            (&made["county"], &made["township"], &made["community"]),
            (&json!(COUNTY), &json!(TOWNSHIP), &json!(COMMUNITY))
        );
        assert_eq!((&made["service"], &made["point"], &made["area_m2"]), (&Value::Null, &Value::Null, &Value::Null));
        for office in [app.social(), app.county(), app.office(Role::Community, COMMUNITY)] {
            assert_eq!(office.get(&path("complexes", &made)).await.expect(200), made);
            assert_eq!(office.get("/v1/complexes").await.ids(), [text(&made["id"])]);
        }
    }

    async fn a_complex_of_the_neighbour_is_not_found(app: TestApp) {
        let theirs = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let at = path("complexes", &theirs);
        let outsiders = [
            app.social(),
            app.office(Role::Community, COMMUNITY),
            app.office(Role::PoliceStation, TOWNSHIP),
            app.office(Role::CountyAuthority, OTHER_COUNTY),
            app.office(Role::SocialAffairsOffice, OTHER_TOWNSHIP),
            app.office(Role::FireRescue, OTHER_COUNTY),
            app.office(Role::ComplexCommittee, "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11"),
            app.company("91350100M000100Y43"),
        ];
        for outsider in outsiders {
            outsider.get(&at).await.problem(404, "not_found");
            outsider.get(&format!("{at}/service")).await.problem(404, "not_found");
            let list = outsider.get("/v1/complexes?with_total=true").await;
            assert_eq!((list.items().len(), &list.json["total"]), (0, &json!(0)));
        }
        app.office(Role::FireRescue, COUNTY).get(&at).await.expect(200);
    }

    async fn a_complex_in_a_neighbours_community_is_refused(app: TestApp) {
        for (community, code) in [
            (NEIGHBOUR_COMMUNITY, "unknown_reference"),
            ("640121102999", "unknown_reference"),
            ("640122100200", "unknown_reference"),
        ] {
            let mut input = complex_input();
            input["community"] = json!(community);
            app.social().post("/v1/complexes", &input).await.faults(&[("/community", code)]);
        }
        let mut input = complex_input();
        input["community"] = json!(TOWNSHIP);
        app.social().post("/v1/complexes", &input).await.faults(&[("/community", "invalid_format")]);
        assert!(app.county().get("/v1/complexes").await.items().is_empty());
    }

    async fn every_fault_of_a_complex_is_told_at_once(app: TestApp) {
        let input = json!({
            "name": "长".repeat(201), "community": NEIGHBOUR_COMMUNITY, "address": "一号\u{0}楼", "households": 0,
            "buildings": "two", "delivered_on": "2026-03-03", "self_governance": "monarchy",
            "point": { "longitude": 200, "latitude": 38.2, "system": "mars", "height": 3 },
        });
        app.social().post("/v1/complexes", &input).await.faults(&[
            ("/name", "too_long"),
            ("/address", "forbidden_character"),
            ("/households", "out_of_range"),
            ("/buildings", "wrong_type"),
            ("/self_governance", "unknown_value"),
            ("/point/longitude", "out_of_range"),
            ("/point/system", "unknown_value"),
            ("/point/height", "unknown_field"),
        ]);
        let mut input = complex_input();
        input["community"] = json!(NEIGHBOUR_COMMUNITY);
        input["delivered_on"] = json!("2026-03-03");
        let answer = app.social().post("/v1/complexes", &input).await;
        answer.faults(&[("/community", "unknown_reference"), ("/delivered_on", "in_the_future")]);
        input["delivered_on"] = json!("2026-02-30");
        input["community"] = json!(COMMUNITY);
        app.social().post("/v1/complexes", &input).await.faults(&[("/delivered_on", "invalid_format")]);
        input["delivered_on"] = json!("2026-03-02");
        app.social().post("/v1/complexes", &input).await.expect(201);
    }

    async fn a_point_on_chinas_maps_is_stored_in_wgs84(app: TestApp) {
        let given = |longitude: f64, latitude: f64, system: &str| {
            json!({ "longitude": longitude, "latitude": latitude, "system": system })
        };
        for point in [
            given(106.2533, 38.2811, "wgs84"),
            // The same point in the coordinate systems of Chinese maps and of Baidu.
            given(106.258_934_2, 38.281_989_2, "gcj02"),
            given(106.265_466_6, 38.287_817_8, "bd09"),
        ] {
            let mut input = complex_input();
            input["point"] = point.clone();
            let made = app.social().post("/v1/complexes", &input).await.expect(201);
            let stored = &app.social().get(&path("complexes", &made)).await.json["point"];
            let off = |name: &str, wanted: f64| (stored[name].as_f64().unwrap_or_default() - wanted).abs();
            assert!(off("longitude", 106.2533) < 0.002 && off("latitude", 38.2811) < 0.002, "{point} as {stored}");
            assert_eq!(stored.as_object().unwrap().len(), 2);
            if point["system"] != "wgs84" {
                assert!((point["longitude"].as_f64().unwrap() - stored["longitude"].as_f64().unwrap()) > 0.003);
            }
        }
    }

    async fn a_merge_patch_of_a_complex_keeps_and_clears(app: TestApp) {
        let mut input = complex_input();
        input["grid"] = json!("WG-03");
        input["households"] = json!(812);
        input["point"] = json!({ "longitude": 106.2533, "latitude": 38.2811, "system": "wgs84" });
        let made = app.social().post("/v1/complexes", &input).await;
        let (at, etag) = (path("complexes", &made.json), made.etag());
        let patch = json!({ "grid": null, "address": "示范路 2 号" });
        let row = app.social().patch(&at, &patch).if_match(&etag).await.expect(200);
        assert_eq!((&row["grid"], &row["address"]), (&Value::Null, &json!("示范路 2 号")));
        assert_eq!((&row["households"], &row["point"]["longitude"]), (&json!(812), &json!(106.2533)));
        let patch = json!({ "point": null, "households": null });
        let row = app.social().patch(&at, &patch).if_match("\"2\"").await.expect(200);
        assert_eq!((&row["point"], &row["households"]), (&Value::Null, &Value::Null));
        let wrong = json!({ "self_governance": null, "address": null, "community": COMMUNITY });
        let answer = app.social().patch(&at, &wrong).if_match("\"3\"").await;
        answer.faults(&[
            ("/self_governance", "wrong_type"),
            ("/self_governance", "unknown_value"),
            ("/address", "wrong_type"),
            ("/community", "unknown_field"),
        ]);
        assert_eq!(app.social().get(&at).await.json["version"], 3);
    }

    async fn complexes_are_filtered_by_place_name_and_company(app: TestApp) {
        let (here, there) = (a_complex(&app).await, a_complex_in(&app, NEIGHBOUR_COMMUNITY).await);
        let company = a_company(&app).await;
        a_service(&app, &there, &company, "2026-01-01").await;
        let ids = async |query: &str| app.county().get(&format!("/v1/complexes?{query}")).await.ids();
        assert_eq!(ids(&format!("township={TOWNSHIP}")).await, [text(&here["id"])]);
        assert_eq!(ids(&format!("community={NEIGHBOUR_COMMUNITY}")).await, [text(&there["id"])]);
        assert_eq!(ids(&format!("company_id={}", text(&company["id"]))).await, [text(&there["id"])]);
        assert_eq!(ids(&format!("q={}", text(&here["name"]))).await, [text(&here["id"])]);
        assert_eq!(ids(&format!("township={TOWNSHIP}&community={NEIGHBOUR_COMMUNITY}")).await, [""; 0]);
        let list = app.county().get("/v1/complexes").await;
        assert_eq!(list.ids(), [text(&there["id"]), text(&here["id"])], "newest first");
        assert_eq!(list.items()[0]["service"]["company_name"], company["name"], "a row carries what is shown");
        // A filter never widens the territory.
        let outside = app.social().get(&format!("/v1/complexes?community={NEIGHBOUR_COMMUNITY}")).await;
        assert!(outside.items().is_empty());
        let bad = app.county().get("/v1/complexes?township=64&company_id=x&q=").await;
        bad.faults(&[("query/township", "invalid_format"), ("query/company_id", "invalid_format")]);
    }

    async fn a_company_that_left_does_not_see_who_came_after_it(app: TestApp) {
        let (first, second, complex) = (a_company(&app).await, a_company(&app).await, a_complex(&app).await);
        let contract = a_service(&app, &complex, &first, "2025-01-01").await;
        let portal = app.company(text(&first["uscc"]));
        let at = path("complexes", &complex);
        assert_eq!(portal.get(&at).await.expect(200)["service"]["company_id"], first["id"]);
        end_contract(&app, &contract, "2025-12-31").await;
        a_service(&app, &complex, &second, "2026-01-01").await;
        assert_eq!(portal.get(&at).await.expect(200)["service"], json!(null));
        let services = portal.get(&format!("{at}/service")).await;
        assert_eq!(services.items().len(), 1);
        assert!(!services.json.to_string().contains(text(&second["id"])));
    }
}
