//! One word for one thing: names and texts keep to docs/glossary.md.

use std::collections::BTreeSet;

use serde_json::Value;
use xiaoqu::app::FEATURES;
use xiaoqu::service::events::types;

use super::{committed, walk};

fn page() -> &'static str {
    include_str!("../../docs/glossary.md")
}

/// What the page lists between two marks.
fn marked(mark: &str) -> &'static str {
    let (_, rest) = page().split_once(&format!("<!-- {mark} -->")).expect("the mark");
    rest.split_once(&format!("<!-- /{mark} -->")).expect("its end").0
}

fn code_block(text: &str) -> &str {
    text.split("```").nth(1).expect("a block").trim_start_matches("text")
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n', '，', '、', '.', '。']).map(str::trim).filter(|word| !word.is_empty())
}

/// `CompanyChange`, `company_change` and `company change` are two words.
fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let starts = !before.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && !before.is_ascii_uppercase());
        match all.last_mut() {
            Some(word) if c.is_ascii_alphanumeric() && !starts => word.push(c.to_ascii_lowercase()),
            _ if c.is_ascii_alphanumeric() => all.push(c.to_ascii_lowercase().to_string()),
            _ => {}
        }
        before = c;
    }
    all
}

/// Words of the columns "term" and "in code", and the building blocks.
fn glossary() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = listed(code_block(marked("building blocks"))).flat_map(words).collect();
    for row in page().lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        if let [_, term, code, _, _] = cells[..] {
            all.extend(words(term).into_iter().chain(words(code)));
        }
    }
    all
}

/// `submitted` is a form of `submission`.
fn is_form_of(word: &str, known: &str) -> bool {
    let common = word.bytes().zip(known.bytes()).take_while(|(a, b)| a == b).count();
    word == known || common >= 5.min(word.len().min(known.len())).max(4)
}

#[test]
fn names_of_schemas_tags_and_events_are_made_of_terms() {
    let (known, document) = (glossary(), committed());
    let is_known = |word: &str| known.iter().any(|one| is_form_of(word, one));
    let schemas = document["components"]["schemas"].as_object().expect("schemas").keys().cloned();
    let tags = document["tags"].as_array().expect("tags").iter().map(|tag| tag["name"].as_str().unwrap().to_owned());
    let events = types(FEATURES).map(|kind| kind.code.to_owned());
    let unknown: Vec<String> = schemas
        .chain(tags)
        .chain(events)
        .flat_map(|name| words(&name).into_iter().map(move |word| (word, name.clone())).collect::<Vec<_>>())
        .filter(|(word, _)| !is_known(word))
        .map(|(word, name)| format!("{word} in {name}"))
        .collect();
    assert!(unknown.is_empty(), "add the term to docs/glossary.md, or use its term: {unknown:#?}");
}

/// Texts of the document for its readers. Examples are data.
fn texts(document: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(document, String::new(), &mut found);
    let is_example = |at: &str| at.split('/').any(|part| matches!(part, "example" | "examples" | "default"));
    let is_text =
        |at: &str| at.rsplit('/').next().is_some_and(|name| matches!(name, "description" | "summary" | "title"));
    let texts = found.into_iter().filter(|(at, _)| is_text(at) && !is_example(at));
    texts.filter_map(|(at, value)| Some((at, value.as_str()?.to_owned()))).collect()
}

#[test]
fn texts_of_the_document_and_labels_are_plain() {
    let refused = marked("refused");
    let english: Vec<&str> = listed(code_block(refused)).collect();
    let chinese: Vec<&str> = listed(refused.rsplit_once(": ").expect("Chinese words").1).collect();
    assert!(english.len() > 20 && chinese.len() > 4);
    let mut all = texts(&committed());
    all.extend(
        types(FEATURES)
            .flat_map(|kind| [(kind.code.to_owned(), kind.en.to_owned()), (kind.code.to_owned(), kind.zh.to_owned())]),
    );
    for (name, labels) in FEATURES.iter().flat_map(|feature| feature.words) {
        for label in labels.iter() {
            let at = format!("{name}.{}", label.code);
            all.extend([(at.clone(), label.en.to_owned()), (at, label.zh.to_owned())]);
        }
    }
    let mut wrong = Vec::new();
    for (at, text) in &all {
        let spaced = format!(" {} ", text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '-', " "));
        let used = english.iter().filter(|word| spaced.contains(&format!(" {word} ")));
        let used = used.chain(chinese.iter().filter(|word| text.contains(**word)));
        wrong.extend(used.map(|word| format!("{word} in {at}: {text}")));
    }
    assert!(wrong.is_empty(), "docs/glossary.md says what to write instead: {wrong:#?}");
}
