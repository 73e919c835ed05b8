//! Rendering of pages and images for all features: templates with shared filters, QR codes, and the base of charts.

pub mod chart;
pub mod qr;
mod templates;

pub use templates::Templates;
