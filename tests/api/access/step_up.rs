//! Unmasking a contact needs a recent log-in, if the deployment requires one (RFC 9470).

use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use xiaoqu::access::step_up::StepUp;

use super::{claims, header, portal, with};
use crate::support::complaining::{by_phone, kinds, of};
use crate::support::keys::Key;
use crate::support::rows::{a_served_complex, text};
use crate::support::{Kind, Setup, TOWNSHIP, TestApp, run};

const UNMASK: &str = "unmask=%E7%94%B5%E8%AF%9D%E6%A0%B8%E5%AE%9E";

#[test]
fn an_old_or_weak_log_in_is_sent_to_log_in_again_and_opens_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let key = Key::ed25519("portal-1");
        let step_up = StepUp { max_age: Duration::from_secs(900), acr_values: vec!["urn:mfa".into()] };
        let trusted_issuers = vec![portal(super::PORTAL, &["EdDSA"], &[&key])];
        run(kind, Setup { step_up, trusted_issuers, ..Setup::default() }, async |app: TestApp| {
            let (_, complex) = a_served_complex(&app).await;
            let desk = app.office(xiaoqu::access::Role::LivelihoodServiceCenter, TOWNSHIP);
            let complaint = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
            let now = Utc::now().timestamp();
            let office = |auth_time: i64, acr: &str| {
                let claims = with(&with(&claims(), "auth_time", json!(auth_time)), "acr", json!(acr));
                app.bearer(&key.token(&header(&key), &claims))
            };
            let silent = app.bearer(&key.token(&header(&key), &claims()));
            for weak in [silent, office(now - 1000, "urn:mfa"), office(now, "urn:password")] {
                weak.get(&of(&complaint)).await.expect(200);
                let answer = weak.get(&format!("{}?{UNMASK}", of(&complaint))).await;
                assert_eq!(
                    answer.header("www-authenticate"),
                    "Bearer realm=\"xiaoqu\", error=\"insufficient_user_authentication\", acr_values=\"urn:mfa\", max_age=\"900\""
                );
                answer.problem(401, "insufficient_user_authentication");
            }
            assert_eq!(kinds(&app.social(), &complaint).await, ["submitted"], "nothing was read");
            let full = office(now - 100, "urn:mfa").get(&format!("{}?{UNMASK}", of(&complaint))).await.expect(200);
            assert_eq!(text(&full["contact"]["phone"]), "13912345678");
        });
    }
}
