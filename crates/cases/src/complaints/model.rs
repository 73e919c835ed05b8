//! The rows of a ticket, and their states.

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
    /// What a resident wants (诉求类型).
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
    /// How it came in (受理渠道).
    #[schema(example = "app")]
    pub stored enum ComplaintChannel {
        App "app" "手机应用" "Mobile app"
        Portal "portal" "网站" "Web portal"
        Phone "phone" "电话" "Phone"
        Hotline "hotline" "12345 热线" "Government hotline"
        Visit "visit" "来访" "Visit"
        Patrol "patrol" "巡查" "Patrol"
        Open311 "open311" "Open311 接口" "Open311"
    }
}

coded_enum! {
    /// Where a ticket stands (工单状态).
    #[schema(example = "submitted")]
    pub stored enum ComplaintState {
        Submitted "submitted" "已提交" "Submitted: routed to its first handler"
        Accepted "accepted" "已受理" "Accepted by its handler"
        Assigned "assigned" "已转办" "Transferred"
        Returned "returned" "已退回" "Returned: the supervising office assigns it"
        WaitingForComplainant "waiting_for_complainant" "待补充" "Waits for the complainant"
        InMediation "in_mediation" "调解中" "In mediation"
        Replied "replied" "已答复" "Replied"
        Reopened "reopened" "重新办理" "Reopened by the complainant"
        Closed "closed" "已办结" "Closed"
        Rejected "rejected" "不予受理" "Rejected"
        Merged "merged" "已合并" "Merged into another complaint"
    }
}

impl ComplaintState {
    /// Does its handler still owe something?
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Replied | Self::Closed | Self::Rejected | Self::Merged)
    }
}

coded_enum! {
    /// Who of the offices sees a ticket (保密范围).
    #[schema(example = "open")]
    pub stored enum Confidentiality {
        Open "open" "一般" "The offices of its territory"
        Restricted "restricted" "限定" "Its handler, its supervising office and the leaders"
        Confidential "confidential" "保密" "Its handler alone: it is about the county authority itself"
    }
}

coded_enum! {
    /// Who sees a step of the timeline (可见范围).
    #[schema(example = "complainant")]
    pub stored enum StepAudience {
        Complainant "complainant" "诉求人及办理单位" "The complainant, those who follow, the company it is with and the offices"
        Parties "parties" "办理各方" "The company it is with and the offices"
        Offices "offices" "行政机关" "The offices"
    }
}

coded_enum! {
    /// What happened to a ticket (办理环节).
    #[schema(example = "accepted")]
    pub stored enum StepKind {
        Submitted "submitted" "提交" "Submitted"
        Accepted "accepted" "受理" "Accepted"
        Rejected "rejected" "不予受理" "Rejected"
        Transferred "transferred" "转办" "Transferred"
        Returned "returned" "退回" "Returned to the supervising office"
        ExtensionRequested "extension_requested" "申请延期" "Extension asked for"
        ExtensionGranted "extension_granted" "同意延期" "Extension granted"
        ExtensionRefused "extension_refused" "不同意延期" "Extension refused"
        InformationRequested "information_requested" "要求补充" "Information asked for"
        InformationGiven "information_given" "已补充" "Information given"
        MediationStarted "mediation_started" "启动调解" "Mediation started"
        MediationEnded "mediation_ended" "调解结束" "Mediation ended"
        Replied "replied" "答复" "Replied"
        Satisfaction "satisfaction" "满意度评价" "Satisfaction given"
        Reopened "reopened" "重新办理" "Reopened"
        Closed "closed" "办结" "Closed"
        Merged "merged" "合并" "Merged into another"
        MergedIn "merged_in" "并入" "Another was merged into it"
        Comment "comment" "备注" "Comment"
        Linked "linked" "关联" "Linked"
        ViolationReported "violation_reported" "转违规登记" "Reported as a violation"
        ConsentGiven "consent_given" "同意联系" "Contact by the company allowed"
        ConsentWithdrawn "consent_withdrawn" "撤回同意" "Contact by the company no longer allowed"
        ContactRead "contact_read" "查阅联系方式" "Contact read in full"
        YellowCard "yellow_card" "黄牌提醒" "Yellow card"
        RedCard "red_card" "红牌警示" "Red card"
        Escalated "escalated" "升级督办" "Escalated to the supervising office"
        DeadlineMoved "deadline_moved" "期限顺延" "Deadline moved by the calendar"
        PointReleased "point_released" "公开坐标" "Exact point released to those who handle it"
        PointWithheld "point_withheld" "收回坐标" "Exact point withheld again"
        Erased "erased" "个人信息已删除" "Personal data erased"
    }
}

coded_enum! {
    /// Which deadline (期限类型).
    #[schema(example = "resolve")]
    pub stored enum DeadlineKind {
        Accept "accept" "受理期限" "To accept"
        Resolve "resolve" "办理期限" "To resolve"
    }
}

coded_enum! {
    /// Colour of a card (督办牌).
    #[schema(example = "yellow")]
    pub stored enum CardColour {
        Yellow "yellow" "黄牌" "Yellow: soon due"
        Red "red" "红牌" "Red: late"
    }
}

coded_enum! {
    /// What a mediation came to (调解结果).
    #[schema(example = "agreed")]
    pub enum MediationOutcome {
        Agreed "agreed" "达成协议" "Agreed"
        Failed "failed" "调解不成" "Failed"
    }
}

coded_enum! {
    /// What a ticket is linked to (关联对象).
    #[schema(example = "violation")]
    pub enum LinkKind {
        Violation "violation" "违规" "Violation"
        Inspection "inspection" "检查" "Inspection"
        Hazard "hazard" "隐患" "Hazard"
    }
}

/// A complaint (诉求工单).
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = complaints, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ComplaintRow {
    pub id: Id,
    pub version: i64,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    pub category: String,
    /// Which utility, where the category is of several.
    pub organisation: Option<UtilityKind>,
    pub state: ComplaintState,
    /// Its handler still owes something.
    pub is_open: bool,
    pub complex_id: Option<Id>,
    /// Who served the complex when it came in; of a ticket that is with a company, that company.
    pub company_id: Option<Id>,
    /// The company handles it, or did: from then on it sees the ticket.
    pub with_company: bool,
    pub county: String,
    /// Empty where no office of a township may learn of it.
    pub township: String,
    pub community: String,
    pub confidentiality: Confidentiality,
    /// Its category may be shown to anybody.
    pub is_public: bool,
    pub handler_role: Role,
    pub handler_division: String,
    pub supervising_role: SupervisingRole,
    pub supervising_division: String,
    pub hotline_number: Option<String>,
    pub submitted_at: Instant,
    pub resolve_due: Instant,
    /// When the clock has to look at it again: the next card; after the end, the day its personal data go.
    pub next_at: Option<Instant>,
    pub accepted_on_time: Option<bool>,
    pub resolved_on_time: Option<bool>,
    /// From its coming in to its reply.
    pub working_minutes: Option<i64>,
    pub satisfaction: Option<i64>,
    pub reopened: bool,
    pub red_cards: i64,
    pub course: Json<Handling>,
    pub updated_at: Instant,
}

/// What nobody filters by.
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
    /// Since when it waits for the complainant.
    pub paused_at: Option<Instant>,
    /// When the present handler got it.
    pub assigned_at: Instant,
    /// A handler returned it once: the next assignment is final.
    pub returned: bool,
    pub extension: Option<Extension>,
    pub escalated_at: Option<Instant>,
    pub merged_into: Option<Id>,
    /// What anybody may read of it.
    pub public_summary: Option<String>,
    pub point: Option<Point>,
    /// An office released the exact point.
    #[serde(default)]
    pub point_released: bool,
    pub complained_office: Option<OfficeRef>,
    pub anonymous: bool,
    /// There is a contact that has not been erased.
    pub has_contact: bool,
    /// The complainant lets the company see the contact.
    pub consent: bool,
    pub erased_at: Option<Instant>,
    pub links: Vec<Link>,
    /// The client that it came through.
    pub client: Option<String>,
    /// The state that a pause or a mediation goes back to.
    pub resumes: Option<ComplaintState>,
}

/// An extension that was asked for (延期申请).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// In the unit of the ticket's clock.
    pub amount: u32,
    pub asked_at: Instant,
    /// Null while the supervisor has not decided.
    pub granted: Option<bool>,
}

/// A row that a ticket led to, or is about (关联).
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

    /// Nobody, where every office that could supervise it is its handler or is complained of.
    pub fn supervising_office(&self) -> Option<OfficeRef> {
        self.supervising_role.0.map(|role| OfficeRef::new(role, &self.supervising_division))
    }

    pub fn set_supervising_office(&mut self, seat: Option<OfficeRef>) {
        self.supervising_role = SupervisingRole(seat.as_ref().map(|seat| seat.role));
        self.supervising_division = seat.map(|seat| seat.division).unwrap_or_default();
    }
}

/// The role of whoever supervises a ticket, as a column: empty where nobody does.
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

/// A step of the timeline. What was said with it lies sealed under its id.
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

/// Who took a step. Of a resident nothing is kept but that it was one: the account is erased with the ticket's persons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepActor {
    Office { actor: Actor },
    Complainant,
    Follower,
    Program,
}

/// What was said with a step, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepText {
    pub text: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// What the complainant told, as it is sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    pub description: String,
    /// Where it is, in words.
    pub location: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// The complainant, as sealed (诉求人联系方式).
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
    /// The subject is stored as subjects are compared: the index finds it by that.
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
