//! Official documents: issued by the responsible office, numbered, unchangeable, and withdrawn when their ground ends.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::{Client, Response};
use crate::support::rows::{a_company, a_policy, a_prefix, office_input, path, text};
use crate::support::{COUNTY, TOWNSHIP, TestApp};

/// The social affairs office of the test's township, in the directory with this document prefix.
async fn an_office(app: &TestApp, word: &str) -> Value {
    let mut input = office_input("social_affairs_office", TOWNSHIP);
    input["document_prefix"] = json!(word);
    app.county().post("/v1/offices", &input).await.expect(201)
}

fn of(kind: &str, subject: &str) -> Value {
    json!({ "kind": kind, "subject_id": subject })
}

async fn issue(client: &Client, input: &Value) -> Response {
    client.post("/v1/documents", input).await
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

async fn page(client: &Client, document: &Value) -> (Response, String) {
    let answer = client.get(&format!("{}/content", path("documents", document))).await;
    let html = String::from_utf8(answer.bytes.clone()).expect("UTF-8");
    (answer, html)
}

/// The policy with changed document templates.
async fn with_documents(app: &TestApp, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = app.county().get("/v1/policies/current").await.expect(200)["document"].clone();
    change(&mut document["documents"]);
    document
}

/// Publishes such a policy from today.
async fn publish_documents(app: &TestApp, change: impl FnOnce(&mut Value)) {
    let document = with_documents(app, change).await;
    a_policy(app, &app.state.clock.today().to_string(), &document).await;
}

on_both_databases! {
    async fn a_document_is_issued_and_its_page_is_what_its_digest_says(app: TestApp) {
        let word = a_prefix();
        an_office(&app, &word).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        let answer = issue(&case.officer(), &of("violation_notice", case.id("V"))).await;
        assert_eq!(answer.header("location"), format!("/v1/documents/{}", answer.id()));
        let made = answer.expect(201);
        assert_eq!(made["number"], format!("{word}〔2026〕1号"));
        assert_eq!((&made["kind"], &made["state"], &made["title"]), (&json!("violation_notice"), &json!("valid"), &json!("违规行为告知书")));
        assert_eq!(made["addressee"], case.company["name"]);
        assert_eq!((&made["subject_kind"], text(&made["subject_id"])), (&json!("violation"), case.id("V")));
        assert_eq!(text(&made["verification_url"]), format!("https://xiaoqu.test/public/documents/{}", text(&made["code"])));
        assert_eq!(case.officer().get(&path("documents", &made)).await.expect(200), made);
        let (answer, html) = page(&case.officer(), &made).await;
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
        assert_eq!(hex::encode(digest(&SHA256, &answer.bytes)), text(&made["digest"]));
        for held in [text(&made["number"]), text(&made["code"]), text(&case.company["name"]), "2026年3月2日", "检查发现的事实", "@page", "<svg"] {
            assert!(html.contains(held), "{held}: {html}");
        }
        crate::api::public::balanced(&html);
        for absent in ["<script", "src=", "href=", "reporter"] {
            assert!(!html.contains(absent), "{absent}");
        }
        let again = case.officer().get(&format!("{}/content", path("documents", &made))).header("if-none-match", &answer.etag()).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        let events = app.values(&format!("SELECT leaf AS value FROM ledger_events WHERE subject_id = '{}'", text(&made["id"])));
        assert_eq!(events.len(), 1);
        assert!(events[0].contains("document.issued") && events[0].contains(text(&made["digest"])), "{events:?}");
        assert!(!events[0].contains(text(&made["code"])), "the code is on the page, not in the ledger");
    }

    async fn numbers_have_no_gaps_however_many_come_at_once(app: TestApp) {
        let word = a_prefix();
        an_office(&app, &word).await;
        let mut case = Case::new(&app, &["P"]).await;
        for day in 2..18 {
            let name = format!("V{day}");
            case.reported(&name, nine(3), "P", &format!("2026-03-{day:02}")).await;
            case.officer().post(&format!("{}/notification", case.violation(&name)), &notice()).await.expect(200);
        }
        // A failed attempt uses no number.
        issue(&case.officer(), &of("interview_notice", case.id("V2"))).await.problem(400, "invalid_input");
        let officer = case.officer();
        let inputs: Vec<Value> = (2..18).map(|day| of("violation_notice", case.id(&format!("V{day}")))).collect();
        let all = futures_util::future::join_all(inputs.iter().map(|input| async {
            loop {
                let answer = issue(&officer, input).await;
                if answer.status != 503 {
                    return answer.expect(201);
                }
            }
        }));
        let mut numbers: Vec<String> = all.await.iter().map(|made| text(&made["number"]).to_owned()).collect();
        numbers.sort_by_key(|number| number.len());
        let (mut low, mut high) = (numbers[..9].to_vec(), numbers[9..].to_vec());
        low.sort();
        high.sort();
        let expected: Vec<String> = (1..=16).map(|serial| format!("{word}〔2026〕{serial}号")).collect();
        assert_eq!([low, high].concat(), expected);
        case.on("2027-01-04");
        case.notified("next", nine(3), "P", "2027-01-04").await;
        let made = issue(&case.officer(), &of("violation_notice", case.id("next"))).await.expect(201);
        assert_eq!(made["number"], format!("{word}〔2027〕1号"), "a year begins at 1");
    }

    async fn an_office_without_a_word_issues_nothing(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        let input = of("violation_notice", case.id("V"));
        let refused = issue(&case.officer(), &input).await;
        assert!(text(&refused.problem(409, "office_not_registered")["detail"]).contains("POST /v1/offices"));
        let mut without_prefix = office_input("social_affairs_office", TOWNSHIP);
        without_prefix["document_prefix"] = json!(null);
        let office = app.county().post("/v1/offices", &without_prefix).await;
        let refused = issue(&case.officer(), &input).await;
        assert!(text(&refused.problem(409, "office_not_registered")["detail"]).contains("PATCH"));
        let at = path("offices", &office.json);
        app.county().patch(&at, &json!({ "document_prefix": a_prefix() })).if_match(&office.etag()).await.expect(200);
        issue(&case.officer(), &input).await.expect(201);
        issue(&case.officer(), &input).await.problem(409, "already_exists");
    }

    async fn only_the_office_in_charge_issues_and_only_what_the_case_calls_for(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V", nine(3), "P", "2026-03-02").await;
        let input = of("violation_notice", case.id("V"));
        issue(&case.officer(), &input).await.problem(409, "state_conflict");
        case.officer().post(&format!("{}/notification", case.violation("V")), &notice()).await.expect(200);
        issue(&app.office(Role::EnforcementOffice, TOWNSHIP), &input).await.problem(403, "forbidden");
        issue(&app.county(), &input).await.problem(403, "forbidden");
        issue(&app.neighbour(), &input).await.faults(&[("/subject_id", "unknown_reference")]);
        issue(&case.officer(), &of("rectification_order", case.id("V"))).await.faults(&[("/subject_id", "unknown_reference")]);
        let order = json!({ "kind": "violation_notice", "subject_id": case.id("V"), "place": "会议室", "addressee": "某局", "held_at": "2026-03-09T01:00:00Z" });
        issue(&case.officer(), &order).await.faults(&[("/place", "conflict"), ("/held_at", "conflict"), ("/addressee", "conflict")]);
        let summons = of("interview_notice", case.id("V"));
        issue(&case.officer(), &summons).await.faults(&[("/place", "required"), ("/held_at", "required"), ("/subject_id", "unknown_reference")]);
        issue(&case.officer(), &of("filing_receipt", case.id("V"))).await.faults(&[("/kind", "invalid")]);
    }

    async fn a_document_is_seen_where_its_case_is_and_by_the_company_once_opened(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V", nine(3), "P", "2026-03-02").await;
        case.officer().post(&format!("{}/notification", case.violation("V")), &notice()).await.expect(200);
        let made = issue(&case.officer(), &of("violation_notice", case.id("V"))).await.expect(201);
        let (at, content) = (path("documents", &made), format!("{}/content", path("documents", &made)));
        for unseen in [&at, &content] {
            case.portal().get(unseen).await.problem(404, "not_found");
        }
        assert!(case.portal().get("/v1/documents").await.items().is_empty());
        case.portal().get(&case.violation("V")).await.expect(200);
        case.portal().get(&at).await.expect(200);
        assert_eq!(case.portal().get(&content).await.status, 200);
        assert_eq!(case.portal().get(&format!("/v1/documents?subject_id={}", case.id("V"))).await.ids(), [text(&made["id"])]);
        let rival = a_company(&app).await;
        for stranger in [app.company(text(&rival["uscc"])), app.neighbour(), app.office(Role::CountyAuthority, "640122")] {
            stranger.get(&at).await.problem(404, "not_found");
            stranger.get(&content).await.problem(404, "not_found");
            assert!(stranger.get("/v1/documents").await.items().is_empty());
        }
        for office in [app.county(), app.office(Role::Community, crate::support::COMMUNITY), app.office(Role::ComplexCommittee, case.id("P"))] {
            office.get(&at).await.expect(200);
        }
        let kinds = app.county().get("/v1/documents?kind=removal_decision").await;
        assert!(kinds.items().is_empty());
        assert_eq!(app.county().get(&format!("/v1/documents?company_id={}", text(&case.company["id"]))).await.ids(), [text(&made["id"])]);
    }

    async fn nothing_is_ordered_by_a_day_that_is_over(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(7), "P", "2026-03-02").await;
        let rectification = case.measure("rectification_order:V").await;
        let due = text(&case.officer().get(&rectification).await.expect(200)["due_on"]).to_owned();
        case.on(&crate::support::cases::next_day(&due));
        issue(&case.officer(), &of("rectification_order", id_of(&rectification))).await.problem(409, "deadline_passed");
        case.on(&due);
        issue(&case.officer(), &of("rectification_order", id_of(&rectification))).await.expect(201);
    }

    async fn what_follows_from_a_confirmation_is_put_into_form(app: TestApp) {
        let word = a_prefix();
        an_office(&app, &word).await;
        let mut agency = office_input("market_supervision", COUNTY);
        agency["name"] = json!("测试市场监督管理局");
        app.county().post("/v1/offices", &agency).await.expect(201);
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(7), "P", "2026-03-02").await;
        let rectification = case.measure("rectification_order:V").await;
        let order = issue(&case.officer(), &of("rectification_order", id_of(&rectification))).await.expect(201);
        let (_, html) = page(&case.officer(), &order).await;
        assert!(html.contains("擅自涨价") && html.contains("整改最迟应当于2026年3月"), "{html}");
        // The company sees the order at once, because the measure itself is not secret.
        case.portal().get(&path("documents", &order)).await.expect(200);

        let interview = measure_of(&case, "interview").await;
        let mut summons = of("interview_notice", &interview);
        summons["place"] = json!("镇政府二楼会议室");
        summons["held_at"] = json!("2026-03-01T01:00:00Z");
        issue(&case.officer(), &summons).await.faults(&[("/held_at", "out_of_range")]);
        summons["held_at"] = json!("2026-03-20T01:30:00Z");
        let first = issue(&case.officer(), &summons).await.expect(201);
        let (_, html) = page(&case.officer(), &first).await;
        assert!(html.contains("2026年3月20日9时30分") && html.contains("镇政府二楼会议室"), "{html}");
        summons["held_at"] = json!("2026-03-23T01:30:00Z");
        issue(&case.officer(), &summons).await.expect(201);
        let before = case.officer().get(&path("documents", &first)).await.expect(200);
        assert_eq!((&before["state"], &before["version"]), (&json!("withdrawn"), &json!(2)), "another time takes its place");

        let referral = measure_of(&case, "referral").await;
        issue(&app.office(Role::MarketSupervision, COUNTY), &of("referral_letter", &referral)).await.problem(403, "forbidden");
        let letter = issue(&case.officer(), &of("referral_letter", &referral)).await.expect(201);
        assert_eq!(letter["addressee"], "测试市场监督管理局");
        app.office(Role::MarketSupervision, COUNTY).get(&path("documents", &letter)).await.expect(200);
        app.office(Role::MarketSupervision, COUNTY).get(&path("documents", &order)).await.problem(404, "not_found");
        app.office(Role::FireRescue, COUNTY).get(&path("documents", &letter)).await.problem(404, "not_found");
    }

    async fn a_removal_is_noticed_heard_decided_and_put_into_form(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        for (name, clause, day) in [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-06"), ("V3", 9, "2026-05-06")] {
            case.confirmed(name, nine(clause), "P", day).await;
        }
        let removal = case.measure("removal:P").await;
        let subject = id_of(&removal).to_owned();
        issue(&case.officer(), &of("measure_notice", &subject)).await.problem(409, "state_conflict");
        case.officer().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        let noticed = issue(&case.officer(), &of("measure_notice", &subject)).await.expect(201);
        case.portal().get(&path("documents", &noticed)).await.problem(404, "not_found");
        let mut summons = of("hearing_notice", &subject);
        summons["place"] = json!("镇政府二楼会议室");
        summons["held_at"] = json!("2026-07-01T01:30:00Z");
        issue(&case.officer(), &summons).await.problem(409, "state_conflict");
        let opened = case.portal().get(&removal).await.expect(200);
        case.portal().get(&path("documents", &noticed)).await.expect(200);
        case.portal().post(&format!("{removal}/hearing"), &reasons()).await.expect(200);
        case.portal().get(&case.violation("V3")).await.expect(200);
        let soon = app.state.clock.now().0 + chrono::Days::new(6);
        summons["held_at"] = json!(soon.to_rfc3339());
        issue(&case.officer(), &summons).await.faults(&[("/held_at", "out_of_range")]);
        summons["held_at"] = json!("2026-07-01T01:30:00Z");
        issue(&case.officer(), &summons).await.expect(201);
        case.on("2026-07-01");
        let record = json!({ "held_on": "2026-07-01", "record": "当事人陈述意见" });
        case.officer().post(&format!("{removal}/hearing-record"), &record).await.expect(200);
        case.after_period_of(&opened).await;
        case.decisions_are_final().await;
        case.on("2026-07-02");
        issue(&case.officer(), &of("removal_decision", &subject)).await.problem(409, "state_conflict");
        let written = issue(&case.officer(), &of("hearing_record", &subject)).await.expect(201);
        let (_, html) = page(&case.officer(), &written).await;
        assert!(html.contains("听证笔录") && html.contains("当事人陈述意见"), "{html}");
        case.leader().post(&format!("{removal}/approval"), &reasons()).await.expect(200);
        let decision = issue(&case.officer(), &of("removal_decision", &subject)).await.expect(201);
        let (_, html) = page(&case.officer(), &decision).await;
        for held in ["2026年7月1日举行听证", "2026年7月2日", "事实清楚，证据确凿", "九百四十九条", "行政复议", "违反“九不准”第9条"] {
            assert!(html.contains(held), "{held}: {html}");
        }
        // A revocation removes the ground, so the document is no longer valid.
        case.county_revokes("V3").await;
        for document in [&noticed, &decision] {
            let now = case.officer().get(&path("documents", document)).await.expect(200);
            assert_eq!((&now["state"], &now["withdrawn_on"]), (&json!("withdrawn"), &json!("2026-07-02")), "{now}");
            assert_eq!(now["digest"], document["digest"], "the page stays as it was");
        }
    }

    async fn a_notice_is_withdrawn_with_what_it_told_of(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V1", nine(3), "P", "2026-03-02").await;
        let dismissed = issue(&case.officer(), &of("violation_notice", case.id("V1"))).await.expect(201);
        case.officer().post(&format!("{}/dismissal", case.violation("V1")), &reasons()).await.expect(200);
        let last = case.notified("V2", nine(7), "P", "2026-03-03").await;
        let revoked = issue(&case.officer(), &of("violation_notice", case.id("V2"))).await.expect(201);
        case.on(&crate::support::cases::next_day(&last));
        case.confirm("V2").await;
        let order = case.measure("rectification_order:V2").await;
        let order = issue(&case.officer(), &of("rectification_order", id_of(&order))).await.expect(201);
        case.county_revokes("V2").await;
        for (document, reason) in [(&dismissed, "未予认定"), (&revoked, "认定已撤销"), (&order, "措施已取消")] {
            let now = case.officer().get(&path("documents", document)).await.expect(200);
            assert_eq!(now["state"], "withdrawn");
            assert!(text(&now["withdrawal_reason"]).contains(reason), "{now}");
            let kinds = app.values(&format!("SELECT kind AS value FROM ledger_events WHERE subject_id = '{}' ORDER BY id", text(&document["id"])));
            assert_eq!(kinds, ["document.issued", "document.withdrawn"]);
        }
        issue(&case.officer(), &of("violation_notice", case.id("V2"))).await.problem(409, "state_conflict");
    }

    async fn a_notice_of_what_is_intended_is_issued_while_it_is_intended_and_at_no_other_time(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        let refused = async |case: &Case<'_>, name: &str| {
            issue(&case.officer(), &of("violation_notice", case.id(name))).await.problem(409, "state_conflict");
        };
        case.reported("reported", nine(3), "P", "2026-03-02").await;
        refused(&case, "reported").await;
        case.notified("dismissed", nine(7), "P", "2026-03-02").await;
        case.officer().post(&format!("{}/dismissal", case.violation("dismissed")), &reasons()).await.expect(200);
        refused(&case, "dismissed").await;
        case.confirmed("v", nine(9), "P", "2026-03-02").await;
        refused(&case, "v").await;
        case.portal().post(&format!("{}/appeal", case.violation("v")), &json!({ "text": "不服认定" })).await.expect(200);
        refused(&case, "v").await;
        let upheld = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{}/appeal-decision", case.violation("v")), &upheld).await.expect(200);
        refused(&case, "v").await;
        // An order is issued for a measure that is not completed.
        let order = case.measure("rectification_order:v").await;
        let done = json!({ "completed_on": app.state.clock.today(), "outcome": "已整改到位" });
        case.officer().post(&format!("{order}/completion"), &done).await.expect(200);
        issue(&case.officer(), &of("rectification_order", id_of(&order))).await.problem(409, "state_conflict");
    }

    async fn a_case_has_a_paper_for_each_decision_in_the_name_of_the_government_with_remedies(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut authority = office_input("county_authority", COUNTY);
        authority["document_prefix"] = json!(a_prefix());
        authority["name"] = json!("测试县住房和城乡建设局");
        app.county().post("/v1/offices", &authority).await.expect(201);
        let mut case = Case::new(&app, &["P"]).await;
        let last = case.notified("V", nine(7), "P", "2026-03-02").await;
        let notice = issue(&case.officer(), &of("violation_notice", case.id("V"))).await.expect(201);
        assert_eq!(notice["office_name"], "永宁县望远镇人民政府");
        let (_, html) = page(&case.officer(), &notice).await;
        assert!(html.contains("class=\"imprint\"") && html.contains("印发") && html.contains("class=\"heading\""), "{html}");
        // The proof of delivery, from the office that issued the notice.
        let proof = issue(&case.officer(), &of("proof_of_delivery", text(&notice["id"]))).await.expect(201);
        let (_, html) = page(&case.officer(), &proof).await;
        assert!(html.contains(text(&notice["number"])) && html.contains("企业登录查收") && html.contains("2026年3月2日"), "{html}");
        issue(&case.officer(), &of("proof_of_delivery", text(&proof["id"]))).await.problem(409, "state_conflict");
        issue(&case.officer(), &of("confirmation_decision", case.id("V"))).await.problem(409, "state_conflict");
        case.on(&crate::support::cases::next_day(&last));
        case.confirm("V").await;
        let finding = issue(&case.officer(), &of("confirmation_decision", case.id("V"))).await.expect(201);
        let (_, html) = page(&case.officer(), &finding).await;
        for held in ["违规行为认定书", "15个工作日", "测试县住房和城乡建设局", "永宁县人民政府", "永宁县人民法院"] {
            assert!(html.contains(held), "{held}: {html}");
        }
        issue(&case.officer(), &of("proof_of_delivery", text(&finding["id"]))).await.problem(409, "state_conflict");
        let order = case.measure("rectification_order:V").await;
        let order = issue(&case.officer(), &of("rectification_order", id_of(&order))).await.expect(201);
        let (_, html) = page(&case.officer(), &order).await;
        assert!(html.contains("永宁县人民政府") && html.contains("永宁县人民法院") && !html.contains("政策第"), "{html}");
        issue(&case.officer(), &of("appeal_decision", case.id("V"))).await.problem(409, "state_conflict");
        case.portal().post(&format!("{}/appeal", case.violation("V")), &json!({ "text": "收费已备案" })).await.expect(200);
        app.county().post(&format!("{}/appeal-decision", case.violation("V")), &json!({ "outcome": "revoked", "reasons": "证据不足" })).await.expect(200);
        issue(&case.officer(), &of("appeal_decision", case.id("V"))).await.problem(403, "forbidden");
        let decision = issue(&app.county(), &of("appeal_decision", case.id("V"))).await.expect(201);
        assert_eq!(decision["office_name"], "测试县住房和城乡建设局");
        let (_, html) = page(&app.county(), &decision).await;
        assert!(html.contains("撤销上述违规行为认定") && html.contains("收费已备案"), "{html}");
        issue(&case.officer(), &of("revocation_decision", case.id("V"))).await.problem(409, "state_conflict");
        case.portal().get(&path("documents", &decision)).await.expect(200);
        // Revoked ex officio, which has another official document.
        case.confirmed("W", nine(3), "P", "2026-04-08").await;
        case.county_revokes("W").await;
        let revoked = issue(&app.county(), &of("revocation_decision", case.id("W"))).await.expect(201);
        assert_eq!(revoked["title"], "撤销认定决定书");
    }

    async fn what_people_wrote_is_text_and_nothing_else(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        let at = path("companies", &case.company);
        let name = json!({ "name": "<script>alert(1)</script>物业" });
        app.county().patch(&at, &name).if_match("*").await.expect(200);
        case.reported("V", nine(3), "P", "2026-03-02").await;
        let notice = json!({
            "facts": "{{ office.phone }} {% raw %}<img src=x onerror=alert(1)>\n第二段", "grounds": "“九不准”&第3条", "intended_consequence": "拟作出处理",
        });
        case.officer().post(&format!("{}/notification", case.violation("V")), &notice).await.expect(200);
        let made = issue(&case.officer(), &of("violation_notice", case.id("V"))).await.expect(201);
        let (_, html) = page(&case.officer(), &made).await;
        assert!(html.contains("{{ office.phone }} {% raw %}&lt;img src=x onerror=alert(1)&gt;</p>"), "{html}");
        assert!(html.contains("<p>第二段。</p>"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;") && !html.contains("<script"), "{html}");
    }

    async fn a_policy_with_a_text_that_cannot_be_used_is_refused(app: TestApp) {
        let document = with_documents(&app, |documents| {
            documents[3]["text"] = json!("{{ addressee }}：\n{{ no_such_name }}");
            documents[4]["text"] = json!("{% if %}");
            documents[5]["text"] = json!("<b>{{ company.name }}</b>");
            documents[6]["kind"] = json!("removal_decision");
        })
        .await;
        let input = json!({ "effective_from": "2026-04-01", "document": document });
        let answer = app.county().post("/v1/policies", &input).await;
        answer.faults(&[
            ("/document/documents/3/text", "template_invalid"),
            ("/document/documents/4/text", "template_invalid"),
            ("/document/documents/6/kind", "duplicate_template"),
            ("/document/documents/6/text", "template_invalid"),
        ]);
        let fault = answer.json["errors"].as_array().unwrap().iter().find(|one| one["pointer"] == "/document/documents/3/text").unwrap();
        assert!(text(&fault["detail"]).contains("第2行"), "{fault}");
    }

    async fn a_text_that_would_stop_the_service_is_refused_and_nobody_waits_for_it(app: TestApp) {
        let nested = "{% set n = namespace(l=[]) %}{% for i in range(9000) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}";
        for text in [
            format!("{{{{ {}1 }}}}", "-".repeat(9000)),
            format!("{{{{ 1{} }}}}", "+1".repeat(4000)),
            format!("{{{{ {}1{} }}}}", "(".repeat(4000), ")".repeat(4000)),
            "{% if facts %}".repeat(1400),
            nested.to_owned(),
            "{{ facts }}".repeat(1800),
            "{{ facts }}".repeat(80_000),
        ] {
            let began = std::time::Instant::now();
            let document = with_documents(&app, |documents| documents[0]["text"] = json!(text)).await;
            let input = json!({ "effective_from": "2026-04-01", "document": document });
            let answer = app.county().post("/v1/policies", &input).await;
            answer.problem(400, "invalid_input");
            assert!(answer.errors().iter().any(|(pointer, _)| *pointer == "/document/documents/0/text"), "{:?}", answer.errors());
            assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
        }
        assert_eq!(app.count("policies"), 1);
        app.nobody().get("/readyz").await.expect(200);
    }

    async fn a_text_that_was_accepted_does_not_fail_in_a_case_that_no_sample_foresaw(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        publish_documents(&app, |documents| {
            documents[0]["text"] = json!(
                "{% if document.number != '望社〔2026〕12号' and not office.address %}地址：{{ office.address }}。{% endif %}{{ document.number }}"
            );
        })
        .await;
        let made = issue(&case.officer(), &of("violation_notice", case.id("V"))).await.expect(201);
        let (_, html) = page(&case.officer(), &made).await;
        let number = text(&made["number"]);
        assert!(html.contains(&format!("{number}</p>")), "{html}");
    }

    async fn documents_issued_at_once_have_numbers_of_their_own(app: TestApp) {
        let word = a_prefix();
        an_office(&app, &word).await;
        let places = ["P", "Q", "R", "S", "T"];
        let mut case = Case::new(&app, &places).await;
        let names = ["V1", "V2", "V3", "V4", "V5"];
        for (place, name) in places.into_iter().zip(names) {
            case.notified(name, nine(3), place, "2026-03-02").await;
        }
        let officer = case.officer();
        let inputs = names.map(|name| of("violation_notice", case.id(name)));
        let made = futures_util::future::join_all(inputs.iter().map(|input| issue(&officer, input))).await;
        let mut numbers: Vec<String> = made.into_iter().map(|answer| text(&answer.expect(201)["number"]).to_owned()).collect();
        numbers.sort();
        let expected: Vec<String> = (1..=5).map(|n| format!("{word}〔2026〕{n}号")).collect();
        assert_eq!(numbers, expected);
        let (_, html) = page(&officer, &officer.get("/v1/documents").await.items()[0]).await;
        assert!(!html.contains('\u{fdd0}'), "the mark of the number is gone");
    }

    async fn the_text_is_the_one_of_the_policy_in_force(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        publish_documents(&app, |documents| *documents = json!([])).await;
        let input = of("violation_notice", case.id("V"));
        issue(&case.officer(), &input).await.problem(409, "template_unusable");
        publish_documents(&app, |documents| {
            *documents = json!([{ "kind": "violation_notice", "title": "告知", "text": "<b>{{ company.name if company else addressee }}</b>" }]);
        })
        .await;
        let made = issue(&case.officer(), &input).await.expect(201);
        let (_, html) = page(&case.officer(), &made).await;
        assert!(html.contains("<p>&lt;b&gt;测试物业") && html.contains("<h1>告知</h1>"), "the policy supplies no HTML: {html}");
        assert_eq!(made["policy_version"], 3);
    }

    async fn a_repeated_request_issues_once(app: TestApp) {
        an_office(&app, &a_prefix()).await;
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        let input = of("violation_notice", case.id("V"));
        let first = case.officer().post("/v1/documents", &input).key("once").await.expect(201);
        let again = case.officer().post("/v1/documents", &input).key("once").await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.expect(201), first);
        assert_eq!(app.count("documents"), 1);
    }
}

/// The id of the only measure of a kind.
async fn measure_of(case: &Case<'_>, kind: &str) -> String {
    let list = format!("/v1/measures?kind={kind}&company_id={}", text(&case.company["id"]));
    let found = case.app.county().get(&list).await;
    assert_eq!(found.items().len(), 1, "{kind}: {}", found.json);
    found.ids().remove(0)
}

impl Case<'_> {
    async fn county_revokes(&self, name: &str) {
        let path = format!("{}/revocation", self.violation(name));
        self.app.county().post(&path, &reasons()).await.expect(200);
    }
}
