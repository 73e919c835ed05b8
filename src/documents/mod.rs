//! Official documents (公文、文书): numbered, rendered for print, kept with their digest, verifiable by a code.

pub mod model;
