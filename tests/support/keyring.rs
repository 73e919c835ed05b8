//! A keyring in a folder, and the program run with it as by an operator.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use xiaoqu::keys::{Keys, Source, Wrapping};

use super::keys::Key;
use super::{Database, Kind, Setup, TestApp};

/// A folder with a wrapping key, for a keyring.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.wrapping_key("wrapping_key");
        folder
    }

    pub fn wrapping_key(&self, name: &str) -> PathBuf {
        use base64::Engine;
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
        let path = self.path(name);
        std::fs::write(&path, base64::engine::general_purpose::STANDARD.encode(bytes)).expect("written");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("its owner's alone");
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn source(&self) -> Source {
        Source { file: self.path("keyring.json"), wrapping: Wrapping::File(self.path("wrapping_key")) }
    }

    /// Runs `xiaoqu …` with this folder's keyring.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let own = |path: &Path| path.display().to_string();
        Command::new(env!("CARGO_BIN_EXE_xiaoqu"))
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("XIAOQU_KEYRING_FILE", own(&self.path("keyring.json")))
            .env("XIAOQU_WRAPPING_KEY_FILE", own(&self.path("wrapping_key")))
            .output()
            .expect("the program runs")
    }

    pub fn keys(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["keys"], arguments].concat());
        assert!(output.status.success(), "keys {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The one-line error of a command.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeds");
        String::from_utf8(output.stderr).expect("UTF-8")
    }

    pub fn app(&self, kind: Kind) -> Option<TestApp> {
        let keyring = Some(Keys::open(self.source()).expect("a keyring"));
        Some(TestApp::on(Database::fresh(kind)?, Key::ed25519("none"), Setup { keyring, ..Setup::default() }))
    }
}
