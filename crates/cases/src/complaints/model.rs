//! The stored form of a complaint: its row, steps, cards and followers, and its enumerations.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::person::PersonKey;
use crate::access::{Actor, Role};
use crate::code_column;
use crate::coded_enum;
use crate::complexes::model::Point;
use crate::db::Id;
use crate::db::schema::{complaint_cards, complaint_followers, complaint_steps, complaints};
use crate::db::types::{Instant, Json};
use crate::ledger::Place;
use crate::policy::complaints::{DeadlineClock, UtilityKind};
use crate::proceedings::model::Evidence;
pub use crate::standing::model::OfficeRef;

coded_enum! {
    /// Kind of a complaint (诉求类型).
    #[schema(example = "complaint")]
    pub stored enum ComplaintKind {
        Inquiry "inquiry" "咨询" "Inquiry"
        Help "help" "求助" "Request for help"
        Complaint "complaint" "投诉" "Complaint"
        TipOff "tip_off" "举报" "Tip-off"
        Suggestion "suggestion" "建议" "Suggestion"
        Praise "praise" "表扬" "Praise"
    }
}

coded_enum! {
    /// Channel by which a complaint was submitted (受理渠道).
    #[schema(example = "app")]
    pub stored enum ComplaintChannel {
        App "app" "手机应用" "Mobile app"
        Portal "portal" "网站" "Web portal"
        Phone "phone" "电话" "Phone"
        Hotline "hotline" "12345热线" "12345 hotline"
        Visit "visit" "来访" "Visit"
        Patrol "patrol" "巡查" "Patrol"
        Open311 "open311" "Open311 接口" "Open311"
    }
}

coded_enum! {
    /// State of a complaint (诉求状态). A returned complaint becomes `assigned` by the next transfer.
    #[schema(example = "submitted")]
    pub stored enum ComplaintState {
        Submitted "submitted" "已提交" "Submitted and routed to its first handler"
        Accepted "accepted" "已受理" "Accepted"
        Assigned "assigned" "已转办" "Transferred"
        Returned "returned" "已退回" "Returned, assignment by the supervising office pending"
        WaitingForComplainant "waiting_for_complainant" "待补充" "Waiting for the complainant"
        InMediation "in_mediation" "调解中" "In mediation"
        Replied "replied" "已答复" "Replied"
        Reopened "reopened" "重新办理" "Reopened by the complainant"
        Closed "closed" "已办结" "Closed"
        Rejected "rejected" "不予受理" "Rejected"
        Merged "merged" "已合并" "Merged into another complaint"
    }
}

impl ComplaintState {
    /// Whether the handler has work left to do.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Replied | Self::Closed | Self::Rejected | Self::Merged)
    }
}

coded_enum! {
    /// Which offices can see a complaint (保密范围). The value `open` is not related to the member `open` of a complaint.
    #[schema(example = "open")]
    pub stored enum Confidentiality {
        Open "open" "一般" "Open: visible to the offices of the territory"
        Restricted "restricted" "限定" "Restricted: visible to the handler, the supervising office and the leaders"
        Confidential "confidential" "保密" "Confidential: visible to the handler only, because the county authority is complained of"
    }
}

coded_enum! {
    /// Who can see a step (可见范围): `parties` excludes residents.
    #[schema(example = "complainant")]
    pub stored enum StepAudience {
        Complainant "complainant" "诉求人及办理单位" "Complainant, followers, handling company and offices"
        Parties "parties" "办理各方" "Handling company and offices"
        Offices "offices" "行政机关" "Offices only"
    }
}

coded_enum! {
    /// Kind of a step in handling a complaint (办理环节).
    #[schema(example = "accepted")]
    pub stored enum StepKind {
        Submitted "submitted" "提交" "Submitted"
        Accepted "accepted" "受理" "Accepted"
        Rejected "rejected" "不予受理" "Rejected"
        Transferred "transferred" "转办" "Transferred"
        Returned "returned" "退回" "Returned to the supervising office"
        ExtensionRequested "extension_requested" "申请延期" "Extension requested"
        ExtensionGranted "extension_granted" "同意延期" "Extension granted"
        ExtensionRefused "extension_refused" "不同意延期" "Extension refused"
        InformationRequested "information_requested" "要求补充" "Information requested"
        InformationGiven "information_given" "补充信息" "Information provided"
        MediationStarted "mediation_started" "启动调解" "Mediation started"
        MediationEnded "mediation_ended" "调解结束" "Mediation ended"
        Replied "replied" "答复" "Replied"
        Satisfaction "satisfaction" "满意度评价" "Satisfaction rating"
        Reopened "reopened" "重新办理" "Reopened"
        Closed "closed" "办结" "Closed"
        Merged "merged" "并入其他诉求" "Merged into another complaint"
        MergedIn "merged_in" "其他诉求并入" "Another complaint merged into this one"
        Comment "comment" "备注" "Comment"
        Linked "linked" "关联" "Linked"
        ViolationReported "violation_reported" "上报违规" "Violation reported"
        ConsentGiven "consent_given" "同意提供联系方式" "Consent to share the contact given"
        ConsentWithdrawn "consent_withdrawn" "撤回同意" "Consent to share the contact withdrawn"
        ContactRead "contact_read" "查看完整联系方式" "Contact unmasked"
        YellowCard "yellow_card" "黄牌提醒" "Yellow card"
        RedCard "red_card" "红牌警示" "Red card"
        Escalated "escalated" "升级督办" "Escalated to the supervising office"
        DeadlineMoved "deadline_moved" "期限顺延" "Deadline postponed with the calendar"
        PointReleased "point_released" "公开坐标" "Exact point released"
        PointWithheld "point_withheld" "停止公开坐标" "Exact point withheld again"
        Erased "erased" "个人信息已删除" "Personal data erased"
    }
}

coded_enum! {
    /// Kind of deadline (期限类型).
    #[schema(example = "resolve")]
    pub stored enum DeadlineKind {
        Accept "accept" "受理期限" "Acceptance deadline"
        Resolve "resolve" "办理期限" "Resolution deadline"
    }
}

coded_enum! {
    /// Colour of a card (督办牌).
    #[schema(example = "yellow")]
    pub stored enum CardColour {
        Yellow "yellow" "黄牌" "Yellow card: due soon"
        Red "red" "红牌" "Red card: deadline missed"
    }
}

coded_enum! {
    /// Outcome of a mediation (调解结果).
    #[schema(example = "agreed")]
    pub enum MediationOutcome {
        Agreed "agreed" "达成协议" "Agreed"
        Failed "failed" "调解不成" "Failed"
    }
}

coded_enum! {
    /// Kind of resource that a complaint is linked to (关联对象).
    #[schema(example = "violation")]
    pub enum LinkKind {
        Violation "violation" "违规" "Violation"
        Inspection "inspection" "检查" "Inspection"
        Hazard "hazard" "隐患" "Hazard"
    }
}

/// A complaint, as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = complaints, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ComplaintRow {
    pub id: Id,
    pub version: i64,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    pub category: String,
    /// Kind of utility, if the category covers several.
    pub organisation: Option<UtilityKind>,
    pub state: ComplaintState,
    /// Whether the handler has work left to do.
    pub is_open: bool,
    pub complex_id: Option<Id>,
    /// The handling company, if any; otherwise the company that served the complex at submission.
    pub company_id: Option<Id>,
    /// Whether the company handles or handled the complaint, and so can see it.
    pub with_company: bool,
    pub county: String,
    /// Empty for a complaint that township offices must not see.
    pub township: String,
    pub community: String,
    pub confidentiality: Confidentiality,
    /// Whether the category is public.
    pub is_public: bool,
    pub handler_role: Role,
    pub handler_division: String,
    pub supervising_role: SupervisingRole,
    pub supervising_division: String,
    pub hotline_number: Option<String>,
    pub submitted_at: Instant,
    pub resolve_due: Instant,
    /// Next deadline check: for the next card, the automatic closure, or the end of the retention period.
    pub next_at: Option<Instant>,
    pub accepted_on_time: Option<bool>,
    pub resolved_on_time: Option<bool>,
    /// Working minutes from submission to reply.
    pub working_minutes: Option<i64>,
    pub satisfaction: Option<i64>,
    pub reopened: bool,
    pub red_cards: i64,
    pub course: Json<Handling>,
    pub updated_at: Instant,
}

/// The members of a complaint that no list filters by, stored as one JSON column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handling {
    pub clock: DeadlineClock,
    pub accept_within: u32,
    pub resolve_within: u32,
    pub policy_version: i64,
    pub accept_due: Instant,
    pub accepted_at: Option<Instant>,
    pub resolved_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    /// Start of the current pause, while information from the complainant is pending.
    pub paused_at: Option<Instant>,
    /// When the current handler was assigned.
    pub assigned_at: Instant,
    /// Whether a handler returned it once; the next assignment is final.
    pub returned: bool,
    pub extension: Option<Extension>,
    pub escalated_at: Option<Instant>,
    pub merged_into: Option<Id>,
    /// Summary that everyone may read.
    pub public_summary: Option<String>,
    pub point: Option<Point>,
    /// Whether an office released the exact point.
    #[serde(default)]
    pub point_released: bool,
    pub complained_office: Option<OfficeRef>,
    pub anonymous: bool,
    /// Whether a contact is stored, and not yet erased.
    pub has_contact: bool,
    /// Whether the complainant lets the company see the contact.
    pub consent: bool,
    pub erased_at: Option<Instant>,
    pub links: Vec<Link>,
    /// The client that submitted it.
    pub client: Option<String>,
    /// The state to which it returns after a pause or a failed mediation.
    pub resumes: Option<ComplaintState>,
}

/// A requested extension (延期申请).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Working days or hours, by the complaint's `clock`.
    pub amount: u32,
    pub asked_at: Instant,
    /// Null while the decision is pending.
    pub granted: Option<bool>,
}

/// A related resource of a complaint (关联).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    pub kind: LinkKind,
    pub id: Id,
}

impl ComplaintRow {
    pub fn place(&self) -> Place {
        Place { county: self.county.clone(), township: self.township.clone(), community: self.community.clone() }
    }

    pub fn handler(&self) -> OfficeRef {
        OfficeRef::new(self.handler_role, &self.handler_division)
    }

    /// None if every eligible office is the handler or complained of.
    pub fn supervising_office(&self) -> Option<OfficeRef> {
        self.supervising_role.0.map(|role| OfficeRef::new(role, &self.supervising_division))
    }

    pub fn set_supervising_office(&mut self, seat: Option<OfficeRef>) {
        self.supervising_role = SupervisingRole(seat.as_ref().map(|seat| seat.role));
        self.supervising_division = seat.map(|seat| seat.division).unwrap_or_default();
    }
}

/// The role of the supervising office, as a column; the empty text stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct SupervisingRole(pub Option<Role>);

impl SupervisingRole {
    fn code(&self) -> &'static str {
        self.0.map(Role::code).unwrap_or_default()
    }

    fn from_code(code: &str) -> Option<SupervisingRole> {
        if code.is_empty() {
            Some(SupervisingRole(None))
        } else {
            Role::from_code(code).map(|role| SupervisingRole(Some(role)))
        }
    }
}
code_column!(SupervisingRole);

/// A step of the timeline. Its text is encrypted and stored under the id of the step.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = complaint_steps, treat_none_as_default_value = false)]
pub struct StepRow {
    pub id: Id,
    pub complaint_id: Id,
    pub kind: StepKind,
    pub audience: StepAudience,
    pub at: Instant,
    pub actor: Json<StepActor>,
    pub facts: Json<serde_json::Value>,
}

/// Who took a step. For a resident only the part is stored, never the account, so that erasure need not change steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepActor {
    Office { actor: Actor },
    Complainant,
    Follower,
    Program,
}

/// Text and evidence of a step, as encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepText {
    pub text: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Description, location and evidence from the complainant, as encrypted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    pub description: String,
    /// Location in words.
    pub location: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Contact of the complainant (诉求人联系方式), as encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = complaint_followers, treat_none_as_default_value = false)]
pub struct FollowerRow {
    pub complaint_id: Id,
    pub iss: String,
    pub sub: String,
    pub is_owner: bool,
    pub followed_at: Instant,
}

impl FollowerRow {
    /// Stores the subject in its normalised form, by which the index finds it.
    pub fn new(complaint_id: Id, person: &PersonKey, is_owner: bool, followed_at: Instant) -> FollowerRow {
        let (iss, sub) = (person.iss().to_owned(), person.sub().to_owned());
        FollowerRow { complaint_id, iss, sub, is_owner, followed_at }
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = complaint_cards, treat_none_as_default_value = false)]
pub struct CardRow {
    pub complaint_id: Id,
    pub deadline: DeadlineKind,
    pub colour: CardColour,
    pub due_at: Instant,
    pub issued_at: Instant,
    pub handler_role: Role,
    pub handler_division: String,
}
