//! What makes pages and pictures, whichever feature they belong to: templates with the filters that all share, QR codes, and
//! the base of charts.

pub mod chart;
pub mod qr;
mod templates;

pub use templates::Templates;
