//! Reads the body of a request: the form of the standard, or `multipart/form-data`, which FixMyStreet uses for
//! photographs (its `Open311.pm` sends the fields first, then parts `photo1`, `photo2`… and `file_…`, each with a file
//! name).

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Payload};
use futures_util::{Stream, StreamExt, stream};

use super::form_rules::Form;
use super::key;
use crate::files::{self, UploadPart};
use crate::http::form::{check_charset, not_utf8};
use crate::problem::{Code, Problem};
use crate::service::{Ctx, Service};

/// Largest form without its files, in bytes: a description of 4,000 characters, and further fields.
const MOST_OF_FORM: usize = 128 * 1024;
/// How long the reader of parts may take to process bytes that were already received.
const A_MOMENT: Duration = Duration::from_millis(500);
const MOST_FIELDS: usize = 500;
const MOST_FILES: usize = 10;

/// A received request of an authenticated client.
pub struct Received {
    pub ctx: Ctx,
    pub form: Form,
    pub files: Vec<UploadPart>,
}

pub async fn receive(state: &web::Data<Service>, request: &HttpRequest, payload: Payload) -> Result<Received, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    check_charset(header(CONTENT_TYPE))?;
    let essence = header(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => {
            // Refuse a form that is announced as too large before reading it.
            if header(CONTENT_LENGTH).parse().is_ok_and(|length: usize| length > MOST_OF_FORM) {
                return Err(too_large(MOST_OF_FORM as u64));
            }
            let body = gathered(payload, Instant::now() + state.request_timeout).await?;
            check_count(body.iter().filter(|byte| **byte == b'&').count() + 1)?;
            let form = Form::of_urlencoded(&body)?;
            let ctx = key::admit(state, request, form.get("api_key")).await?;
            Ok(Received { ctx, form, files: Vec::new() })
        }
        "multipart/form-data" => of_parts(state, request, payload).await,
        _ => Err(Problem::new(Code::UnsupportedMediaType).detail(
            "请求体须为 application/x-www-form-urlencoded 或者 multipart/form-data。",
            "The body must be application/x-www-form-urlencoded or multipart/form-data.",
        )),
    }
}

fn too_large(limit: u64) -> Problem {
    Problem::new(Code::PayloadTooLarge)
        .detail(format!("表单不得超过{limit}字节。"), format!("The form must have at most {limit} bytes."))
}

fn check_count(fields: usize) -> Result<(), Problem> {
    if fields <= MOST_FIELDS {
        return Ok(());
    }
    let (zh, en) =
        (format!("表单不得超过{MOST_FIELDS}项。"), format!("The form must have at most {MOST_FIELDS} fields."));
    Err(Problem::new(Code::MalformedRequest).detail(zh, en))
}

fn malformed() -> Problem {
    Problem::new(Code::MalformedRequest)
        .detail("表单不完整、格式有误，或者不是 UTF-8 编码。", "The form is incomplete, malformed, or not UTF-8.")
}

/// Limits what may be received before the client is authenticated: twice the size of a form without files, because the
/// reader of parts reads ahead, within the usual request timeout.
#[derive(Clone)]
struct Allowance(Rc<Granted>);

struct Granted {
    until: Instant,
    left: Cell<usize>,
    admitted: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Allowance {
    fn new(time: Duration) -> Allowance {
        let until = Instant::now() + time;
        let left = Cell::new(2 * MOST_OF_FORM);
        Allowance(Rc::new(Granted { until, left, admitted: Cell::new(false), waiting: RefCell::default() }))
    }

    /// Lifts the limit once the client is authenticated; the client's own limits apply from then on.
    fn lift(&self) {
        self.0.admitted.set(true);
        if let Some(reader) = self.0.waiting.take() {
            reader.wake();
        }
    }

    fn patience(&self, state: &Service) -> Duration {
        match self.0.admitted.get() {
            true => state.request_timeout,
            false => self.0.until.saturating_duration_since(Instant::now()),
        }
    }

    /// The problem for a body that ended early.
    fn problem(&self) -> Problem {
        if self.0.left.get() == 0 && !self.0.admitted.get() { too_large(MOST_OF_FORM as u64) } else { malformed() }
    }

    /// The body within the limit. At the limit it waits a moment, in which the reader may reach a file and the client
    /// be authenticated; otherwise it ends with an error.
    fn limit(self, mut payload: Payload) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        let mut moment = None;
        stream::poll_fn(move |cx| {
            let Granted { left, admitted, waiting, .. } = &*self.0;
            if !admitted.get() && left.get() == 0 {
                waiting.replace(Some(cx.waker().clone()));
                let moment = moment.get_or_insert_with(|| Box::pin(actix_web::rt::time::sleep(A_MOMENT)));
                return moment.as_mut().poll(cx).map(|()| Some(Err(PayloadError::Overflow)));
            }
            let polled = payload.poll_next_unpin(cx);
            if let Poll::Ready(Some(Ok(chunk))) = &polled {
                left.set(left.get().saturating_sub(chunk.len()));
            }
            polled
        })
    }
}

async fn gathered(mut payload: Payload, until: Instant) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        files::next_chunk_within(&mut payload, until.saturating_duration_since(Instant::now())).await?
    {
        let chunk = chunk.map_err(|_| malformed())?;
        if bytes.len() + chunk.len() > MOST_OF_FORM {
            return Err(too_large(MOST_OF_FORM as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn of_parts(state: &web::Data<Service>, request: &HttpRequest, payload: Payload) -> Result<Received, Problem> {
    let allowance = Allowance::new(state.request_timeout);
    let mut parts = Multipart::new(request.headers(), allowance.clone().limit(payload));
    let (mut form, mut size, mut files) = (Form::default(), 0, Vec::new());
    let mut admitted = None;
    while let Some(part) = files::next_chunk_within(&mut parts, allowance.patience(state)).await? {
        let part = part.map_err(|_| allowance.problem())?;
        let is_file =
            part.content_disposition().is_some_and(|it| it.get_filename().is_some() || it.get_filename_ext().is_some());
        if !is_file {
            check_count(form.0.len() + 1)?;
            form.0.push(field(state, part, &mut size, &allowance).await?);
            continue;
        }
        // No bytes are written to disk before the client is authenticated.
        if admitted.is_none() {
            let ctx = key::admit(state, request, form.get("api_key")).await?;
            let slot = files::upload_slot(&ctx)?;
            admitted = Some((ctx, slot));
            allowance.lift();
        }
        let Some((ctx, _)) = &admitted else {
            return Err(Problem::broken("an attachment was received before its client was authenticated"));
        };
        files.extend(UploadPart::take(ctx, part).await?);
        if files.len() > MOST_FILES {
            let (zh, en) = (format!("附件不得超过{MOST_FILES}个"), format!("must have at most {MOST_FILES} files"));
            return Err(Problem::input_error("/file", "too_many", zh, en));
        }
    }
    let ctx = match admitted {
        Some((ctx, _)) => ctx,
        None => key::admit(state, request, form.get("api_key")).await?,
    };
    Ok(Received { ctx, form, files })
}

async fn field(
    state: &Service,
    mut part: Field,
    size: &mut usize,
    allowance: &Allowance,
) -> Result<(String, String), Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    if let Some(media_type) = part.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        check_charset(media_type)?;
    }
    *size += name.len();
    let mut bytes = Vec::new();
    while let Some(chunk) = files::next_chunk_within(&mut part, allowance.patience(state)).await? {
        let chunk = chunk.map_err(|_| allowance.problem())?;
        *size += chunk.len();
        if *size > MOST_OF_FORM {
            return Err(too_large(MOST_OF_FORM as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    let value = String::from_utf8(bytes).map_err(|_| Problem::input_errors(vec![not_utf8(format!("/{name}"))]))?;
    Ok((name, value))
}
