//! What the document says beyond the routes and the other tables: tags, conflicts, examples.

use serde_json::{Value, json};

use crate::policy::versions::built_in;
use crate::problem::Code;

/// Tags: an English word and the official Chinese term.
pub const TAGS: &[(&str, &str)] = &[
    ("system", "Operations 运行"),
    ("identity", "Who am I, what may I do, what do the codes mean 身份与词汇"),
    ("divisions", "Administrative divisions 行政区划 (GB/T 2260, GB/T 10114)"),
    ("policies", "Versions of the rules 政策版本"),
    ("calendar", "Public holidays and make-up working days 节假日与调休"),
    ("companies", "Property service companies 物业服务企业"),
    ("complexes", "Residential complexes 住宅小区 and who serves them"),
    ("contracts", "Service contracts 物业服务合同: filing 备案, ending, hand-over 交接"),
    ("disclosures", "The six disclosures 六个公开, their survey 摸底排查, typical cases 典型案例"),
    ("ratings", "Star ratings 星级评定: cycles, scores, publicity, plaques 铭牌, the focus list 重点整治名单"),
    ("statistics", "Numbers for the leaders 统计"),
    (
        "inspections",
        "Inspections 日常检查: checklists 检查表, visits, results from phones; hazards 隐患; their plan and statistics",
    ),
    ("complaints", "Complaints 投诉受理、诉求办理: tickets 工单, deadlines, followers, and who complained 诉求人"),
    ("attachments", "Files 附件: evidence, seen where the row is seen that it belongs to"),
    ("documents", "Official documents 文书, numbered and verifiable; the directory of offices 办公电话"),
    ("public", "What everyone may see 公开: pages and the same as JSON"),
    ("violations", "Violations 违规行为 and their due process"),
    ("measures", "Measures 处置措施 that the ladder calls for, and referrals 移交"),
    ("standing", "Explained standing 企业信用状况, preview, blacklist 黑名单"),
    (
        "open311",
        "Open311 GeoReport v2 公共诉求接口: services, requests; the same tickets for programs of that standard",
    ),
    ("clients", "Systems that integrate 接入系统: OAuth clients, their tokens, and revocations 吊销"),
    ("inbox", "What waits for me 待办"),
    ("ledger", "The ledger 台账: events, proofs, the auditor's reading"),
    ("sandbox", "Sandbox 演示 (only in demo)"),
];

/// 409s that an operation may answer with, beside those that every POST may.
pub const CONFLICTS: &[(&str, &[Code])] = &[
    ("create_company", &[Code::AlreadyExists]),
    ("approve_company_change", &[Code::StateConflict]),
    ("propose_company_change", &[Code::AlreadyExists]),
    ("refuse_company_change", &[Code::StateConflict]),
    ("publish_policy", &[Code::AlreadyExists]),
    ("approve_policy", &[Code::StateConflict]),
    ("withdraw_policy", &[Code::StateConflict]),
    ("create_complex", &[Code::AlreadyExists]),
    ("create_contract", &[Code::ContractOverlaps, Code::CompanyBlacklisted, Code::CompanyRestricted]),
    (
        "update_contract",
        &[Code::StateConflict, Code::ContractOverlaps, Code::CompanyBlacklisted, Code::CompanyRestricted],
    ),
    (
        "submit_contract",
        &[Code::StateConflict, Code::ContractIncomplete, Code::CompanyBlacklisted, Code::CompanyRestricted],
    ),
    ("withdraw_contract", &[Code::StateConflict]),
    (
        "file_contract",
        &[
            Code::OfficeNotRegistered,
            Code::TemplateUnusable,
            Code::StateConflict,
            Code::ContractOverlaps,
            Code::CompanyBlacklisted,
            Code::CompanyRestricted,
        ],
    ),
    ("refuse_contract", &[Code::StateConflict, Code::OfficeNotRegistered, Code::TemplateUnusable]),
    ("change_project_manager", &[Code::StateConflict]),
    ("terminate_contract", &[Code::StateConflict]),
    ("withdraw_contract_termination", &[Code::StateConflict]),
    ("record_interim_service", &[Code::StateConflict]),
    ("record_contract_handover", &[Code::StateConflict]),
    ("report_late_handover", &[Code::StateConflict, Code::AlreadyExists, Code::OverlappingViolation]),
    ("verify_disclosure", &[Code::StateConflict]),
    ("create_complaint", &[Code::AlreadyExists]),
    ("accept_complaint", &[Code::StateConflict]),
    ("reject_complaint", &[Code::StateConflict]),
    ("transfer_complaint", &[Code::StateConflict]),
    ("return_complaint", &[Code::StateConflict, Code::DeadlinePassed]),
    ("request_complaint_extension", &[Code::StateConflict, Code::DeadlinePassed]),
    ("decide_complaint_extension", &[Code::StateConflict, Code::DeadlinePassed]),
    ("request_complaint_information", &[Code::StateConflict, Code::DeadlinePassed]),
    ("give_complaint_information", &[Code::StateConflict]),
    ("begin_complaint_mediation", &[Code::StateConflict]),
    ("end_complaint_mediation", &[Code::StateConflict]),
    ("reply_to_complaint", &[Code::StateConflict]),
    ("rate_complaint", &[Code::StateConflict]),
    ("reopen_complaint", &[Code::StateConflict, Code::DeadlinePassed]),
    ("close_complaint", &[Code::StateConflict]),
    ("merge_complaint", &[Code::StateConflict]),
    ("link_complaint", &[Code::StateConflict]),
    ("report_complaint_violation", &[Code::StateConflict, Code::OverlappingViolation]),
    ("set_complaint_consent", &[Code::StateConflict]),
    ("erase_complaint_persons", &[Code::StateConflict]),
    ("release_complaint_point", &[Code::StateConflict]),
    ("search_complaints_by_caller", &[Code::ShownOnce]),
    ("follow_complaint", &[Code::StateConflict]),
    ("unfollow_complaint", &[Code::StateConflict]),
    ("create_rating_cycle", &[Code::AlreadyExists]),
    ("begin_ratings", &[Code::StateConflict]),
    ("announce_rating_cycle", &[Code::StateConflict]),
    ("publish_rating_cycle", &[Code::StateConflict]),
    ("cancel_rating_cycle", &[Code::StateConflict]),
    ("create_rating", &[Code::StateConflict, Code::AlreadyExists]),
    ("submit_rating_scores", &[Code::StateConflict, Code::DeadlinePassed]),
    ("review_rating", &[Code::StateConflict]),
    ("announce_rating", &[Code::StateConflict]),
    ("object_to_rating", &[Code::StateConflict, Code::DeadlinePassed]),
    ("decide_rating_objection", &[Code::StateConflict]),
    ("reply_to_rating", &[Code::StateConflict]),
    ("publish_rating", &[Code::StateConflict, Code::PublicityOpen, Code::ObjectionOpen]),
    ("withdraw_rating", &[Code::StateConflict]),
    ("create_typical_case", &[Code::StateConflict, Code::AppealPending, Code::AlreadyExists]),
    ("withdraw_typical_case", &[Code::StateConflict]),
    ("report_survey_problem", &[Code::StateConflict, Code::OverlappingViolation]),
    ("submit_inspection_result", &[Code::StateConflict]),
    ("cancel_inspection", &[Code::StateConflict]),
    ("report_inspection_finding", &[Code::StateConflict, Code::AlreadyExists, Code::OverlappingViolation]),
    ("rectify_hazard", &[Code::StateConflict]),
    ("recheck_hazard", &[Code::StateConflict]),
    ("extend_hazard", &[Code::StateConflict, Code::DeadlinePassed]),
    ("report_violation", &[Code::OverlappingViolation, Code::StateConflict]),
    ("notify_violation", &[Code::StateConflict]),
    ("record_violation_delivery", &[Code::StateConflict]),
    ("submit_violation_statement", &[Code::StateConflict, Code::DeadlinePassed]),
    ("answer_violation_statement", &[Code::StateConflict]),
    (
        "confirm_violation",
        &[Code::StateConflict, Code::NoticeNotDelivered, Code::StatementPeriodOpen, Code::StatementUnanswered],
    ),
    ("dismiss_violation", &[Code::StateConflict]),
    ("appeal_violation", &[Code::StateConflict, Code::DeadlinePassed]),
    ("decide_violation_appeal", &[Code::StateConflict]),
    ("revoke_violation", &[Code::StateConflict]),
    ("notify_measure", &[Code::StateConflict]),
    ("record_measure_delivery", &[Code::StateConflict]),
    ("submit_measure_statement", &[Code::StateConflict, Code::DeadlinePassed]),
    ("answer_measure_statement", &[Code::StateConflict]),
    ("request_measure_hearing", &[Code::StateConflict, Code::DeadlinePassed]),
    ("record_measure_hearing", &[Code::StateConflict]),
    (
        "approve_measure",
        &[
            Code::StateConflict,
            Code::NoLongerDue,
            Code::DueProcess,
            Code::StatementUnanswered,
            Code::LegalBasisMissing,
            Code::AppealPending,
        ],
    ),
    ("reject_measure", &[Code::StateConflict]),
    ("complete_measure", &[Code::StateConflict, Code::AppealPending]),
    ("cancel_measure", &[Code::StateConflict]),
    ("apply_for_credit_repair", &[Code::StateConflict]),
    ("refuse_credit_repair", &[Code::StateConflict]),
    ("remove_from_blacklist", &[Code::StateConflict]),
    ("update_client", &[Code::StateConflict]),
    ("approve_client", &[Code::StateConflict]),
    ("rotate_client_secret", &[Code::StateConflict, Code::ShownOnce]),
    ("suspend_client", &[Code::StateConflict]),
    ("resume_client", &[Code::StateConflict]),
    ("revoke_client", &[Code::StateConflict]),
    ("withdraw_revocation", &[Code::StateConflict]),
    ("create_office", &[Code::AlreadyExists]),
    ("update_office", &[Code::AlreadyExists]),
    (
        "issue_document",
        &[
            Code::AlreadyExists,
            Code::StateConflict,
            Code::DeadlinePassed,
            Code::OfficeNotRegistered,
            Code::TemplateUnusable,
        ],
    ),
];

/// Examples that the fields' own do not add up to.
pub fn given_example(operation: &str) -> Option<Value> {
    match operation {
        "report_violation" => Some(json!({
            "act": "nine.staff_not_in_uniform", "company_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11",
            "complex_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12", "found_on": "2026-03-02", "source": "inspection",
            "description": "3 号楼保洁、秩序维护人员未按岗位统一着装",
            "evidence": [{ "title": "现场照片", "url": "https://evidence.example.invalid/1.jpg" }]
        })),
        "create_contract" => Some(json!({
            "kind": "regular", "complex_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12",
            "company_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", "project_manager": "测试经理",
            "effective_from": "2026-04-01", "effective_to": "2029-03-31", "party_a_kind": "owners_committee",
            "party_a_name": "星河示范苑业主委员会", "selection": "owners_vote", "signed_on": "2026-03-01",
            "selection_proof": [{ "title": "业主大会决议", "text": "同意票过半数，表决结果已公示" }],
            "fee_items": [{
                "name": "高层住宅物业服务费", "charged_to": "owner", "unit_price": "1.80", "unit": "m2_month",
                "pricing_basis": "government_guided", "approval_document": "永发改发〔2025〕12号"
            }],
            "text": []
        })),
        "submit_rating_scores" => Some(json!({
            "assessor": "office",
            "items": built_in().ratings.items().map(|(_, item)| json!({ "item": item.code, "points": item.points }))
                .collect::<Vec<_>>(),
            "vetoes": [],
            "bonus": [{ "code": "bonus.honour", "points": "1.5", "ground": "获县级“文明小区”表彰" }]
        })),
        "review_rating" => Some(json!({ "outcome": "confirmed", "reasons": "逐项核对，评分与事实相符" })),
        "submit_disclosure" => Some(json!({
            "published_on": "2026-03-02",
            "proof": [{ "title": "公示栏照片", "url": "https://evidence.example.invalid/board.jpg" }],
            "content": { "fee_standard": {
                "items": [{
                    "name": "高层住宅物业服务费", "charged_to": "owner", "unit_price": "1.80", "unit": "m2_month",
                    "pricing_basis": "market", "approval_document": null
                }],
                "basis": "物业服务合同（备案编号：永物备〔2026〕0031号）",
                "complaint_phones": [{ "office": "市场监督管理部门", "phone": "12315" }]
            } }
        })),
        "submit_inspection_result" => Some(json!({
            "checklist": "general", "visited_at": "2026-03-02T00:30:00Z", "items": general_items(), "note": "项目经理在场"
        })),
        "submit_inspection_results" => Some(json!({
            "results": [{
                "key": "5b1c7a52-6c0e-4b43-9b6d-0d5d4f3f9a01", "complex_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12",
                "checklist": "general", "visited_at": "2026-03-02T00:30:00Z", "items": general_items()
            }]
        })),
        // An office writes down a call; a resident submits by `app` or `portal`.
        "create_complaint" => Some(json!({
            "kind": "complaint", "channel": "phone", "category": "service.cleaning",
            "complex_id": "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b12", "location": "3 号楼 2 单元门厅",
            "description": "楼道垃圾连续三天无人清理，气味很大",
            "contact": { "name": "测试居民", "phone": "13800000000", "address": "望远示范花园 3 号楼 2 单元 1201 室" },
            "consent_to_company": true
        })),
        "replace_calendar" => Some(json!({
            "holidays": [{ "date": "2026-10-01", "name": "国庆节" }], "workdays": [{ "date": "2026-10-10", "name": "国庆节" }]
        })),
        "publish_policy" => {
            Some(json!({ "effective_from": "2027-01-01", "document": crate::policy::versions::built_in() }))
        }
        _ => None,
    }
}

/// Every item of the built-in general checklist: one fails.
fn general_items() -> Value {
    let rules = &crate::policy::versions::built_in().inspections;
    let items = rules.checklist("general").map(|list| list.items.as_slice()).unwrap_or_default();
    let result = |code: &str| match code {
        "uniform" => json!({ "item": code, "outcome": "fail", "note": "3 号楼保洁人员未着工装", "evidence": [] }),
        _ => json!({ "item": code, "outcome": "pass" }),
    };
    items.iter().map(|item| result(&item.code)).collect()
}
