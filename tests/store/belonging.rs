//! Nothing is written and no token is accepted before the database and the keyring are known to belong together.

use std::time::Duration;

use xiaoqu::keys::{Key as RingKey, Keyring, Keys, Use};

use super::replicas::until;
use crate::support::keyring::Folder;
use crate::support::keys::Key;
use crate::support::postgres::Cluster;
use crate::support::program::Deployment;
use crate::support::rows::complex_input;
use crate::support::sql::{EVENTS, connect, execute, values};
use crate::support::{Database, ISSUER, Kind, Setup, TOWNSHIP, TestApp, block_on, instant, prepare};

/// The keyring of another deployment, with the token key of the test, so that its tokens have valid signatures.
fn foreign(token: &Key) -> Keys {
    let start = instant("2026-01-01T00:00:00Z");
    let key = |usage, secret| RingKey::of(usage, secret, start, start).expect("a key");
    let all = [
        key(Use::Token, token.seed()),
        key(Use::Ledger, [65; 32]),
        key(Use::Data, [67; 32]),
        key(Use::Index, [68; 32]),
    ];
    Keys::fixed(Keyring::new(all.to_vec()).expect("a keyring"))
}

fn setup(keyring: Option<Keys>) -> Setup {
    Setup { keyring, database: |options| options.pool_wait = Duration::from_secs(2), ..Setup::default() }
}

/// Why `/readyz` is not ready; empty if it is. For an unreachable database, the title is enough.
async fn detail(app: &TestApp) -> String {
    let answer = app.nobody().get("/readyz").header("accept-language", "en").await;
    let why = answer.json["detail"].as_str().or(answer.json["title"].as_str());
    if answer.status == 200 { String::new() } else { why.expect("a reason").to_owned() }
}

/// Everything that the wrong process could have left.
fn traces(url: &str) -> Vec<String> {
    let mut conn = connect(url);
    let mut all = values(&mut conn, "SELECT id AS value FROM data_keys ORDER BY id");
    all.extend(values(&mut conn, "SELECT name || '=' || value AS value FROM deployment ORDER BY name"));
    for table in ["ledger_events", "complexes", "idempotency_keys", "encrypted_texts", "ledger_unsealed"] {
        all.extend(values(&mut conn, &format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table}")));
    }
    all
}

/// A database that a deployment has used and sealed.
fn used(url: &str, key: &Key) -> Vec<String> {
    let app = TestApp::on(Database::Url(url.to_owned()), key.clone(), setup(None));
    block_on(async {
        app.social().post("/v1/complexes", &complex_input()).key("one").await.expect(201);
        until("the store knows the data key", async || app.count("data_keys") == 1).await;
        until("all is sealed", async || app.count("ledger_unsealed") == 0).await;
    });
    drop(app);
    traces(url)
}

#[test]
fn the_wrong_keyring_writes_nothing_when_the_database_comes_after_the_service() {
    let Some(cluster) = Cluster::private() else { return };
    let key = Key::ed25519("local");
    let url = format!("{}?connect_timeout=5", cluster.url(&cluster.create_database(prepare)));
    let before = used(&url, &key);
    cluster.stop();
    block_on(async {
        let app = TestApp::on(Database::Url(url.clone()), key.clone(), setup(Some(foreign(&key))));
        assert_eq!(app.nobody().get("/livez").await.status, 200);
        app.nobody().get("/readyz").await.problem(503, "database_unavailable");
        app.social().post("/v1/complexes", &complex_input()).await.problem(503, "revocations_unknown");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        until("it says why", async || detail(&app).await.contains("The keyring does not match the database")).await;
        for _ in 0..20 {
            app.social().post("/v1/complexes", &complex_input()).key("two").await.problem(503, "database_unavailable");
            app.social().get("/v1/complexes").await.problem(503, "database_unavailable");
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        let metrics = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
        assert!(metrics.contains(r#"xiaoqu_database_refused{reason="keyring"} 1"#), "{metrics}");
        assert_eq!(traces(&url), before);
    });
    // The right process finds everything unchanged.
    let app = TestApp::on(Database::Url(url.clone()), key.clone(), setup(None));
    block_on(async {
        assert_eq!(detail(&app).await, "");
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
    });
}

#[test]
fn the_right_keyring_goes_on_by_itself_when_the_database_comes() {
    let Some(cluster) = Cluster::private() else { return };
    let key = Key::ed25519("local");
    let url = format!("{}?connect_timeout=5", cluster.url(&cluster.create_database(prepare)));
    used(&url, &key);
    cluster.stop();
    block_on(async {
        let app = TestApp::on(Database::Url(url), key, setup(None));
        app.nobody().get("/readyz").await.problem(503, "database_unavailable");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        until("it is ready", async || detail(&app).await.is_empty()).await;
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
    });
}

#[test]
fn a_connection_that_leads_to_another_database_is_not_used() {
    let Some(cluster) = Cluster::private() else { return };
    let (key, other_key) = (Key::ed25519("local"), Key::ed25519("other"));
    let (own, other) = (cluster.create_database(prepare), cluster.create_database(prepare));
    let url = cluster.url(&own);
    used(&url, &key);
    // The other database belongs to another deployment.
    let there = TestApp::on(Database::Url(cluster.url(&other)), other_key.clone(), setup(Some(foreign(&other_key))));
    block_on(until("it is claimed", async || there.count("data_keys") == 1));
    drop(there);
    let exchange = |first: &str, second: &str| {
        cluster.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{own}', '{other}')"
        ));
        cluster.execute(&format!("ALTER DATABASE {first} RENAME TO aside"));
        cluster.execute(&format!("ALTER DATABASE {second} RENAME TO {first}"));
    };
    let app = TestApp::on(Database::Url(url.clone()), key, setup(None));
    block_on(async {
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        // Nobody may connect in between, so the server refuses connections for a moment.
        cluster.execute(&format!("ALTER DATABASE {own} ALLOW_CONNECTIONS false"));
        exchange(&own, &other);
        let before = traces(&url);
        until("it says why", async || detail(&app).await.contains("The keyring does not match")).await;
        for _ in 0..5 {
            let answer = app.social().post("/v1/complexes", &complex_input()).await;
            assert_eq!(answer.status, 503, "{}", answer.json);
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(traces(&url), before);
        cluster.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{own}' AND pid <> pg_backend_pid()"
        ));
        cluster.execute(&format!("ALTER DATABASE {own} ALLOW_CONNECTIONS false"));
        cluster.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{own}' AND pid <> pg_backend_pid()"
        ));
        cluster.execute(&format!("ALTER DATABASE {own} RENAME TO {other}"));
        cluster.execute(&format!("ALTER DATABASE aside RENAME TO {own}"));
        cluster.execute(&format!("ALTER DATABASE {own} ALLOW_CONNECTIONS true"));
        until("its own is back", async || detail(&app).await.is_empty()).await;
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
    });
}

fn not_migrated_yet(kind: Kind) {
    let folder = tempfile::tempdir().expect("a folder");
    let cluster = if kind == Kind::Postgres { Cluster::private() } else { None };
    let url = match (&cluster, kind) {
        (Some(cluster), _) => {
            cluster.execute("CREATE DATABASE empty_one");
            cluster.url("empty_one")
        }
        (None, Kind::Sqlite) => format!("sqlite:{}", folder.path().join("x.sqlite").display()),
        (None, Kind::Postgres) => return,
    };
    let key = Key::ed25519("local");
    let app = TestApp::on(Database::Url(url.clone()), key.clone(), setup(None));
    block_on(async {
        assert!(detail(&app).await.contains("xiaoqu migrate"));
        app.social().get("/v1/complexes").await.problem(503, "database_unavailable");
        let to = url.clone();
        tokio::task::spawn_blocking(move || prepare(&to)).await.expect("migrated");
        until("it goes on by itself", async || detail(&app).await.is_empty()).await;
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        assert!(traces(&url).contains(&"time_zone=Asia/Shanghai".to_owned()));
    });
}

#[test]
fn a_database_that_is_migrated_after_the_start_is_used_from_then_on_sqlite() {
    not_migrated_yet(Kind::Sqlite);
}

#[test]
fn a_database_that_is_migrated_after_the_start_is_used_from_then_on_postgres() {
    not_migrated_yet(Kind::Postgres);
}

#[test]
fn the_wrong_keyring_does_not_even_migrate_an_older_sqlite_file() {
    let database = Database::fresh(Kind::Sqlite).expect("SQLite is always there");
    let url = database.url();
    used(&url, &Key::ed25519("local"));
    // As left by an earlier version: the newest migration is missing.
    execute(
        &mut connect(&url),
        "DROP TABLE deployment; DROP TABLE clock_watch; \
         DELETE FROM __diesel_schema_migrations \
         WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let folder = Folder::new();
    folder.keys(&["init"]);
    let line = folder.fails(&["serve", "--database-url", &url, "--listen", "127.0.0.1:0"]);
    assert!(line.contains("data keys that the keyring does not have"), "{line}");
    let found = "SELECT CAST(count(*) AS TEXT) AS value FROM sqlite_master WHERE name = 'deployment'";
    assert_eq!(values(&mut connect(&url), found), ["0"]);
}

fn an_older_program(kind: Kind) {
    let Some(database) = Database::fresh(kind) else { return };
    let url = database.url();
    let app = TestApp::on(database, Key::ed25519("local"), setup(None));
    block_on(async {
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        app.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99999999999999')");
        until("it is not ready", async || detail(&app).await.contains("A newer version has migrated the database"))
            .await;
        app.social().post("/v1/complexes", &complex_input()).await.problem(503, "database_unavailable");
        assert_eq!(app.count(EVENTS), 1);
        let folder = Folder::new();
        folder.keys(&["init"]);
        let line = folder.fails(&["serve", "--database-url", &url, "--listen", "127.0.0.1:0"]);
        // On SQLite the file is locked. If it is not, the error is about the schema.
        assert!(line.contains("99999999999999") || line.contains("another process serves"), "{line}");
        app.execute("DELETE FROM __diesel_schema_migrations WHERE version = '99999999999999'");
        until("it is ready again", async || detail(&app).await.is_empty()).await;
    });
}

#[test]
fn an_older_program_on_a_newer_schema_is_not_ready_on_sqlite() {
    an_older_program(Kind::Sqlite);
}

#[test]
fn an_older_program_on_a_newer_schema_is_not_ready_on_postgres() {
    an_older_program(Kind::Postgres);
}

async fn create(base: &str, token: &str) -> u16 {
    let url = format!("{base}/v1/complexes");
    let request = crate::support::program::http().post(url).bearer_auth(token).json(&complex_input());
    request.send().await.expect("an answer").status().as_u16()
}

fn another_time_zone(kind: Kind) {
    let Some(deployment) = Deployment::new(kind, &[]) else { return };
    if kind == Kind::Postgres {
        assert!(deployment.command(&["migrate"]).output().expect("it runs").status.success());
    }
    let token = deployment.token(xiaoqu::access::Role::SocialAffairsOffice, TOWNSHIP, "officer", None);
    let moved = ["--set", "time_zone=Asia/Urumqi"];
    let said = |arguments: &[&str]| {
        let output = deployment.command(arguments).args(moved).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    block_on(async {
        let mut program = deployment.serve("first.log");
        program.is_up().await;
        assert_eq!(create(&program.base, &token).await, 201);
        program.stop();
        let (started, line) = said(&["serve"]);
        assert!(!started && line.contains("time_zone = Asia/Shanghai, but the setting is Asia/Urumqi"), "{line}");
        assert!(line.contains("`xiaoqu deployment accept --time-zone`"), "{line}");
        let (shown, line) = said(&["deployment", "show"]);
        assert!(
            shown && line.contains("time_zone: Asia/Shanghai in the database, Asia/Urumqi in the settings"),
            "{line}"
        );
        let (accepted, line) = said(&["deployment", "accept", "--time-zone"]);
        assert!(accepted && line.contains("time_zone is now Asia/Urumqi"), "{line}");
        let (accepted, line) = said(&["deployment", "accept", "--time-zone"]);
        assert!(accepted && line.contains("time_zone is Asia/Urumqi already; nothing was changed"), "{line}");
        let mut conn = connect(&deployment.database.url());
        let events = "SELECT kind || ' ' || subject_id AS value FROM ledger_events WHERE kind = 'deployment.changed'";
        assert_eq!(values(&mut conn, events), ["deployment.changed time_zone"]);
        // Changed back: now the settings of the first start are wrong.
        let output = deployment.command(&["serve"]).output().expect("it runs");
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("Asia/Urumqi"));
    });
}

#[test]
fn another_time_zone_is_refused_until_it_is_accepted_on_sqlite() {
    another_time_zone(Kind::Sqlite);
}

#[test]
fn another_time_zone_is_refused_until_it_is_accepted_on_postgres() {
    another_time_zone(Kind::Postgres);
}

#[test]
fn another_public_url_is_refused_until_it_is_accepted() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(mut app) = folder.app(Kind::Sqlite) else { return };
    block_on(async {
        app.execute(
            "INSERT INTO ledger_events (id, kind, subject_kind, subject_id, audience, actor_iss, actor_sub, actor_role, \
             request_id, recorded_at, leaf) \
             VALUES ('00000000-0000-0000-0000-000000000001', 'x', 'x', 'x', 'offices', 'https://somebody', 's', 'x', 'r', 0, '{}')",
        );
    });
    app.stop();
    let at = |url: &'static str| ["--database-url", &app.db_url, "--set", url].map(str::to_owned);
    let run = |what: &[&str], url| {
        let arguments: Vec<String> = what.iter().map(|part| (*part).to_owned()).chain(at(url)).collect();
        folder.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let renamed = "public_url=https://elsewhere.test";
    let output = run(&["serve", "--listen", "127.0.0.1:0"], renamed);
    let line = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(line.contains(&format!("public_url = {ISSUER}")) && line.contains("accept --public-url"), "{line}");
    // No token is issued for a name that the service would not accept.
    let issue = ["token", "issue", "--role", "county_authority", "--division", "640121", "--subject", "a"];
    assert!(!run(&issue, renamed).status.success());
    assert!(run(&["deployment", "accept", "--public-url"], renamed).status.success());
    let output = run(&issue, renamed);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let events = "SELECT kind AS value FROM ledger_events WHERE kind <> 'x' AND actor_sub = 'operator' ORDER BY kind";
    assert_eq!(app.values(events), ["deployment.changed", "token.issued"]);
}

#[test]
fn a_file_that_becomes_another_keyring_while_the_service_runs_is_not_taken() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(app) = folder.app(Kind::Sqlite) else { return };
    block_on(async {
        until("the store knows the data key", async || app.count("data_keys") == 1).await;
        let first = app.values("SELECT id AS value FROM data_keys");
        std::fs::remove_file(folder.path("keyring.json")).expect("removed");
        folder.keys(&["init"]);
        let warned = async || app.nobody().get("/readyz").await.expect(200)["warnings"].to_string();
        until("it is told", async || warned().await.contains("keyring_broken")).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(app.values("SELECT id AS value FROM data_keys"), first);
    });
}

#[test]
fn a_rotation_that_waits_is_not_done() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(app) = folder.app(Kind::Sqlite) else { return };
    let status = || folder.keys(&["status", "--database-url", &app.db_url]);
    assert!(status().contains("\ndone: "), "{}", status());
    folder.keys(&["rotate", "--personal-data"]);
    let said = status();
    assert!(said.matches("pending: ").count() == 2 && !said.contains("done: "), "{said}");
}
