//! Bodies of the six disclosures.

use serde_json::{Value, json};

pub fn fees(items: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = items
        .iter()
        .map(|(name, price)| {
            json!({
                "name": name, "charged_to": "owner", "unit_price": price, "unit": "m2_month", "pricing_basis": "market",
            })
        })
        .collect();
    json!({
        "items": items, "basis": "物业服务合同", "complaint_phones": [{ "office": "市场监督管理部门", "phone": "12315" }],
    })
}

fn line(source: &str, fen: i64) -> Value {
    json!({ "source": source, "amount_fen": fen })
}

/// A balanced account of public revenue.
pub fn revenue(from: &str, to: &str, opening: i64, income: i64, expense: i64) -> Value {
    json!({
        "period_from": from, "period_to": to, "opening_balance_fen": opening,
        "income": [line("电梯广告", income)], "expense": [line("公共区域照明", expense)],
        "income_total_fen": income, "expense_total_fen": expense, "closing_balance_fen": opening + income - expense,
    })
}

/// A body with this content for a kind, published on this day.
pub fn disclosed(kind: &str, on: &str, content: Value) -> Value {
    let mut body = json!({
        "published_on": on, "proof": [{ "title": "公示栏照片", "url": "https://evidence.example.invalid/board.jpg" }],
    });
    body["content"] = json!({ kind: content });
    body
}

/// Valid content for each kind except public revenue.
pub fn content_of(kind: &str) -> Value {
    match kind {
        "service_contract" => json!({
            "filing_number": "永物备〔2026〕0031号", "party_a": "示范业主委员会", "party_b": "示范物业公司",
            "effective_from": "2025-01-01", "effective_to": "2027-12-31",
        }),
        "service_content" => json!({
            "items": [{ "name": "楼道保洁", "standard": "无明显污渍", "frequency": "每日一次" }], "performance": "按约履行",
        }),
        "service_phone" => json!({
            "hotline": "0951-0000000", "repair_phone": "0951-0000001",
            "persons_in_charge": [{ "name": "测试经理", "post": "项目经理人", "phone": "0951-0000002" }],
        }),
        "service_method" => json!({
            "mode": "partly_outsourced", "outsourced": [{ "service": "电梯维保", "provider": "示范电梯公司" }],
        }),
        "fee_standard" => fees(&[("高层住宅物业服务费", "1.80")]),
        other => panic!("no content of {other}"),
    }
}
