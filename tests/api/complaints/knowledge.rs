//! Personal data of complainants is planted in each field and form of complaints, and every operation that returns data
//! is called with every role. Nobody may find what they may not know, before or after erasure.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::complaining::{at, complaint, of, step};
use crate::support::files::{a_jpeg, a_pdf};
use crate::support::needles::Needle;
use crate::support::rows::{a_company, a_service, complex_input, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, OTHER_COUNTY, TOWNSHIP, TestApp};

const NAME: &str = "薛宝钗测";
const PHONE: &str = "13987650951";
const FLAT: &str = "1207室";
const LINK: &str = "https://pan.example.invalid/s/link-7f3a";
const FILE_NAME: &str = "薛宝钗测 13987650951 蘅芜苑密语.jpg";
const HOTLINE: &str = "12345-0951-77AB";
const LONGITUDE: f64 = 106.253_177;
const LATITUDE: f64 = 38.281_133;
const ACCOUNT: &str = "resident-account-5e1";
const AUTHOR: &str = "AUTHOR-SECRET-OF-PDF";

/// Personal data, with the callers who may not know them.
fn needles() -> Vec<Needle> {
    let plain = |name: &str, value: &str| Needle::new(name, value);
    vec![
        plain("the name", NAME),
        plain("the phone", PHONE),
        plain("the flat", FLAT),
        plain("the link", LINK),
        plain("the name of the file", "蘅芜苑密语"),
        plain("the position of the camera", "GPS-SECRET"),
        plain("the owner of the camera", "SECRET-OWNER"),
        plain("the number of the hotline", HOTLINE),
        plain("the longitude", &LONGITUDE.to_string()),
        plain("the latitude", &LATITUDE.to_string()),
        plain("the author of the PDF", AUTHOR),
    ]
}

fn account() -> Vec<Needle> {
    vec![Needle::new("the account", ACCOUNT)]
}

struct Fixture {
    /// The bodies of complaints, by idempotency key.
    bodies: Vec<(&'static str, Value)>,
    company: Value,
    complex: Value,
    complaints: Vec<Value>,
    files: Vec<String>,
    violation: Value,
}

fn told() -> String {
    format!("我叫{NAME}，电话 {PHONE}，住 3 号楼 2 单元 {FLAT}，照片见 {LINK} ，楼道垃圾无人清理")
}

async fn upload(who: &Client, files: &mut Vec<String>) -> Value {
    let picture = who.upload(FILE_NAME, "image/jpeg", a_jpeg(3000)).await.expect(201);
    let pdf = [a_pdf(), format!("%/Author({AUTHOR} {NAME})\n%%EOF\n").into_bytes()].concat();
    let pdf = who.upload("薛宝钗测 蘅芜苑密语.pdf", "application/pdf", pdf).await.expect(201);
    files.extend([text(&picture["id"]).to_owned(), text(&pdf["id"]).to_owned()]);
    json!([
        { "title": FILE_NAME, "attachment_id": picture["id"] },
        { "title": format!("{NAME}的合同"), "attachment_id": pdf["id"], "text": format!("请打 {PHONE}") },
        { "title": "网盘", "url": LINK },
    ])
}

fn planted(category: &str, complex: &Value) -> Value {
    let mut ticket = complaint(category, complex);
    ticket["description"] = json!(told());
    ticket["location"] = json!(format!("2 单元 {FLAT}门口，{PHONE}"));
    ticket["point"] = json!({ "longitude": LONGITUDE, "latitude": LATITUDE, "system": "wgs84" });
    ticket
}

fn named(mut ticket: Value) -> Value {
    let address = format!("测试花园 3 号楼 2 单元 {FLAT}");
    ticket["contact"] = json!({ "name": NAME, "phone": PHONE, "address": address });
    ticket
}

/// Complaints of a named and of an anonymous resident, of a hotline and for a utility operator, each with attachments,
/// followers and comments. One was reported as a violation with its pictures.
async fn a_fixture(app: &TestApp) -> Fixture {
    let company = a_company(app).await;
    let mut input = complex_input();
    input["point"] = json!({ "latitude": 38.2811, "longitude": 106.2533, "system": "wgs84" });
    let complex = app.county().post("/v1/complexes", &input).await.expect(201);
    a_service(app, &complex, &company, "2026-01-01").await;
    let mut files = Vec::new();
    let resident = app.officer(Role::Resident, "", ACCOUNT);
    let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
    let mut complaints = Vec::new();

    let mut ticket = named(planted("service.cleaning", &complex));
    ticket["evidence"] = upload(&resident, &mut files).await;
    complaints.push(resident.post("/v1/complaints", &ticket).key("named").await.expect(201));
    let mut bodies = vec![("named", ticket)];

    let mut ticket = planted("service.cleaning", &complex);
    (ticket["anonymous"], ticket["evidence"]) = (json!(true), upload(&resident, &mut files).await);
    complaints.push(resident.post("/v1/complaints", &ticket).key("anonymous").await.expect(201));
    bodies.push(("anonymous", ticket));

    let mut ticket = named(planted("service.order", &complex));
    (ticket["channel"], ticket["hotline_number"]) = (json!("hotline"), json!(HOTLINE));
    ticket["evidence"] = upload(&desk, &mut files).await;
    complaints.push(desk.post("/v1/complaints", &ticket).key("hotline").await.expect(201));

    let mut ticket = named(planted("utility.water_drainage", &complex));
    (ticket["organisation"], ticket["evidence"]) = (json!("water"), upload(&resident, &mut files).await);
    complaints.push(resident.post("/v1/complaints", &ticket).await.expect(201));

    let follower = app.officer(Role::Resident, "", "follower-1");
    for ticket in &complaints {
        follower.post(&at(ticket, "following"), &json!({})).await.expect(200);
        // For an anonymous complainant, the office does not know the name.
        let said = if ticket["anonymous"] == true { told() } else { format!("已联系{NAME}，{PHONE}，{FLAT}") };
        let words = json!({ "audience": "complainant", "text": said, "evidence": upload(&desk, &mut files).await });
        desk.post(&at(ticket, "comments"), &words).await.expect(201);
        let inner = json!({ "audience": "offices", "text": format!("内部：{NAME} {PHONE}") });
        desk.post(&at(ticket, "comments"), &inner).await.expect(201);
    }
    for ticket in [&complaints[0], &complaints[1], &complaints[3]] {
        let words =
            json!({ "audience": "complainant", "text": told(), "evidence": upload(&resident, &mut files).await });
        resident.post(&at(ticket, "comments"), &words).key("words").await.expect(201);
    }

    // The anonymous complaint goes to an office, which reports the company with the pictures.
    let mut ticket = planted("fees.overcharging", &complex);
    (ticket["anonymous"], ticket["evidence"]) = (json!(true), upload(&resident, &mut files).await);
    let ticket = resident.post("/v1/complaints", &ticket).await.expect(201);
    let report = json!({
        "act": "nine.unlawful_fees_or_contract", "description": "经核查，擅自提高车位费", "with_evidence": true,
    });
    let violation = app.social().post(&at(&ticket, "violation"), &report).await.expect(201);
    complaints.push(ticket);
    let case = format!("/v1/violations/{}", text(&violation["id"]));
    let notice = json!({ "facts": "擅自提高车位费", "grounds": "“九不准”第 7 条", "intended_consequence": "拟予认定" });
    app.social().post(&format!("{case}/notification"), &notice).await.expect(200);
    let served = json!({ "delivered_on": "2026-03-02", "note": "当面送达" });
    app.social().post(&format!("{case}/delivery"), &served).await.expect(200);
    let evidence = violation["evidence"].as_array().expect("evidence").iter();
    files.extend(evidence.filter_map(|one| one["attachment_id"].as_str().map(str::to_owned)));
    app.sealed().await;
    Fixture { bodies, company, complex, complaints, files, violation }
}

/// Everything that one caller can read: the response of each operation.
async fn ways_out(app: &TestApp, fixture: &Fixture, who: &Client) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<String> = [
        "/v1/me",
        "/v1/complaints?limit=200",
        "/v1/complaints?open=true",
        "/v1/complaint-updates?limit=200",
        "/v1/inbox",
        "/v1/events?limit=200",
        "/v1/ledger/entries?limit=200",
        "/v1/violations?limit=200",
        "/v1/hazards",
        "/v1/statistics/complaints?from=2026-01-01&to=2026-12-31",
        "/v1/statistics/complaints/heat?from=2026-01-01&to=2026-12-31",
        "/v1/statistics/report",
        "/open311/v2/requests.json?extensions=true",
        "/open311/v2/requests.xml?extensions=true",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.push(format!("/v1/complaints?hotline_number={HOTLINE}"));
    paths.push(format!("/v1/complaints?company_id={}", text(&fixture.company["id"])));
    paths.push(format!("/v1/similar-complaints?category=service.cleaning&complex_id={}", text(&fixture.complex["id"])));
    paths.push(format!("/v1/violations/{}", text(&fixture.violation["id"])));
    for ticket in &fixture.complaints {
        paths.extend([of(ticket), at(ticket, "timeline"), at(ticket, "duplicates")]);
        paths.push(format!("/open311/v2/requests/{}.json?extensions=true", text(&ticket["id"])));
        paths.push(format!("/v1/events?subject_id={}", text(&ticket["id"])));
    }
    for file in &fixture.files {
        paths.extend([
            format!("/v1/attachments/{file}"),
            format!("/v1/attachments/{file}/content"),
            format!("/public/files/{file}"),
        ]);
    }
    for seq in 0..app.count("ledger_entries") {
        paths.push(format!("/v1/ledger/entries/{seq}"));
    }
    let mut all = Vec::new();
    for path in paths {
        let answer = who.get(&path).await;
        assert!(answer.status < 500, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        // A value that the caller sent itself is not a leak.
        if path.contains("hotline_number") {
            assert_ne!(
                (answer.status, answer.json["items"].as_array().map(Vec::len).unwrap_or_default() > 0),
                (200, true),
                "{path}"
            );
        }
        let headers = format!("{:?}", answer.headers).into_bytes();
        all.push((path, [headers, answer.bytes].concat()));
    }
    all
}

fn search(who: &str, places: &[(String, Vec<u8>)], needles: &[Needle], found: &mut Vec<String>) {
    for (path, bytes) in places {
        for needle in needles {
            if let Some(form) = needle.find(bytes) {
                found.push(format!("{who} finds {} at {path}: {form}", needle.name));
            }
        }
    }
}

fn outsiders(app: &TestApp, fixture: &Fixture) -> Vec<(&'static str, Client)> {
    vec![
        ("the company", app.company(text(&fixture.company["uscc"]))),
        ("the committee", app.office(Role::ComplexCommittee, text(&fixture.complex["id"]))),
        ("the utility", app.office(Role::UtilityOperator, COUNTY)),
        ("the power station", app.office(Role::PowerSupplyStation, TOWNSHIP)),
        ("a follower", app.officer(Role::Resident, "", "follower-1")),
        ("another resident", app.officer(Role::Resident, "", "stranger-1")),
        ("the auditor", app.office(Role::Auditor, COUNTY)),
        ("the administrator", app.office(Role::SystemAdministrator, COUNTY)),
        ("another township", app.office(Role::SocialAffairsOffice, NEIGHBOUR)),
        ("another county", app.office(Role::CountyAuthority, OTHER_COUNTY)),
        ("the fire brigade", app.office(Role::FireRescue, COUNTY)),
        ("nobody", app.nobody()),
    ]
}

fn offices(app: &TestApp) -> Vec<(&'static str, Client)> {
    vec![
        ("the county", app.county()),
        ("the leader", app.office(Role::TownshipLeader, TOWNSHIP)),
        ("social affairs", app.social()),
        ("enforcement", app.office(Role::EnforcementOffice, TOWNSHIP)),
        ("the community", app.office(Role::Community, COMMUNITY)),
    ]
}

on_both_databases! {
    async fn nobody_finds_of_a_complainant_what_it_may_not_know(app: TestApp) {
        let fixture = a_fixture(&app).await;
        let mut found = Vec::new();
        for (who, client) in outsiders(&app, &fixture) {
            let places = ways_out(&app, &fixture, &client).await;
            search(who, &places, &needles(), &mut found);
            search(who, &places, &account(), &mut found);
        }
        assert!(found.is_empty(), "{found:#?}");
        // Checks that the search works: offices may read these values, except the account.
        let mut of_office = Vec::new();
        let filter = format!("/v1/complaints?hotline_number={HOTLINE}");
        assert_eq!(app.social().get(&filter).await.items().len(), 1);
        let file = &fixture.files[0];
        let content = app.social().get(&format!("/v1/attachments/{file}/content")).await;
        let page = app.social().get("/v1/complaints?limit=200").await;
        let places = [("content".to_owned(), [format!("{:?}", content.headers).into_bytes(), content.bytes].concat()), ("page".to_owned(), page.bytes)];
        search("social affairs", &places, &needles(), &mut of_office);
        for needle in ["the name", "the phone", "the flat", "the link", "the name of the file", "the position of the camera", "the owner of the camera", "the number of the hotline", "the longitude"] {
            assert!(of_office.iter().any(|one| one.contains(&format!("finds {needle} "))), "{needle} {of_office:#?}");
        }
        for (who, client) in offices(&app) {
            let mut found = Vec::new();
            search(who, &[("page".into(), client.get("/v1/complaints?limit=200").await.bytes)], &account(), &mut found);
            for ticket in &fixture.complaints {
                search(who, &[("timeline".into(), client.get(&at(ticket, "timeline")).await.bytes)], &account(), &mut found);
            }
            assert!(found.is_empty(), "{found:#?}");
        }
    }

    async fn erasure_walks_every_copy(app: TestApp) {
        let fixture = a_fixture(&app).await;
        let resident = app.officer(Role::Resident, "", ACCOUNT);
        let words = json!({ "phone": PHONE });
        let search_key = app.social().post("/v1/complaint-phone-searches", &words).key("search").await;
        search_key.expect(200);
        for ticket in &fixture.complaints {
            let who = if ticket["channel"] == "hotline" { app.county() } else { resident.clone() };
            step(&who, ticket, "erasure", json!({ "reasons": format!("我叫{NAME}，申请删除，{PHONE}") })).await;
        }
        app.sealed().await;
        let mut everyone = outsiders(&app, &fixture);
        everyone.extend(offices(&app));
        everyone.push(("the complainant", resident.clone()));
        // The hotline number identifies the hotline's own system, not a person.
        let gone: Vec<Needle> = needles().into_iter().filter(|needle| needle.name != "the number of the hotline").collect();
        let mut found = Vec::new();
        for (who, client) in &everyone {
            let filtered = |(path, _): &(String, Vec<u8>)| {
                // An office's attachments remain, and offices may read them.
                let own = fixture.files.iter().any(|file| path.contains(file.as_str()));
                !own && !path.contains("hotline_number") && path != "/v1/me"
            };
            let places: Vec<_> = if offices(&app).iter().any(|(name, _)| name == who) {
                let mut places = Vec::new();
                for ticket in &fixture.complaints {
                    places.push((of(ticket), client.get(&of(ticket)).await.bytes));
                    let steps = client.get(&at(ticket, "timeline")).await;
                    let by_others = steps.items().iter().filter(|step| step["by"] != "office");
                    places.push((at(ticket, "timeline"), by_others.map(Value::to_string).collect::<String>().into_bytes()));
                }
                places.push(("/v1/complaints".into(), client.get("/v1/complaints?limit=200").await.bytes));
                places
            } else {
                ways_out(&app, &fixture, client).await
            };
            let places: Vec<_> = places.into_iter().filter(filtered).collect();
            search(who, &places, &gone, &mut found);
            search(who, &places, &account(), &mut found);
        }
        assert!(found.is_empty(), "{found:#?}");
        // Nobody gets the complainant's attachments any more, and their bytes are deleted.
        for file in app.values("SELECT CAST(id AS TEXT) AS value FROM attachments WHERE erased_at IS NOT NULL") {
            for (who, client) in &everyone {
                assert!(matches!(client.get(&format!("/v1/attachments/{file}/content")).await.status, 401 | 403 | 404), "{who}");
            }
        }
        let erased = "SELECT object_key AS value FROM attachments WHERE erased_at IS NOT NULL AND object_key <> ''";
        assert_eq!(app.values(erased), Vec::<String>::new());
        let given: Vec<String> = app.values("SELECT uploader_sub AS value FROM attachments");
        assert!(given.iter().all(|sub| sub != ACCOUNT), "{given:?}");
        let kept: usize = app.values("SELECT object_key AS value FROM attachments WHERE object_key <> ''").len();
        let pdf = app.objects().iter().filter(|path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"%PDF"))).count();
        // Only the office's own attachments and the copies in the case remain: no PDF of the complainant.
        let of_office = "SELECT object_key AS value FROM attachments WHERE media_type = 'application/pdf' AND erased_at IS NULL";
        assert_eq!(pdf, app.values(of_office).len(), "{kept} files are kept");
        // A repeated request has no second effect and returns nothing of the erased data.
        let complaints = app.count("complaints");
        for (key, body) in &fixture.bodies {
            resident.post("/v1/complaints", body).key(key).await.problem(409, "state_conflict");
        }
        assert_eq!(app.count("complaints"), complaints);
        let stored = app.values("SELECT CAST(status AS TEXT) AS value FROM idempotency_keys ORDER BY status");
        assert!(stored.iter().filter(|status| *status == "1").count() >= 4, "{stored:?}");
        assert!(stored.iter().any(|status| status == "0"), "a search for a caller is stored nowhere: {stored:?}");
        // Evidence of a case stays with the case, without personal data.
        let case = app.social().get(&format!("/v1/violations/{}", text(&fixture.violation["id"]))).await.expect(200);
        let copies: Vec<&str> = case["evidence"].as_array().expect("evidence").iter().filter_map(|one| one["attachment_id"].as_str()).collect();
        assert_eq!(copies.len(), 1, "the PDF and the link were not handed on");
        let copy = app.social().get(&format!("/v1/attachments/{}/content", copies[0])).await;
        assert_eq!(copy.status, 200);
        let mut found = Vec::new();
        search("the office", &[("copy".into(), [format!("{:?}", copy.headers).into_bytes(), copy.bytes].concat())], &needles(), &mut found);
        assert!(found.is_empty(), "{found:#?}");
    }

    async fn names_of_files_lie_sealed_and_old_ones_are_sealed(app: TestApp) {
        let resident = app.officer(Role::Resident, "", ACCOUNT);
        let made = resident.upload(FILE_NAME, "image/jpeg", a_jpeg(2000)).await.expect(201);
        assert_eq!(text(&made["name"]), FILE_NAME);
        assert_eq!(app.values("SELECT name AS value FROM attachments"), [""]);
        app.execute("DELETE FROM encrypted_texts");
        app.execute("UPDATE attachments SET name = '旧名.jpg'");
        while xiaoqu::files::encrypt_old(&app.state).await.expect("the store answers") > 0 {}
        assert_eq!(app.values("SELECT name AS value FROM attachments"), [""]);
        let path = format!("/v1/attachments/{}", text(&made["id"]));
        assert_eq!(resident.get(&path).await.expect(200)["name"], "旧名.jpg");
    }

    async fn an_office_releases_the_exact_point_and_takes_it_back(app: TestApp) {
        let (company, complex) = crate::support::rows::a_served_complex(&app).await;
        let (resident, portal) = (app.officer(Role::Resident, "", ACCOUNT), app.company(text(&company["uscc"])));
        let mut input = planted("service.cleaning", &complex);
        input["anonymous"] = json!(true);
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let seen = portal.get(&of(&ticket)).await.expect(200);
        assert_eq!((&seen["point"], &seen["point_released"]), (&json!({ "longitude": 106.253, "latitude": 38.281 }), &json!(false)));
        let exact = json!({ "longitude": LONGITUDE, "latitude": LATITUDE });
        assert_eq!(app.social().get(&of(&ticket)).await.expect(200)["point"], exact);
        let release = |released: bool| json!({ "released": released, "reasons": "井盖缺失，须准确定位" });
        portal.post(&at(&ticket, "point-release"), &release(true)).await.problem(403, "forbidden");
        app.social().post(&at(&ticket, "point-release"), &release(true)).await.problem(403, "forbidden");
        let supervisor = app.office(Role::Community, COMMUNITY);
        supervisor.post(&at(&ticket, "point-release"), &release(false)).await.problem(409, "state_conflict");
        step(&supervisor, &ticket, "point-release", release(true)).await;
        assert_eq!(portal.get(&of(&ticket)).await.expect(200)["point"], exact);
        let follower = app.officer(Role::Resident, "", "follower-1");
        follower.post(&at(&ticket, "following"), &json!({})).await.expect(200);
        assert_ne!(follower.get(&of(&ticket)).await.expect(200)["point"], exact, "of an anonymous ticket never");
        let public = app.nobody().get(&format!("/open311/v2/requests/{}.json", text(&ticket["id"]))).await.expect(200);
        assert!(!public.to_string().contains(&LATITUDE.to_string()), "{public}");
        step(&supervisor, &ticket, "point-release", release(false)).await;
        assert_ne!(portal.get(&of(&ticket)).await.expect(200)["point"], exact);
    }

    async fn a_public_summary_and_a_typical_case_hold_nothing_of_the_complainant(app: TestApp) {
        let (_, complex) = crate::support::rows::a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", ACCOUNT);
        let ticket = resident.post("/v1/complaints", &named(planted("fees.overcharging", &complex))).await.expect(201);
        let social = app.social();
        for summary in [
            format!("{NAME}反映车位费上涨"), "薛女士反映车位费上涨".into(), "3号楼2单元1207室反映车位费上涨".into(),
            "３－２－１２０７ 反映车位费上涨".into(), "1207 业主反映车位费上涨".into(), format!("见 {LINK}"), format!("电话 {PHONE}"),
        ] {
            for (path, body) in [
                ("acceptance", json!({ "public_summary": summary })),
                ("reply", json!({ "text": "已核查", "public_summary": summary })),
            ] {
                social.post(&at(&ticket, path), &body).await.faults(&[("/public_summary", "personal_data")]);
            }
        }
        let good = json!({ "public_summary": "3 号楼 2 单元车位费上涨" });
        let seen = step(&social, &ticket, "acceptance", good).await;
        assert_eq!(text(&seen["public_summary"]), "3 号楼 2 单元车位费上涨");
        app.sealed().await;
        let summary = Needle::new("the summary", "单元车位费上涨");
        for leaf in app.values("SELECT leaf AS value FROM ledger_events") {
            assert!(summary.find(leaf.as_bytes()).is_none(), "the ledger holds a digest of it: {leaf}");
        }
        let report = json!({ "act": "nine.unlawful_fees_or_contract", "description": "经核查，擅自提高车位费" });
        let violation = social.post(&at(&ticket, "violation"), &report).await.expect(201);
        let case = json!({ "violation_id": violation["id"], "title": "擅自提高车位费", "summary": format!("{NAME}反映，该公司擅自提高车位费，后已退还") });
        social.post("/v1/typical-cases", &case).await.faults(&[("/summary", "personal_data")]);
    }
}
