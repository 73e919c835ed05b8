//! A value that must not be in a text, in every encoding in which it could be hidden there.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

pub struct Needle {
    pub name: String,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    pub fn new(name: &str, value: impl AsRef<[u8]>) -> Needle {
        let value = value.as_ref();
        let mut forms = vec![value.to_vec(), hex::encode(value).into(), hex::encode_upper(value).into()];
        // As a debug print shows bytes.
        forms.push(value.iter().map(u8::to_string).collect::<Vec<_>>().join(", ").into());
        forms.push(value.iter().map(u8::to_string).collect::<Vec<_>>().join(",").into());
        for shift in 0..3 {
            forms.push(inside_base64(&STANDARD_NO_PAD, value, shift));
            forms.push(inside_base64(&URL_SAFE_NO_PAD, value, shift));
        }
        for kept in [&b"-._~"[..], b"-._~:/@", b""] {
            let percent = |upper: bool| -> Vec<u8> {
                let escape = |byte: &u8| match byte {
                    byte if byte.is_ascii_alphanumeric() || kept.contains(byte) => char::from(*byte).to_string(),
                    byte if upper => format!("%{byte:02X}"),
                    byte => format!("%{byte:02x}"),
                };
                value.iter().map(escape).collect::<String>().into()
            };
            forms.extend([percent(true), percent(false)]);
        }
        if let Ok(text) = std::str::from_utf8(value) {
            let escape = |unit: u16| match char::from_u32(unit.into()).filter(char::is_ascii) {
                Some(plain) => plain.to_string(),
                None => format!("\\u{unit:04x}"),
            };
            forms.push(text.encode_utf16().map(escape).collect::<String>().into());
        }
        forms.sort();
        forms.dedup();
        Needle { name: name.to_owned(), forms }
    }

    /// The form in which the text contains the value, if it does.
    pub fn find(&self, place: &[u8]) -> Option<String> {
        let found = self.forms.iter().find(|form| contains(place, form))?;
        Some(String::from_utf8_lossy(found).into_owned())
    }
}

/// The part of a value's base64 that does not depend on its surroundings, if `shift` bytes of another group precede it.
fn inside_base64(engine: &impl Engine, value: &[u8], shift: usize) -> Vec<u8> {
    let padded = [vec![0; shift], value.to_vec()].concat();
    let whole = engine.encode(&padded).into_bytes();
    let (start, end) = ((shift * 8).div_ceil(6), padded.len() * 8 / 6);
    whole[start..end].to_vec()
}

fn contains(place: &[u8], part: &[u8]) -> bool {
    // Searches for the first byte with the fastest method, and compares the rest there.
    let Some(first) = part.first() else { return false };
    let mut at = 0;
    while let Some(next) = place[at..].iter().position(|byte| byte == first) {
        at += next;
        if place[at..].starts_with(part) {
            return true;
        }
        at += 1;
    }
    false
}

#[test]
fn a_needle_is_found_in_every_form() {
    let needle = Needle::new("x", "geheim/王+7!");
    for text in
        ["geheim/王+7!", "a \"geheim/\\u738b+7!\" b", "q=geheim%2F%E7%8E%8B%2B7%21&", "q=geheim/%E7%8E%8B%2B7%21"]
    {
        assert!(needle.find(text.as_bytes()).is_some(), "{text}");
    }
    for before in ["", "a", "ab", "abc"] {
        for after in ["", "y", "yz"] {
            let text = format!("{before}geheim/王+7!{after}");
            for packed in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text), hex::encode(&text)] {
                assert!(needle.find(packed.as_bytes()).is_some(), "{text} as {packed}");
            }
            assert!(needle.find(format!("{:?}", text.as_bytes()).as_bytes()).is_some());
        }
    }
    assert!(needle.find("geheim/王+7".as_bytes()).is_none());
}
