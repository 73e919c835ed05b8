//! `application/x-www-form-urlencoded` in addresses and bodies. Decoding is strict: invalid UTF-8 is an input error and
//! is never stored as replacement characters.

use percent_encoding::percent_decode;

use crate::input_error::InputError;
use crate::problem::{Code, Problem};

/// A name and its value. A value that is not UTF-8 is `None`; a name that is not UTF-8 matches no parameter.
pub type Pair = (String, Option<String>);

pub fn pairs(text: &[u8]) -> impl Iterator<Item = Pair> + '_ {
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &b""[..]),
        };
        match decoded(name) {
            Some(name) => (name, decoded(value)),
            None => (percent_decode(name).decode_utf8_lossy().into_owned(), None),
        }
    })
}

fn decoded(text: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).ok()
}

pub fn not_utf8(pointer: impl Into<String>) -> InputError {
    InputError::new(pointer, "invalid_format", "须为 UTF-8 编码", "must be UTF-8")
}

/// Every pair, or an input error under `prefix` for each that is not UTF-8.
pub fn strict(text: &[u8], prefix: &str) -> Result<Vec<(String, String)>, Problem> {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in pairs(text) {
        match value {
            Some(value) => good.push((name, value)),
            None => faults.push(not_utf8(format!("{prefix}{name}"))),
        }
    }
    if faults.is_empty() { Ok(good) } else { Err(Problem::input_errors(faults)) }
}

/// Refuses a media type that declares a charset other than UTF-8.
pub fn check_charset(media_type: &str) -> Result<(), Problem> {
    let declared = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(_) => {
            Err(Problem::new(Code::UnsupportedMediaType).detail("编码须为 UTF-8。", "The encoding must be UTF-8."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &[u8]) -> Option<String> {
        pairs(text).next().and_then(|(_, value)| value)
    }

    #[test]
    fn what_is_decoded_is_what_was_sent_or_nothing() {
        assert_eq!(value(b"a=%E5%AE%89+b%2B"), Some("安 b+".into()));
        assert_eq!(value("a=安".as_bytes()), Some("安".into()));
        assert_eq!(value(b"a=%"), Some("%".into()));
        assert_eq!(value(b"a"), Some("".into()));
        // 安 in GBK.
        assert_eq!((value(b"a=%B0%B2"), value(b"a=\xb0\xb2"), value(b"%B0%B2=a")), (None, None, None));
        assert_eq!(pairs(b"&&a=1&&b=2&").count(), 2);
        let problem = strict(b"good=1&name=%B0%B2", "/").unwrap_err();
        assert_eq!(problem.faults[0].pointer, "/name");
    }

    #[test]
    fn another_encoding_than_utf8_is_no_media_type_of_ours() {
        for good in ["application/json", "a/b; charset=utf-8", "a/b;charset=\"UTF-8\"", "a/b; boundary=x"] {
            assert!(check_charset(good).is_ok(), "{good}");
        }
        for other in ["a/b; charset=GBK", "a/b;CHARSET=gb18030", "a/b; boundary=x; charset=\"iso-8859-1\""] {
            assert!(check_charset(other).is_err(), "{other}");
        }
    }
}
