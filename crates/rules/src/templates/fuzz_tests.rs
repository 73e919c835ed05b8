//! Random templates of up to a megabyte. None may crash the process or exceed its limits, and a template that passes
//! the check must not fail for any case. `FUZZ_SECONDS` and `FUZZ_SEED` control the duration and repeat a run
//! (bench/README.md).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{apart, samples, template};
use crate::policy::document_rules;
use crate::policy::documents::DocumentTemplate;
use crate::policy::versions::built_in;
use crate::words::documents::DocumentKind;

/// SplitMix64: sufficient for choices, and identical on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Tokens of Jinja, allowed and not allowed in document templates.
const WORDS: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%-",
    "-%}",
    "{{-",
    "-}}",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "set",
    "endset",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "raw",
    "endraw",
    "block",
    "endblock",
    "include",
    "import",
    "filter",
    "endfilter",
    "autoescape",
    "with",
    "endwith",
    "do",
    "extends",
    "recursive",
    "not",
    "and",
    "or",
    "is",
    "none",
    "defined",
    "true",
    "loop",
    "loop.index",
    "loop.last",
    "range(9999)",
    "namespace(l=[])",
    "dict()",
    "self",
    "super()",
    "1",
    "0",
    "999999999",
    "1e308",
    "0x7f",
    "1.5",
    "'x'",
    "\"字\"",
    "'",
    "\"",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "|",
    "~",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "==",
    "!=",
    "<",
    ">=",
    ":",
    "=",
    "sentence",
    "join('、')",
    "length",
    "default('无')",
    "trim",
    "upper",
    "replace('a','aaaa')",
    "tojson",
    "pprint",
    "batch(2)",
    "sort",
    "map('upper')",
    "facts",
    "office",
    " office.name",
    "violation",
    " violation.clause",
    " complex.name",
    "company",
    "violations",
    "one",
    "one.act",
    "reasons",
    "addressee",
    "\n",
    " ",
    "。",
    "经查",
    "\u{0}",
    "\u{fdd0}number\u{fdd1}",
    "🙂",
    "\u{202e}",
];

/// Each one is repeated up to the maximum length of a template.
const NESTS: &[(&str, &str, &str)] = &[
    ("{{ ", "-", "1 }}"),
    ("{{ ", "not ", "1 }}"),
    ("{{ 1", "+1", " }}"),
    ("{{ 'x'", "~'x'", " }}"),
    ("{{ 2", "**2", " }}"),
    ("{{ ", "(", "1"),
    ("{{ ", "[", ""),
    ("{{ ", "{'a':", ""),
    ("{{ facts", "|trim", " }}"),
    ("{{ facts", ".a", " }}"),
    ("{{ facts", "[0]", " }}"),
    ("{{ facts", "()", " }}"),
    ("{{ 1", " if 1 else 1", " }}"),
    ("{{ 1", " if 1", " }}"),
    ("{{ facts", " == facts", " }}"),
    ("{{ facts", " is none", " }}"),
    ("{{ facts", " in ['a']", " }}"),
    ("", "{% if facts %}", ""),
    ("{% if facts %}", "{% elif facts %}", "{% endif %}"),
    ("", "{% for one in violations %}", ""),
    ("", "{{ facts }}", ""),
    ("", "{{", ""),
    ("", "{#", "#}"),
    ("{% set a = 'x' %}", "{% set a = a ~ a %}", "{{ a }}"),
    ("{% set n = namespace(l=[]) %}", "{% set n.l = [n.l, n.l] %}", "{{ n.l }}"),
    ("", "{% macro a() %}", ""),
    ("", "{% raw %}", ""),
    ("{{ '", "字", "' }}"),
    ("{{ ", " ", "facts }}"),
    ("", "\n", "{{ facts }}"),
];

fn length(chance: &mut Chance) -> usize {
    let most = 1usize << *chance.of(&[4u32, 6, 8, 10, 12, 14, 15, 17, 20]);
    chance.below(most) + 1
}

fn text(chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => {
            let (head, part, tail) = chance.of(NESTS);
            format!("{head}{}{tail}", part.repeat(length(chance) / part.len()))
        }
        1 => {
            let mut text = String::new();
            let wanted = length(chance);
            while text.len() < wanted {
                let word: &&str = chance.of(WORDS);
                text.push_str(word);
                let between: &&str = chance.of(&["", " "]);
                text.push_str(between);
            }
            text
        }
        // A built-in template with parts removed, inserted and repeated.
        _ => {
            let mut letters: Vec<char> = chance.of(&built_in().documents).text.chars().collect();
            for _ in 0..chance.below(6) {
                let from = chance.below(letters.len());
                let to = (from + chance.below(60)).min(letters.len());
                match chance.below(4) {
                    0 => drop(letters.drain(from..to)),
                    1 => drop(letters.splice(from..from, chance.of(WORDS).chars())),
                    2 => {
                        let part = letters[from..to].repeat(1 + chance.below(40));
                        drop(letters.splice(from..from, part));
                    }
                    _ => {
                        let (head, part, tail) = chance.of(NESTS);
                        let nest = format!("{head}{}{tail}", part.repeat(chance.below(30)));
                        drop(letters.splice(from..from, nest.chars()));
                    }
                }
            }
            letters.into_iter().collect()
        }
    }
}

/// A case of a kind: any value may be missing, different or longer (up to ten times the longest sample), with any
/// number of rows.
fn case(chance: &mut Chance, value: &Value) -> Value {
    match value {
        _ if chance.below(12) == 0 => Value::Null,
        Value::String(_) => {
            let some = chance.of(&["", "别处", "a", "{{ facts }}", "望社〔2026〕12号", "\n", " 长 "]).to_string();
            let times = if chance.below(8) == 0 { 1 + chance.below(20) } else { 1 };
            json!(some.repeat(times))
        }
        Value::Number(_) => json!(chance.below(10)),
        Value::Bool(_) => json!(chance.below(2) == 1),
        Value::Array(items) => {
            let rows = *chance.of(&[0, 1, 2, 5, 60]);
            (0..rows).map(|_| case(chance, items.first().unwrap_or(&Value::Null))).collect()
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), case(chance, value))).collect())
        }
        Value::Null => Value::Null,
    }
}

fn number_of(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn no_text_ends_the_process_or_fails_once_it_is_published() {
    let seconds = number_of("FUZZ_SECONDS", 3);
    let seed = number_of("FUZZ_SEED", 20_261_130);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut chance = Chance(seed);
    let (mut tried, mut accepted, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while Instant::now() < until {
        let kind = *chance.of(DocumentKind::ALL);
        let text = text(&mut chance);
        assert!(text.len() <= 2 << 20);
        let began = Instant::now();
        let template = DocumentTemplate { kind, title: kind.zh().to_owned(), text: text.clone() };
        let faults = document_rules::check(&[template]);
        tried += 1;
        slowest = slowest.max(began.elapsed());
        let head: String = text.chars().take(400).collect();
        assert!(began.elapsed() < template::TRYING, "seed {seed}: {:?}: {head}", began.elapsed());
        let told = faults.iter().map(|fault| fault.detail_en.as_str()).collect::<String>();
        assert!(!told.contains("cannot be processed"), "seed {seed}: a panic: {head}");
        if faults.is_empty() {
            accepted += 1;
            for _ in 0..5 {
                let context = case(&mut chance, &samples::full(kind));
                let made = template::render(kind, &text, &context);
                assert!(matches!(made, Ok(Ok(_))), "seed {seed}: {made:?}: {context}: {head}");
            }
        } else {
            // An older version may have accepted it. It may fail for a case, but must not panic.
            let made = template::render(kind, &text, &samples::full(kind));
            assert!(!matches!(made, Err(apart::RenderFailure::Panicked)), "seed {seed}: {head}");
        }
    }
    eprintln!("seed {seed}: {tried} texts in {seconds} s, {accepted} accepted, the slowest check took {slowest:?}");
    assert!(tried > 50 && accepted > 0, "{tried} texts, {accepted} accepted");
}
