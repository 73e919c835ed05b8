//! Uploads: accepted types and forms, and refusals.

use reqwest::Method;
use serde_json::json;

use crate::on_both_databases;
use crate::support::client::{Client, Response};
use crate::support::files::{a_compound_file, a_docx, a_form, a_jpeg, a_package, a_pdf, a_png, a_png_of, a_zip};
use crate::support::rows::{path, text};
use crate::support::{Kind, Setup, TestApp, run};

const PATH: &str = "/v1/attachments";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

async fn content(client: &Client, answer: &Response) -> Vec<u8> {
    let read = client.get(&format!("{PATH}/{}/content", answer.id())).await;
    assert_eq!(read.status, 200);
    read.bytes
}

/// A document with macros that only its content type declares, under a harmless name.
fn a_macro_type() -> Vec<u8> {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let types = format!(
        "<Types><Override PartName='/word/document.xml' ContentType='{word}'/>\
         <Override PartName='/word/a.bin' ContentType='application/vnd.ms-office.VbaProject'/></Types>"
    );
    a_package(&[("[Content_Types].xml", &types), ("word/document.xml", "<w/>"), ("word/a.bin", "")])
}

on_both_databases! {
    async fn a_file_is_uploaded_as_a_form_or_as_the_body_and_read_back(app: TestApp) {
        let social = app.social();
        let picture = a_jpeg(300_000);
        let (media_type, form) = a_form("现场 照片.JPG", "image/jpeg", &picture);
        let formed = social.call(Method::POST, PATH).body(&media_type, form).await;
        let direct = social.upload("现场 照片.JPG", "image/jpeg", picture.clone()).await;
        let digest = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &picture));
        for made in [&formed, &direct] {
            assert_eq!(made.status, 201, "{}", made.json);
            assert_eq!(made.header("location"), format!("{PATH}/{}", made.id()));
            let shown = social.get(&format!("{PATH}/{}", made.id())).await;
            assert_eq!((&shown.json, shown.etag()), (&made.json, made.etag()));
            assert_eq!(made.json["name"], "现场 照片.JPG");
            assert_eq!((&made.json["media_type"], &made.json["size"]), (&json!("image/jpeg"), &json!(300_000)));
            assert_eq!((&made.json["sha256"], &made.json["owner_id"]), (&json!(digest), &json!(null)));
            assert!(content(&social, made).await == picture);
        }
        assert_ne!(formed.id(), direct.id());
        assert_eq!((app.attachments(), app.objects().len()), (2, 2));
        app.sealed().await;
        let events = app.county().get(&format!("/v1/events?subject_id={}", formed.id())).await;
        let uploaded = events.items().first().expect("its event");
        assert_eq!((&uploaded["type"], &uploaded["data"]["sha256"]), (&json!("attachment.uploaded"), &json!(digest)));
        assert!(!events.json.to_string().contains("照片"), "a name may name a person");
    }

    async fn the_name_of_a_body_stands_in_its_disposition_or_in_the_query(app: TestApp) {
        let social = app.social();
        let named = async |disposition: &str| {
            let call = social.call(Method::POST, &format!("{PATH}?name=other.png"));
            call.header("content-disposition", disposition).body("image/png", a_png()).await
        };
        for (disposition, name) in [
            ("attachment; filename*=UTF-8''%E7%85%A7%E7%89%87.png", "照片.png"),
            ("attachment; filename=\"plain.png\"; filename*=UTF-8''%E7%85%A7.png", "照.png"),
            ("attachment; filename=\"C:\\\\x\\\\plain.png\"", "plain.png"),
            ("attachment", "other.png"),
        ] {
            assert_eq!(named(disposition).await.expect(201)["name"], name, "{disposition}");
        }
        named("attachment; filename*=UTF-8''a%0d%0aX:%20y.png").await
            .faults(&[("header/content-disposition", "forbidden_character")]);
        named("attachment; filename*=nonsense").await.faults(&[("header/content-disposition", "invalid_format")]);
        let unnamed = social.call(Method::POST, PATH).body("image/png", a_png()).await;
        assert_eq!(unnamed.expect(201)["name"], "file.png");
        social.upload("a\nb.png", "image/png", a_png()).await.faults(&[("query/name", "forbidden_character")]);
    }

    async fn a_file_whose_type_lies_is_refused_and_leaves_nothing(app: TestApp) {
        let social = app.social();
        let lies = [
            // name, declared, bytes, faults
            ("a.png", "image/png", a_jpeg(500), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
            ("a.jpg", "image/png", a_jpeg(500), vec![("header/content-type", "type_mismatch")]),
            ("a.exe", "image/jpeg", a_jpeg(500), vec![("query/name", "extension_mismatch")]),
            ("a.png", "application/octet-stream", a_jpeg(500), vec![("query/name", "extension_mismatch")]),
            ("a.jpg", "image/jpeg", b"<html><script>alert(1)</script>".to_vec(), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
            ("a.docx", "application/octet-stream", a_zip(&["a.txt"]), vec![("query/name", "extension_mismatch")]),
            ("a.docx", WORD, a_zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
            ("a.docx", WORD, a_zip(&["[Content_Types].xml", "word/document.xml", "word/VBAPROJECT.BIN"]), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
            ("a.docx", WORD, a_macro_type(), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
            ("a.pdf", "application/pdf", [&b"<html>"[..], &a_pdf()].concat(), vec![("header/content-type", "type_mismatch"), ("query/name", "extension_mismatch")]),
        ];
        for (name, declared, bytes, faults) in lies {
            social.upload(name, declared, bytes.clone()).await.faults(&faults);
            let (media_type, form) = a_form(name, declared, &bytes);
            let answer = social.call(Method::POST, PATH).body(&media_type, form).await;
            answer.problem(400, "invalid_input");
            assert!(answer.errors().iter().all(|(pointer, _)| *pointer == "/file"), "{}", answer.json);
        }
        for (name, declared, bytes) in [
            ("a.html", "text/html", b"<html>".to_vec()),
            ("a.svg", "image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec()),
            ("a", "application/octet-stream", b"\x7fELF\x02\x01\x01".to_vec()),
            ("a.zip", "application/zip", a_zip(&["a.txt"])),
            ("a.zip", "application/octet-stream", a_zip(&["[Content_Types].xml", "a.txt"])),
            ("a.gif", "image/gif", b"GIF89a".to_vec()),
        ] {
            social.upload(name, declared, bytes).await.problem(415, "unsupported_media_type");
        }
        // Larger than any camera produces, so it is not decoded.
        for (width, height, good) in [(16_320, 12_240, true), (60_000, 60_000, false), (1, 60_000, false), (u32::MAX, u32::MAX, false)] {
            let picture = a_png_of(width, height);
            let answer = social.upload("a.png", "image/png", picture.clone()).await;
            if good {
                let id = text(&answer.expect(201)["id"]).to_owned();
                assert_eq!((id.len(), app.objects().len()), (36, 1));
                continue;
            }
            answer.faults(&[("", "out_of_range")]);
            let (media_type, form) = a_form("a.png", "image/png", &picture);
            social.call(Method::POST, PATH).body(&media_type, form).await.faults(&[("/file", "out_of_range")]);
        }
        assert_eq!((app.attachments(), app.objects().len()), (1, 1));
    }

    async fn every_type_of_the_list_is_known_by_its_bytes(app: TestApp) {
        let social = app.social();
        let webm = [&b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"[..], &[0; 300]].concat();
        for (name, media_type, bytes) in [
            ("a.jpeg", "image/jpeg", a_jpeg(600)),
            ("a.png", "image/png", a_png()),
            ("a.webp", "image/webp", b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0".to_vec()),
            ("a.heic", "image/heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
            ("合同.pdf", "application/pdf", a_pdf()),
            ("a.docx", WORD, a_docx()),
            ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", a_zip(&["xl/workbook.xml", "[Content_Types].xml"])),
            ("a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", a_zip(&["[Content_Types].xml", "ppt/presentation.xml"])),
            ("a.doc", "application/msword", a_compound_file(&["/WordDocument"])),
            ("a.xls", "application/vnd.ms-excel", a_compound_file(&["/Workbook"])),
            ("a.ppt", "application/vnd.ms-powerpoint", a_compound_file(&["/PowerPoint Document"])),
            ("a.mp4", "video/mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec()),
            ("a.mov", "video/quicktime", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".to_vec()),
            ("a.webm", "video/webm", webm),
        ] {
            let declared = social.upload(name, media_type, bytes.clone()).await.expect(201);
            assert_eq!(declared["media_type"], media_type);
            let sniffed = social.upload("无扩展名 v1.2", "application/octet-stream", bytes).await.expect(201);
            assert_eq!(sniffed["media_type"], media_type);
        }
        let aliased = social.upload("a.heif", "image/heif", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()).await;
        assert_eq!(aliased.expect(201)["media_type"], "image/heic");
    }

    async fn a_form_has_one_file(app: TestApp) {
        let social = app.social();
        let send = async |body: &str| {
            social.call(Method::POST, PATH).body("multipart/form-data; boundary=line", body.to_owned()).await
        };
        let part = |name: &str, text: &str| {
            format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\r\n{text}\r\n")
        };
        let pdf = String::from_utf8(a_pdf()).expect("text");
        send("--line--\r\n").await.faults(&[("/file", "required")]);
        send(&format!("{}--line--\r\n", part("file", ""))).await.faults(&[("/file", "required")]);
        send(&format!("{}{}--line--\r\n", part("file", &pdf), part("note", "x"))).await.faults(&[("/note", "unknown_field")]);
        send(&format!("{}{}--line--\r\n", part("file", &pdf), part("file", &pdf))).await.faults(&[("/file", "duplicate")]);
        send(&part("file", &pdf)).await.problem(400, "malformed_request");
        send("nonsense").await.problem(400, "malformed_request");
        social.call(Method::POST, PATH).body("multipart/form-data", "x").await.problem(400, "malformed_request");
        social.call(Method::POST, PATH).await.faults(&[("", "required")]);
        assert_eq!((app.attachments(), app.objects().len()), (0, 0));
        send(&format!("{}--line--\r\n", part("file", &pdf))).await.expect(201);
    }

    async fn the_same_key_makes_one_file(app: TestApp) {
        let social = app.social();
        let send = |name: &str, bytes: Vec<u8>| social.upload(name, "application/octet-stream", bytes).key("k");
        let first = send("a.png", a_png()).await;
        let again = send("a.png", a_png()).await;
        assert_eq!((first.expect(201), again.header("idempotent-replayed")), (again.json.clone(), "true"));
        send("b.png", a_png()).await.problem(422, "idempotency_key_reused");
        send("a.png", a_docx()).await.problem(400, "invalid_input");
        send("a.pdf", a_pdf()).await.problem(422, "idempotency_key_reused");
        assert_eq!((app.attachments(), app.objects().len()), (1, 1), "the others' objects are gone");
        // The same key of another caller is another key.
        app.neighbour().upload("a.png", "image/png", a_png()).key("k").await.expect(201);
        let both = futures_util::future::join_all((0..4).map(|_| async {
            social.upload("同时.png", "image/png", a_png()).key("at once").await
        }));
        let both = both.await;
        assert!(both.iter().all(|one| one.status == 201 && one.json == both[0].json));
        assert_eq!((app.attachments(), app.objects().len()), (3, 3));
        social.get(&path("attachments", &both[0].json)).await.expect(200);
        assert_eq!(text(&both[0].json["name"]), "同时.png");
    }
}

fn small() -> Setup {
    Setup { files: |options| options.limit = 64 * 1024, ..Setup::default() }
}

#[test]
fn a_file_over_the_limit_is_refused_however_it_comes() {
    run(Kind::Sqlite, small(), async |app: TestApp| {
        let social = app.social();
        let chunked = |bytes: Vec<u8>| {
            let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
                bytes.chunks(1000).map(|piece| Ok(piece.to_vec())).collect();
            reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
        };
        let most = a_jpeg(64 * 1024);
        social.upload("a.jpg", "image/jpeg", most.clone()).await.expect(201);
        social.call(Method::POST, PATH).body("image/jpeg", chunked(most.clone())).await.expect(201);
        let (media_type, form) = a_form("a.jpg", "image/jpeg", &most);
        social.call(Method::POST, PATH).body(&media_type, form).await.expect(201);
        let kept = (app.attachments(), app.objects().len());
        let over = a_jpeg(64 * 1024 + 1);
        social.upload("a.jpg", "image/jpeg", over.clone()).await.problem(413, "payload_too_large");
        social
            .call(Method::POST, PATH)
            .body("image/jpeg", chunked(over.clone()))
            .await
            .problem(413, "payload_too_large");
        let (media_type, form) = a_form("a.jpg", "image/jpeg", &over);
        social.call(Method::POST, PATH).body(&media_type, form).await.problem(413, "payload_too_large");
        let (media_type, form) = a_form("a.jpg", "image/jpeg", &a_jpeg(1024 * 1024));
        social.call(Method::POST, PATH).body(&media_type, chunked(form)).await.problem(413, "payload_too_large");
        assert_eq!((app.attachments(), app.objects().len()), kept);
    });
}
