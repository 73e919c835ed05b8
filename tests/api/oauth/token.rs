use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::ISSUER;
use crate::support::client::Response;
use crate::support::rows::text;
use crate::support::systems::{client_input, token};

/// An error exactly in the form of RFC 6749, 5.2.
#[track_caller]
fn refused(answer: &Response, status: u16, error: &str) {
    assert_eq!((answer.status, answer.json["error"].as_str()), (status, Some(error)), "{}", answer.json);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.json.as_object().expect("an object").len(), 2, "error and error_description: {}", answer.json);
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge.starts_with("Basic realm="), status == 401, "{challenge}");
}

on_both_databases! {
    async fn a_client_gets_a_token_in_either_way(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let by_header = system.token(&app).await;
        assert_eq!((by_header.header("cache-control"), by_header.header("pragma")), ("no-store", "no-cache"));
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", system.id(), system.secret);
        let by_form = app.nobody().post_form("/oauth/token", &form).await.expect(200);
        for answer in [by_header.expect(200), by_form] {
            assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
            assert!(answer.get("scope").is_none());
            let head = text(&answer["access_token"]).split('.').next().expect("a head");
            let head: Value = serde_json::from_slice(
                &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head).expect("base64url"),
            ).expect("JSON");
            assert_eq!((&head["typ"], &head["alg"]), (&json!("at+jwt"), &json!("EdDSA")));
            app.bearer(text(&answer["access_token"])).get("/v1/me").await.expect(200);
        }
    }

    async fn a_wrong_secret_or_client_is_told_apart_by_nobody(app: TestApp) {
        let (system, other) = (app.a_system(&client_input()).await, app.a_system(&client_input()).await);
        let unknown = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        let mut told = Vec::new();
        for (id, secret) in [
            (system.id(), "xqs_wrong"), (system.id(), other.secret.as_str()), (unknown, system.secret.as_str()),
            ("not-an-id", "x"), (system.id(), ""), ("", ""),
        ] {
            let answer = token(&app, id, secret).await;
            refused(&answer, 401, "invalid_client");
            told.push(answer.json);
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        // Digests from the database cannot be used as secrets.
        for digest in app.values("SELECT digest AS value FROM client_secrets") {
            refused(&token(&app, system.id(), &digest).await, 401, "invalid_client");
        }
    }

    async fn every_mistake_has_the_code_of_the_rfc(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let (id, secret) = (system.id(), system.secret.as_str());
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let nobody = app.nobody();
        let post = |form: String| nobody.post_form("/oauth/token", &form);
        let good = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        refused(&post(String::new()).await, 400, "invalid_request");
        refused(&post(format!("client_id={id}&client_secret={secret}")).await, 400, "invalid_request");
        refused(&post(good.replace("client_credentials", "password")).await, 400, "unsupported_grant_type");
        refused(&post(format!("{good}&client_id={id}")).await, 400, "invalid_request");
        refused(&post(good.clone()).header("authorization", &basic).await, 400, "invalid_request");
        refused(&post("grant_type=client_credentials".into()).await, 401, "invalid_client");
        refused(&post(format!("{good}&scope=confirm_violation")).await, 400, "invalid_scope");
        refused(&post(format!("{good}&scope=nonsense")).await, 400, "invalid_scope");
        let json = nobody.post("/oauth/token", &json!({ "grant_type": "client_credentials" })).await;
        refused(&json, 400, "invalid_request");
        let in_the_address = nobody.post_form(&format!("/oauth/token?{good}"), &good).await;
        refused(&in_the_address, 400, "invalid_request");
        let bearer = post("grant_type=client_credentials".into()).header("authorization", "Bearer x").await;
        refused(&bearer, 401, "invalid_client");
        nobody.get("/oauth/token").await.problem(405, "method_not_allowed");
        post(format!("{good}&unknown=ignored")).await.expect(200);
    }

    async fn a_scope_narrows_the_token_and_never_widens_it(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let form = |scope: &str| format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={scope}", system.id(), system.secret
        );
        let answer = app.nobody().post_form("/oauth/token", &form("list_violations+list_measures")).await.expect(200);
        assert_eq!(answer["scope"], "list_measures list_violations");
        let narrow = app.bearer(text(&answer["access_token"]));
        narrow.get("/v1/violations").await.expect(200);
        narrow.get("/v1/companies").await.problem(403, "forbidden");

        let mut input = client_input();
        input["operations"] = json!(["list_violations"]);
        let limited = app.a_system(&input).await;
        let ask = |scope: &str| format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={scope}", limited.id(), limited.secret
        );
        refused(&app.nobody().post_form("/oauth/token", &ask("list_companies")).await, 400, "invalid_scope");
        assert_eq!(limited.token(&app).await.expect(200)["scope"], "list_violations");
    }

    async fn the_metadata_says_where_and_how(app: TestApp) {
        let answer = app.nobody().get("/.well-known/oauth-authorization-server").await.expect(200);
        assert_eq!(answer["issuer"], ISSUER);
        assert_eq!(answer["token_endpoint"], format!("{ISSUER}/oauth/token"));
        assert_eq!(answer["jwks_uri"], format!("{ISSUER}/.well-known/jwks.json"));
        assert_eq!(answer["grant_types_supported"], json!(["client_credentials"]));
        assert_eq!(answer["response_types_supported"], json!([]));
        let scopes = answer["scopes_supported"].as_array().expect("a list");
        assert!(scopes.contains(&json!("list_violations")) && !scopes.contains(&json!("confirm_violation")));
    }
}
