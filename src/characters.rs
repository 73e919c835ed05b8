//! One check for every text that comes in (bodies, queries, headers, file names), and one way of comparing texts.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::fault::Fault;

/// Reorders what follows (UAX 9): “gpj.exe” would be read as “exe.jpg”.
fn reorders(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Copied along with a text from pages and documents, and without meaning in ours: removed from free text.
fn is_harmless(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Is it refused in every text? NUL, because PostgreSQL cannot hold it; the other controls but tabs and ends of lines;
/// what reorders; separators that editors hide; tags, annotations, code points that are no characters; and U+FFFD, which
/// says that some program before us could not read the text.
pub fn is_forbidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r'))
        || reorders(letter)
        || is_harmless(letter)
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{206a}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}')
        || matches!(letter, '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// Nothing is seen of it: spaces, controls, what Unicode calls Default_Ignorable, fillers, marks without a letter.
fn is_invisible(letter: char) -> bool {
    letter.is_whitespace()
        || is_forbidden(letter)
        || matches!(letter, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}')
        || matches!(letter, '\u{200c}' | '\u{200d}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}')
        || matches!(letter, '\u{2065}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fff8}')
        || matches!(letter, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || is_combining_mark(letter)
}

/// Does a reader see anything of it?
pub fn says_something(text: &str) -> bool {
    text.chars().any(|letter| !is_invisible(letter))
}

/// Free text without the invisible letters that were pasted along with it. Identifiers and codes are never mended.
pub fn tidied(text: &str) -> Cow<'_, str> {
    if text.contains(is_harmless) { text.replace(is_harmless, "").into() } else { text.into() }
}

/// What is wrong with a text, if anything: the first character that is not allowed, with its place, or that nothing is seen
/// of it. An empty text and one of mere spaces are for the schema to judge.
pub fn fault(pointer: &str, text: &str) -> Option<Fault> {
    if let Some((at, letter)) = text.chars().enumerate().find(|(_, letter)| is_forbidden(*letter)) {
        let (place, code) = (at + 1, u32::from(letter));
        let why = match letter {
            '\u{fffd}' => ("是编码错误的痕迹", "it stands for what could not be decoded"),
            letter if reorders(letter) => ("会改变书写方向", "it reorders the text"),
            letter if letter.is_control() => ("是控制字符", "it is a control character"),
            _ => ("不可见", "it is invisible"),
        };
        return Some(Fault::new(
            pointer,
            "forbidden_character",
            format!("第{place}个字符 U+{code:04X} 不允许：{}", why.0),
            format!("character {place}, U+{code:04X}, is not allowed: {}", why.1),
        ));
    }
    let only_spaces = text.chars().all(char::is_whitespace);
    (!only_spaces && !says_something(text))
        .then(|| Fault::new(pointer, "blank", "没有可见的文字", "nothing in it is visible"))
}

/// The form in which two texts are compared: NFKC and lower case.
pub fn canonical(text: &str) -> String {
    // Lower case may be composed again (a Turkish İ).
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The form in which names are searched: also without spaces and without letters that nobody sees.
pub fn search_key(text: &str) -> String {
    canonical(text).chars().filter(|letter| !letter.is_whitespace() && !is_harmless(*letter)).nfkc().collect()
}

/// Any dash that people type or that a program makes of one.
pub fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// A code as it was typed, without its dashes and spaces, narrow and in capitals.
pub fn code_key(typed: &str) -> String {
    let letters = typed.nfkc().filter(|letter| !is_dash(*letter) && !letter.is_whitespace() && !is_harmless(*letter));
    letters.flat_map(char::to_uppercase).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_write_is_allowed_and_what_they_cannot_see_is_not() {
        let text = "星河苑 2 号楼\t乙某\r\n𠮷：“收费”·１.80元/m²，é\u{200d}👨\u{fe0f}";
        assert_eq!(fault("", text), None);
        for letter in [
            '\0',
            '\u{1}',
            '\u{1b}',
            '\u{85}',
            '\u{202e}',
            '\u{2066}',
            '\u{2028}',
            '\u{200b}',
            '\u{fffe}',
            '\u{1ffff}',
            '\u{e0041}',
            '\u{7f}',
            '\u{fffd}',
            '\u{fff9}',
            '\u{ad}',
        ] {
            assert!(is_forbidden(letter), "{letter:?}");
        }
    }

    #[test]
    fn a_fault_names_the_character_and_its_place() {
        let found = fault("/title", "电梯\u{202e}停运").unwrap();
        assert_eq!((found.pointer.as_str(), found.code), ("/title", "forbidden_character"));
        assert!(found.detail_zh.contains("第3个字符 U+202E"), "{}", found.detail_zh);
        assert!(found.detail_en.contains("character 3, U+202E"), "{}", found.detail_en);
    }

    #[test]
    fn letters_that_nobody_sees_are_no_text() {
        for nothing in
            ["\u{3164}", "\u{2800}\u{2800}", "\u{115f}\u{1160}", "\u{ffa0} ", "\u{fe0f}", "\u{301}", "\u{200d}"]
        {
            assert!(!says_something(nothing), "{nothing:?}");
            assert_eq!(fault("", nothing).map(|found| found.code), Some("blank"), "{nothing:?}");
        }
        assert!(says_something("、") && says_something("1") && says_something("😀"));
        assert_eq!((fault("", ""), fault("", "  ")), (None, None), "the schema says whether it may be empty");
    }

    #[test]
    fn what_was_pasted_along_goes() {
        assert_eq!(tidied("电\u{200b}梯\u{feff}停\u{ad}运"), "电梯停运");
        assert_eq!(tidied("\u{200b}"), "");
        assert_eq!(tidied("电梯\u{202e}"), "电梯\u{202e}", "what reorders is refused and not mended");
    }

    #[test]
    fn names_and_codes_are_compared_as_people_read_them() {
        assert_eq!(search_key("星河苑 (二期)"), search_key("星河苑（二期）"));
        assert_eq!(search_key("A区"), search_key("ａ 区"));
        assert_eq!(code_key("７ｋ3m—9Q2T－XV5B 0r81"), "7K3M9Q2TXV5B0R81");
        for other in ["Admin1", "ａdmin1", "ADMIN1"] {
            assert_eq!(canonical(other), "admin1");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_form_for_comparison_stays_as_it_is(text in "\\PC{0,40}") {
            for form in [canonical, search_key, code_key] {
                prop_assert_eq!(form(&form(&text)), form(&text));
            }
            let once = tidied(&text).into_owned();
            prop_assert_eq!(tidied(&once), once.as_str());
        }
    }
}
