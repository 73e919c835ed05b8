//! The two formats of every response: XML as in the standard, and JSON by its "Spark convention", where a list is an
//! array under its own name, and at the root the array alone.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;

/// Format of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Open311Format, example = "json")]
pub enum Format {
    Xml,
    Json,
}

impl Format {
    pub fn of_name(name: &str) -> Option<Format> {
        match name {
            "xml" => Some(Format::Xml),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Format::Xml => "xml",
            Format::Json => "json",
        }
    }

    /// GeoReport v2, "Format Support".
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Format::Xml => "text/xml; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
        })
    }

    /// Serialises a response; `root` is the name of the outermost XML element.
    pub fn written<T: Serialize>(self, root: &str, what: &T) -> Result<Vec<u8>, Problem> {
        let broken = |error: serde_json::Error| Problem::broken_by("a response of Open311 could not be written", error);
        match self {
            Format::Json => serde_json::to_vec(what).map_err(broken),
            Format::Xml => Ok(xml(root, &serde_json::to_value(what).map_err(broken)?).into_bytes()),
        }
    }

    pub fn answer<T: Serialize>(self, status: StatusCode, root: &str, what: &T) -> Result<HttpResponse, Problem> {
        Ok(HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, self.content_type()))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .insert_header((VARY, HeaderValue::from_static("Accept-Language")))
            .body(self.written(root, what)?))
    }
}

/// Element names of the items of each list.
const ITEMS: &[(&str, &str)] = &[
    ("services", "service"),
    ("attributes", "attribute"),
    ("values", "value"),
    ("service_requests", "request"),
    ("errors", "error"),
    ("endpoints", "endpoint"),
    ("formats", "format"),
];

/// "The root element must be preceded with the XML declaration including the encoding" (Encoding).
pub fn xml(root: &str, value: &Value) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    element(root, value, &mut text);
    text.push('\n');
    text
}

fn element(name: &str, value: &Value, text: &mut String) {
    open(name, text);
    match value {
        // An empty element, as in the standard's examples.
        Value::Null => {}
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(words) => escape(words, text),
        Value::Array(items) => {
            let item = ITEMS.iter().find(|(list, _)| *list == name).map_or("item", |(_, item)| item);
            items.iter().for_each(|one| element(item, one, text));
        }
        Value::Object(fields) => fields.iter().for_each(|(field, one)| element(field, one, text)),
    }
    text.push_str("</");
    text.push_str(name);
    text.push('>');
}

fn open(name: &str, text: &mut String) {
    text.push('<');
    text.push_str(name);
    text.push('>');
}

/// XML 1.0, 2.2 and 2.4: escapes markup, and replaces characters that XML cannot represent.
fn escape(words: &str, text: &mut String) {
    for letter in words.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&apos;"),
            // Parsers would turn it into a line feed (2.11).
            '\r' => text.push_str("&#13;"),
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => text.push(letter),
            _ => text.push('\u{fffd}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_have_items_of_their_own_name() {
        let value = json!([{ "service_code": "service.lift", "metadata": true, "keywords": null }]);
        assert_eq!(
            xml("services", &value),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<services><service><service_code>service.lift</service_code>\
             <metadata>true</metadata><keywords></keywords></service></services>\n"
        );
        assert_eq!(Format::Json.written("services", &value).unwrap(), value.to_string().into_bytes());
        assert!(xml("service_requests", &json!([])).ends_with("<service_requests></service_requests>\n"));
    }

    #[test]
    fn markup_in_a_text_is_a_text() {
        let hostile = "]]></description><script>alert('x')</script>&amp;\u{0}\u{ffff}\r\n<!--";
        let text = xml("errors", &json!([{ "description": hostile }]));
        assert!(text.contains(
            "<description>]]&gt;&lt;/description&gt;&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;&amp;amp;\u{fffd}\u{fffd}&#13;\n&lt;!--</description>"
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_makes_an_element(words in "\\PC{0,80}|[<>&'\"/!\\[\\]\u{0}-\u{1f}]{0,80}") {
            let text = xml("errors", &json!(words));
            let inside = text.split_once("<errors>").unwrap().1.strip_suffix("</errors>\n").unwrap();
            let markup = inside.contains(['<', '>', '"', '\u{0}']);
            prop_assert!(!markup, "{}", inside);
        }
    }
}
