//! Values that one layer of a request leaves for the next, in the request's extensions.

/// The request id: the caller's, or ours if the caller sent none.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Our own id of a request, if the caller sent another. A caller may send the same id with many requests.
#[derive(Clone)]
pub struct ServerRequestId(pub String);

/// Marks an error response whose form another RFC defines, so that it is not turned into a problem.
#[derive(Clone, Copy)]
pub struct Preformatted;

/// Marks a HEAD request, whose response body is not sent.
#[derive(Clone, Copy)]
pub struct IsHead;
