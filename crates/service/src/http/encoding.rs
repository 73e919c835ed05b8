//! Content coding (RFC 9110, 8.4): gzip for text responses on request, with an ETag of its own.

use actix_http::encoding::Encoder;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, HeaderMap, HeaderValue, VARY,
};
use actix_web::middleware::Next;

use super::conditions::COMPRESSED;

/// If the client accepts no coding that we have, the response is sent uncompressed (12.5.3). A problem would help
/// nobody.
pub async fn encode(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let gzip = wants_gzip(request.headers());
    let mut response = next.call(request).await?;
    let status = response.status();
    let not_modified = status == StatusCode::NOT_MODIFIED;
    // A partial response is a range of the uncompressed bytes.
    let compressible = status != StatusCode::PARTIAL_CONTENT && is_text(response.headers());
    if !compressible && !not_modified {
        return Ok(response.map_into_boxed_body());
    }
    let headers = response.headers_mut();
    if compressible {
        add_vary(headers);
    }
    if !gzip || headers.contains_key(CONTENT_ENCODING) {
        return Ok(response.map_into_boxed_body());
    }
    // A 304 response has the ETag that the full response would have. Only responses with `Vary` are compressed.
    if compressible || varies(headers) {
        mark(headers);
    }
    if not_modified {
        return Ok(response.map_into_boxed_body());
    }
    Ok(response.map_body(|head, body| BoxBody::new(Encoder::response(ContentEncoding::Gzip, head, body))))
}

/// Does the client accept gzip, with at least the weight of no coding?
fn wants_gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for line in headers.get_all(ACCEPT_ENCODING) {
        for part in line.to_str().unwrap_or_default().split(',') {
            let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = match parameters.trim().split_once('=') {
                Some((name, weight)) if name.trim().eq_ignore_ascii_case("q") => weight.trim().parse().unwrap_or(0.0),
                Some(_) => 0.0,
                None => 1.0f32,
            };
            match name.trim().to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => gzip = Some(weight),
                "identity" => identity = Some(weight),
                "*" => any = Some(weight),
                _ => {}
            }
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

/// Other media types are compressed already, or must not be changed.
fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/")
        || essence.ends_with("json")
        || essence.ends_with("xml")
        || essence.ends_with("javascript")
}

fn varies(headers: &HeaderMap) -> bool {
    headers
        .get_all(VARY)
        .any(|value| value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("accept-encoding")))
}

fn add_vary(headers: &mut HeaderMap) {
    if varies(headers) {
        return;
    }
    let before: Vec<String> =
        headers.get_all(VARY).filter_map(|value| value.to_str().ok()).map(str::to_owned).collect();
    let all = before.into_iter().chain(["Accept-Encoding".to_owned()]).collect::<Vec<_>>().join(", ");
    if let Ok(value) = HeaderValue::from_str(&all) {
        headers.insert(VARY, value);
    }
}

fn mark(headers: &mut HeaderMap) {
    let marked = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).and_then(|tag| {
        let text = tag.strip_suffix('"')?;
        (!tag.starts_with("W/")).then(|| format!("{text}{COMPRESSED}\""))
    });
    if let Some(value) = marked.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(ETAG, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_those_who_take_it() {
        let wants = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            lines.iter().for_each(|line| headers.append(ACCEPT_ENCODING, HeaderValue::from_str(line).unwrap()));
            wants_gzip(&headers)
        };
        for lines in
            [&["gzip"][..], &["br, GZIP;q=0.5"], &["*"], &["br", "gzip"], &["identity;q=0, gzip"], &["*;q=0.1"]]
        {
            assert!(wants(lines), "{lines:?}");
        }
        for lines in [
            &[][..],
            &[""],
            &["identity"],
            &["br"],
            &["gzip;q=0"],
            &["gzip;q=0, *"],
            &["gzip;q=0.4, identity"],
            &["identity;q=0"],
            &["gzip;q=x"],
        ] {
            assert!(!wants(lines), "{lines:?}");
        }
    }
}
