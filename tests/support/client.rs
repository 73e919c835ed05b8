//! A small HTTP client with its caller, requests and responses.

use std::future::IntoFuture;
use std::pin::Pin;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use xiaoqu::access::Role;
use xiaoqu::token_issuing::{TokenArgs, issue};

use super::{TestApp, promises};

/// A caller: an office, a company, or nobody.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    pub token: Option<String>,
}

/// A request, which is sent when awaited.
pub struct Call(reqwest::RequestBuilder);

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Vec<u8>,
}

pub fn arguments(role: Role) -> TokenArgs {
    TokenArgs {
        role,
        subject: format!("{}-1", role.code()),
        division: None,
        company: None,
        complex: None,
        organisation: (role == Role::UtilityOperator).then(|| "water".into()),
        tasks: if role == Role::TownshipLeader { vec![2, 4] } else { Vec::new() },
        name: None,
        minutes: None,
    }
}

impl TestApp {
    /// A token of the local issuer. `territory` is the division, USCC or complex that the role requires.
    pub fn token(&self, role: Role, territory: &str) -> String {
        self.token_of(role, territory, &format!("{}-1", role.code()))
    }

    pub fn token_of(&self, role: Role, territory: &str, subject: &str) -> String {
        let mut arguments = TokenArgs { subject: subject.into(), ..arguments(role) };
        let territory = (!territory.is_empty()).then(|| territory.to_owned());
        match role {
            Role::PropertyCompany => arguments.company = territory,
            Role::ComplexCommittee => arguments.complex = territory,
            Role::Resident => {}
            _ => arguments.division = territory,
        }
        issue(&self.state.local_issuer, &arguments, 60).expect("a token")
    }

    /// A caller from an office, with a token of the local issuer.
    pub fn office(&self, role: Role, territory: &str) -> Client {
        self.bearer(&self.token(role, territory))
    }

    /// Another person of the same office.
    pub fn officer(&self, role: Role, territory: &str, subject: &str) -> Client {
        self.bearer(&self.token_of(role, territory, subject))
    }

    pub fn county(&self) -> Client {
        self.office(Role::CountyAuthority, super::COUNTY)
    }

    /// The social affairs office of the test's township.
    pub fn social(&self) -> Client {
        self.office(Role::SocialAffairsOffice, super::TOWNSHIP)
    }

    /// The same office of the neighbouring township.
    pub fn neighbour(&self) -> Client {
        self.office(Role::SocialAffairsOffice, super::NEIGHBOUR)
    }

    pub fn company(&self, uscc: &str) -> Client {
        self.office(Role::PropertyCompany, uscc)
    }

    pub fn bearer(&self, token: &str) -> Client {
        Client { token: Some(token.to_owned()), ..self.nobody() }
    }

    pub fn nobody(&self) -> Client {
        Client { http: self.http.clone(), base_url: self.base_url.clone(), token: None }
    }
}

impl Client {
    /// A caller with a token, for a program at this address.
    pub fn at(base_url: &str, token: &str) -> Client {
        Client { http: super::program::http(), base_url: base_url.to_owned(), token: Some(token.to_owned()) }
    }

    pub fn call(&self, method: Method, path: &str) -> Call {
        let mut request = self.http.request(method, format!("{}{path}", self.base_url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Call(request)
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PATCH, path).json(body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }
}

impl Call {
    pub fn header(self, name: &str, value: &str) -> Call {
        Call(self.0.header(name, value))
    }

    pub fn json(self, body: &Value) -> Call {
        Call(self.0.json(body))
    }

    /// Sets a body of any media type.
    pub fn body(self, media_type: &str, body: impl Into<reqwest::Body>) -> Call {
        Call(self.0.header("content-type", media_type).body(body))
    }

    pub fn key(self, key: &str) -> Call {
        self.header("idempotency-key", key)
    }

    pub fn if_match(self, etag: &str) -> Call {
        self.header("if-match", etag)
    }

    pub fn english(self) -> Call {
        self.header("accept-language", "en")
    }

    pub async fn try_send(self) -> Result<Response, reqwest::Error> {
        let (client, request) = self.0.build_split();
        let request = request?;
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = client.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Response { status, headers, json, bytes };
        promises::keep(&method, &path, &answer);
        Ok(answer)
    }
}

impl IntoFuture for Call {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.try_send().await.expect("an answer") })
    }
}

impl Response {
    /// Expects this status and returns the body. Otherwise the test fails with the response.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json
    }

    /// Expects a problem with this status and code, and checks its form.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["type"], format!("urn:xiaoqu:problem:{code}"));
        assert_eq!(self.json["status"], status);
        assert!(self.json["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert!(
            self.json["instance"]
                .as_str()
                .is_some_and(|uri| uri.starts_with("urn:uuid:") || uri.starts_with("x-request-id:"))
        );
        &self.json
    }

    /// Expects exactly these input errors, in any order.
    #[track_caller]
    pub fn faults(&self, expected: &[(&str, &str)]) {
        self.problem(400, "invalid_input");
        let mut found: Vec<(&str, &str)> = self.errors();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    pub fn errors(&self) -> Vec<(&str, &str)> {
        let all = self.json["errors"].as_array().into_iter().flatten();
        all.map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    pub fn id(&self) -> &str {
        self.json["id"].as_str().expect("an id")
    }

    pub fn items(&self) -> &Vec<Value> {
        self.json["items"].as_array().expect("items")
    }

    pub fn ids(&self) -> Vec<String> {
        self.items().iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    }
}

fn text<'a>(fault: &'a Value, name: &str) -> &'a str {
    fault[name].as_str().unwrap_or_default()
}
