//! The header of a token, its form, and how it is sent.

use serde_json::{Value, json};

use super::{accepted, claims, header, me, refused, with, with_portal, without};
use crate::support::keys::{Key, base64url};

#[test]
fn no_signature_is_no_token() {
    with_portal(async |app, key| {
        let message = |alg: &str| {
            format!(
                "{}.{}",
                base64url(with(&header(&key), "alg", json!(alg)).to_string()),
                base64url(claims().to_string())
            )
        };
        for alg in ["none", "None", "NONE", "nOnE", ""] {
            refused(&app, &format!("{}.", message(alg)), alg).await;
            refused(&app, &format!("{}.{}", message(alg), base64url("x")), alg).await;
        }
        refused(&app, &format!("{}.", message("EdDSA")), "an empty signature").await;
        let good = key.token(&header(&key), &claims());
        let cut = &good[..good.len() - 4];
        refused(&app, cut, "a cut signature").await;
        let (head, signature) = good.rsplit_once('.').expect("three parts");
        let (first, _) = head.split_once('.').expect("two parts");
        let county = with(&with(&claims(), "role", json!("county_authority")), "division", json!("640121"));
        refused(&app, &format!("{first}.{}.{signature}", base64url(county.to_string())), "other claims").await;
    });
}

#[test]
fn a_public_key_is_no_shared_secret() {
    for key in [Key::ed25519("k"), Key::p256("k"), Key::rsa("k")] {
        let issuer = super::portal(super::PORTAL, &[key.algorithm()], &[&key]);
        let setup = crate::support::Setup { trusted_issuers: vec![issuer], ..Default::default() };
        crate::support::run(crate::support::Kind::Sqlite, setup, async |app| {
            accepted(&app, &key.token(&header(&key), &claims())).await;
            for secret in key.public_forms() {
                for alg in ["HS256", "HS384", "HS512", key.algorithm()] {
                    let forged = Key::hmac("k", &secret).token(&with(&header(&key), "alg", json!(alg)), &claims());
                    refused(&app, &forged, alg).await;
                }
            }
        });
    }
}

#[test]
fn a_head_that_brings_or_names_a_key_is_refused() {
    with_portal(async |app, key| {
        let own = Key::ed25519("portal-1");
        let brought: &[(&str, Value)] = &[
            ("jku", json!("https://evil.test/jwks.json")),
            ("x5u", json!("https://evil.test/cert.pem")),
            ("jwk", own.public()),
            ("x5c", json!(["MIIB"])),
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("crit", json!(["b64"])),
            ("zip", json!("DEF")),
            ("b64", json!(false)),
        ];
        for (name, value) in brought {
            // Signed with the right key, so only the header is wrong.
            refused(&app, &key.token(&with(&header(&key), name, value.clone()), &claims()), name).await;
            refused(&app, &own.token(&with(&header(&key), name, value.clone()), &claims()), name).await;
        }
        refused(&app, &own.token(&header(&key), &claims()), "another's key under the same kid").await;
    });
}

#[test]
fn a_token_of_another_kind_is_refused() {
    with_portal(async |app, key| {
        for typ in ["at+jwt", "AT+JWT", "JWT", "application/at+jwt"] {
            accepted(&app, &key.token(&with(&header(&key), "typ", json!(typ)), &claims())).await;
        }
        for typ in ["secevent+jwt", "dpop+jwt", "logout+jwt", "JOSE", "", "at+jwt "] {
            refused(&app, &key.token(&with(&header(&key), "typ", json!(typ)), &claims()), typ).await;
        }
        refused(&app, &key.token(&without(&header(&key), "typ"), &claims()), "no typ").await;
        refused(&app, &key.token(&with(&header(&key), "typ", json!(["at+jwt"])), &claims()), "a list").await;
        refused(&app, &key.token(&without(&header(&key), "alg"), &claims()), "no alg").await;
        refused(&app, &key.token(&with(&header(&key), "alg", json!(["EdDSA"])), &claims()), "a list").await;
    });
}

#[test]
fn a_kid_only_looks_a_key_up() {
    with_portal(async |app, key| {
        let local = app.state.local_issuer.jwks().keys[0].common.key_id.clone().expect("a kid");
        for kid in [
            local.as_str(),
            "../../../../dev/null",
            "/proc/sys/kernel/randomize_va_space",
            "x' UNION SELECT 'secret' --",
            "portal-1\u{0}",
            "portal-1 ",
            "PORTAL-1",
            "",
            "https://evil.test/key",
            &"k".repeat(4000),
        ] {
            refused(&app, &key.token(&with(&header(&key), "kid", json!(kid)), &claims()), kid).await;
        }
        for kid in [json!(1), json!(["portal-1"]), json!({}), Value::Null] {
            refused(&app, &key.token(&with(&header(&key), "kid", kid.clone()), &claims()), "no text").await;
        }
        // Without `kid`, the issuer's only key is used.
        accepted(&app, &key.token(&without(&header(&key), "kid"), &claims())).await;
    });
}

#[test]
fn what_is_no_token_is_refused() {
    with_portal(async |app, key| {
        let good = key.token(&header(&key), &claims());
        let parts: Vec<&str> = good.split('.').collect();
        let odd = [
            "x".into(),
            "..".into(),
            "...".into(),
            "a.b.c".into(),
            format!("{good}.{}", parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}="),
            good.replacen('.', "..", 1),
            format!("{}.{}.{}", base64url("[]"), parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], base64url("null"), parts[2]),
            format!("{}.{}.{}", parts[0], base64url("{"), parts[2]),
            format!("{}.{}.{}", parts[0], base64url([0xff, 0xfe]), parts[2]),
        ];
        for token in odd {
            refused(&app, &token, &token).await;
        }
        let long = with(&claims(), "padding", json!("x".repeat(8 * 1024)));
        refused(&app, &key.token(&header(&key), &long), "longer than 8 KiB").await;
    });
}

#[test]
fn a_token_travels_in_one_header_and_nowhere_else() {
    with_portal(async |app, key| {
        let good = key.token(&header(&key), &claims());
        let in_address = app.nobody().get(&format!("/v1/me?access_token={good}")).await;
        in_address.problem(401, "invalid_token");
        app.bearer(&good).get(&format!("/v1/me?access_token={good}")).await.problem(401, "invalid_token");
        let twice = app.bearer(&good).get("/v1/me").header("authorization", &format!("Bearer {good}")).await;
        twice.problem(401, "invalid_token");
        for value in [good.clone(), format!("Basic {good}"), format!("Token {good}"), "Bearer".into(), "Bearer ".into()]
        {
            let answer = app.nobody().get("/v1/me").header("authorization", &value).await;
            answer.problem(401, "invalid_token");
        }
        let lower = app.nobody().get("/v1/me").header("authorization", &format!("bearer {good}")).await;
        lower.expect(200);
        let none = app.nobody().get("/v1/me").await;
        none.problem(401, "unauthorized");
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"xiaoqu\"");
        let body = app.nobody().post("/v1/companies", &json!({ "access_token": good })).await;
        body.problem(401, "unauthorized");
        let cookie = app.nobody().get("/v1/me").header("cookie", &format!("access_token={good}")).await;
        cookie.problem(401, "unauthorized");
        assert_eq!(me(&app, &good).await.status, 200);
    });
}
