//! `/oauth/token`, the metadata, and the keys behind them.

mod keys;
mod token;
