//! QR codes as inline SVG.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use crate::problem::Problem;

/// Width of the white margin, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// An SVG element without a size, which the page's styles set. `label` is for screen readers.
pub fn svg(text: &str, label: &'static str) -> Result<String, Problem> {
    element(text, &format!("role=\"img\" aria-label=\"{label}\""))
}

/// The same inside another image: a square at this position with this side, including its margin.
pub fn placed(text: &str, (x, y): (u32, u32), side: u32) -> Result<String, Problem> {
    element(text, &format!("x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\""))
}

fn element(text: &str, attributes: &str) -> Result<String, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Problem::broken_by("a QR code cannot be made", error))?;
    let side = code.width() + 2 * QUIET;
    let mut svg = format!(
        "<svg {attributes} viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        // Adjacent modules are one bar, which saves four fifths of the bytes.
        for bar in row.chunk_by(|one, other| one == other).scan(0, |x, bar| {
            let at = *x;
            *x += bar.len();
            Some((at, bar))
        }) {
            if let (x, [Color::Dark, ..]) = bar {
                let length = bar.1.len();
                let _ = write!(svg, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
        }
    }
    svg.push_str("\"/></svg>");
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_are_the_dark_modules_of_the_code() {
        let text = "https://wuye.example.gov.cn/public/complexes/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let drawn = svg(text, "二维码").unwrap();
        let path = drawn.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut dark = std::collections::BTreeSet::new();
        for bar in path.split('M').skip(1) {
            let (x, rest) = bar.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let [x, y, length] = [x, y, length].map(|number| number.parse::<usize>().unwrap());
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        for y in 0..code.width() {
            for x in 0..code.width() {
                assert_eq!(dark.contains(&(x, y)), code[(x, y)] == Color::Dark, "{x} {y}");
            }
        }
        assert!(drawn.len() < 8000, "{}", drawn.len());
    }
}
