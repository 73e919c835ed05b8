//! Plays stories on a demo over HTTP, in a time that stands still between them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Map, Value, json};
use xiaoqu::access::Role;
use xiaoqu::app::{self, ServerOptions};
use xiaoqu::clock::Clock;
use xiaoqu::demo::{self, Demo};
use xiaoqu::token_issuing::{TokenArgs, issue};

use super::story::{Step, Story, operations};
use crate::support::client::arguments;

const START: &str = "2026-06-15T01:00:00Z";

/// What was sent and what came.
pub struct Played {
    pub story: String,
    pub title: String,
    pub operation: String,
    pub caller: Option<String>,
    pub method: String,
    pub path: String,
    pub path_parameters: Map<String, Value>,
    pub query: Map<String, Value>,
    pub headers: Map<String, Value>,
    /// Media type of the body, without its parameters.
    pub content_type: Option<String>,
    pub body: Option<Value>,
    pub status: u16,
    pub media_type: String,
    pub answer: Value,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub at: DateTime<Utc>,
    pub example: bool,
}

/// What was played, and the count of the first id that the walk makes.
pub fn play(stories: &[(String, Story)]) -> (Vec<Played>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let start: DateTime<Utc> = START.parse().unwrap();
    let state = demo::open(folder.path(), Clock::still(chrono_tz::Asia::Shanghai, start), start).unwrap();
    actix_web::rt::System::new().block_on(async {
        let demo = demo::fill(state, start).await.unwrap();
        let options = ServerOptions { workers: 1, ..ServerOptions::default() };
        let (server, address) = app::server(demo.state.clone(), &options).unwrap();
        actix_web::rt::spawn(server);
        let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let (metrics, metrics_address) = app::metrics_server(demo.state.clone(), anywhere).unwrap();
        actix_web::rt::spawn(metrics);
        let base = format!("http://{address}");
        let redirects = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirects).build().unwrap();
        let document = http.get(format!("{base}/openapi.json")).send().await.unwrap().json().await.unwrap();
        let mut player = Player {
            operations: operations(&document),
            base,
            metrics: format!("http://{metrics_address}"),
            http,
            kept: BTreeMap::from([
                ("client_id".to_owned(), json!(demo.system.client_id)),
                ("client_secret".to_owned(), json!(demo.system.client_secret)),
            ]),
            versions: BTreeMap::new(),
            demo,
            played: Vec::new(),
        };
        let id = player.demo.state.clock.new_id(player.demo.state.clock.now()).to_string();
        let first = u64::from_str_radix(&id[id.len() - 8..], 16).unwrap();
        for (file, story) in stories {
            for (number, step) in (1..).zip(&story.steps) {
                player.step(file, story, number, step).await;
            }
        }
        (player.played, first)
    })
}

struct Player {
    demo: Demo,
    operations: BTreeMap<String, String>,
    base: String,
    http: reqwest::Client,
    kept: BTreeMap<String, Value>,
    metrics: String,
    /// ETags by path.
    versions: BTreeMap<String, String>,
    played: Vec<Played>,
}

impl Player {
    async fn step(&mut self, file: &str, story: &Story, number: usize, step: &Step) {
        let place = format!("{file}, step {number} {}", step.operation);
        if step.jobs {
            for job in self.demo.state.features.iter().flat_map(|feature| feature.jobs) {
                (job.run)(self.demo.state.clone()).await.unwrap_or_else(|problem| panic!("{place}: {problem:?}"));
            }
        }
        if let Some(at) = &step.at {
            let at: DateTime<Utc> = at.parse().unwrap_or_else(|error| panic!("{place}: at: {error}"));
            let now = self.demo.state.clock.now().0;
            assert!(at >= now, "{place}: the clock is at {now} already");
            self.demo.state.clock.set(at);
        }
        if step.operation.is_empty() {
            return;
        }
        let route = self.operations.get(&step.operation).unwrap_or_else(|| panic!("{place}: no such operation"));
        let (method, template) = route.split_once(' ').unwrap();
        let object = |all: &Map<String, Value>| -> Map<String, Value> {
            all.iter().map(|(name, value)| (name.clone(), self.filled(&place, value))).collect()
        };
        let path_parameters = object(&step.path);
        let mut path = template.to_owned();
        for (name, value) in &path_parameters {
            let hole = format!("{{{name}}}");
            assert!(path.contains(&hole), "{place}: {template} has no {hole}");
            path = path.replace(&hole, &text(value));
        }
        assert!(!path.contains('{'), "{place}: {path} is not filled");
        let method: Method = method.parse().unwrap();
        // A minute between two writes: what was first is first in every list.
        if method != Method::GET {
            let now = self.demo.state.clock.now().0;
            self.demo.state.clock.set(now + TimeDelta::minutes(1));
        }
        let (query, mut headers) = (object(&step.query), object(&step.headers));
        if step.if_match {
            // A decision on a row, such as `/v1/violations/{id}/confirmation`, names the version of the row.
            let row = path.rsplit_once('/').map_or("", |(row, _)| row);
            let version = self.versions.get(&path).or_else(|| self.versions.get(row));
            let version = version.unwrap_or_else(|| panic!("{place}: no version of {path} is known"));
            headers.insert("If-Match".into(), json!(version));
        }
        let server = if path == "/metrics" { &self.metrics } else { &self.base };
        let mut url = format!("{server}{path}");
        if !query.is_empty() {
            url = format!("{url}?{}", encoded(&query));
        }
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in &headers {
            request = request.header(name, text(value));
        }
        if let Some(caller) = &step.caller {
            request = request.bearer_auth(self.token(&place, caller));
        }
        // As it is sent, and as the record shows it.
        let sent = match (&step.body, &step.form, &step.parts) {
            (Some(body), _, _) => {
                let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
                let body = self.filled(&place, body);
                Some((kind.to_owned(), body.to_string().into_bytes(), body))
            }
            (_, Some(form), _) => {
                let form = object(form);
                let kind = "application/x-www-form-urlencoded".to_owned();
                Some((kind, encoded(&form).into_bytes(), Value::Object(form)))
            }
            (_, _, Some(parts)) => Some(multipart(&place, &object(parts))),
            (None, None, None) => None,
        };
        let (mut content_type, mut body) = (None, None);
        if let Some((kind, bytes, shown)) = sent {
            request = request.header("content-type", &kind).body(bytes);
            (content_type, body) = (kind.split(';').next().map(str::to_owned), Some(shown));
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{place}: {error}"));
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let (etag, location) = (header("etag"), header("location"));
        let media_type = header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().to_owned();
        let bytes = response.bytes().await.unwrap();
        let answer: Value = if media_type.ends_with("json") {
            serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{place}: {error}"))
        } else if media_type == "text/xml" {
            json!(String::from_utf8_lossy(&bytes))
        } else {
            Value::Null
        };
        let expected = step.status.map_or((200..300).contains(&status), |expected| expected == status);
        assert!(expected, "{place}: {method} {path}: {status} {answer:#}\nsent: {}", body.unwrap_or_default());
        for (name, pointer) in &step.keep {
            let pointer = pointer.as_str().unwrap_or_else(|| panic!("{place}: {name} is kept from a pointer"));
            let value = answer.pointer(pointer).filter(|value| !value.is_null());
            let value = value.unwrap_or_else(|| panic!("{place}: nothing at {pointer} of {answer:#}"));
            self.kept.insert(name.clone(), value.clone());
        }
        if let Some(etag) = &etag {
            let at = if status == 201 { location.as_deref().unwrap_or(&path) } else { &path };
            let at = at.strip_prefix(&self.base).unwrap_or(at);
            self.versions.insert(at.to_owned(), etag.clone());
        }
        self.played.push(Played {
            story: file.to_owned(),
            title: story.title.clone(),
            operation: step.operation.clone(),
            caller: step.caller.as_ref().map(|caller| text(&self.filled(&place, &json!(caller)))),
            method: method.to_string(),
            path,
            path_parameters,
            query,
            headers,
            content_type,
            body,
            status,
            media_type,
            answer,
            etag,
            location,
            at: self.demo.state.clock.now().0,
            example: step.example,
        });
    }

    /// A value with what was kept in its place.
    fn filled(&self, place: &str, value: &Value) -> Value {
        let find = |name: &str| self.kept.get(name).unwrap_or_else(|| panic!("{place}: nothing was kept as {name}"));
        match value {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix('$').filter(|name| !name.starts_with('{')) {
                    return find(name).clone();
                }
                let (mut made, mut rest) = (String::new(), text.as_str());
                while let Some((before, after)) = rest.split_once("${") {
                    let (name, after) = after.split_once('}').unwrap_or_else(|| panic!("{place}: {text}"));
                    made = made + before + &self::text(find(name));
                    rest = after;
                }
                json!(made + rest)
            }
            Value::Array(items) => items.iter().map(|item| self.filled(place, item)).collect(),
            Value::Object(all) => {
                Value::Object(all.iter().map(|(name, value)| (name.clone(), self.filled(place, value))).collect())
            }
            other => other.clone(),
        }
    }

    fn token(&self, place: &str, caller: &str) -> String {
        let caller = text(&self.filled(place, &json!(caller)));
        let (who, note) = caller.split_once('#').map_or((caller.as_str(), None), |(who, note)| (who, Some(note)));
        let (role, territory) = who.split_once('@').map_or((who, None), |(role, at)| (role, Some(at)));
        let role = Role::from_code(role).unwrap_or_else(|| panic!("{place}: no role {role}"));
        let known = self.demo.tokens.iter().find(|token| token.role == role).expect("a token for each role");
        if note.is_none() && territory.is_none() {
            return known.token.clone();
        }
        let mut args = TokenArgs {
            subject: format!("{}{}", known.subject, note.map(|note| format!("-{note}")).unwrap_or_default()),
            division: known.division.clone(),
            company: known.company.clone(),
            tasks: if role == Role::TownshipLeader { vec![2, 3, 4, 5, 6, 7] } else { Vec::new() },
            ..arguments(role)
        };
        match (role, territory) {
            (Role::PropertyCompany, Some(uscc)) => {
                (args.company, args.subject) = (Some(uscc.to_owned()), format!("company-{uscc}"));
            }
            (Role::ComplexCommittee, at) => args.complex = Some(at.expect("a complex").to_owned()),
            // The demo's operator, if none is named.
            (Role::UtilityOperator, at) => args.organisation = Some(at.unwrap_or("heat").to_owned()),
            (_, Some(division)) => {
                args.division = Some(division.to_owned());
                args.subject = format!("{}-{division}", role.code());
            }
            (_, None) => {}
        }
        if let (Some(note), Some(_)) = (note, territory) {
            args.subject = format!("{}-{note}", args.subject);
        }
        issue(&self.demo.state.local_issuer, &args, 60).unwrap_or_else(|error| panic!("{place}: {error}"))
    }
}

/// How a value is written in a path, a query or a header.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A query, or a form in a body.
fn encoded(fields: &Map<String, Value>) -> String {
    let pairs = fields.iter().map(|(name, value)| (name, text(value)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A body of parts, with its media type, and as the record shows it.
fn multipart(place: &str, parts: &Map<String, Value>) -> (String, Vec<u8>, Value) {
    const BOUNDARY: &str = "xiaoqu-walk";
    let mut bytes = Vec::new();
    let mut shown = Map::new();
    for (name, part) in parts {
        let disposition = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"");
        match part["file"].as_str() {
            Some(file) => {
                let content =
                    std::fs::read(super::root().join(file)).unwrap_or_else(|error| panic!("{place}: {error}"));
                let file_name = part["name"].as_str().or(file.rsplit('/').next()).unwrap_or_default();
                let kind = part["type"].as_str().unwrap_or_else(|| panic!("{place}: {name} has no type"));
                bytes
                    .extend(format!("{disposition}; filename=\"{file_name}\"\r\nContent-Type: {kind}\r\n\r\n").bytes());
                bytes.extend(content);
                shown.insert(name.clone(), json!(format!("@{file_name};type={kind}")));
            }
            None => {
                bytes.extend(format!("{disposition}\r\n\r\n{}", text(part)).bytes());
                shown.insert(name.clone(), part.clone());
            }
        }
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{BOUNDARY}--\r\n").bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), bytes, Value::Object(shown))
}
