//! Characters that no text holds: what a reader does not see, or what makes a page say another thing than it holds.

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

#[cfg(test)]
mod tests {
    use super::*;

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
