//! Ledger events of attachments.

use crate::service::events::Fact::{Count, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "attachment",
    schema: "EventDataAttachment",
    about: "An attachment 附件",
    facts: &[
        ("sha256", Text, "SHA-256 of the bytes, in hex."),
        ("size", Count, "Size in bytes."),
        ("media_type", Text, "Media type of the attachment."),
        ("of", Id, "Id of the attachment that was copied; null if it is not a copy."),
    ],
    digests: &["name"],
    types: &[
        Type { code: "attachment.uploaded", zh: "上传附件", en: "An attachment was uploaded" },
        Type { code: "attachment.copied", zh: "复制附件", en: "An attachment was copied" },
        Type { code: "attachment.deleted", zh: "删除附件", en: "An attachment was deleted" },
    ],
}];
