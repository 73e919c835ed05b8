//! Attachments over the S3 protocol, with a third-party server.

use std::time::Duration;

use xiaoqu::files::{Place, remove_unattached};

use crate::support::files::{a_jpeg, a_png};
use crate::support::s3::{Server, installed};
use crate::support::{Kind, Setup, TestApp, block_on};

fn app_on(server: &Server, kind: Kind) -> Option<TestApp> {
    let options = server.options();
    let setup = Setup { place: Some(Place::S3(options)), ..Setup::default() };
    TestApp::start(kind, setup)
}

fn story(kind: Kind) {
    let Some(program) = installed() else { return };
    block_on(async {
        let server = Server::start(program, None).await;
        let Some(app) = app_on(&server, kind) else { return };
        let social = app.social();
        // More than one part of an upload and of a download.
        let picture = a_jpeg(12_000_000);
        let made = social.upload("a.jpg", "image/jpeg", picture.clone()).await;
        assert_eq!(made.status, 201, "{}", made.json);
        let small = social.upload("b.png", "image/png", a_png()).await;
        let keys = server.keys().await;
        assert!(keys.len() == 2 && keys.iter().all(|key| key.starts_with("county/640121/")), "{keys:?}");
        let at = format!("/v1/attachments/{}/content", made.id());
        assert!(social.get(&at).await.bytes == picture);
        let part = social.get(&at).header("range", "bytes=5242879-5242881").await;
        assert_eq!(part.status, 206);
        assert!(part.bytes == picture[5_242_879..5_242_882]);
        // A replay leaves no second object, and a wrong digest leaves none.
        for _ in 0..2 {
            social.upload("c.png", "image/png", a_png()).key("k").await.expect(201);
        }
        social.upload("c.png", "image/png", a_jpeg(900)).await.problem(400, "invalid_input");
        assert_eq!(server.keys().await.len(), 3);
        // The public copy.
        app.execute(&format!("UPDATE attachments SET is_public = true WHERE id = '{}'", made.id()));
        let copy = app.nobody().get(&format!("/public/files/{}", made.id())).await;
        assert_eq!(copy.status, 200);
        assert!(!copy.bytes[..1000].windows(10).any(|part| part == b"GPS-SECRET"));
        assert_eq!(server.keys().await.len(), 4);
        // Three have no owner and expire. The copy is deleted with its original.
        app.set_clock("2026-03-03T02:00:00Z");
        assert_eq!(remove_unattached(&app.state).await.expect("it works"), 4);
        let left = server.keys().await;
        assert!(left.is_empty(), "{left:?}");
        social.get(&format!("/v1/attachments/{}", small.id())).await.problem(404, "not_found");
        // Unreachable, and back again.
        let (port, again) = (server.port, a_png());
        drop(server);
        let answer = tokio::time::timeout(Duration::from_secs(25), async {
            social.upload("d.png", "image/png", again.clone()).await
        });
        answer.await.expect("what is away is not waited for").problem(503, "attachments_unavailable");
        let server = Server::start(program, Some(port)).await;
        let made = social.upload("d.png", "image/png", again.clone()).await;
        assert_eq!(made.status, 201, "{}", made.json);
        assert!(social.get(&format!("/v1/attachments/{}/content", made.id())).await.bytes == again);
        assert_eq!(server.keys().await.len(), 1);
    });
}

#[test]
fn files_are_kept_in_a_bucket_on_sqlite() {
    story(Kind::Sqlite);
}

#[test]
fn files_are_kept_in_a_bucket_on_postgres() {
    story(Kind::Postgres);
}
