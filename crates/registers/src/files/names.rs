//! File names: cleaning them, and writing them to headers (RFC 6266, RFC 8187).

use actix_web::http::header::{DispositionType, HeaderValue};
use percent_encoding::percent_decode_str;

use crate::characters::{self, tidied};
use crate::http::form;
use crate::input_error::InputError;

pub const MOST_CHARACTERS: usize = 255;

/// The last component of a path, cleaned; `None` if nothing is left of it.
pub fn clean(given: &str, pointer: &str) -> Result<Option<String>, InputError> {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = tidied(name).trim().to_owned();
    if let Some(fault) = characters::fault(pointer, &name) {
        return Err(fault);
    }
    if name.contains(char::is_control) {
        let (zh, en) = ("文件名不得含有控制字符", "the file name must not contain control characters");
        return Err(InputError::new(pointer, "forbidden_character", zh, en));
    }
    if name.chars().count() > MOST_CHARACTERS {
        let (zh, en) = (
            format!("文件名不得超过{MOST_CHARACTERS}个字符"),
            format!("the file name must have at most {MOST_CHARACTERS} characters"),
        );
        return Err(InputError::new(pointer, "too_long", zh, en));
    }
    Ok(Some(name).filter(|name| !name.trim_matches('.').is_empty()))
}

/// The file name in a `Content-Disposition` header; `filename*` takes precedence over `filename` (RFC 6266, 4.3). Older
/// programs send a full Windows path whose backslashes do not escape anything.
pub fn of_header(header: &HeaderValue, pointer: &str) -> Result<Option<String>, InputError> {
    let malformed = || InputError::new(pointer, "invalid_format", "请求头格式错误", "the header is malformed");
    let text = std::str::from_utf8(header.as_bytes()).map_err(|_| form::not_utf8(pointer))?;
    let all = parameters(text);
    let named = |wanted: &str| all.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let Some(extended) = named("filename*") else { return Ok(named("filename").map(str::to_owned)) };
    let mut parts = extended.splitn(3, '\'');
    let (Some(charset), Some(_), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(malformed());
    };
    if !charset.eq_ignore_ascii_case("utf-8") {
        return Err(form::not_utf8(pointer));
    }
    let value = percent_decode_str(value).decode_utf8().map_err(|_| form::not_utf8(pointer))?;
    Ok(Some(value.into_owned()))
}

fn parameters(header: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, remaining) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let (value, remaining) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), remaining)
            }
        };
        all.push((name.trim_matches([';', ' ', '\t']).to_ascii_lowercase(), value));
        rest = remaining;
    }
    all
}

/// Reads up to the closing quote. A backslash escapes only quotes and backslashes.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => {
                let escaped = letters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                value.push(escaped.map_or('\\', |(_, next)| next));
            }
            other => value.push(other),
        }
    }
    (value, "")
}

/// A name that reveals nothing about the uploader, such as `图片1.jpg`.
pub fn neutral(number: impl std::fmt::Display, media_type: &str) -> String {
    let kind = if media_type.starts_with("image/") { "图片" } else { "附件" };
    format!("{kind}{number}.{}", super::kinds::usual_extension(media_type))
}

/// A `Content-Disposition` header. The name is encoded, so that it cannot add parameters or lines.
pub fn disposition(kind: &DispositionType, name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" ._-()".contains(&b);
    let ascii: String =
        name.chars().map(|letter| u8::try_from(letter).ok().filter(|b| plain(*b)).map_or('_', char::from)).collect();
    // attr-char of RFC 8187, 3.2.1
    let free = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b);
    let extended: String =
        name.bytes().map(|b| if free(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{extended}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path() {
        let name = |given| clean(given, "").map(Option::unwrap_or_default).map_err(|fault| fault.code);
        assert_eq!(name("C:\\照片\\现场.jpg"), Ok("现场.jpg".into()));
        assert_eq!(name("../../etc/passwd"), Ok("passwd".into()));
        assert_eq!((name(""), name("a/.."), name(" ")), (Ok("".into()), Ok("".into()), Ok("".into())));
        assert_eq!(name("a\r\nX: y.jpg"), Err("forbidden_character"));
        assert_eq!(name("exe.\u{202e}gpj"), Err("forbidden_character"));
        assert_eq!(name(&"长".repeat(256)), Err("too_long"));
    }

    #[test]
    fn a_header_gives_the_name_that_its_sender_meant() {
        let name = |header: &[u8]| {
            let given = of_header(&HeaderValue::from_bytes(header).unwrap(), "/file");
            given.and_then(|name| clean(&name.unwrap_or_default(), "/file")).map(Option::unwrap_or_default)
        };
        let good = |header: &str| name(header.as_bytes()).unwrap();
        assert_eq!(good(r#"form-data; name="file"; filename="C:\Users\demo\现场.jpg""#), "现场.jpg");
        assert_eq!(good(r#"form-data; name="file"; filename="C:\\Users\\demo\\现场.jpg""#), "现场.jpg");
        assert_eq!(good(r#"form-data; name="a;b"; filename="say \"x\".jpg""#), "say \"x\".jpg");
        assert_eq!(good("attachment; filename=plain.png ; x=y"), "plain.png");
        assert_eq!(good("attachment; filename=\"a.png\"; filename*=utf-8''%E7%85%A7.png"), "照.png");
        assert_eq!(good("attachment; filename=\"现\u{200b}场.jpg\""), "现场.jpg");
        for other in [
            &b"attachment; filename=\"\xcf\xd6.jpg\""[..],
            b"attachment; filename*=GBK''%CF%D6.jpg",
            b"attachment; filename*=UTF-8''%CF%D6.jpg",
        ] {
            assert_eq!(name(other).unwrap_err().code, "invalid_format");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_disposition_is_one_header_that_gives_the_name_back(name in "\\PC{1,60}") {
            let text = disposition(&DispositionType::Attachment, &name);
            prop_assert!(text.bytes().all(|b| (b' '..0x7f).contains(&b)), "{}", text);
            prop_assert_eq!(text.matches('"').count(), 2);
            prop_assert_eq!(of_header(&HeaderValue::from_str(&text).unwrap(), "").unwrap(), Some(name));
        }
    }
}
