use serde_json::json;

use super::{LAT, LONG, REQUESTS, a_placed_complex, a_portal, a_portal_of, good, here, key, refused, send, sent};
use crate::on_both_databases;
use crate::support::complaining::of;
use crate::support::rows::text;
use crate::support::{COMMUNITY, COUNTY, OTHER_COUNTY};

on_both_databases! {
    async fn a_point_belongs_to_the_nearest_complex_or_its_community(app: TestApp) {
        let complex = here(&app).await;
        a_placed_complex(&app, COMMUNITY, LAT + 0.02, LONG).await;
        let portal = a_portal(&app).await;
        let office = app.social();
        // 400 m and 1.1 km to the south.
        for (south, at_complex) in [(0.0036, true), (0.01, false)] {
            let lat = (LAT - south).to_string();
            let id = sent(&app, &portal, &[("lat", &lat)]).await;
            let complaint = office.get(&format!("/v1/complaints/{id}")).await.expect(200);
            assert_eq!(complaint["complex_id"], if at_complex { complex["id"].clone() } else { json!(null) });
            assert_eq!(complaint["community"], COMMUNITY);
            let shown = app.nobody().get(&format!("/open311/v2/requests/{id}.json")).await.expect(200)[0].clone();
            // For a complex, its own point; elsewhere the reported point, rounded to a grid.
            let latitude = if at_complex { LAT } else { ((LAT - south) * 1000.0).round() / 1000.0 };
            assert!((shown["lat"].as_f64().expect("a number") - latitude).abs() < 1e-9, "{shown}");
            assert_eq!(shown["address_id"], complaint["complex_id"]);
            let address = text(&shown["address"]);
            assert_eq!(address.starts_with(text(&complex["name"])), at_complex, "{address}");
            assert!(address.ends_with("永宁县"), "{address}");
        }
        let key = key(&portal);
        let far = good(&key, "38.9", "106.2533");
        refused(&send(&app, &far).await, 400, &["lat", "5公里"]);
    }

    async fn a_complex_may_be_named_by_its_id(app: TestApp) {
        let complex = here(&app).await;
        let portal = a_portal(&app).await;
        let key = key(&portal);
        let id = text(&complex["id"]);
        for name in ["address_id", "attribute[complex_id]"] {
            let fields = [("api_key", key.as_str()), ("service_code", "service.cleaning"), (name, id), ("address_string", "2 号楼")];
            let made = send(&app, &fields).await.expect(201);
            let complaint = app.social().get(&of(&json!({ "id": made[0]["service_request_id"] }))).await.expect(200);
            assert_eq!((&complaint["complex_id"], &complaint["location"]), (&complex["id"], &json!("2 号楼")));
        }
        let unknown = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        let fields = [("api_key", key.as_str()), ("service_code", "service.cleaning"), ("address_id", unknown)];
        refused(&send(&app, &fields).await, 400, &["address_id"]);
        let words = [("api_key", key.as_str()), ("service_code", "service.cleaning"), ("address_string", "望远镇示范路 1 号")];
        refused(&send(&app, &words).await, 400, &["complex_id", "address_id"]);
    }

    async fn the_client_of_a_neighbour_county_is_refused(app: TestApp) {
        let complex = here(&app).await;
        let stranger = a_portal_of(&app, OTHER_COUNTY).await;
        let key = key(&stranger);
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        refused(&send(&app, &good(&key, &lat, &long)).await, 403, &["api_key"]);
        let mut named = good(&key, &lat, &long);
        named.push(("jurisdiction_id", COUNTY));
        refused(&send(&app, &named).await, 403, &["api_key"]);
        let by_id = [("api_key", key.as_str()), ("service_code", "service.lift"), ("address_id", text(&complex["id"]))];
        refused(&send(&app, &by_id).await, 403, &["api_key"]);
        // The client's own jurisdiction does not include that place.
        let mut own = good(&key, &lat, &long);
        own.push(("jurisdiction_id", OTHER_COUNTY));
        refused(&send(&app, &own).await, 400, &["lat"]);
        assert_eq!(app.nobody().get(REQUESTS).await.expect(200), json!([]));
    }
}
