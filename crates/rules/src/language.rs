//! The language of titles and details, from `Accept-Language` (RFC 9110, 12.5.4).

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// The supported language with the highest weight; Chinese by default.
    pub fn from_header(header: Option<&str>) -> Language {
        let mut best = (0.0, Language::Zh);
        for part in header.unwrap_or_default().split(',') {
            let mut fields = part.split(';');
            let tag = fields.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = fields
                .find_map(|f| f.trim().strip_prefix("q=").map(|q| q.parse::<f32>().unwrap_or(0.0)))
                .unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("zh") => Language::Zh,
                Some("en") => Language::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    pub fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, *};

    #[test]
    fn the_heaviest_known_language_wins_and_chinese_is_the_default() {
        for (header, language) in [
            (None, Zh),
            (Some("en"), En),
            (Some("en-GB,en;q=0.8"), En),
            (Some("fr,de;q=0.9"), Zh),
            (Some("en;q=0.5, zh-CN;q=0.9"), Zh),
            (Some("zh;q=0.1,en"), En),
            (Some(";;q=x,"), Zh),
        ] {
            assert_eq!(Language::from_header(header), language, "{header:?}");
        }
    }
}
