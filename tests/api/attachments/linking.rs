//! Attachments that a body refers to: each must be the caller's own and not linked yet, and may be named once.

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::db::Id;
use xiaoqu::files::{OwnerKind, copy_evidence};
use xiaoqu::proceedings::model::Evidence;

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::{Case, nine, notice};
use crate::support::client::{Client, Response};
use crate::support::files::evidence;
use crate::support::rows::{a_company, text};

const NOWHERE: &str = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";

/// One piece of evidence for each of these ids.
fn all(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "title": "现场照片", "attachment_id": id })).collect()
}

impl Case<'_> {
    async fn report_with(&self, client: &Client, evidence: Value, day: &str) -> Response {
        let mut input = self.report_input(nine(3), "P", day);
        input["evidence"] = evidence;
        client.post("/v1/violations", &input).await
    }
}

on_both_databases! {
    async fn a_report_names_files_that_are_its_reporters_and_free(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let reporter = case.reporter();
        let (one, two) = (reporter.a_picture().await, reporter.a_picture().await);
        let foreign = app.neighbour().a_picture().await;
        let answer = case.report_with(&reporter, all(&[&one, NOWHERE, &foreign, &one]), "2026-03-02").await;
        answer.faults(&[
            ("/evidence/1/attachment_id", "unknown_reference"),
            ("/evidence/2/attachment_id", "unknown_reference"),
            ("/evidence/3/attachment_id", "duplicate"),
        ]);
        case.report_with(&reporter, json!([{ "title": "无内容" }]), "2026-03-02").await
            .faults(&[("/evidence/0", "required")]);
        let made = case.report_with(&reporter, all(&[&one, &two]), "2026-03-02").await.expect(201);
        assert_eq!(made["evidence"][1]["attachment_id"], json!(two));
        let again = case.report_with(&reporter, evidence(&two), "2026-03-01").await;
        again.faults(&[("/evidence/0/attachment_id", "unknown_reference")]);
    }

    async fn a_company_can_neither_see_nor_link_anothers_file(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        let other = a_company(&app).await;
        let theirs = app.company(text(&other["uscc"])).a_picture().await;
        let offices = app.social().a_picture().await;
        let path = format!("{}/statement", case.violation("V"));
        let say = async |id: &str| {
            let body = json!({ "text": "当日为新员工培训", "evidence": evidence(id) });
            case.portal().post(&path, &body).await
        };
        for id in [&theirs, &offices] {
            say(id).await.faults(&[("/evidence/0/attachment_id", "unknown_reference")]);
            case.portal().get(&format!("/v1/attachments/{id}")).await.problem(404, "not_found");
        }
        let own = case.portal().a_picture().await;
        say(&own).await.expect(200);
        app.company(text(&other["uscc"])).get(&format!("/v1/attachments/{own}")).await.problem(404, "not_found");
    }

    async fn every_action_that_takes_evidence_binds_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.name_the_regulation("2026-03-02").await;
        let owner = async |id: &str| app.county().get(&format!("/v1/attachments/{id}")).await.expect(200);
        let say = |id: &str| json!({ "text": "说明情况", "evidence": evidence(id) });
        let portal = case.portal();
        for clause in [9, 7, 3] {
            let name = format!("V{clause}");
            case.confirmed(&name, nine(clause), "P", "2026-03-02").await;
        }
        // Appeal.
        let path = case.violation("V9");
        portal.get(&path).await.expect(200);
        let file = portal.a_picture().await;
        portal.post(&format!("{path}/appeal"), &say(&file)).await.expect(200);
        assert_eq!(owner(&file).await["owner_id"], json!(case.id("V9")));
        // A measure's completion.
        let order = case.measure("rectification_order:V7").await;
        let file = case.officer().a_picture().await;
        let today = app.state.clock.today().to_string();
        case.leader().post(&format!("{order}/approval"), &json!({ "reasons": "同意" })).await;
        let done = json!({ "completed_on": today, "outcome": "已整改到位", "evidence": evidence(&file) });
        case.officer().post(&format!("{order}/completion"), &done).await.expect(200);
        assert_eq!(owner(&file).await["owner_kind"], "measure");
        // A measure's statement.
        let measures = case.measures().await;
        let adverse = measures.iter().find(|m| m["kind"] == "removal" && m["state"] == "proposed").expect("level 3");
        let path = format!("/v1/measures/{}", text(&adverse["id"]));
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let file = portal.a_picture().await;
        portal.post(&format!("{path}/statement"), &say(&file)).await.expect(200);
        assert_eq!(owner(&file).await["owner_id"], adverse["id"]);
        // Credit repair.
        let listed = uuid::Uuid::now_v7();
        let at = if app.state.db.is_postgres() { "now()" } else { "1772413200000000" };
        app.execute(&format!(
            "INSERT INTO listings (id, version, kind, company_id, county, measure_id, legal_basis, reason, public_reason, \
             listed_from, listed_until, repair, created_at, updated_at) VALUES ('{listed}', 1, 'blacklist', '{}', '640121', \
             '{}', '测试法规', '测试', '公示', '2026-03-02', '2027-03-01', 'null', {at}, {at})",
            text(&case.company["id"]), text(&adverse["id"]),
        ));
        let file = portal.a_picture().await;
        portal.post(&format!("/v1/blacklist/{listed}/credit-repair"), &say(&file)).await.expect(200);
        assert_eq!(owner(&file).await["owner_kind"], "listing");
        assert!(portal.get(&format!("/v1/attachments/{file}")).await.status == 200);
        let committee = app.office(Role::ComplexCommittee, case.id("P"));
        committee.get(&format!("/v1/attachments/{file}")).await.problem(404, "not_found");
    }

    async fn of_two_cases_that_claim_a_file_at_once_one_has_it(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let reporter = case.reporter();
        for round in 0..5 {
            let id = reporter.a_picture().await;
            let claims = (0..4).map(|at| {
                let day = format!("2026-02-{:02}", 1 + round * 4 + at);
                let (case, reporter, id) = (&case, &reporter, &id);
                async move { case.report_with(reporter, evidence(id), &day).await }
            });
            let answers = futures_util::future::join_all(claims).await;
            let won: Vec<&Response> = answers.iter().filter(|answer| answer.status == 201).collect();
            assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|answer| &answer.json).collect::<Vec<_>>());
            for lost in answers.iter().filter(|answer| answer.status != 201) {
                assert!(lost.code() == "state_conflict" || lost.errors() == [("/evidence/0/attachment_id", "unknown_reference")], "{}", lost.json);
            }
            let shown = app.officer(Role::SocialAffairsOffice, TOWNSHIP, "x").get(&format!("/v1/attachments/{id}")).await;
            assert_eq!(shown.expect(200)["owner_id"], won[0].json["id"]);
        }
    }

    async fn evidence_that_becomes_anothers_is_its_own_file_over_the_same_bytes(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let reporter = case.reporter();
        let file = reporter.a_picture().await;
        let first = case.report_with(&reporter, all(&[&file]), "2026-03-02").await.expect(201);
        let second = case.report_with(&reporter, json!([{ "title": "无附件", "text": "文字" }]), "2026-03-01").await.expect(201);
        let pieces: Vec<Evidence> = serde_json::from_value(first["evidence"].clone()).expect("evidence");
        let owner: Id = text(&second["id"]).parse().expect("an id");
        let copies = app.transact(&reporter, move |tx| copy_evidence(tx, &pieces, OwnerKind::Violation, owner)).await;
        let copy = copies[0].attachment_id.expect("a file");
        assert!(copy.to_string() != file && copies[0].title == pieces_title(&first));
        let shown = reporter.get(&format!("/v1/attachments/{copy}")).await.expect(200);
        let original = reporter.get(&format!("/v1/attachments/{file}")).await.expect(200);
        assert_eq!((&shown["owner_id"], &shown["sha256"]), (&second["id"], &original["sha256"]));
        assert_eq!(shown["name"], original["name"]);
        assert_eq!((app.attachments(), app.objects().len()), (2, 1));
        let bytes = async |id: &str| reporter.get(&format!("/v1/attachments/{id}/content")).await.bytes;
        assert!(bytes(&copy.to_string()).await == bytes(&file).await);
        app.sealed().await;
        let events = app.county().get(&format!("/v1/events?subject_id={copy}")).await;
        assert_eq!((&events.items()[0]["type"], &events.items()[0]["data"]["of"]), (&json!("attachment.copied"), &json!(file)));
    }
}

fn pieces_title(row: &Value) -> &str {
    text(&row["evidence"][0]["title"])
}
