//! Kinds of official documents.

use crate::coded_enum;

coded_enum! {
    /// Kind of official document (文书种类).
    #[schema(example = "rectification_order")]
    pub stored enum DocumentKind {
        ViolationNotice "violation_notice" "违规行为告知书" "Violation notice"
        MeasureNotice "measure_notice" "拟采取措施告知书" "Measure notice"
        InterviewNotice "interview_notice" "约谈通知书" "Interview notice"
        RectificationOrder "rectification_order" "责令整改通知书" "Rectification order"
        ReferralLetter "referral_letter" "案件移送函" "Referral letter"
        RemovalDecision "removal_decision" "清退决定书" "Removal decision"
        HearingNotice "hearing_notice" "听证通知书" "Hearing notice"
        ConfirmationDecision "confirmation_decision" "违规行为认定书" "Confirmation decision"
        AppealDecision "appeal_decision" "申诉决定书" "Appeal decision"
        RevocationDecision "revocation_decision" "撤销认定决定书" "Revocation decision"
        ListingDecision "listing_decision" "列入名单决定书" "Listing decision"
        HearingRecord "hearing_record" "听证笔录" "Hearing record"
        ProofOfDelivery "proof_of_delivery" "送达回证" "Proof of delivery"
        FilingReceipt "filing_receipt" "物业服务合同备案回执" "Filing receipt"
        FilingRefusal "filing_refusal" "不予备案通知书" "Filing refusal"
    }
}

impl DocumentKind {
    /// True if it invites the addressee to a meeting.
    pub fn summons(self) -> bool {
        matches!(self, DocumentKind::InterviewNotice | DocumentKind::HearingNotice)
    }

    /// True if only the decision on a contract's filing issues it.
    pub fn is_of_filing(self) -> bool {
        matches!(self, DocumentKind::FilingReceipt | DocumentKind::FilingRefusal)
    }
}
