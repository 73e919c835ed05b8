//! The real program as an operator runs it: with its own keyring and settings, and tokens that it accepts.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use xiaoqu::access::Role;
use xiaoqu::access::issuer::LocalIssuer;
use xiaoqu::keys::{self, Key, Keyring, Keys, Use, WrappingKey};
use xiaoqu::token_issuing::{TokenArgs, issue};

use super::client::arguments;
use super::needles::Needle;
use super::ports::free_port;
use super::{AUDIENCE, Database, ISSUER, Kind};

/// Shared state of one or more running programs: database, keys and settings.
pub struct Deployment {
    pub home: tempfile::TempDir,
    pub database: Database,
    /// The keys and the password in its configuration.
    pub secrets: Vec<Needle>,
    flags: Vec<String>,
    tokens: LocalIssuer,
}

/// A running program, killed when this value is dropped.
pub struct Program {
    pub base: String,
    /// URL of its metrics.
    pub metrics: String,
    child: Child,
    log: PathBuf,
}

pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
    bytes
}

pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

fn write(path: &Path, text: &str) {
    use std::io::Write;
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
}

fn flag(name: &str, value: &str) -> [String; 2] {
    ["--set".into(), format!("{name}={value}")]
}

impl Deployment {
    /// `None` without PostgreSQL.
    pub fn new(kind: Kind, settings: &[(&str, &str)]) -> Option<Deployment> {
        Some(Deployment::on(Database::fresh(kind)?, settings))
    }

    pub fn on(database: Database, settings: &[(&str, &str)]) -> Deployment {
        let home = tempfile::tempdir().expect("a folder");
        let file = |name: &str| home.path().join(name);
        let (wrapping, now) = (random(), Utc::now());
        let mut secrets = vec![Needle::new("the wrapping key", wrapping)];
        let mut ring = Vec::new();
        for (usage, name) in [
            (Use::Token, "the token key"),
            (Use::Ledger, "the ledger key"),
            (Use::Data, "the data key"),
            (Use::Index, "the index key"),
        ] {
            let secret = random();
            secrets.push(Needle::new(name, secret));
            ring.push(Key::of(usage, secret, now, now).expect("a key"));
        }
        let ring = Keyring::new(ring).expect("a keyring");
        keys::create(&file("keyring"), &ring, &WrappingKey::new(&wrapping).expect("a key")).expect("a keyring");
        write(&file("wrapping_key"), &STANDARD.encode(wrapping));
        let path = |name: &str| file(name).display().to_string();
        let mut flags = [
            flag("keyring_file", &path("keyring")),
            flag("wrapping_key_file", &path("wrapping_key")),
            flag("attachments_url", &format!("file:{}", path("attachments"))),
            flag("public_url", ISSUER),
        ]
        .concat();
        match database.url().split_once('@') {
            Some((user, place)) => {
                let (user, password) = user.rsplit_once(':').expect("a password");
                secrets.push(Needle::new("the database's password", password));
                write(&file("password"), password);
                flags.extend(flag("database_url", &format!("{user}@{place}")));
                flags.extend(flag("database_password_file", &path("password")));
            }
            None => flags.extend(flag("database_url", &database.url())),
        }
        flags.extend(settings.iter().flat_map(|(name, value)| flag(name, value)));
        let tokens = LocalIssuer::new(ISSUER, AUDIENCE, Keys::fixed(ring).into());
        Deployment { home, database, secrets, flags, tokens }
    }

    /// `xiaoqu …` with exactly these settings.
    pub fn command(&self, what: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoqu"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("XIAOQU_")) {
            command.env_remove(name);
        }
        command.args(what).args(&self.flags).current_dir("/").stdin(Stdio::null());
        command
    }

    /// Starts it on a free port, with this name for its log.
    pub fn serve(&self, log: &str) -> Program {
        let [port, metrics] = [free_port(), free_port()];
        let path = self.home.path().join(log);
        let log = std::fs::File::create(&path).expect("a log");
        let out = log.try_clone().expect("a log");
        let mut command = self.command(&["serve"]);
        command.args(flag("listen", &format!("127.0.0.1:{port}")));
        command.args(flag("metrics_listen", &format!("127.0.0.1:{metrics}")));
        let child = command.stdout(out).stderr(log).spawn();
        let metrics = format!("http://127.0.0.1:{metrics}/metrics");
        Program { base: format!("http://127.0.0.1:{port}"), metrics, child: child.expect("the program"), log: path }
    }

    /// A token. `territory` is the division or the USCC that the role requires.
    pub fn token(&self, role: Role, territory: &str, subject: &str, name: Option<&str>) -> String {
        let mut arguments = TokenArgs { subject: subject.to_owned(), name: name.map(str::to_owned), ..arguments(role) };
        match role {
            Role::PropertyCompany => arguments.company = Some(territory.into()),
            Role::Resident => {}
            _ => arguments.division = Some(territory.into()),
        }
        issue(&self.tokens, &arguments, 60).expect("a token")
    }
}

impl Program {
    pub async fn is_up(&mut self) {
        for _ in 0..600 {
            if let Ok(answer) = http().get(format!("{}/readyz", self.base)).send().await
                && answer.status() == 200
            {
                return;
            }
            assert!(self.child.try_wait().expect("its state").is_none(), "{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not ready: {}", self.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log")
    }

    /// The value of one metric; 0 if it does not exist yet.
    pub async fn metric(&self, series: &str) -> f64 {
        let answer = http().get(&self.metrics).send().await.expect("metrics");
        let text = answer.text().await.expect("metrics");
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().expect("a number"))
    }

    /// Kills it like a failing machine, without a signal that it could handle.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
    }

    /// Stops it like an operator.
    pub fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().expect("kill").success());
        assert!(self.child.wait().expect("its end").success(), "{}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
