//! SQLite on a full disk: a small tmpfs, which only root can mount.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::support::files::a_jpeg;
use crate::support::keys::Key;
use crate::support::rows::{complex_input, text, unique};
use crate::support::sql::EVENTS;
use crate::support::{Database, Kind, Setup, TestApp, block_on, sqlite_in};

/// A mounted tmpfs, unmounted when this value is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(size: &str) -> Option<SmallDisk> {
        let folder = tempfile::Builder::new().prefix("xiaoqu-disk-").tempdir().expect("a folder").keep();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&folder)
            .output()
            .is_ok_and(|output| output.status.success());
        let disk = SmallDisk(folder);
        if mounted {
            return Some(disk);
        }
        // Written to the stream directly, because `eprintln!` in a passing test is not shown.
        let line = b"tmpfs cannot be mounted here (not root?): a full disk was not tested\n";
        drop(std::io::stderr().write_all(line));
        assert!(std::env::var("XIAOQU_REQUIRE_POSTGRES").is_err(), "where everything is required, this is too");
        None
    }

    /// Uses all space except this number of bytes.
    fn fill(&self, leave: u64) -> PathBuf {
        let file = self.0.join("filler");
        let free = free_bytes(&self.0);
        std::fs::write(&file, vec![1; usize::try_from(free.saturating_sub(leave)).expect("a size")]).expect("a filler");
        file
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn free_bytes(folder: &Path) -> u64 {
    let output = Command::new("df").args(["-B1", "--output=avail"]).arg(folder).output().expect("df");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().last().expect("a line").trim().parse().expect("bytes")
}

#[test]
fn a_full_disk_is_told_and_heals_and_nothing_that_was_answered_is_lost() {
    let Some(disk) = SmallDisk::mount("16m") else { return };
    let folder = sqlite_in(&disk.0);
    block_on(async {
        let app = TestApp::on(Database::Sqlite(folder), Key::ed25519("local"), Setup::default());
        let social = app.social();
        let post = async || {
            let input = complex_input();
            let answer = social.post("/v1/complexes", &input).key(&format!("k{}", unique())).await;
            (text(&input["name"]).to_owned(), answer)
        };
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        for round in 0..3 {
            for _ in 0..20 {
                made.push(post().await.0);
            }
            let filler = disk.fill(128 * 1024);
            let before = refused.len();
            for _ in 0..200 {
                for (name, answer) in join_all((0..16).map(|_| post())).await {
                    if answer.status == 201 {
                        made.push(name);
                        continue;
                    }
                    assert!(matches!(answer.code(), "storage_full" | "database_unavailable"), "{}", answer.json);
                    assert_eq!((answer.status, answer.header("retry-after")), (503, "2"));
                    refused.push(name);
                }
                if refused.len() - before > 100 {
                    break;
                }
            }
            assert!(refused.len() > before, "round {round}: the disk never filled");
            let warnings = async || app.nobody().get("/readyz").await.expect(200)["warnings"].to_string();
            assert!(warnings().await.contains("storage_full"), "{}", warnings().await);
            app.social().get("/v1/complexes").await.expect(200);
            app.nobody().get("/livez").await.expect(200);
            std::fs::remove_file(filler).expect("space again");
            let (name, answer) = post().await;
            answer.expect(201);
            made.push(name);
            assert!(!warnings().await.contains("storage_full"), "{}", warnings().await);
        }
        let stored: HashSet<String> = app.values("SELECT name AS value FROM complexes").into_iter().collect();
        let answered: HashSet<String> = made.iter().cloned().collect();
        assert_eq!(stored, answered, "exactly what was answered with 201 is there");
        assert_eq!(app.count(EVENTS), stored.len());
        assert_eq!(app.values("SELECT integrity_check AS value FROM pragma_integrity_check"), ["ok"]);
    });
}

#[test]
fn a_full_disk_of_attachments_is_told_and_heals() {
    let Some(disk) = SmallDisk::mount("16m") else { return };
    let folder = tempfile::tempdir_in(&disk.0).expect("a folder");
    let setup = Setup { folder: Arc::new(folder), ..Setup::default() };
    let Some(app) = TestApp::start(Kind::Sqlite, setup) else { return };
    block_on(async {
        let social = app.social();
        let send = || social.upload("a.jpg", "image/jpeg", a_jpeg(3_000_000));
        send().await.expect(201);
        // Too little space for the temporary file; then enough for it, but too little for its copy.
        for leave in [1_000_000, 4_500_000] {
            let filler = disk.fill(leave);
            let answer = send().await;
            answer.problem(503, "storage_full");
            assert_eq!(answer.header("retry-after"), "2");
            assert!(free_bytes(&disk.0) + 100_000 > leave, "what was refused takes no space");
            assert_eq!((app.attachments(), app.objects().len()), (1, 1));
            std::fs::remove_file(filler).expect("space again");
        }
        send().await.expect(201);
    });
}
