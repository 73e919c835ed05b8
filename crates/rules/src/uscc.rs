//! USCC (统一社会信用代码; GB 32100-2015).

/// Without I, O, S, V and Z, which look like digits or like each other.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
const MODULUS: u32 = 31;

/// True for eighteen characters of the alphabet. Does not verify the check character.
pub fn is_well_formed(code: &str) -> bool {
    code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b))
}

/// The check character of the first seventeen characters: weights are 3^i mod 31 (GB 32100-2015, annex).
pub fn check_character(first_seventeen: &str) -> Option<char> {
    if first_seventeen.len() != LENGTH - 1 {
        return None;
    }
    let mut weight = 1u32;
    let mut sum = 0u32;
    for byte in first_seventeen.bytes() {
        let value = ALPHABET.iter().position(|&a| a == byte)?;
        sum += value as u32 * weight;
        weight = weight * 3 % MODULUS;
    }
    let check = (MODULUS - sum % MODULUS) % MODULUS;
    ALPHABET.get(check as usize).map(|&b| b as char)
}

pub fn has_valid_check(code: &str) -> bool {
    is_well_formed(code) && check_character(&code[..LENGTH - 1]) == code.chars().last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_from_the_standard_passes() {
        assert!(has_valid_check("91350100M000100Y43"));
        assert!(!has_valid_check("91350100M000100Y44"));
        assert!(!has_valid_check("91350100M000100Y4"));
        assert!(!has_valid_check("91350100M000100O43"));
    }

    proptest! {
        #[test]
        fn one_wrong_character_never_passes(first in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0usize..17, other in "[0-9A-HJ-NPQRTUWXY]") {
            let code = format!("{first}{}", check_character(&first).unwrap());
            prop_assert!(has_valid_check(&code));
            let mut changed = code.clone();
            changed.replace_range(at..at + 1, &other);
            prop_assert_eq!(has_valid_check(&changed), changed == code);
        }
    }
}
