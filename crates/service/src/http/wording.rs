//! Words for patterns, formats and types in input errors, in both languages. The expression itself is never shown.

/// Patterns of the document and their descriptions.
const PATTERNS: &[(&str, &str, &str)] = &[
    (r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$", "6、9或12位数字的区划代码", "a division code of 6, 9 or 12 digits"),
    (r"^([0-9]{9}|[0-9]{12})$", "9或12位数字的区划代码", "a division code of 9 or 12 digits"),
    (r"^[0-9]{6,12}$", "6至12位数字的区划代码", "a division code of 6 to 12 digits"),
    (r"^[0-9]{6}$", "6位数字的县级区划代码", "a county's division code of 6 digits"),
    (r"^[0-9]{9}$", "9位数字的乡级区划代码", "a township's division code of 9 digits"),
    (r"^[0-9]{12}$", "12位数字的村（社区）区划代码", "a community's division code of 12 digits"),
    (
        r"^[0-9A-HJ-NPQRTUWXY]{18}$",
        "18位统一社会信用代码（不含字母 I、O、S、V、Z）",
        "a USCC of 18 digits and capital letters (no I, O, S, V, Z)",
    ),
    (
        r"^[0-9+ ()-]{3,40}$",
        "3至40位电话号码，只含数字、空格和 + ( ) -",
        "a phone number of 3 to 40 digits, spaces and + ( ) -",
    ),
    (
        r"^[0-9+ ()-]{7,20}$",
        "7至20位电话号码，只含数字、空格和 + ( ) -",
        "a phone number of 7 to 20 digits, spaces and + ( ) -",
    ),
    (
        "^[0-9+()（） 转-]{3,40}$",
        "3至40位电话号码，只含数字、空格、“转”和 + ( ) -",
        "a phone number of 3 to 40 digits, spaces, 转 and + ( ) -",
    ),
    (
        r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        "由点分为两段的代码，如 service.lift，只含小写字母、数字和下划线",
        "a code of two parts with a dot between, such as service.lift, in lower-case letters, digits and underscores",
    ),
    (
        r"^[a-z][a-z0-9_]*$",
        "以字母开头的代码，只含小写字母、数字和下划线",
        "a code of lower-case letters, digits and underscores that begins with a letter",
    ),
    (
        r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$",
        "一段或由点分为两段的代码，只含小写字母、数字和下划线",
        "a code of one part, or of two parts with a dot between, in lower-case letters, digits and underscores",
    ),
    ("^[\\u4e00-\\u9fffA-Za-z]{1,10}$", "1至10个汉字或字母", "1 to 10 Chinese characters or letters"),
    (r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "时刻，如 08:30", "a time of day such as 08:30"),
    (r"^[A-Za-z0-9-]{4,40}$", "4至40位字母、数字或连字符", "4 to 40 letters, digits or hyphens"),
    (r"^\S(.*\S)?$", "首尾没有空格的标识", "an identifier without spaces at its start or end"),
    ("^(EC|OKP|RSA)$", "EC、OKP 或 RSA", "EC, OKP or RSA"),
    ("^(ES256|EdDSA|RS256)$", "ES256、EdDSA 或 RS256", "ES256, EdDSA or RS256"),
    ("^sig$", "sig", "sig"),
    ("^(P-256|Ed25519)$", "P-256 或 Ed25519", "P-256 or Ed25519"),
    ("^[A-Za-z0-9_-]+$", "base64url 编码，不带填充", "base64url without padding"),
    (r"^https?://[^\s]+$", "以 http:// 或者 https:// 开头的网址", "a URL that begins with http:// or https://"),
    (
        r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$",
        "不超过9999.99、至多两位小数的数",
        "a number up to 9999.99 with at most two decimal places",
    ),
    (
        r"^(0|[1-9][0-9]{0,6})(\.[0-9]{1,4})?$",
        "不超过9999999.9999、至多四位小数的数",
        "a number up to 9999999.9999 with at most four decimal places",
    ),
    (
        r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?$",
        "不超过9999.9999、至多四位小数的数",
        "a number up to 9999.9999 with at most four decimal places",
    ),
];

const FORMATS: &[(&str, &str, &str)] = &[
    ("date", "日期，如 2026-03-02", "a date such as 2026-03-02"),
    (
        "date-time",
        "带时区的日期和时间，如 2026-03-02T08:00:00Z",
        "a date and time with a time zone, such as 2026-03-02T08:00:00Z",
    ),
    ("uuid", "UUID，如 019c51d0-a2f6-7c1a-9b34-0f2d1f0a4b11", "a UUID such as 019c51d0-a2f6-7c1a-9b34-0f2d1f0a4b11"),
    ("uri", "完整的网址", "a full URL"),
    ("email", "电子邮箱地址", "an e-mail address"),
];

const TYPES: &[(&str, &str, &str)] = &[
    ("string", "文字", "a text"),
    ("integer", "整数", "a whole number"),
    ("number", "数字", "a number"),
    ("boolean", "true 或 false", "true or false"),
    ("array", "列表", "a list"),
    ("object", "对象", "an object"),
    ("null", "null", "null"),
];

fn of(table: &[(&str, &'static str, &'static str)], name: &str) -> Option<(&'static str, &'static str)> {
    table.iter().find(|(one, ..)| *one == name).map(|(_, zh, en)| (*zh, *en))
}

fn must_be((zh, en): (&str, &str)) -> (String, String) {
    (joined(["须为", zh], ""), format!("must be {en}"))
}

/// Joins words with a Chinese conjunction, and puts a space between a Latin word and a Chinese one.
fn joined<'a>(words: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    let latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            if latin(text.chars().next_back()) {
                text.push(' ');
            }
            text.push_str(conjunction);
            if latin(word.chars().next()) {
                text.push(' ');
            }
        }
        text.push_str(word);
    }
    text
}

/// Does the table describe this pattern?
pub fn knows(pattern: &str) -> bool {
    of(PATTERNS, pattern).is_some()
}

pub fn pattern(pattern: &str) -> (String, String) {
    of(PATTERNS, pattern).map_or_else(
        || {
            (
                "格式错误，请按接口文档的说明填写".to_owned(),
                "wrong format; follow the description in the OpenAPI document".to_owned(),
            )
        },
        must_be,
    )
}

pub fn format(format: &str) -> (String, String) {
    of(FORMATS, format).map_or_else(|| pattern(""), must_be)
}

/// A phrase that names these JSON types as alternatives.
pub fn types<'a>(names: impl Iterator<Item = &'a str>) -> (String, String) {
    let (zh, en): (Vec<&str>, Vec<&str>) = names.filter_map(|name| of(TYPES, name)).unzip();
    must_be((&joined(zh, "或"), &en.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_no_expressions() {
        assert_eq!(pattern("^[0-9]{9}$").0, "须为9位数字的乡级区划代码");
        assert_eq!(format("date").1, "must be a date such as 2026-03-02");
        assert_eq!(
            types(["string", "null"].into_iter()),
            ("须为文字或 null".to_owned(), "must be a text or null".to_owned())
        );
        assert_eq!(types(["null", "integer"].into_iter()).0, "须为 null 或整数");
        assert_eq!(types(["array", "object"].into_iter()).0, "须为列表或对象");
        assert_eq!(format("uri").0, "须为完整的网址");
        assert!(!pattern("^unknown[0-9]$").1.contains('^'));
    }
}
