//! Public pages.
pub mod qr;
