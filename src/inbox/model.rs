//! Inbox items (待办): their kinds, members and filters.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::coded_enum;
use crate::complaints::model::CardColour;
use crate::db::Id;
use crate::standing::model::OfficeRef;

coded_enum! {
    /// What the caller has to do (待办事项).
    pub enum InboxKind {
        NotifyViolation "notify_violation" "告知企业" "Notify the company"
        RecordDelivery "record_delivery" "登记送达" "Record the delivery of the notice or decision"
        AnswerStatement "answer_statement" "答复陈述申辩" "Answer the statement"
        DecideViolation "decide_violation" "认定或不予认定" "Confirm or dismiss the violation"
        DecideAppeal "decide_appeal" "决定申诉" "Decide the appeal"
        OpenNotice "open_notice" "查收告知书" "Open the notice"
        OpenDecision "open_decision" "查收认定决定" "Open the decision"
        MakeStatement "make_statement" "陈述申辩" "Make a statement"
        Appeal "appeal" "可提出申诉" "An appeal is possible"
        NotifyMeasure "notify_measure" "告知拟采取的措施" "Notify the company of the intended measure"
        HoldHearing "hold_hearing" "举行听证" "Hold the hearing"
        ApproveMeasure "approve_measure" "审批措施" "Approve or reject the measure"
        CarryOutMeasure "carry_out_measure" "执行措施" "Complete the measure"
        OpenMeasureNotice "open_measure_notice" "查收措施告知书" "Open the measure notice"
        AnswerMeasureNotice "answer_measure_notice" "对拟采取的措施陈述申辩或申请听证" "Make a statement on the intended measure or request a hearing"
        ReviewContract "review_contract" "审查合同备案" "File the contract or refuse to file it"
        CorrectContract "correct_contract" "补正合同备案材料" "Correct the contract and submit it again"
        TerminateContract "terminate_contract" "依法终止合同" "Terminate the contract because of the removal"
        HandOver "hand_over" "办理交接" "Complete the handover"
        ReceiveHandover "receive_handover" "督促并登记交接" "Supervise the handover and record receipt"
        ScoreRatings "score_ratings" "评分" "Score the ratings of a cycle"
        ReviewRating "review_rating" "复核评分" "Review the rating"
        AnnounceRatings "announce_ratings" "公示评定结果" "Announce the ratings of a cycle"
        DecideObjection "decide_objection" "处理评定异议" "Decide the objection to a rating"
        PublishRatings "publish_ratings" "发布评定结果" "Publish the ratings of a cycle"
        AnswerCreditRepair "answer_credit_repair" "答复信用修复申请" "Answer the application for credit repair"
        ApprovePolicy "approve_policy" "批准政策草案" "Approve or withdraw the policy draft"
        DecideCompanyChange "decide_company_change" "决定企业变更申请" "Decide on the company change"
        ObjectToRating "object_to_rating" "对评定结果提出异议" "Object to the rating during the announcement period"
        FulfilMeasure "fulfil_measure" "落实整改等要求" "Comply with the measure"
        VerifyDisclosure "verify_disclosure" "核验公开内容" "Verify the disclosure"
        SubmitDisclosure "submit_disclosure" "公开逾期未公开的事项" "Disclose the overdue item"
        CorrectDisclosure "correct_disclosure" "重新公开核验不通过的事项" "Resubmit the rejected disclosure"
        CarryOutInspection "carry_out_inspection" "实施计划内检查" "Carry out the planned inspection"
        RectifyHazard "rectify_hazard" "整改隐患" "Rectify the hazard"
        RecheckHazard "recheck_hazard" "复查隐患整改情况" "Re-check the hazard"
        SuperviseHazard "supervise_hazard" "督促整改逾期隐患" "Supervise the overdue hazard"
        AcceptComplaint "accept_complaint" "受理诉求" "Accept the complaint"
        AnswerComplaint "answer_complaint" "办理诉求" "Handle the complaint and reply"
        AssignComplaint "assign_complaint" "指定承办单位" "Assign the returned complaint"
        DecideExtension "decide_complaint_extension" "审批延期" "Decide on the extension request"
        SuperviseComplaint "supervise_complaint" "督办逾期诉求" "Supervise the overdue complaint"
        SuperviseOffice "supervise_office" "督办承办单位逾期事项" "Supervise an office with an overdue task"
    }
}

coded_enum! {
    /// Level that an overdue task has reached (督办层级).
    #[schema(example = "office")]
    pub enum EscalationLevel {
        Office "office" "承办单位" "Responsible office"
        Leader "leader" "分管领导" "Township leader"
        County "county" "县级物业主管部门" "County authority"
    }
}

/// An inbox item (待办).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct InboxItem {
    /// Due date; null if no deadline applies.
    pub due_on: Option<NaiveDate>,
    /// Id of the violation, measure, contract, rating, cycle, inspection, hazard, complaint, listing or company change.
    /// For a disclosure, the id of its complex. Null for a policy version, whose number is in `href`.
    pub subject_id: Option<Id>,
    pub kind: InboxKind,
    /// One of `violation`, `measure`, `contract`, `disclosure`, `rating`, `rating_cycle`, `inspection`, `hazard`,
    /// `complaint`, `listing`, `company_change` and `policy`.
    #[schema(max_length = 20, example = "violation")]
    pub subject_kind: String,
    /// Path of the resource.
    #[schema(max_length = 100, example = "/v1/violations/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11")]
    pub href: String,
    /// True if the due date has passed; for a complaint, the exact deadline.
    pub overdue: bool,
    /// Card for offices: yellow shortly before the due date, red after it; null otherwise.
    pub card: Option<CardColour>,
    /// Level that the task has reached. An overdue task of an office goes to its leader, and later to the county.
    pub level: EscalationLevel,
    /// For `supervise_office`: the step that is overdue.
    pub late_with: Option<InboxKind>,
    /// For `supervise_office`: the office whose step is overdue.
    pub late_office: Option<OfficeRef>,
    /// Code of the act, measure kind, contract kind, disclosure kind, checklist, checklist item, complaint category or
    /// listing kind; for other items a code of what they are.
    #[schema(max_length = 80, example = "nine.staff_not_in_uniform")]
    pub about: String,
    /// Title of the act, kind, checklist, item, category, cycle or policy, in Chinese.
    #[schema(max_length = 300, example = "从业人员不按岗位统一着装")]
    pub about_zh: String,
    /// The same title in English.
    #[schema(max_length = 300, example = "Staff not in the uniform of their post")]
    pub about_en: String,
    pub company_id: Option<Id>,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
    /// Id of the complex.
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListInbox {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
    /// Only items of this kind.
    pub kind: Option<InboxKind>,
    /// If true, only overdue items; if false, only the others.
    pub overdue: Option<bool>,
}
