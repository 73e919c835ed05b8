//! What one layer of a request leaves for the next, among its extensions.

/// The caller's id of a request, or ours.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Our id of a request to which its caller gave another: a caller may give one id to many.
#[derive(Clone)]
pub struct ServerRequestId(pub String);

/// An error answer whose form another RFC sets; it is no problem document.
#[derive(Clone, Copy)]
pub struct Preformatted;

/// A HEAD request: nobody reads what it would answer.
#[derive(Clone, Copy)]
pub struct IsHead;
