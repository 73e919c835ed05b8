//! Fits names of any length on a plaque of fixed size. It does not measure fonts, because nobody knows which font the
//! printer has. The estimated widths are never too small.

/// Distance between the baselines of two lines, in letter heights.
pub const LEADING: f64 = 1.25;
/// Step between the line widths that are tried, in letters.
const STEP: f64 = 0.25;
/// Smallest share of the size that a line break before a bracket may leave.
const APART: f64 = 0.8;

/// A text in lines, and the height of its letters.
#[derive(Debug, PartialEq)]
pub struct Lettering {
    pub lines: Vec<String>,
    pub size: f64,
}

/// The available space, and the maximum height of letters.
#[derive(Clone, Copy)]
pub struct Room {
    pub width: f64,
    pub height: f64,
    pub size: f64,
}

/// Width of a letter in letter heights. Han letters are square; Latin letters are not wider.
fn width(letter: char) -> f64 {
    match letter {
        'W' | 'M' | 'm' | 'w' | '@' | '%' => 1.0,
        'A'..='Z' | '&' => 0.8,
        ' '..='~' => 0.6,
        _ => 1.0,
    }
}

fn width_of(text: &str) -> f64 {
    text.chars().map(width).sum()
}

/// True if a line may end after `before` and the next may start with `after`: not within a word or number, and no
/// bracket stands alone.
fn parts(before: char, after: char) -> bool {
    let word = |letter: char| letter.is_ascii_alphanumeric();
    let opens = matches!(before, '（' | '(' | '「' | '《' | '“');
    let closes = matches!(after, '）' | ')' | '」' | '》' | '”' | '、' | '，' | '。' | '·' | '-');
    // Variation selectors and combining marks belong to the letter before them.
    let joined = matches!(after, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    !(word(before) && word(after) || opens || closes || joined)
}

/// Breaks a text into lines that are not wider than this. A longer word is cut.
fn wrapped(text: &str, widest: f64) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    let (mut from, mut part, mut wide) = (0, 0, 0.0);
    for (at, letter) in letters.iter().enumerate() {
        if at > from && parts(letters[at - 1], *letter) {
            part = at;
        }
        wide += width(*letter);
        if wide > widest && at > from {
            let to = if part > from { part } else { at };
            lines.push(letters[from..to].iter().collect::<String>());
            from = to;
            wide = letters[from..=at].iter().copied().map(width).sum();
        }
    }
    lines.push(letters[from..].iter().collect());
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Fits the text into the space with the largest possible letters, in lines of similar length.
pub fn fit(text: &str, room: Room) -> Lettering {
    let text = text.trim();
    let all = width_of(text).max(1.0);
    let mut best = Lettering { lines: Vec::new(), size: 0.0 };
    for count in 1_u8.. {
        let count = f64::from(count);
        // More lines have smaller letters than the best result so far.
        if room.height / ((count - 1.0) * LEADING + 1.0) <= best.size {
            break;
        }
        let mut widest = all / count;
        let mut lines = wrapped(text, widest);
        while lines.len() as f64 > count {
            widest += STEP;
            lines = wrapped(text, widest);
        }
        let found = lettered(lines, room);
        if found.size > best.size {
            best = found;
        }
    }
    // The part in brackets goes on a line of its own, if that costs little height.
    if best.lines.len() == 2
        && let Some((name, rest)) = text.split_once('（')
        && !name.trim().is_empty()
    {
        let apart = lettered(vec![name.trim().to_owned(), format!("（{rest}")], room);
        if apart.size > best.size * APART {
            return apart;
        }
    }
    best
}

/// The largest size for these lines.
fn lettered(lines: Vec<String>, room: Room) -> Lettering {
    let longest = lines.iter().map(|line| width_of(line)).fold(1.0, f64::max);
    let high = room.height / ((lines.len().max(1) - 1) as f64 * LEADING + 1.0);
    Lettering { lines, size: room.size.min(room.width / longest).min(high) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOM: Room = Room { width: 340.0, height: 44.0, size: 22.0 };

    #[test]
    fn a_short_name_stands_on_one_line_and_a_long_one_is_parted_in_the_middle() {
        assert_eq!(fit("望远示范花园", ROOM), Lettering { lines: vec!["望远示范花园".into()], size: 22.0 });
        let long = fit("永宁县望远镇人和佳苑小区二期北区（原永宁县第三建材厂家属院及附属住宅楼）", ROOM);
        assert_eq!(long.lines.len(), 2, "{long:?}");
        assert!(long.lines[1].starts_with("（原永宁县"), "{long:?}");
        assert!(long.size > 12.0, "{long:?}");
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        let name = "Vanke Metropolitan Residence International Garden Phase Two 万科国际花园二期";
        let lines = fit(name, ROOM).lines;
        assert_eq!(lines.join(" ").replace(' ', ""), name.replace(' ', ""));
        for word in ["Metropolitan", "Residence", "International"] {
            assert!(lines.iter().any(|line| line.contains(word)), "{lines:?}");
        }
        // A word that is wider than the plaque is cut.
        let long = "W".repeat(200);
        assert_eq!(fit(&long, ROOM).lines.concat(), long);
    }

    proptest! {
        #[test]
        fn every_text_fits_and_loses_nothing_but_spaces(text in "[一-龥A-Za-z0-9（）·&< ]{1,200}") {
            let Lettering { lines, size } = fit(&text, ROOM);
            let all = |text: &str| text.chars().filter(|letter| *letter != ' ').collect::<String>();
            prop_assert_eq!(all(&lines.concat()), all(&text));
            if let Some(more) = lines.len().checked_sub(1) {
                prop_assert!(size * (more as f64 * LEADING + 1.0) <= ROOM.height + 0.01);
                prop_assert!(lines.iter().all(|line| width_of(line) * size <= ROOM.width + 0.01));
                prop_assert!(size >= 5.0, "{} is too small to be read", size);
            }
        }
    }
}
