//! The policy document. It is published and checked as a whole and never changes; a new version replaces it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::complaints::ComplaintRules;
use super::contracts::ContractRules;
use super::disclosures::DisclosureRule;
use super::documents::DocumentTemplate;
use super::inspections::InspectionRules;
use super::issuing::IssuingRules;
use super::office_deadlines::OfficeDeadlines;
use super::ratings::RatingRules;
use super::versions::built_in;
use crate::coded_enum;
use crate::role::Role;

coded_enum! {
    /// State of a policy version (政策版本状态).
    #[schema(example = "approved")]
    pub enum PolicyState {
        Draft "draft" "待批准" "Draft, approval pending"
        Withdrawn "withdrawn" "已撤回" "Withdrawn before approval"
        Approved "approved" "已批准" "Approved by a second person, applies from its first day"
    }
}

coded_enum! {
    /// Subject of an act (行为主体).
    #[schema(example = "company")]
    pub stored enum ActSubject {
        Company "company" "物业服务企业" "Property service company"
        Developer "developer" "建设单位" "Developer"
        Committee "committee" "业主委员会或物业管理委员会" "Owners' committee or property management committee"
        CommitteeMember "committee_member" "委员会委员" "Committee member"
        Resident "resident" "业主或物业使用人" "Owner or resident"
        Business "business" "生产经营单位" "Business"
        Utility "utility" "专业运营单位" "Utility operator"
        Official "official" "基层工作人员" "Grassroots official"
    }
}

coded_enum! {
    /// What the ladder counts (累计方式).
    #[schema(example = "distinct_clauses")]
    pub enum LadderCount {
        DistinctClauses "distinct_clauses" "按不同条款累计" "Distinct clauses"
        Violations "violations" "按违规次数累计" "Violations"
    }
}

coded_enum! {
    /// Area for which the ladder counts (累计范围).
    #[schema(example = "county")]
    pub enum LadderArea {
        County "county" "全县（市、区）" "County"
        Township "township" "乡镇（街道）" "Township"
        Complex "complex" "住宅小区" "Complex"
    }
}

coded_enum! {
    /// Credit band (信用等级), best first.
    #[schema(example = "a")]
    pub enum CreditBand {
        A "a" "A级" "Band A"
        B "b" "B级" "Band B"
        C "c" "C级" "Band C"
        D "d" "D级" "Band D"
    }
}

coded_enum! {
    /// Filing authority of service contracts (合同备案机关).
    #[schema(example = "county_authority")]
    pub enum FilingAuthority {
        CountyAuthority "county_authority" "县级物业主管部门" "County authority"
        SocialAffairsOffice "social_affairs_office" "社会事务办公室" "Social affairs office of the township"
    }
}

coded_enum! {
    /// Kind of measure (处置措施).
    #[schema(example = "rectification_order")]
    pub stored enum MeasureKind {
        CreditDeduction "credit_deduction" "信用扣分" "Credit deduction"
        RectificationOrder "rectification_order" "责令限期整改" "Rectification order"
        Interview "interview" "约谈" "Interview of the head of the company"
        ManagerAdvice "manager_advice" "建议更换项目经理人" "Advice to replace the project manager"
        StarDowngrade "star_downgrade" "降星" "Star downgrade"
        RatingUnqualified "rating_unqualified" "星级评定不达标" "Rating below standard"
        Removal "removal" "清退" "Removal from the complex"
        Blacklist "blacklist" "列入黑名单" "Blacklisting"
        Restriction "restriction" "限制承接新项目" "Restriction on new projects"
        JointPunishment "joint_punishment" "联合惩戒" "Joint punishment"
        Referral "referral" "移交" "Referral to another agency"
        Reversal "reversal" "撤回执行" "Reversal of a completed measure"
    }
}

impl FilingAuthority {
    pub fn role(self) -> Role {
        match self {
            FilingAuthority::CountyAuthority => Role::CountyAuthority,
            FilingAuthority::SocialAffairsOffice => Role::SocialAffairsOffice,
        }
    }
}

/// What a measure refers to. This determines the key of the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureScope {
    /// A violation: `kind:violation`.
    Violation,
    /// A violation and a referred agency: `referral:violation:role`.
    Referral,
    /// A complex of the company: `kind:complex`.
    Complex,
    /// The company: `kind`.
    Company,
    /// Another measure: `reversal:measure`.
    Measure,
}

impl MeasureKind {
    pub fn scope(self) -> MeasureScope {
        match self {
            Self::CreditDeduction | Self::RectificationOrder => MeasureScope::Violation,
            Self::Referral => MeasureScope::Referral,
            Self::ManagerAdvice | Self::StarDowngrade | Self::RatingUnqualified | Self::Removal => {
                MeasureScope::Complex
            }
            Self::Interview | Self::Blacklist | Self::Restriction | Self::JointPunishment => MeasureScope::Company,
            Self::Reversal => MeasureScope::Measure,
        }
    }

    /// True if the measure follows from a ladder level, and not from a single violation.
    pub fn is_on_ladder(self) -> bool {
        matches!(self.scope(), MeasureScope::Complex | MeasureScope::Company)
    }

    pub fn lowers_stars(self) -> bool {
        matches!(self, Self::StarDowngrade | Self::RatingUnqualified)
    }

    /// True if the measure lists the company for a term.
    pub fn is_listing(self) -> bool {
        matches!(self, Self::Blacklist | Self::Restriction)
    }
}

coded_enum! {
    /// How the responsible office is determined (承办单位规则).
    #[schema(example = "lead_office")]
    pub enum OfficeRule {
        LeadOffice "lead_office" "首条违规的牵头单位" "Lead office of the first violation"
        Township "township" "触发该级别的违规行为所在乡镇的社会事务办公室" "Social affairs office of the township whose violation raised the level"
        County "county" "县级物业主管部门" "County authority"
        ReferredAgency "referred_agency" "受移交单位" "Referred agency"
    }
}

/// A regulated act (受监管行为) of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Code of the act (行为代码): group and name in lower case.
    #[schema(example = "nine.coercive_collection", max_length = 64, pattern = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Number of the task of the three-year programme that regulates it (任务序号).
    #[schema(example = 2, minimum = 1, maximum = 8)]
    pub task: u8,
    /// Clause of the nine prohibitions (“九不准”条款); null outside task 2.
    #[schema(example = 9, minimum = 1, maximum = 9)]
    pub clause: Option<u8>,
    /// Subject of the act (行为主体).
    pub subject: ActSubject,
    /// Official Chinese title (名称).
    #[schema(example = "擅自涨价、乱收费", min_length = 1, max_length = 200)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "Unauthorised price rise", min_length = 1, max_length = 300)]
    pub title_en: String,
    /// Lead office, which confirms violations (牵头单位).
    pub lead_role: Role,
    /// Agencies to which every confirmed violation is referred (受移交单位).
    #[schema(max_items = 8)]
    pub refer_to: Vec<Role>,
    /// Legal basis (法律依据); null if none is named.
    #[schema(example = "《中华人民共和国民法典》第九百四十四条", min_length = 1, max_length = 300)]
    pub legal_basis: Option<String>,
    /// Credit deduction in points (信用扣分).
    #[schema(example = 10, minimum = 0, maximum = 100)]
    pub deduction: u32,
    /// Codes of overlapping acts, which may describe the same fact (竞合行为).
    #[schema(max_items = 20)]
    pub overlaps: Vec<String>,
}

/// Lowest cumulative count of each ladder level (各级起点).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderThresholds {
    /// Count for level 1 (一级).
    #[schema(example = 1, minimum = 1, maximum = 1000)]
    pub level_1: u32,
    /// Count for level 2 (二级).
    #[schema(example = 2, minimum = 1, maximum = 1000)]
    pub level_2: u32,
    /// Count for level 3 (三级).
    #[schema(example = 3, minimum = 1, maximum = 1000)]
    pub level_3: u32,
    /// Count for level 4 (四级).
    #[schema(example = 4, minimum = 1, maximum = 1000)]
    pub level_4: u32,
}

impl LadderThresholds {
    /// The lowest counts of levels 1 to 4, in order.
    pub fn counts(&self) -> [u32; 4] {
        [self.level_1, self.level_2, self.level_3, self.level_4]
    }

    /// Level of a count, from 0 to 4.
    pub fn level(&self, count: u32) -> u8 {
        (1u8..).zip(self.counts()).filter(|(_, needed)| count >= *needed).map(|(level, _)| level).max().unwrap_or(0)
    }
}

/// The ladder (惩戒阶梯): what is counted, where and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderRules {
    /// What is counted (累计方式).
    pub count: LadderCount,
    /// Window in months, from the day a violation was found (累计期限).
    #[schema(example = 36, minimum = 1, maximum = 120)]
    pub window_months: u32,
    /// Area for which is counted (累计范围).
    pub area: LadderArea,
    /// Lowest count of each level (各级起点).
    pub thresholds: LadderThresholds,
}

/// Lowest scores of the credit bands (信用等级分数线). Scores below band C are in band D.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditBands {
    /// Lowest score of band A (A级).
    #[schema(example = 90, minimum = 1, maximum = 1000)]
    pub a: u32,
    /// Lowest score of band B (B级).
    #[schema(example = 75, minimum = 1, maximum = 1000)]
    pub b: u32,
    /// Lowest score of band C (C级).
    #[schema(example = 60, minimum = 1, maximum = 1000)]
    pub c: u32,
}

impl CreditBands {
    pub fn band(&self, score: u32) -> CreditBand {
        match score {
            score if score >= self.a => CreditBand::A,
            score if score >= self.b => CreditBand::B,
            score if score >= self.c => CreditBand::C,
            _ => CreditBand::D,
        }
    }
}

/// Credit score rules (信用分).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditRules {
    /// Score without deductions (基础分).
    #[schema(example = 100, minimum = 1, maximum = 1000)]
    pub base: u32,
    /// Duration of a deduction in months, from the day the violation was found (扣分期限).
    #[schema(example = 12, minimum = 1, maximum = 120)]
    pub window_months: u32,
    /// Lowest possible score (最低分).
    #[schema(example = 0, minimum = 0, maximum = 1000)]
    pub floor: u32,
    /// Lowest scores of the bands (等级分数线).
    pub bands: CreditBands,
    /// Percentage of a deduction that is restored after timely rectification (按期整改返还比例).
    #[schema(example = 20, minimum = 0, maximum = 100)]
    pub restore_percent_on_timely_rectification: u32,
}

/// Due process rules (办理程序).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessRules {
    /// Statement period in working days after the notice (陈述申辩期限).
    #[schema(example = 3, minimum = 1, maximum = 60)]
    pub statement_working_days: u32,
    /// Appeal period in working days after the decision (申诉期限).
    #[schema(example = 15, minimum = 1, maximum = 60)]
    pub appeal_working_days: u32,
    /// Period for requesting a hearing, in working days after the notice (申请听证期限).
    #[schema(example = 5, minimum = 5, maximum = 60)]
    pub hearing_request_working_days: u32,
    /// Two-person rule: the person who reported a violation must not confirm it (发现与认定分离).
    #[schema(example = true)]
    pub two_person_rule: bool,
}

/// Rule for a kind of measure: when it is due, its responsible office and its requirements (措施规则).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureRule {
    /// Kind of measure (措施种类).
    pub kind: MeasureKind,
    /// Lowest ladder level with this measure (级别); null for measures that follow from each violation.
    #[schema(example = 4, minimum = 1, maximum = 4)]
    pub level: Option<u8>,
    /// Role of the approver (审批人); null: no approval needed.
    pub approver: Option<Role>,
    /// How the responsible office is determined (承办单位规则).
    pub office: OfficeRule,
    /// Working days until the measure is due (办理期限).
    #[schema(example = 20, minimum = 0, maximum = 250)]
    pub due_working_days: u32,
    /// Adverse measure: it needs its own notice, statement, hearing on request, and reasoned decision
    /// (需履行告知、陈述申辩、听证程序).
    #[schema(example = true)]
    pub adverse: bool,
    /// Irreversible measure: it waits for pending appeals (不可逆，申诉期间暂缓).
    #[schema(example = true)]
    pub irreversible: bool,
    /// Self-executing: completed by the decision itself (自动执行).
    #[schema(example = false)]
    pub self_executing: bool,
    /// A legal basis is required (须有法律依据).
    #[schema(example = true)]
    pub requires_legal_basis: bool,
    /// Legal basis (法律依据); null if none is named.
    #[schema(example = "《宁夏回族自治区物业管理条例》", min_length = 1, max_length = 300)]
    pub legal_basis: Option<String>,
    /// Term of the listing in months (列入期限), for blacklisting and restriction; otherwise null.
    #[schema(example = 24, minimum = 1, maximum = 120)]
    pub listing_months: Option<u32>,
}

/// An assumption (待明确事项): a value that the source documents leave open, with the reason for the choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// JSON Pointer (RFC 6901) of the value, or of a part with several such values (位置).
    #[schema(example = "/ladder/window_months", min_length = 1, max_length = 200)]
    pub pointer: String,
    /// Note in Chinese (说明).
    #[schema(example = "文件未规定累计期限。", min_length = 1, max_length = 500)]
    pub note_zh: String,
    /// Note in English.
    #[schema(example = "The documents name no window.", min_length = 1, max_length = 500)]
    pub note_en: String,
}

/// Default for policies without this member.
fn programme_from() -> NaiveDate {
    built_in().programme_from
}

/// Policy document (政策文件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Title (名称).
    #[schema(example = "物业服务行业监管规则（内置默认）", min_length = 1, max_length = 200)]
    pub title: String,
    /// Programme start (工作启动日期). Recurring disclosures and inspections that would be due earlier are counted from this
    /// day on.
    #[serde(default = "programme_from")]
    #[schema(example = "2026-01-01")]
    pub programme_from: NaiveDate,
    /// Catalogue of regulated acts (受监管行为目录).
    #[schema(min_items = 1, max_items = 500)]
    pub acts: Vec<Act>,
    /// Ladder (惩戒阶梯).
    pub ladder: LadderRules,
    /// Credit score rules (信用分).
    pub credit: CreditRules,
    /// Due process rules (办理程序).
    pub process: ProcessRules,
    /// Measure rules (措施规则), one for each kind.
    #[schema(min_items = 12, max_items = 12)]
    pub measures: Vec<MeasureRule>,
    /// Deadlines of offices (办理时限). Default: the built-in ones.
    #[serde(default = "OfficeDeadlines::built_in")]
    pub office_deadlines: OfficeDeadlines,
    /// Filing authority of service contracts (合同备案机关).
    pub contract_filing_authority: FilingAuthority,
    /// Contract rules (物业服务合同). Default: the built-in ones.
    #[serde(default = "ContractRules::built_in")]
    pub contracts: ContractRules,
    /// Disclosure rules (六个公开), one for each kind. Default: the built-in ones.
    #[serde(default = "DisclosureRule::built_in")]
    #[schema(min_items = 6, max_items = 6)]
    pub disclosures: Vec<DisclosureRule>,
    /// Rating rules (星级评定). Default: the built-in ones.
    #[serde(default = "RatingRules::built_in")]
    pub ratings: RatingRules,
    /// Inspection rules (日常检查): checklists, frequencies, time limits for hazards. Default: the built-in ones.
    #[serde(default = "InspectionRules::built_in")]
    pub inspections: InspectionRules,
    /// Complaint rules (诉求办理): categories, offices, time limits. Default: the built-in ones.
    #[serde(default = "ComplaintRules::built_in")]
    pub complaints: ComplaintRules,
    /// Document templates (文书模板), at most one for each kind. Default: the built-in ones.
    #[serde(default = "DocumentTemplate::built_in")]
    #[schema(max_items = 50)]
    pub documents: Vec<DocumentTemplate>,
    /// Issuing bodies and remedies (发文机关和救济途径). Default: the built-in ones.
    #[serde(default = "IssuingRules::built_in")]
    pub issuing: IssuingRules,
    /// Assumptions (待明确事项).
    #[schema(max_items = 200)]
    pub assumptions: Vec<Assumption>,
}

impl MeasureRule {
    /// True for adverse and irreversible measures. They wait until every decision they are based on is final, and a
    /// later appeal suspends them.
    pub fn needs_final_grounds(&self) -> bool {
        self.adverse || self.irreversible
    }
}

impl PolicyDocument {
    /// Finds an act. For many look-ups use [`super::versions::PolicyVersion::act`], which has an index.
    pub fn act(&self, code: &str) -> Option<&Act> {
        self.acts.iter().find(|act| act.code == code)
    }

    pub fn measure(&self, kind: MeasureKind) -> Option<&MeasureRule> {
        self.measures.iter().find(|rule| rule.kind == kind)
    }
}
