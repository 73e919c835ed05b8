//! Owners of attachments: each feature declares which of its rows attachments belong to, and who may see them.

use super::Ctx;
use crate::coded_enum;
use crate::db::{Conn, Id, WorkResult};

coded_enum! {
    /// Kind of resource that an attachment belongs to (附件归属).
    #[schema(example = "violation")]
    pub enum OwnerKind {
        Violation "violation" "违规行为" "Violation"
        Measure "measure" "处置措施" "Measure"
        Listing "listing" "列入记录" "Listing"
        Contract "contract" "物业服务合同" "Contract"
        Disclosure "disclosure" "公开事项" "Disclosure"
        Rating "rating" "星级评定" "Rating"
        Inspection "inspection" "日常检查" "Inspection"
        Hazard "hazard" "隐患" "Hazard"
        Complaint "complaint" "诉求" "Complaint"
        ComplaintStep "complaint_step" "诉求办理环节" "Step of a complaint"
    }
}

/// Rows of one kind that attachments can belong to.
#[derive(Clone, Copy)]
pub struct FileOwner {
    pub kind: OwnerKind,
    /// Callers that may not call this operation see no attachment either.
    pub operation: &'static str,
    /// What the caller may see of the row with this id, by the same code that reads it for that operation.
    pub visibility: fn(&mut Conn, &Ctx, Id) -> WorkResult<Visibility>,
}

/// What a caller may see of a row.
pub enum Visibility {
    Open,
    /// Only that it exists. Its content has not been opened yet.
    Unopened,
    /// A complaint, and what the caller may see of its attachments.
    Complaint(ComplaintAttachment),
}

/// What a caller may see of a complaint's attachments, by the party that uploaded them.
#[derive(Clone, Copy)]
pub struct ComplaintAttachment {
    pub complainant: Visible,
    pub handler: Visible,
}

#[derive(Clone, Copy)]
pub struct Visible {
    /// The form of images whose metadata can be stripped.
    pub picture: Option<FileForm>,
    pub other: Option<FileForm>,
    pub under_its_name: bool,
}

/// The form in which a caller gets a visible attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    Original,
    /// The copy without metadata (去除元数据的副本).
    Stripped,
}
