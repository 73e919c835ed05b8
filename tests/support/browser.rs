//! A real browser: Debian's Chromium, driven by npm's `playwright-core`, with `axe-core` (`tests/browser`).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// `None` with a one-line message if something is missing (with `XIAOQU_REQUIRE_BROWSER=1` that is a failure).
fn installed() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = INSTALLED.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let fault = match missing(&folder) {
            None => return Some(folder),
            Some(fault) => fault,
        };
        assert!(std::env::var_os("XIAOQU_REQUIRE_BROWSER").is_none(), "no browser: {fault}");
        eprintln!("SKIPPED: no test in a real browser: {fault}");
        None
    });
    folder.as_deref()
}

fn missing(folder: &Path) -> Option<String> {
    let chromium = std::env::var("XIAOQU_TEST_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    for program in [chromium.as_str(), "pdfinfo", "pdftoppm", "pdftotext"] {
        if Command::new(program).arg("-v").stdin(Stdio::null()).output().is_err() {
            return Some(format!("{program} is not there (Debian: chromium, poppler-utils)"));
        }
    }
    if folder.join("node_modules/axe-core/package.json").exists() {
        return None;
    }
    let npm = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    match npm {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("npm cannot install it: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Some(format!("npm: {error}")),
    }
}

/// The browser's findings on these pages, printed sheets and images. Each sheet and image has its URL in a QR code.
pub async fn check(base: &str, plan: &Value) -> Option<Value> {
    run("check.mjs", base, plan).await
}

/// The page of the OpenAPI document: its text once it shows an operation, and the errors and warnings of its scripts.
pub async fn documentation(base: &str, plan: &Value) -> Option<Value> {
    run("docs.mjs", base, plan).await
}

async fn run(script: &'static str, base: &str, plan: &Value) -> Option<Value> {
    let folder = installed()?;
    let mut node = Command::new("node");
    node.args([script, base, &plan.to_string()]).current_dir(folder).stdin(Stdio::null());
    if let Some(pictures) = std::env::var_os("XIAOQU_TEST_PICTURES") {
        node.arg(pictures);
    }
    let output = tokio::task::spawn_blocking(move || node.output()).await.expect("a thread").expect("node");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = text.lines().last().and_then(|line| serde_json::from_str(line).ok());
    Some(found.unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr))))
}
