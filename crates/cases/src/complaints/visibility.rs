//! What each audience may see of a complaint, as one table. Every output (view, timeline, list filter, event,
//! attachment, point, public data, statistics, stored response) uses it. `docs/who-may-know.md` is generated from it.
//! Pure functions.

use super::model::{Contact, StepAudience, StepText, Submission};
use crate::access::Role;
use crate::access::role::RoleKind;
use crate::complexes::model::Point;
use crate::db::Id;
use crate::files::{ComplaintAttachment, FileForm, Visible};
use crate::personal::masks;
use crate::proceedings::model::Evidence;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident: $($variant:ident $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}

named! {
    /// An audience.
    Audience:
    Complainant "Complainant 诉求人",
    Office "Offices 行政机关",
    Utility "Utility operator that handles it 专业运营单位",
    Company "Company that handles it 物业服务企业",
    Committee "Committee of the complex 业委会",
    Follower "Follower 关注人",
    Public "Public (Open311, similar complaints) 公众",
    Ledger "Ledger, event feed, auditor 台账",
    Figures "Statistics 统计",
}

named! {
    /// A field, or a group of fields, of a complaint.
    Field:
    Handling "State, category, deadlines, handler, complex 办理情况",
    PublicSummary "Public summary 公开摘要",
    Description "Description 诉求内容",
    Location "Location 具体位置",
    Point "Point 坐标",
    ReleasedPoint "Point, released by an office 公开的坐标",
    ReleasedPointOfAnonymous "Point, released, of an anonymous complaint 匿名诉求公开的坐标",
    ContactName "Name 姓名",
    ContactPhone "Phone 电话",
    ContactAddress "Address 住址",
    Account "Account of the complainant 账号",
    HotlineNumber "Hotline number 热线工单编号",
    ComplainedOffice "Office complained of 被反映单位",
    ServingCompany "Company of the complex, before it handles the complaint 现服务企业",
    EvidenceText "Titles and texts of evidence 证据文字",
    EvidenceLink "Links of evidence 证据链接",
    FileName "File name of a complainant's attachment 附件名",
    Picture "Complainant's picture: JPEG, PNG, WebP 图片",
    OtherFile "Complainant's other attachment: HEIC, PDF, Office, video 其他附件",
    StepText "Text of a step 办理意见",
    StepFileName "File name of an office's or a company's attachment 办理附件名",
    StepPicture "Picture of an office or a company 办理图片",
    StepOtherFile "Other attachment of an office or a company 办理附件",
    OfficeStep "Steps for offices only 内部环节",
    Officer "Officer who acted 经办人",
}

named! {
    /// The form in which an audience gets a field.
    Form:
    Clear "clear",
    OnRequest "masked; in full for the handler, who must state a reason; recorded",
    ByConsent "hidden; in full for the handler while the complainant consents, with a reason; recorded",
    Scrubbed "without names, phone numbers, flat numbers, links and identity numbers",
    Coarse "the point of the complex, or a grid of about 100 m",
    Stripped "a copy without metadata",
    Neutral "a neutral name, such as 图片1.jpg",
    Digest "a salted digest",
    Count "counted",
    Hidden "—",
}

use Form::*;

/// One row for each field, one column for each audience in the order of [`Audience::ALL`].
#[rustfmt::skip]
const TABLE: &[(Field, [Form; 9])] = &[
    //                                 Complainant Office    Utility    Company    Committee  Follower   Public     Ledger   Figures
    (Field::Handling,                 [Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Clear,   Count]),
    (Field::PublicSummary,            [Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Digest,  Hidden]),
    (Field::Description,              [Clear,     Clear,     Scrubbed,  Scrubbed,  Scrubbed,  Scrubbed,  Hidden,    Digest,  Hidden]),
    (Field::Location,                 [Clear,     Clear,     Scrubbed,  Scrubbed,  Scrubbed,  Scrubbed,  Hidden,    Digest,  Hidden]),
    (Field::Point,                    [Clear,     Clear,     Coarse,    Coarse,    Coarse,    Coarse,    Coarse,    Hidden,  Hidden]),
    (Field::ReleasedPoint,            [Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Clear,     Hidden,  Hidden]),
    (Field::ReleasedPointOfAnonymous, [Clear,     Clear,     Clear,     Clear,     Clear,     Coarse,    Coarse,    Hidden,  Hidden]),
    (Field::ContactName,              [Clear,     OnRequest, ByConsent, ByConsent, Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::ContactPhone,             [Clear,     OnRequest, ByConsent, ByConsent, Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::ContactAddress,           [Clear,     OnRequest, ByConsent, ByConsent, Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::Account,                  [Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::HotlineNumber,            [Hidden,    Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::ComplainedOffice,         [Clear,     Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,  Hidden]),
    (Field::ServingCompany,           [Hidden,    Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,  Count]),
    (Field::EvidenceText,             [Clear,     Clear,     Scrubbed,  Scrubbed,  Scrubbed,  Scrubbed,  Hidden,    Digest,  Hidden]),
    (Field::EvidenceLink,             [Clear,     Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
    (Field::FileName,                 [Clear,     Clear,     Neutral,   Neutral,   Neutral,   Neutral,   Hidden,    Digest,  Hidden]),
    (Field::Picture,                  [Clear,     Clear,     Stripped,  Stripped,  Stripped,  Stripped,  Hidden,    Hidden,  Hidden]),
    (Field::OtherFile,                [Clear,     Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,  Hidden]),
    (Field::StepText,                 [Clear,     Clear,     Scrubbed,  Scrubbed,  Scrubbed,  Scrubbed,  Hidden,    Digest,  Hidden]),
    (Field::StepFileName,             [Neutral,   Clear,     Neutral,   Neutral,   Neutral,   Neutral,   Hidden,    Digest,  Hidden]),
    (Field::StepPicture,              [Stripped,  Clear,     Stripped,  Stripped,  Stripped,  Stripped,  Hidden,    Hidden,  Hidden]),
    (Field::StepOtherFile,            [Clear,     Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Hidden,  Hidden]),
    (Field::OfficeStep,               [Hidden,    Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Clear,   Hidden]),
    (Field::Officer,                  [Hidden,    Clear,     Hidden,    Hidden,    Hidden,    Hidden,    Hidden,    Digest,  Hidden]),
];

/// The form in which an audience gets a field; hidden if the table does not name it.
pub fn form(audience: Audience, field: Field) -> Form {
    let column = Audience::ALL.iter().position(|one| *one == audience);
    let row = TABLE.iter().find(|(one, _)| *one == field).map(|(_, forms)| forms);
    row.zip(column).and_then(|(row, column)| row.get(column).copied()).unwrap_or(Hidden)
}

pub fn is_clear(audience: Audience, field: Field) -> bool {
    form(audience, field) == Clear
}

/// Whether a role is a government office or a partner agency.
pub fn is_office(role: Role) -> bool {
    matches!(role.row().kind, RoleKind::Government | RoleKind::Partner)
}

/// The audiences of the steps that are visible to a role.
pub fn audiences_of(role: Role) -> &'static [StepAudience] {
    match role.row().kind {
        RoleKind::Government | RoleKind::Partner => StepAudience::ALL,
        RoleKind::Utility | RoleKind::Company | RoleKind::Committee => {
            &[StepAudience::Complainant, StepAudience::Parties]
        }
        _ => &[StepAudience::Complainant],
    }
}

impl Audience {
    /// The audience of a role. A resident is the complainant for their own complaint, otherwise a follower.
    pub fn of(role: Role, is_owner: bool) -> Audience {
        match role.row().kind {
            RoleKind::Government | RoleKind::Partner => Audience::Office,
            RoleKind::Utility => Audience::Utility,
            RoleKind::Company => Audience::Company,
            RoleKind::Committee => Audience::Committee,
            RoleKind::Public if is_owner => Audience::Complainant,
            RoleKind::Public => Audience::Follower,
            _ => Audience::Ledger,
        }
    }
}

/// The contact without unmasking, and whether it is masked; none if the audience does not get it.
pub fn contact(audience: Audience, contact: Contact) -> Option<(bool, Contact)> {
    match form(audience, Field::ContactPhone) {
        Clear => Some((false, contact)),
        OnRequest => {
            let known = |field, value: Option<String>, mask: fn(&str) -> String| {
                value.filter(|_| form(audience, field) == OnRequest).map(|text| mask(&text))
            };
            let masked = Contact {
                name: known(Field::ContactName, contact.name, masks::mask_name),
                phone: known(Field::ContactPhone, contact.phone, masks::mask_phone),
                address: known(Field::ContactAddress, contact.address, masks::mask_address),
            };
            Some((true, masked))
        }
        _ => None,
    }
}

/// A text in the form for an audience; none if hidden.
pub fn text(audience: Audience, field: Field, text: String, who: &Person) -> Option<String> {
    match form(audience, field) {
        Clear => Some(text),
        Scrubbed => Some(masks::scrub(&text, &who.values())),
        _ => None,
    }
}

/// Origin of an attachment: the complainant, with the complaint or later, or a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Complainant,
    Handler,
}

/// The form in which an audience gets the bytes of an attachment: clear, stripped or hidden.
pub fn file(audience: Audience, from: From, is_picture: bool) -> Form {
    let field = match (from, is_picture) {
        (From::Complainant, true) => Field::Picture,
        (From::Complainant, false) => Field::OtherFile,
        (From::Handler, true) => Field::StepPicture,
        (From::Handler, false) => Field::StepOtherFile,
    };
    form(audience, field)
}

/// Whether an attachment keeps its own name.
pub fn keeps_name(audience: Audience, from: From) -> bool {
    is_clear(audience, if from == From::Complainant { Field::FileName } else { Field::StepFileName })
}

/// What an audience gets of the attachments of a complaint.
pub fn files(audience: Audience) -> ComplaintAttachment {
    let shown = |from, is_picture| match file(audience, from, is_picture) {
        Form::Clear => Some(FileForm::Original),
        Form::Stripped => Some(FileForm::Stripped),
        _ => None,
    };
    let seen = |from| Visible {
        picture: shown(from, true),
        other: shown(from, false),
        under_its_name: keeps_name(audience, from),
    };
    ComplaintAttachment { complainant: seen(From::Complainant), handler: seen(From::Handler) }
}

/// Evidence in the form for an audience; `shown` tells whether the audience gets an attachment in any form. An
/// anonymous complaint has no contact to scrub titles by, so its titles are neutral.
pub fn evidence(
    audience: Audience,
    evidence: Vec<Evidence>,
    who: &Person,
    shown: impl Fn(Id) -> bool,
) -> Vec<Evidence> {
    if is_clear(audience, Field::EvidenceText) && is_clear(audience, Field::EvidenceLink) {
        return evidence;
    }
    let words = |words: String| text(audience, Field::EvidenceText, words, who);
    let one = |(at, one): (usize, Evidence)| Evidence {
        title: match who.anonymous || is_file_name(&one.title) {
            true => format!("附件{}", at + 1),
            false => words(one.title).unwrap_or_else(|| format!("附件{}", at + 1)),
        },
        text: one.text.and_then(words),
        url: one.url.filter(|_| is_clear(audience, Field::EvidenceLink)),
        attachment_id: one.attachment_id.filter(|id| shown(*id)),
    };
    evidence.into_iter().enumerate().map(one).collect()
}

/// Whether a title is a file name, which may contain a person's name.
pub fn is_file_name(title: &str) -> bool {
    let Some((name, ending)) = title.trim().rsplit_once('.') else { return false };
    !name.is_empty()
        && (2..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A grid of about 100 metres: thousandths of a degree.
const GRID: f64 = 1000.0;

/// The point, rounded to the grid.
pub fn coarse(point: Point) -> Point {
    let round = |degrees: f64| (degrees * GRID).round() / GRID;
    Point { longitude: round(point.longitude), latitude: round(point.latitude) }
}

/// The point in the form for an audience. The coarse form is the point of the complex, or the grid if there is none.
pub fn point(
    audience: Audience,
    exact: Option<Point>,
    of_complex: Option<Point>,
    released: bool,
    anonymous: bool,
) -> Option<Point> {
    let field = match (released, anonymous) {
        (false, _) => Field::Point,
        (true, false) => Field::ReleasedPoint,
        (true, true) => Field::ReleasedPointOfAnonymous,
    };
    match form(audience, field) {
        Clear => exact,
        Coarse => exact.map(|exact| of_complex.unwrap_or_else(|| coarse(exact))),
        _ => None,
    }
}

/// Description, location and evidence in the form for an audience.
pub fn visible_submission(
    audience: Audience,
    submission: Submission,
    who: &Person,
    shown: impl Fn(Id) -> bool,
) -> (Option<String>, Option<String>, Vec<Evidence>) {
    (
        text(audience, Field::Description, submission.description, who),
        submission.location.and_then(|words| text(audience, Field::Location, words, who)),
        evidence(audience, submission.evidence, who, shown),
    )
}

/// Text and evidence of a step in the form for an audience.
pub fn visible_step(audience: Audience, step_text: StepText, who: &Person, shown: impl Fn(Id) -> bool) -> StepText {
    StepText {
        text: step_text.text.and_then(|words| text(audience, Field::StepText, words, who)),
        evidence: evidence(audience, step_text.evidence, who, shown),
    }
}

/// The personal data of a complainant that texts are scrubbed of.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The values of the contact, and parts of them that identify the person on their own, such as the family name.
    known: Vec<String>,
    pub anonymous: bool,
}

impl Person {
    pub fn of(contact: Option<&Contact>, anonymous: bool) -> Person {
        let Some(contact) = contact else { return Person { known: Vec::new(), anonymous } };
        let mut known: Vec<String> =
            [&contact.name, &contact.phone, &contact.address].into_iter().flatten().cloned().collect();
        known.extend(contact.name.as_deref().map(masks::forms_of_name).unwrap_or_default());
        known.extend(contact.address.as_deref().map(masks::forms_of_address).unwrap_or_default());
        Person { known, anonymous }
    }

    pub fn values(&self) -> Vec<&str> {
        self.known.iter().map(String::as_str).collect()
    }
}

/// The table as a page of the documentation, in Markdown.
#[cfg(test)]
fn page() -> String {
    let mut page = String::from(
        "# Who can see what of a complaint\n\n\
         This page is generated from the table in `crates/cases/src/complaints/visibility.rs`. Every output of a complaint uses \
         that table: view, timeline, list filter, event feed, ledger leaf, name and bytes of an attachment, point, Open311 and \
         statistics. A response stored for an `Idempotency-Key` contains what its caller was allowed to see, and is deleted on \
         erasure. An uploader gets their own attachment unchanged until it is erased.\n\n|  |",
    );
    let cell = |page: &mut String, text: &str| page.push_str(&format!(" {text} |"));
    Audience::ALL.iter().for_each(|one| cell(&mut page, one.text()));
    page.push_str("\n|---|");
    Audience::ALL.iter().for_each(|_| page.push_str("---|"));
    for (field, forms) in TABLE {
        page.push_str("\n|");
        cell(&mut page, field.text());
        for form in forms {
            cell(&mut page, if *form == Hidden { "—" } else { word(*form) });
        }
    }
    page.push_str("\n\n");
    for form in Form::ALL.iter().filter(|form| **form != Hidden) {
        page.push_str(&format!("- **{}**: {}.\n", word(*form), form.text()));
    }
    page.push_str("- **—**: not at all.\n");
    wrapped(&page)
}

/// Prose in lines of at most 100 columns, which `.ci/markdown/check` asks for. Rows of the table stay whole.
#[cfg(test)]
fn wrapped(page: &str) -> String {
    let mut text = String::new();
    for line in page.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            if !line.starts_with('|') && current.chars().count() + 1 + word.chars().count() > 100 {
                text.push_str(&format!("{current}\n"));
                current = String::from(if line.starts_with("- ") { "  " } else { "" });
            } else if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        text.push_str(&format!("{current}\n"));
    }
    text
}

#[cfg(test)]
fn word(form: Form) -> &'static str {
    match form {
        Clear => "clear",
        OnRequest => "masked",
        ByConsent => "by consent",
        Scrubbed => "scrubbed",
        Coarse => "coarse",
        Stripped => "stripped",
        Neutral => "neutral",
        Digest => "digest",
        Count => "count",
        Hidden => "—",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_one_row_for_each_field() {
        assert_eq!(TABLE.len(), Field::ALL.len());
        for (field, (row, _)) in Field::ALL.iter().zip(TABLE) {
            assert_eq!(field, row);
        }
    }

    #[test]
    fn nothing_that_reaches_a_person_is_clear_outside_of_the_offices() {
        use Audience::*;
        let personal = [
            Field::Description,
            Field::Location,
            Field::Point,
            Field::ContactName,
            Field::ContactPhone,
            Field::ContactAddress,
            Field::Account,
            Field::HotlineNumber,
            Field::EvidenceText,
            Field::EvidenceLink,
            Field::FileName,
            Field::Picture,
            Field::OtherFile,
            Field::StepText,
        ];
        for audience in [Utility, Company, Committee, Follower, Public, Ledger, Figures] {
            for field in personal {
                assert!(!is_clear(audience, field), "{audience:?} {field:?}");
            }
        }
    }

    #[test]
    fn the_exact_point_of_an_anonymous_complaint_is_never_public() {
        let exact = Some(Point { longitude: 106.2531234, latitude: 38.2771234 });
        let complex = Some(Point { longitude: 106.25, latitude: 38.28 });
        for released in [false, true] {
            let shown = point(Audience::Public, exact, None, released, true);
            assert_eq!(shown, Some(Point { longitude: 106.253, latitude: 38.277 }));
            assert_eq!(point(Audience::Public, exact, complex, released, true), complex);
        }
        assert_eq!(point(Audience::Company, exact, None, true, true), exact);
        assert_ne!(point(Audience::Company, exact, None, false, false), exact);
        assert_eq!(point(Audience::Office, exact, complex, false, true), exact);
        assert_eq!(point(Audience::Ledger, exact, complex, true, false), None);
    }

    #[test]
    fn a_title_that_is_the_name_of_a_file_is_known() {
        for title in ["测试居民 13800000001.jpg", "IMG_1.HEIC", "合同.docx"] {
            assert!(is_file_name(title), "{title}");
        }
        for title in ["现场照片", "第 1.2 节", "v1.25", "现场照片。", ".jpg"] {
            assert!(!is_file_name(title), "{title}");
        }
    }

    #[test]
    fn the_page_in_docs_is_the_table() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/who-may-know.md");
        if std::env::var_os("XIAOQU_WRITE_DOCS").is_some() {
            std::fs::write(file, page()).expect("the page is written");
        }
        assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), page(), "XIAOQU_WRITE_DOCS=1 writes it again");
    }
}
