use super::{a_portal, here, sent};
use crate::on_both_databases;
use crate::support::COUNTY;
use crate::support::georeport::{installed, read};

on_both_databases! {
    async fn a_client_that_others_wrote_reads_services_and_requests_in_both_forms(app: TestApp) {
        if !installed() {
            return;
        }
        here(&app).await;
        let portal = a_portal(&app).await;
        let first = sent(&app, &portal, &[]).await;
        sent(&app, &portal, &[("service_code", "service.cleaning")]).await;
        let seen = read(&format!("{}/open311/v2", app.base_url), COUNTY, &first);
        for form in ["json", "xml"] {
            let of = &seen[form];
            let services = of["services"].as_array().expect("services");
            assert!(services.iter().any(|one| one["service_code"] == "service.lift" && one["service_name"] == "电梯故障"));
            // In XML, Python's parser returns a single item instead of a list of one.
            let attributes = match form {
                "json" => &of["definition"]["attributes"],
                _ => &of["definition"]["attributes"]["attribute"],
            };
            assert_eq!(attributes[0]["code"], "organisation", "{form}: {}", of["definition"]);
            assert_eq!(of["requests"].as_array().map(Vec::len), Some(2), "{form}");
            assert_eq!(of["filtered"].as_array().map(Vec::len), Some(2), "{form}");
            assert_eq!(of["request"]["service_request_id"], first, "{form}");
            assert_eq!(of["request"]["agency_responsible"], seen["json"]["request"]["agency_responsible"], "{form}");
        }
    }
}
