//! Files for uploads, and helpers to upload them.

use std::path::PathBuf;

use serde_json::{Value, json};
use xiaoqu::access::Scope;
use xiaoqu::db::{Id, WorkResult};
use xiaoqu::http::Entity;
use xiaoqu::http::conditions::Conditions;
use xiaoqu::http::language::Language;
use xiaoqu::service::{Body, Ctx, Request, Tx};

use super::TestApp;
use super::client::{Call, Client};
use super::rows::text;

/// A JPEG of this size with location, time and owner in its Exif data.
pub fn a_jpeg(size: usize) -> Vec<u8> {
    let segment = |marker: u8, contents: &[u8]| {
        let length = u16::try_from(contents.len() + 2).expect("a small segment").to_be_bytes();
        [&[0xff, marker][..], &length, contents].concat()
    };
    // Orientation 6, and GPS data at 50.
    let ifd = b"II\x2a\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x32\0\0\0\0\0\0\0";
    let exif = [&b"Exif\0\0"[..], ifd, b"\0\0\0\0\0\0GPS-SECRET 38.277N 106.253E"].concat();
    let mut all = vec![0xff, 0xd8];
    all.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
    all.extend(segment(0xe1, &exif));
    all.extend(segment(0xfe, b"taken by SECRET-OWNER"));
    all.extend(segment(0xdb, &[1; 65]));
    all.extend(segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
    all.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    let rest = size.saturating_sub(all.len() + 2);
    // Bytes that differ by position, so that a wrong range is detected.
    all.extend((0..rest).map(|at| u8::try_from((at * 7 + at / 251) % 255).expect("a byte")));
    all.extend([0xff, 0xd9]);
    all
}

pub fn a_png() -> Vec<u8> {
    a_png_of(1, 1)
}

/// A PNG whose header declares this size. It contains no pixels.
pub fn a_png_of(width: u32, height: u32) -> Vec<u8> {
    let mut all = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    all.extend(width.to_be_bytes());
    all.extend(height.to_be_bytes());
    all.extend(b"\x08\x06\0\0\0");
    let mut sum = flate2::Crc::new();
    sum.update(&all[12..]);
    all.extend(sum.sum().to_be_bytes());
    all.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    all
}

pub fn a_pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec()
}

/// A ZIP archive with empty files of these names, and the content types that the folders imply.
pub fn a_zip(names: &[&str]) -> Vec<u8> {
    let main = [
        ("word/", "wordprocessingml.document"),
        ("xl/", "spreadsheetml.sheet"),
        ("ppt/", "presentationml.presentation"),
    ];
    let types: String = main
        .iter()
        .filter(|(folder, _)| names.iter().any(|name| name.starts_with(folder)))
        .map(|(_, kind)| {
            format!("<Override PartName=\"/x\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/>")
        })
        .collect();
    let types = format!("<Types>{types}</Types>");
    let parts: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (*name, if name.eq_ignore_ascii_case("[content_types].xml") { types.as_str() } else { "" }))
        .collect();
    a_package(&parts)
}

/// An uncompressed ZIP archive of these files.
pub fn a_package(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    let long = |number: usize| u32::try_from(number).expect("a small archive").to_le_bytes();
    for (name, text) in parts {
        let at = all.len();
        let length = u16::try_from(name.len()).expect("a short name").to_le_bytes();
        let common = [&[0; 14][..], &long(text.len()), &long(text.len()), &length, &[0, 0]].concat();
        all.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), text.as_bytes()].concat());
        directory.extend([&b"PK\x01\x02\0\0"[..], &common, &[0; 10], &long(at), name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).expect("few").to_le_bytes();
    let (start, size) = (long(all.len()), long(directory.len()));
    all.extend(&directory);
    all.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    all
}

pub fn a_docx() -> Vec<u8> {
    a_zip(&["docProps/app.xml", "word/document.xml", "_rels/.rels", "[Content_Types].xml"])
}

/// A compound file with these streams.
pub fn a_compound_file(streams: &[&str]) -> Vec<u8> {
    let mut compound = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).expect("a compound file");
    for stream in streams {
        compound.create_stream(stream).expect("a stream");
    }
    compound.into_inner().into_inner()
}

/// A form body with one file, and its media type.
pub fn a_form(file_name: &str, media_type: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}\r\n\r\n"
    );
    ("multipart/form-data; boundary=line".into(), [head.as_bytes(), bytes, b"\r\n--line--\r\n"].concat())
}

impl Client {
    /// Uploads these bytes as the body, with this name.
    pub fn upload(&self, name: &str, media_type: &str, bytes: Vec<u8>) -> Call {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish();
        self.call(reqwest::Method::POST, &format!("/v1/attachments?{query}")).body(media_type, bytes)
    }

    /// The id of a small picture that was just uploaded.
    pub async fn a_picture(&self) -> String {
        let made = self.upload("现场照片.jpg", "image/jpeg", a_jpeg(2000)).await.expect(201);
        text(&made["id"]).to_owned()
    }
}

pub fn evidence(id: &str) -> Value {
    json!([{ "title": "现场照片", "attachment_id": id }])
}

impl TestApp {
    /// Runs a transaction like that of an action, for functions that only actions call.
    pub async fn transact<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl Fn(&mut Tx) -> WorkResult<T> + Send + 'static,
    ) -> T {
        let token = client.token.as_ref().expect("a token");
        let caller = self.state.verifier.verify(token, chrono::Utc::now()).expect("a good token");
        let now = self.state.clock.now();
        let ctx = Ctx::new(Request {
            scope: Scope::of(&caller),
            caller,
            operation: "get_me",
            request_id: "test".into(),
            server_request_id: None,
            counts_as_delivery: false,
            language: Language::En,
            method: "POST".into(),
            path: String::new(),
            idempotency_key: None,
            conditions: Conditions::default(),
            needs_if_match: false,
            require_primary: false,
            span: None,
            query: json!({}),
            now,
            today: self.state.clock.day_of(now),
            state: self.state.clone(),
        });
        let body = Body::given(Vec::new(), ());
        let done = ctx.perform(body, move |tx: &mut Tx, _: &Body<()>| Ok(Entity::new(Id::new(), 1, work(tx)?))).await;
        done.expect("the transaction")
    }

    /// All objects in the attachment store of this application.
    pub fn objects(&self) -> Vec<PathBuf> {
        let (mut all, mut folders) = (Vec::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if entry.is_dir() { folders.push(entry) } else { all.push(entry) }
            }
        }
        all
    }

    pub fn attachments(&self) -> usize {
        self.count("attachments")
    }
}
