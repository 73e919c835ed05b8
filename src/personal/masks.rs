//! What is shown of personal data to whoever does not need the whole: enough to recognise, too little to reach. Pure.

use std::ops::Range;

use super::detect::{self, Reading};
use super::phones::normalised_phone;

/// Stands for what was taken out of a text.
pub const TAKEN_OUT: &str = "＊＊＊";

/// `138****1234`; of shorter numbers the last two digits, of very short ones nothing.
pub fn mask_phone(phone: &str) -> String {
    let Some(digits) = normalised_phone(phone) else { return "****".into() };
    let length = digits.len();
    match length {
        11.. => format!("{}{}{}", &digits[..3], "*".repeat(length - 7), &digits[length - 4..]),
        7..=10 => format!("{}{}", "*".repeat(length - 2), &digits[length - 2..]),
        _ => "****".into(),
    }
}

/// `张**`: the first character, and never how long the name is beyond three.
pub fn mask_name(name: &str) -> String {
    let mut letters = name.trim().chars();
    match (letters.next(), letters.count()) {
        (None, _) => String::new(),
        // One character is the whole name.
        (Some(_), 0) => "*".into(),
        (Some(first), more) => format!("{first}{}", "*".repeat(more.min(2))),
    }
}

/// At most the first six characters, and at most half: the street or the complex, and no door.
pub fn mask_address(address: &str) -> String {
    let letters: Vec<char> = address.trim().chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let shown: String = letters.iter().take(6.min(letters.len() / 2)).collect();
    shown + "****"
}

/// A text without the values that are known to be somebody's, and without what looks like a phone, the number of an
/// identity card, a licence plate or an e-mail address. Known values are found in any dress too: full-width, with
/// spaces or hyphens inside, in other case.
pub fn scrub(text: &str, known: &[&str]) -> String {
    let reading = Reading::of(text);
    let mut spans = detect::suspected(&reading.letters);
    let (compact, places) = compact(&reading.letters);
    for value in known {
        let (value, _) = self::compact(&Reading::of(value).letters);
        if value.is_empty() {
            continue;
        }
        let at = compact.windows(value.len()).enumerate().filter(|(_, window)| *window == value.as_slice());
        spans.extend(at.map(|(at, _)| places[at]..places[at + value.len() - 1] + 1));
    }
    replaced(text, &reading, spans)
}

/// Letters without what may stand between them, in lower case, each with its number.
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

/// Spans that overlap or touch are one.
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
