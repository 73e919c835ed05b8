//! Sends the content of a file, whole or in part: streamed, and never compressed.

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, ETAG, IF_RANGE, RANGE,
    VARY,
};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::stream;

use super::Files;
use super::ranges::{RequestedRange, requested_range};
use crate::http::Response;
use crate::http::conditions::{Conditions, Verdict};
use crate::http::marks::IsHead;
use crate::problem::{Code, Problem};

/// A file that a browser opens as a page must not run scripts or load anything.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

pub struct Content {
    pub key: String,
    pub size: u64,
    pub sha256: String,
    pub media_type: String,
    pub disposition: String,
    pub cache: &'static str,
    /// Value of the `Vary` header, if any.
    pub vary: Option<&'static str>,
}

pub async fn serve(files: &Files, request: &HttpRequest, content: Content) -> Response {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let etag = format!("\"{}\"", content.sha256);
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, etag.as_str())).insert_header((CACHE_CONTROL, content.cache));
    if let Some(vary) = content.vary {
        response.insert_header((VARY, vary));
    }
    match Conditions::of(request.headers()).on_read(Some(&etag)) {
        Verdict::Answer => {}
        Verdict::NotModified => return Ok(response.status(StatusCode::NOT_MODIFIED).finish()),
        Verdict::Failed => return Err(Problem::new(Code::PreconditionFailed)),
    }
    // Ranges apply to GET only, and a repeated header counts as none (RFC 9110, 14.2).
    let head = request.extensions().contains::<IsHead>();
    let wanted = header(RANGE).filter(|_| !head && request.headers().get_all(RANGE).count() == 1);
    let range = match requested_range(wanted, header(IF_RANGE), &etag, content.size) {
        RequestedRange::Whole => 0..content.size,
        RequestedRange::Part(range) => {
            let part = format!("bytes {}-{}/{}", range.start, range.end - 1, content.size);
            response.status(StatusCode::PARTIAL_CONTENT).insert_header((CONTENT_RANGE, part));
            range
        }
        RequestedRange::Nothing => {
            return Err(Problem::new(Code::RangeNotSatisfiable)
                .detail(
                    format!("附件共{}字节。请在此范围内请求。", content.size),
                    format!("The attachment has {} bytes. Request a range within it.", content.size),
                )
                .header(CONTENT_RANGE, format!("bytes */{}", content.size)));
        }
    };
    response
        .content_type(content.media_type)
        .insert_header((CONTENT_DISPOSITION, content.disposition))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((ACCEPT_RANGES, "bytes"));
    let length = range.end - range.start;
    if head {
        let nothing = stream::empty::<Result<actix_web::web::Bytes, std::io::Error>>();
        return Ok(response.body(SizedStream::new(length, nothing)));
    }
    let bytes = files.storage.stream(&content.key, range).await?;
    Ok(response.body(SizedStream::new(length, bytes)))
}
