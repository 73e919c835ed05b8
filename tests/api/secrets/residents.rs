//! No personal data of residents in clear text: neither the complainant nor the complaint.

use std::time::Duration;

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::{Service, search};
use crate::support::needles::Needle;
use crate::support::program::http;
use crate::support::rows::{company_input, complex_input, contract_input, path, text};
use crate::support::systems::{client_input, reason};
use crate::support::{COUNTY, Kind, NEIGHBOUR, OTHER_COUNTY, TOWNSHIP, block_on};

/// Personal data of the complainant. Only the complainant and, after unmasking, the offices may read it.
const NAME: &str = "史湘云女士";
const PHONE: &str = "138-0951-6620";
const DIGITS: &str = "13809516620";
const ADDRESS: &str = "红枣苑小区七号楼三单元一五〇二室";
/// A field that Open311 forms may contain. We do not store it.
const MAIL: &str = "shi.xiangyun.1502@mail.example.invalid";
const PERSON: [&str; 5] = [NAME, PHONE, DIGITS, ADDRESS, MAIL];

/// The description, which the parties may read and which is encrypted at rest.
const DESCRIPTION: &str = "车位费上涨没有公示过收费依据";
const LOCATION: &str = "地下车库南侧入口岗亭旁";
const OF_RESIDENT: &str = "请不要把电话打到我丈夫的单位";
const OF_OFFICE: &str = "来电人情绪激动已安抚两次";
const REPLY: &str = "已责令三日内退还多收的费用";
const EVIDENCE: &str = "住户提供的缴费单据共四张";
const UNSATISFIED: &str = "只退了一半我不同意";
const WHY_UNMASKED: &str = "回访核实退费金额是否到账";
const WHY_ERASED: &str = "搬离本县不再需要联系";
const SAID: [&str; 9] =
    [DESCRIPTION, LOCATION, OF_RESIDENT, OF_OFFICE, REPLY, EVIDENCE, UNSATISFIED, WHY_UNMASKED, WHY_ERASED];

/// An account whose complaint is erased, and one that stays.
const ERASED: &str = "resident-5d1e8c40b7";
const STAYS: &str = "resident-a90f27c613";

/// Tables that may contain the account of a resident, and why. An issuer may use personal data as account names, so it
/// must not be in a log, a response to others or a sealed leaf (which has a salted digest), and erasure deletes it.
const OF_ACCOUNTS: [&str; 3] = [
    // The owner of the complaint, and its followers.
    "complaint_followers",
    // The actor, for accountability: in the event, and in the entry by which the auditor finds it.
    "ledger_entries",
    "ledger_events",
];

fn named(text: &str) -> String {
    format!("{text}，{NAME}，电话 {PHONE} 或 {DIGITS}，{ADDRESS}")
}

fn complaint(channel: &str, category: &str, complex: &Value) -> Value {
    json!({
        "kind": "complaint", "channel": channel, "category": category, "complex_id": complex["id"],
        "description": named(DESCRIPTION), "location": named(LOCATION),
        "contact": { "name": NAME, "phone": PHONE, "address": ADDRESS },
        "evidence": [{ "title": named(EVIDENCE), "text": named(EVIDENCE) }],
    })
}

/// Everything read during the test, by what it must not contain.
#[derive(Default)]
struct Read {
    /// Read by callers who may not know the complainant.
    others: Vec<u8>,
    /// Public data, and feeds.
    open: Vec<u8>,
    /// Read by the office after the erasure.
    erased: Vec<u8>,
}

struct Tickets {
    erased: String,
    stays: String,
}

impl Service {
    async fn made(&mut self, token: &str, path: &str, body: &Value, status: u16) -> Value {
        let key = format!("residents-{}", crate::support::rows::unique());
        let (answered, made) = self.post(token, path, body, &key).await;
        assert_eq!(answered, status, "{path}: {made}");
        made
    }

    async fn step(&mut self, token: &str, id: &str, step: &str, body: Value, status: u16) -> Value {
        self.made(token, &format!("/v1/complaints/{id}/{step}"), &body, status).await
    }

    async fn bytes(&self, token: &str, path: &str) -> Vec<u8> {
        let answer = http().get(format!("{}{path}", self.program.base)).bearer_auth(token).send().await;
        answer.expect("an answer").bytes().await.expect("a body").to_vec()
    }

    async fn is_sealed(&self) {
        for _ in 0..300 {
            if self.stored(&["ledger_unsealed"]).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the ledger is not sealed");
    }

    fn tables_with(&self, value: &str) -> Vec<String> {
        let needle = Needle::new(value, value);
        let mut with = self.tables();
        with.retain(|table| needle.find(&self.stored(&[table])).is_some());
        with.sort();
        with
    }
}

/// Valid requests: two residents, an office that submits for a caller, the handler and the company.
async fn goes_well(service: &mut Service, read: &mut Read) -> Tickets {
    let county = service.token(Role::CountyAuthority, COUNTY);
    let social = service.token(Role::SocialAffairsOffice, TOWNSHIP);
    let desk = service.token(Role::LivelihoodServiceCenter, TOWNSHIP);
    let company_input = company_input();
    let company = service.made(&county, "/v1/companies", &company_input, 201).await;
    let complex = service.made(&county, "/v1/complexes", &complex_input(), 201).await;
    service.made(&county, "/v1/contracts", &contract_input(&complex, &company, "2026-01-01"), 201).await;
    let portal = service.token(Role::PropertyCompany, text(&company["uscc"]));
    let leaves = service.token_of(Role::Resident, "", ERASED, NAME);
    let stays = service.token_of(Role::Resident, "", STAYS, NAME);

    let input = complaint("app", "fees.overcharging", &complex);
    let (status, first) = service.post(&leaves, "/v1/complaints", &input, "resident-1").await;
    assert_eq!(status, 201, "{first}");
    assert!(
        text(&first["description"]).contains(NAME) && first["contact"]["phone"] == PHONE,
        "its own is shown in full"
    );
    assert_eq!(service.post(&leaves, "/v1/complaints", &input, "resident-1").await.1, first, "as it was stored");
    assert_eq!(
        service.post(&leaves, "/v1/complaints", &json!({ "description": named("另一件") }), "resident-1").await.0,
        422
    );
    let first = text(&first["id"]).to_owned();
    let second =
        service.made(&stays, "/v1/complaints", &complaint("portal", "service.facilities", &complex), 201).await;
    let second = text(&second["id"]).to_owned();
    let called = service.made(&desk, "/v1/complaints", &complaint("phone", "fees.not_disclosed", &complex), 201).await;

    service.step(&stays, &first, "following", json!({}), 200).await;
    service.step(&social, &first, "acceptance", json!({ "text": named("已电话联系") }), 200).await;
    service
        .step(&leaves, &first, "comments", json!({ "audience": "complainant", "text": named(OF_RESIDENT) }), 201)
        .await;
    service.step(&social, &first, "comments", json!({ "audience": "offices", "text": named(OF_OFFICE) }), 201).await;
    service.step(&social, &first, "information-request", json!({ "text": named("请补充单据") }), 200).await;
    service.step(&leaves, &first, "information", json!({ "text": named(EVIDENCE) }), 200).await;
    let evidence = json!([{ "title": named(EVIDENCE), "text": named(EVIDENCE) }]);
    let reply = json!({ "text": named(REPLY), "evidence": evidence, "public_summary": "车位收费问题已处理" });
    service.step(&social, &first, "reply", reply, 200).await;
    service.step(&leaves, &first, "satisfaction", json!({ "score": 1, "text": named(UNSATISFIED) }), 200).await;
    service.step(&leaves, &first, "reopening", json!({ "reasons": named(UNSATISFIED) }), 200).await;

    // Masked, and unmasked with a reason.
    let path = format!("/v1/complaints/{first}");
    assert_eq!(service.get(&social, &path).await.1["contact"]["phone"], "138****6620");
    let (status, full) = service.get(&social, &format!("{path}?unmask={WHY_UNMASKED}")).await;
    assert_eq!((status, &full["contact"]["phone"]), (200, &json!(PHONE)));
    service.step(&stays, &second, "contact-consent", json!({ "granted": true, "note": named("同意") }), 200).await;
    let of_company = format!("/v1/complaints/{second}");
    assert_eq!(service.get(&portal, &format!("{of_company}?unmask={WHY_UNMASKED}")).await.1["contact"]["name"], NAME);
    let found =
        service.made(&desk, "/v1/complaint-phone-searches", &json!({ "phone": format!("+86 {DIGITS}") }), 200).await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(3), "{found}");
    assert!(found.to_string().contains(text(&called["id"])));

    for (token, path) in [(&portal, &of_company), (&stays, &path)] {
        for part in ["", "/timeline"] {
            read.others.extend(service.bytes(token, &format!("{path}{part}")).await);
        }
    }
    for path in ["/v1/complaints", "/v1/events", "/v1/inbox"] {
        read.others.extend(service.bytes(&portal, path).await);
    }
    for path in ["/v1/events", "/v1/ledger/entries?kind=complaint.submitted", "/v1/inbox"] {
        read.open.extend(service.bytes(&social, path).await);
    }
    let complex = text(&complex["id"]);
    let taken = by_open311(service, complex).await;
    for path in [
        "/public".to_owned(),
        format!("/public/complexes/{complex}"),
        format!("/public/complexes/{complex}/notice"),
        "/public/data/complexes".to_owned(),
        format!("/public/data/complexes/{complex}"),
        format!("/v1/similar-complaints?category=fees.overcharging&complex_id={complex}"),
        "/open311/v2/requests.json".to_owned(),
        "/open311/v2/requests.xml".to_owned(),
        format!("/open311/v2/requests/{taken}.json"),
        format!("/open311/v2/requests/{taken}.xml"),
    ] {
        read.open.extend(service.bytes(&stays, &path).await);
    }
    Tickets { erased: first, stays: second }
}

/// Valid and invalid requests over Open311. Returns the id of the accepted one.
async fn by_open311(service: &mut Service, complex: &str) -> String {
    let county = service.token(Role::CountyAuthority, COUNTY);
    let administrator = service.token(Role::SystemAdministrator, COUNTY);
    let row = service.made(&administrator, "/v1/clients", &client_input(), 201).await;
    let client = path("clients", &row);
    let given = service.made(&administrator, &format!("{client}/secret"), &json!({ "overlap_hours": 0 }), 200).await;
    let secret = text(&given["client_secret"]).to_owned();
    service.plant("a client's secret", &secret);
    service.made(&county, &format!("{client}/approval"), &reason(), 200).await;
    let (key, told) = (format!("{}:{secret}", text(&row["id"])), named(DESCRIPTION));
    let good = [
        ("api_key", &*key),
        ("service_code", "service.lift"),
        ("address_id", complex),
        ("address_string", ADDRESS),
        ("description", &told),
        ("first_name", NAME),
        ("last_name", NAME),
        ("phone", PHONE),
        ("email", MAIL),
    ];
    let with = |name: &'static str, value: &'static str| {
        let mut fields = good.to_vec();
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        fields
    };
    let mut taken = String::new();
    for (fields, status) in [
        (good.to_vec(), 201),
        (with("api_key", "nobody:geheim"), 403),
        (with("service_code", NAME), 404),
        (with("phone", MAIL), 400),
        (with("address_id", DIGITS), 400),
        (with("lat", DIGITS), 400),
    ] {
        for ending in ["json", "xml"] {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(&fields);
            let request = http().post(format!("{}/open311/v2/requests.{ending}", service.program.base));
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.finish());
            let (answered, made) = service.send(request).await;
            // Which error it is, is tested elsewhere.
            assert!(answered == status || (status >= 400 && (400..500).contains(&answered)), "{answered}: {made}");
            if let Some(id) = made[0]["service_request_id"].as_str() {
                taken = id.to_owned();
            }
        }
    }
    taken
}

/// Requests that are refused in every possible way, with the same values.
async fn goes_wrong(service: &mut Service, complaints: &Tickets) {
    let social = service.token(Role::SocialAffairsOffice, TOWNSHIP);
    let neighbour = service.token(Role::SocialAffairsOffice, NEIGHBOUR);
    let desk = service.token(Role::LivelihoodServiceCenter, TOWNSHIP);
    let elsewhere = service.token(Role::CountyAuthority, OTHER_COUNTY);
    let leaves = service.token_of(Role::Resident, "", ERASED, NAME);
    let path = format!("/v1/complaints/{}", complaints.erased);
    let contact = json!({ "name": [NAME], "phone": { "x": PHONE }, "address": ADDRESS.repeat(30) });
    let faulty = json!({
        "kind": NAME, "channel": "phone", "category": DIGITS, "division": ADDRESS, "description": named("空").repeat(200),
        "contact": contact, "hotline_number": PHONE, "location": 7,
    });
    service.made(&leaves, "/v1/complaints", &faulty, 400).await;
    let anonymous = json!({
        "kind": "complaint", "channel": "phone", "category": NAME, "division": "640121999", "anonymous": true,
        "description": named(DESCRIPTION), "contact": { "name": NAME, "phone": PHONE },
    });
    service.made(&leaves, "/v1/complaints", &anonymous, 400).await;
    let said = json!({ "text": named(REPLY), "public_summary": format!("已与 {DIGITS} 联系") });
    service.step(&social, &complaints.erased, "acceptance", said, 400).await;
    let request = http().post(format!("{}/v1/complaints", service.program.base)).bearer_auth(&leaves);
    let malformed = format!("{{\"description\": \"{}\" \"contact\"", named(DESCRIPTION));
    let (status, _) = service.send(request.header("content-type", "application/json").body(malformed)).await;
    assert_eq!(status, 400);
    for phone in [NAME, "138-0951-6620-138-0951-6620"] {
        service.made(&desk, "/v1/complaint-phone-searches", &json!({ "phone": phone }), 400).await;
    }
    service.made(&leaves, "/v1/complaint-phone-searches", &json!({ "phone": PHONE }), 403).await;
    let reasons = json!({ "reasons": named(WHY_ERASED) });
    service.step(&desk, &complaints.erased, "erasure", reasons.clone(), 403).await;
    service.step(&neighbour, &complaints.erased, "erasure", reasons.clone(), 404).await;
    service.step(&desk, &complaints.erased, "reply", json!({ "text": named(REPLY) }), 403).await;
    service.step(&social, &complaints.erased, "closure", reasons, 409).await;
    let nobody = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
    let long = format!("{WHY_UNMASKED}{NAME}").repeat(20);
    for (token, path, status) in [
        (&desk, format!("{path}?unmask={WHY_UNMASKED}{NAME}{DIGITS}"), 403),
        (&leaves, format!("{path}?unmask={WHY_UNMASKED}{NAME}{DIGITS}"), 403),
        (&neighbour, format!("{path}?unmask={WHY_UNMASKED}{NAME}"), 404),
        (&elsewhere, format!("{path}?unmask={WHY_UNMASKED}{NAME}"), 404),
        (&social, format!("{path}?unmask={long}"), 400),
        (&social, format!("/v1/complaints/{nobody}?unmask={WHY_UNMASKED}{DIGITS}"), 404),
        (&social, format!("/v1/complaints/{NAME}"), 400),
        (&social, format!("/v1/complaints?state={NAME}"), 400),
        (&social, format!("/v1/complaints?cursor={DIGITS}"), 400),
        (&social, format!("/v1/complaints?q={NAME}{DIGITS}"), 400),
        (&social, format!("/v1/complaints?hotline_number={DIGITS}"), 200),
        (&social, format!("/v1/{NAME}/{DIGITS}"), 404),
        (&social, format!("/public/complexes/{NAME}{DIGITS}"), 404),
    ] {
        let (answered, _) = service.get(token, &path).await;
        assert_eq!(answered, status, "{path}");
    }
}

async fn is_erased(service: &mut Service, complaints: &Tickets, read: &mut Read) {
    let social = service.token(Role::SocialAffairsOffice, TOWNSHIP);
    let leaves = service.token_of(Role::Resident, "", ERASED, NAME);
    // Sealed with the account, so the erasure must find all copies.
    service.is_sealed().await;
    assert_eq!(service.tables_with(ERASED), OF_ACCOUNTS);
    service.step(&leaves, &complaints.erased, "erasure", json!({ "reasons": named(WHY_ERASED) }), 200).await;
    service.is_sealed().await;
    for part in ["", "/timeline"] {
        read.erased.extend(service.bytes(&social, &format!("/v1/complaints/{}{part}", complaints.erased)).await);
    }
    assert_eq!(service.tables_with(ERASED), Vec::<String>::new());
    assert_eq!(service.tables_with(STAYS), OF_ACCOUNTS);
    let stays = service.token_of(Role::Resident, "", STAYS, NAME);
    let (status, own) = service.get(&stays, &format!("/v1/complaints/{}", complaints.stays)).await;
    assert_eq!((status, text(&own["contact"]["address"])), (200, ADDRESS), "nobody else's goes with it");
}

fn nothing_of_a_resident_is_found(kind: Kind) {
    let Some(mut service) = Service::start(kind) else { return };
    let mut read = Read::default();
    let metrics = block_on(async {
        service.program.is_up().await;
        let complaints = goes_well(&mut service, &mut read).await;
        goes_wrong(&mut service, &complaints).await;
        is_erased(&mut service, &complaints, &mut read).await;
        let answer = crate::support::program::http().get(&service.program.metrics).send().await.expect("metrics");
        answer.bytes().await.expect("metrics").to_vec()
    });
    let (backup, database) = (service.backup(), service.stored(&[]));
    let (ledger, answers) = (service.stored(&["ledger_events"]), service.stored(&["idempotency_keys"]));
    service.program.stop();
    let (log, errors) = (service.program.log(), service.errors.clone());

    let needles = |values: &[&str]| values.iter().map(|value| Needle::new(value, value)).collect::<Vec<_>>();
    let (person, said, accounts) = (needles(&PERSON), needles(&SAID), needles(&[ERASED, STAYS]));
    let told_to_nobody = [
        ("the log", log.as_bytes()),
        ("the metrics", &metrics),
        ("the errors", &errors),
        ("the feeds and the public's pages", &read.open),
    ];
    let stored = [
        ("the backup", &*backup),
        ("the database", &*database),
        ("the ledger", &*ledger),
        ("stored answers", &*answers),
    ];
    let others = [("what others read", &*read.others), ("what is read after the erasure", &*read.erased)];
    search(&told_to_nobody, &person);
    search(&told_to_nobody, &said);
    search(&told_to_nobody, &accounts);
    search(&stored, &person);
    search(&stored, &said);
    search(&others, &person);
    search(&others, &accounts);
    search(&told_to_nobody, &service.secrets);

    // Checks that the search works.
    let reads = [
        (&read.others, DESCRIPTION),
        (&read.erased, REPLY),
        (&read.erased, "＊＊＊"),
        (&read.open, "complaint.submitted"),
    ];
    for (place, what) in reads {
        assert!(Needle::new(what, what).find(place).is_some(), "{what}");
    }
    assert!(accounts[1].find(&database).is_some() && accounts[1].find(&backup).is_some());
    for line in ["\"operation\":\"create_complaint\"", "\"kind\":\"data_unmasked\"", "\"kind\":\"forbidden\"", "TRACE"]
    {
        assert!(log.contains(line), "{line}");
    }
}

#[test]
fn nothing_of_a_resident_is_found_on_sqlite() {
    nothing_of_a_resident_is_found(Kind::Sqlite);
}

#[test]
fn nothing_of_a_resident_is_found_on_postgres() {
    nothing_of_a_resident_is_found(Kind::Postgres);
}
