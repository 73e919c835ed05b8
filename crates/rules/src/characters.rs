//! The character check of all input (bodies, queries, headers, file names), and the normal forms for comparing texts.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

use crate::input_error::InputError;

/// Characters that reorder the following text (UAX 9): “gpj.exe” could be displayed as “exe.jpg”.
fn reorders(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Invisible characters that are copied along from pages and documents. They are removed from free text.
fn is_harmless(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// True for characters that are refused in every text: NUL, which PostgreSQL cannot store; other control characters
/// except tab and line ends; reordering characters; separators that editors hide; tags, annotations and noncharacters;
/// and U+FFFD, which shows that an earlier program could not decode the text.
pub fn is_forbidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r'))
        || reorders(letter)
        || is_harmless(letter)
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{206a}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}')
        || matches!(letter, '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// True for characters that are displayed as nothing, not even a gap: soft hyphens, fillers, joiners, variation
/// selectors, direction marks.
pub fn is_unseen(letter: char) -> bool {
    // The blank Braille pattern has the category of a symbol, but is blank.
    is_forbidden(letter)
        || letter == '\u{2800}'
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// True for characters that are invisible alone: also spaces, and combining marks without a letter.
fn is_invisible(letter: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new();
    letter.is_whitespace() || is_unseen(letter) || GeneralCategoryGroup::Mark.contains(category.get(letter))
}

/// True for a single line without outer spaces, control characters and invisible characters. For names and identifiers,
/// which people compare by eye.
pub fn is_plain_line(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.chars().any(|letter| is_unseen(letter) || matches!(letter, '\t' | '\n' | '\r'))
}

/// True if the text contains a visible character.
pub fn has_visible_text(text: &str) -> bool {
    text.chars().any(|letter| !is_invisible(letter))
}

/// Removes invisible characters that were pasted along. For free text only: identifiers and codes must stay unchanged.
pub fn tidied(text: &str) -> Cow<'_, str> {
    if text.contains(is_harmless) { text.replace(is_harmless, "").into() } else { text.into() }
}

/// The first character that is not allowed, with its position, or the error that nothing is visible; `None` if the text
/// is fine. Empty texts and texts of spaces only are checked by the schema.
pub fn fault(pointer: &str, text: &str) -> Option<InputError> {
    if let Some((at, letter)) = text.chars().enumerate().find(|(_, letter)| is_forbidden(*letter)) {
        let (place, code) = (at + 1, u32::from(letter));
        let why = match letter {
            '\u{fffd}' => ("该字符系编码错误所致", "it marks a decoding error"),
            letter if reorders(letter) => ("该字符会改变文字方向", "it changes the direction of the text"),
            letter if letter.is_control() => ("该字符为控制字符", "it is a control character"),
            _ => ("该字符不可见", "it is invisible"),
        };
        return Some(InputError::new(
            pointer,
            "forbidden_character",
            format!("第{place}个字符（U+{code:04X}）不得使用：{}", why.0),
            format!("character {place}, U+{code:04X}, is not allowed: {}", why.1),
        ));
    }
    let only_spaces = text.chars().all(char::is_whitespace);
    (!only_spaces && !has_visible_text(text))
        .then(|| InputError::new(pointer, "blank", "须含有可见文字", "must contain visible text"))
}

const fn nfkc() -> ComposingNormalizerBorrowed<'static> {
    ComposingNormalizer::new_nfkc()
}

/// The normal form for comparisons: NFKC and a single case. Converting to upper case first unifies letters with several
/// lower-case forms (ß and ss, σ and ς), as full case folding does (Unicode 3.13, D146), and also the dotless ı with i.
pub fn canonical(text: &str) -> String {
    let once = |text: &str| -> String {
        let text = nfkc().normalize(text);
        let folded: String = text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
        nfkc().normalize(&folded).into_owned()
    };
    // Case folding can undo NFKC and the other way round; two rounds are stable.
    once(&once(text))
}

/// The normal form with single spaces, for names of persons.
pub fn fold(text: &str) -> String {
    canonical(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The normal form for searching names: also without spaces and invisible characters.
pub fn search_key(text: &str) -> String {
    let kept: String =
        canonical(text).chars().filter(|letter| !letter.is_whitespace() && !is_harmless(*letter)).collect();
    nfkc().normalize(&kept).into_owned()
}

/// True for every dash that people type or programs insert.
pub fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Normal form of a typed code: without dashes and spaces, half-width, in capitals.
pub fn code_key(typed: &str) -> String {
    let typed = nfkc().normalize(typed);
    let letters = typed.chars().filter(|letter| !is_dash(*letter) && !letter.is_whitespace() && !is_harmless(*letter));
    let capitals: String = letters.flat_map(char::to_uppercase).collect();
    nfkc().normalize(&capitals).into_owned()
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
        assert!(found.detail_zh.contains("第3个字符（U+202E）"), "{}", found.detail_zh);
        assert!(found.detail_en.contains("character 3, U+202E"), "{}", found.detail_en);
    }

    #[test]
    fn letters_that_nobody_sees_are_no_text() {
        for nothing in
            ["\u{3164}", "\u{2800}\u{2800}", "\u{115f}\u{1160}", "\u{ffa0} ", "\u{fe0f}", "\u{301}", "\u{200d}"]
        {
            assert!(!has_visible_text(nothing), "{nothing:?}");
            assert_eq!(fault("", nothing).map(|found| found.code), Some("blank"), "{nothing:?}");
        }
        assert!(has_visible_text("、") && has_visible_text("1") && has_visible_text("😀"));
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

    #[test]
    fn what_looks_alike_in_another_width_or_case_folds_to_one_text() {
        for (one, other) in [
            ("ａdmin1", "admin1"),
            ("Admin1", "admin1"),
            ("ＡＤＭＩＮ１", "admin1"),
            ("苑（二期）", "苑(二期)"),
            ("Straße", "STRASSE"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("e\u{301}", "É"),
            (" 张\u{3000}三 ", "张 三"),
        ] {
            assert_eq!(fold(one), fold(other), "{one:?} {other:?}");
        }
        assert_ne!(fold("admin1"), fold("admin2"));
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }

    #[test]
    fn an_identifier_holds_nothing_that_nobody_sees() {
        for good in ["officer-17", "张三", "张 三", "auth0|5f7c", "é"] {
            assert!(is_plain_line(good), "{good:?}");
        }
        for letter in [
            '\u{ad}',
            '\u{34f}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{1b}',
            '\u{85}',
            '\n',
            '\t',
        ] {
            assert!(!is_plain_line(&format!("admin{letter}1")), "{letter:?}");
        }
        for bad in ["", " ", "admin1 ", " admin1", "\u{3000}admin1", "admin1\u{a0}"] {
            assert!(!is_plain_line(bad), "{bad:?}");
        }
    }
}
