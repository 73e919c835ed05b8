//! Pure rules: compares disclosed prices with the filed contract in force.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;
use crate::contracts::model::{ChargedTo, FeeItem, FiledContract};
use crate::db::Id;
use crate::price::{PriceUnit, UnitPrice};

coded_enum! {
    /// Kind of a price finding (收费问题).
    #[schema(example = "exceeds_contract")]
    pub enum PriceFindingKind {
        ExceedsContract "exceeds_contract" "公开价格高于备案合同" "Disclosed price above the filed contract"
        NotInContract "not_in_contract" "备案合同中没有的收费项目" "Disclosed fee item that is not in the filed contract"
    }
}

/// A disclosed price that does not match the filed contract (收费比对结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriceFinding {
    pub kind: PriceFindingKind,
    /// Name of the fee item, as disclosed.
    #[schema(max_length = 100, example = "高层住宅物业服务费")]
    pub name: String,
    pub charged_to: ChargedTo,
    pub unit: PriceUnit,
    /// The disclosed price.
    pub disclosed_price: UnitPrice,
    /// The price in the contract; null if the contract has no such fee item.
    pub contract_price: Option<UnitPrice>,
    /// The contract with which the price was compared.
    pub contract_id: Id,
    /// Filing number of the contract.
    #[schema(max_length = 100, example = "640121备〔2026〕12号")]
    pub filing_number: String,
}

/// Every disclosed price that is above the contract's, or whose fee item is not in the contract.
pub fn compare(disclosed: &[FeeItem], contract: &FiledContract) -> Vec<PriceFinding> {
    let mut findings = Vec::new();
    for item in disclosed {
        let key = item.identity();
        let agreed = contract.fee_items.iter().filter(|other| other.identity() == key).map(|other| other.unit_price);
        let contract_price = agreed.max();
        let kind = match contract_price {
            None => PriceFindingKind::NotInContract,
            Some(price) if item.unit_price > price => PriceFindingKind::ExceedsContract,
            Some(_) => continue,
        };
        findings.push(PriceFinding {
            kind,
            name: item.name.clone(),
            charged_to: item.charged_to,
            unit: item.unit,
            disclosed_price: item.unit_price,
            contract_price,
            contract_id: contract.id,
            filing_number: contract.filing_number.clone(),
        });
    }
    findings
}

/// Number of findings of one kind.
pub fn count(findings: &[PriceFinding], kind: PriceFindingKind) -> i64 {
    findings.iter().filter(|one| one.kind == kind).count() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contracts::model::ContractKind;
    use crate::contracts::model::PricingBasis;

    fn fee(name: &str, price: &str) -> FeeItem {
        FeeItem {
            name: name.into(),
            charged_to: ChargedTo::Owner,
            unit_price: price.parse().unwrap(),
            unit: PriceUnit::M2Month,
            pricing_basis: PricingBasis::Market,
            approval_document: None,
        }
    }

    fn contract(fee_items: Vec<FeeItem>) -> FiledContract {
        FiledContract {
            id: Id::new(),
            company_id: Id::new(),
            kind: ContractKind::Regular,
            filing_number: "永物备〔2026〕0031号".into(),
            filed_on: "2026-01-05".parse().unwrap(),
            effective_from: "2026-01-01".parse().unwrap(),
            effective_to: None,
            fee_items,
        }
    }

    #[test]
    fn a_price_above_the_contract_tells_both_and_an_unknown_fee_is_told() {
        let filed = contract(vec![fee("高层住宅物业服务费", "1.80"), fee("停车费（地下）", "100")]);
        let other = FeeItem { unit: PriceUnit::HouseholdMonth, ..fee("高层住宅物业服务费", "1.80") };
        let disclosed =
            [fee("高层住宅物业服务费", "1.8001"), fee(" 停车费(地下) ", "100.00"), fee("装修押金", "1"), other];
        let found = compare(&disclosed, &filed);
        let told: Vec<_> = found.iter().map(|one| (one.kind, one.name.as_str())).collect();
        assert_eq!(
            told,
            [
                (PriceFindingKind::ExceedsContract, "高层住宅物业服务费"),
                (PriceFindingKind::NotInContract, "装修押金"),
                (PriceFindingKind::NotInContract, "高层住宅物业服务费")
            ]
        );
        assert_eq!(found[0].disclosed_price.to_string(), "1.8001");
        assert_eq!(found[0].contract_price.unwrap().to_string(), "1.80");
        assert_eq!(
            (count(&found, PriceFindingKind::ExceedsContract), count(&found, PriceFindingKind::NotInContract)),
            (1, 2)
        );
    }

    proptest! {
        #[test]
        fn what_is_as_agreed_or_below_has_no_finding(prices in prop::collection::vec((1u32..100_000, 0u32..100_000), 0..20)) {
            let price = |units: u32| format!("{}.{:04}", units / 10_000, units % 10_000);
            let agreed = prices.iter().enumerate().map(|(at, (one, _))| fee(&format!("费{at}"), &price(*one))).collect();
            let filed = contract(agreed);
            let disclosed: Vec<FeeItem> = prices
                .iter()
                .enumerate()
                .map(|(at, (one, other))| fee(&format!("费{at}"), &price(*other.min(one))))
                .collect();
            prop_assert_eq!(compare(&disclosed, &filed), vec![]);
            // A price one ten-thousandth higher is a finding.
            let above: Vec<FeeItem> =
                prices.iter().enumerate().map(|(at, (one, _))| fee(&format!("费{at}"), &price(one + 1))).collect();
            prop_assert_eq!(compare(&above, &filed).len(), prices.len());
        }
    }
}
