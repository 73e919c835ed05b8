//! The files of the Debian package.

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
    // The packaged program is not installed here.
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
fn the_settings_of_the_package_ask_for_the_public_url_and_are_settings_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("xiaoqu.toml");
    std::fs::write(&path, file("xiaoqu.toml")).expect("a copy");
    let mut sources = xiaoqu::settings::Sources { config: Some(path), ..Default::default() };
    // The URL determines the permanent name of the ledger, so no command works before it is set.
    let line = xiaoqu::settings::Settings::load(&sources).expect_err("no URL yet").to_string();
    assert!(line.starts_with("public_url: ") && line.contains("https://wuye.example.gov.cn"), "{line}");
    sources.flags = vec![("--set".into(), "public_url".into(), "https://wuye.example.gov.cn".into())];
    let settings = xiaoqu::settings::Settings::load(&sources).expect("good settings");
    assert_eq!(settings.keyring().expect("both keys are named").file.display().to_string(), "/etc/xiaoqu/keyring.json");
}

/// A separate root file system, with programs that only record how they were called.
struct Root(tempfile::TempDir);

const UNIT: &str = "lib/systemd/system/xiaoqu.service";
const ENABLED: &str = "etc/systemd/system/multi-user.target.wants/xiaoqu.service";

impl Root {
    fn new() -> Root {
        let root = Root(tempfile::tempdir().expect("a folder"));
        for folder in ["stubs", "lib/systemd/system", "etc/systemd/system"] {
            std::fs::create_dir_all(root.0.path().join(folder)).expect("a folder");
        }
        for program in ["getent", "chown", "chmod", "adduser", "install", "systemctl"] {
            let path = root.0.path().join("stubs").join(program);
            std::fs::write(&path, "#!/bin/sh\nexit 0\n").expect("a program");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(&path, mode).expect("it runs");
        }
        std::fs::write(root.0.path().join(UNIT), file("xiaoqu.service")).expect("the unit");
        root
    }

    /// Debian's helper works in the folder in DPKG_ROOT.
    fn run(&self, script: &str, arguments: &[&str]) {
        let path = format!("{}/packaging/debian/{script}", env!("CARGO_MANIFEST_DIR"));
        let programs = format!("{}:/usr/bin:/bin", self.0.path().join("stubs").display());
        let mut command = Command::new("sh");
        command.arg(path).args(arguments).env("DPKG_ROOT", self.0.path()).env("PATH", programs);
        let output = command.env("DPKG_MAINTSCRIPT_PACKAGE", "xiaoqu").output().expect("sh");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn is_enabled(&self) -> bool {
        self.0.path().join(ENABLED).symlink_metadata().is_ok()
    }

    /// Does the same as `systemctl disable`.
    fn disable(&self) {
        std::fs::remove_file(self.0.path().join(ENABLED)).expect("it was enabled");
    }
}

#[test]
fn a_unit_that_an_administrator_disabled_stays_disabled() {
    if !std::path::Path::new("/usr/bin/deb-systemd-helper").exists() {
        return;
    }
    let root = Root::new();
    root.run("postinst", &["configure"]);
    assert!(root.is_enabled(), "the first installation enables it");
    root.run("postinst", &["configure", "0.1.0"]);
    assert!(root.is_enabled(), "an upgrade keeps it");
    root.disable();
    root.run("postinst", &["configure", "0.1.0"]);
    assert!(!root.is_enabled(), "an upgrade does not enable it again");
    // An earlier package that did not record what it had enabled.
    let before = Root::new();
    before.run("postinst", &["configure", "0.0.9"]);
    assert!(!before.is_enabled());
}

#[test]
fn compose_gives_the_commands_about_keys_the_database_and_the_service_its_proxy() {
    let path = format!("{}/docker-compose.yml", env!("CARGO_MANIFEST_DIR"));
    let compose = std::fs::read_to_string(path).expect("docker-compose.yml");
    let service = |name: &str| {
        let (_, rest) = compose.split_once(&format!("\n  {name}:\n")).expect("the service");
        let end = rest.find("\n\n").unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    let keys = service("keys");
    assert!(keys.contains("<<: *environment") && keys.contains("secrets: [postgres_password, wrapping_key]"), "{keys}");
    let own = service("xiaoqu");
    assert!(own.contains("XIAOQU_TRUSTED_PROXIES: ${XIAOQU_TRUSTED_PROXIES:-}"), "{own}");
    let image = std::fs::read_to_string(format!("{}/Dockerfile", env!("CARGO_MANIFEST_DIR"))).expect("Dockerfile");
    assert!(image.contains("postgresql-client"), "`xiaoqu backup` needs pg_dump");
}
