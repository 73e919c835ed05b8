//! Links of the Markdown pages: files exist, headings exist, and external addresses parse. Nothing is fetched.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

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

/// The backticks or tildes that a line starts with.
fn run(line: &str) -> &str {
    let first = line.chars().next().filter(|letter| ['`', '~'].contains(letter));
    &line[..line.chars().take_while(|letter| Some(*letter) == first).count()]
}

/// The lines of a page that are not in a fenced code block.
fn prose(page: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in page.lines() {
        let start = line.trim_start();
        let mark = run(start);
        match fence {
            // A fence is closed by one of the same character that is at least as long and has nothing behind it.
            Some(open) if mark.starts_with(open) && start.trim_end() == mark => fence = None,
            Some(_) => {}
            None if mark.len() >= 3 && !start[mark.len()..].contains('`') => fence = Some(mark),
            None => lines.push(line),
        }
    }
    lines
}

/// A text without the parts from `open` to `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        kept.push_str(before);
        rest = inside.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// A text without code spans: a run of backticks is closed by the next run of the same length.
fn without_code(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        kept.push_str(&rest[..at]);
        let mark = run(&rest[at..]);
        rest = &rest[at + mark.len()..];
        let mut from = 0;
        while let Some(found) = rest[from..].find('`').map(|found| from + found) {
            let other = run(&rest[found..]);
            from = found + other.len();
            if other == mark {
                rest = &rest[from..];
                break;
            }
        }
    }
    kept + rest
}

/// Where the links and pictures of a page lead.
fn targets(page: &str) -> Vec<String> {
    // A code span does not go beyond its paragraph.
    let text = prose(page).join("\n").split("\n\n").map(without_code).collect::<Vec<_>>().join("\n\n");
    let text = without(&text, "<!--", "-->");
    let mut all = Vec::new();
    for rest in text.split("](").skip(1) {
        let mut depth = 1;
        let end = rest.find(|letter| {
            depth += match letter {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let inside = rest[..end.unwrap_or(rest.len())].trim_start();
        // A title may follow.
        let target = inside.split_whitespace().next().unwrap_or_default();
        all.push(target.trim_start_matches('<').trim_end_matches('>').to_owned());
    }
    for line in text.lines() {
        let definition = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]:"));
        if let Some((label, target)) = definition
            && !label.starts_with('^')
            && !label.contains(']')
        {
            all.push(target.split_whitespace().next().unwrap_or_default().to_owned());
        }
    }
    for mark in ["src=\"", "href=\""] {
        all.extend(text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    for rest in text.split("<http").skip(1) {
        all.push(format!("http{}", rest.split('>').next().unwrap_or_default()));
    }
    all
}

/// The anchor that GitHub gives a heading, before numbers tell equal ones apart.
fn slug(heading: &str) -> String {
    let text = heading.trim().trim_end_matches('#').trim_end();
    // Of a link, its text is shown.
    let text = text.split("](").enumerate().fold(String::new(), |shown, (at, part)| {
        let behind = if at == 0 { part } else { part.split_once(')').map_or("", |(_, behind)| behind) };
        shown + behind
    });
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// Every anchor of a page.
fn anchors(page: &str) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut all = Vec::new();
    for line in prose(page) {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if !(1..=6).contains(&level) || !line[level..].starts_with(' ') {
            continue;
        }
        let name = slug(&line[level..]);
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
