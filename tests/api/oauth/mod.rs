//! `/oauth/token`, the metadata, and the keys behind them.

mod assertion;
mod keys;
mod token;
