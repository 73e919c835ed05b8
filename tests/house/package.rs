//! The Debian package's own files.

use std::process::Command;

fn file(name: &str) -> String {
    let path = format!("{}/packaging/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_is_shut_in() {
    let unit = file("xiaoqu.service");
    for line in [
        "ConditionPathExists=/etc/xiaoqu/keyring.json",
        "User=xiaoqu",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "StateDirectory=xiaoqu",
        "LoadCredential=wrapping_key:/etc/xiaoqu/wrapping_key",
    ] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    // The program of the package is not installed here.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("xiaoqu.service");
    std::fs::write(&path, unit.replace("/usr/bin/xiaoqu", env!("CARGO_BIN_EXE_xiaoqu"))).expect("a copy");
    for arguments in [&["verify"][..], &["security", "--offline=true", "--threshold=20"]] {
        let Ok(output) = Command::new("systemd-analyze").args(arguments).arg(&path).output() else { return };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("xiaoqu.service:"), "{arguments:?}: {said}");
    }
}

#[test]
fn the_settings_of_the_package_are_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("xiaoqu.toml");
    std::fs::write(&path, file("xiaoqu.toml")).expect("a copy");
    let sources = xiaoqu::settings::Sources { config: Some(path), ..Default::default() };
    let settings = xiaoqu::settings::Settings::load(&sources).expect("good settings");
    assert_eq!(settings.keyring().expect("both keys are named").file.display().to_string(), "/etc/xiaoqu/keyring.json");
}
