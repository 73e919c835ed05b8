//! Links of the Markdown pages: files exist, headings exist, and external addresses parse. Nothing is fetched.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// Folders that hold no page of ours.
const SKIPPED: [&str; 4] = [".git", ".venv", "node_modules", "target"];

/// Every Markdown page of the repository, by its path from the root.
fn pages(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().expect("a type");
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "md") {
                let text = std::fs::read_to_string(&path).expect("a page");
                all.insert(path.strip_prefix(root).expect("under the root").to_path_buf(), text);
            }
        }
    }
    all
}

/// Where the links and pictures of a page lead.
fn targets(page: &str) -> Vec<String> {
    let parser = Parser::new_ext(page, Options::ENABLE_TABLES);
    // Of a reference, its definition counts, whether it is used or not.
    let definitions: Vec<String> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.dest.to_string()).collect();
    let (mut links, mut pictures, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for event in parser {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. })
            | Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, .. }) => {
                links.push(dest_url.to_string())
            }
            Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, .. }) => {
                addresses.push(dest_url.to_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for mark in ["src=\"", "href=\""] {
                    let values = html.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
                    pictures.extend(values.map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    [links, definitions, pictures, addresses].concat()
}

/// The text that a reader sees of a heading.
fn shown<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let texts = events.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The anchor that GitHub gives a heading, before numbers tell equal ones apart.
fn slug(heading: &str) -> String {
    shown(Parser::new(heading))
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// Every anchor of a page.
fn anchors(page: &str) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut all = Vec::new();
    let headings = Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter();
    for (event, range) in headings {
        if !matches!(event, Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let name = slug(&page[range]);
        let count = seen.entry(name.clone()).or_default();
        all.push(if *count == 0 { name } else { format!("{name}-{count}") });
        *count += 1;
    }
    all
}

/// The path from the root that a link of `page` means; none where it leads out of the repository.
fn resolved(page: &Path, link: &str) -> Option<PathBuf> {
    let mut path = page.parent()?.to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// What is wrong with a link of `page`.
fn fault(root: &Path, pages: &BTreeMap<PathBuf, String>, page: &Path, link: &str) -> Option<&'static str> {
    if link.starts_with("http://") || link.starts_with("https://") {
        let good = reqwest::Url::parse(link).is_ok_and(|url| url.has_host());
        return (!good).then_some("is no URL");
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    if link.is_empty() || file.contains(':') {
        return Some("is neither a path, nor an anchor, nor an http or https URL");
    }
    let target = if file.is_empty() { Some(page.to_path_buf()) } else { resolved(page, file) };
    let Some(target) = target else { return Some("leaves the repository") };
    if !root.join(&target).exists() {
        return Some("leads to no file");
    }
    match (anchor, pages.get(&target)) {
        (None, _) => None,
        (Some(_), None) => Some("has an anchor, but its target is no Markdown page"),
        (Some(anchor), Some(text)) => {
            (!anchors(text).iter().any(|name| name == anchor)).then_some("leads to no heading")
        }
    }
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = pages(root);
    let mut links = 0;
    let mut wrong = Vec::new();
    for (page, text) in &pages {
        for link in targets(text) {
            links += 1;
            let what = fault(root, &pages, page, &link);
            wrong.extend(what.map(|what| format!("{}: {link:?} {what}", page.display())));
        }
    }
    assert!(pages.len() > 100 && links > 300, "only {links} links in {} pages", pages.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A page with a link of each form, and with three that are none.
const SAMPLE: &str = r#"# A `page`, 第一页

[a
b](README.md#xiaoqu-小区 "title") ![c](LICENSE) `[no](link)` <!-- [no](link) -->

## Same

| <img src="x.png" alt="x"> | <https://example.org/a> |

```sh
# no heading
[no](link)
```

## Same

[d]: #same-1
"#;

#[test]
fn the_check_of_links_finds_links_and_headings() {
    let found = ["README.md#xiaoqu-小区", "LICENSE", "#same-1", "x.png", "https://example.org/a"];
    assert_eq!(targets(SAMPLE), found);
    assert_eq!(anchors(SAMPLE), ["a-page-第一页", "same", "same-1"]);
    assert_eq!(slug(" What it proves, and what [not](a.md) — `a_b` "), "what-it-proves-and-what-not--a_b");
}

#[test]
fn the_check_of_links_finds_every_kind_of_fault() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = Path::new("docs/architecture.md");
    let pages: BTreeMap<PathBuf, String> = [(page.to_path_buf(), SAMPLE.to_owned())].into();
    for good in ["glossary.md", "../README.md", "../docs", "#same-1", "architecture.md#same", "https://example.org/"] {
        assert_eq!(fault(root, &pages, page, good), None, "{good}");
    }
    for bad in ["", "../../README.md", "/docs", "no-such-page.md", "#same-2", "../LICENSE#a", "https://", "ftp://a"] {
        assert!(fault(root, &pages, page, bad).is_some(), "{bad}");
    }
}
