//! Masking of personal data for readers who do not need them: enough to recognise, too little to contact. Pure
//! functions.

use std::ops::Range;

use super::detect::{self, Reading};
use super::phones::normalised_phone;
use super::private;

/// Replaces removed parts of a text.
pub const TAKEN_OUT: &str = "＊＊＊";

/// `138****1234`. A shorter number shows its last two digits, a very short one none.
pub fn mask_phone(phone: &str) -> String {
    let Some(digits) = normalised_phone(phone) else { return "****".into() };
    let length = digits.len();
    match length {
        11.. => format!("{}{}{}", &digits[..3], "*".repeat(length - 7), &digits[length - 4..]),
        7..=10 => format!("{}{}", "*".repeat(length - 2), &digits[length - 2..]),
        _ => "****".into(),
    }
}

/// `张**`: the first character. The number of asterisks does not show the length of a long name.
pub fn mask_name(name: &str) -> String {
    let mut letters = name.trim().chars();
    match (letters.next(), letters.count()) {
        (None, _) => String::new(),
        // The single character is the whole name.
        (Some(_), 0) => "*".into(),
        (Some(first), more) => format!("{first}{}", "*".repeat(more.min(2))),
    }
}

/// The first six characters at most, and at most half: the street or the complex, but not the door.
pub fn mask_address(address: &str) -> String {
    let letters: Vec<char> = address.trim().chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let shown: String = letters.iter().take(6.min(letters.len() / 2)).collect();
    shown + "****"
}

/// Scrubs a text: removes the known values of a person, and everything that looks like personal data: phone and
/// identity card numbers, licence plates, email addresses, links, coordinates, flat numbers, and names after words such
/// as 我叫 or 联系人. Known values are also found in other spellings: full-width, with spaces or hyphens, or in another
/// case.
pub fn scrub(text: &str, known: &[&str]) -> String {
    let reading = Reading::of(text);
    let mut spans = detect::suspected(&reading.letters);
    spans.extend(private::spans(&reading.letters));
    spans.extend(known_in(&reading, known));
    replaced(text, &reading, spans)
}

/// Does a text contain one of these values, in any spelling?
pub fn holds(text: &str, known: &[&str]) -> bool {
    !known_in(&Reading::of(text), known).is_empty()
}

/// A number of up to this many digits matches only if there is no other digit next to it.
const SHORT_NUMBER: usize = 6;

fn known_in(reading: &Reading, known: &[&str]) -> Vec<Range<usize>> {
    let (compact, places) = compact(&reading.letters);
    let mut spans = Vec::new();
    for value in known {
        let (value, _) = self::compact(&Reading::of(value).letters);
        if value.is_empty() {
            continue;
        }
        let short = value.len() <= SHORT_NUMBER && value.iter().all(char::is_ascii_digit);
        let at = compact.windows(value.len()).enumerate().filter(|(_, window)| *window == value.as_slice());
        let found = at.map(|(at, _)| places[at]..places[at + value.len() - 1] + 1);
        spans.extend(found.filter(|span| !short || stands_alone(&reading.letters, span)));
    }
    spans
}

fn stands_alone(letters: &[char], span: &Range<usize>) -> bool {
    let is_digit = |letter: Option<&char>| letter.is_some_and(char::is_ascii_digit);
    !is_digit(span.start.checked_sub(1).and_then(|before| letters.get(before))) && !is_digit(letters.get(span.end))
}

/// Other forms of this name: the surname with a title.
pub fn forms_of_name(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.trim().chars().collect();
    let surname: String = match letters.as_slice() {
        [first, second, _, ..]
            if private::DOUBLE_SURNAMES.contains(&[*first, *second].iter().collect::<String>().as_str()) =>
        {
            [*first, *second].iter().collect()
        }
        [first, _, ..] if !first.is_ascii() => first.to_string(),
        _ => return Vec::new(),
    };
    private::TITLES.iter().map(|title| format!("{surname}{title}")).collect()
}

/// The parts of an address that identify a flat: from the building on, and the door number.
pub fn forms_of_address(address: &str) -> Vec<String> {
    let reading = Reading::of(address);
    let mut runs: Vec<String> = Vec::new();
    let mut last = None;
    for (at, letter) in reading.letters.iter().enumerate().filter(|(_, letter)| letter.is_ascii_digit()) {
        match (runs.last_mut(), last) {
            (Some(run), Some(before)) if before + 1 == at => run.push(*letter),
            _ => runs.push(letter.to_string()),
        }
        last = Some(at);
    }
    let mut forms = Vec::new();
    if let Some(first) = reading.letters.iter().position(char::is_ascii_digit) {
        forms.push(reading.letters[first..].iter().collect());
    }
    if let Some(door) = runs.last().filter(|door| door.len() >= 3) {
        forms.push(door.clone());
        forms.push(runs.join("-"));
    }
    forms.retain(|form: &String| form.chars().count() >= 3);
    forms
}

/// Characters without separators, in lower case, each with its index.
fn compact(letters: &[char]) -> (Vec<char>, Vec<usize>) {
    let between =
        |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '–' | '—' | '.' | '·' | '•' | '_' | '(' | ')');
    let kept = letters.iter().enumerate().filter(|(_, letter)| !between(letter));
    kept.flat_map(|(at, letter)| letter.to_lowercase().map(move |lower| (lower, at))).unzip()
}

fn replaced(text: &str, reading: &Reading, mut spans: Vec<Range<usize>>) -> String {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for span in merged(spans) {
        let bytes = reading.bytes(&span);
        clean.push_str(&text[done..bytes.start]);
        clean.push_str(TAKEN_OUT);
        done = bytes.end;
    }
    clean.push_str(&text[done..]);
    clean
}

/// Merges ranges that overlap or touch.
fn merged(sorted: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for span in sorted.into_iter().filter(|span| !span.is_empty()) {
        match all.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}
