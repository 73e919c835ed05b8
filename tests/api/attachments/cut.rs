//! Uploads that are slow, that stall, or that are cut off.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;

use crate::on_both_databases;
use crate::support::files::{a_form, a_jpeg, a_png};
use crate::support::{Kind, Setup, TestApp, run};

/// Starts an upload on a new connection, with the declared length.
fn begun(app: &TestApp, media_type: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
    let head = format!(
        "POST /v1/attachments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n",
        app.social().token.expect("a token"),
    );
    stream.write_all(head.as_bytes()).expect("the head");
    stream
}

fn read_to_end(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

/// Number of open files of this process in the application's folder, whether or not they have a name.
fn open_files(app: &TestApp) -> usize {
    let folder = app.folder.path().display().to_string();
    let links = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let targets = links.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets.filter(|target| target.display().to_string().starts_with(&folder)).count()
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

on_both_databases! {
    async fn an_upload_that_is_cut_half_way_leaves_nothing(app: TestApp) {
        let picture = a_jpeg(2_000_000);
        let (form_type, form) = a_form("a.jpg", "image/jpeg", &picture);
        for (media_type, body) in [("image/jpeg", &picture), (form_type.as_str(), &form)] {
            let mut stream = begun(&app, media_type, body.len());
            stream.write_all(&body[..body.len() / 2]).expect("half of it");
            until("it is being kept", || open_files(&app) == 1).await;
            assert!(app.objects().is_empty(), "what it is kept in has no name: {:?}", app.objects());
            drop(stream);
            until("it is gone", || open_files(&app) == 0).await;
            assert_eq!((app.attachments(), app.objects().len()), (0, 0));
        }
        // The body is longer than declared. The rest is parsed as another, invalid request.
        let mut stream = begun(&app, "image/jpeg", picture.len() / 2);
        let _ = stream.write_all(&picture);
        let answer = tokio::task::spawn_blocking(move || read_to_end(stream)).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!((app.attachments(), app.objects().len()), (1, 1));
    }
}

#[test]
fn a_slow_upload_is_not_cut_while_others_work() {
    let setup = Setup { request_timeout: Duration::from_secs(1), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let picture = a_jpeg(256 * 1024);
        let mut stream = begun(&app, "image/jpeg", picture.len());
        let sent = tokio::task::spawn_blocking(move || {
            // 64 KiB per second: four times as long as a request may take.
            for piece in picture.chunks(8 * 1024) {
                stream.write_all(piece).expect("a piece");
                std::thread::sleep(Duration::from_millis(125));
            }
            read_to_end(stream)
        });
        let office = app.social();
        let (began, mut served) = (Instant::now(), 0);
        while began.elapsed() < Duration::from_secs(3) {
            office.get("/v1/me").await.expect(200);
            served += 1;
        }
        let answer = sent.await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(served > 100, "{served} answers beside a slow upload");
        assert_eq!(app.attachments(), 1);
    });
}

#[test]
fn an_upload_that_stops_is_ended_and_leaves_nothing() {
    let setup = Setup { request_timeout: Duration::from_secs(1), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let mut stream = begun(&app, "image/jpeg", 1_000_000);
        stream.write_all(&a_jpeg(1_000_000)[..500_000]).expect("half of it");
        let answer = tokio::task::spawn_blocking(move || read_to_end(stream)).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        until("it is gone", || open_files(&app) == 0).await;
        assert_eq!((app.attachments(), app.objects().len()), (0, 0));
    });
}

#[test]
fn an_upload_takes_no_longer_than_uploads_may() {
    let setup = Setup { files: |options| options.timeout = Duration::from_secs(2), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let mut stream = begun(&app, "image/jpeg", 1_000_000);
        let sent = tokio::task::spawn_blocking(move || {
            for piece in a_jpeg(1_000_000).chunks(10_000) {
                if stream.write_all(piece).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            read_to_end(stream)
        });
        until("it is ended", || open_files(&app) == 0).await;
        let answer = sent.await.expect("an end");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert_eq!((app.attachments(), app.objects().len()), (0, 0));
    });
}

#[test]
fn more_uploads_than_may_be_under_way_are_told_to_wait() {
    let setup = Setup { files: |options| options.at_once = 2, ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let mut slow = begun(&app, "image/png", a_png().len());
        until("it is being kept", || open_files(&app) == 1).await;
        let busy = app.social().upload("a.png", "image/png", a_png()).await;
        busy.problem(503, "busy");
        assert_eq!(busy.header("retry-after"), "2");
        // Other callers get their share until all shares are used.
        app.county().upload("a.png", "image/png", a_png()).await.expect(201);
        slow.write_all(&a_png()).expect("the rest");
        let answer = tokio::task::spawn_blocking(move || read_to_end(slow)).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        app.social().call(Method::POST, "/v1/attachments").body("image/png", a_png()).await.expect(201);
    });
}
