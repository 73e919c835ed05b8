//! The keys of personal data, rotated by an operator while the service runs.

use std::time::{Duration, Instant};

use chrono::Utc;
use xiaoqu::keys::{Keyring, Keys, Use};
use xiaoqu::personal::Purpose;

use crate::support::keyring::Folder;
use crate::support::rows::complex_input;
use crate::support::{Kind, Setup, TestApp, block_on};

fn status(folder: &Folder, app: &TestApp) -> String {
    folder.keys(&["status", "--database-url", &app.db_url])
}

/// Ids of the keys of one use, oldest first.
fn ids(folder: &Folder, usage: &str) -> Vec<String> {
    let head = format!("{usage}-");
    folder
        .keys(&["list"])
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|id| id.starts_with(&head))
        .map(str::to_owned)
        .collect()
}

async fn until_logged(folder: &Folder, app: &TestApp, wanted: &str) -> String {
    let began = Instant::now();
    loop {
        let said = status(folder, app);
        if said.contains(wanted) {
            return said;
        }
        assert!(began.elapsed() < Duration::from_secs(40), "never {wanted}: {said}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn rotated_by_an_operator(kind: Kind) {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(app) = folder.app(kind) else { return };
    block_on(async {
        let mut complaints = Vec::new();
        for number in 0..30 {
            complaints.push(app.sealed_complaint(number).await);
        }
        app.social().post("/v1/complexes", &complex_input()).key("answered before").await.expect(201);
        assert!(status(&folder, &app).contains("\ndone: all personal data"), "{}", status(&folder, &app));
        let (data, index) = (ids(&folder, "data")[0].clone(), ids(&folder, "index")[0].clone());
        let line = folder.fails(&["keys", "remove", &data, "--database-url", &app.db_url]);
        assert!(line.contains("is active"), "{line}");

        // A row that cannot be decrypted keeps the rotation from completing.
        let damaged = complaints[7];
        assert_eq!(app.count("encrypted_texts"), 60);
        let row = format!("owner_id = '{damaged}' AND purpose = 'description'");
        app.execute(&format!("UPDATE encrypted_texts SET subject_id = '{}' WHERE {row}", complaints[8]));
        let made = folder.keys(&["rotate", "--personal-data", "--activate-after", "0"]);
        assert!(ids(&folder, "data").len() == 2 && ids(&folder, "index").len() == 2, "{made}");
        let said = until_logged(&folder, &app, "not done: 1 encrypted text and 0 indexed phones").await;
        assert!(said.contains(&data) && said.contains("59 encrypted texts"), "{said}");
        let line = folder.fails(&["keys", "remove", &data, "--database-url", &app.db_url]);
        assert!(line.contains("1 encrypted text, 0 indexed phones, 1 stored response"), "{line}");
        assert!(ids(&folder, "data").contains(&data));
        folder.keys(&["remove", &index, "--database-url", &app.db_url]);
        assert!(!ids(&folder, "index").contains(&index));
        app.execute(&format!("UPDATE encrypted_texts SET subject_id = '{damaged}' WHERE {row}"));

        // It continues after a restart.
        let keyring = Some(Keys::open(folder.source()).expect("a keyring"));
        let app = app.restart(Setup { keyring, ..Setup::default() });
        until_logged(&folder, &app, "\ndone: all personal data").await;
        let line = folder.fails(&["keys", "remove", &data, "--database-url", &app.db_url]);
        assert!(line.contains("0 encrypted texts, 0 indexed phones, 1 stored response"), "{line}");
        // A day later.
        app.execute("DELETE FROM idempotency_keys");
        let line = folder.fails(&["keys", "remove", &data, "--database-url", "sqlite:elsewhere.sqlite"]);
        assert!(line.contains("there is no database"), "{line}");
        folder.keys(&["remove", &data, "--database-url", &app.db_url]);
        assert_eq!((ids(&folder, "data").len(), ids(&folder, "index").len()), (1, 1));
        tokio::time::sleep(Duration::from_secs(3)).await;
        for (number, id) in complaints.iter().enumerate() {
            assert!(app.opened(*id, Purpose::Contact).await.unwrap().is_some());
            assert_eq!(app.callers(format!("139{number:08}")).await, [*id]);
        }
        app.sealed_complaint(99).await;
        assert_eq!(app.values("SELECT id AS value FROM data_keys"), ids(&folder, "data"));

        // A key that is not active yet can be removed again.
        folder.keys(&["rotate", "--personal-data"]);
        let line = folder.fails(&["keys", "rotate", "--personal-data"]);
        assert!(line.contains("is already pending"), "{line}");
        tokio::time::sleep(Duration::from_secs(3)).await;
        for usage in ["data", "index"] {
            folder.keys(&["remove", &ids(&folder, usage)[1], "--database-url", &app.db_url]);
        }
        assert_eq!((ids(&folder, "data").len(), ids(&folder, "index").len()), (1, 1));
    });
}

#[test]
fn an_operator_rotates_the_keys_of_personal_data_on_sqlite() {
    rotated_by_an_operator(Kind::Sqlite);
}

#[test]
fn an_operator_rotates_the_keys_of_personal_data_on_postgres() {
    rotated_by_an_operator(Kind::Postgres);
}

#[test]
fn a_keyring_without_an_index_key_is_mended_by_the_command_that_the_start_names() {
    let folder = Folder::new();
    let old = Keyring::generate(Utc::now()).expect("a keyring");
    let old = Keyring::new(old.keys().filter(|key| key.usage != Use::Index).cloned().collect()).expect("a keyring");
    let source = folder.source();
    xiaoqu::keys::create(&source.file, &old, &source.wrapping.key().expect("a key")).expect("written");
    let line = folder.fails(&["serve"]);
    assert!(line.contains("has no index key") && line.contains("`xiaoqu keys rotate --use index`"), "{line}");
    assert_eq!(line.trim().lines().count(), 1, "{line}");
    assert_eq!(ids(&folder, "index").len(), 0);
    let made = folder.keys(&["rotate", "--use", "index"]);
    assert!(
        made.lines().any(|line| line.starts_with("index-") && line.contains(" active  ")),
        "the first is active at once: {made}"
    );
    let line = folder.fails(&["keys", "rotate"]);
    assert!(line.contains("--use") && line.contains("--personal-data"), "{line}");
    folder.fails(&["keys", "rotate", "--use", "data", "--personal-data"]);
}

#[test]
fn personal_data_under_a_lost_key_goes_only_where_that_is_said() {
    let folder = Folder::new();
    folder.keys(&["init"]);
    let Some(mut app) = folder.app(Kind::Sqlite) else { return };
    block_on(app.sealed_complaint(1));
    app.stop();
    std::fs::remove_file(folder.path("keyring.json")).expect("removed");
    folder.keys(&["init"]);
    let said = status(&folder, &app);
    assert!(said.contains(" lost ") && said.contains("not done: 2 encrypted texts and 1 indexed phone"), "{said}");
    let line = folder.fails(&["keys", "give-up", "--database-url", &app.db_url]);
    assert!(line.contains("2 encrypted texts") && line.contains("--delete-personal-data"), "{line}");
    assert_eq!(app.count("encrypted_texts"), 2);
    folder.keys(&["give-up", "--delete-personal-data", "--database-url", &app.db_url]);
    assert_eq!((app.count("encrypted_texts"), app.count("data_keys")), (0, 0));
    let made = folder.keys(&["give-up", "--database-url", &app.db_url]);
    assert!(made.contains("nothing was removed"), "{made}");
}
