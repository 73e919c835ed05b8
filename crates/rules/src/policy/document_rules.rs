//! Checks the document templates of a policy before it is published.

use std::collections::BTreeSet;

use super::documents::DocumentTemplate;
use crate::input_error::InputError;
use crate::templates::apart::apart;
use crate::templates::template::{self, TRYING, TemplateFault};

/// Checks: at most one template for each kind, and each one renders with every case of its kind. Renders on a separate
/// thread and waits for it, so call it outside a transaction.
pub fn check(templates: &[DocumentTemplate]) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, template) in templates.iter().enumerate() {
        let kind = template.kind;
        let at = |field: &str| format!("/documents/{index}/{field}");
        if !seen.insert(kind) {
            let (zh, en) = (
                format!("“{}”的文书模板重复，请删除其一", kind.zh()),
                format!("{} has two document templates; remove one", kind.code()),
            );
            faults.push(InputError::new(at("kind"), "duplicate_template", zh, en));
        }
        if template.title.trim().is_empty() || template.title.chars().count() > 100 {
            let (zh, en) = ("须为1至100个字符", "must have 1 to 100 characters");
            faults.push(InputError::new(at("title"), "text_length", zh, en));
        }
    }
    for (index, fault) in tried(templates) {
        let (zh, en) =
            (format!("文书模板无法使用：{}", fault.zh), format!("the document template cannot be used: {}", fault.en));
        faults.push(InputError::new(format!("/documents/{index}/text"), "template_invalid", zh, en));
    }
    faults
}

/// The errors of the templates by index. Only the first template of a kind is rendered; further ones are only parsed,
/// because they are rejected as duplicates anyway.
fn tried(templates: &[DocumentTemplate]) -> Vec<(usize, TemplateFault)> {
    let templates = templates.to_vec();
    let work = move |until| {
        let mut seen = BTreeSet::new();
        let mut faults = Vec::new();
        for (index, DocumentTemplate { kind, text, .. }) in templates.iter().enumerate() {
            let checked = match seen.insert(*kind) {
                true => template::check(*kind, text, until),
                false => template::check_language(*kind, text),
            };
            faults.extend(checked.err().map(|fault| (index, fault)));
        }
        faults
    };
    apart(TRYING, work).unwrap_or_else(|why| vec![(0, why.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::documents::DocumentKind;

    fn template(kind: DocumentKind, text: &str) -> DocumentTemplate {
        DocumentTemplate { kind, title: kind.zh().to_owned(), text: text.to_owned() }
    }

    #[test]
    fn every_fault_of_every_text_is_told_at_its_place() {
        let of = DocumentKind::RectificationOrder;
        let templates = [
            template(of, "{{ addressee }}：{{ facts }}"),
            template(of, "{{ facts"),
            template(DocumentKind::InterviewNotice, "{{ due_on }}"),
            template(DocumentKind::ViolationNotice, "{{ company.name }}"),
            template(DocumentKind::FilingReceipt, "   "),
        ];
        let faults = check(&templates);
        let told: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        let expected = [
            ("/documents/1/kind", "duplicate_template"),
            ("/documents/1/text", "template_invalid"),
            ("/documents/2/text", "template_invalid"),
            // Some violations have no company.
            ("/documents/3/text", "template_invalid"),
            ("/documents/4/text", "template_invalid"),
        ];
        assert_eq!(told, expected);
        assert!(faults[1].detail_en.contains("}} is missing (line 1)"), "{}", faults[1].detail_en);
        assert!(faults[2].detail_zh.contains("没有“due_on”"), "{}", faults[2].detail_zh);
    }
}
