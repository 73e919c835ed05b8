use proptest::prelude::*;

use super::masks::{mask_address, mask_name, mask_phone, scrub};
use super::{normalised_phone, personal_data};

#[test]
fn one_phone_is_one_number_in_every_dress() {
    for text in [
        "13812341234",
        "138-1234-1234",
        "138 1234 1234",
        "+86 138 1234 1234",
        "+86-13812341234",
        "008613812341234",
        "8613812341234",
        "１３８１２３４１２３４",
        "（138）12341234",
        "电话：13812341234",
        "138\u{200b}12341234",
    ] {
        assert_eq!(normalised_phone(text).as_deref(), Some("13812341234"), "{text}");
    }
    for text in ["0951-8012345", "(0951) 8012345", "+86 951 8012345", "0086-951-8012345", "0951-8012345转801"] {
        assert_eq!(normalised_phone(text).as_deref(), Some("09518012345"), "{text}");
    }
    for (text, number) in [
        ("+86 10 88886666", "01088886666"),
        ("010-88886666", "01088886666"),
        ("8012345", "8012345"),
        ("+86 400 123 4567", "4001234567"),
        ("400-123-4567", "4001234567"),
        ("+852 2345 6789", "85223456789"),
        ("86123", "86123"),
    ] {
        assert_eq!(normalised_phone(text).as_deref(), Some(number), "{text}");
    }
    for text in ["", "无", "110", "转801", "123456789012345678901", "13812341234/13912341234"] {
        assert_eq!(normalised_phone(text), None, "{text}");
    }
}

#[test]
fn a_mask_shows_enough_to_recognise_and_too_little_to_reach() {
    for (phone, mask) in [
        ("13812341234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("0951-8012345", "095****2345"),
        ("01088886666", "010****6666"),
        ("8012345", "*****45"),
        ("4001234567", "********67"),
        ("12345", "****"),
        ("", "****"),
        ("没有", "****"),
    ] {
        assert_eq!(mask_phone(phone), mask, "{phone}");
    }
    for (name, mask) in [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张", "*"),
        ("欧阳娜娜", "欧**"),
        (" 李四 ", "李*"),
        ("", ""),
        ("John", "J**"),
    ] {
        assert_eq!(mask_name(name), mask, "{name}");
    }
    for (address, mask) in [
        ("永宁县望远镇望洪小区3号楼2单元1201室", "永宁县望远镇****"),
        ("3号楼201", "3号楼****"),
        ("201", "2****"),
        ("1", "****"),
        ("", ""),
    ] {
        assert_eq!(mask_address(address), mask, "{address}");
    }
}

#[test]
fn a_scrubbed_text_keeps_what_it_is_about() {
    for (text, known, clean) in [
        ("请联系张三，电话13812341234", &["张三"][..], "请联系＊＊＊，电话＊＊＊"),
        ("138-1234-1234 和 0951-8012345", &[], "＊＊＊ 和 ＊＊＊"),
        ("张 三反映，Ｚｈａｎｇ San 也反映", &["张三", "zhang san"], "＊＊＊反映，＊＊＊ 也反映"),
        ("身份证640121199001010018、64012119900101001X。", &[], "身份证＊＊＊、＊＊＊。"),
        ("身份证 640121 19900101 001x", &[], "身份证 ＊＊＊"),
        ("不对的身份证640121199913990018", &[], "不对的身份证＊＊＊"),
        ("车牌宁A·12345占道，粤BD12345也是", &[], "车牌＊＊＊占道，＊＊＊也是"),
        ("发至 zhang.san@example.com。", &[], "发至 ＊＊＊。"),
        ("住3号楼1201", &["3号楼1201"], "住＊＊＊"),
        ("卡号6222021234567890123", &[], "卡号＊＊＊"),
        ("20113812341234", &[], "＊＊＊"),
        ("微信：8012345", &[], "微信：＊＊＊"),
        ("李四李四", &["李四"], "＊＊＊"),
        ("", &["张三", ""], ""),
    ] {
        assert_eq!(scrub(text, known), clean, "{text}");
    }
    for text in [
        "2026-03-02 至 2026-03-31，多收 12,345.67 元，涉及 812 户",
        "3 号楼 2 单元门口堆放杂物，2026.03.02 10:30 检查发现",
        "拨打 12345 热线、12315 投诉；小区编号 640121102001",
        "3 号楼 2 单元门口、12 层走道，比例 3.14，v1.2",
        "我是业主，本人多次反映，联系人未回复",
        "地下室 2 层 B105 车位，10-2 号商铺",
    ] {
        assert_eq!(scrub(text, &[]), text);
    }
}

#[test]
fn a_flat_a_name_a_link_and_a_point_are_scrubbed_by_their_form() {
    for (text, clean) in [
        ("住 3 号楼 2 单元 1201 室", "住 3 号楼 2 单元 ＊＊＊"),
        ("3号楼2单元1201漏水", "3号楼2单元＊＊＊漏水"),
        ("3-2-1201 漏水，３－２－１２０１也是", "＊＊＊ 漏水，＊＊＊也是"),
        ("我叫测试居民，反映漏水", "我叫＊＊＊，反映漏水"),
        ("联系人：张三，请回电", "联系人：＊＊＊，请回电"),
        ("我是欧阳修，住这里", "我是＊＊＊，住这里"),
        ("张先生和李女士都看到了", "＊＊＊和＊＊＊都看到了"),
        ("照片见 https://pan.example.com/s/1abc?pwd=zx12，请看", "照片见 ＊＊＊，请看"),
        ("位置 38.277123, 106.253456", "位置 ＊＊＊, ＊＊＊"),
        ("加微信：ceshi_8866", "加微信：＊＊＊"),
    ] {
        assert_eq!(scrub(text, &[]), clean, "{text}");
    }
}

#[test]
fn a_person_is_known_by_parts_of_the_name_and_the_address() {
    use super::masks::{forms_of_address, forms_of_name, holds};
    let address = forms_of_address("望远示范花园 3 号楼 2 单元 1201 室");
    let name = forms_of_name("测试居民");
    let known: Vec<&str> = address.iter().chain(&name).map(String::as_str).collect();
    for text in ["3号楼2单元1201室漏水", "３－２－１２０１ 漏水", "1201 漏水", "测女士反映", "测 先 生"]
    {
        assert!(holds(text, &known), "{text}");
        assert_ne!(scrub(text, &known), text, "{text}");
    }
    for text in ["3 号楼 2 单元门厅", "编号 112010", "2 单元电梯", "测试"] {
        assert!(!holds(text, &known), "{text}");
    }
    assert_eq!(forms_of_name("欧阳测试")[0], "欧阳先生");
    assert!(forms_of_name("Zhang").is_empty() && forms_of_address("无").is_empty());
}

proptest! {
    #[test]
    fn a_masked_phone_never_shows_more_than_seven_digits(phone in "\\PC{0,40}") {
        let mask = mask_phone(&phone);
        prop_assert!(mask.chars().all(|letter| letter.is_ascii_digit() || letter == '*'));
        let shown = mask.chars().filter(char::is_ascii_digit).count();
        prop_assert!(shown <= 7 && mask.chars().filter(|letter| *letter == '*').count() >= 4);
    }

    #[test]
    fn a_phone_normalised_twice_is_the_same(phone in "[+0-9 ()-]{0,24}") {
        if let Some(once) = normalised_phone(&phone) {
            prop_assert!(once.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn a_mobile_is_one_number_however_it_is_written(number in "1[3-9][0-9]{9}", head in prop_oneof![Just(""), Just("+86"), Just("+86 "), Just("0086"), Just("86")]) {
        let written = format!("{head}{}-{} {}", &number[..3], &number[3..7], &number[7..]);
        prop_assert_eq!(normalised_phone(&written), Some(number));
    }

    #[test]
    fn names_and_addresses_show_one_and_six_characters_at_most(text in "[\\u4e00-\\u9fff0-9]{2,60}") {
        let letters: Vec<char> = text.chars().collect();
        prop_assert_eq!(mask_name(&text).chars().filter(|letter| *letter != '*').count(), 1);
        let shown = mask_address(&text).chars().filter(|letter| *letter != '*').count();
        prop_assert!(shown <= 6 && shown <= letters.len() / 2);
    }

    #[test]
    fn nothing_known_is_left_in_a_scrubbed_text(
        parts in proptest::collection::vec("[\\u4e00-\\u4e20a-c0-9 ]{0,8}", 1..6),
        known in proptest::collection::vec("[\\u4e00-\\u4e20a-c]{1,3}", 1..4),
    ) {
        let text = parts.join(&known[0]);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let clean = scrub(&text, &known);
        for value in known {
            prop_assert!(!clean.contains(value), "{clean} holds {value}");
        }
    }

    #[test]
    fn no_personal_data_is_left_in_a_scrubbed_text(
        before in "[\\u4e00-\\u9fff，。]{0,20}", after in "[\\u4e00-\\u9fff，。]{0,20}",
        number in prop_oneof!["1[3-9][0-9]{9}", "0951-[2-8][0-9]{6}", "64012119[5-9][0-9]0[1-9][0-2][1-8][0-9]{3}X", "宁A[0-9]{5}", "[a-z]{3}@[a-z]{3}\\.cn"],
    ) {
        let clean = scrub(&format!("{before}{number}{after}"), &[]);
        prop_assert!(!clean.contains(&number));
        let again = scrub(&clean, &[]);
        prop_assert_eq!(personal_data(&again), None, "{}", again);
    }

    #[test]
    fn any_text_is_scrubbed_to_its_end(text in "\\PC*", known in "\\PC{0,3}") {
        scrub(&text, &[&known]);
    }

    #[test]
    fn a_text_without_digits_letters_and_introductions_stays_as_it_is(text in "[\\u4e00-\\u4fff，。！ ]*") {
        prop_assert_eq!(scrub(&text, &[]), text);
    }
}
