//! Verification codes (验证码) of official documents.

use aws_lc_rs::rand;

use crate::characters::code_key;
use crate::problem::Problem;

/// Crockford's Base 32: without letters that look like other letters or digits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 28 characters of 5 bits are 140 random bits, which cannot be guessed.
const LENGTH: usize = 28;
const GROUP: usize = 4;

/// Creates a code, in groups of four characters.
pub fn new() -> Result<String, Problem> {
    let mut bytes = [0u8; LENGTH];
    rand::fill(&mut bytes).map_err(|_| Problem::broken("the operating system provides no random numbers"))?;
    Ok(grouped(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))))
}

fn grouped(letters: impl Iterator<Item = char>) -> String {
    let mut code = String::with_capacity(LENGTH + LENGTH / GROUP);
    for (index, letter) in letters.enumerate() {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// Normalises a code that was typed from paper; `None` if it cannot be a code.
pub fn normalised(typed: &str) -> Option<String> {
    let letters: Vec<char> = code_key(typed)
        .chars()
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(LENGTH + 1)
        .collect();
    let good = letters.len() == LENGTH && letters.iter().all(|l| l.is_ascii() && ALPHABET.contains(&(*l as u8)));
    good.then(|| grouped(letters.into_iter()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_two_codes_are_the_same() {
        let codes: std::collections::HashSet<String> = (0..1000).map(|_| new().unwrap()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(codes.iter().all(|code| code.len() == 34 && normalised(code).as_ref() == Some(code)));
    }

    #[test]
    fn what_is_read_from_paper_is_understood() {
        let code = "7K3M-9Q2T-XV5B-0R81-HD6W-4CJP-A1EF";
        for typed in [
            "7k3m9q2txv5bor8lhd6w4cjpaief",
            " 7K3M-9Q2T XV5B-0R8I-HD6W-4CJP-A1EF ",
            "７Ｋ３Ｍ—9Q2T－xv5b‐0R81 HD6W—4CJP　A1EF",
        ] {
            assert_eq!(normalised(typed).as_deref(), Some(code));
        }
        for wrong in ["", "7K3M", "7K3M-9Q2T-XV5B-0R81-HD6W-4CJP-A1EFF", "7K3M-9Q2T-XV5B-0R81-HD6W-4CJP-A1E望"] {
            assert_eq!(normalised(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_code_or_nothing(typed in ".{0,60}") {
            if let Some(code) = normalised(&typed) {
                prop_assert_eq!(normalised(&code), Some(code));
            }
        }
    }
}
