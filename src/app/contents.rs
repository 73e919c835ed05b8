//! Examples for the OpenAPI document that cannot be composed from the examples of the members.

use serde_json::{Value, json};

use crate::policy::versions::built_in;

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
        // An office records a phone call. Residents submit by `app` or `portal`.
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

/// Every item of the built-in general checklist, with one failure.
fn general_items() -> Value {
    let rules = &crate::policy::versions::built_in().inspections;
    let items = rules.checklist("general").map(|list| list.items.as_slice()).unwrap_or_default();
    let result = |code: &str| match code {
        "uniform" => json!({ "item": code, "outcome": "fail", "note": "3 号楼保洁人员未着工装", "evidence": [] }),
        _ => json!({ "item": code, "outcome": "pass" }),
    };
    items.iter().map(|item| result(&item.code)).collect()
}
