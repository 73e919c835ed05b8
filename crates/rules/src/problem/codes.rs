//! The one table of problem codes: stable code, status, and its title in both languages.

use http::StatusCode;

pub struct CodeRow {
    pub code: Code,
    pub name: &'static str,
    pub status: u16,
    pub zh: &'static str,
    pub en: &'static str,
}

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $zh:literal $en:literal)*) => {
        /// A stable problem code (the `code` member and the end of `type`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($variant),* }

        pub const CODES: &[CodeRow] = &[
            $(CodeRow { code: Code::$variant, name: $name, status: $status, zh: $zh, en: $en }),*
        ];
    };
}

codes! {
    InvalidInput "invalid_input" 400 "输入有误" "The input has faults"
    MalformedJson "malformed_json" 400 "请求体不是合法的 JSON" "The body is not well-formed JSON"
    MalformedRequest "malformed_request" 400 "请求格式有误" "The request is malformed"
    Unauthorized "unauthorized" 401 "需要访问令牌" "An access token is needed"
    InvalidToken "invalid_token" 401 "访问令牌无效或已过期" "The access token is not valid"
    InsufficientUserAuthentication "insufficient_user_authentication" 401 "须重新登录验证身份" "A fresh or stronger log-in is needed"
    Forbidden "forbidden" 403 "无权执行此操作" "This action is not yours to take"
    PersonRequired "person_required" 403 "此决定须由自然人作出" "A decision needs a person, not a machine"
    SamePerson "same_person" 403 "提出人与决定人不得为同一人" "The person who reported or decided may not decide here"
    NotFound "not_found" 404 "未找到" "Not found"
    MethodNotAllowed "method_not_allowed" 405 "不支持该方法" "Method not allowed"
    NotAcceptable "not_acceptable" 406 "无法提供所需格式" "Not acceptable"
    RequestTimeout "request_timeout" 408 "请求超时" "The request took too long to arrive"
    AlreadyExists "already_exists" 409 "已存在" "It exists already"
    StateConflict "state_conflict" 409 "当前状态不允许此操作" "The present state does not allow this"
    StatementPeriodOpen "statement_period_open" 409 "陈述申辩期未满" "The period for a statement is not over"
    StatementUnanswered "statement_unanswered" 409 "尚未答复陈述申辩" "The statement has not been answered"
    NoticeNotDelivered "notice_not_delivered" 409 "告知书尚未送达" "The notice has not been delivered"
    DeadlinePassed "deadline_passed" 409 "期限已过" "The deadline has passed"
    OverlappingViolation "overlapping_violation" 409 "同一事实已按重合行为立案" "The same fact stands under an overlapping act"
    ContractOverlaps "contract_overlaps" 409 "与其他合同期间重叠" "Another contract stands in that time"
    ContractIncomplete "contract_incomplete" 409 "合同材料不齐全" "The contract lacks what a filing needs"
    PublicityOpen "publicity_open" 409 "公示期未满" "The publicity is not over"
    ObjectionOpen "objection_open" 409 "异议尚未处理" "An objection has not been decided"
    DueProcess "due_process" 409 "须先履行法定程序" "Due process comes first"
    DecisionNotServed "decision_not_served" 409 "所依据的认定决定尚未送达" "A decision that it rests on has not been delivered"
    AppealPeriodOpen "appeal_period_open" 409 "所依据的认定尚在申诉期内" "The period for an appeal against a decision that it rests on is not over"
    AppealPending "appeal_pending" 409 "申诉尚未作出决定" "An appeal is pending"
    NoLongerDue "no_longer_due" 409 "按现行政策和事实，该措施已不应采取" "By the policy in force and the facts it is no longer due"
    LegalBasisMissing "legal_basis_missing" 409 "缺少法律依据" "No legal basis is named by the policy"
    CompanyBlacklisted "company_blacklisted" 409 "企业已列入黑名单" "The company is on the blacklist"
    CompanyRestricted "company_restricted" 409 "企业被限制承接新项目" "The company is restricted from new complexes"
    ShownOnce "shown_once" 409 "此应答不保存，请用新的幂等键重新请求" "This answer is kept nowhere: ask again, with another key"
    OfficeNotRegistered "office_not_registered" 409 "机构未登记或未登记机关代字" "The office is not in the directory, or has no word for its documents"
    TemplateUnusable "template_unusable" 409 "现行政策没有可用的文书文本" "The policy in force has no text of this document that can be used"
    IdempotencyInProgress "idempotency_in_progress" 409 "相同幂等键的请求正在处理" "A request with the same key is being worked on"
    PreconditionFailed "precondition_failed" 412 "版本已变化" "The version has changed"
    PayloadTooLarge "payload_too_large" 413 "请求体过大" "The body is too large"
    UriTooLong "uri_too_long" 414 "请求地址过长" "The address is too long"
    UnsupportedMediaType "unsupported_media_type" 415 "不支持的媒体类型" "Unsupported media type"
    RangeNotSatisfiable "range_not_satisfiable" 416 "请求的范围不在文件内" "The file has no such range"
    IdempotencyKeyReused "idempotency_key_reused" 422 "幂等键已用于不同的请求" "The key was used for another request"
    PreconditionRequired "precondition_required" 428 "须提供 If-Match" "If-Match is required"
    TooManyRequests "too_many_requests" 429 "请求过多，请稍后重试" "Too many requests; wait as long as Retry-After says"
    QuotaExceeded "quota_exceeded" 429 "今日额度已用完" "The quota of the day is used up; wait as long as Retry-After says"
    HeaderFieldsTooLarge "header_fields_too_large" 431 "请求头过大" "The header fields are too large"
    Internal "internal" 500 "服务器内部错误" "Internal error"
    Unavailable "store_unavailable" 503 "数据库暂不可用，请稍后重试" "The database cannot be reached; try again"
    IssuerUnavailable "issuer_unavailable" 503 "暂无法取得令牌签发者的密钥，请稍后重试" "The keys of the token's issuer could not be fetched yet; try again"
    RevocationsUnknown "revocations_unknown" 503 "暂时无法查询吊销名单，请稍后重试" "What is revoked is not known now; try again"
    StorageFull "storage_full" 503 "存储空间已满，请稍后重试" "The storage is full; try again later"
    Busy "busy" 503 "系统繁忙，请稍后重试" "Too much waits already; try again"
    FilesUnavailable "files_unavailable" 503 "附件存储暂不可用，请稍后重试" "The store of attachments cannot be reached; try again"
    OutcomeUnknown "outcome_unknown" 503 "提交结果未知，请用同一幂等键重试" "The outcome is not known; repeat with the same key"
}

impl Code {
    pub fn row(self) -> &'static CodeRow {
        &CODES[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code of an answer that the framework made.
    pub fn of_status(status: StatusCode) -> Code {
        match status.as_u16() {
            401 => Code::Unauthorized,
            403 => Code::Forbidden,
            404 => Code::NotFound,
            405 => Code::MethodNotAllowed,
            406 => Code::NotAcceptable,
            408 => Code::RequestTimeout,
            413 => Code::PayloadTooLarge,
            414 => Code::UriTooLong,
            415 => Code::UnsupportedMediaType,
            429 => Code::TooManyRequests,
            431 => Code::HeaderFieldsTooLarge,
            503 => Code::Unavailable,
            400..=499 => Code::MalformedRequest,
            _ => Code::Internal,
        }
    }
}

/// Codes of single faults in `errors`, with what they mean.
pub const FAULT_CODES: &[(&str, &str, &str)] = &[
    ("required", "必填", "required and missing"),
    ("unknown_field", "未知字段", "not a field of this body"),
    ("unknown_parameter", "未知参数", "not a parameter of this operation"),
    ("wrong_type", "类型错误", "of another type"),
    ("unknown_value", "不是允许的值", "not one of the allowed values"),
    ("blank", "空白", "blank"),
    ("too_short", "过短", "too short"),
    ("too_long", "过长", "too long"),
    ("too_few", "项目过少", "too few items"),
    ("too_many", "项目过多", "too many items"),
    ("out_of_range", "超出范围", "outside the bounds"),
    ("invalid_format", "格式错误", "not in the format asked for"),
    ("forbidden_character", "含有不允许的字符", "contains a character that is not allowed"),
    ("invalid", "不符合要求", "does not satisfy the schema"),
    ("duplicate", "重复", "given twice"),
    ("not_found", "未找到", "no such row for you"),
    ("type_mismatch", "声明的类型与内容不符", "declared as another type than its bytes have"),
    ("extension_mismatch", "扩展名与内容不符", "an extension of another type than the bytes have"),
    ("unknown_reference", "引用的对象不存在", "refers to nothing that you can see"),
    ("check_character", "统一社会信用代码校验错误", "the USCC's check character does not fit"),
    ("in_the_future", "日期在未来", "a day that has not come"),
    ("before_start", "早于开始日期", "earlier than the start"),
    ("not_in_policy", "政策中没有此行为", "an act that the policy does not hold"),
    ("not_serving", "企业未服务该小区", "the company does not serve that complex"),
    ("wrong_subject", "主体类型不符", "the act binds another kind of subject"),
    ("wrong_party", "主体或方式不符", "not that party's, or not in that way"),
    ("notice_too_short", "通知期限不足", "less notice than the law asks for"),
    ("key_reused", "标识已用于另一份结果", "a key that stands for another result"),
    ("token_expired", "令牌已过期", "a token past its time"),
    ("not_open", "已提交或已取消", "done already, or cancelled"),
    ("invalid_cursor", "游标无效", "not a cursor of this list"),
    ("not_a_community", "不是村（社区）", "not a village or community"),
    ("conflict", "相互矛盾", "contradicts another field"),
    ("personal_data", "含有个人信息", "names or reaches a person"),
    ("not_a_period", "不是完整的公开周期", "not a whole period of the calendar"),
    ("does_not_add_up", "合计不符", "not the sum of what it is made of"),
    ("text_length", "文字过长或为空", "empty or too long a text"),
    ("item_count", "项目数不符", "too many or too few items"),
    ("year_out_of_range", "年份超出范围", "a year outside the bounds"),
    ("no_holidays", "缺少节假日", "a year without holidays"),
    ("date_outside_year", "日期不在该年内", "a day of another year"),
    ("duplicate_date", "日期重复", "a day listed twice"),
    ("holiday_and_workday", "既是节假日又是上班日", "both a holiday and a working day"),
    ("workday_not_weekend", "调休上班日不是周末", "a make-up day that is worked anyway"),
    ("name_length", "名称过长或为空", "empty or too long a name"),
    ("act_code", "行为代码格式错误", "not the code of an act"),
    ("unknown_act", "目录中没有此行为", "not an act of the catalogue"),
    ("duplicate_act", "行为代码重复", "an act listed twice"),
    ("duplicate_overlap", "重合行为重复", "an overlap listed twice"),
    ("clause_missing", "缺少“九不准”条款", "a clause of the nine prohibitions is missing"),
    ("duplicate_clause", "条款重复", "a clause with two acts"),
    ("clause_outside_nine", "只有“九不准”行为有条款", "a clause outside the nine prohibitions"),
    ("subject_not_company", "“九不准”只约束物业服务企业", "the nine prohibitions bind companies"),
    ("deduction_without_company", "只有物业服务企业有信用分", "only companies have a credit score"),
    ("role_not_authority", "不是有权机关", "not an office that may decide"),
    ("role_not_handler", "不承办诉求", "a role that handles no complaints"),
    ("own_supervisor", "督办单位与承办单位相同", "supervises itself"),
    ("duplicate_role", "单位重复", "an office listed twice"),
    ("referred_to_lead", "不能移交给牵头单位自身", "referred to its own lead office"),
    ("thresholds_not_increasing", "各级起点未逐级增大", "thresholds do not increase"),
    ("thresholds_not_decreasing", "各星级分数线未逐级降低", "thresholds of the stars do not go down"),
    ("bands_not_decreasing", "信用等级分数线未依次降低", "bands do not go down"),
    ("measure_missing", "缺少措施规则", "a measure without a rule"),
    ("duplicate_measure", "措施规则重复", "two rules for one measure"),
    ("level_off_ladder", "该措施没有级别", "a level for a measure that has none"),
    ("approver_rank", "审批人级别不符", "an approver of the wrong rank"),
    ("approver_missing", "缺少审批人", "an approver is missing"),
    ("approver_of_self_executing", "自动执行的措施没有审批人", "an approver of what is carried out by itself"),
    ("due_process_required", "须履行法定程序", "due process is required"),
    ("not_self_executing", "不能自动执行", "not carried out by itself"),
    ("office_rule", "承办单位规则不符", "an office that cannot hold this measure"),
    ("legal_basis_required", "须有法律依据", "a legal basis is required"),
    ("not_a_listing", "该措施没有期限", "a term for a measure that has none"),
    ("duplicate_template", "文书文本重复", "two texts for one kind of document"),
    ("template_invalid", "文书文本有误", "a text that is no template, or names what its kind does not have"),
    ("decision_not_served", "认定决定尚未送达", "a decision that has not been delivered to the company"),
    ("appeal_period_open", "尚在申诉期内", "a decision whose period for an appeal is not over"),
    ("appeal_pending", "申诉尚未作出决定", "a decision under appeal"),
    ("pointer_unknown", "文件中没有该位置", "the document has nothing at this pointer"),
];
