//! Handles an upload from its first byte to its row.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Payload};
use aws_lc_rs::digest::{SHA256, digest};

use super::Files;
use super::model::{Attachment, NewAttachment};
use super::receive::{Received, receive};
use super::spool::on_disk;
use super::{actions, kinds, pixels};
use crate::access::Caller;
use crate::access::person::PersonKey;
use crate::db::WorkResult;
use crate::http::Response;
use crate::problem::{Code, Problem};
use crate::quotas;
use crate::service::{Body, Ctx};

/// Counts running uploads, in total and by caller, to limit memory and disk space, and to keep one caller from using
/// all slots.
#[derive(Clone)]
pub struct Uploads(Arc<Counts>);

struct Counts {
    at_once: usize,
    under_way: Mutex<HashMap<PersonKey, usize>>,
}

/// Maximum number of simultaneous uploads of one caller.
const SHARE: usize = 4;

impl Uploads {
    pub fn new(at_once: usize) -> Uploads {
        Uploads(Arc::new(Counts { at_once, under_way: Mutex::default() }))
    }

    pub(super) fn begin(&self, caller: &Caller) -> Result<Slot, Problem> {
        let who = caller.person();
        let mut under_way = self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let own = under_way.get(&who).copied().unwrap_or_default();
        if under_way.values().sum::<usize>() >= self.0.at_once || own >= (self.0.at_once / SHARE).max(1) {
            return Err(Problem::new(Code::Busy)
                .detail("正在进行的上传过多，请稍后重试。", "Too many uploads are in progress. Try again later."));
        }
        under_way.insert(who.clone(), own + 1);
        drop(under_way);
        Ok(Slot { uploads: self.clone(), who })
    }
}

/// A slot for one running upload.
pub struct Slot {
    uploads: Uploads,
    who: PersonKey,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut under_way = self.uploads.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.who);
            }
        }
    }
}

pub async fn upload(ctx: Ctx, request: HttpRequest, payload: Payload) -> Response {
    let slot = ctx.state.parts.get::<Files>().uploads.begin(&ctx.caller)?;
    quotas::refuse_upload(&ctx).await?;
    let received = receive(&ctx, &request, payload).await?;
    // A complete file is processed even if the client disconnects. Otherwise an object without a row would remain until
    // the sweep.
    let finished = actix_web::rt::spawn(async move {
        let answer = finish(ctx, received).await;
        drop(slot);
        answer
    });
    finished.await.unwrap_or_else(|error| Err(Problem::broken_by("a request panicked", error)))
}

/// Stores a file that the program itself created.
pub async fn upload_own(
    ctx: &Ctx,
    name: &str,
    media_type: &'static str,
    bytes: &'static [u8],
) -> WorkResult<Attachment> {
    let storage = &ctx.state.parts.get::<Files>().storage;
    let object_key = storage.new_key(&ctx.state.db, "").await?;
    storage.put(&object_key, vec![Bytes::from_static(bytes)]).await?;
    let new = NewAttachment {
        name: name.to_owned(),
        media_type,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(digest(&SHA256, bytes)),
        object_key,
    };
    ctx.perform(Body::given(Vec::new(), new), actions::create_attachment).await
}

async fn finish(ctx: Ctx, received: Received) -> Response {
    let Received { spooled, name, declared, at } = received;
    let mut file = spooled.file;
    let (mut file, found) = on_disk(move || kinds::sniff(&mut file).map(|found| (file, found))).await?;
    let kind = kinds::agree(found, declared.as_deref(), name.as_deref(), at)?;
    let file = on_disk(move || pixels::of(&mut file, kind.media_type).map(|size| (file, size))).await?;
    let file = pixels::within(file, at.bytes)?;
    let name = name.unwrap_or_else(|| kind.usual_name());
    // The same idempotency key with another file, name or type is another request.
    let request = format!("{}\0{name}\0{}", spooled.sha256, kind.media_type);
    let storage = &ctx.state.parts.get::<Files>().storage;
    let object_key = storage.new_key(&ctx.state.db, "").await?;
    storage.put_file(&object_key, file, spooled.size).await?;
    let new = NewAttachment {
        name,
        media_type: kind.media_type,
        size: i64::try_from(spooled.size).unwrap_or(i64::MAX),
        sha256: spooled.sha256,
        object_key: object_key.clone(),
    };
    let answer = ctx.act(Body::given(request.into_bytes(), new), actions::create_attachment).await;
    let is_used = match &answer {
        Ok(response) => {
            response.status() == StatusCode::CREATED && !response.headers().contains_key("idempotent-replayed")
        }
        // The row may exist, so the object must not be deleted.
        Err(problem) => problem.code == Code::OutcomeUnknown,
    };
    if !is_used {
        storage.delete(&object_key).await;
    }
    answer
}
