//! Calls every operation of the document with every role, inside and outside its territory, and compares with the
//! permissions. The calls are generated from the document, so that no operation is forgotten: a path with an id needs a
//! line in [`FIXTURES`].

mod places;

use chrono::Utc;
use reqwest::Method;
use serde_json::{Map, Value, json};
use xiaoqu::access::Role;
use xiaoqu::access::role::ROLES;
use xiaoqu::app::document::document;

use crate::on_both_databases;
use crate::support::client::{Client, Response};
use crate::support::rows::text;
use crate::support::{AUDIENCE, COMMUNITY, COUNTY, ISSUER, NEIGHBOUR_COMMUNITY, TestApp};
use places::Place;

enum Fixture {
    /// A row in a territory.
    Row(fn(&Place) -> &Value),
    /// A row that every office of its county may see.
    CountyRow(fn(&Place) -> &Value),
    /// A row that is the same for everyone.
    Common(&'static str),
}

use Fixture::{Common, CountyRow, Row};

/// Values for the first parameter of each path: one line per prefix, longer prefixes first.
const FIXTURES: &[(&str, Fixture)] = &[
    ("/v1/companies/{id}", Row(|place| &place.company["id"])),
    ("/v1/company-changes/{id}", Row(|place| &place.change["id"])),
    ("/v1/complexes/{id}", Row(|place| &place.complex["id"])),
    ("/v1/contracts/{id}", Row(|place| &place.contract["id"])),
    ("/v1/violations/{id}", Row(|place| &place.violation["id"])),
    ("/v1/measures/{id}/approval", Row(|place| &place.removal["id"])),
    ("/v1/measures/{id}/rejection", Row(|place| &place.removal["id"])),
    ("/v1/measures/{id}", Row(|place| &place.measure["id"])),
    ("/v1/disclosure-survey/findings/{key}", Row(|place| &place.finding["key"])),
    ("/v1/typical-cases/{id}", Row(|place| &place.typical["id"])),
    ("/v1/rating-cycles/{id}", Row(|place| &place.cycle["id"])),
    ("/v1/ratings/{id}", Row(|place| &place.rating["summary"]["id"])),
    ("/v1/plaques/{number}", Common("640121-2026-0001")),
    ("/v1/attachments/{id}", Row(|place| &place.violation["evidence"][0]["attachment_id"])),
    ("/public/files/{id}", Row(|place| &place.violation["evidence"][0]["attachment_id"])),
    ("/v1/blacklist/{id}", CountyRow(|place| &place.listing["id"])),
    ("/v1/ledger/entries/{seq}", Row(|place| &place.entry)),
    ("/v1/clients/{id}", CountyRow(|place| &place.client["id"])),
    ("/v1/token-revocations/{id}", CountyRow(|place| &place.revocation["id"])),
    ("/v1/offices/{id}", CountyRow(|place| &place.office["id"])),
    ("/v1/documents/{id}", Row(|place| &place.document["id"])),
    ("/v1/inspections/{id}", Row(|place| &place.inspection["id"])),
    ("/v1/hazards/{id}", Row(|place| &place.hazard["id"])),
    // A company does not mediate, so this is a complaint that the community handles.
    ("/v1/complaints/{id}/mediation", Row(|place| &place.other_complaint["id"])),
    ("/v1/complaints/{id}", Row(|place| &place.complaint["id"])),
    ("/public/complexes/{id}", Row(|place| &place.complex["id"])),
    ("/public/data/complexes/{id}", Row(|place| &place.complex["id"])),
    ("/public/documents/{code}", Row(|place| &place.document["code"])),
    ("/public/data/documents/{code}", Row(|place| &place.document["code"])),
    ("/public/plaques/{number}", Common("640121-2026-0001")),
    ("/open311/v2/services/{service_code}", Common("service.lift")),
    // An id that this database does not have. The operation is public, and its errors have a format of their own.
    ("/open311/v2/requests/{service_request_id}", Common("019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")),
    ("/open311/v2/tokens/{token}", Common("019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")),
    ("/open311/v2/", Common("json")),
    ("/v1/policies/{version}/approval", CountyRow(|place| &place.draft)),
    ("/v1/policies/{version}/withdrawal", CountyRow(|place| &place.draft)),
    ("/v1/policies/{version}", Common("1")),
    ("/v1/calendar/{year}", Common("2026")),
];

/// Values for the other parameters of a path.
const OTHER_PARAMETERS: &[(&str, &str)] = &[("{kind}", "fee_standard"), ("{format}", "json")];

/// Rows in its own territory that a role sees only in some cases: (operation, role).
const NOT_ALWAYS_SHOWN: &[(&str, Role)] = &[
    // These see what they lead, what was referred to them, and what they must carry out.
    ("get_violation", Role::PoliceStation),
    ("get_violation", Role::FireRescue),
    ("get_violation", Role::MarketSupervision),
    ("get_violation", Role::DisciplineOffice),
    ("get_measure", Role::PoliceStation),
    ("get_measure", Role::FireRescue),
    ("get_measure", Role::MarketSupervision),
    ("get_measure", Role::DisciplineOffice),
    // The same, for the violation that the attachment belongs to; and roles that see no violation at all.
    ("get_attachment", Role::PoliceStation),
    ("get_attachment", Role::AgricultureServiceCenter),
    ("get_attachment", Role::PowerSupplyStation),
    ("get_attachment", Role::UtilityOperator),
    ("get_attachment", Role::FireRescue),
    ("get_attachment", Role::MarketSupervision),
    ("get_attachment", Role::DisciplineOffice),
    ("get_attachment", Role::Resident),
    ("get_attachment_content", Role::PoliceStation),
    ("get_attachment_content", Role::AgricultureServiceCenter),
    ("get_attachment_content", Role::PowerSupplyStation),
    ("get_attachment_content", Role::UtilityOperator),
    ("get_attachment_content", Role::FireRescue),
    ("get_attachment_content", Role::MarketSupervision),
    ("get_attachment_content", Role::DisciplineOffice),
    ("get_attachment_content", Role::Resident),
    ("get_blacklist_entry", Role::ComplexCommittee),
    ("get_ledger_entry", Role::PoliceStation),
    ("get_ledger_entry", Role::PowerSupplyStation),
    ("get_ledger_entry", Role::UtilityOperator),
    ("get_ledger_entry", Role::FireRescue),
    ("get_ledger_entry", Role::MarketSupervision),
    ("get_ledger_entry", Role::DisciplineOffice),
    // The company and the committee may not read the report of a violation, only the later events.
    ("get_ledger_entry", Role::ComplexCommittee),
    ("get_ledger_entry", Role::PropertyCompany),
    ("get_ledger_entry", Role::Resident),
    // Only hazards that they found themselves.
    ("get_hazard", Role::PoliceStation),
    ("get_hazard", Role::FireRescue),
    ("get_document", Role::PoliceStation),
    ("get_document", Role::FireRescue),
    ("get_document", Role::MarketSupervision),
    ("get_document", Role::DisciplineOffice),
    ("get_document_content", Role::PoliceStation),
    ("get_document_content", Role::FireRescue),
    ("get_document_content", Role::MarketSupervision),
    ("get_document_content", Role::DisciplineOffice),
    // Only complaints that they handle.
    ("get_complaint", Role::PoliceStation),
    ("get_complaint", Role::PowerSupplyStation),
    ("get_complaint", Role::UtilityOperator),
    ("get_complaint", Role::FireRescue),
    ("get_complaint", Role::MarketSupervision),
    ("get_complaint", Role::DisciplineOffice),
    ("list_complaint_timeline", Role::PoliceStation),
    ("list_complaint_timeline", Role::PowerSupplyStation),
    ("list_complaint_timeline", Role::UtilityOperator),
    ("list_complaint_timeline", Role::FireRescue),
    ("list_complaint_timeline", Role::MarketSupervision),
    ("list_complaint_timeline", Role::DisciplineOffice),
    ("list_complaint_duplicates", Role::PoliceStation),
    ("list_complaint_duplicates", Role::PowerSupplyStation),
    ("list_complaint_duplicates", Role::UtilityOperator),
    ("list_complaint_duplicates", Role::FireRescue),
    ("list_complaint_duplicates", Role::MarketSupervision),
    ("list_complaint_duplicates", Role::DisciplineOffice),
];

/// Rows of another county that a role can see all the same: a resident has no county, the directory is public, and so
/// are complaints that anybody may follow.
const SHOWN_EVERYWHERE: &[(&str, Role)] = &[("get_office", Role::Resident), ("follow_complaint", Role::Resident)];

struct Operation {
    method: Method,
    path: String,
    id: String,
    /// `None` if the operation is public.
    roles: Option<Vec<String>>,
    /// Names and schemas of the members of the body.
    body: Option<Map<String, Value>>,
    /// Required query, such as `?category=other`.
    query: String,
}

fn operations() -> Vec<Operation> {
    let document = document(false).expect("the document");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let roles = operation["x-roles"].as_array();
            assert!(roles.is_some() || operation["security"] == json!([]), "{method} {path} says nothing of who may");
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            all.push(Operation {
                method: Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method"),
                path: path.clone(),
                id: text(&operation["operationId"]).to_owned(),
                roles: roles.map(|roles| roles.iter().map(|role| text(role).to_owned()).collect()),
                query: needed(operation),
                body: schema.map(|schema| {
                    let name = text(&schema["$ref"]).trim_start_matches("#/");
                    let schema = document.pointer(&format!("/{name}")).expect("the schema of the body");
                    schema["properties"].as_object().cloned().unwrap_or_default()
                }),
            });
        }
    }
    assert!(all.len() >= 20, "the document is not empty");
    all
}

/// The required parameters of an operation, with their examples.
fn needed(operation: &Value) -> String {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let needed = all.filter(|one| one["in"] == "query" && one["required"] == true);
    let pairs = needed.map(|one| {
        let example = one["example"].as_str().unwrap_or("019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11");
        format!("{}={example}", text(&one["name"]))
    });
    let pairs = pairs.collect::<Vec<_>>().join("&");
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

impl Operation {
    fn fixture(&self) -> Option<&'static Fixture> {
        self.path.contains('{').then(|| {
            let found = FIXTURES.iter().find(|(prefix, _)| self.path.starts_with(prefix));
            &found.unwrap_or_else(|| panic!("{}: add a line to FIXTURES in tests/api/coverage/mod.rs", self.path)).1
        })
    }

    /// The path with the row of a place.
    fn at(&self, place: &Place) -> String {
        let value = match self.fixture() {
            None => return self.path.clone(),
            Some(Row(row) | CountyRow(row)) => text(row(place)),
            Some(Common(value)) => value,
        };
        self.with(value)
    }

    /// The path with this value for the first parameter, and valid values for the others.
    fn with(&self, value: &str) -> String {
        let (before, rest) = self.path.split_once('{').expect("a parameter");
        let (_, after) = rest.split_once('}').expect("its end");
        let after = OTHER_PARAMETERS.iter().fold(after.to_owned(), |path, (name, good)| path.replace(name, good));
        assert!(!after.contains('{'), "{}: add a line to OTHER_PARAMETERS", self.path);
        format!("{before}{value}{after}")
    }

    fn allows(&self, role: Role) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.iter().any(|code| code == role.code()))
    }

    /// Calls the operation, with a body that is always invalid if it takes one.
    async fn call(&self, client: &Client, path: &str) -> Response {
        let call = client.call(self.method.clone(), path);
        match self.body {
            Some(_) => call.json(&json!({ "no_such_field": 1 })).await,
            None => call.await,
        }
    }
}

/// A token for a role whose territory includes a place.
fn token(app: &TestApp, role: Role, place: &Place) -> String {
    let community = text(&place.complex["community"]);
    let territory = match (role, role.row().division_digits) {
        (Role::PropertyCompany, _) => text(&place.company["uscc"]),
        (Role::ComplexCommittee, _) => text(&place.complex["id"]),
        (_, digits) => &community[..digits],
    };
    app.token(role, territory)
}

fn expired(app: &TestApp) -> String {
    let now = Utc::now().timestamp();
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "late", "iat": now - 7200, "nbf": now - 7200, "exp": now - 3600,
        "jti": uuid::Uuid::new_v4(), "role": "county_authority", "division": COUNTY,
    });
    app.state.local_issuer.sign(&claims).expect("a token")
}

/// Was the response a refusal by the permissions? Another office's row is 403, too, but with another detail.
fn by_role(answer: &Response) -> bool {
    answer.code() == "forbidden" && answer.json["detail"].as_str().is_some_and(|text| text.contains("无权执行此操作"))
}

/// A caller who may access this row of a place.
async fn somebody(app: &TestApp, operation: &Operation, roles: &[String], place: &Place) -> Client {
    let found = find_somebody(app, operation, roles, place).await;
    found.unwrap_or_else(|| panic!("{} {}: no role may do this to the fixture's row", operation.method, operation.path))
}

async fn find_somebody(app: &TestApp, operation: &Operation, roles: &[String], place: &Place) -> Option<Client> {
    for code in roles {
        let client = app.bearer(&token(app, Role::from_code(code).expect("a role"), place));
        if !matches!(operation.call(&client, &operation.at(place)).await.status, 403 | 404) {
            return Some(client);
        }
    }
    None
}

#[track_caller]
fn is(answer: &Response, status: u16, code: &str, what: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{what}: {}", answer.json);
}

on_both_databases! {
    async fn every_operation_lets_in_whom_the_table_names_and_nobody_else(app: TestApp) {
        let own = Place::make(&app, COMMUNITY).await;
        let next_township = Place::make(&app, NEIGHBOUR_COMMUNITY).await;
        let next_county = Place::make(&app, "640122100200").await;
        let late = app.bearer(&expired(&app));
        for operation in operations() {
            let what = format!("{} {}", operation.method, operation.path);
            let nobody = operation.call(&app.nobody(), &operation.at(&own)).await;
            if operation.roles.is_none() {
                assert!(!matches!(nobody.status, 401 | 403), "{what} without a token: {}", nobody.json);
                continue;
            }
            is(&nobody, 401, "unauthorized", &what);
            is(&operation.call(&late, &operation.at(&own)).await, 401, "invalid_token", &what);
            for row in ROLES {
                let what = format!("{what} as {}", row.code);
                let client = app.bearer(&token(&app, row.role, &own));
                let inside = operation.call(&client, &(operation.at(&own) + &operation.query)).await;
                let outside = match (row.division_digits, operation.fixture()) {
                    (9 | 12, Some(Row(_))) => &next_township,
                    _ => &next_county,
                };
                let outside = operation.call(&client, &operation.at(outside)).await;
                if !operation.allows(row.role) {
                    is(&inside, 403, "forbidden", &what);
                    is(&outside, 403, "forbidden", &what);
                    assert!(by_role(&inside) && by_role(&outside), "{what}: {}", inside.json);
                    continue;
                }
                let refused = inside.status == 401 || inside.code() == "person_required" || by_role(&inside);
                assert!(!refused && inside.status < 500, "{what}: {} {}", inside.status, inside.json);
                let shown = !NOT_ALWAYS_SHOWN.contains(&(operation.id.as_str(), row.role));
                if shown && operation.method == Method::GET {
                    assert_eq!(inside.status, 200, "{what}: {}", inside.json);
                }
                let everywhere = SHOWN_EVERYWHERE.contains(&(operation.id.as_str(), row.role));
                if let Some(Row(_) | CountyRow(_)) = operation.fixture() && !everywhere {
                    is(&outside, 404, "not_found", &format!("{what} outside its territory"));
                }
            }
        }
    }

    async fn every_operation_tells_every_fault_of_its_input(app: TestApp) {
        let own = Place::make(&app, COMMUNITY).await;
        for operation in operations() {
            let Some(roles) = &operation.roles else { continue };
            let what = format!("{} {}", operation.method, operation.path);
            let client = somebody(&app, &operation, roles, &own).await;
            let at = operation.at(&own);

            let unknown = format!("{at}?no_such_parameter=1");
            let answer = operation.call(&client, &unknown).await;
            is(&answer, 400, "invalid_input", &what);
            assert!(answer.errors().contains(&("query/no_such_parameter", "unknown_parameter")), "{what}");

            let Some(fields) = &operation.body else { continue };
            let send = |body: String| client.call(operation.method.clone(), &at).body("application/json", body);
            for garbage in ["", "{", "{\"a\":}", "\u{0}", "nonsense"] {
                is(&send(garbage.into()).await, 400, "malformed_json", &format!("{what} with {garbage:?}"));
            }
            for odd in ["[]", "null", "1", "\"x\""] {
                is(&send(odd.into()).await, 400, "invalid_input", &format!("{what} with {odd}"));
            }
            // Every field is wrong, and one does not exist: each must be reported.
            let mut body: Map<String, Value> = fields.keys().map(|name| (name.clone(), json!([[]]))).collect();
            body.insert("no_such_field".into(), json!(1));
            let answer = send(Value::Object(body).to_string()).await;
            is(&answer, 400, "invalid_input", &what);
            let told: Vec<&str> = answer.errors().iter().map(|(pointer, _)| *pointer).collect();
            for name in fields.keys().map(String::as_str).chain(["no_such_field"]) {
                let pointer = format!("/{name}");
                assert!(told.iter().any(|p| *p == pointer || p.starts_with(&format!("{pointer}/"))), "{what}: {name} in {told:?}");
            }
            // A text of spaces is blank, and a decision must not be blank.
            let said = [r"\S", xiaoqu::http::schema::NOT_BLANK_LINE];
            let texts = fields.iter().filter(|(_, schema)| said.iter().any(|form| schema["pattern"] == *form)).map(|(name, _)| name);
            let blank: Map<String, Value> = texts.map(|name| (name.clone(), json!(" \u{3000}        "))).collect();
            let answer = send(Value::Object(blank.clone()).to_string()).await;
            for name in blank.keys() {
                let pointer = format!("/{name}");
                assert!(answer.errors().contains(&(&pointer, "blank")), "{what}: {name} in {}", answer.json);
            }
            let large = client.call(operation.method.clone(), &at).body("application/json", vec![b' '; 1024 * 1024 + 1]);
            is(&large.await, 413, "payload_too_large", &what);
            let other = client.call(operation.method.clone(), &at).body("text/csv", "a,b");
            is(&other.await, 415, "unsupported_media_type", &what);
        }
    }

    async fn every_id_in_a_path_is_checked(app: TestApp) {
        let own = Place::make(&app, COMMUNITY).await;
        for operation in operations() {
            let (Some(roles), Some(Row(_) | CountyRow(_))) = (&operation.roles, operation.fixture()) else { continue };
            let client = somebody(&app, &operation, roles, &own).await;
            let name = operation.path.split(['{', '}']).nth(1).expect("a parameter");
            let what = format!("{} {}", operation.method, operation.path);
            let answer = operation.call(&client, &operation.with("not-a-uuid")).await;
            is(&answer, 400, "invalid_input", &what);
            let pointer = format!("path/{name}");
            assert!(answer.errors().contains(&(pointer.as_str(), "invalid_format")), "{what}: {}", answer.json);
            let missing = if matches!(name, "seq" | "version") { "999999999" } else { "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11" };
            let nothing = operation.call(&client, &operation.with(missing)).await;
            is(&nothing, 404, "not_found", &what);
        }
    }
}
