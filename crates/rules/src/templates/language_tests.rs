use serde_json::json;

use super::*;

fn says(text: &str) -> String {
    let sample = json!({
        "office": { "name": "社", "phone": "1" }, "facts": "甲", "level": 3, "made": true,
        "rows": [{ "act": "乙", "clause": 1 }], "reasons": ["丙"],
    });
    check(text, &sample).map_or_else(|fault| fault.en, |()| "fine".to_owned())
}

#[test]
fn what_a_document_needs_can_be_written() {
    for text in [
        "{{ facts }}{{office.name}}{{- office.phone -}}{# {{ nothing }} #}",
        "{% if made and not office.phone or level >= 2 %}甲{% elif level in [1, 2] %}乙{% else %}丙{% endif %}",
        "{% for one in rows %}{{ loop.index }}. {{ one.act }}{% if loop.last %}。{% endif %}{% else %}无{% endfor %}",
        "{{ facts | sentence }}{{ reasons | join('；') }}{{ rows | length }}{{ facts|default(\"无\")|trim }}",
        "{{ '有' if (office.phone is not none) else '无' }}{% if facts not in ['甲', '乙'] %}{% endif %}",
        "{ 甲 } {x} }} %} 50%",
    ] {
        assert_eq!(says(text), "fine", "{text}");
    }
}

#[test]
fn what_could_grow_or_fail_in_a_case_cannot_be_written() {
    for (text, told) in [
        ("{{ 1 + 1 }}", "+ cannot be used"),
        ("{{ 'x' * 9 }}", "* cannot be used"),
        ("{{ ---1 }}", "- cannot be used"),
        ("{{ facts ~ facts }}", "~ cannot be used"),
        ("{{ {} }}", "{ cannot be used"),
        ("{% set a = [] %}", "cannot be used"),
        ("{% macro a() %}{% endmacro %}", "macro cannot be used"),
        ("{% include 'a' %}", "include cannot be used"),
        ("{% raw %}{% endraw %}", "raw cannot be used"),
        ("{% for a in range(9) %}{% endfor %}", "there is no range"),
        ("{% for a in rows %}{% for b in rows %}{% endfor %}{% endfor %}", "inside another"),
        ("{{ facts | replace('a', 'b') }}", "the filter must be one of"),
        ("{{ facts.upper() }}", "there is no facts.upper"),
        ("{{ rows[9].act }}", "malformed"),
        ("{{ facts | join('xxxx') }}", "cannot be used like this"),
        ("{{ rows }}", "only a text or a number"),
        ("{{ made }}", "only a text or a number"),
        // In a branch that no sample reaches.
        ("{% if facts == '别处' %}{{ nowhere }}{% endif %}", "there is no nowhere"),
        ("{% for one in rows %}{{ one.other }}{% endfor %}", "there is no one.other"),
        ("{{ loop.index }}", "there is no loop"),
        ("好\n{{ facts", "}} is missing (line 2)"),
        ("{% if made %}", "has no endif"),
        ("{% endif %}", "has no matching start"),
        ("{% for a in facts %}{% endfor %}", "needs a list"),
        ("{% if a b %}{% endif %}", "there is no a"),
    ] {
        assert!(says(text).contains(told), "{text}: {}", says(text));
    }
}

#[test]
fn sizes_are_refused_before_they_cost_anything() {
    let many = |part: &str, times: usize| part.repeat(times);
    for text in [
        many("字", MOST_CHARACTERS + 1),
        format!("{{{{ {}1 }}}}", many("-", 9000)),
        format!("{{{{ 1{} }}}}", many("+1", 9000)),
        format!("{{{{ {}facts }}}}", many("not ", 15)),
        format!("{{{{ {}1{} }}}}", many("(", 20), many(")", 20)),
        format!("{{{{ facts{} }}}}", many("|trim", 5)),
        format!("{{{{ '{}' }}}}", many("x", 600)),
        format!("{{{{ {} }}}}", many(" ", 600)),
        format!("{}{}", many("{% if made %}", 9), many("{% endif %}", 9)),
        many("{{ facts }}", MOST_TAGS + 1),
    ] {
        assert_ne!(says(&text), "fine", "{}", text.chars().take(60).collect::<String>());
    }
}
