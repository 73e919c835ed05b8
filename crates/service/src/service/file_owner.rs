//! Whose files these are: each feature says which of its rows files belong to, and who sees them.

use super::Ctx;
use crate::coded_enum;
use crate::db::{Conn, Id, WorkResult};

coded_enum! {
    /// Kind of row that a file belongs to (附件归属).
    #[schema(example = "violation")]
    pub enum OwnerKind {
        Violation "violation" "违规行为" "Violation"
        Measure "measure" "处置措施" "Measure"
        Listing "listing" "名单记录" "Entry of a list"
        Contract "contract" "物业服务合同" "Contract"
        Disclosure "disclosure" "公开信息" "Disclosure"
        Rating "rating" "星级评定" "Rating"
        Inspection "inspection" "检查" "Inspection"
        Hazard "hazard" "隐患" "Hazard"
        Complaint "complaint" "诉求工单" "Complaint"
        ComplaintStep "complaint_step" "诉求办理环节" "Step of a complaint"
    }
}

/// Rows of one kind that files belong to.
#[derive(Clone, Copy)]
pub struct FileOwner {
    pub kind: OwnerKind,
    /// Who may not call it sees no file either.
    pub operation: &'static str,
    /// What the caller sees of the row of this id, by the code that reads it for that operation.
    pub visibility: fn(&mut Conn, &Ctx, Id) -> WorkResult<Visibility>,
}

/// What a caller sees of a row.
pub enum Visibility {
    Open,
    /// That it is there; its content waits to be opened.
    Unopened,
    /// A ticket, and of its files this.
    Ticket(ComplaintAttachment),
}

/// What a caller gets of the files of a ticket, by whom they came from.
#[derive(Clone, Copy)]
pub struct ComplaintAttachment {
    pub complainant: Visible,
    pub handler: Visible,
}

#[derive(Clone, Copy)]
pub struct Visible {
    /// The form of what can be stripped.
    pub picture: Option<FileForm>,
    pub other: Option<FileForm>,
    pub under_its_name: bool,
}

/// In which form a caller gets a file that it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    Original,
    /// The copy without metadata.
    Stripped,
}
