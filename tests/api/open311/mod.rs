//! Open311 GeoReport v2, as its clients use it.

mod creating;
mod errors;
mod georeport;
mod places;
mod reading;
mod services;

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::support::client::Response;
use crate::support::rows::{complex_input, path, text};
use crate::support::systems::{System, client_input, reason};
use crate::support::{COMMUNITY, TestApp};

const REQUESTS: &str = "/open311/v2/requests.json";
/// Point of the test's complex.
const LAT: f64 = 38.2811;
const LONG: f64 = 106.2533;

/// A complex with a point.
async fn a_placed_complex(app: &TestApp, community: &str, latitude: f64, longitude: f64) -> Value {
    let mut input = complex_input();
    input["community"] = json!(community);
    input["point"] = json!({ "latitude": latitude, "longitude": longitude, "system": "wgs84" });
    app.office(Role::CountyAuthority, &community[..6]).post("/v1/complexes", &input).await.expect(201)
}

async fn here(app: &TestApp) -> Value {
    a_placed_complex(app, COMMUNITY, LAT, LONG).await
}

/// The portal of the township's social affairs office.
async fn a_portal(app: &TestApp) -> System {
    app.a_system(&client_input()).await
}

/// A client approved by another county.
async fn a_portal_of(app: &TestApp, county: &str) -> System {
    let mut input = client_input();
    (input["role"], input["division"]) = (json!("county_authority"), json!(county));
    let administrator = app.office(Role::SystemAdministrator, county);
    let row = administrator.post("/v1/clients", &input).await.expect(201);
    let secret = administrator.post(&format!("{}/secret", path("clients", &row)), &json!({ "overlap_hours": 0 })).await;
    let approved = app.office(Role::CountyAuthority, county);
    approved.post(&format!("{}/approval", path("clients", &row)), &reason()).await.expect(200);
    System { row, secret: text(&secret.expect(200)["client_secret"]).to_owned() }
}

fn key(system: &System) -> String {
    format!("{}:{}", system.id(), system.secret)
}

/// A form with these fields.
fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    form.finish()
}

/// The fields of a valid request.
fn good<'a>(key: &'a str, lat: &'a str, long: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("api_key", key),
        ("service_code", "service.lift"),
        ("lat", lat),
        ("long", long),
        ("description", "电梯停在 3 楼不动"),
    ]
}

async fn send(app: &TestApp, fields: &[(&str, &str)]) -> Response {
    app.nobody().post_form(REQUESTS, &form(fields)).await
}

/// The id of a request at the test's complex.
async fn sent(app: &TestApp, system: &System, fields: &[(&str, &str)]) -> String {
    let (key, lat, long) = (key(system), LAT.to_string(), LONG.to_string());
    let mut all = good(&key, &lat, &long);
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    text(&send(app, &all).await.expect(201)[0]["service_request_id"]).to_owned()
}

/// Expects an error in the standard's format, with this status and these words.
#[track_caller]
fn refused(answer: &Response, status: u16, words: &[&str]) {
    let shown = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, status, "{shown}");
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8", "{shown}");
    let errors = answer.json.as_array().expect("a list of errors");
    assert!(
        errors.iter().all(|one| one["code"] == status && one.as_object().is_some_and(|fields| fields.len() == 2)),
        "{shown}"
    );
    let told: Vec<&str> = errors.iter().map(|one| text(&one["description"])).collect();
    for word in words {
        assert!(told.iter().any(|one| one.contains(word)), "{word} in {told:?}");
    }
}

fn xml(answer: &Response) -> String {
    assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
    let text = String::from_utf8(answer.bytes.clone()).expect("UTF-8");
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"), "{text}");
    text
}
