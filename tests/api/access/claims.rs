//! Claims of tokens: each required claim must be present and valid.

use chrono::Utc;
use serde_json::{Value, json};

use super::{PORTAL, accepted, claims, expired, header, refused, with, with_portal, without};
use crate::support::keys::Key;
use crate::support::{ISSUER, TOWNSHIP};

#[test]
fn a_good_token_is_accepted() {
    with_portal(async |app, key| {
        let me = accepted(&app, &key.token(&header(&key), &claims())).await;
        assert_eq!((&me["issuer"], &me["subject"]), (&json!(PORTAL), &json!("officer-1")));
        assert_eq!((&me["role"], &me["division"]), (&json!("social_affairs_office"), &json!(TOWNSHIP)));
    });
}

#[test]
fn every_claim_must_be_there() {
    with_portal(async |app, key| {
        for name in ["iss", "aud", "exp", "nbf", "iat", "jti", "sub", "role", "division"] {
            // RFC 9068, 2.2 has no `nbf`, so other issuers may omit it.
            match name {
                "nbf" => drop(accepted(&app, &key.token(&header(&key), &without(&claims(), name))).await),
                _ => refused(&app, &key.token(&header(&key), &without(&claims(), name)), name).await,
            }
            refused(&app, &key.token(&header(&key), &with(&claims(), name, Value::Null)), name).await;
        }
        for name in ["exp", "nbf", "iat"] {
            for odd in [json!("2026-03-02T01:00:00Z"), json!(1.5), json!([1]), json!(u64::MAX), json!(i64::MIN)] {
                let token = key.token(&header(&key), &with(&claims(), name, odd.clone()));
                // A past time is not malformed: the token has expired.
                match name == "exp" && odd == json!(1.5) {
                    true => expired(&app, &token).await,
                    false => refused(&app, &token, name).await,
                }
            }
        }
        for name in ["sub", "jti", "role", "division", "iss", "name"] {
            for odd in [json!(7), json!(["x"]), json!({}), json!("x".repeat(201)), json!("a\u{0}b"), json!("")] {
                refused(&app, &key.token(&header(&key), &with(&claims(), name, odd.clone())), name).await;
            }
        }
    });
}

#[test]
fn an_audience_or_issuer_of_another_is_refused() {
    with_portal(async |app, key| {
        for aud in [json!("other"), json!(""), json!([]), json!(["other"]), json!({ "xiaoqu": true })] {
            refused(&app, &key.token(&header(&key), &with(&claims(), "aud", aud.clone())), "aud").await;
        }
        let both = with(&claims(), "aud", json!(["other", "xiaoqu"]));
        accepted(&app, &key.token(&header(&key), &both)).await;
        for iss in ["https://evil.test", "https://portal.test/", "HTTPS://PORTAL.TEST", "portal.test", ISSUER] {
            refused(&app, &key.token(&header(&key), &with(&claims(), "iss", json!(iss))), iss).await;
        }
        let listed = with(&claims(), "iss", json!([PORTAL, "https://evil.test"]));
        refused(&app, &key.token(&header(&key), &listed), "a list of issuers").await;
    });
}

#[test]
fn time_is_believed_within_a_minute() {
    with_portal(async |app, key| {
        let now = Utc::now().timestamp();
        for (name, at, good) in [
            ("exp", now - 50, true),
            ("exp", now - 70, false),
            ("exp", now - 100_000, false),
            ("nbf", now + 50, true),
            ("nbf", now + 75, false),
            ("iat", now + 50, true),
            ("iat", now + 75, false),
        ] {
            let token = key.token(&header(&key), &with(&claims(), name, json!(at)));
            if good {
                accepted(&app, &token).await;
            } else if name == "exp" {
                expired(&app, &token).await;
            } else {
                refused(&app, &token, &format!("{name} {}", at - now)).await;
            }
        }
    });
}

#[test]
fn a_token_that_was_accepted_ends_all_the_same() {
    with_portal(async |app, key| {
        // The leeway is 60 s, and this token has two seconds left.
        let token = key.token(&header(&key), &with(&claims(), "exp", json!(Utc::now().timestamp() - 58)));
        accepted(&app, &token).await;
        tokio::time::sleep(std::time::Duration::from_millis(3500)).await;
        expired(&app, &token).await;
        // With another key, the response does not disclose that the token expired.
        let forged = Key::ed25519("portal-1").token(&header(&key), &with(&claims(), "exp", json!(1_700_000_000)));
        refused(&app, &forged, "forged and over").await;
    });
}

#[test]
fn claims_given_twice_are_not_read_in_two_ways() {
    with_portal(async |app, key| {
        let good = claims().to_string();
        for member in
            ["\"role\":\"county_authority\"", &format!("\"iss\":\"{ISSUER}\""), "\"jti\":\"x\"", "\"\\u0073ub\":\"x\""]
        {
            let twice = format!("{{{member},{}", &good[1..]);
            refused(&app, &key.sign_text(&header(&key).to_string(), &twice), member).await;
        }
        let nested = format!("{{\"x\":[{{\"a\":1,\"a\":1}}],{}", &good[1..]);
        refused(&app, &key.sign_text(&header(&key).to_string(), &nested), "in a member").await;
        let head = format!("{{\"alg\":\"none\",{}", &header(&key).to_string()[1..]);
        refused(&app, &key.sign_text(&head, &good), "in the header").await;
        accepted(&app, &key.sign_text(&header(&key).to_string(), &good)).await;
    });
}

#[test]
fn what_nobody_sees_is_in_no_claim() {
    with_portal(async |app, key| {
        for name in ["sub", "jti", "name", "client_id"] {
            for odd in [
                "officer-1 ",
                " officer-1",
                "\u{3000}officer-1",
                "offi\u{200b}cer-1",
                "offi\u{ad}cer-1",
                "\u{202e}officer-1",
                "officer\u{3164}1",
                "officer\n1",
                "officer\u{1b}1",
                "officer\u{2800}1",
                "officer\u{fe0f}1",
                " ",
            ] {
                refused(
                    &app,
                    &key.token(&header(&key), &with(&claims(), name, json!(odd))),
                    &format!("{name} {odd:?}"),
                )
                .await;
            }
        }
        let named = with(&with(&claims(), "sub", json!("Officer 1")), "name", json!("张　三"));
        let me = accepted(&app, &key.token(&header(&key), &named)).await;
        assert_eq!(me["subject"], "Officer 1", "shown as the issuer writes it");
    });
}

#[test]
fn a_token_that_lives_too_long_is_refused() {
    with_portal(async |app, key| {
        let now = Utc::now().timestamp();
        for (life, good) in [(3600, true), (3610, false), (86_400 * 365, false), (8_000_000_000_000, false)] {
            let token = key.token(&header(&key), &with(&claims(), "exp", json!(now + life)));
            match good {
                true => drop(accepted(&app, &token).await),
                false => refused(&app, &token, &format!("{life} s")).await,
            }
        }
        // Issued long ago with too long a lifetime, and in its last minutes.
        let old = with(&with(&claims(), "iat", json!(now - 7200)), "exp", json!(now + 60));
        refused(&app, &key.token(&header(&key), &old), "in all").await;
        // The same applies to our own tokens.
        let own = with(&with(&claims(), "iss", json!(ISSUER)), "exp", json!(now + 86_410));
        let head = with(&header(&app.key), "kid", json!(app.state.local_issuer.jwks().keys[0].common.key_id));
        refused(&app, &app.key.token(&head, &own), "our own").await;
    });
}
