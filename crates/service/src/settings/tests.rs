mod files;
mod issuers;

use std::path::Path;
use std::time::Duration;

use super::*;

const WRAPPING_KEY: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";

fn load(file: Option<&str>, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xiaoqu.toml");
    std::fs::write(&path, file.unwrap_or("")).unwrap();
    let sources = Sources {
        config: Some(path),
        variables: variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        flags: flags.iter().map(|(key, value)| ("--set".into(), key.to_string(), value.to_string())).collect(),
    };
    let settings = Settings::load(&sources).map_err(|error| error.to_string());
    if let Err(line) = &settings {
        assert!(!line.contains('\n') && line.contains("accepted"), "{line}");
    }
    settings
}

fn refused(file: Option<&str>, variables: &[(&str, &str)], flags: &[(&str, &str)], parts: &[&str]) {
    let line = load(file, variables, flags).expect_err("must be refused");
    for part in parts {
        assert!(line.contains(part), "{part:?} is missing in: {line}");
    }
}

#[test]
fn defaults_are_good_values() {
    let settings = load(None, &[], &[]).unwrap();
    assert_eq!(settings.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.http.header_read_timeout_seconds, Duration::from_secs(10));
    assert_eq!(settings.database.database_url, DatabaseUrl::Sqlite("xiaoqu.sqlite".into()));
    assert_eq!(settings.access.access_token_minutes, Duration::from_secs(3600));
    assert_eq!(settings.deployment.time_zone, chrono_tz::Asia::Shanghai);
    assert!(settings.http.workers >= 1 && settings.access.trusted_issuers.is_empty());
}

#[test]
fn the_last_one_said_wins() {
    let file = Some("pool_size = 1\nsqlite_readers = 1\nwrite_queue = 1");
    let variables = [("XIAOQU_SQLITE_READERS", "2"), ("XIAOQU_WRITE_QUEUE", "2"), ("OTHER", "x")];
    let database = load(file, &variables, &[("write_queue", "3")]).unwrap().database;
    assert_eq!((database.pool_size, database.sqlite_readers, database.write_queue), (1, 2, 3));
}

#[test]
fn proxies_are_addresses_and_networks() {
    let limits = load(None, &[], &[("trusted_proxies", "127.0.0.1, 10.0.0.0/8,fd00::/8")]).unwrap().limits;
    assert_eq!(
        limits.trusted_proxies.iter().map(|n| n.to_string()).collect::<Vec<_>>(),
        ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]
    );
    assert!(load(None, &[], &[("trusted_proxies", "")]).unwrap().limits.trusted_proxies.is_empty());
}

#[test]
fn an_empty_value_takes_an_optional_setting_back() {
    let file = Some("metrics_listen = '127.0.0.1:9000'");
    assert!(load(file, &[], &[]).unwrap().http.metrics_listen.is_some());
    assert!(load(file, &[("XIAOQU_METRICS_LISTEN", "")], &[]).unwrap().http.metrics_listen.is_none());
    refused(None, &[("XIAOQU_LISTEN", "")], &[], &["listen", "XIAOQU_LISTEN"]);
}

#[test]
fn an_unknown_name_stops_the_start() {
    refused(Some("pool_sizes = 3"), &[], &[], &["\"pool_sizes\"", "xiaoqu.toml", "did you mean pool_size?"]);
    refused(Some("[database]\npool_size = 3"), &[], &[], &["\"database\""]);
    refused(
        None,
        &[("XIAOQU_POOLSIZE", "3")],
        &[],
        &["XIAOQU_POOLSIZE", "the environment variable", "did you mean XIAOQU_POOL_SIZE?"],
    );
    refused(None, &[], &[("poolsize", "3")], &["poolsize", "the flag --set"]);
    refused(None, &[("XIAOQU_DATABSE_URL", "x")], &[], &["did you mean XIAOQU_DATABASE_URL?"]);
    // One readable line, not the whole table.
    let line = load(None, &[("XIAOQU_SOMETHING_ELSE_ALTOGETHER", "x")], &[]).unwrap_err();
    assert!(line.len() < 200 && !line.contains("did you mean"), "{line}");
    // Variables of tests and of the command line are not settings.
    load(None, &[("XIAOQU_REQUIRE_POSTGRES", "1"), ("XIAOQU_TEST_PG_BIN", "/x"), ("XIAOQU_CONFIG", "y")], &[]).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_stops_the_start() {
    let line = load(Some(&format!("wrapping_key = {WRAPPING_KEY}")), &[], &[]).unwrap_err();
    assert!(line.contains("line 1") && !line.contains("c2Vj"), "{line}");
    refused(Some("listen = 'a'\npool_size = = 3"), &[], &[], &["xiaoqu.toml, line 2"]);
    let sources = Sources { config: Some("/nowhere/x.toml".into()), ..Sources::default() };
    assert!(Settings::load(&sources).unwrap_err().to_string().contains("/nowhere/x.toml cannot be read"));
}

#[test]
fn a_bad_value_stops_the_start() {
    let bad = [
        ("listen", "8080"),
        ("listen", "localhost:8080"),
        ("public_url", "https://x.example/"),
        ("public_url", "https://x.example/xiaoqu"),
        ("public_url", "ftp://x.example"),
        ("public_url", "https://u@x.example"),
        ("public_url", "https://x.example?a=1"),
        ("public_url", "https://x.example:y"),
        ("workers", "0"),
        ("time_zone", "Beijing"),
        ("json_body_limit_bytes", "1023"),
        ("json_body_limit_bytes", "16777217"),
        ("request_timeout_seconds", "0"),
        ("request_timeout_seconds", "-1"),
        ("request_timeout_seconds", "1.5"),
        ("pool_size", "18446744073709551616"),
        ("database_url", "mysql://x"),
        ("database_url", "sqlite:"),
        ("database_url", "sqlite::memory:"),
        ("database_url", "postgres://db"),
        ("database_url", "postgres://u:p@ss@db/x"),
        ("database_url", "postgres://u:p/ss@db/x"),
        ("trusted_proxies", "10.0.0.0/33"),
        ("trusted_proxies", "10.0.0.1,,10.0.0.2"),
        ("trusted_proxies", "proxy.example"),
        ("forwarded_header", "x-real-ip"),
        ("caller_burst", "0"),
        ("log_level", "loud"),
        ("log_format", "xml"),
        ("migrate_at_start", "true"),
        ("audience", ""),
        ("audience", "a\nb"),
        ("access_token_minutes", "1441"),
        ("wrapping_key", "c2hvcnQ="),
        ("wrapping_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("metrics_listen", "127.0.0.1:8080"),
        ("database_password_file", "x"),
    ];
    for (key, value) in bad {
        let line = load(None, &[], &[(key, value)]).expect_err(&format!("{key}={value}"));
        assert!(line.starts_with(&format!("{key}: ")) && line.contains("the flag --set"), "{line}");
    }
    refused(Some("listen = ['a']"), &[], &[], &["listen: the value from", "xiaoqu.toml"]);
}

#[test]
fn the_usual_database_urls_are_accepted() {
    for url in [
        "sqlite:a b.sqlite",
        "sqlite:/var/x",
        "postgresql://u:p%40ss@[::1]:5432/x",
        "postgres:///x?host=/run",
        "postgres://u@a:1,b/x",
    ] {
        load(None, &[], &[("database_url", url)]).unwrap();
    }
}

#[test]
fn no_secret_is_shown() {
    let url = "postgres://officer:hunter2@db/xiaoqu?sslpassword=hunter3";
    let settings = load(None, &[("XIAOQU_WRAPPING_KEY", WRAPPING_KEY), ("XIAOQU_DATABASE_URL", url)], &[]).unwrap();
    let debug = format!("{settings:?}");
    for wrong in [
        ("wrapping_key", "hunter2"),
        ("database_url", "postgres://officer:hunter2@db"),
        ("database_url", "postgres://officer:hunter2/db"),
        ("database_url", "postgres://officer:a?hunter2@db/x"),
        ("database_url", "postgres://officer:a@hunter2@db/x"),
    ] {
        let line = load(None, &[], &[wrong]).unwrap_err();
        assert!(!line.contains("hunter2"), "{line}");
    }
    for secret in ["hunter", WRAPPING_KEY, "secret-secret", "[115, 101, 99"] {
        assert!(!debug.contains(secret), "{debug}");
    }
    assert_eq!(settings.database.database_url.to_string(), "postgres://db/xiaoqu");
}

#[test]
fn every_default_and_flag_of_the_table_makes_sense() {
    for setting in TABLE {
        assert!(setting.doc.ends_with('.') && !setting.accepted().is_empty(), "{}", setting.name);
        assert!(!setting.has(Flag::Secret) || setting.default.is_empty(), "{}", setting.name);
    }
}

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[test]
fn serve_needs_its_keyring_and_the_key_that_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let key = write(folder.path(), "wrapping.key", &format!("{WRAPPING_KEY}\n"));
    let short = write(folder.path(), "short.key", "c2hvcnQ=");
    let source = |flags: &[(&str, &str)]| load(None, &[], flags).unwrap().keyring().map_err(|error| error.to_string());
    for (flags, part) in [
        (vec![("wrapping_key", WRAPPING_KEY)], "keyring_file: is not set"),
        (vec![("keyring_file", "k.json")], "XIAOQU_WRAPPING_KEY_FILE"),
    ] {
        let line = source(&flags).unwrap_err();
        assert!(line.contains(part) && !line.contains('\n'), "{line}");
    }
    let of = |file: &str| source(&[("keyring_file", "k.json"), ("wrapping_key_file", file)]).unwrap().wrapping.key();
    let from_file = of(&key).unwrap();
    let given = source(&[("keyring_file", "k.json"), ("wrapping_key", WRAPPING_KEY)]).unwrap();
    assert_eq!(from_file.id(), given.wrapping.key().unwrap().id());
    assert!(!format!("{given:?}").contains("115, 101"), "a key in the debug output");
    for file in ["/nowhere", &short] {
        let line = of(file).err().expect("no key").to_string();
        assert!(line.contains(file) && !line.contains("c2hvcnQ"), "{line}");
    }
    refused(
        None,
        &[],
        &[("wrapping_key", WRAPPING_KEY), ("wrapping_key_file", &key)],
        &["wrapping_key_file", "only one"],
    );
}

#[test]
fn the_postgres_url_carries_password_and_limits() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "password", "p@ss/w?rd\n");
    let flags = [("database_url", "postgres://u@db/x?connect_timeout=9"), ("database_password_file", &file)];
    let url = load(None, &[], &flags).unwrap().postgres_url().unwrap().unwrap();
    assert_eq!(
        url.expose(),
        "postgres://u@db/x?connect_timeout=9&tcp_user_timeout=10000&options=%2Dc%20statement%5Ftimeout%3D15000\
         &application%5Fname=xiaoqu&password=p%40ss%2Fw%3Frd"
            .replace("application%5F", "application_")
            .as_str()
    );
    assert!(load(None, &[], &[]).unwrap().postgres_url().unwrap().is_none());
}
