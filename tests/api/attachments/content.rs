//! The bytes of an attachment: ranges, tags, and headers that no file name can break.

use reqwest::Method;

use crate::on_both_databases;
use crate::support::files::{a_jpeg, a_pdf};

on_both_databases! {
    async fn a_part_of_a_file_is_that_part(app: TestApp) {
        let social = app.social();
        // More than the service reads at once.
        let bytes = a_jpeg(600_000);
        let made = social.upload("a.jpg", "image/jpeg", bytes.clone()).await;
        let at = format!("/v1/attachments/{}/content", made.id());
        let whole = social.get(&at).await;
        assert_eq!((whole.status, whole.header("accept-ranges"), whole.header("content-length")), (200, "bytes", "600000"));
        let tag = whole.etag();
        let part = |range: &str| social.get(&at).header("range", range);
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=0-", 0, 600_000),
            ("bytes=100-262243", 100, 262_244),
            ("bytes=262143-262144", 262_143, 262_145),
            ("bytes=599999-", 599_999, 600_000),
            ("bytes=500000-999999", 500_000, 600_000),
            ("bytes=-300000", 300_000, 600_000),
            ("bytes=-999999", 0, 600_000),
        ] {
            let answer = part(range).await;
            assert_eq!(answer.status, 206, "{range}");
            assert_eq!(answer.header("content-range"), format!("bytes {from}-{}/600000", to - 1));
            assert_eq!(answer.header("content-length"), (to - from).to_string());
            assert_eq!(answer.etag(), tag);
            assert!(answer.bytes == bytes[from..to], "{range}");
        }
        for range in ["bytes=600000-", "bytes=-0"] {
            let answer = part(range).await;
            answer.problem(416, "range_not_satisfiable");
            assert_eq!(answer.header("content-range"), "bytes */600000");
        }
        for range in ["bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "nonsense"] {
            let answer = part(range).await;
            assert_eq!((answer.status, answer.bytes.len()), (200, 600_000), "{range}");
        }
        assert_eq!(part("bytes=0-9").header("if-range", &tag).await.status, 206);
        assert_eq!(part("bytes=0-9").header("if-range", "\"other\"").await.status, 200);
        assert_eq!(part("bytes=0-9").header("if-range", "Wed, 21 Oct 2026 07:28:00 GMT").await.status, 200);
        let unchanged = part("bytes=0-9").header("if-none-match", &tag).await;
        assert_eq!((unchanged.status, unchanged.bytes.len(), unchanged.etag()), (304, 0, tag));
    }

    async fn bytes_are_what_they_are_and_never_compressed(app: TestApp) {
        let social = app.social();
        let bytes = [a_pdf(), vec![b' '; 100_000]].concat();
        let made = social.upload("a.pdf", "application/pdf", bytes.clone()).await;
        let at = format!("/v1/attachments/{}/content", made.id());
        for range in ["", "bytes=0-49999"] {
            let answer = social.get(&at).header("accept-encoding", "gzip").header("range", range).await;
            let length = if range.is_empty() { 100_000 + a_pdf().len() } else { 50_000 };
            assert_ne!(answer.header("content-encoding"), "gzip");
            assert_eq!(answer.header("content-length"), length.to_string());
            assert!(answer.bytes == bytes[..length]);
        }
        let head = social.call(Method::HEAD, &at).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        assert_eq!(head.header("content-length"), bytes.len().to_string());
        // RFC 9110, 14.2: a range is defined for GET alone.
        let part = social.call(Method::HEAD, &at).header("range", "bytes=0-9").await;
        assert_eq!((part.status, part.header("content-length")), (200, bytes.len().to_string().as_str()));
        // The connection can be used for another request.
        assert!(social.get(&at).await.bytes == bytes);
    }

    async fn a_file_is_a_download_that_runs_nothing(app: TestApp) {
        let social = app.social();
        for (name, disposition) in [
            ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
            ("合同\"; x=y.pdf", "attachment; filename=\"____ x_y.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C%22%3B%20x%3Dy.pdf"),
        ] {
            let made = social.upload(name, "application/pdf", a_pdf()).await;
            let answer = social.get(&format!("/v1/attachments/{}/content", made.id())).await;
            assert_eq!(answer.header("content-disposition"), disposition);
            assert_eq!(answer.header("content-type"), "application/pdf");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("cache-control"), "private, no-cache");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'; sandbox"));
            assert!(answer.bytes == a_pdf());
        }
    }
}
