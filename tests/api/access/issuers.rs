//! Keys and algorithms of trusted issuers.

use serde_json::json;

use super::{PORTAL, accepted, claims, header, portal, refused, with, without};
use crate::support::keys::Key;
use crate::support::{ISSUER, Kind, Setup, run};

#[test]
fn each_algorithm_works_under_its_own_key() {
    let keys = [Key::ed25519("ed"), Key::p256("ec"), Key::rsa("rs"), Key::rsa("ps")];
    let algorithms = ["EdDSA", "ES256", "RS256", "PS256"];
    let url = |algorithm: &str| format!("https://{}.test", algorithm.to_lowercase());
    let issuers = keys.iter().zip(algorithms).map(|(key, alg)| portal(&url(alg), &[alg], &[key])).collect();
    run(Kind::Sqlite, Setup { trusted_issuers: issuers, ..Setup::default() }, async |app| {
        for (key, own) in keys.iter().zip(algorithms) {
            let claims = with(&claims(), "iss", json!(url(own)));
            for alg in algorithms {
                let token = key.token(&with(&header(key), "alg", json!(alg)), &claims);
                match alg == own {
                    true => drop(accepted(&app, &token).await),
                    false => refused(&app, &token, &format!("{own} key under {alg}")).await,
                }
            }
            for alg in ["RS384", "RS512", "PS512", "ES384", "ES512", "Ed25519", "eddsa", "HS256"] {
                refused(&app, &key.token(&with(&header(key), "alg", json!(alg)), &claims), alg).await;
            }
            // One issuer's key cannot sign tokens of another.
            for other in algorithms.iter().filter(|alg| **alg != own) {
                let foreign = with(&claims, "iss", json!(url(other)));
                refused(&app, &key.token(&header(key), &foreign), "cross-issuer").await;
                let kid = keys[algorithms.iter().position(|alg| alg == other).expect("one of them")].kid.clone();
                refused(&app, &key.token(&with(&header(key), "kid", json!(kid)), &foreign), "cross-issuer").await;
                refused(&app, &key.token(&without(&header(key), "kid"), &foreign), "cross-issuer").await;
            }
            refused(&app, &key.token(&header(key), &with(&claims, "iss", json!(ISSUER))), "as the service itself")
                .await;
        }
        // The service's own key cannot sign tokens of a trusted issuer, either.
        let local = &app.key;
        for alg in algorithms {
            let claims = with(&claims(), "iss", json!(url(alg)));
            refused(&app, &local.token(&header(local), &claims), "the local key").await;
        }
    });
}

#[test]
fn of_several_keys_the_kid_says_which() {
    let (old, new) = (Key::ed25519("2025"), Key::p256("2026"));
    let issuer = portal(PORTAL, &["EdDSA", "ES256"], &[&old, &new]);
    run(Kind::Sqlite, Setup { trusted_issuers: vec![issuer], ..Setup::default() }, async |app| {
        accepted(&app, &old.token(&header(&old), &claims())).await;
        accepted(&app, &new.token(&header(&new), &claims())).await;
        refused(&app, &old.token(&with(&header(&old), "kid", json!("2026")), &claims()), "the other's kid").await;
        refused(&app, &old.token(&without(&header(&old), "kid"), &claims()), "no kid among several").await;
        // The issuer allows the algorithm, but the key is for another.
        refused(&app, &old.token(&with(&header(&old), "alg", json!("ES256")), &claims()), "swapped").await;
        refused(&app, &new.token(&with(&header(&new), "alg", json!("EdDSA")), &claims()), "swapped").await;
    });
}

#[test]
fn a_key_that_names_its_algorithm_has_no_other() {
    let rsa = Key::rsa("r");
    let mut jwk = rsa.public();
    (jwk["kid"], jwk["alg"]) = (json!("r"), json!("PS256"));
    let issuer = super::trusted(&[
        ("issuer", json!(PORTAL)),
        ("audience", json!("xiaoqu")),
        ("algorithms", json!(["PS256"])),
        ("jwks", json!(json!({ "keys": [jwk] }).to_string())),
        ("allowed_roles", json!(["social_affairs_office"])),
        ("allowed_divisions", json!(["640121"])),
    ]);
    run(Kind::Sqlite, Setup { trusted_issuers: vec![issuer], ..Setup::default() }, async |app| {
        accepted(&app, &rsa.token(&with(&header(&rsa), "alg", json!("PS256")), &claims())).await;
        refused(&app, &rsa.token(&header(&rsa), &claims()), "RS256").await;
    });
}

#[test]
fn the_local_issuer_is_checked_as_strictly() {
    run(Kind::Sqlite, Setup::default(), async |app| {
        let kid = app.state.local_issuer.jwks().keys[0].common.key_id.clone().expect("a kid");
        let head = with(&header(&app.key), "kid", json!(kid));
        let claims = with(&claims(), "iss", json!(ISSUER));
        accepted(&app, &app.key.token(&head, &claims)).await;
        for name in ["aud", "exp", "nbf", "iat", "jti", "sub", "role", "division"] {
            refused(&app, &app.key.token(&head, &without(&claims, name)), name).await;
        }
        for (name, value) in [("crit", json!(["x"])), ("jku", json!("https://evil.test")), ("alg", json!("HS256"))] {
            refused(&app, &app.key.token(&with(&head, name, value), &claims), name).await;
        }
        for secret in app.key.public_forms() {
            let forged = Key::hmac("x", &secret).token(&with(&head, "alg", json!("HS256")), &claims);
            refused(&app, &forged, "HS256 with the public key").await;
        }
        let stranger = Key::ed25519("x");
        refused(&app, &stranger.token(&head, &claims), "another's key").await;
    });
}

#[test]
fn a_generated_issuer_works() {
    let keys = std::sync::Arc::new(xiaoqu::keys::Keys::generate().expect("keys"));
    let issuer = xiaoqu::access::issuer::LocalIssuer::new(ISSUER, "xiaoqu", keys);
    let arguments = xiaoqu::token_issuing::TokenArgs {
        division: Some("640121".into()),
        ..crate::support::client::arguments(xiaoqu::access::Role::CountyAuthority)
    };
    xiaoqu::token_issuing::issue(&issuer, &arguments, 5).expect("a token that the service takes");
}
