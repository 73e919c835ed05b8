//! Receives both forms of an upload: a `multipart/form-data` form with one part, and the file itself as the body.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::Payload;

use super::Files;
use super::kinds::Pointers;
use super::model::UploadQuery;
use super::names;
use super::spool::{self, Spooled, malformed, spool, too_large};
use crate::input_error::InputError;
use crate::problem::Problem;
use crate::service::Ctx;

/// Limit of a form's size in addition to its file.
const FORM_OVERHEAD: u64 = 64 * 1024;

/// A received file with its name and declared type.
pub struct Received {
    pub spooled: Spooled,
    pub name: Option<String>,
    pub declared: Option<String>,
    pub at: Pointers,
}

const IN_FORM: Pointers = Pointers { declared: "/file", name: "/file", bytes: "/file" };

pub async fn receive(ctx: &Ctx, request: &HttpRequest, payload: Payload) -> Result<Received, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let declared = header(CONTENT_TYPE).map(essence).filter(|text| !text.is_empty());
    let form = declared.as_deref() == Some("multipart/form-data");
    let limit = ctx.state.parts.get::<Files>().limit;
    // Reject by `Content-Length`, so that the client need not send the file.
    let most = if form { limit + FORM_OVERHEAD } else { limit };
    if header(CONTENT_LENGTH).and_then(|text| text.parse().ok()).is_some_and(|length: u64| length > most) {
        return Err(too_large(limit));
    }
    let received =
        if form { of_form(ctx, request, payload).await? } else { of_body(ctx, request, payload, declared).await? };
    if received.spooled.size == 0 {
        let pointer = if form { "/file" } else { "" };
        return Err(Problem::input_error(pointer, "required", "附件不得为空", "the attachment must not be empty"));
    }
    Ok(received)
}

pub(super) fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn of_body(
    ctx: &Ctx,
    request: &HttpRequest,
    payload: Payload,
    declared: Option<String>,
) -> Result<Received, Problem> {
    const AT: &str = "header/content-disposition";
    let given = match request.headers().get(CONTENT_DISPOSITION) {
        Some(header) => names::of_header(header, AT).map_err(refused)?.map(|name| (name, AT)),
        None => None,
    };
    let given = match given {
        Some(given) => Some(given),
        None => ctx.query::<UploadQuery>()?.name.map(|name| (name, "query/name")),
    };
    let at = Pointers { declared: "header/content-type", name: given.as_ref().map_or(AT, |(_, at)| *at), bytes: "" };
    let name = given.map_or(Ok(None), |(name, at)| names::clean(&name, at)).map_err(refused)?;
    let spooled = take(ctx, payload).await?;
    Ok(Received { spooled, name, declared, at })
}

async fn of_form(ctx: &Ctx, request: &HttpRequest, payload: Payload) -> Result<Received, Problem> {
    let mut parts = Multipart::new(request.headers(), payload);
    let mut received = None;
    while let Some(part) = spool::next_chunk_within(&mut parts, ctx.state.request_timeout).await? {
        let part = part.map_err(|_| malformed())?;
        let field = part.name().unwrap_or_default();
        if field != "file" {
            let pointer = format!("/{}", field.replace('~', "~0").replace('/', "~1"));
            let (zh, en) = ("表单只能有 file 一项", "the form must have one part only, `file`");
            return Err(Problem::input_error(&pointer, "unknown_field", zh, en));
        }
        if received.is_some() {
            let (zh, en) = ("一次只能上传一个附件", "upload one attachment at a time");
            return Err(Problem::input_error("/file", "duplicate", zh, en));
        }
        let name = of_part(&part).map_err(refused)?;
        let declared = part.content_type().map(|kind| essence(kind.as_ref()));
        let spooled = take(ctx, part).await?;
        received = Some(Received { spooled, name, declared, at: IN_FORM });
    }
    received.ok_or_else(|| Problem::input_error("/file", "required", "此字段必填", "this field is required"))
}

/// The file name in a form part.
pub(super) fn of_part(part: &Field) -> Result<Option<String>, InputError> {
    const AT: &str = "/file";
    let given = match part.headers().get(CONTENT_DISPOSITION) {
        Some(header) => names::of_header(header, AT)?,
        None => None,
    };
    given.map_or(Ok(None), |name| names::clean(&name, AT))
}

pub(super) fn refused(fault: InputError) -> Problem {
    Problem::input_errors(vec![fault])
}

pub(super) async fn take<E>(
    ctx: &Ctx,
    stream: impl futures_util::Stream<Item = Result<actix_web::web::Bytes, E>> + Unpin,
) -> Result<Spooled, Problem> {
    let files = ctx.state.parts.get::<Files>();
    spool(files.storage.spool_folder().to_owned(), files.limit, ctx.state.request_timeout, stream).await
}
