//! Detects personal data by context: flats, introduced names, links, coordinates and messenger accounts. A false
//! positive is better than a miss, because the reader needs the matter and not the person. Pure functions.

use std::ops::Range;

/// Common surnames of two characters.
pub(super) const DOUBLE_SURNAMES: &[&str] =
    &["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "端木"];

/// Forms of address that follow a surname.
pub(super) const TITLES: &[&str] = &["先生", "女士", "小姐", "大爷", "大妈", "阿姨", "大哥", "大姐"];

/// The most common surnames.
const SURNAMES: &str = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
                        姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤纳哈虎撒海";

/// A name follows these words.
const NAME_FOLLOWS: &[&str] = &["我叫", "我名叫", "本人叫", "名字是", "名字叫"];
/// A name follows these words with a colon, or if the next character is a surname. Otherwise it may be something else.
const NAME_MAY_FOLLOW: &[&str] =
    &["姓名", "名字", "联系人", "投诉人", "反映人", "举报人", "诉求人", "报修人", "我是", "本人"];

/// A messenger account follows these words.
const ACCOUNT_FOLLOWS: &[&str] = &["微信", "微信号", "QQ", "qq", "抖音号"];

pub(super) fn spans(letters: &[char]) -> Vec<Range<usize>> {
    [flats(letters), names(letters), titled(letters), links(letters), points(letters), accounts(letters)].concat()
}

fn ends_with(letters: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    letters.ends_with(&word)
}

fn begins_with(letters: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    letters.starts_with(&word)
}

fn spaces(letters: &[char], from: usize) -> usize {
    letters.iter().skip(from).take_while(|letter| letter.is_whitespace()).count()
}

fn digits(letters: &[char], from: usize) -> usize {
    letters.iter().skip(from).take_while(|letter| letter.is_ascii_digit()).count()
}

/// `1201室`, `2单元1201`, `3-2-1201`.
fn flats(letters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let starts = (0..letters.len())
        .filter(|at| letters[*at].is_ascii_digit() && (*at == 0 || !letters[at - 1].is_ascii_digit()));
    for from in starts {
        let end = from + digits(letters, from);
        let after = end + spaces(letters, end);
        let rest = letters.get(after..).unwrap_or_default();
        let room = ["室", "户", "号房", "房间", "号室"].iter().find(|word| begins_with(rest, word));
        // `812 户` is a number of households.
        let counted = room == Some(&"户") && end != after;
        if let Some(word) = room.filter(|_| (2..=5).contains(&(end - from)) && !counted) {
            found.push(from..after + word.chars().count());
            continue;
        }
        let before = &letters[..from];
        let trimmed = before.len() - before.iter().rev().take_while(|letter| letter.is_whitespace()).count();
        let of_unit = ["单元", "门栋", "号楼", "栋", "幢"].iter().any(|word| ends_with(&before[..trimmed], word));
        // In `3号楼2单元`, the number is a unit and not a door.
        if of_unit && (3..=4).contains(&(end - from)) {
            found.push(from..end);
        }
        found.extend(dashed(letters, from));
    }
    found
}

/// Building, unit and door, joined by hyphens.
fn dashed(letters: &[char], from: usize) -> Option<Range<usize>> {
    let is_dash = |at: usize| matches!(letters.get(at), Some('-' | '–' | '—' | '/' | '#'));
    let building = from + digits(letters, from);
    if !(1..=3).contains(&(building - from)) || !is_dash(building) {
        return None;
    }
    let unit = building + 1 + digits(letters, building + 1);
    if !(1..=2).contains(&(unit - building - 1)) || !is_dash(unit) {
        return None;
    }
    let door = unit + 1 + digits(letters, unit + 1);
    (3..=4).contains(&(door - unit - 1)).then_some(from..door)
}

fn is_han(letter: &char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}' | '·')
}

/// A name that its owner introduces, of at most the length of a name.
fn names(letters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in 1..=letters.len() {
        let before = &letters[..at];
        let any = NAME_FOLLOWS.iter().any(|word| ends_with(before, word));
        if !any && !NAME_MAY_FOLLOW.iter().any(|word| ends_with(before, word)) {
            continue;
        }
        let marks = letters[at..]
            .iter()
            .take_while(|letter| letter.is_whitespace() || matches!(letter, ':' | '是' | '为' | '叫'))
            .count();
        let from = at + marks;
        let any = any || letters[at..from].contains(&':');
        let count = letters[from..].iter().take(4).take_while(|letter| is_han(letter)).count();
        let first: String = letters[from..].iter().take(2).collect();
        let double = DOUBLE_SURNAMES.contains(&first.as_str());
        let is_surname = double || letters.get(from).is_some_and(|letter| SURNAMES.contains(*letter));
        if count < 2 || (!any && !is_surname) {
            continue;
        }
        let most = if double || !is_surname { 4 } else { 3 };
        found.push(from..from + count.min(most));
    }
    found
}

/// `张先生`.
fn titled(letters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in 1..letters.len() {
        let Some(title) = TITLES.iter().find(|title| begins_with(&letters[at..], title)) else { continue };
        if SURNAMES.contains(letters[at - 1]) {
            found.push(at - 1..at + title.chars().count());
        }
    }
    found
}

fn links(letters: &[char]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..letters.len() {
        if found.last().is_some_and(|last| last.contains(&at)) {
            continue;
        }
        let head: String = letters[at..].iter().take(8).flat_map(|letter| letter.to_lowercase()).collect();
        if !["http://", "https://", "www.", "ftp://"].iter().any(|scheme| head.starts_with(scheme)) {
            continue;
        }
        let run = letters[at..].iter().take_while(|letter| letter.is_ascii_graphic()).count();
        // Punctuation at the end of a sentence is not part of the link.
        let end = letters[at..at + run]
            .iter()
            .rev()
            .take_while(|letter| matches!(letter, ',' | '.' | ';' | '!' | '?' | ')' | ':'));
        found.push(at..at + run - end.count());
    }
    found
}

/// Decimal degrees with at least four decimals.
fn points(letters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (dot, _) in letters.iter().enumerate().filter(|(_, letter)| **letter == '.') {
        let whole = letters[..dot].iter().rev().take_while(|letter| letter.is_ascii_digit()).count();
        let decimals = digits(letters, dot + 1);
        if (1..=3).contains(&whole) && decimals >= 4 {
            found.push(dot - whole..dot + 1 + decimals);
        }
    }
    found
}

fn accounts(letters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in 1..=letters.len() {
        if !ACCOUNT_FOLLOWS.iter().any(|word| ends_with(&letters[..at], word)) {
            continue;
        }
        let marks = letters[at..]
            .iter()
            .take_while(|letter| letter.is_whitespace() || matches!(letter, ':' | '号' | '是' | '为'))
            .count();
        let from = at + marks;
        let length = letters[from..]
            .iter()
            .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
            .count();
        if length >= 5 {
            found.push(from..from + length);
        }
    }
    found
}
