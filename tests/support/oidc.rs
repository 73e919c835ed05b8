//! A third-party OpenID provider: npm's `oidc-provider`, in its own process (`tests/oidc`).

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

pub struct Provider {
    child: Child,
    pub port: u16,
}

/// `None` with a one-line message if it cannot be installed (with `XIAOQU_REQUIRE_OIDC=1` that is a failure).
pub fn installed() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = INSTALLED.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        if folder.join("node_modules/oidc-provider/package.json").exists() {
            return Some(folder);
        }
        let npm = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output();
        let fault = match npm {
            Ok(output) if output.status.success() => return Some(folder),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(std::env::var_os("XIAOQU_REQUIRE_OIDC").is_none(), "npm cannot install oidc-provider: {fault}");
        eprintln!("SKIPPED: no test with a real OpenID provider, because npm cannot install it: {fault}");
        None
    });
    folder.as_deref()
}

impl Provider {
    /// Starts it with new keys on this port.
    pub fn start(folder: &Path, port: u16, audience: &str, clients: &Value) -> Provider {
        let mut child = Command::new("node")
            .args(["provider.mjs", &port.to_string(), audience, &clients.to_string()])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let ready = out.lines().map_while(Result::ok).any(|line| line == "ready");
        assert!(ready, "the provider did not start");
        Provider { child, port }
    }

    pub fn issuer(port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }

    /// Gets a token as a client of the provider does.
    pub async fn token(&self, client: &str, secret: &str, resource: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("resource", resource)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let response = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client")
            .post(format!("{}/token", Provider::issuer(self.port)))
            .basic_auth(client, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .expect("an answer of the provider");
        let answer: Value = response.json().await.unwrap_or(json!(null));
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
