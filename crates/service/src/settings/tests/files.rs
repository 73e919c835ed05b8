//! A folder takes no keys, and a bucket needs them.

use super::*;

const BUCKET: &[(&str, &str)] = &[
    ("attachments_url", "s3://evidence/county/640121/"),
    ("s3_access_key_id", "AK"),
    ("s3_secret_access_key", "hunter2"),
];

#[test]
fn a_folder_or_a_bucket() {
    let files = |flags: &[(&str, &str)]| load(None, &[], flags).unwrap().files;
    assert_eq!(files(&[]).attachments_url, FilesUrl::Folder("xiaoqu-attachments".into()));
    for url in ["file:/var/x", "file:///var/x"] {
        assert_eq!(files(&[("attachments_url", url)]).attachments_url, FilesUrl::Folder("/var/x".into()));
    }
    let bucket = files(BUCKET);
    let wanted = FilesUrl::S3 { bucket: "evidence".into(), prefix: "county/640121".into() };
    assert_eq!(bucket.attachments_url, wanted);
    assert!(!format!("{bucket:?}").contains("hunter2"));
    for bad in [
        "",
        "/var/x",
        "file:",
        "s3://",
        "s3://UPPER/x",
        "s3://ab",
        "s3://evidence/../x",
        "s3://evidence//x",
        "https://x/y",
    ] {
        refused(None, &[], &[("attachments_url", bad)], &["attachments_url", "accepted"]);
    }
}

#[test]
fn what_a_bucket_needs_is_given_once_and_a_folder_needs_none_of_it() {
    for needless in ["s3_endpoint", "s3_access_key_id", "s3_secret_access_key", "s3_secret_access_key_file"] {
        let value = if needless == "s3_endpoint" { "https://s3.example" } else { "hunter2" };
        refused(None, &[], &[(needless, value)], &[needless, "is a folder"]);
    }
    refused(None, &[], &BUCKET[..1], &["s3_access_key_id", "is a bucket"]);
    refused(None, &[], &BUCKET[..2], &["s3_secret_access_key_file", "is a bucket"]);
    let both = [BUCKET, &[("s3_secret_access_key_file", "x")]].concat();
    refused(None, &[], &both, &["s3_secret_access_key_file", "only one"]);
    let line = load(None, &[], &[BUCKET[0], BUCKET[1], ("s3_secret_access_key", "hunter2 hunter3")]).unwrap_err();
    assert!(line.contains("s3_secret_access_key") && !line.contains("hunter"), "{line}");
}

#[test]
fn the_secret_of_a_bucket_may_lie_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, empty) = (write(folder.path(), "secret", "hunter2\n"), write(folder.path(), "empty", "\n"));
    let secret = |file: &str| {
        let flags = [BUCKET[0], BUCKET[1], ("s3_secret_access_key_file", file)];
        load(None, &[], &flags).unwrap().s3_secret().map_err(|error| error.to_string())
    };
    assert_eq!(secret(&file).unwrap().expose(), "hunter2");
    for file in [&empty, "/nowhere"] {
        let line = secret(file).unwrap_err();
        assert!(line.contains(file) && !line.contains('\n'), "{line}");
    }
}
