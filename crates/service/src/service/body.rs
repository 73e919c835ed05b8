//! A JSON body, read completely and validated against the OpenAPI document. Its input errors are reported only when the
//! action reads the input, because a resource that the caller may not see is 404 whatever the body contains.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::context::Ctx;
use crate::db::WorkResult;
use crate::http::form;
use crate::input_error::{InputError, InputErrors};
use crate::json::{self, NotRead};
use crate::problem::{Code, Problem};

pub struct Body<B> {
    pub bytes: Vec<u8>,
    outcome: Outcome<B>,
}

enum Outcome<B> {
    /// Not JSON, with the parser's message.
    Malformed(String),
    Read {
        faults: InputErrors,
        input: Option<B>,
    },
}

impl<B: Send + Sync + 'static> Body<B> {
    /// Runs a check that is too expensive for a transaction, on a blocking thread. Its input errors are reported with
    /// the others.
    pub async fn examined(self, check: fn(&B) -> Vec<InputError>) -> Result<Body<B>, Problem> {
        let Outcome::Read { faults, input: Some(input) } = self.outcome else { return Ok(self) };
        let examine = move || {
            let more = check(&input);
            (input, more)
        };
        let (input, more) = actix_web::rt::task::spawn_blocking(examine)
            .await
            .map_err(|error| Problem::broken_by("a check of a body panicked", error))?;
        let mut faults = faults;
        faults.extend_elsewhere(more);
        Ok(Body { bytes: self.bytes, outcome: Outcome::Read { faults, input: Some(input) } })
    }
}

impl<B> Body<B> {
    /// An input that did not arrive as JSON and is already validated. `bytes` distinguish requests with the same key.
    pub fn given(bytes: Vec<u8>, input: B) -> Body<B> {
        Body { bytes, outcome: Outcome::Read { faults: InputErrors::default(), input: Some(input) } }
    }

    /// Is this body certain to be refused? Then no preparation needs the writer.
    pub fn is_refused(&self) -> bool {
        match &self.outcome {
            Outcome::Malformed(_) => true,
            Outcome::Read { faults, input } => !faults.is_empty() || input.is_none(),
        }
    }

    /// The input if it has no errors, to prepare something before the transaction.
    pub fn peek(&self) -> Option<&B> {
        match &self.outcome {
            Outcome::Read { faults, input } if faults.is_empty() => input.as_ref(),
            _ => None,
        }
    }

    fn parts(&self) -> WorkResult<(InputErrors, Option<&B>)> {
        match &self.outcome {
            Outcome::Malformed(place) => Err(Problem::new(Code::MalformedJson)
                .detail(format!("请求体不是有效的 JSON：{place}"), place.clone())
                .into()),
            Outcome::Read { faults, input } => Ok((faults.clone(), input.as_ref())),
        }
    }
}

/// A body validated against the document, before it is deserialised.
struct Checked {
    bytes: Vec<u8>,
    /// The value, or the parser's message if it is not JSON; `None` if it is too large to parse.
    value: Result<Option<serde_json::Value>, String>,
    faults: InputErrors,
}

impl Checked {
    fn of(bytes: Vec<u8>, ctx: &Ctx) -> Checked {
        match json::parse(&bytes) {
            Ok((value, twice)) => Checked::value(bytes, ctx, value, twice),
            Err(NotRead::Malformed(place)) => Checked { bytes, value: Err(place), faults: InputErrors::default() },
            Err(NotRead::Refused(fault)) => Checked { bytes, value: Ok(None), faults: vec![fault].into() },
        }
    }

    fn value(bytes: Vec<u8>, ctx: &Ctx, mut value: serde_json::Value, twice: Vec<InputError>) -> Checked {
        whole_numbers(&mut value);
        let mut faults = ctx.state.contract.check_body(ctx.operation, &mut value);
        twice.into_iter().for_each(|fault| faults.push(fault));
        Checked { bytes, value: Ok(Some(value)), faults }
    }
}

/// The schema accepts the value, but the type does not. This is still an input error, with its pointer.
fn misfit(error: &serde_path_to_error::Error<serde_json::Error>) -> InputError {
    let path = error.path().to_string().replace(['.', '['], "/").replace(']', "");
    InputError::new(format!("/{path}"), "invalid", "不符合要求", error.inner().to_string())
}

impl<B: DeserializeOwned> Body<B> {
    /// A body that was not sent over HTTP (by the demo), validated like one that was.
    pub fn from_value(ctx: &Ctx, value: serde_json::Value) -> Body<B> {
        Checked::value(value.to_string().into_bytes(), ctx, value, Vec::new()).into()
    }
}

impl<B: DeserializeOwned> From<Checked> for Body<B> {
    fn from(Checked { bytes, value, mut faults }: Checked) -> Body<B> {
        let outcome = match value {
            Err(place) => Outcome::Malformed(place),
            Ok(None) => Outcome::Read { faults, input: None },
            Ok(Some(value)) => {
                let input = serde_path_to_error::deserialize(value);
                if let (Err(error), true) = (&input, faults.is_empty()) {
                    faults.push(misfit(error));
                }
                Outcome::Read { faults, input: input.ok() }
            }
        };
        Body { bytes, outcome }
    }
}

/// JSON Schema treats `86000.0` as an integer. Converts it for the types, which do not.
fn whole_numbers(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            // Above 2^53, a float does not identify one integer.
            if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

impl<B: DeserializeOwned + 'static> FromRequest for Body<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Body<B>, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = receive(request.clone(), payload.take());
        Box::pin(async move { Ok(received.await?.into()) })
    }
}

async fn receive(request: HttpRequest, mut payload: Payload) -> Result<Checked, Problem> {
    let ctx = Ctx::extract(&request).await?;
    let essence = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .map(|v| v.trim().to_ascii_lowercase());
    let json = essence.as_deref() == Some("application/json");
    let patch = ctx.method == "PATCH" && essence.as_deref() == Some("application/merge-patch+json");
    if !json && !patch {
        return Err(Problem::new(Code::UnsupportedMediaType)
            .detail("请求体须为 application/json。", "The body must be application/json."));
    }
    if let Some(Ok(media_type)) = request.headers().get(CONTENT_TYPE).map(|value| value.to_str()) {
        form::check_charset(media_type)?;
    }
    let limit = ctx.state.body_limit;
    let too_large = || {
        Problem::new(Code::PayloadTooLarge)
            .detail(format!("请求体不得超过{limit}字节。"), format!("The body must have at most {limit} bytes."))
    };
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::MalformedRequest))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Checked::of(bytes.to_vec(), &ctx))
}

/// For `Option<Option<T>>` in a merge patch: absent is `None`, null is `Some(None)`.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}

impl<B> Body<B> {
    /// The input outside a transaction: all input errors at once, or the input.
    pub fn input(&self, check: impl FnOnce(&B, &mut Vec<InputError>) -> WorkResult<()>) -> WorkResult<&B> {
        let (mut faults, input) = self.parts()?;
        let mut found = Vec::new();
        // If the response has no room for more input errors, the rules are not checked.
        if let Some(input) = input
            && !faults.is_full()
        {
            check(input, &mut found)?;
        }
        faults.extend_elsewhere(found);
        match input {
            Some(input) if faults.is_empty() => Ok(input),
            _ => Err(Problem::collected(faults).into()),
        }
    }
}
