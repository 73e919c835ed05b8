use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::complaining::{at, by_phone, complaint, kinds, of, step, with_contact};
use crate::support::needles::Needle;
use crate::support::rows::{a_served_complex, text};
use crate::support::systems::client_input;
use crate::support::{COMMUNITY, TOWNSHIP};

const UNMASK: &str = "unmask=%E7%94%B5%E8%AF%9D%E6%A0%B8%E5%AE%9E";

async fn unmasked(who: &Client, ticket: &Value) -> crate::support::client::Response {
    who.get(&format!("{}?{UNMASK}", of(ticket))).await
}

on_both_databases! {
    async fn the_office_that_handles_reads_the_contact_on_purpose_and_on_record(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let social = app.social();
        let masked = social.get(&of(&ticket)).await.expect(200);
        assert_eq!(
            masked["contact"],
            json!({ "masked": true, "name": "欧**", "phone": "139****5678", "address": "示范花园三****" })
        );
        unmasked(&desk, &ticket).await.problem(403, "forbidden");
        unmasked(&app.county(), &ticket).await.problem(403, "forbidden");
        unmasked(&app.neighbour(), &ticket).await.problem(404, "not_found");
        let full = unmasked(&social, &ticket).await;
        assert_eq!(full.header("cache-control"), "no-store");
        let full = full.expect(200);
        assert_eq!((&full["contact"]["masked"], text(&full["contact"]["phone"])), (&json!(false), "13912345678"));
        assert_eq!(kinds(&social, &ticket).await, ["submitted", "contact_read"]);
        app.sealed().await;
        let entries = app.entries_about(text(&ticket["id"])).await;
        assert_eq!(entries.len(), 2, "the reading is in the ledger");
        social.get(&format!("{}?unmask=", of(&ticket))).await.problem(400, "invalid_input");
        // A machine token cannot read personal data.
        let mut input = client_input();
        (input["role"], input["division"]) = (json!("social_affairs_office"), json!(TOWNSHIP));
        let machine = app.a_system(&input).await.client(&app).await;
        machine.get(&of(&ticket)).await.expect(200);
        unmasked(&machine, &ticket).await.problem(403, "person_required");
    }

    async fn the_company_reads_the_contact_while_the_complainant_consents(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (resident, portal) = (app.officer(Role::Resident, "", "resident-7"), app.company(text(&company["uscc"])));
        let mut input = with_contact(complaint("service.facilities", &complex));
        input["description"] = json!("家中水管漏水，请联系欧阳测试 13912345678，示范花园三号楼二单元");
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let seen = portal.get(&of(&ticket)).await.expect(200);
        assert_eq!(text(&seen["description"]), "家中水管漏水，请联系＊＊＊ ＊＊＊，＊＊＊");
        unmasked(&portal, &ticket).await.problem(403, "forbidden");
        let granted = json!({ "granted": true });
        portal.post(&at(&ticket, "contact-consent"), &granted).await.problem(403, "forbidden");
        step(&resident, &ticket, "contact-consent", granted.clone()).await;
        resident.post(&at(&ticket, "contact-consent"), &granted).await.problem(409, "state_conflict");
        assert_eq!(text(&unmasked(&portal, &ticket).await.expect(200)["contact"]["phone"]), "13912345678");
        assert_eq!(portal.get(&of(&ticket)).await.expect(200)["contact"], json!(null), "only on purpose");
        step(&resident, &ticket, "contact-consent", json!({ "granted": false })).await;
        unmasked(&portal, &ticket).await.problem(403, "forbidden");
        let community = app.office(Role::Community, COMMUNITY);
        let all = kinds(&community, &ticket).await;
        assert_eq!(all, ["submitted", "consent_given", "contact_read", "consent_withdrawn"]);
        // Later texts of the complainant are scrubbed, too.
        let comment = json!({ "audience": "complainant", "text": "请打 13912345678 找欧阳测试" });
        resident.post(&at(&ticket, "comments"), &comment).await.expect(201);
        let steps = portal.get(&at(&ticket, "timeline")).await;
        assert_eq!(steps.items().last().expect("a step")["text"], "请打 ＊＊＊ 找＊＊＊");
    }

    async fn consent_comes_from_the_complainants_own_account(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = with_contact(complaint("service.order", &complex));
        let ticket = resident.post("/v1/complaints", &ticket).await.expect(201);
        let handler = app.office(Role::Community, COMMUNITY);
        let on_behalf = json!({ "granted": true, "note": "居民在电话中说同意" });
        let at_once = app.social().post(&at(&ticket, "contact-consent"), &on_behalf).await;
        assert_eq!(at_once.status, 403, "{}", at_once.json);
        let by_handler = handler.post(&at(&ticket, "contact-consent"), &on_behalf).await;
        assert_eq!(by_handler.status, 403, "{}", by_handler.json);
        let machine = app.a_system(&client_input()).await.client(&app).await;
        machine.post(&at(&ticket, "contact-consent"), &on_behalf).await.problem(403, "person_required");
        step(&resident, &ticket, "contact-consent", json!({ "granted": true })).await;
        step(&resident, &ticket, "contact-consent", json!({ "granted": false })).await;
        for office in [&app.social(), &handler] {
            assert_eq!(office.post(&at(&ticket, "contact-consent"), &on_behalf).await.status, 403);
        }
    }

    async fn without_an_account_an_office_writes_down_how_consent_was_given_and_not_again_after_a_withdrawal(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.social();
        let ticket = desk.post("/v1/complaints", &by_phone("service.order", &complex)).await.expect(201);
        desk.post(&at(&ticket, "contact-consent"), &json!({ "granted": true })).await.faults(&[("/note", "required")]);
        let said = |granted: bool| json!({ "granted": granted, "note": "来电时口头表示，已录音" });
        step(&desk, &ticket, "contact-consent", said(true)).await;
        step(&desk, &ticket, "contact-consent", said(false)).await;
        desk.post(&at(&ticket, "contact-consent"), &said(true)).await.problem(409, "state_conflict");
    }

    async fn a_caller_is_found_by_the_phone_in_any_notation(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let first = desk.post("/v1/complaints", &by_phone("service.order", &complex)).await.expect(201);
        let second = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let mut other = by_phone("service.order", &complex);
        other["contact"]["phone"] = json!("13900000000");
        desk.post("/v1/complaints", &other).await.expect(201);
        let search = json!({ "phone": "+86 139-1234-5678" });
        let found = desk.post("/v1/complaint-phone-searches", &search).await.expect(200);
        let ids: Vec<&str> = found["items"].as_array().expect("items").iter().map(|one| text(&one["id"])).collect();
        assert_eq!(ids, [text(&second["id"]), text(&first["id"])]);
        assert_eq!(text(&found["items"][0]["contact"]["phone"]), "139****5678");
        let none = app.neighbour().post("/v1/complaint-phone-searches", &search).await.expect(200);
        assert_eq!(none["items"], json!([]), "in the territory of whoever asks");
        app.company("91640121MA0000000X").post("/v1/complaint-phone-searches", &search).await.problem(403, "forbidden");
    }

    async fn an_anonymous_complaint_has_nobody_to_show(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let mut input = complaint("fees.overcharging", &complex);
        input["anonymous"] = json!(true);
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let social = app.social();
        let seen = social.get(&of(&ticket)).await.expect(200);
        assert_eq!((&seen["anonymous"], &seen["contact"]), (&json!(true), &json!(null)));
        assert!(!social.get(&at(&ticket, "timeline")).await.json.to_string().contains("resident-7"));
        resident.get(&of(&ticket)).await.expect(200);
    }

    async fn erasure_takes_the_person_and_leaves_the_complaint_and_its_proof(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-erase-me");
        let mut input = with_contact(complaint("fees.overcharging", &complex));
        input["description"] = json!("本人欧阳测试反映车位费上涨，电话 13912345678");
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let social = app.social();
        step(&social, &ticket, "acceptance", json!({ "text": "已与欧阳测试电话联系" })).await;
        app.sealed().await;
        let before = app.entries_about(text(&ticket["id"])).await;
        app.neighbour().post(&at(&ticket, "erasure"), &json!({ "reasons": "申请删除" })).await.problem(404, "not_found");
        step(&resident, &ticket, "erasure", json!({ "reasons": "撤回同意，申请删除个人信息" })).await;
        social.post(&at(&ticket, "erasure"), &json!({ "reasons": "再次删除" })).await.problem(409, "state_conflict");
        let after = social.get(&of(&ticket)).await.expect(200);
        assert_eq!((&after["contact"], after["erased_at"].is_string()), (&json!(null), true));
        assert_eq!(text(&after["description"]), "本人＊＊＊反映车位费上涨，电话 ＊＊＊");
        let steps = social.get(&at(&ticket, "timeline")).await;
        assert_eq!(steps.items()[1]["text"], "已与＊＊＊电话联系");
        resident.get(&of(&ticket)).await.problem(404, "not_found");
        let search = json!({ "phone": "13912345678" });
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        assert_eq!(desk.post("/v1/complaint-phone-searches", &search).await.expect(200)["items"], json!([]));
        // The leaves are unchanged. The salts that could match them are deleted.
        app.sealed().await;
        let entries = app.entries_about(text(&ticket["id"])).await;
        assert_eq!(entries[..before.len()], before[..]);
        assert!(app.values("SELECT iss AS value FROM complaint_followers").is_empty());
        let subs = app.values("SELECT actor_sub AS value FROM ledger_events WHERE actor_role = 'resident' AND kind LIKE 'complaint%'");
        assert!(subs.iter().all(String::is_empty), "{subs:?}");
        let needle = Needle::new("the account", "resident-erase-me");
        for table in ["complaints", "complaint_steps", "complaint_followers"] {
            let column = if table == "complaint_steps" { "actor" } else if table == "complaints" { "course" } else { "sub" };
            for row in app.values(&format!("SELECT {column} AS value FROM {table}")) {
                assert!(needle.find(row.as_bytes()).is_none(), "{table}: {row}");
            }
        }
        step(&social, &ticket, "reply", json!({ "text": "已核查" })).await;
    }

    async fn personal_data_go_when_they_were_kept_long_enough(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let ticket = desk.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let social = app.social();
        step(&social, &ticket, "reply", json!({ "text": "已核查" })).await;
        step(&social, &ticket, "closure", json!({ "reasons": "已办结" })).await;
        crate::support::complaining::move_clock(&app, "2028-03-02T15:00:00Z").await;
        assert_eq!(social.get(&of(&ticket)).await.expect(200)["contact"]["phone"], "139****5678");
        crate::support::complaining::move_clock(&app, "2028-03-02T16:00:01Z").await;
        let after = social.get(&of(&ticket)).await.expect(200);
        assert_eq!((&after["contact"], text(&after["state"])), (&json!(null), "closed"));
    }
}
