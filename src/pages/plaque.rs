//! The plaque (铭牌) as a self-contained picture for print, 400 × 250 mm. A plaque that is not valid is marked across it.

use std::fmt::Write;

use super::lettering::{self, LEADING, Lettering, Room};
use crate::problem::Problem;
use crate::ratings::model::PlaqueState;
use crate::ratings::plaques::Plaque;
use crate::render::qr;
use crate::words::days::chinese_day;

/// Size of the picture in millimetres.
const WIDTH: u32 = 400;
const HEIGHT: u32 = 250;
const MIDDLE: f64 = 200.0;
/// The printer uses the first font that it has. The estimated widths of `lettering` are valid for all of them.
const FONTS: &str = "'Noto Serif SC', 'Noto Serif CJK SC', 'Source Han Serif SC', 'Songti SC', STSong, SimSun, serif";
/// Radius of a star, and the ratio of its inner to its outer radius (pentagram).
const STAR: f64 = 17.0;
const INNER: f64 = 0.381_966;
const STARS: i64 = 5;

const NAME_TOP: f64 = 137.0;
const NAME: Room = Room { width: 348.0, height: 40.0, size: 24.0 };
/// The rows below the name: position of the first, distance between them, and position of the labels.
const ROWS_TOP: f64 = 185.0;
const ROW: f64 = 10.2;
const LABELS_AT: u32 = 28;
const WORDS_AT: u32 = 80;
const WORDS: Room = Room { width: 230.0, height: 8.6, size: 7.2 };
const QR_AT: (u32, u32) = (322, 180);
const QR_SIDE: u32 = 49;

/// Colours of a valid plaque, and of one that is not valid.
struct Colours {
    ground: &'static str,
    frame: &'static str,
    star: &'static str,
    strong: &'static str,
    text: &'static str,
}

const VALID: Colours =
    Colours { ground: "#fffdf5", frame: "#a67c1f", star: "#d79a00", strong: "#8f1414", text: "#222" };
const ENDED: Colours = Colours { ground: "#fff", frame: "#999", star: "#bbb", strong: "#888", text: "#777" };

/// The picture as SVG, with its size in millimetres.
pub fn svg(plaque: &Plaque) -> Result<String, Problem> {
    let colours = if plaque.state == PlaqueState::Valid { &VALID } else { &ENDED };
    let Colours { ground, frame, strong, text, .. } = colours;
    let star = plaque.star.zh();
    let label = format!("物业服务星级铭牌：{}，{star}，编号{}，{}", plaque.complex_name, plaque.number, state(plaque));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"zh-CN\" role=\"img\" aria-label=\"{}\" width=\"{WIDTH}mm\" \
         height=\"{HEIGHT}mm\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"{FONTS}\" fill=\"{text}\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{ground}\"/>\
         <rect x=\"6\" y=\"6\" width=\"388\" height=\"238\" fill=\"none\" stroke=\"{frame}\" stroke-width=\"2.4\"/>\
         <rect x=\"10\" y=\"10\" width=\"380\" height=\"230\" fill=\"none\" stroke=\"{frame}\" stroke-width=\".7\"/>",
        escaped(&label)
    );
    let _ = write!(
        svg,
        "<text x=\"{MIDDLE}\" y=\"34\" font-size=\"12\" letter-spacing=\"3\" text-anchor=\"middle\">住宅小区物业服务星级评定</text>"
    );
    stars(&mut svg, plaque.star.rank(), colours);
    let _ = write!(
        svg,
        "<text x=\"{MIDDLE}\" y=\"125\" font-size=\"40\" font-weight=\"700\" letter-spacing=\"6\" text-anchor=\"middle\" \
         fill=\"{strong}\">{star}</text>"
    );
    let name = lettering::fit(&plaque.complex_name, NAME);
    lines(
        &mut svg,
        &name,
        NAME_TOP,
        NAME.height,
        &format!("x=\"{MIDDLE}\" text-anchor=\"middle\" font-weight=\"700\""),
    );
    rows(&mut svg, plaque);
    svg.push_str(&qr::placed(&plaque.page_url, QR_AT, QR_SIDE)?);
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"234.5\" font-size=\"5\" text-anchor=\"middle\">扫码核验</text>",
        f64::from(QR_AT.0) + f64::from(QR_SIDE) / 2.0
    );
    if plaque.state != PlaqueState::Valid {
        ended(&mut svg, plaque);
    }
    svg.push_str("</svg>");
    Ok(svg)
}

fn state(plaque: &Plaque) -> String {
    match plaque.state {
        PlaqueState::Valid => "有效".to_owned(),
        other => format!("已失效（{}）", other.zh()),
    }
}

fn stars(svg: &mut String, rank: i64, colours: &Colours) {
    for at in 0..STARS {
        let middle = MIDDLE + (at - STARS / 2) as f64 * 44.0;
        let fill = if at < rank { colours.star } else { "none" };
        let _ = write!(
            svg,
            "<path d=\"{}\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\".8\" stroke-linejoin=\"round\"/>",
            star(middle, 63.0),
            colours.frame
        );
    }
}

/// A five-pointed star with one point upwards.
fn star(x: f64, y: f64) -> String {
    let mut path = String::new();
    for corner in 0..10_u8 {
        let reach = if corner % 2 == 0 { STAR } else { STAR * INNER };
        let (sin, cos) = (f64::from(corner) * std::f64::consts::PI / 5.0).sin_cos();
        let _ = write!(path, "{}{:.2} {:.2}", if corner == 0 { 'M' } else { 'L' }, x + reach * sin, y - reach * cos);
    }
    path + "z"
}

/// Lines of text, centred in the given height.
fn lines(svg: &mut String, text: &Lettering, top: f64, height: f64, attributes: &str) {
    let Lettering { lines, size } = text;
    let more = lines.len().saturating_sub(1) as f64;
    // The baseline of a Han letter is about a seventh of its height above its lowest point.
    let mut foot = top + (height - size * (more * LEADING + 1.0)) / 2.0 + size * 0.86;
    for line in lines {
        let _ = write!(svg, "<text y=\"{foot:.2}\" font-size=\"{size:.2}\" {attributes}>{}</text>", escaped(line));
        foot += size * LEADING;
    }
}

fn rows(svg: &mut String, plaque: &Plaque) {
    let days = format!("{}至{}", chinese_day(plaque.period_from), chinese_day(plaque.period_to));
    let issued = format!("{}　　编号 {}", chinese_day(plaque.issued_on), plaque.number);
    let rows = [
        ("物业服务企业", &plaque.company_name),
        ("评定周期", &plaque.cycle_name),
        ("评定期间", &days),
        ("颁发单位", &plaque.issued_by),
        ("颁发日期", &issued),
    ];
    let mut top = ROWS_TOP;
    for (label, words) in rows {
        let label = Lettering { lines: vec![label.to_owned()], size: WORDS.size };
        lines(svg, &label, top, WORDS.height, &format!("x=\"{LABELS_AT}\""));
        lines(svg, &lettering::fit(words, WORDS), top, WORDS.height, &format!("x=\"{WORDS_AT}\""));
        top += ROW;
    }
}

/// Marks the plaque as not valid, across the whole picture.
fn ended(svg: &mut String, plaque: &Plaque) {
    let day = plaque.ended_on.map(|day| format!("（{}起）", chinese_day(day))).unwrap_or_default();
    let _ = write!(
        svg,
        "<g transform=\"translate(200 112) rotate(-15)\" fill=\"#c00000\" font-weight=\"700\" text-anchor=\"middle\">\
         <rect x=\"-164\" y=\"-58\" width=\"328\" height=\"116\" fill=\"#fff\" fill-opacity=\".72\" stroke=\"#c00000\" \
         stroke-width=\"4\"/><text y=\"21\" font-size=\"84\" letter-spacing=\"10\">已失效</text>\
         <text y=\"48\" font-size=\"14\">{}{day}，不得悬挂</text></g>",
        plaque.state.zh()
    );
}

/// Escapes text for XML, and drops characters that XML does not allow.
fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => all.push(' '),
            other => all.push(other),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::db::Id;
    use crate::ratings::model::Star;

    fn plaque(name: &str, state: PlaqueState) -> Plaque {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        Plaque {
            still_serves: true,
            number: "640121-2026-0012".into(),
            state,
            star: Star::Four,
            complex_id: "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11".parse::<Id>().unwrap(),
            complex_name: name.into(),
            area: "永宁县望远镇望远居委会".into(),
            company_name: "宁夏和泰物业服务有限公司".into(),
            cycle_name: "2026 年上半年星级评定".into(),
            period_from: day(1, 1),
            period_to: day(6, 30),
            issued_by: "永宁县望远镇".into(),
            issued_on: day(9, 1),
            ended_on: (state != PlaqueState::Valid).then(|| day(10, 1)),
            superseded_by: None,
            page_url: "https://wuye.example.gov.cn/public/plaques/640121-2026-0012".into(),
        }
    }

    #[test]
    fn the_picture_has_as_many_stars_as_it_says_and_all_that_a_plaque_says() {
        let drawn = svg(&plaque("望远示范花园", PlaqueState::Valid)).unwrap();
        assert_eq!(drawn.matches(&format!("fill=\"{}\"", VALID.star)).count(), 4);
        for held in [
            "望远示范花园",
            "四星级",
            "640121-2026-0012",
            "永宁县望远镇",
            "2026年9月1日",
            "2026年1月1日至2026年6月30日",
        ] {
            assert!(drawn.contains(held), "{held}: {drawn}");
        }
        assert!(!drawn.contains("已失效") && !drawn.contains("style="), "{drawn}");
    }

    #[test]
    fn what_may_not_hang_says_so_and_shows_no_golden_star() {
        for state in [PlaqueState::Superseded, PlaqueState::Withdrawn] {
            let drawn = svg(&plaque("望远示范花园", state)).unwrap();
            assert!(
                drawn.contains(">已失效<") && drawn.contains(state.zh()) && drawn.contains("2026年10月1日起"),
                "{drawn}"
            );
            assert!(!drawn.contains(VALID.star), "{drawn}");
        }
    }

    #[test]
    fn names_are_text() {
        let drawn = svg(&plaque("<b>&\"苑\u{0}\u{ffff}", PlaqueState::Valid)).unwrap();
        assert!(drawn.contains("&lt;b&gt;&amp;&quot;苑") && !drawn.contains("<b>"), "{drawn}");
        assert!(!drawn.contains('\u{0}') && !drawn.contains('\u{ffff}'));
    }

    #[test]
    fn a_star_is_a_pentagram_with_its_point_upwards() {
        let path = star(100.0, 100.0);
        assert!(path.starts_with("M100.00 83.00L") && path.ends_with('z') && path.matches('L').count() == 9, "{path}");
    }
}
