//! Checks for leaked secrets: the real program runs with its most verbose log, known values are planted, requests
//! succeed and fail, and then all output is searched for the values.

mod residents;

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::Utc;
use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::support::needles::Needle;
use crate::support::program::{Deployment, Program, http, random};
use crate::support::rows::{company_input, complex_input, text};
use crate::support::{AUDIENCE, COUNTY, Database, ISSUER, Kind, TOWNSHIP, block_on, sql};

/// Personal data of the kinds that the service processes.
const REPRESENTATIVE: &str = "甄士隐（代表人）";
const HOTLINE: &str = "0951-7391846 (77)";
const MANAGER: &str = "贾雨村（项目经理）";
const OFFICER: &str = "王熙凤（经办人）";
/// A value that belongs in the log and in an error. The search must find it.
const CONTROL: &str = "control-4b1d.7:e";
const CONTACT: &str = "薛宝钗（联系人）139-1234-0951";
const PHONE_IN_TEXT: &str = "住户电话 138-0951-4417";

struct Service {
    program: Program,
    deployment: Deployment,
    secrets: Vec<Needle>,
    /// Responses with a status of 400 or more, with their headers.
    errors: Vec<u8>,
}

impl Service {
    fn start(kind: Kind) -> Option<Service> {
        let talkative = [("log_level", "trace"), ("refused_tokens_burst", "5"), ("refused_tokens_per_second", "1000")];
        let mut deployment = Deployment::new(kind, &talkative)?;
        let secrets = std::mem::take(&mut deployment.secrets);
        Some(Service { program: deployment.serve("log"), deployment, secrets, errors: Vec::new() })
    }

    /// A token of an officer with a name. Neither the token nor a part of it may be found later.
    fn token(&mut self, role: Role, territory: &str) -> String {
        self.token_of(role, territory, &format!("{}-1", role.code()), OFFICER)
    }

    fn token_of(&mut self, role: Role, territory: &str, subject: &str, name: &str) -> String {
        let token = self.deployment.token(role, territory, subject, Some(name));
        self.plant("an access token", &token);
        token
    }

    fn plant(&mut self, name: &str, token: &str) {
        let signature = token.rsplit('.').next().unwrap_or(token).to_owned();
        self.secrets.push(Needle::new(name, token));
        self.secrets.push(Needle::new(&format!("the signature of {name}"), signature));
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), format!("{:?}", response.headers()));
        let body = response.bytes().await.expect("a body").to_vec();
        if status >= 400 {
            self.errors.extend_from_slice(headers.as_bytes());
            self.errors.extend_from_slice(&body);
        }
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn post(&mut self, token: &str, path: &str, body: &Value, key: &str) -> (u16, Value) {
        let http = http().post(format!("{}{path}", self.program.base)).bearer_auth(token).json(body);
        self.send(http.header("idempotency-key", key)).await
    }

    async fn get(&mut self, token: &str, path: &str) -> (u16, Value) {
        self.send(http().get(format!("{}{path}", self.program.base)).bearer_auth(token)).await
    }

    fn backup(&self) -> Vec<u8> {
        let folder = self.deployment.home.path().join("backup");
        let what = ["backup", "--to", &folder.display().to_string()];
        let made = self.deployment.command(&what).output().expect("a backup");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut all = [made.stdout, made.stderr].concat();
        for file in files(&folder) {
            if file.ends_with("xiaoqu.pgdump") {
                // The archive is compressed, so its unpacked text is searched.
                let text = Command::new("pg_restore").arg("--file=-").arg(&file).output().expect("pg_restore");
                assert!(text.status.success(), "{}", String::from_utf8_lossy(&text.stderr));
                all.extend(text.stdout);
            } else {
                all.extend(std::fs::read(file).expect("a file"));
            }
        }
        all
    }

    fn tables(&self) -> Vec<String> {
        let names = match &self.deployment.database {
            Database::Postgres(_) => "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'",
            _ => "SELECT name AS value FROM sqlite_master WHERE type = 'table'",
        };
        sql::values(&mut sql::connect(&self.deployment.database.url()), names)
    }

    /// Everything in the database and, on SQLite, the file itself with its WAL.
    fn stored(&self, tables: &[&str]) -> Vec<u8> {
        let url = self.deployment.database.url();
        let mut all = Vec::new();
        if let (Database::Sqlite(folder), true) = (&self.deployment.database, tables.is_empty()) {
            files(folder.path()).iter().for_each(|file| all.extend(std::fs::read(file).expect("a file")));
            return all;
        }
        let mut conn = sql::connect(&url);
        let mut names: Vec<String> = tables.iter().map(|name| name.to_string()).collect();
        if names.is_empty() {
            names = self.tables();
        }
        for name in names {
            let row = match &self.deployment.database {
                Database::Postgres(_) => format!("SELECT row_to_json(t)::text AS value FROM {name} t"),
                _ => {
                    let columns =
                        sql::values(&mut conn, &format!("SELECT name AS value FROM pragma_table_info('{name}')"));
                    let hex =
                        columns.iter().map(|column| format!("coalesce(hex(\"{column}\"), '')")).collect::<Vec<_>>();
                    format!("SELECT {} AS value FROM {name}", hex.join(" || ' ' || "))
                }
            };
            sql::values(&mut conn, &row).into_iter().for_each(|row| all.extend(row.into_bytes()));
        }
        all
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect()
}

/// Sends valid and invalid requests with planted values.
async fn drive(service: &mut Service) {
    let county = service.token(Role::CountyAuthority, COUNTY);
    let social = service.token(Role::SocialAffairsOffice, TOWNSHIP);
    let company_input = {
        let mut input = company_input();
        (input["legal_representative"], input["service_hotline"]) = (json!(REPRESENTATIVE), json!(HOTLINE));
        input
    };
    let (status, company) = service.post(&county, "/v1/companies", &company_input, "plant-1").await;
    assert_eq!(status, 201, "{company}");
    // Replayed from the stored response; then the same key with another body.
    assert_eq!(service.post(&county, "/v1/companies", &company_input, "plant-1").await.1, company);
    assert_eq!(service.post(&county, "/v1/companies", &json!({ "name": MANAGER }), "plant-1").await.0, 422);
    assert_eq!(service.post(&county, "/v1/companies", &company_input, "plant-2").await.0, 409);
    let (_, complex) = service.post(&county, "/v1/complexes", &complex_input(), "plant-3").await;
    let serving = json!({
        "kind": "regular", "complex_id": complex["id"], "company_id": company["id"], "project_manager": MANAGER,
        "effective_from": "2026-01-01",
    });
    assert_eq!(service.post(&county, "/v1/contracts", &serving, "plant-4").await.0, 201);
    let report = json!({
        "act": "nine.staff_not_in_uniform", "company_id": company["id"], "complex_id": complex["id"], "found_on": "2026-02-02",
        "source": "inspection", "description": PHONE_IN_TEXT, "evidence": [],
    });
    let (status, made) = service.post(&social, "/v1/violations", &report, "plant-5").await;
    assert_eq!(status, 201, "{made}");
    for path in ["/v1/me", "/v1/companies?q=甄士隐", "/v1/companies", "/v1/violations", "/v1/inbox", "/v1/complexes"]
    {
        assert_eq!(service.get(&social, path).await.0, 200, "{path}");
    }

    // Refused in every possible way.
    assert_eq!(service.post(&social, "/v1/policies", &json!({ "x": PHONE_IN_TEXT }), "plant-6").await.0, 403);
    assert_eq!(service.get(&county, "/v1/companies?limit=0&cursor=geheim").await.0, 400);
    let malformed = http().post(format!("{}/v1/companies", service.program.base)).bearer_auth(&county);
    service
        .send(malformed.header("content-type", "application/json").body(format!("{{\"name\": \"{OFFICER}\" oops")))
        .await;
    let wrong_type = json!({ "uscc": 7, "name": [REPRESENTATIVE], "service_hotline": { "x": HOTLINE } });
    assert_eq!(service.post(&county, "/v1/companies", &wrong_type, "plant-7").await.0, 400);
    let stranger = crate::support::keys::Key::ed25519("stranger");
    let now = Utc::now().timestamp();
    let claims =
        json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": now + 60, "nbf": now, "iat": now, "jti": "y" });
    let forged = stranger.token(&json!({ "alg": "EdDSA", "typ": "JWT", "kid": "z" }), &claims);
    let expired =
        stranger.token(&json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "z" }), &json!({ "iss": "https://x.test" }));
    let random = hex::encode(random());
    for token in [&forged, &expired, &random, "sk-live-5f2d9a7b1c4e"] {
        service.plant("a refused token", token);
        for path in ["/v1/me", "/v1/companies", "/nowhere"] {
            assert!(matches!(service.get(token, path).await.0, 401 | 404 | 429));
        }
    }
    let query = "qs-0f9e8d7c6b5a4f3e";
    service.secrets.push(Needle::new("a token in an address", query));
    let request = http().get(format!("{}/v1/me?access_token={query}", service.program.base));
    assert_eq!(service.send(request).await.0, 401);
    for (name, header, value) in [
        ("a password", "authorization", "Basic b2ZmaWNlcjpwYXNzLTdhNmI1YzRk"),
        ("a cookie", "cookie", "session=cookie-2b3c4d5e6f7a"),
        ("a key of another system", "x-api-key", "api-key-8d7e6f5a4b3c"),
    ] {
        let secret = value.rsplit([' ', '=']).next().unwrap_or(value);
        service.secrets.push(Needle::new(name, secret));
        let request = http().get(format!("{}/v1/me", service.program.base)).header(header, value);
        service.send(request).await;
    }
    let request = http().get(format!("{}/v1/me", service.program.base)).header("x-request-id", CONTROL);
    assert_eq!(service.send(request).await.0, 401);
    // A client with a real secret: right, wrong, and for a real token.
    let administrator = service.token(Role::SystemAdministrator, COUNTY);
    let input =
        json!({ "name": "测试平台甲", "contact": CONTACT, "role": "social_affairs_office", "division": TOWNSHIP });
    let (status, made) = service.post(&administrator, "/v1/clients", &input, "plant-8").await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1/clients/{}", text(&made["id"]));
    let (_, given) =
        service.post(&administrator, &format!("{path}/secret"), &json!({ "overlap_hours": 0 }), "plant-9").await;
    let given = text(&given["client_secret"]).to_owned();
    service.plant("a client's secret that is in force", &given);
    let (status, approved) =
        service.post(&county, &format!("{path}/approval"), &json!({ "reason": "理由" }), "plant-10").await;
    assert_eq!(status, 200, "{approved}");
    for (try_it, expected) in [(given.clone(), 200), (format!("{given}x"), 401)] {
        let request =
            http().post(format!("{}/oauth/token", service.program.base)).basic_auth(text(&made["id"]), Some(try_it));
        let form =
            request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=client_credentials");
        let (status, answer) = service.send(form).await;
        assert_eq!(status, expected, "{answer}");
        if let Some(token) = answer["access_token"].as_str() {
            service.plant("a client's token", token);
            assert_eq!(service.get(token, "/v1/me").await.0, 200);
        }
    }
    let secret = "client-secret-Zq3vX9pLm2";
    service.secrets.push(Needle::new("a client's secret", secret));
    let form = format!("grant_type=client_credentials&client_id=nobody&client_secret={secret}");
    let request = http().post(format!("{}/oauth/token", service.program.base));
    service.send(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await;
    let request = http().post(format!("{}/oauth/token", service.program.base)).basic_auth("nobody", Some(secret));
    service
        .send(request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=client_credentials"))
        .await;
}

/// Fails with all places that contain one of the values.
fn search(places: &[(&str, &[u8])], needles: &[Needle]) {
    let mut found = Vec::new();
    for (place, bytes) in places {
        assert!(!bytes.is_empty(), "nothing to search in {place}");
        for needle in needles {
            if let Some(form) = needle.find(bytes) {
                found.push(format!("{} in {place}: {form}", needle.name));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn nothing_is_found(kind: Kind) {
    let Some(mut service) = Service::start(kind) else { return };
    block_on(async {
        service.program.is_up().await;
        drive(&mut service).await;
    });
    let metrics = block_on(async {
        let answer = http().get(&service.program.metrics).send().await.expect("metrics");
        answer.bytes().await.expect("metrics").to_vec()
    });
    let (backup, database) = (service.backup(), service.stored(&[]));
    service.program.stop();
    let (log, errors) = (service.program.log(), service.errors.clone());

    let secrets = std::mem::take(&mut service.secrets);
    assert!(secrets.len() > 20);
    let places = [
        ("the log", log.as_bytes()),
        ("the metrics", &metrics),
        ("the errors", &errors),
        ("the backup", &backup),
        ("the database", &database),
    ];
    search(&places, &secrets);
    let personal =
        [REPRESENTATIVE, HOTLINE, MANAGER, OFFICER, PHONE_IN_TEXT, CONTACT].map(|value| Needle::new(value, value));
    let quiet = [("the log", log.as_bytes()), ("the metrics", &metrics[..]), ("the errors", &errors[..])];
    search(&quiet, &personal);
    // Stored responses are encrypted with the data key.
    search(&[("stored answers", &service.stored(&["idempotency_keys"]))], &personal);
    // The ledger is permanent and auditors read it, so it contains only digests of personal data.
    search(&[("the ledger", &service.stored(&["ledger_events"]))], &personal);

    // Checks that the search works: data that belongs in the database is found.
    for place in [&backup, &database] {
        assert!(personal[0].find(place).is_some() && personal[1].find(place).is_some());
    }
    for place in [log.as_bytes(), &errors] {
        assert!(Needle::new("the control", CONTROL).find(place).is_some());
    }
    for line in
        ["\"kind\":\"token_in_address\"", "\"kind\":\"idempotency_mismatch\"", "\"kind\":\"forbidden\"", "TRACE"]
    {
        assert!(log.contains(line), "{line}");
    }
}

#[test]
fn nothing_secret_is_found_on_sqlite() {
    nothing_is_found(Kind::Sqlite);
}

#[test]
fn nothing_secret_is_found_on_postgres() {
    nothing_is_found(Kind::Postgres);
}
