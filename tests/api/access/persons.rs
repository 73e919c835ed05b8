//! A person is the same person however the subject is spelled. A system is not a person, whatever its issuer claims.

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::access::issuer::Issuer;

use super::{COMPANY, PORTAL, accepted, claims, header, jwks, refused, trusted, with, without};
use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, reasons};
use crate::support::complaining::{complaint, of, step};
use crate::support::keys::Key;
use crate::support::rows::{a_served_complex, complex_input, path, text};
use crate::support::systems::reason;
use crate::support::{AUDIENCE, COUNTY, ISSUER, Kind, Setup, TOWNSHIP, TestApp, run};

/// Spellings by which somebody could pretend to be another person.
fn spellings(subject: &str) -> [String; 3] {
    let full_width = |letter: char| match letter {
        '!'..='~' => char::from_u32(letter as u32 + 0xfee0).expect("a letter"),
        other => other,
    };
    [subject.to_uppercase(), subject.chars().map(full_width).collect(), subject[..1].to_uppercase() + &subject[1..]]
}

on_both_databases! {
    async fn nobody_approves_their_own_request_under_another_spelling(app: TestApp) {
        let client = app.a_client().await;
        let at = format!("{}/approval", path("clients", &client));
        for spelling in spellings("system_administrator-1") {
            let same = app.officer(Role::CountyAuthority, COUNTY, &spelling);
            assert_eq!(same.get("/v1/me").await.expect(200)["subject"], spelling, "shown as it is");
            same.post(&at, &reason()).await.problem(403, "same_person");
        }
        app.approved(&client).await;
    }

    async fn nobody_confirms_their_own_report_under_another_spelling(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let last = case.notified("V1", nine(3), "P", "2026-03-02").await;
        case.on(&next_day(&last));
        let at = case.violation("V1");
        let reporter = text(&case.reporter().get("/v1/me").await.expect(200)["subject"]).to_owned();
        for spelling in spellings(&reporter) {
            let same = app.officer(Role::SocialAffairsOffice, TOWNSHIP, &spelling);
            same.post(&format!("{at}/confirmation"), &reasons()).await.problem(403, "same_person");
        }
        case.confirm("V1").await;
    }

    async fn a_revocation_ends_every_spelling(app: TestApp) {
        let revocation = |value: &str| json!({ "kind": "subject", "issuer": ISSUER, "value": value, "reason": "测试吊销" });
        for odd in ["leaver ", "\u{200b}leaver", "lea\u{3164}ver", "lea\u{ad}ver"] {
            let answer = app.administrator().post("/v1/token-revocations", &revocation(odd)).await;
            assert_eq!(answer.status, 400, "{odd:?} {}", answer.json);
        }
        let fresh = |subject: &str| app.officer(Role::SocialAffairsOffice, TOWNSHIP, subject);
        let before = fresh("Leaver");
        before.get("/v1/me").await.expect(200);
        app.administrator().post("/v1/token-revocations", &revocation("ＬEAVER")).await.expect(201);
        app.state.revoked.refresh(&app.state.db).await.expect("what is revoked");
        before.get("/v1/me").await.problem(401, "invalid_token");
        for spelling in spellings("leaver") {
            fresh(&spelling).get("/v1/me").await.problem(401, "invalid_token");
        }
        fresh("leaver2").get("/v1/me").await.expect(200);
    }

    async fn a_residents_complaints_are_theirs_under_every_spelling(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = |subject: &str| app.officer(Role::Resident, "", subject);
        let ticket = resident("Resident-7").post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        for spelling in spellings("resident-7") {
            assert_eq!(resident(&spelling).get("/v1/complaints").await.ids(), [text(&ticket["id"])]);
            step(&resident(&spelling), &ticket, "following", json!({})).await;
        }
        resident("resident-8").get(&of(&ticket)).await.problem(404, "not_found");
        assert_eq!(app.count("complaint_followers"), 1);
    }

    async fn a_key_is_one_persons_under_every_spelling(app: TestApp) {
        let input = complex_input();
        let office = |subject: &str| app.officer(Role::SocialAffairsOffice, TOWNSHIP, subject);
        let first = office("Officer-3").post("/v1/complexes", &input).key("k").await;
        first.expect(201);
        for spelling in spellings("officer-3") {
            let again = office(&spelling).post("/v1/complexes", &input).key("k").await;
            assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"), "{spelling}");
        }
    }

    async fn the_ledger_finds_what_somebody_did_under_every_spelling(app: TestApp) {
        for subject in ["Officer-3", "officer-3", "ｏfficer-3", "officer-4"] {
            app.officer(Role::SocialAffairsOffice, TOWNSHIP, subject).post("/v1/complexes", &complex_input()).await.expect(201);
        }
        app.sealed().await;
        let auditor = app.office(Role::Auditor, COUNTY);
        for spelling in ["officer-3", "OFFICER-3", "%EF%BD%8Ffficer-3"] {
            let found = auditor.get(&format!("/v1/ledger/entries?type=complex.registered&actor_sub={spelling}")).await;
            assert_eq!(found.items().len(), 3, "{spelling}");
        }
    }
}

/// An issuer limited to one complex, one organisation, one task and one company, with these rules.
fn limited(key: &Key, more: &[(&str, Value)]) -> Issuer {
    let mut table = vec![
        ("issuer", json!(PORTAL)),
        ("audience", json!(AUDIENCE)),
        ("algorithms", json!(["EdDSA"])),
        ("jwks", jwks(&[key])),
        (
            "allowed_roles",
            json!(["county_authority", "complex_committee", "utility_operator", "township_leader", "property_company"]),
        ),
        ("allowed_divisions", json!([COUNTY])),
        ("allowed_companies", json!([COMPANY])),
        ("allowed_complexes", json!([COMPLEX])),
        ("allowed_organisations", json!(["gas"])),
        ("allowed_tasks", json!([2, 4])),
        ("max_token_minutes", json!(15)),
    ];
    table.extend_from_slice(more);
    trusted(&table)
}

const COMPLEX: &str = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";

fn with_limited<F: Future<Output = ()>>(more: &[(&str, Value)], test: impl FnOnce(TestApp, Key) -> F) {
    let key = Key::ed25519("portal-1");
    let setup = Setup { trusted_issuers: vec![limited(&key, more)], ..Setup::default() };
    run(Kind::Sqlite, setup, |app| test(app, key));
}

#[test]
fn every_claim_that_widens_a_caller_has_a_limit_of_its_issuer() {
    with_limited(&[], async |app, key| {
        let base = |role: &str| with(&without(&claims(), "division"), "role", json!(role));
        let elsewhere = json!(uuid::Uuid::now_v7());
        for (role, claim, good, beyond) in [
            ("complex_committee", "complex", json!(COMPLEX), elsewhere),
            ("property_company", "company", json!(COMPANY), json!("91640121MA0000001X")),
        ] {
            accepted(&app, &key.token(&header(&key), &with(&base(role), claim, good))).await;
            refused(&app, &key.token(&header(&key), &with(&base(role), claim, beyond)), role).await;
        }
        let leader = with(&with(&base("township_leader"), "division", json!(TOWNSHIP)), "tasks", json!([2]));
        accepted(&app, &key.token(&header(&key), &leader)).await;
        refused(&app, &key.token(&header(&key), &with(&leader, "tasks", json!([2, 3]))), "a task").await;
        let utility = with(&with(&base("utility_operator"), "division", json!(COUNTY)), "organisation", json!("gas"));
        accepted(&app, &key.token(&header(&key), &utility)).await;
        refused(&app, &key.token(&header(&key), &with(&utility, "organisation", json!("water"))), "organisation").await;
        let now = chrono::Utc::now().timestamp();
        let county = with(&with(&base("county_authority"), "division", json!(COUNTY)), "exp", json!(now + 900));
        accepted(&app, &key.token(&header(&key), &county)).await;
        refused(&app, &key.token(&header(&key), &with(&county, "exp", json!(now + 960))), "16 minutes").await;
    });
}

async fn is_machine(app: &TestApp, key: &Key, more: &[(&str, &str)]) -> bool {
    let mut all = with(&with(&claims(), "role", json!("county_authority")), "division", json!(COUNTY));
    for (name, value) in more {
        all[*name] = json!(value);
    }
    let token = key.token(&header(key), &all);
    let me = accepted(app, &token).await;
    let machine = me["machine"] == true;
    // An operation for persons only, which is refused before its body is checked.
    let decides = app.bearer(&token).post("/v1/policies", &json!({})).await;
    assert_eq!((decides.status == 403, decides.code() == "person_required"), (machine, machine), "{}", decides.json);
    machine
}

/// Tokens of services, as common issuers make them.
const SERVICES: &[&[(&str, &str)]] = &[
    &[("preferred_username", "service-account-hotline"), ("azp", "hotline")],
    &[("gty", "client-credentials"), ("sub", "x7Kq@clients"), ("azp", "x7Kq")],
    &[("client_id", "officer-1")],
    &[("azp", "officer-1")],
    &[("idtyp", "app")],
];

#[test]
fn of_an_issuer_that_does_not_say_what_makes_a_person_every_token_is_a_systems() {
    with_limited(&[("person_claims", json!([]))], async |app, key| {
        assert!(is_machine(&app, &key, &[]).await);
        assert!(is_machine(&app, &key, &[("preferred_username", "wang")]).await);
        for service in SERVICES {
            assert!(is_machine(&app, &key, service).await, "{service:?}");
        }
    });
}

#[test]
fn a_claim_says_what_makes_a_person_and_another_what_makes_a_system() {
    let rules = [
        ("person_claims", json!([{ "claim": "preferred_username" }, { "claim": "/acr", "prefix": "otp" }])),
        ("machine_claims", json!([{ "claim": "kind", "value": "robot" }])),
    ];
    with_limited(&rules, async |app, key| {
        assert!(!is_machine(&app, &key, &[("preferred_username", "wang")]).await);
        assert!(!is_machine(&app, &key, &[("acr", "otp-2")]).await);
        assert!(is_machine(&app, &key, &[("acr", "password")]).await);
        assert!(is_machine(&app, &key, &[]).await, "unknown");
        assert!(is_machine(&app, &key, &[("preferred_username", "wang"), ("kind", "robot")]).await);
        for service in SERVICES {
            let mut claims = vec![("preferred_username", "wang")];
            claims.extend_from_slice(service);
            assert!(is_machine(&app, &key, &claims).await, "{service:?}");
        }
    });
}
