//! Names of files: what is taken of one, and how it travels in a header (RFC 6266, RFC 8187).

use actix_web::http::header::{ContentDisposition, DispositionType};

use crate::characters::is_forbidden;
use crate::fault::Fault;

pub const MOST_CHARACTERS: usize = 255;

/// The last part of a path that somebody gave as a name; `None` where nothing is left of it.
pub fn clean(given: &str, pointer: &str) -> Result<Option<String>, Fault> {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name.chars().any(|letter| letter.is_control() || is_forbidden(letter)) {
        let (zh, en) = ("文件名含有不允许的字符", "the name of the file has a character that is not allowed");
        return Err(Fault::new(pointer, "forbidden_character", zh, en));
    }
    if name.chars().count() > MOST_CHARACTERS {
        let (zh, en) = (
            format!("文件名最多 {MOST_CHARACTERS} 个字符"),
            format!("the name of a file has at most {MOST_CHARACTERS} characters"),
        );
        return Err(Fault::new(pointer, "too_long", zh, en));
    }
    Ok(Some(name.to_owned()).filter(|name| !name.trim_matches('.').is_empty()))
}

/// The name that a `Content-Disposition` gives: `filename*` before `filename` (RFC 6266, 4.3).
pub fn of_disposition(disposition: &ContentDisposition) -> Option<String> {
    let extended = disposition.get_filename_ext().and_then(|value| String::from_utf8(value.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

/// A name that says nothing of whoever gave the file: `图片1.jpg`.
pub fn neutral(number: impl std::fmt::Display, media_type: &str) -> String {
    let kind = if media_type.starts_with("image/") { "图片" } else { "附件" };
    format!("{kind}{number}.{}", super::kinds::usual_extension(media_type))
}

/// A `Content-Disposition` that no name can break out of.
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
    use actix_web::http::header::HeaderValue;
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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_disposition_is_one_header_that_gives_the_name_back(name in "\\PC{1,60}") {
            let text = disposition(&DispositionType::Attachment, &name);
            prop_assert!(text.bytes().all(|b| (b' '..0x7f).contains(&b)), "{}", text);
            prop_assert_eq!(text.matches('"').count(), 2);
            let parsed = ContentDisposition::from_raw(&HeaderValue::from_str(&text).unwrap()).unwrap();
            prop_assert_eq!(of_disposition(&parsed), Some(name));
        }
    }
}
