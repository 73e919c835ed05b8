//! What may be told of whom: a case is final, and names no person. Pure.

use chrono::NaiveDate;

use super::model::TypicalCaseIn;
use crate::fault::Fault;
use crate::problem::{Code, Problem};
use crate::violations::model::ViolationState;

/// A case is final when its appeal was decided, or the time for one is over.
pub fn require_final(state: ViolationState, appeal_due_on: Option<NaiveDate>, today: NaiveDate) -> Result<(), Problem> {
    match (state, appeal_due_on) {
        (ViolationState::Upheld, _) => Ok(()),
        (ViolationState::Confirmed, Some(last)) if today > last => Ok(()),
        (ViolationState::Confirmed, Some(last)) => Err(Problem::new(Code::StateConflict)
            .detail(format!("申诉期至 {last} 止"), format!("an appeal is possible until {last}"))),
        (ViolationState::Confirmed, None) => {
            let (zh, en) = ("认定决定尚未送达", "the decision has not been delivered");
            Err(Problem::new(Code::StateConflict).detail(zh, en))
        }
        (ViolationState::Appealed, _) => Err(Problem::new(Code::AppealPending)),
        (other, _) => Err(Problem::new(Code::StateConflict).detail(
            format!("违规状态为“{}”，须为已生效的认定", other.zh()),
            format!("the violation is {}, and no final decision", other.code()),
        )),
    }
}

/// Personal data in either text, at its place.
pub fn check(input: &TypicalCaseIn, faults: &mut Vec<Fault>) {
    for (pointer, text) in [("/title", &input.title), ("/summary", &input.summary)] {
        faults.extend(personal_data_fault(pointer, text));
    }
}

/// The fault of a text that is to be published and holds personal data.
pub fn personal_data_fault(pointer: impl Into<String>, text: &str) -> Option<Fault> {
    let (zh, en) = personal_data(text)?.words();
    let (zh, en) = (format!("含有疑似{zh}，请删除"), format!("there is what looks like {en} in it"));
    Some(Fault::new(pointer, "personal_data", zh, en))
}

/// What names or reaches a person.
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
            PersonalData::IdCard => ("居民身份证号码", "the number of an identity card"),
            PersonalData::Email => ("电子邮箱", "an e-mail address"),
            PersonalData::Plate => ("车牌号码", "a licence plate"),
        }
    }
}

/// The first piece of personal data that a text is seen to hold.
pub fn personal_data(text: &str) -> Option<PersonalData> {
    let letters: Vec<char> = text.chars().filter(|letter| !is_invisible(*letter)).map(narrow).collect();
    numbers(&letters).or_else(|| email(&letters)).or_else(|| plate(&letters))
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Full-width letters and digits are read like narrow ones.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A run of digits.
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

/// What may stand between the parts of one number.
fn parts(letters: &[char], one: &Run, next: &Run) -> bool {
    next.from == one.to + 1 && matches!(letters[one.to], ' ' | '-' | '.' | '·' | '–' | '—' | '_' | ')' | '/')
}

/// At most as many parts are put together: `130 00 00 00 00`, `640121 1990 0101 001X`.
const MOST_PARTS: usize = 6;

fn numbers(letters: &[char]) -> Option<PersonalData> {
    let runs = runs(letters);
    for (at, first) in runs.iter().enumerate() {
        let mut number = String::new();
        for (count, run) in runs[at..].iter().take(MOST_PARTS).enumerate() {
            if count > 0 && !parts(letters, &runs[at + count - 1], run) {
                break;
            }
            number.push_str(&run.digits);
            let ends_with_x = matches!(letters.get(run.to), Some('x' | 'X'));
            if is_id_card(&number, ends_with_x, count == 0) {
                return Some(PersonalData::IdCard);
            }
            if is_mobile(&number) || is_landline(&number, first.digits.len(), count) {
                return Some(PersonalData::Phone);
            }
        }
        if matches!(first.digits.len(), 7 | 8) && is_called_a_phone(&letters[..first.from]) {
            return Some(PersonalData::Phone);
        }
    }
    None
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

/// An area code and seven or eight digits, in one run or in two.
fn is_landline(number: &str, first: usize, separators: usize) -> bool {
    let area = if separators == 0 { true } else { separators == 1 && matches!(first, 3 | 4) };
    area && number.starts_with('0') && !number.starts_with("00") && (10..=12).contains(&number.len())
}

/// Eighteen digits, or seventeen and an X, with a day of birth inside; fifteen of the old kind in one run.
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

/// A number of seven or eight digits is a local phone where it is called one.
fn is_called_a_phone(before: &[char]) -> bool {
    let before: String = before.iter().rev().take(12).rev().collect();
    let before = before.trim_end_matches([':', ' ', '为', '是', '号', '码']);
    ["电话", "手机", "座机", "联系方式", "微信", "QQ"].iter().any(|word| before.ends_with(word))
}

fn email(letters: &[char]) -> Option<PersonalData> {
    let part = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | '+');
    let found = letters.iter().enumerate().filter(|(_, letter)| **letter == '@').any(|(at, _)| {
        let domain: String = letters[at + 1..].iter().take_while(|letter| part(letter)).collect();
        let named = at > 0 && part(&letters[at - 1]);
        named && domain.trim_matches('.').contains('.')
    });
    found.then_some(PersonalData::Email)
}

/// The provinces by their one character on a plate.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

fn plate(letters: &[char]) -> Option<PersonalData> {
    let found = letters.iter().enumerate().filter(|(_, letter)| PROVINCES.contains(**letter)).any(|(at, _)| {
        let Some(office) = letters.get(at + 1).filter(|letter| letter.is_ascii_alphabetic()) else { return false };
        let _ = office;
        let apart = matches!(letters.get(at + 2), Some('·' | '•' | '.' | '-' | ' ' | '・'));
        let rest = &letters[(at + 2 + usize::from(apart)).min(letters.len())..];
        let number: Vec<&char> = rest.iter().take_while(|letter| letter.is_ascii_alphanumeric()).collect();
        let special = matches!(rest.get(number.len()), Some('挂' | '学' | '警' | '港' | '澳' | '领'));
        let digits = number.iter().filter(|letter| letter.is_ascii_digit()).count();
        digits >= 3 && (matches!(number.len(), 5 | 6) || (number.len() == 4 && special))
    });
    found.then_some(PersonalData::Plate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_name_a_person_are_found_in_every_dress() {
        for text in [
            "联系人电话13800001234，请整改",
            "电话：138-0000-1234",
            "１３８００００１２３４",
            "138 0000 1234",
            "+86 13800001234",
            "8613800001234",
            "138\u{200b}00001234",
            "座机 0951-8012345",
            "（0951）8012345",
            "01088886666",
            "联系方式：8012345",
        ] {
            assert_eq!(personal_data(text), Some(PersonalData::Phone), "{text}");
        }
        for text in ["身份证 640121199001010018", "64012119900101001X", "640121 19900101 001x", "640121900101001"] {
            assert_eq!(personal_data(text), Some(PersonalData::IdCard), "{text}");
        }
        for text in ["发至 zhang.san@example.com", "ｚｓ＠example.com.cn"] {
            assert_eq!(personal_data(text), Some(PersonalData::Email), "{text}");
        }
        for text in ["车辆宁A12345停放", "宁A·12345", "宁AD12345", "京a 1234警", "粤B·D12345"] {
            assert_eq!(personal_data(text), Some(PersonalData::Plate), "{text}");
        }
    }

    #[test]
    fn what_a_case_is_told_with_is_let_through() {
        for text in [
            "2026-03-02 至 2026-03-31，多收 12,345.67 元，涉及 812 户",
            "依据永物备〔2026〕0031号合同，单价 1.80 元/平方米·月",
            "《民法典》第 943 条；“九不准”第7条",
            "3 号楼 2 单元 1201 室门口堆放杂物，2026.03.02 10:30 检查发现",
            "统一社会信用代码 91640121MA76ABCD0B 的企业",
            "新A座、青B区 1234 号车位",
            "拨打 12345 热线、12315 投诉",
            "小区编号 640121102001，面积 1234567 平方米",
            "@ 全体业主：收费已退还",
        ] {
            assert_eq!(personal_data(text), None, "{text}");
        }
    }

    #[test]
    fn a_case_is_final_after_its_appeal_or_the_time_for_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = Some(day("2026-03-20"));
        let code = |state, due, today| require_final(state, due, day(today)).err().map(|problem| problem.code);
        assert_eq!(code(ViolationState::Upheld, due, "2026-03-01"), None);
        assert_eq!(code(ViolationState::Confirmed, due, "2026-03-20"), Some(Code::StateConflict));
        assert_eq!(code(ViolationState::Confirmed, due, "2026-03-21"), None);
        assert_eq!(code(ViolationState::Confirmed, None, "2026-12-31"), Some(Code::StateConflict));
        assert_eq!(code(ViolationState::Appealed, due, "2026-12-31"), Some(Code::AppealPending));
        for state in [ViolationState::Reported, ViolationState::Dismissed, ViolationState::Revoked] {
            assert_eq!(code(state, due, "2026-12-31"), Some(Code::StateConflict));
        }
    }

    proptest! {
        #[test]
        fn a_mobile_number_is_found_wherever_it_stands(
            before in "[\\u4e00-\\u9fff，。]{0,20}", after in "[\\u4e00-\\u9fff，。]{0,20}",
            number in "1[3-9][0-9]{9}", separator in prop_oneof![Just(""), Just("-"), Just(" ")],
        ) {
            let number = format!("{}{separator}{}{separator}{}", &number[..3], &number[3..7], &number[7..]);
            let found = personal_data(&format!("{before}{number}{after}"));
            prop_assert_eq!(found, Some(PersonalData::Phone));
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "\\PC*") {
            personal_data(&text);
        }
    }
}
