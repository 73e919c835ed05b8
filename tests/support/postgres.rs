//! A PostgreSQL cluster for tests: created in a temporary folder, and deleted when the test process ends, even if it is
//! killed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, OnceLock, PoisonError};

use diesel::{Connection, PgConnection, RunQueryDsl};

use super::ports::free_port;

const TEMPLATE: &str = "xiaoqu_template";
const CONFIGURATION: &str = "
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 64MB
max_wal_size = 4GB
# Without fsync a test is fast, and a stopped server still loses nothing: the machine's page cache outlives it.
# synchronous_commit stays on, or an immediate stop could lose what was answered.
fsync = off
full_page_writes = off
";
/// Waits for the test process to end (which closes its end of the pipe), then deletes everything. It tries again
/// because the process can end while initdb is still writing.
const WATCHDOG: &str = r#"cat >/dev/null
for attempt in 1 2 3 4 5; do
  (cd / && $1 "$2/pg_ctl" stop -D "$3/data" -m immediate -w -t 20)
  rm -rf "$3"
  sleep 0.2
  [ -e "$3" ] || exit 0
done"#;

/// A new database, dropped with this value.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // The cluster is deleted anyway, so a failure here costs only space.
        let _ = self.cluster.try_execute(&drop);
    }
}

/// A new database in the cluster that all tests of this process share, copied from a template that `prepare_template`
/// fills once (with the migrations). Without PostgreSQL it prints one line and returns `None`; with
/// `XIAOQU_REQUIRE_POSTGRES=1` it panics.
pub fn database(prepare_template: fn(&str)) -> Option<Database> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = SHARED.get_or_init(Cluster::private).as_ref()?;
    let name = cluster.create_database(prepare_template);
    Some(Database { cluster, name })
}

/// A separate cluster, for tests that stop the server.
pub struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    password: String,
    template: OnceLock<()>,
    databases: Mutex<()>,
    watchdog: Child,
}

impl Cluster {
    /// `None` without PostgreSQL; see [`database`].
    pub fn private() -> Option<Cluster> {
        static SAID: Once = Once::new();
        match find_binaries() {
            Ok(binaries) => Some(Cluster::create(binaries)),
            Err(why) if std::env::var("XIAOQU_REQUIRE_POSTGRES").is_ok_and(|it| it == "1") => {
                panic!("XIAOQU_REQUIRE_POSTGRES=1, but PostgreSQL was not found: {why}")
            }
            Err(why) => {
                // Written to the stream directly, because `eprintln!` in a passing test is not shown.
                let line = format!("PostgreSQL not found: only SQLite was tested ({why})\n");
                SAID.call_once(|| drop(std::io::stderr().write_all(line.as_bytes())));
                None
            }
        }
    }

    fn create(binaries: PathBuf) -> Cluster {
        let template = std::env::temp_dir().join("xiaoqu-pg-XXXXXX");
        let made = output(as_owner(Path::new("mktemp")).arg("-d").arg(template));
        let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
        let watchdog = watch(&binaries, &folder);
        let password = uuid::Uuid::new_v4().simple().to_string();
        let (data, password_file) = (folder.join("data"), folder.join("password"));
        let mut tee = as_owner(Path::new("tee"));
        let mut tee = tee.arg(&password_file).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("tee");
        tee.stdin.take().expect("a pipe").write_all(password.as_bytes()).expect("the password is written");
        assert!(tee.wait().expect("tee ends").success());
        output(
            as_owner(&binaries.join("initdb"))
                .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .arg("--pgdata")
                .arg(&data)
                .arg("--pwfile")
                .arg(&password_file),
        );
        Cluster::started(binaries, folder, password, watchdog)
    }

    /// A streaming hot standby of this cluster, made with `pg_basebackup`.
    pub fn standby(&self) -> Cluster {
        let made = output(as_owner(Path::new("mktemp")).arg("-d").arg(std::env::temp_dir().join("xiaoqu-pg-XXXXXX")));
        let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
        let watchdog = watch(&self.binaries, &folder);
        // The programs may be links, and initdb may be in another folder.
        let server = self.binaries.join("pg_ctl").canonicalize().expect("pg_ctl");
        let mut copy = as_owner(&server.with_file_name("pg_basebackup"));
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname"]).arg(self.url("postgres"));
        output(copy.arg("--pgdata").arg(folder.join("data")));
        Cluster::started(self.binaries.clone(), folder, self.password.clone(), watchdog)
    }

    fn started(binaries: PathBuf, folder: PathBuf, password: String, watchdog: Child) -> Cluster {
        let mut cluster = Cluster {
            binaries,
            folder,
            port: 0,
            password,
            template: OnceLock::new(),
            databases: Mutex::new(()),
            watchdog,
        };
        // Another process may take a free port before it is used.
        for _ in 0..5 {
            cluster.port = free_port();
            if cluster.try_start().is_ok() {
                return cluster;
            }
        }
        cluster.start();
        cluster
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Creates a database from the template. Returns its name.
    pub fn create_database(&self, prepare_template: fn(&str)) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let _one_at_a_time = self.databases.lock().unwrap_or_else(PoisonError::into_inner);
        self.template.get_or_init(|| {
            self.execute(&format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)"));
            self.execute(&format!("CREATE DATABASE {TEMPLATE}"));
            prepare_template(&self.url(TEMPLATE));
            // An open connection, for example of autovacuum, would make the copy fail.
            self.execute(&format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false"));
        });
        let name = format!("xiaoqu_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        // Copying files takes 40 ms. PostgreSQL 15 and later by default write each page to the WAL, which takes 300 ms,
        // and tests waited for each other.
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"));
        name
    }

    /// Stops the server at once, like a crash.
    pub fn stop(&self) {
        let mut stop = self.pg_ctl("stop");
        output(stop.args(["-m", "immediate", "-w"]));
    }

    /// Starts the stopped server again, with the same port and data.
    pub fn start(&self) {
        if let Err(why) = self.try_start() {
            panic!("PostgreSQL did not start: {why}");
        }
    }

    fn try_start(&self) -> Result<(), String> {
        let configuration =
            format!("{CONFIGURATION}port = {}\nunix_socket_directories = '{}'\n", self.port, self.folder.display());
        let options: Vec<String> = configuration
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| format!("-c {}", line.replace(" = ", "=")))
            .collect();
        let log = self.folder.join("log");
        let started = self
            .pg_ctl("start")
            .args(["-w", "-t", "60", "-l"])
            .arg(&log)
            .arg("-o")
            .arg(options.join(" "))
            .output()
            .map_err(|error| error.to_string())?;
        match started.status.success() {
            true => Ok(()),
            false => Err(std::fs::read_to_string(&log).unwrap_or_else(|error| error.to_string())),
        }
    }

    fn pg_ctl(&self, action: &str) -> Command {
        let mut command = as_owner(&self.binaries.join("pg_ctl"));
        command.arg(action).arg("-D").arg(self.folder.join("data"));
        command
    }

    pub fn execute(&self, sql: &str) {
        self.try_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn try_execute(&self, sql: &str) -> Result<(), String> {
        let mut connection = PgConnection::establish(&self.url("postgres")).map_err(|error| error.to_string())?;
        diesel::sql_query(sql).execute(&mut connection).map(drop).map_err(|error| error.to_string())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

fn watch(binaries: &Path, folder: &Path) -> Child {
    use std::os::unix::process::CommandExt;
    let owner = if is_root() { "runuser -u postgres --" } else { "" };
    // A separate process group, because Ctrl-C would otherwise end the watchdog together with the tests.
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog", owner])
        .args([binaries, folder])
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts")
}

/// A command run as the owner of the cluster, because PostgreSQL refuses to run as root.
fn as_owner(program: &Path) -> Command {
    let mut command;
    if is_root() {
        command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
    } else {
        command = Command::new(program);
    }
    // The owner may not be able to access the current folder.
    command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    output
}

fn succeeds(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| succeeds("id", &["-u"]).as_deref() == Some("0"))
}

fn find_binaries() -> Result<PathBuf, String> {
    let complete = |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    if let Some(folder) = std::env::var_os("XIAOQU_TEST_PG_BIN") {
        let folder = PathBuf::from(folder);
        assert!(complete(&folder), "XIAOQU_TEST_PG_BIN: no initdb, pg_ctl and postgres in {}", folder.display());
        return usable(folder);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let told = succeeds("pg_config", &["--bindir"]).map(PathBuf::from);
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|folder| Some((folder.file_name()?.to_str()?.parse().ok()?, folder.join("bin"))))
        .collect();
    debian.sort();
    let newest_first = debian.into_iter().rev().map(|(_, folder)| folder);
    let found = on_path.into_iter().chain(told).chain(newest_first).find(|folder| complete(folder));
    usable(found.ok_or("no folder holds initdb, pg_ctl and postgres")?)
}

fn usable(folder: PathBuf) -> Result<PathBuf, String> {
    if is_root() && succeeds("runuser", &["-u", "postgres", "--", "true"]).is_none() {
        return Err("root needs runuser and a user named postgres".into());
    }
    // initdb looks for its sibling programs in its own folder, and this may be a link.
    folder.canonicalize().map_err(|error| error.to_string())
}
