//! Merging complaints about the same matter, and who may act on them.

use serde_json::json;
use xiaoqu::access::Role;
use xiaoqu::token_issuing::{TokenArgs, issue};

use crate::on_both_databases;
use crate::support::client::{Client, arguments};
use crate::support::complaining::{at, by_phone, complaint, elsewhere, kinds, of, step};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, COUNTY, TOWNSHIP, TestApp};

fn operator(app: &TestApp, utility: &str) -> Client {
    let arguments = TokenArgs {
        organisation: Some(utility.into()),
        division: Some(COUNTY.into()),
        ..arguments(Role::UtilityOperator)
    };
    app.bearer(&issue(&app.state.local_issuer, &arguments, 60).expect("a token"))
}

fn resident(app: &TestApp, name: &str) -> Client {
    app.officer(Role::Resident, "", name)
}

on_both_databases! {
    async fn complaints_of_one_matter_are_suggested_and_merged_and_everyone_is_told_once(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (one, two, both) = (resident(&app, "r-1"), resident(&app, "r-2"), resident(&app, "r-3"));
        let ticket = complaint("service.lift", &complex);
        let first = one.post("/v1/complaints", &ticket).await.expect(201);
        let second = two.post("/v1/complaints", &ticket).await.expect(201);
        let other = two.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        for ticket in [&first, &second] {
            let follows = step(&both, ticket, "following", json!({})).await;
            assert_eq!((&follows["following"], follows["followers"].as_i64()), (&json!(true), Some(2)));
            assert_eq!(step(&both, ticket, "following", json!({})).await["followers"].as_i64(), Some(2), "once");
        }
        let supervisor = app.office(Role::EnforcementOffice, TOWNSHIP);
        assert_eq!(supervisor.get(&at(&first, "duplicates")).await.ids(), [text(&second["id"])]);
        let merge = json!({ "into": first["id"], "reasons": "同一电梯同一故障" });
        app.social().post(&at(&second, "merge"), &merge).await.problem(403, "forbidden");
        supervisor.post(&at(&first, "merge"), &merge).await.faults(&[("/into", "unknown_reference")]);
        let merged = step(&supervisor, &second, "merge", merge.clone()).await;
        assert_eq!((text(&merged["state"]), &merged["merged_into"]), ("merged", &first["id"]));
        supervisor.post(&at(&second, "merge"), &merge).await.problem(409, "state_conflict");
        let into = json!({ "into": second["id"], "reasons": "同一故障" });
        supervisor.post(&at(&other, "merge"), &into).await.problem(403, "forbidden");
        supervisor.post(&at(&first, "merge"), &into).await.faults(&[("/into", "conflict")]);
        assert_eq!(supervisor.get(&of(&first)).await.expect(200)["followers"].as_i64(), Some(3));
        let portal = app.company(text(&company["uscc"]));
        step(&portal, &first, "reply", json!({ "text": "电梯已修复" })).await;
        for who in [&one, &two, &both] {
            let news = who.get("/v1/complaint-updates").await;
            let replies = news.items().iter().filter(|step| step["kind"] == "replied").count();
            assert_eq!(replies, 1);
        }
        // The complainant of the merged complaint cannot rate the target complaint.
        two.post(&at(&first, "satisfaction"), &json!({ "score": 5 })).await.problem(403, "forbidden");
        step(&one, &first, "satisfaction", json!({ "score": 5 })).await;
    }

    async fn before_a_complaint_is_made_the_app_is_told_what_is_on_file(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let one = resident(&app, "r-1");
        let ticket = one.post("/v1/complaints", &complaint("service.lift", &complex)).await.expect(201);
        one.post("/v1/complaints", &complaint("privacy.leak", &complex)).await.expect(201);
        let ask = |category: &str| format!("/v1/similar-complaints?category={category}&complex_id={}", text(&complex["id"]));
        let two = resident(&app, "r-2");
        let found = two.get(&ask("service.lift")).await;
        assert_eq!(found.ids(), [text(&ticket["id"])]);
        assert!(found.items()[0].get("description").is_none());
        assert!(two.get(&ask("privacy.leak")).await.items().is_empty(), "nobody learns of a private one");
        two.get(&of(&ticket)).await.problem(404, "not_found");
        step(&two, &ticket, "following", json!({})).await;
        let seen = two.get(&of(&ticket)).await.expect(200);
        assert_eq!((&seen["contact"], &seen["company_id"]), (&json!(null), &ticket["company_id"]));
        two.post(&at(&ticket, "comments"), &json!({ "audience": "complainant", "text": "我也一样" })).await.problem(403, "forbidden");
        step(&two, &ticket, "following-end", json!({})).await;
        two.get(&of(&ticket)).await.problem(404, "not_found");
        one.post(&at(&ticket, "following-end"), &json!({})).await.problem(409, "state_conflict");
    }

    async fn a_private_complaint_is_followed_by_nobody(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let ticket = resident(&app, "r-1").post("/v1/complaints", &complaint("privacy.leak", &complex)).await.expect(201);
        resident(&app, "r-2").post(&at(&ticket, "following"), &json!({})).await.problem(404, "not_found");
    }

    async fn the_hotline_s_number_is_on_file_once_and_finds_its_complaint(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let mut ticket = by_phone("service.order", &complex);
        ticket["channel"] = json!("hotline");
        desk.post("/v1/complaints", &ticket).await.faults(&[("/hotline_number", "required")]);
        ticket["hotline_number"] = json!("YC-20260302-0001");
        let made = desk.post("/v1/complaints", &ticket).await.expect(201);
        desk.post("/v1/complaints", &ticket).await.problem(409, "already_exists");
        let found = desk.get("/v1/complaints?hotline_number=YC-20260302-0001").await;
        assert_eq!(found.ids(), [text(&made["id"])]);
        ticket["channel"] = json!("visit");
        desk.post("/v1/complaints", &ticket).await.faults(&[("/hotline_number", "conflict")]);
    }

    async fn every_fault_of_a_complaint_is_told_at_once(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let mut ticket = complaint("officials.inaction", &complex);
        ticket["channel"] = json!("hotline");
        ticket["anonymous"] = json!(true);
        ticket["contact"] = json!({});
        ticket["consent_to_company"] = json!(true);
        ticket["division"] = json!(COMMUNITY);
        ticket["organisation"] = json!("water");
        let mut found = resident(&app, "r-1").post("/v1/complaints", &ticket).await.errors().iter().map(|(at, code)| format!("{at} {code}")).collect::<Vec<_>>();
        found.sort();
        assert_eq!(
            found,
            [
                "/channel wrong_party", "/complained_office required", "/consent_to_company conflict", "/contact conflict",
                "/contact required", "/division conflict", "/hotline_number required", "/organisation conflict",
            ]
        );
        assert_eq!(app.count("complaints"), 0);
    }

    async fn each_utility_sees_its_own_complaints(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let mut ticket = complaint("utility.heat_gas", &complex);
        let who = resident(&app, "r-1");
        who.post("/v1/complaints", &ticket).await.faults(&[("/organisation", "required")]);
        ticket["organisation"] = json!("water");
        who.post("/v1/complaints", &ticket).await.faults(&[("/organisation", "conflict")]);
        ticket["organisation"] = json!("heat");
        let made = who.post("/v1/complaints", &ticket).await.expect(201);
        assert_eq!(operator(&app, "heat").get("/v1/complaints").await.ids(), [text(&made["id"])]);
        operator(&app, "gas").get(&of(&made)).await.problem(404, "not_found");
        step(&operator(&app, "heat"), &made, "reply", json!({ "text": "已恢复供热" })).await;
    }

    async fn a_comment_is_heard_by_those_whom_it_is_for(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (who, portal, social) = (resident(&app, "r-1"), app.company(text(&company["uscc"])), app.social());
        let ticket = who.post("/v1/complaints", &complaint("service.order", &complex)).await.expect(201);
        let comment = |audience: &str, text: &str| json!({ "audience": audience, "text": text });
        social.post(&at(&ticket, "comments"), &comment("offices", "内部意见")).await.expect(201);
        social.post(&at(&ticket, "comments"), &comment("parties", "请物业三日内处理")).await.expect(201);
        who.post(&at(&ticket, "comments"), &comment("complainant", "谢谢")).await.expect(201);
        who.post(&at(&ticket, "comments"), &comment("offices", "谢谢")).await.faults(&[("/audience", "wrong_party")]);
        portal.post(&at(&ticket, "comments"), &comment("offices", "x")).await.faults(&[("/audience", "wrong_party")]);
        assert_eq!(kinds(&social, &ticket).await.len(), 4);
        assert_eq!(kinds(&portal, &ticket).await.len(), 3);
        assert_eq!(kinds(&who, &ticket).await.len(), 2);
    }

    async fn where_nobody_serves_the_community_answers(app: TestApp) {
        let complex = crate::support::rows::a_complex(&app).await;
        let ticket = resident(&app, "r-1").post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        assert_eq!((text(&ticket["handler"]["role"]), text(&ticket["supervising_office"]["role"])), ("community", "social_affairs_office"));
        let mut noise = elsewhere("environment.noise");
        noise["point"] = json!({ "longitude": 106.25, "latitude": 38.28, "system": "wgs84" });
        let made = resident(&app, "r-1").post("/v1/complaints", &noise).await.expect(201);
        noise["point"]["latitude"] = json!(38.281);
        let near = resident(&app, "r-2").post("/v1/complaints", &noise).await.expect(201);
        noise["point"]["latitude"] = json!(38.30);
        resident(&app, "r-3").post("/v1/complaints", &noise).await.expect(201);
        let office = app.office(Role::EnforcementOffice, TOWNSHIP);
        assert_eq!(office.get(&at(&made, "duplicates")).await.ids(), [text(&near["id"])]);
    }
}
