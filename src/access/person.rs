//! Who somebody is, in the one form in which two persons are compared.

use icu_normalizer::ComposingNormalizer;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

use crate::characters::is_forbidden;

/// Issuer and subject; the subject in NFKC and one case, because `Admin1` and a full-width `ａdmin1` are the person
/// `admin1` to everybody who reads a list of them. Issuers are compared character for character, as settings name them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonKey {
    iss: String,
    sub: String,
}

impl PersonKey {
    pub fn new(iss: &str, sub: &str) -> PersonKey {
        PersonKey { iss: iss.to_owned(), sub: fold(sub) }
    }

    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// The subject as it is compared and stored for comparison; never what is shown.
    pub fn sub(&self) -> &str {
        &self.sub
    }
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
