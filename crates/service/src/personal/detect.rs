//! Detects personal data in a text, in many spellings. Pure functions.

use crate::input_error::InputError;
use std::ops::Range;

/// Kinds of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalData {
    Phone,
    IdCard,
    Email,
    Plate,
}

impl PersonalData {
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            PersonalData::Phone => ("电话号码", "a phone number"),
            PersonalData::IdCard => ("居民身份证号码", "an identity card number"),
            PersonalData::Email => ("电子邮箱", "an e-mail address"),
            PersonalData::Plate => ("车牌号码", "a licence plate"),
        }
    }
}

/// A text prepared for detection: without invisible characters, and with full-width characters made narrow. Each
/// character keeps its position in the text.
pub(super) struct Reading {
    pub letters: Vec<char>,
    places: Vec<Range<usize>>,
}

impl Reading {
    pub fn of(text: &str) -> Reading {
        let seen = text.char_indices().filter(|(_, letter)| !is_invisible(*letter));
        let (letters, places) =
            seen.map(|(at, letter)| (narrow(letter), at..at + letter.len_utf8())).unzip::<_, _, Vec<_>, Vec<_>>();
        Reading { letters, places }
    }

    /// The byte range of the text that contains these characters.
    pub fn bytes(&self, letters: &Range<usize>) -> Range<usize> {
        let end = letters.end.checked_sub(1).and_then(|last| self.places.get(last)).map_or(0, |place| place.end);
        self.places.get(letters.start).map_or(end, |place| place.start)..end
    }
}

/// A recognised range of characters.
pub(super) type Found = (Range<usize>, PersonalData);

/// The first personal data found in a text.
pub fn personal_data(text: &str) -> Option<PersonalData> {
    let letters = Reading::of(text).letters;
    let first = |found: Vec<Found>| found.into_iter().next().map(|(_, kind)| kind);
    first(numbers(&letters)).or_else(|| first(emails(&letters))).or_else(|| first(plates(&letters)))
}

/// Everything recognised in these characters, plus long numbers that may be personal data. A false positive does no
/// harm here.
pub(super) fn suspected(letters: &[char]) -> Vec<Range<usize>> {
    let sure = [numbers(letters), emails(letters), plates(letters)].concat().into_iter().map(|(letters, _)| letters);
    let long = runs(letters).into_iter().filter_map(|run| {
        let with_x = run.digits.len() == 17 && matches!(letters.get(run.to), Some('x' | 'X'));
        let card = (15..=19).contains(&run.digits.len());
        let hides_a_mobile = (0..run.digits.len().saturating_sub(10)).any(|at| is_mobile(&run.digits[at..at + 11]));
        (card || hides_a_mobile).then_some(run.from..run.to + usize::from(with_x))
    });
    sure.chain(long).collect()
}

pub(super) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Maps full-width letters and digits to narrow ones.
pub(super) fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A sequence of digits.
struct Run {
    digits: String,
    from: usize,
    to: usize,
}

fn runs(letters: &[char]) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    for (at, letter) in letters.iter().enumerate().filter(|(_, letter)| letter.is_ascii_digit()) {
        match all.last_mut() {
            Some(run) if run.to == at => {
                run.digits.push(*letter);
                run.to = at + 1;
            }
            _ => all.push(Run { digits: letter.to_string(), from: at, to: at + 1 }),
        }
    }
    all
}

/// Do only separators stand between two parts of one number?
fn parts(letters: &[char], one: &Run, next: &Run) -> bool {
    next.from == one.to + 1 && matches!(letters[one.to], ' ' | '-' | '.' | '·' | '–' | '—' | '_' | ')' | '/')
}

/// Most parts of one number: `130 00 00 00 00`, `640121 1990 0101 001X`.
const MOST_PARTS: usize = 6;

fn numbers(letters: &[char]) -> Vec<Found> {
    let runs = runs(letters);
    let mut found: Vec<Found> = Vec::new();
    for (at, first) in runs.iter().enumerate() {
        if found.last().is_some_and(|(last, _)| first.from < last.end) {
            continue;
        }
        // The shortest match decides the kind, the longest match the range.
        let mut seen: Option<Found> = None;
        let mut number = String::new();
        for (count, run) in runs[at..].iter().take(MOST_PARTS).enumerate() {
            if count > 0 && !parts(letters, &runs[at + count - 1], run) {
                break;
            }
            number.push_str(&run.digits);
            let ends_with_x = matches!(letters.get(run.to), Some('x' | 'X'));
            let kind = if is_id_card(&number, ends_with_x, count == 0) {
                Some(PersonalData::IdCard)
            } else if is_mobile(&number) || is_landline(&number, first.digits.len(), count) {
                Some(PersonalData::Phone)
            } else {
                None
            };
            if let Some(kind) = kind {
                let to = run.to + usize::from(kind == PersonalData::IdCard && ends_with_x);
                seen = Some((first.from..to, seen.map_or(kind, |(_, kind)| kind)));
            }
        }
        if seen.is_none() && matches!(first.digits.len(), 7 | 8) && is_called_a_phone(&letters[..first.from]) {
            seen = Some((first.from..first.to, PersonalData::Phone));
        }
        found.extend(seen);
    }
    found
}

fn is_mobile(number: &str) -> bool {
    let own = match number.len() {
        11 => number,
        13 => number.strip_prefix("86").unwrap_or_default(),
        15 => number.strip_prefix("0086").unwrap_or_default(),
        _ => return false,
    };
    let mut digits = own.bytes();
    digits.next() == Some(b'1') && matches!(digits.next(), Some(b'3'..=b'9'))
}

/// An area code with seven or eight digits, in one or two parts.
fn is_landline(number: &str, first: usize, separators: usize) -> bool {
    let area = if separators == 0 { true } else { separators == 1 && matches!(first, 3 | 4) };
    area && number.starts_with('0') && !number.starts_with("00") && (10..=12).contains(&number.len())
}

/// Eighteen digits, or seventeen and an X, that contain a date of birth; or fifteen digits of the old format without
/// separators.
fn is_id_card(number: &str, ends_with_x: bool, one_run: bool) -> bool {
    let born = |month: usize| {
        let two = |at: usize| number.get(at..at + 2).and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
        (1..=12).contains(&two(month)) && (1..=31).contains(&two(month + 2))
    };
    match number.len() {
        18 => matches!(number.get(6..8), Some("18" | "19" | "20")) && born(10),
        17 => ends_with_x && matches!(number.get(6..8), Some("18" | "19" | "20")) && born(10),
        15 => one_run && born(8),
        _ => false,
    }
}

/// A number of seven or eight digits is a local phone number if the words before it say so.
fn is_called_a_phone(before: &[char]) -> bool {
    let before: String = before.iter().rev().take(12).rev().collect();
    let before = before.trim_end_matches([':', ' ', '为', '是', '号', '码']);
    ["电话", "手机", "座机", "联系方式", "微信", "QQ"].iter().any(|word| before.ends_with(word))
}

fn emails(letters: &[char]) -> Vec<Found> {
    let part = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | '+');
    let signs = letters.iter().enumerate().filter(|(_, letter)| **letter == '@');
    signs
        .filter_map(|(at, _)| {
            let domain: String = letters[at + 1..].iter().take_while(|letter| part(letter)).collect();
            let name = letters[..at].iter().rev().take_while(|letter| part(letter)).count();
            let named = name > 0 && domain.trim_matches('.').contains('.');
            named.then_some((at - name..at + 1 + domain.len(), PersonalData::Email))
        })
        .collect()
}

/// The province characters of licence plates.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

fn plates(letters: &[char]) -> Vec<Found> {
    let provinces = letters.iter().enumerate().filter(|(_, letter)| PROVINCES.contains(**letter));
    provinces
        .filter_map(|(at, _)| {
            letters.get(at + 1).filter(|letter| letter.is_ascii_alphabetic())?;
            let apart = matches!(letters.get(at + 2), Some('·' | '•' | '.' | '-' | ' ' | '・'));
            let from = (at + 2 + usize::from(apart)).min(letters.len());
            let number: Vec<&char> =
                letters[from..].iter().take_while(|letter| letter.is_ascii_alphanumeric()).collect();
            let end = from + number.len();
            let special = matches!(letters.get(end), Some('挂' | '学' | '警' | '港' | '澳' | '领'));
            let digits = number.iter().filter(|letter| letter.is_ascii_digit()).count();
            let fits = digits >= 3 && (matches!(number.len(), 5 | 6) || (number.len() == 4 && special));
            fits.then_some((at..end + usize::from(special), PersonalData::Plate))
        })
        .collect()
}

/// The input error for a text that is to be published and contains personal data.
pub fn personal_data_fault(pointer: impl Into<String>, text: &str) -> Option<InputError> {
    let (zh, en) = personal_data(text)?.words();
    let (zh, en) = (format!("含有疑似{zh}，请删除"), format!("contains what looks like {en}; remove it"));
    Some(InputError::new(pointer, "personal_data", zh, en))
}
