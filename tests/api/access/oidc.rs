//! A real third-party OpenID provider: its tokens are accepted within the limits of the issuer, and not beyond.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xiaoqu::access::jwks::Pace;

use super::{COMPANY, accepted, me, refused, trusted_at};
use crate::support::jwks::JwksServer;
use crate::support::oidc::{Provider, installed};
use crate::support::rows::complex_input;
use crate::support::{AUDIENCE, Kind, Setup, TOWNSHIP, TestApp, run};

const OURS: &str = "urn:ours";

fn clients() -> Value {
    let client = |claims: Value| json!({ "secret": "provider-secret-of-a-test", "claims": claims });
    let office = json!({ "role": "social_affairs_office", "xiaoqu": { "area": TOWNSHIP } });
    let mut all = json!({
        "office": client(office.clone()),
        "company": client(json!({ "role": "property_company", "company": COMPANY })),
        "above": client(json!({ "role": "auditor", "xiaoqu": { "area": "640121" } })),
        "outside": client(json!({ "role": "social_affairs_office", "xiaoqu": { "area": "640122100" } })),
        "other-company": client(json!({ "role": "property_company", "company": "91640121MA0000001X" })),
        "nobody": client(json!({})),
        "rs256": client(office.clone()),
        "person": client(json!({ "role": "county_authority", "xiaoqu": { "area": "640121" } })),
    });
    all["rs256"]["alg"] = json!("RS256");
    all["person"]["sub"] = json!("officer-7");
    all
}

impl Provider {
    async fn of(&self, client: &str) -> String {
        self.token(client, "provider-secret-of-a-test", OURS).await
    }
}

#[test]
fn its_tokens_work_within_their_limits_its_rotation_is_followed_and_its_death_stops_nothing() {
    let Some(folder) = installed() else { return };
    let port = JwksServer::nowhere().port();
    let issuer = Provider::issuer(port);
    let table = [
        ("issuer", json!(issuer)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(["ES256"])),
        ("jwks_url", json!(format!("{issuer}/jwks"))),
        ("allowed_roles", json!(["social_affairs_office", "county_authority", "property_company"])),
        ("allowed_divisions", json!(["640121"])),
        ("allowed_companies", json!([COMPANY])),
        ("claim_mapping", json!({ "division": "/xiaoqu/area" })),
    ];
    let pace = Pace { refresh: Duration::from_secs(3600), retry: Duration::from_millis(200) };
    let setup = Setup { trusted_issuers: vec![trusted_at(&table, pace)], ..Setup::default() };
    // The service starts before the provider.
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let provider = Provider::start(folder, port, AUDIENCE, &clients());
        let office = provider.of("office").await;
        until(&app, &office).await;
        let seen = accepted(&app, &office).await;
        assert_eq!((&seen["role"], &seen["division"]), (&json!("social_affairs_office"), &json!(TOWNSHIP)));
        assert_eq!((&seen["machine"], &seen["client"]), (&json!(true), &json!("office")), "client credentials");
        app.bearer(&office).post("/v1/complexes", &complex_input()).await.expect(201);
        assert_eq!(accepted(&app, &provider.of("company").await).await["company"], COMPANY);
        // A person may decide, a machine token may not.
        let person = app.bearer(&provider.of("person").await);
        assert_eq!(person.get("/v1/me").await.expect(200)["machine"], false);
        person.post("/v1/policies", &json!({})).await.problem(400, "invalid_input");
        app.bearer(&office).post("/v1/policies", &json!({})).await.problem(403, "forbidden");

        for client in ["above", "outside", "other-company", "nobody", "rs256"] {
            refused(&app, &provider.of(client).await, client).await;
        }
        let elsewhere = provider.token("office", "provider-secret-of-a-test", "urn:theirs").await;
        refused(&app, &elsewhere, "for another audience").await;

        drop(provider);
        let provider = Provider::start(folder, port, AUDIENCE, &clients());
        accepted(&app, &office).await;
        let after = provider.of("office").await;
        until(&app, &after).await;
        refused(&app, &office, "under a key that the provider has no more").await;

        // After the provider stops, tokens with known keys are still accepted, including new ones.
        let unseen = provider.of("company").await;
        drop(provider);
        for _ in 0..5 {
            accepted(&app, &after).await;
        }
        accepted(&app, &unseen).await;
    });
}

async fn until(app: &TestApp, token: &str) {
    let began = Instant::now();
    while me(app, token).await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(20), "never accepted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
