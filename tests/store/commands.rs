//! Messages of commands when an operator forgot something: one line, with the place and the solution.

use std::io::{Read, Write};

use crate::support::Kind;
use crate::support::keyring::Folder;
use crate::support::program::{Deployment, http};

fn one_line(said: &str, parts: &[&str]) {
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is missing in: {said}");
    }
}

#[test]
fn a_missing_keyring_names_the_command_that_makes_one() {
    let folder = Folder::new();
    one_line(&folder.fails(&["serve"]), &["keyring.json cannot be read", "`xiaoqu keys init`"]);
    one_line(&folder.fails(&["keys", "list"]), &["`xiaoqu keys init`"]);
    std::fs::remove_file(folder.path("wrapping_key")).expect("removed");
    one_line(&folder.fails(&["keys", "init"]), &["wrapping_key cannot be read", "`openssl rand -base64 32`"]);
}

#[test]
fn a_missing_folder_is_named() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let url = "sqlite:/nowhere/at/all/x.sqlite";
    for command in [&["serve"][..], &["migrate"], &["ledger", "checkpoint"]] {
        let line = folder.fails(&[command, &["--database-url", url]].concat());
        one_line(&line, &["the folder /nowhere/at/all of the database (database_url) does not exist"]);
    }
    let line = folder.fails(&["keys", "init", "--set", "keyring_file=/nowhere/at/all/keyring.json"]);
    one_line(&line, &["the folder /nowhere/at/all does not exist"]);
}

#[test]
fn a_backup_of_no_database_names_its_setting() {
    let folder = Folder::new();
    one_line(&folder.fails(&["backup", "--to", "copy"]), &["there is no database xiaoqu.sqlite", "(database_url)"]);
    assert!(!folder.path("copy").exists());
}

#[test]
fn a_file_of_divisions_needs_its_first_line_and_parents_that_exist() {
    let folder = Folder::new();
    let load = |text: &str| {
        std::fs::write(folder.path("more.csv"), text).expect("written");
        let output = folder.run(&["migrate", "--divisions", "more.csv"]);
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (loaded, line) = load("11,province,北京市,\n");
    assert!(!loaded && line.contains("more.csv: line 1 must be code,level,name_zh,parent_code"), "{line}");
    assert!(!folder.path("xiaoqu.sqlite").exists(), "the file is read before the database is made");
    let columns = "code,level,name_zh,parent_code\n";
    let (loaded, line) = load(&format!("{columns}110101,county,东城区,110000\n"));
    assert!(!loaded && line.contains("more.csv: 110101: its parent 110000 is neither in the database nor"), "{line}");
    let (loaded, line) = load(&format!("{columns}11,province,北京市,\n1101,city,市辖区,11\n"));
    assert!(loaded && line.contains("2 division(s) added or renamed"), "{line}");
    let (loaded, line) = load(&format!("{columns}110101,county,东城区,1101\n"));
    assert!(loaded && line.contains("1 division(s) added or renamed"), "{line}");
}

#[tokio::test]
async fn every_start_warns_of_a_ledger_that_is_named_after_a_loopback_address() {
    let deployment = Deployment::new(Kind::Sqlite, &[("ledger_origin", "127.0.0.1:8080/ledger")]).expect("SQLite");
    let mut service = deployment.serve("first");
    service.is_up().await;
    let sealed = || deployment.command(&["ledger", "checkpoint"]).output().expect("it runs").status.success();
    for _ in 0..100 {
        if sealed() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    service.stop();
    assert!(service.log().contains("the ledger gets the name of a loopback address"), "{}", service.log());
    let mut service = deployment.serve("second");
    service.is_up().await;
    service.stop();
    assert!(service.log().contains("the ledger has the name of a loopback address"), "{}", service.log());
}

#[test]
fn a_taken_address_is_named_with_its_setting() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let line = folder.fails(&["serve", "--set", "log_level=error", "--listen", &address]);
    one_line(&line, &[&format!("cannot listen on {address} (the setting listen)")]);
    let metrics = format!("metrics_listen={address}");
    let line = folder.fails(&["serve", "--set", "log_level=error", "--listen", "127.0.0.1:0", "--set", &metrics]);
    one_line(&line, &[&format!("cannot listen on {address} (the setting metrics_listen)")]);
}

#[tokio::test]
async fn a_service_at_its_usual_level_logs_its_start_its_requests_and_its_security_events() {
    let deployment = Deployment::new(Kind::Sqlite, &[]).expect("SQLite");
    let mut service = deployment.serve("log");
    service.is_up().await;
    let answer = http().get(format!("{}/v1/me", service.base)).bearer_auth("no-token").send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 401);
    let head = "GET /\u{1}/ HTTP/1.1\r\nhost: x\r\n\r\n";
    let address = service.base.trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    stream.write_all(head.as_bytes()).expect("sent");
    let _ = stream.read_to_end(&mut Vec::new());
    service.stop();
    let log = service.log();
    for part in ["\"level\":\"INFO\"", "\"status\":401", "token_malformed"] {
        assert!(log.contains(part), "{part} is missing in:\n{log}");
    }
    // Anybody can send an unreadable head, so that is not logged as an error. A log file has no colours.
    assert!(!log.contains("\"level\":\"ERROR\"") && !log.contains('\u{1b}'), "{log}");
}

fn a_token_of_a_division(kind: Kind) {
    let Some(deployment) = Deployment::new(kind, &[]) else { return };
    let issue = |division: &str| {
        let issue =
            ["token", "issue", "--role", "social_affairs_office", "--subject", "officer", "--division", division];
        deployment.command(&issue).output().expect("it runs")
    };
    let refused = issue("640121999");
    let line = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && line.contains("there is no division 640121999"), "{line}");
    let made = issue("640121102");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut conn = crate::support::sql::connect(&deployment.database.url());
    let events = "SELECT county || ' ' || township AS value FROM ledger_events WHERE kind = 'token.issued'";
    assert_eq!(crate::support::sql::values(&mut conn, events), ["640121 640121102"]);
    // The leaf contains the person as a digest only.
    let leaves = "SELECT leaf AS value FROM ledger_events WHERE kind = 'token.issued'";
    let leaf = crate::support::sql::values(&mut conn, leaves).remove(0);
    assert!(leaf.contains("hmac_sha256") && !leaf.contains("officer\""), "{leaf}");
}

#[test]
fn a_token_of_a_division_leaves_an_event_and_one_of_no_division_is_refused_on_sqlite() {
    a_token_of_a_division(Kind::Sqlite);
}

#[test]
fn a_token_of_a_division_leaves_an_event_and_one_of_no_division_is_refused_on_postgres() {
    a_token_of_a_division(Kind::Postgres);
}

#[test]
fn before_the_first_start_a_token_is_of_a_division_that_ships_with_the_program() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let issue =
        |division| ["token", "issue", "--role", "social_affairs_office", "--subject", "o", "--division", division];
    one_line(&folder.fails(&issue("999999999")), &["there is no division 999999999"]);
    let made = folder.run(&issue("640121102"));
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success() && said.contains("the ledger has no record of this token"), "{said}");
    assert!(!folder.path("xiaoqu.sqlite").exists());
}

#[test]
fn key_files_as_the_package_sets_them_are_no_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.keys(&["init"]);
    let source = folder.source();
    let set = |mode| std::fs::set_permissions(&source.file, PermissionsExt::from_mode(mode)).expect("its mode");
    let is_roots = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&source.file).expect("the file")) == 0;
    set(0o640);
    assert_eq!(source.open_to_others().is_empty(), is_roots, "root:xiaoqu, 0640");
    for mode in [0o644, 0o660, 0o604] {
        set(mode);
        assert_eq!(source.open_to_others(), [source.file.as_path()], "{mode:o}");
    }
    set(0o600);
    assert!(source.open_to_others().is_empty());
}
