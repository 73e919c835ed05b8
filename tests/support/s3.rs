//! A third-party S3 server: PyPI's `moto`, in its own process (`tests/s3`).

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use xiaoqu::files::S3Options;
use xiaoqu::secret::Secret;

use super::ports::free_port;

pub const BUCKET: &str = "evidence";

/// `None` with a one-line message if it cannot be installed (with `XIAOQU_REQUIRE_S3=1` that is a failure).
pub fn installed() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = INSTALLED.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3");
        let program = folder.join(".venv/bin/moto_server");
        let fault = match Command::new("./install").current_dir(&folder).stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => return Some(program),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(std::env::var_os("XIAOQU_REQUIRE_S3").is_none(), "pip cannot install moto: {fault}");
        eprintln!("SKIPPED: no test with a real S3 server, because pip cannot install moto: {fault}");
        None
    });
    program.as_deref()
}

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts it with an empty bucket, on this port or a free one.
    pub async fn start(program: &Path, port: Option<u16>) -> Server {
        let port = port.unwrap_or_else(free_port);
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto_server");
        let server = Server { child, port };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                let made = http().put(server.url(&format!("/{BUCKET}"))).send().await.expect("an answer");
                assert!(made.status().is_success(), "{made:?}");
                return server;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("moto_server did not start");
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn options(&self) -> S3Options {
        S3Options {
            bucket: BUCKET.into(),
            prefix: "county/640121".into(),
            endpoint: Some(self.url("")),
            region: "us-east-1".into(),
            access_key_id: "test".into(),
            secret_access_key: Secret::new("test".into()),
        }
    }

    /// The keys in the bucket, from the protocol's list operation.
    pub async fn keys(&self) -> Vec<String> {
        let answer = http().get(self.url(&format!("/{BUCKET}?list-type=2"))).send().await.expect("an answer");
        let listed = answer.text().await.expect("a list");
        let keys = listed.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        keys.map(str::to_owned).collect()
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
