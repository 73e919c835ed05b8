//! `xiaoqu backup`, as an operator uses it: during writes, verified, changed, interrupted, and restored with the
//! commands in `docs/operators/backup.md`.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::rows::{complex_input, text};
use crate::support::{Database, Kind, Setup, TestApp, block_on, run};
use crate::{on_both_databases, on_sqlite};

const PROGRAM: &str = env!("CARGO_BIN_EXE_xiaoqu");

fn xiaoqu(arguments: &[&str]) -> Output {
    // The tests ignore settings of the machine that they run on.
    let settings = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("XIAOQU_"));
    let mut command = Command::new(PROGRAM);
    for name in settings {
        command.env_remove(name);
    }
    command.args(arguments).current_dir("/").output().expect("the program runs")
}

#[track_caller]
fn good(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The message of a command that failed.
#[track_caller]
fn bad(output: Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn verify(folder: &Path) -> Output {
    xiaoqu(&["backup", "verify", &folder.display().to_string()])
}

fn backup(app: &TestApp, to: &Path) -> Output {
    xiaoqu(&["backup", "--to", &to.display().to_string(), "--database-url", &app.db_url])
}

fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON")
}

/// Runs the commands that follow this marker in the guide, with these variables.
fn walk(mark: &str, variables: &[(&str, &str)]) {
    let guide = include_str!("../../docs/operators/backup.md");
    let (_, rest) = guide.split_once(&format!("<!-- walked: {mark} -->\n```sh\n")).expect("the mark");
    let (commands, _) = rest.split_once("```").expect("the end of the block");
    let folder = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", commands]).env("PATH", path).current_dir("/");
    good(bash.envs(variables.iter().copied()).output().expect("bash runs"));
}

/// Restores the copy into an empty database, and starts the service on it.
async fn restore(kind: Kind, folder: &Path, key: crate::support::keys::Key) -> TestApp {
    let backup = folder.display().to_string();
    let database = Database::fresh(kind).expect("a database");
    match &database {
        Database::Sqlite(home) => {
            // Replaces an existing database that has a WAL.
            let file = home.path().join("xiaoqu.sqlite");
            std::fs::write(home.path().join("xiaoqu.sqlite-wal"), b"what was written before").expect("a log");
            walk("sqlite", &[("BACKUP", &backup), ("DATABASE", &file.display().to_string())]);
            assert!(home.path().join("xiaoqu.sqlite-wal.before-restore").exists());
        }
        _ => {
            let url = database.url();
            crate::support::sql::execute(
                &mut crate::support::sql::connect(&url),
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
            );
            walk("postgres", &[("BACKUP", &backup), ("DATABASE_URL", &url)]);
        }
    }
    TestApp::on(database, key, Setup::default())
}

on_both_databases! {
    async fn a_backup_made_under_writes_restores_to_all_that_was_answered_before_it(app: TestApp) {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("monday backup, 50% full");
        let (end, before) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let started = AtomicBool::new(false);
        let writer = async || {
            let social = app.social();
            while !end.load(Ordering::SeqCst) {
                let made = social.post("/v1/complexes", &complex_input()).await.expect(201);
                if !started.load(Ordering::SeqCst) {
                    before.lock().expect("unpoisoned").push(text(&made["id"]).to_owned());
                }
            }
        };
        let operator = async {
            while before.lock().expect("unpoisoned").len() < 40 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            started.store(true, Ordering::SeqCst);
            let (url, to) = (app.db_url.clone(), folder.display().to_string());
            let made = tokio::task::spawn_blocking(move || xiaoqu(&["backup", "--to", &to, "--database-url", &url]));
            let made = good(made.await.expect("no panic"));
            end.store(true, Ordering::SeqCst);
            made
        };
        let (said, ..) = tokio::join!(operator, writer(), writer(), writer(), writer());
        let manifest = manifest(&folder);
        assert!(said.contains(text(&manifest["digest"])));
        let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for file in std::fs::read_dir(&folder).expect("the folder") {
            assert_eq!(mode(&file.expect("a file").path()), 0o600);
        }
        good(verify(&folder));
        let restored = restore(app.kind(), &folder, app.key.clone()).await;
        for (table, rows) in manifest["rows"].as_object().expect("tables") {
            // On PostgreSQL, the restored service seals remaining events and takes the lease.
            if app.kind() == Kind::Postgres && (table.starts_with("ledger_") || table == "leases") {
                continue;
            }
            assert_eq!(restored.count(table) as u64, rows.as_u64().expect("a number"), "{table}");
        }
        // The head in the manifest is the head in the copy, so its checkpoint can be compared with one kept outside.
        if app.kind() == Kind::Sqlite {
            let heads = restored.values("SELECT checkpoint AS value FROM ledger_head");
            assert_eq!(manifest["ledger"]["checkpoint"], heads[0].as_str());
            assert!(manifest["ledger"]["size"].as_i64().is_some_and(|size| size >= 40));
        }
        let complexes = manifest["rows"]["complexes"].as_u64().expect("a number") as usize;
        assert!(complexes >= 40 && complexes <= app.count("complexes"));
        let before = before.into_inner().expect("unpoisoned");
        for id in &before {
            let at = format!("/v1/complexes/{id}");
            assert_eq!(restored.social().get(&at).await.expect(200), app.social().get(&at).await.expect(200));
        }
        // The service continues from there.
        restored.social().post("/v1/complexes", &complex_input()).await.expect(201);
    }

    async fn no_changed_byte_is_accepted(app: TestApp) {
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("b");
        good(backup(&app, &folder));
        let mut changed = 0;
        for name in ["manifest.json", if app.kind() == Kind::Sqlite { "xiaoqu.sqlite" } else { "xiaoqu.pgdump" }] {
            let path = folder.join(name);
            let whole = std::fs::read(&path).expect("the file");
            let places = (0..whole.len()).step_by(whole.len() / 12).chain([whole.len() - 1]);
            for at in places {
                let mut other = whole.clone();
                other[at] ^= 0x04;
                std::fs::write(&path, other).expect("changed");
                assert!(bad(verify(&folder)).contains(name), "byte {at} of {name}");
                changed += 1;
            }
            std::fs::write(&path, &whole[..whole.len() - 1]).expect("cut off");
            assert!(bad(verify(&folder)).contains(name));
            std::fs::write(&path, [whole.as_slice(), b"\n"].concat()).expect("made longer");
            assert!(bad(verify(&folder)).contains(name));
            std::fs::remove_file(&path).expect("removed");
            assert!(bad(verify(&folder)).contains(name));
            std::fs::write(&path, whole).expect("as it was");
        }
        assert!(changed > 24);
        std::fs::write(folder.join("more"), "").expect("another file");
        assert!(bad(verify(&folder)).contains("more is not in the manifest"));
        std::fs::remove_file(folder.join("more")).expect("removed");
        let digest = manifest(&folder)["digest"].clone();
        let told = folder.display().to_string();
        good(xiaoqu(&["backup", "verify", &told, "--digest", text(&digest)]));
        assert!(bad(xiaoqu(&["backup", "verify", &told, "--digest", "00"])).contains("not the one given"));
        assert!(bad(backup(&app, &folder)).contains("is there already"));
    }

    async fn a_backup_that_fails_leaves_nothing(app: TestApp) {
        let home = tempfile::tempdir().expect("a folder");
        let to = home.path().join("b").display().to_string();
        let url = match app.kind() {
            Kind::Sqlite => format!("{}.missing", app.db_url),
            Kind::Postgres => format!("{}_missing", app.db_url),
        };
        bad(xiaoqu(&["backup", "--to", &to, "--database-url", &url]));
        assert_eq!(std::fs::read_dir(home.path()).expect("the folder").count(), 0);
        assert!(!Path::new(url.trim_start_matches("sqlite:")).exists(), "a backup makes no database");
        assert!(bad(verify(home.path())).contains("no finished backup"));
    }
}

on_sqlite! {
    async fn a_copy_that_is_whole_and_not_sound_is_told(app: TestApp) {
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        // Damage that was already in the service's own database: every byte is as it was written.
        app.execute("PRAGMA foreign_keys=OFF; INSERT INTO company_areas VALUES ('nobody', '640121')");
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("b");
        good(backup(&app, &folder));
        assert!(bad(verify(&folder)).contains("a row of company_areas refers to a row of companies"));
    }
}

#[test]
fn a_postgres_backup_is_restored_into_an_empty_database_and_counted() {
    run(Kind::Postgres, Setup::default(), async |app: TestApp| {
        for _ in 0..3 {
            app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        }
        let home = tempfile::tempdir().expect("a folder");
        let folder: PathBuf = home.path().join("b");
        good(backup(&app, &folder));
        let target = Database::fresh(Kind::Postgres).expect("a database");
        let restore = || xiaoqu(&["backup", "verify", &folder.display().to_string(), "--restore-into", &target.url()]);
        assert!(bad(restore()).contains("is not empty"));
        crate::support::sql::execute(
            &mut crate::support::sql::connect(&target.url()),
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
        );
        good(restore());
        let count = crate::support::sql::values(
            &mut crate::support::sql::connect(&target.url()),
            "SELECT count(*)::text AS value FROM complexes",
        );
        assert_eq!(count, ["3"]);
        // A password appears in no command line and no message.
        let password = app.db_url.split('@').next().and_then(|user| user.rsplit(':').next()).expect("a password");
        let wrong = app.db_url.replace(password, "hunter2");
        let said =
            bad(xiaoqu(&["backup", "--to", &home.path().join("c").display().to_string(), "--database-url", &wrong]));
        assert!(!said.contains("hunter2"), "{said}");
    });
}

#[test]
fn a_killed_backup_verifies_nowhere() {
    let app = TestApp::start(Kind::Sqlite, Setup::default()).expect("SQLite is always there");
    // Enough rows that the copy takes a while.
    app.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) \
         INSERT INTO divisions SELECT 'x' || i, 'community', hex(randomblob(500)), NULL FROM n",
    );
    let home = tempfile::tempdir().expect("a folder");
    let to = home.path().join("b");
    let mut killed = 0;
    for _ in 0..5 {
        let mut child = Command::new(PROGRAM)
            .args(["backup", "--to", &to.display().to_string(), "--database-url", &app.db_url])
            .current_dir("/")
            .spawn()
            .expect("the program runs");
        while std::fs::read_dir(home.path()).expect("the folder").count() == 0 {
            assert!(child.try_wait().expect("a child").is_none(), "it ended and left nothing");
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        if to.exists() {
            good(verify(&to));
            std::fs::remove_dir_all(&to).expect("removed");
        }
        for left in std::fs::read_dir(home.path()).expect("the folder") {
            killed += 1;
            let left = left.expect("an entry").path();
            assert!(bad(verify(&left)).contains("no finished backup"), "{}", left.display());
            std::fs::remove_dir_all(left).expect("removed");
        }
    }
    assert!(killed > 0, "none was killed halfway");
    block_on(async { drop(app.social().post("/v1/complexes", &complex_input()).await.expect(201)) });
}
