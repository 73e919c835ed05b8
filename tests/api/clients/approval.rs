use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::rows::{a_company, a_complex, path, text};
use crate::support::systems::{client_input, reason, token};
use crate::support::{COUNTY, ISSUER, NEIGHBOUR, OTHER_COUNTY, TOWNSHIP, TestApp};

fn with(input: &Value, more: Value) -> Value {
    let mut changed = input.clone();
    changed.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    changed
}

on_both_databases! {
    async fn a_client_works_once_the_county_has_approved_it(app: TestApp) {
        let made = app.administrator().post("/v1/clients", &client_input()).await;
        let client = made.expect(201);
        assert_eq!((&client["state"], &client["county"]), (&json!("pending"), &json!(COUNTY)));
        assert_eq!((&client["requested_by"], &client["secrets"]), (&json!("system_administrator-1"), &json!([])));
        let secret = app.a_secret(&client, 0).await;
        let early = token(&app, text(&client["id"]), &secret).await;
        assert_eq!((early.status, early.json["error"].as_str()), (400, Some("unauthorized_client")));

        let approved = app.approved(&client).await;
        assert_eq!((&approved["state"], &approved["approved_by"]), (&json!("active"), &json!("county_authority-1")));
        let answer = token(&app, text(&client["id"]), &secret).await.expect(200);
        let system = app.bearer(text(&answer["access_token"]));
        let me = system.get("/v1/me").await.expect(200);
        assert_eq!((&me["machine"], &me["subject"], &me["client"]), (&json!(true), &client["id"], &client["id"]));
        assert_eq!((&me["role"], &me["division"]), (&json!("social_affairs_office"), &json!(TOWNSHIP)));
        system.get("/v1/violations").await.expect(200);
        app.county().post(&format!("{}/approval", path("clients", &client)), &reason()).await.problem(409, "state_conflict");
    }

    async fn administrators_do_not_approve_and_offices_do_not_administer(app: TestApp) {
        let client = app.a_client().await;
        let at = path("clients", &client);
        let approval = format!("{at}/approval");
        app.administrator().post(&approval, &reason()).await.problem(403, "forbidden");
        app.county().post("/v1/clients", &client_input()).await.problem(403, "forbidden");
        app.county().post(&format!("{at}/secret"), &json!({ "overlap_hours": 0 })).await.problem(403, "forbidden");
        app.social().get(&at).await.problem(403, "forbidden");
        // One person with two tokens cannot approve what they requested themselves.
        let both = app.officer(Role::CountyAuthority, COUNTY, "system_administrator-1");
        both.post(&approval, &reason()).await.problem(403, "same_person");
        app.office(Role::Auditor, COUNTY).get(&at).await.expect(200);
        app.approved(&client).await;
    }

    async fn a_neighbour_county_sees_and_approves_nothing(app: TestApp) {
        let client = app.a_client().await;
        let at = path("clients", &client);
        for role in [Role::SystemAdministrator, Role::CountyAuthority, Role::Auditor] {
            let stranger = app.office(role, OTHER_COUNTY);
            stranger.get(&at).await.problem(404, "not_found");
            assert!(stranger.get("/v1/clients").await.items().is_empty());
        }
        app.office(Role::CountyAuthority, OTHER_COUNTY).post(&format!("{at}/approval"), &reason()).await.problem(404, "not_found");
        let beyond = with(&client_input(), json!({ "division": "640122100" }));
        app.administrator().post("/v1/clients", &beyond).await.faults(&[("/division", "unknown_reference")]);
    }

    async fn a_grant_that_no_client_can_have_is_refused_with_every_fault(app: TestApp) {
        let admin = app.administrator();
        let refused = async |more: Value, faults: &[(&str, &str)]| {
            admin.post("/v1/clients", &with(&client_input(), more)).await.faults(faults);
        };
        refused(json!({ "role": "system_administrator" }), &[("/role", "unknown_value")]).await;
        refused(json!({ "role": "resident", "division": null }), &[("/role", "unknown_value")]).await;
        refused(json!({ "division": "640121999" }), &[("/division", "unknown_reference")]).await;
        refused(json!({ "role": "property_company" }), &[("/division", "conflict"), ("/company", "required")]).await;
        refused(
            json!({ "division": null, "organisation": "gas", "operations": ["report_violation", "confirm_violation"] }),
            &[("/division", "required"), ("/organisation", "conflict"), ("/operations/1", "unknown_value")],
        ).await;
        let unknown = "91640121MA00000000";
        refused(
            json!({ "role": "property_company", "division": null, "company": unknown }),
            &[("/company", "unknown_reference")],
        ).await;
        let far = a_complex_in_the_other_county(&app).await;
        refused(
            json!({ "role": "complex_committee", "division": null, "complex_id": far["id"] }),
            &[("/complex_id", "unknown_reference")],
        ).await;
    }

    async fn a_client_acts_for_a_company_or_a_committee(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        for more in [
            json!({ "role": "property_company", "division": null, "company": company["uscc"] }),
            json!({ "role": "complex_committee", "division": null, "complex_id": complex["id"] }),
            json!({ "role": "utility_operator", "division": COUNTY, "organisation": "gas" }),
        ] {
            let system = app.a_system(&with(&client_input(), more.clone())).await;
            let me = system.client(&app).await.get("/v1/me").await.expect(200);
            assert_eq!(me["role"], more["role"]);
            assert_eq!((&me["company"], &me["organisation"]), (&more["company"], &more["organisation"]));
        }
    }

    async fn another_role_or_territory_needs_another_approval(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let at = system.path();
        let admin = app.administrator();
        let etag = admin.get(&at).await.etag();
        let renamed = admin.patch(&at, &json!({ "name": "新名称", "contact": "另一联系人" })).if_match(&etag).await;
        assert_eq!(renamed.json["state"], "active", "a name is nothing that was approved");
        let same = admin.patch(&at, &json!({ "division": TOWNSHIP })).if_match(&renamed.etag()).await;
        assert_eq!(same.json["state"], "active", "nothing changed");

        let changer = app.officer(Role::SystemAdministrator, COUNTY, "admin-2");
        let moved = changer.patch(&at, &json!({ "division": NEIGHBOUR })).if_match(&same.etag()).await;
        assert_eq!((&moved.json["state"], &moved.json["approved_by"]), (&json!("pending"), &json!(null)));
        assert_eq!(moved.json["requested_by"], "admin-2");
        assert_eq!(system.token(&app).await.json["error"], "unauthorized_client");
        let both = app.officer(Role::CountyAuthority, COUNTY, "admin-2");
        both.post(&format!("{at}/approval"), &reason()).await.problem(403, "same_person");
        app.approved(&system.row).await;
        let me = system.client(&app).await.get("/v1/me").await.expect(200);
        assert_eq!(me["division"], NEIGHBOUR);
        // The approval applies to the version that was seen, not to an earlier one.
        let stale = app.county().post(&format!("{at}/approval"), &reason()).if_match(&etag).await;
        stale.problem(412, "precondition_failed");
    }

    async fn every_step_is_in_the_ledger_and_no_secret_is(app: TestApp) {
        let system = app.a_system(&client_input()).await;
        let admin = app.administrator();
        for step in ["suspension", "resumption", "revocation"] {
            admin.post(&format!("{}/{step}", system.path()), &reason()).await.expect(200);
        }
        let made = json!({ "kind": "subject", "issuer": ISSUER, "value": "officer-9", "reason": "调离" });
        let revocation = admin.post("/v1/token-revocations", &made).await.expect(201);
        admin.post(&format!("{}/withdrawal", path("token-revocations", &revocation)), &reason()).await.expect(200);
        let kinds = app.values("SELECT kind AS value FROM ledger_events WHERE actor_role <> 'program' ORDER BY recorded_at, id");
        assert_eq!(kinds, [
            "client.registered", "client.secret_rotated", "client.approved", "client.suspended", "client.resumed",
            "client.revoked", "token_revocation.created", "token_revocation.withdrawn",
        ]);
        for leaf in app.values("SELECT leaf AS value FROM ledger_events") {
            assert!(!leaf.contains("xqs_") && !leaf.contains("测试联系人"), "{leaf}");
        }
        for digest in app.values("SELECT digest AS value FROM client_secrets") {
            assert!(digest.len() == 64 && !digest.contains("xqs_"));
        }
    }
}

async fn a_complex_in_the_other_county(app: &TestApp) -> Value {
    let mut input = crate::support::rows::complex_input();
    input["community"] = json!("640122100200");
    app.office(Role::CountyAuthority, OTHER_COUNTY).post("/v1/complexes", &input).await.expect(201)
}
