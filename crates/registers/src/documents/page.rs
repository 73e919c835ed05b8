//! Renders the page of a document for print (A4, after GB/T 9704-2012). The page is self-contained: no scripts, no
//! external resources.

use std::sync::LazyLock;

use serde_json::json;

use crate::problem::Problem;
use crate::render::{Templates, qr};

pub struct Page<'a> {
    pub title: &'a str,
    pub number: &'a str,
    /// Issuing body (发文机关).
    pub body: &'a str,
    /// Office that prepared the document (印发机关).
    pub office: &'a str,
    pub addressee: &'a str,
    pub paragraphs: &'a [String],
    pub issued_on: &'a str,
    pub code: &'a str,
    pub verification_url: &'a str,
}

static PAGE: LazyLock<Templates> = LazyLock::new(|| Templates::new(&[("document", include_str!("page.html"))]));

/// True for a numbered heading such as “一、存在的问题”. The page style keeps it on one page with the next paragraph.
fn is_heading(text: &str) -> bool {
    let number: String = text.chars().take_while(|letter| "一二三四五六七八九十".contains(*letter)).collect();
    let rest = text.get(number.len()..).unwrap_or_default();
    !number.is_empty() && rest.starts_with('、') && !text.ends_with(['。', '；', '：', '！', '？'])
}

pub fn render(page: &Page) -> Result<Vec<u8>, Problem> {
    let Page { title, number, body, office, addressee, paragraphs, issued_on, code, verification_url } = *page;
    let paragraphs: Vec<_> =
        paragraphs.iter().map(|text| json!({ "text": text, "heading": is_heading(text) })).collect();
    let said = json!({
        "title": title, "number": number, "body": body, "office": office, "addressee": addressee, "paragraphs": paragraphs,
        "issued_on": issued_on, "code": code, "verification_url": verification_url,
        "qr": qr::svg(verification_url, "文书验证二维码")?,
    });
    Ok(PAGE.page("document", said)?.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_kept_with_what_it_announces() {
        for heading in ["一、存在的问题", "十二、救济的途径"] {
            assert!(is_heading(heading), "{heading}");
        }
        for text in ["一、约谈时间：3月2日。", "经查，你单位", "一是整改", "", "二"] {
            assert!(!is_heading(text), "{text}");
        }
    }

    #[test]
    fn whatever_is_said_stays_text() {
        let page = Page {
            title: "责令整改通知书",
            number: "望社〔2026〕12号",
            body: "永宁县望远镇人民政府",
            office: "望远镇社会事务办公室",
            addressee: "<script>alert(1)</script>\"'&",
            paragraphs: &["{{ 7 * 7 }} <b>".to_owned()],
            issued_on: "2026年3月2日",
            code: "7K3M-9Q2T-XV5B-0R81-HD6W-4CJP-A1EF",
            verification_url: "https://xiaoqu.test/public/documents/7K3M",
        };
        let html = String::from_utf8(render(&page).unwrap()).unwrap();
        assert!(html.contains("&lt;script&gt;") && html.contains("<p>{{ 7 * 7 }} &lt;b&gt;</p>"), "{html}");
        for absent in ["<script", " style=", "http-equiv", "src=", "href=", "@import", "url("] {
            assert!(!html.contains(absent), "{absent}");
        }
        assert_eq!(html.matches("<svg").count(), 1);
    }
}
