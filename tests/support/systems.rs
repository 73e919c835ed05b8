//! OAuth clients that tests need, registered and approved as in a county.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::client::{Client, Response};
use super::rows::{path, text, unique};
use super::{COUNTY, TOWNSHIP, TestApp};

pub const FORM: &str = "application/x-www-form-urlencoded";

pub fn client_input() -> Value {
    json!({
        "name": format!("测试平台{}", unique()), "contact": "测试联系人 0951-0000000", "role": "social_affairs_office",
        "division": TOWNSHIP,
    })
}

pub fn reason() -> Value {
    json!({ "reason": "测试理由" })
}

/// A client with its secret.
pub struct System {
    pub row: Value,
    pub secret: String,
}

impl System {
    pub fn id(&self) -> &str {
        text(&self.row["id"])
    }

    pub fn path(&self) -> String {
        path("clients", &self.row)
    }

    /// The client as its county sees it now.
    pub async fn row(&self, app: &TestApp) -> Value {
        app.administrator().get(&self.path()).await.expect(200)
    }

    pub async fn token(&self, app: &TestApp) -> Response {
        token(app, self.id(), &self.secret).await
    }

    /// A caller with a new token of this client.
    pub async fn client(&self, app: &TestApp) -> Client {
        app.bearer(text(&self.token(app).await.expect(200)["access_token"]))
    }
}

/// Requests a token with HTTP Basic.
pub async fn token(app: &TestApp, id: &str, secret: &str) -> Response {
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    app.nobody().post_form("/oauth/token", "grant_type=client_credentials").header("authorization", &basic).await
}

impl Client {
    pub fn post_form(&self, path: &str, form: &str) -> super::client::Call {
        self.call(reqwest::Method::POST, path).body(FORM, form.to_owned())
    }
}

impl TestApp {
    pub fn administrator(&self) -> Client {
        self.office(Role::SystemAdministrator, COUNTY)
    }

    pub async fn a_client(&self) -> Value {
        self.administrator().post("/v1/clients", &client_input()).await.expect(201)
    }

    /// A new secret for a client. Earlier secrets stay valid for this number of hours.
    pub async fn a_secret(&self, client: &Value, overlap_hours: i64) -> String {
        let at = format!("{}/secret", path("clients", client));
        let made = self.administrator().post(&at, &json!({ "overlap_hours": overlap_hours })).await.expect(200);
        text(&made["client_secret"]).to_owned()
    }

    pub async fn approved(&self, client: &Value) -> Value {
        self.county().post(&format!("{}/approval", path("clients", client)), &reason()).await.expect(200)
    }

    /// An approved client with a secret.
    pub async fn a_system(&self, input: &Value) -> System {
        let row = self.administrator().post("/v1/clients", input).await.expect(201);
        let secret = self.a_secret(&row, 0).await;
        System { row: self.approved(&row).await, secret }
    }
}
