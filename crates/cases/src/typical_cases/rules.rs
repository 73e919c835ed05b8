//! Pure rules: which violations may be published as a case, and which personal data its texts must not contain.

use chrono::NaiveDate;

use super::model::{TypicalCaseIn, TypicalCaseState};
use crate::complaints::visibility::Person;
use crate::input_error::InputError;
#[cfg(test)]
use crate::personal::{PersonalData, personal_data};
use crate::personal::{masks, personal_data_fault};
use crate::problem::{Code, Problem};
use crate::proceedings::rules::conflict;
use crate::violations::model::ViolationState;
use crate::words::days::chinese_day;

/// The decision must be final: the appeal was decided, or its period is over.
pub fn require_final(state: ViolationState, appeal_due_on: Option<NaiveDate>, today: NaiveDate) -> Result<(), Problem> {
    match (state, appeal_due_on) {
        (ViolationState::Upheld, _) => Ok(()),
        (ViolationState::Confirmed, Some(last)) if today > last => Ok(()),
        (ViolationState::Confirmed, Some(last)) => Err(conflict(
            format!("申诉期至{}止，期满后方可发布。", chinese_day(last)),
            format!("The appeal period lasts until {last}. Publish the case after that day."),
        )),
        (ViolationState::Confirmed, None) => {
            let (zh, en) =
                ("认定决定尚未送达。请先送达。", "The confirmation has not been delivered. Deliver it first.");
            Err(conflict(zh, en))
        }
        (ViolationState::Appealed, _) => Err(Problem::new(Code::AppealPending)),
        (other, _) => Err(conflict(
            format!("违规行为的状态为“{}”，须为最终确定的认定。", other.zh()),
            format!("The state of the violation is {}. It must be a final confirmation.", other.code()),
        )),
    }
}

/// A violation has at most one published case.
pub fn may_publish(has_one: bool) -> Result<(), Problem> {
    if has_one {
        let (zh, en) = ("该违规行为已有公开的典型案例。", "The violation has a published typical case already.");
        return Err(Problem::new(Code::AlreadyExists).detail(zh, en));
    }
    Ok(())
}

/// Only a published case can be withdrawn.
pub fn may_withdraw(state: TypicalCaseState) -> Result<(), Problem> {
    match state {
        TypicalCaseState::Published => Ok(()),
        TypicalCaseState::Withdrawn => {
            Err(conflict("该典型案例已撤回。", "The typical case has been withdrawn already."))
        }
    }
}

/// Input errors for personal data in the title or summary.
pub fn check(input: &TypicalCaseIn, faults: &mut Vec<InputError>) {
    for (pointer, text) in [("/title", &input.title), ("/summary", &input.summary)] {
        faults.extend(personal_data_fault(pointer, text));
    }
}

/// Input errors for the complainant's data in the title or summary, if the violation came from a complaint.
pub fn check_complainant(input: &TypicalCaseIn, known: &[Person], faults: &mut Vec<InputError>) {
    for (pointer, text) in [("/title", &input.title), ("/summary", &input.summary)] {
        if known.iter().any(|person| masks::holds(text, &person.values())) {
            let (zh, en) = (
                "含有诉求人的姓名、电话或者住址，请删除",
                "contains the complainant's name, phone or address; remove it",
            );
            faults.push(InputError::new(pointer, "personal_data", zh, en));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_name_a_person_are_found_in_every_dress() {
        for text in [
            "联系人电话13800001234，请整改",
            "电话：138-0000-1234",
            "１３８００００１２３４",
            "138 0000 1234",
            "+86 13800001234",
            "8613800001234",
            "138\u{200b}00001234",
            "座机 0951-8012345",
            "（0951）8012345",
            "01088886666",
            "联系方式：8012345",
        ] {
            assert_eq!(personal_data(text), Some(PersonalData::Phone), "{text}");
        }
        for text in ["身份证 640121199001010018", "64012119900101001X", "640121 19900101 001x", "640121900101001"] {
            assert_eq!(personal_data(text), Some(PersonalData::IdCard), "{text}");
        }
        for text in ["发至 zhang.san@example.com", "ｚｓ＠example.com.cn"] {
            assert_eq!(personal_data(text), Some(PersonalData::Email), "{text}");
        }
        for text in ["车辆宁A12345停放", "宁A·12345", "宁AD12345", "京a 1234警", "粤B·D12345"] {
            assert_eq!(personal_data(text), Some(PersonalData::Plate), "{text}");
        }
    }

    #[test]
    fn what_a_case_is_told_with_is_let_through() {
        for text in [
            "2026-03-02 至 2026-03-31，多收 12,345.67 元，涉及 812 户",
            "依据永物备〔2026〕0031号合同，单价 1.80 元/平方米·月",
            "《民法典》第 943 条；“九不准”第7条",
            "3 号楼 2 单元 1201 室门口堆放杂物，2026.03.02 10:30 检查发现",
            "统一社会信用代码 91640121MA76ABCD0B 的企业",
            "新A座、青B区 1234 号车位",
            "拨打 12345 热线、12315 投诉",
            "小区编号 640121102001，面积 1234567 平方米",
            "@ 全体业主：收费已退还",
        ] {
            assert_eq!(personal_data(text), None, "{text}");
        }
    }

    #[test]
    fn a_case_is_final_after_its_appeal_or_the_time_for_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = Some(day("2026-03-20"));
        let code = |state, due, today| require_final(state, due, day(today)).err().map(|problem| problem.code);
        assert_eq!(code(ViolationState::Upheld, due, "2026-03-01"), None);
        assert_eq!(code(ViolationState::Confirmed, due, "2026-03-20"), Some(Code::StateConflict));
        assert_eq!(code(ViolationState::Confirmed, due, "2026-03-21"), None);
        assert_eq!(code(ViolationState::Confirmed, None, "2026-12-31"), Some(Code::StateConflict));
        assert_eq!(code(ViolationState::Appealed, due, "2026-12-31"), Some(Code::AppealPending));
        for state in [ViolationState::Reported, ViolationState::Dismissed, ViolationState::Revoked] {
            assert_eq!(code(state, due, "2026-12-31"), Some(Code::StateConflict));
        }
    }

    proptest! {
        #[test]
        fn a_mobile_number_is_found_wherever_it_stands(
            before in "[\\u4e00-\\u9fff，。]{0,20}", after in "[\\u4e00-\\u9fff，。]{0,20}",
            number in "1[3-9][0-9]{9}", separator in prop_oneof![Just(""), Just("-"), Just(" ")],
        ) {
            let number = format!("{}{separator}{}{separator}{}", &number[..3], &number[3..7], &number[7..]);
            let found = personal_data(&format!("{before}{number}{after}"));
            prop_assert_eq!(found, Some(PersonalData::Phone));
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "\\PC*") {
            personal_data(&text);
        }
    }
}
