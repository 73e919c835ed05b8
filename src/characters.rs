//! Characters that no text holds: what a reader does not see, or what makes a page say another thing than it holds.
//! And the form in which two texts are compared.

use icu_normalizer::ComposingNormalizer;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// Turns the direction of what follows (UAX 9): “gpj.exe” would be read as “exe.jpg”.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Is it refused in every text? NUL, because PostgreSQL cannot hold it; the other controls but tabs and ends of lines;
/// separators that editors hide; letters without a width, tags, and code points that are no characters.
pub fn is_forbidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r'))
        || turns_direction(letter)
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || ('\u{e0000}'..='\u{e007f}').contains(&letter)
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// Does a reader see nothing of it, not even a gap? Soft hyphens, fillers, joiners, variation selectors, direction marks.
pub fn is_invisible(letter: char) -> bool {
    // The blank Braille pattern is a symbol by its category, and blank.
    is_forbidden(letter)
        || letter == '\u{2800}'
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Is it one line without outer spaces, control characters or characters that nobody sees? For names and identifiers,
/// which two people compare by eye.
pub fn is_plain_line(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.chars().any(|letter| is_invisible(letter) || matches!(letter, '\t' | '\n' | '\r'))
}

/// The form in which texts are compared: NFKC, one case, single spaces. Texts that look alike in another width or case are
/// equal in this form. The way through capitals folds what has several small letters (ß and ss, σ and ς), as full case
/// folding does (Unicode 3.13, D146), and the dotless ı with i besides.
pub fn fold(text: &str) -> String {
    let nfkc = ComposingNormalizer::new_nfkc();
    let once = |text: &str| -> String {
        let text = nfkc.normalize(text);
        let folded: String = text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
        nfkc.normalize(&folded).into_owned()
    };
    // One case can undo the normal form, and the normal form the case; twice is enough.
    once(&once(text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            '\u{ad}', '\u{34f}', '\u{115f}', '\u{180e}', '\u{200b}', '\u{200d}', '\u{200e}', '\u{202e}', '\u{2060}', '\u{2800}',
            '\u{3164}', '\u{fe0f}', '\u{feff}', '\u{ffa0}', '\u{e0041}', '\u{e0100}', '\u{1b}', '\u{85}', '\n', '\t',
        ] {
            assert!(!is_plain_line(&format!("admin{letter}1")), "{letter:?}");
        }
        for bad in ["", " ", "admin1 ", " admin1", "\u{3000}admin1", "admin1\u{a0}"] {
            assert!(!is_plain_line(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_people_write_is_allowed_and_what_they_cannot_see_is_not() {
        let text = "星河苑 2 号楼\t乙某\r\n𠮷：“收费”·１.80元/m²，é\u{200d}👨\u{fe0f}";
        assert_eq!(text.chars().find(|letter| is_forbidden(*letter)), None);
        for letter in [
            '\0',
            '\u{1}',
            '\u{85}',
            '\u{202e}',
            '\u{2066}',
            '\u{2028}',
            '\u{200b}',
            '\u{fffe}',
            '\u{1ffff}',
            '\u{e0041}',
            '\u{7f}',
        ] {
            assert!(is_forbidden(letter), "{letter:?}");
        }
    }
}
