//! The table of problem codes: stable code, HTTP status, and title in both languages.

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
        /// A stable problem code (`code` and the end of `type`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($variant),* }

        pub const CODES: &[CodeRow] = &[
            $(CodeRow { code: Code::$variant, name: $name, status: $status, zh: $zh, en: $en }),*
        ];
    };
}

codes! {
    InvalidInput "invalid_input" 400 "输入有误" "The input has errors"
    MalformedJson "malformed_json" 400 "请求体不是有效的 JSON" "The body is not valid JSON"
    MalformedRequest "malformed_request" 400 "请求格式有误" "The request is malformed"
    Unauthorized "unauthorized" 401 "须提供访问令牌" "An access token is required"
    InvalidToken "invalid_token" 401 "访问令牌无效或者已过期" "The access token is invalid or has expired"
    InsufficientUserAuthentication "insufficient_user_authentication" 401 "须重新登录验证身份" "Step-up authentication is required"
    Forbidden "forbidden" 403 "无权执行此操作" "You are not allowed to perform this operation"
    PersonRequired "person_required" 403 "此决定须由自然人作出，不得使用系统令牌" "A person must make this decision; machine tokens are not accepted"
    SamePerson "same_person" 403 "此环节须由另一人办理" "Another person must take this step"
    NotFound "not_found" 404 "未找到" "Not found"
    MethodNotAllowed "method_not_allowed" 405 "不支持此请求方法" "The method is not supported"
    NotAcceptable "not_acceptable" 406 "无法提供所请求的格式" "The requested format is not available"
    RequestTimeout "request_timeout" 408 "请求超时" "The request timed out"
    AlreadyExists "already_exists" 409 "已存在" "Already exists"
    StateConflict "state_conflict" 409 "当前状态不允许此操作" "The current state does not allow this operation"
    StatementPeriodOpen "statement_period_open" 409 "陈述申辩期限尚未届满" "The statement period is not over"
    StatementUnanswered "statement_unanswered" 409 "陈述申辩尚未答复" "The statement has not been answered"
    NoticeNotDelivered "notice_not_delivered" 409 "告知书尚未送达" "The notice has not been delivered"
    DeadlinePassed "deadline_passed" 409 "期限已届满" "The deadline has passed"
    OverlappingViolation "overlapping_violation" 409 "同一事实已按竞合行为上报" "The same fact is already recorded under an overlapping act"
    ContractOverlaps "contract_overlaps" 409 "该期间已有其他合同" "Another contract covers this period"
    ContractIncomplete "contract_incomplete" 409 "合同备案材料不齐全" "The contract is incomplete for filing"
    AnnouncementOpen "announcement_open" 409 "公示期尚未届满" "The announcement period is not over"
    ObjectionOpen "objection_open" 409 "尚有异议未作出处理决定" "An objection has not been decided"
    DueProcess "due_process" 409 "办理程序尚未履行完毕" "Due process is not complete"
    DecisionNotDelivered "decision_not_delivered" 409 "所依据的认定尚未送达" "An underlying confirmation has not been delivered"
    AppealPeriodOpen "appeal_period_open" 409 "所依据的认定尚在申诉期内" "An underlying confirmation is still open to appeal"
    AppealPending "appeal_pending" 409 "申诉尚未作出决定" "An appeal has not been decided"
    NoLongerDue "no_longer_due" 409 "依照现行政策和现有事实，不应再采取该措施" "The measure is no longer due under the policy in force and the facts"
    LegalBasisMissing "legal_basis_missing" 409 "现行政策未列明法律依据" "The policy in force names no legal basis"
    CompanyBlacklisted "company_blacklisted" 409 "企业已列入黑名单" "The company is on the blacklist"
    CompanyRestricted "company_restricted" 409 "企业已被限制承接新项目" "The company is restricted from new complexes"
    ShownOnce "shown_once" 409 "此应答不予保存，请使用新的幂等键重新请求" "This response is not stored; repeat the request with a new key"
    OfficeNotRegistered "office_not_registered" 409 "该机构未列入机构名录，或者未登记机关代字" "The office is not in the directory, or has no document prefix"
    TemplateUnusable "template_unusable" 409 "现行政策没有可用的文书模板" "The policy in force has no usable document template"
    IdempotencyInProgress "idempotency_in_progress" 409 "使用同一幂等键的请求正在处理，请稍后重试" "A request with the same idempotency key is in progress; try again"
    PreconditionFailed "precondition_failed" 412 "版本已变化，请重新读取后再提交" "The version has changed; read the resource again, then repeat the request"
    PayloadTooLarge "payload_too_large" 413 "请求体过大" "The body is too large"
    UriTooLong "uri_too_long" 414 "请求地址过长" "The address is too long"
    UnsupportedMediaType "unsupported_media_type" 415 "不支持的媒体类型" "The media type is not supported"
    RangeNotSatisfiable "range_not_satisfiable" 416 "请求的范围超出附件大小" "The requested range is outside the attachment"
    IdempotencyKeyReused "idempotency_key_reused" 422 "该幂等键已用于其他请求，请使用新的幂等键" "The idempotency key was used for another request; use a new key"
    PreconditionRequired "precondition_required" 428 "须提供 If-Match" "If-Match is required"
    TooManyRequests "too_many_requests" 429 "请求过于频繁，请在 Retry-After 所示时间后重试" "Too many requests; try again after the time in Retry-After"
    QuotaExceeded "quota_exceeded" 429 "今日额度已用完，请在 Retry-After 所示时间后重试" "Today's quota is used up; try again after the time in Retry-After"
    HeaderFieldsTooLarge "header_fields_too_large" 431 "请求头过大" "The header fields are too large"
    Internal "internal" 500 "服务器内部错误" "Internal error"
    DatabaseUnavailable "database_unavailable" 503 "数据库暂不可用，请稍后重试" "The database is temporarily unavailable; try again"
    IssuerUnavailable "issuer_unavailable" 503 "暂时无法取得签发方的密钥，请稍后重试" "The keys of the issuer are temporarily unavailable; try again"
    RevocationsUnknown "revocations_unknown" 503 "暂时无法查询令牌吊销名单，请稍后重试" "The revocation list is temporarily unavailable; try again"
    StorageFull "storage_full" 503 "存储空间已满，请稍后重试" "The storage is full; try again later"
    Busy "busy" 503 "服务繁忙，请稍后重试" "The service is busy; try again"
    AttachmentsUnavailable "attachments_unavailable" 503 "附件存储暂不可用，请稍后重试" "The attachment store is temporarily unavailable; try again"
    OutcomeUnknown "outcome_unknown" 503 "办理结果未知，请使用同一幂等键重新请求" "The outcome is unknown; repeat the request with the same idempotency key"
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

    /// The code of a response that the web framework generated.
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
            503 => Code::DatabaseUnavailable,
            400..=499 => Code::MalformedRequest,
            _ => Code::Internal,
        }
    }
}

/// Codes of input errors in `errors`, with their meaning.
pub const INPUT_ERROR_CODES: &[(&str, &str, &str)] = &[
    ("required", "必填", "required"),
    ("unknown_field", "未知字段", "unknown field"),
    ("unknown_parameter", "未知参数", "unknown parameter"),
    ("wrong_type", "类型错误", "wrong type"),
    ("unknown_value", "不是允许的值", "not an allowed value"),
    ("blank", "不得为空白", "must not be blank"),
    ("too_short", "过短", "too short"),
    ("too_long", "过长", "too long"),
    ("too_few", "项数过少", "too few items"),
    ("too_many", "项数过多", "too many items"),
    ("out_of_range", "超出范围", "out of range"),
    ("invalid_format", "格式错误", "wrong format"),
    ("forbidden_character", "含有不允许的字符", "contains a character that is not allowed"),
    ("invalid", "不符合要求", "does not meet the schema"),
    ("duplicate", "重复", "duplicate"),
    ("not_found", "未找到", "not found"),
    ("type_mismatch", "声明的类型与内容不符", "declared type does not match the content"),
    ("extension_mismatch", "扩展名与内容不符", "extension does not match the content"),
    ("unknown_reference", "引用的对象不存在，或不在您的辖区内", "unknown reference, or outside your territory"),
    ("check_character", "统一社会信用代码的校验字符有误", "wrong check character of the USCC"),
    ("in_the_future", "不得晚于今日", "must not be in the future"),
    ("before_start", "早于开始时间", "before the start"),
    ("not_in_policy", "政策中没有此行为", "act not in the policy"),
    ("not_serving", "企业未服务该小区", "the company does not serve the complex"),
    ("wrong_subject", "行为主体不符", "wrong subject of the act"),
    ("wrong_party", "主体或者方式不符", "wrong party or method"),
    ("notice_too_short", "提前通知天数不足", "too few days of notice"),
    ("key_reused", "标识已用于另一份结果", "key already used for another result"),
    ("token_expired", "访问令牌已过期", "access token expired"),
    ("not_open", "已提交或者已取消", "already submitted or cancelled"),
    ("invalid_cursor", "游标无效", "invalid cursor"),
    ("not_a_community", "不是村（社区）", "not a community"),
    ("conflict", "相互矛盾", "conflicts with another value"),
    ("personal_data", "含有个人信息", "contains personal data"),
    ("not_a_period", "不是完整的周期", "not a whole period"),
    ("does_not_add_up", "合计不符", "does not add up"),
    ("text_length", "文字过长或者为空", "text empty or too long"),
    ("item_count", "项数不符", "too many or too few items"),
    ("year_out_of_range", "年份超出范围", "year out of range"),
    ("no_holidays", "缺少法定节假日", "no public holidays"),
    ("date_outside_year", "日期不在该年内", "date outside the year"),
    ("duplicate_date", "日期重复", "duplicate date"),
    ("holiday_and_workday", "既是法定节假日又是调休工作日", "both a public holiday and a make-up working day"),
    ("workday_not_weekend", "调休工作日不是周末", "make-up working day not on a weekend"),
    ("name_length", "名称过长或者为空", "name empty or too long"),
    ("act_code", "行为代码格式错误", "wrong format of an act code"),
    ("unknown_act", "目录中没有此行为", "act not in the catalogue"),
    ("duplicate_act", "行为代码重复", "duplicate act"),
    ("duplicate_overlap", "竞合行为重复", "duplicate overlapping act"),
    ("clause_missing", "缺少“九不准”条款", "missing clause of the nine prohibitions"),
    ("duplicate_clause", "条款重复", "duplicate clause"),
    ("clause_outside_nine", "只有“九不准”行为有条款", "clause only allowed for the nine prohibitions"),
    ("subject_not_company", "“九不准”只约束物业服务企业", "the nine prohibitions bind companies only"),
    ("deduction_without_company", "只有物业服务企业有信用分", "only companies have a credit score"),
    ("role_not_authority", "不是有权办理的单位", "not an office with this power"),
    ("role_not_handler", "该角色不承办诉求", "role does not handle complaints"),
    ("own_supervising_office", "督办单位与承办单位相同", "supervising office is the handler"),
    ("duplicate_role", "单位重复", "duplicate office"),
    ("referred_to_lead", "不得移交给牵头单位自身", "referred to its own lead office"),
    ("thresholds_not_increasing", "各级起点未逐级增大", "thresholds do not increase"),
    ("thresholds_not_decreasing", "星级分数线未逐级降低", "star thresholds do not decrease"),
    ("bands_not_decreasing", "信用等级分数线未依次降低", "credit bands do not decrease"),
    ("measure_missing", "缺少处置措施规则", "missing rule for a measure"),
    ("duplicate_measure", "处置措施规则重复", "duplicate rule for a measure"),
    ("level_off_ladder", "该措施不设惩戒级别", "this measure has no level"),
    ("approver_rank", "审批人级别不符", "wrong rank of the approver"),
    ("approver_missing", "缺少审批人", "approver missing"),
    ("approver_of_self_executing", "自动执行的措施没有审批人", "a self-executing measure has no approver"),
    ("due_process_required", "须履行办理程序", "due process required"),
    ("not_self_executing", "该措施不能自动执行", "this measure cannot be self-executing"),
    ("office_rule", "责任单位规则不符", "wrong responsible office for this measure"),
    ("legal_basis_required", "须列明法律依据", "legal basis required"),
    ("not_a_listing", "该措施不设期限", "this measure has no term"),
    ("duplicate_template", "文书模板重复", "duplicate document template"),
    ("template_invalid", "文书模板有误", "invalid document template"),
    ("decision_not_delivered", "认定尚未送达", "confirmation not delivered"),
    ("appeal_period_open", "尚在申诉期内", "still open to appeal"),
    ("appeal_pending", "申诉尚未作出决定", "appeal not decided"),
    ("pointer_unknown", "政策文件中没有该位置", "pointer not found in the policy"),
];
