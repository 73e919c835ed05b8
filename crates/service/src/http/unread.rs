//! Request bodies that were not read completely. Once such a body is dropped, the server reads and discards the rest of
//! a chunked body for as long as data arrives. If it is held until the response is sent, the server closes the
//! connection a few seconds later.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::web::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};

/// Bytes of an unread body that are read and discarded, so that the connection can be kept.
const MOST_DISCARDED: usize = 64 * 1024;

struct Source {
    payload: Payload,
    ended: bool,
}

/// The body of a request, shared with the handler that reads it.
#[derive(Clone)]
pub struct Unread(Rc<RefCell<Source>>);

impl Stream for Unread {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut source = self.0.borrow_mut();
        if source.ended {
            return Poll::Ready(None);
        }
        let polled = source.payload.poll_next_unpin(cx);
        // After an error, the connection cannot be kept.
        source.ended = matches!(polled, Poll::Ready(None));
        polled
    }
}

impl Unread {
    /// Replaces the body of a request, if it has one.
    pub fn of(request: &mut ServiceRequest) -> Option<Unread> {
        let headers = request.headers();
        let has_body = headers.contains_key(TRANSFER_ENCODING)
            || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
        has_body.then(|| {
            let unread = Unread(Rc::new(RefCell::new(Source { payload: request.take_payload(), ended: false })));
            request.set_payload(Payload::Stream { payload: Box::pin(unread.clone()) });
            unread
        })
    }

    /// Wraps a response body so that it holds this request body until the response ends, if the body was not read
    /// completely.
    pub fn beside(mut self, body: BoxBody) -> BoxBody {
        let mut discarded = 0;
        while discarded < MOST_DISCARDED {
            match self.next().now_or_never() {
                Some(Some(Ok(bytes))) => discarded += bytes.len(),
                _ => break,
            }
        }
        let ended = self.0.borrow().ended;
        if ended { body } else { BoxBody::new(Holding { body, _unread: self }) }
    }
}

struct Holding {
    body: BoxBody,
    _unread: Unread,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
