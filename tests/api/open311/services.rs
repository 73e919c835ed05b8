use serde_json::json;

use super::{refused, xml};
use crate::on_both_databases;
use crate::support::rows::text;
use crate::support::{COUNTY, ISSUER};

on_both_databases! {
    async fn the_discovery_says_where_and_in_which_forms(app: TestApp) {
        let answer = app.nobody().get("/open311/v2/discovery.json").await.expect(200);
        // "All fields are required" (Service Discovery).
        let names: Vec<&String> = answer.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["changeset", "contact", "key_service", "endpoints"]);
        let endpoint = &answer["endpoints"][0];
        assert_eq!(endpoint["specification"], "http://wiki.open311.org/GeoReport_v2");
        assert_eq!(endpoint["url"], format!("{ISSUER}/open311/v2"));
        assert_eq!(endpoint["formats"], json!(["text/xml", "application/json"]));
        assert_eq!(endpoint["type"], "test", "the clock of this one can be moved");
        assert_eq!(endpoint["changeset"], answer["changeset"]);
        let text = xml(&app.nobody().get("/open311/v2/discovery.xml").await);
        assert!(text.contains("<discovery><changeset>"), "{text}");
        assert!(text.contains(
            "<type>test</type><formats><format>text/xml</format><format>application/json</format></formats></endpoint></endpoints></discovery>"
        ), "{text}");
    }

    async fn public_categories_are_services_and_others_are_none(app: TestApp) {
        let nobody = app.nobody();
        let all = nobody.get("/open311/v2/services.json").await.expect(200);
        let all = all.as_array().expect("a bare list");
        let codes: Vec<&str> = all.iter().map(|one| text(&one["service_code"])).collect();
        for hidden in ["privacy.leak", "committee.conduct", "officials.inaction"] {
            assert!(!codes.contains(&hidden));
            let unknown = nobody.get("/open311/v2/services/no.such.json").await;
            refused(&unknown, 404, &["service_code"]);
            assert_eq!(nobody.get(&format!("/open311/v2/services/{hidden}.json")).await.json, unknown.json);
        }
        let lift = all.iter().find(|one| one["service_code"] == "service.lift").expect("the lift");
        assert_eq!(*lift, json!({
            "service_code": "service.lift", "service_name": "电梯故障",
            "description": "首办单位：物业服务企业；1小时内受理，24小时内办结",
            "metadata": true, "type": "realtime", "keywords": "电梯故障,Lift failure,物业服务", "group": "物业服务",
        }));
        let english = nobody.get("/open311/v2/services.xml").english().await;
        assert!(xml(&english).contains(
            "<service><service_code>service.lift</service_code><service_name>Lift failure</service_name><description>First \
             handled by: Property service company; accepted within 1 h, answered within 24 h</description><metadata>true\
             </metadata><type>realtime</type><keywords>电梯故障,Lift failure,物业服务</keywords><group>物业服务</group></service>"
        ), "{}", xml(&english));
    }

    async fn a_service_definition_has_the_elements_of_the_standard(app: TestApp) {
        let nobody = app.nobody();
        let gas = nobody.get("/open311/v2/services/utility.heat_gas.json").await.expect(200);
        assert_eq!(gas["service_code"], "utility.heat_gas");
        let first = &gas["attributes"][0];
        assert_eq!((&first["code"], &first["datatype"]), (&json!("organisation"), &json!("singlevaluelist")));
        assert_eq!((&first["variable"], &first["required"], &first["order"]), (&json!(true), &json!(true), &json!(1)));
        let keys: Vec<&str> = first["values"].as_array().expect("values").iter().map(|one| text(&one["key"])).collect();
        assert!(keys.contains(&"gas") && keys.contains(&"heat"), "{keys:?}");
        let lift = xml(&nobody.get("/open311/v2/services/service.lift.xml").await);
        assert!(lift.contains(
            "<service_definition><service_code>service.lift</service_code><attributes><attribute><variable>true</variable>\
             <code>location</code><datatype>string</datatype><required>false</required>"
        ), "{lift}");
    }

    async fn a_jurisdiction_is_a_county_that_is_known(app: TestApp) {
        for path in ["services", "services/service.lift", "requests"] {
            let at = |code: &str| format!("/open311/v2/{path}.json?jurisdiction_id={code}");
            app.nobody().get(&at(COUNTY)).await.expect(200);
            app.nobody().get(&at("")).await.expect(200);
            for unknown in ["999999", "640121102", "city.gov", "%00"] {
                refused(&app.nobody().get(&at(unknown)).await, 404, &["jurisdiction_id"]);
            }
        }
    }
}
