//! Ledger events of listings.

use crate::service::events::Fact::{Code, Count, Day, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "listing",
    schema: "EventDataListing",
    about: "A listing 列入记录",
    facts: &[
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("measure_id", Id, "Id of the measure that created the listing."),
        ("legal_basis", Text, "Legal basis (法律依据); null if none."),
        ("listed_from", Day, "First day of the listing."),
        ("listed_until", Day, "Last day of the listing."),
        ("delisted_on", Day, "Day of delisting (移出); null while listed."),
        ("suspended_on", Day, "Day of suspension; null if not suspended."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &["text", "evidence", "reasons", "delisting_reason"],
    types: &[
        Type { code: "blacklist.listed", zh: "列入名单", en: "A company was listed" },
        Type {
            code: "blacklist.repair_applied", zh: "申请信用修复", en: "An application for credit repair was made"
        },
        Type { code: "blacklist.repair_refused", zh: "不予信用修复", en: "Credit repair was refused" },
        Type { code: "blacklist.delisted", zh: "移出名单", en: "A company was delisted" },
        Type { code: "blacklist.suspended", zh: "列入中止", en: "A listing was suspended by an appeal" },
        Type { code: "blacklist.resumed", zh: "列入恢复", en: "A listing was resumed" },
    ],
}];
