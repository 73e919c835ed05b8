//! Public attachments: a stripped copy is served, and the original is unchanged.

use xiaoqu::db::Id;
use xiaoqu::files::{make_private, make_public};
use xiaoqu::service::Tx;

use super::super::public::page;
use crate::on_both_databases;
use crate::support::TestApp;
use crate::support::cases::{Case, nine};
use crate::support::files::{a_jpeg, a_pdf, evidence};
use crate::support::rows::text;

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// As the verification of a disclosure does it.
async fn set_public(app: &TestApp, id: &str, public: bool) {
    let ids = [id.parse::<Id>().expect("an id")];
    let set = move |tx: &mut Tx| if public { make_public(tx, &ids) } else { make_private(tx, &ids) };
    app.transact(&app.social(), set).await;
}

on_both_databases! {
    async fn a_public_copy_has_no_place_and_the_original_keeps_its_bytes(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let reporter = case.reporter();
        let original = a_jpeg(400_000);
        let made = reporter.upload("张三家门口.jpg", "image/jpeg", original.clone()).await;
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["evidence"] = evidence(made.id());
        reporter.post("/v1/violations", &input).await.expect(201);
        let at = format!("/public/files/{}", made.id());
        let nobody = app.nobody();
        page(&app, &at, 404).await;
        set_public(&app, made.id(), true).await;
        // Eight concurrent requests make one copy.
        let all = futures_util::future::join_all((0..8).map(|_| async { nobody.get(&at).await })).await;
        for copy in &all {
            assert_eq!((copy.status, copy.header("content-type")), (200, "image/jpeg"), "{}", copy.json);
            assert!(copy.bytes == all[0].bytes && copy.etag() == all[0].etag());
        }
        let copy = &all[0];
        assert_eq!(app.objects().len(), 2);
        for secret in [&b"GPS-SECRET"[..], b"SECRET-OWNER", &[0x25, 0x88]] {
            assert!(holds(&original, secret) && !holds(&copy.bytes[..500], secret), "{secret:?}");
        }
        assert!(holds(&copy.bytes, b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06"), "it is still turned");
        assert!(copy.bytes.ends_with(&original[original.len() - 300_000..]), "the picture itself is the same");
        assert_eq!(copy.header("cache-control"), "public, max-age=300");
        assert_eq!(copy.header("x-content-type-options"), "nosniff");
        assert!(copy.header("content-disposition").starts_with("inline; filename=\"") && !copy.header("content-disposition").contains("%E5"));
        let unchanged = nobody.get(&at).header("if-none-match", &copy.etag()).await;
        assert_eq!(unchanged.status, 304);
        let part = nobody.get(&at).header("range", "bytes=0-1").await;
        assert_eq!((part.status, part.bytes.as_slice()), (206, &[0xff, 0xd8][..]));
        let kept = reporter.get(&format!("/v1/attachments/{}/content", made.id())).await;
        assert!(kept.bytes == original && kept.etag() == format!("\"{}\"", text(&made.json["sha256"])));
        set_public(&app, made.id(), false).await;
        page(&app, &at, 404).await;
        // Published again: another copy with the same bytes.
        set_public(&app, made.id(), true).await;
        assert_eq!(nobody.get(&at).await.etag(), copy.etag());
    }

    async fn what_cannot_be_stripped_has_no_public_copy(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let reporter = case.reporter();
        let pdf = reporter.upload("a.pdf", "application/pdf", a_pdf()).await;
        let broken = reporter.upload("a.jpg", "image/jpeg", b"\xff\xd8\xff\xe1\xff\xffbroken".to_vec()).await;
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["evidence"] = [&pdf, &broken].iter().map(|made| evidence(made.id())[0].clone()).collect();
        reporter.post("/v1/violations", &input).await.expect(201);
        for made in [&pdf, &broken] {
            set_public(&app, made.id(), true).await;
            for _ in 0..2 {
                page(&app, &format!("/public/files/{}", made.id()), 404).await;
            }
        }
        // An attachment without an owner cannot be published.
        let free = reporter.a_picture().await;
        set_public(&app, &free, true).await;
        page(&app, &format!("/public/files/{free}"), 404).await;
        page(&app, "/public/files/not-a-uuid", 400).await;
        assert_eq!(app.objects().len(), 3);
    }
}
