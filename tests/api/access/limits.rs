//! Limits of issuers, and the claims that each role requires.

use serde_json::{Value, json};
use xiaoqu::access::role::{ROLES, RoleKind};

use super::{COMPANY, PORTAL, accepted, claims, header, jwks, refused, trusted, with, with_portal, without};
use crate::support::keys::Key;
use crate::support::rows::{complex_input, text};
use crate::support::{AUDIENCE, ISSUER, Kind, Setup, TestApp, run};

/// A token of the local issuer with these claims in addition to the registered ones.
fn local(app: &TestApp, own: &Value) -> String {
    let kid = app.state.local_issuer.jwks().keys[0].common.key_id.clone().expect("a kid");
    let mut all = without(&without(&with(&claims(), "iss", json!(ISSUER)), "role"), "division");
    for (name, value) in own.as_object().expect("claims") {
        all[name] = value.clone();
    }
    app.key.token(&with(&header(&app.key), "kid", json!(kid)), &all)
}

#[test]
fn an_issuer_mints_only_within_its_limits() {
    with_portal(async |app, key| {
        let mint = |own: &[(&str, Value)]| {
            let mut all = without(&claims(), "division");
            for (name, value) in own {
                all[*name] = value.clone();
            }
            key.token(&header(&key), &all)
        };
        accepted(&app, &mint(&[("role", json!("county_authority")), ("division", json!("640121"))])).await;
        accepted(&app, &mint(&[("role", json!("resident"))])).await;
        accepted(&app, &mint(&[("role", json!("property_company")), ("company", json!(COMPANY))])).await;
        for (why, own) in [
            ("role", vec![("role", json!("auditor")), ("division", json!("640121"))]),
            ("role", vec![("role", json!("township_leader")), ("division", json!("640121102"))]),
            ("role", vec![("role", json!("king"))]),
            ("role", vec![("role", json!("Resident"))]),
            ("division", vec![("division", json!("640122100"))]),
            ("division", vec![("role", json!("county_authority")), ("division", json!("640122"))]),
            ("division of a county above", vec![("role", json!("county_authority")), ("division", json!("6401"))]),
            ("company", vec![("role", json!("property_company")), ("company", json!("91640121MA0000001X"))]),
            ("no company", vec![("role", json!("property_company"))]),
        ] {
            refused(&app, &mint(&own), &format!("{why}: {own:?}")).await;
        }
    });
}

#[test]
fn a_division_has_the_length_of_its_role() {
    run(Kind::Sqlite, Setup::default(), async |app: TestApp| {
        let full = "640121102001";
        for row in ROLES {
            let mut own = json!({ "role": row.code });
            match row.kind {
                RoleKind::Company => own["company"] = json!(COMPANY),
                RoleKind::Committee => own["complex"] = json!(uuid::Uuid::now_v7()),
                _ => {}
            }
            if row.code == "utility_operator" {
                own["organisation"] = json!("water");
            }
            for digits in [0, 2, 4, 6, 9, 12] {
                let own = if digits == 0 { own.clone() } else { with(&own, "division", json!(full[..digits])) };
                let token = local(&app, &own);
                match digits == row.division_digits {
                    true => drop(accepted(&app, &token).await),
                    false => refused(&app, &token, &format!("{} with {digits} digits", row.code)).await,
                }
            }
            let odd = "64012110200X".get(..row.division_digits.max(1)).expect("digits").replace('1', "１");
            refused(&app, &local(&app, &with(&own, "division", json!(odd))), &odd).await;
        }
    });
}

#[test]
fn a_claim_that_a_role_must_not_have_is_refused() {
    run(Kind::Sqlite, Setup::default(), async |app: TestApp| {
        let social = json!({ "role": "social_affairs_office", "division": "640121102" });
        accepted(&app, &local(&app, &social)).await;
        for (name, value) in [
            ("company", json!(COMPANY)),
            ("complex", json!(uuid::Uuid::now_v7())),
            ("organisation", json!("water")),
            ("tasks", json!([2])),
        ] {
            refused(&app, &local(&app, &with(&social, name, value)), name).await;
        }
        let company = json!({ "role": "property_company", "company": COMPANY });
        accepted(&app, &local(&app, &company)).await;
        for odd in ["9135", "91350100M000100O43", "91350100m000100y43", " 91350100M000100Y43"] {
            refused(&app, &local(&app, &with(&company, "company", json!(odd))), odd).await;
        }
        let committee = json!({ "role": "complex_committee", "complex": uuid::Uuid::now_v7() });
        accepted(&app, &local(&app, &committee)).await;
        refused(&app, &local(&app, &with(&committee, "complex", json!("the garden"))), "no uuid").await;
        let operator = json!({ "role": "utility_operator", "division": "640121", "organisation": "water" });
        accepted(&app, &local(&app, &operator)).await;
        refused(&app, &local(&app, &without(&operator, "organisation")), "no organisation").await;
        refused(&app, &local(&app, &with(&operator, "organisation", json!("casino"))), "none of the six").await;
        let leader = json!({ "role": "township_leader", "division": "640121102", "tasks": [2, 8] });
        assert_eq!(accepted(&app, &local(&app, &leader)).await["tasks"], json!([2, 8]));
        for odd in [json!([0]), json!([9]), json!(["2"]), json!(2), json!("2")] {
            refused(&app, &local(&app, &with(&leader, "tasks", odd.clone())), "tasks").await;
        }
    });
}

fn machine_portal(key: &Key) -> xiaoqu::access::issuer::Issuer {
    trusted(&[
        ("issuer", json!(PORTAL)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(["EdDSA"])),
        ("jwks", jwks(&[key])),
        ("allowed_roles", json!(["county_authority", "social_affairs_office"])),
        ("allowed_divisions", json!(["640121"])),
        ("machine", json!(true)),
    ])
}

#[test]
fn a_machine_reads_and_submits_and_decides_nothing() {
    let key = Key::ed25519("m");
    let setup = Setup { trusted_issuers: vec![machine_portal(&key)], ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let county = with(&with(&claims(), "role", json!("county_authority")), "division", json!("640121"));
        let machine = app.bearer(&key.token(&header(&key), &county));
        let me = machine.get("/v1/me").await.expect(200);
        assert_eq!(me["machine"], true);
        let permissions: Vec<&str> = me["permissions"].as_array().expect("a list").iter().map(text).collect();
        assert!(permissions.contains(&"create_company") && !permissions.contains(&"publish_policy"));
        machine.post("/v1/complexes", &complex_input()).await.expect(201);
        let answer = machine.post("/v1/policies", &json!({})).await;
        answer.problem(403, "person_required");
        assert!(answer.header("www-authenticate").contains("insufficient_scope"));
    });
}

#[test]
fn a_token_whose_subject_is_its_client_is_a_machine() {
    run(Kind::Sqlite, Setup::default(), async |app: TestApp| {
        let county = json!({ "role": "county_authority", "division": "640121", "client_id": "county-system" });
        let person = accepted(&app, &local(&app, &county)).await;
        assert_eq!((&person["machine"], &person["client"]), (&json!(false), &json!("county-system")));
        let machine = with(&county, "sub", json!("county-system"));
        assert_eq!(accepted(&app, &local(&app, &machine)).await["machine"], true);
        app.bearer(&local(&app, &machine)).post("/v1/policies", &json!({})).await.problem(403, "person_required");
    });
}

#[test]
fn claims_are_read_under_the_names_that_the_operator_maps() {
    let key = Key::ed25519("m");
    let issuer = trusted(&[
        ("issuer", json!(PORTAL)),
        ("audience", json!("urn:county")),
        ("algorithms", json!(["EdDSA"])),
        ("jwks", jwks(&[&key])),
        ("allowed_roles", json!(["social_affairs_office"])),
        ("allowed_divisions", json!(["640121102"])),
        ("claim_mapping", json!({ "role": "urn:office", "division": "area" })),
    ]);
    run(Kind::Sqlite, Setup { trusted_issuers: vec![issuer], ..Setup::default() }, async |app: TestApp| {
        let mut all = without(&with(&claims(), "aud", json!("urn:county")), "role");
        refused(&app, &key.token(&header(&key), &all), "no role").await;
        all["urn:office"] = json!("social_affairs_office");
        all["area"] = json!("640121102");
        // The claim with the usual name is ignored.
        all["role"] = json!("county_authority");
        all["division"] = json!("640122");
        let me = accepted(&app, &key.token(&header(&key), &all)).await;
        assert_eq!((&me["role"], &me["division"]), (&json!("social_affairs_office"), &json!("640121102")));
        all["area"] = json!("640121100");
        refused(&app, &key.token(&header(&key), &all), "a township beyond the limit").await;
    });
}
