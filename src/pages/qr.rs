//! QR codes as pictures in the page itself.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::problem::{Code, Problem};

/// An SVG element without a size of its own: the page's styles give it one. `label` is what a screen reader says.
pub fn svg(text: &str, label: &'static str) -> Result<String, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| {
        tracing::error!(%error, "a QR code cannot be made");
        Problem::new(Code::Internal)
    })?;
    let drawn = code.render::<svg::Color>().module_dimensions(1, 1).build();
    // The declaration of XML before the element has no place in HTML.
    let element = drawn.split_once("<svg").map_or("", |(_, rest)| rest);
    Ok(format!("<svg role=\"img\" aria-label=\"{label}\"{element}"))
}
