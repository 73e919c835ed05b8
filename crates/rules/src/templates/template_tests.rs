use proptest::prelude::*;
use serde_json::json;

use super::*;

const KIND: DocumentKind = DocumentKind::RectificationOrder;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn render_as(text: &str, context: Json, limits: Limits) -> Rendered {
    lines(KIND, text, &[context], limits, soon())
}

#[test]
fn each_line_is_a_paragraph_and_values_stay_text() {
    let context = json!({ "facts": "{{ office.name }} <script>&", "list": ["甲", "乙"] });
    let text = "经查，{{ facts }}\n\n{% for one in list %}{{ loop.index }}. {{ one }}\n{% endfor %}{% if list %}完。{% endif %}";
    let lines = render_as(text, context, TRIED).unwrap();
    assert_eq!(lines, ["经查，{{ office.name }} <script>&", "1. 甲", "2. 乙", "完。"]);
}

#[test]
fn the_filters_read_texts_numbers_and_lists() {
    let context = json!({
        "a": "停车费未按备案执行", "b": "“九不准”第7条。", "c": "已告知\n", "n": 7, "none": null, "list": ["甲", "乙"],
    });
    let lines = render_as(
        "{{ a | sentence }}\n{{ b | sentence }}\n{{ c | sentence }}\n{{ n | sentence }}\n{{ list | join('、') }}\n\
         {{ list | length }}\n{{ none | default('未约定') }}\n{{ n | default('未约定') }}\n{{ 'aB' | upper }}{{ 'aB' | lower }}\n\
         {% if none is none and n is defined %}是{% endif %}",
        context,
        TRIED,
    );
    let expected =
        ["停车费未按备案执行。", "“九不准”第7条。", "已告知。", "7。", "甲、乙", "2", "未约定", "7", "ABab", "是"];
    assert_eq!(lines.unwrap(), expected);
}

#[test]
fn what_the_case_does_not_have_is_a_fault_before_publication_and_a_word_afterwards() {
    let fault = |text| render_as(text, json!({ "there": null }), TRIED).unwrap_err();
    assert!(fault("好\n{{ nowhere }}").en.contains("may not have"), "{}", fault("好\n{{ nowhere }}"));
    assert!(fault("{{ there | sentence }}").zh.contains("可能没有"));
    assert!(fault("{{ there").en.contains("syntax error"));
    assert!(fault("{% include 'other' %}").en.contains("template not found"));
    assert!(fault("{% if there %}{{ there }}{% endif %}").en.contains("empty"));
    let issued = |text| render_as(text, json!({ "there": null }), ISSUED).unwrap();
    assert_eq!(issued("{% if there %}{{ there }}{% endif %}完"), ["完"]);
    assert_eq!(issued("好\n{{ there | sentence }}{{ there.deeper.still }}"), ["好", "无无"]);
    assert!(issued("{% if there %}{{ there }}{% endif %}").is_empty());
}

#[test]
fn a_text_without_end_is_stopped_by_fuel_or_by_its_length() {
    let rows: Vec<u32> = (0..5_000).collect();
    for text in [
        "{% for a in rows %}{% for b in rows %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}",
        "{% for a in rows %}{% for b in rows %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 90000000 }}",
        "{% for a in rows %}{{ 'x' * 10000 }}{% endfor %}",
    ] {
        for limits in [TRIED, ISSUED] {
            assert!(render_as(text, json!({ "rows": rows }), limits).is_err(), "{text}");
        }
    }
}

#[test]
fn the_texts_that_stopped_the_service_are_refused_at_once_and_with_their_place() {
    let minus = format!("经查\n{{{{ {}1 }}}}", "-".repeat(9000));
    let plus = format!("{{{{ 1{} }}}}", "+1".repeat(9000));
    let lists =
        "{% set ns = namespace(l=[]) %}{% for i in range(9000) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}";
    let huge = "{{ facts }}".repeat(95_000);
    for text in [&minus, &plus, lists, &huge] {
        let began = Instant::now();
        check(KIND, text, soon()).unwrap_err();
        assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
        render(KIND, text, &samples::full(KIND)).unwrap().unwrap_err();
    }
    let fault = check(KIND, &minus, soon()).unwrap_err();
    assert_eq!((fault.zh.as_str(), fault.en.as_str()), ("不能使用“-”（第2行）", "- cannot be used (line 2)"));
}

#[test]
fn a_branch_that_no_sample_reaches_cannot_fail_in_a_case() {
    let text =
        "{% if addressee == '别处' and not violation.clause %}{{ complex.name }}，{{ violation.clause }}{% endif %}完";
    check(KIND, text, soon()).unwrap();
    let mut context = samples::full(KIND);
    context["addressee"] = json!("别处");
    context["violation"]["clause"] = Json::Null;
    context["complex"] = Json::Null;
    assert_eq!(render(KIND, text, &context).unwrap().unwrap(), ["无，无完"]);
    check(KIND, &text.replace("x.name", "x.colour"), soon()).unwrap_err();
}

#[test]
fn a_text_that_would_be_too_long_with_the_longest_case_is_refused() {
    let text = "{{ facts }}".repeat(100);
    assert!(check(KIND, &text, soon()).unwrap_err().en.contains("too long"));
    check(KIND, &"{{ facts }}".repeat(20), soon()).unwrap();
}

proptest! {
    #[test]
    fn no_value_is_ever_evaluated(facts in "[{}%#a-z <>\n。]{0,40}x[{}%#a-z <>\n。]{0,40}") {
        let lines = render_as("{{ facts }}", json!({ "facts": facts }), TRIED).unwrap();
        let expected: Vec<&str> = facts.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        prop_assert_eq!(lines, expected);
    }

    #[test]
    fn any_text_is_a_template_or_a_fault(text in "[{}%| a-z().'0-9*~]{0,60}") {
        let _ = check(KIND, &text, soon());
    }
}
