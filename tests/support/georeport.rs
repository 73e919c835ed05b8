//! A third-party Open311 client: PyPI's `georeport`, in its own process (`tests/georeport`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// `false` with a one-line message if it cannot be installed (with `XIAOQU_REQUIRE_GEOREPORT=1` that is a failure).
pub fn installed() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        let fault = match Command::new("./install").current_dir(folder()).stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => return true,
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(std::env::var_os("XIAOQU_REQUIRE_GEOREPORT").is_none(), "pip cannot install georeport: {fault}");
        eprintln!("SKIPPED: no test with a real client of Open311, because pip cannot install georeport: {fault}");
        false
    })
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/georeport"))
}

/// What the client reads from a service, in both formats: the services, a definition and requests.
pub fn read(address: &str, jurisdiction: &str, request: &str) -> Value {
    let output = Command::new(folder().join(".venv/bin/python"))
        .args(["read.py", address, jurisdiction, request])
        .current_dir(folder())
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .output()
        .expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("what it read, as JSON")
}
