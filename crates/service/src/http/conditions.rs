//! Conditional requests (RFC 9110, 13) for all methods.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

use crate::problem::{Code, Problem};

/// Suffix of the ETag of a compressed representation: two encodings are two representations (8.8.3.3).
pub const COMPRESSED: &str = "-gzip";

/// The tags of one header, from all of its lines (5.3).
#[derive(Clone, Debug, PartialEq)]
enum Tags {
    Any,
    These(Vec<Tag>),
}

#[derive(Clone, Debug, PartialEq)]
struct Tag {
    weak: bool,
    /// Without quotes and without the suffix of an encoding.
    text: String,
}

/// `If-Match` and `If-None-Match` of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// Result of the conditions of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Respond as if there were no condition.
    Answer,
    NotModified,
    Failed,
}

impl Tags {
    fn of(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
        let mut lines = headers.get_all(name).peekable();
        lines.peek()?;
        let mut all = Vec::new();
        for line in lines {
            // A line that is not a list of tags contains no tag.
            let Ok(line) = line.to_str() else { continue };
            if line.trim() == "*" {
                return Some(Tags::Any);
            }
            tags(line, &mut all);
        }
        Some(Tags::These(all))
    }

    /// 8.8.3.2: a weak comparison compares the text only; in a strong comparison, neither tag may be weak. Ours are
    /// strong.
    fn name(&self, etag: &str, strongly: bool) -> bool {
        match self {
            Tags::Any => true,
            Tags::These(all) => {
                let own = etag.trim_matches('"');
                all.iter().any(|tag| tag.text == own && !(strongly && tag.weak))
            }
        }
    }

    /// A write refers to a version, which is the first part of our tags.
    fn name_version(&self, version: i64, strongly: bool) -> bool {
        match self {
            Tags::Any => true,
            Tags::These(all) => {
                let version = version.to_string();
                all.iter().any(|tag| tag.text.split('.').next() == Some(version.as_str()) && !(strongly && tag.weak))
            }
        }
    }
}

/// Adds the tags of one line. A comma inside quotes is part of a tag.
fn tags(line: &str, all: &mut Vec<Tag>) {
    let mut rest = line;
    while let Some(start) = rest.find('"') {
        let weak = rest[..start].trim_end().ends_with("W/");
        let Some(length) = rest[start + 1..].find('"') else { return };
        let text = &rest[start + 1..start + 1 + length];
        all.push(Tag { weak, text: text.strip_suffix(COMPRESSED).unwrap_or(text).to_owned() });
        rest = &rest[start + length + 2..];
    }
}

impl Conditions {
    pub fn of(headers: &HeaderMap) -> Conditions {
        Conditions { if_match: Tags::of(headers, IF_MATCH), if_none_match: Tags::of(headers, IF_NONE_MATCH) }
    }

    /// For GET and HEAD (13.2.2). `etag` is the current tag of the view, `None` if it has no tag.
    pub fn on_read(&self, etag: Option<&str>) -> Verdict {
        let named = |tags: &Tags, strongly| match etag {
            Some(etag) => tags.name(etag, strongly),
            None => *tags == Tags::Any,
        };
        if self.if_match.as_ref().is_some_and(|tags| !named(tags, true)) {
            return Verdict::Failed;
        }
        if self.if_none_match.as_ref().is_some_and(|tags| named(tags, false)) {
            return Verdict::NotModified;
        }
        Verdict::Answer
    }

    /// For a method that changes a resource. `version` is the current version, 0 if the resource does not exist. A
    /// resource that does not exist has the tag `"0"`, which a creation can name and `*` does not match. If `needed`,
    /// one of the two headers is required (RFC 6585, 3).
    pub fn on_write(&self, version: i64, needed: bool) -> Result<(), Problem> {
        let named = |tags: &Tags, strongly| match tags {
            Tags::Any => version > 0,
            these => these.name_version(version, strongly),
        };
        if self.if_match.as_ref().is_some_and(|tags| !named(tags, true)) {
            return Err(Problem::new(Code::PreconditionFailed));
        }
        if self.if_none_match.as_ref().is_some_and(|tags| named(tags, false)) {
            return Err(Problem::new(Code::PreconditionFailed));
        }
        // If the resource exists, `If-None-Match: *` has already failed.
        let told = self.if_match.is_some() || self.if_none_match == Some(Tags::Any);
        if needed && !told {
            return Err(Problem::new(Code::PreconditionRequired));
        }
        Ok(())
    }

    /// `If-Range` (13.1.5): one strong tag, otherwise the range is ignored.
    pub fn if_range(header: Option<&str>, etag: &str) -> bool {
        header.is_none_or(|tag| tag.trim() == etag)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(lines: &[(HeaderName, &str)]) -> Conditions {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        Conditions::of(&headers)
    }

    const NOW: &str = "\"3.abc\"";

    #[test]
    fn a_read_is_answered_unless_its_condition_says_otherwise() {
        use Verdict::{Answer, Failed, NotModified};
        for (name, value, verdict, without_tag) in [
            (IF_NONE_MATCH, "*", NotModified, NotModified),
            (IF_NONE_MATCH, "\"3.abc\"", NotModified, Answer),
            (IF_NONE_MATCH, "W/\"3.abc\"", NotModified, Answer),
            (IF_NONE_MATCH, "\"3.abc-gzip\"", NotModified, Answer),
            (IF_NONE_MATCH, "\"x,3.abc\", \"y\"", Answer, Answer),
            (IF_NONE_MATCH, "3.abc", Answer, Answer),
            (IF_MATCH, "*", Answer, Answer),
            (IF_MATCH, "\"x\", \"3.abc\"", Answer, Failed),
            (IF_MATCH, "\"3.abc-gzip\"", Answer, Failed),
            (IF_MATCH, "W/\"3.abc\"", Failed, Failed),
            (IF_MATCH, "\"2.abc\"", Failed, Failed),
            (IF_MATCH, "nonsense", Failed, Failed),
        ] {
            let conditions = of(&[(name.clone(), value)]);
            assert_eq!(conditions.on_read(Some(NOW)), verdict, "{name}: {value}");
            assert_eq!(conditions.on_read(None), without_tag, "{name}: {value}");
        }
        assert_eq!(of(&[]).on_read(Some(NOW)), Answer);
        let lines = of(&[(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, "\"3.abc\"")]);
        assert_eq!(lines.on_read(Some(NOW)), NotModified, "lines are one list");
        let both = of(&[(IF_MATCH, "\"2.x\""), (IF_NONE_MATCH, "*")]);
        assert_eq!(both.on_read(Some(NOW)), Failed, "If-Match comes first");
    }

    #[test]
    fn a_write_names_the_version_that_is_there() {
        let told =
            |lines: &[(HeaderName, &str)], version| of(lines).on_write(version, true).map_err(|found| found.code);
        let (failed, required) = (Err(Code::PreconditionFailed), Err(Code::PreconditionRequired));
        assert_eq!(told(&[(IF_MATCH, "\"3.other view\"")], 3), Ok(()));
        assert_eq!(told(&[(IF_MATCH, "*")], 3), Ok(()));
        assert_eq!(told(&[(IF_MATCH, "\"2.abc\"")], 3), failed);
        assert_eq!(told(&[(IF_MATCH, "W/\"3.abc\"")], 3), failed);
        assert_eq!(told(&[(IF_MATCH, "*")], 0), failed, "nothing is there");
        assert_eq!(told(&[(IF_NONE_MATCH, "*")], 0), Ok(()));
        assert_eq!(told(&[(IF_MATCH, "\"0\"")], 0), Ok(()));
        assert_eq!(told(&[(IF_NONE_MATCH, "*")], 3), failed);
        assert_eq!(told(&[(IF_NONE_MATCH, "\"3.abc\"")], 3), failed);
        assert_eq!(told(&[(IF_NONE_MATCH, "\"2.abc\"")], 3), required);
        assert_eq!((told(&[], 3), told(&[], 0)), (required, required));
        assert_eq!(of(&[]).on_write(3, false).map_err(|found| found.code), Ok(()));
    }
}
