//! Ledger events of listings.

use crate::service::events::Fact::{Code, Count, Day, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "listing",
    schema: "EventDataListing",
    about: "A listing 黑名单",
    facts: &[
        ("kind", Code),
        ("measure_id", Id),
        ("legal_basis", Text),
        ("listed_from", Day),
        ("listed_until", Day),
        ("delisted_on", Day),
        ("suspended_on", Day),
        ("version", Count),
    ],
    digests: &["text", "evidence", "reasons", "delisting_reason"],
    types: &[
        Type { code: "blacklist.listed", zh: "列入名单", en: "A company was listed" },
        Type { code: "blacklist.repair_applied", zh: "申请信用修复", en: "Credit repair was applied for" },
        Type { code: "blacklist.repair_refused", zh: "不予信用修复", en: "Credit repair was refused" },
        Type { code: "blacklist.delisted", zh: "移出名单", en: "A company was delisted" },
        Type { code: "blacklist.suspended", zh: "名单中止", en: "A listing was suspended by an appeal" },
        Type { code: "blacklist.resumed", zh: "名单恢复", en: "A listing was resumed" },
    ],
}];
