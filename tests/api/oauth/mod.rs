//! `/oauth/token`, the metadata, and their keys.

mod assertion;
mod keys;
mod token;
