//! Who may know what of a ticket: one table. Every way out of a ticket (view, timeline, list filter, event, file, point,
//! public read, figure, stored answer) asks it. `docs/who-may-know.md` is written from it. Pure.

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
    /// Who reads.
    Audience:
    Complainant "Complainant 诉求人",
    Office "Offices 行政机关",
    Utility "Utility that handles it 专业运营单位",
    Company "Company that handles it 物业企业",
    Committee "Committee of the complex 业委会",
    Follower "Follower 关注人",
    Public "Anybody (Open311, similar complaints) 公众",
    Ledger "Ledger, feed, auditor 台账",
    Figures "Statistics 统计",
}

named! {
    /// What there is to know of a ticket.
    Field:
    Handling "State, category, deadlines, handler, complex 办理情况",
    PublicSummary "Public summary 公开摘要",
    Description "Description 诉求内容",
    Location "Place in words 具体位置",
    Point "Point 坐标",
    ReleasedPoint "Point that an office released 公开的坐标",
    ReleasedPointOfAnonymous "The same of an anonymous complaint 匿名诉求公开的坐标",
    ContactName "Name 姓名",
    ContactPhone "Phone 电话",
    ContactAddress "Address and flat 住址",
    Account "Account of the complainant 账号",
    HotlineNumber "Number of the hotline 热线编号",
    ComplainedOffice "Office complained of 被反映单位",
    ServingCompany "Company of the complex, before it handles the complaint 服务企业",
    EvidenceText "Titles and texts of evidence 证据文字",
    EvidenceLink "Links of evidence 证据链接",
    FileName "Name of a complainant's file 文件名",
    Picture "Complainant's picture: JPEG, PNG, WebP 图片",
    OtherFile "Complainant's other file: HEIC, PDF, Office, film 其他文件",
    StepText "What was said with a step 办理意见",
    StepFileName "Name of an office's or a company's file 办理附件名",
    StepPicture "Picture of an office or a company 办理图片",
    StepOtherFile "Other file of an office or a company 办理附件",
    OfficeStep "Steps for offices only 内部环节",
    Officer "Officer who acted 经办人",
}

named! {
    /// In which form it is known.
    Form:
    Clear "clear",
    OnRequest "masked; in full to the handler who states a reason, recorded",
    ByConsent "hidden; in full to the handler who states a reason, recorded, while the complainant consents",
    Scrubbed "without names, phones, flats, links and numbers of persons",
    Coarse "the complex, or a grid of about 100 m",
    Stripped "a copy without metadata",
    Neutral "a neutral name (图片1.jpg)",
    Digest "a salted digest",
    Count "counted",
    Hidden "—",
}

use Form::*;

/// One row a field, one column an audience in the order of [`Audience::ALL`].
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

/// The form in which an audience knows a field. What the table does not name nobody knows.
pub fn form(audience: Audience, field: Field) -> Form {
    let column = Audience::ALL.iter().position(|one| *one == audience);
    let row = TABLE.iter().find(|(one, _)| *one == field).map(|(_, forms)| forms);
    row.zip(column).and_then(|(row, column)| row.get(column).copied()).unwrap_or(Hidden)
}

pub fn is_clear(audience: Audience, field: Field) -> bool {
    form(audience, field) == Clear
}

/// Government offices, and the agencies that handle.
pub fn is_office(role: Role) -> bool {
    matches!(role.row().kind, RoleKind::Government | RoleKind::Partner)
}

/// The audiences whose steps a caller reads.
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
    /// The audience of a caller; of residents it matters whose the ticket is.
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

/// The contact as an audience may see it without asking on purpose.
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

/// A text as an audience may read it.
pub fn text(audience: Audience, field: Field, text: String, who: &Person) -> Option<String> {
    match form(audience, field) {
        Clear => Some(text),
        Scrubbed => Some(masks::scrub(&text, &who.values())),
        _ => None,
    }
}

/// Where a file came from: with the complaint or from the complainant later, or from whoever handles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Complainant,
    Handler,
}

/// The form in which an audience gets the bytes of a file: clear, stripped or hidden.
pub fn file(audience: Audience, from: From, is_picture: bool) -> Form {
    let field = match (from, is_picture) {
        (From::Complainant, true) => Field::Picture,
        (From::Complainant, false) => Field::OtherFile,
        (From::Handler, true) => Field::StepPicture,
        (From::Handler, false) => Field::StepOtherFile,
    };
    form(audience, field)
}

/// Is a file shown under its own name?
pub fn keeps_name(audience: Audience, from: From) -> bool {
    is_clear(audience, if from == From::Complainant { Field::FileName } else { Field::StepFileName })
}

/// What an audience gets of the files of a ticket.
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

/// Evidence as an audience may see it; `shown` says of a file whether this audience gets it in any form. Of an anonymous
/// ticket nothing is known by which a title could be scrubbed: its titles are neutral.
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

/// A title that is the name of a file says what its owner called it.
pub fn is_file_name(title: &str) -> bool {
    let Some((name, ending)) = title.trim().rsplit_once('.') else { return false };
    !name.is_empty()
        && (2..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A grid of about 100 metres: a thousandth of a degree.
const GRID: f64 = 1000.0;

/// A point no closer than the grid.
pub fn coarse(point: Point) -> Point {
    let round = |degrees: f64| (degrees * GRID).round() / GRID;
    Point { longitude: round(point.longitude), latitude: round(point.latitude) }
}

/// Where a ticket is, as an audience may know it; a coarse point is that of the complex, where there is one.
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

/// What was told, as an audience may read it.
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

/// What was said with a step, as an audience may read it.
pub fn visible_step(audience: Audience, step_text: StepText, who: &Person, shown: impl Fn(Id) -> bool) -> StepText {
    StepText {
        text: step_text.text.and_then(|words| text(audience, Field::StepText, words, who)),
        evidence: evidence(audience, step_text.evidence, who, shown),
    }
}

/// What is known of a complainant, for taking it out of texts.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The values of the contact, and what of them stands for the person by itself.
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

/// The table as a page of the documentation.
#[cfg(test)]
fn page() -> String {
    let mut page = String::from(
        "# Who may know what of a complaint\n\n\
         Written from the table in `crates/cases/src/complaints/visibility.rs`; a test compares. Every way out of a ticket \
         asks that table: view, timeline, list filter, feed, leaf of the ledger, name and bytes of a file, point, Open311, \
         statistics. A stored answer of an `Idempotency-Key` holds what its caller was shown, and is dropped on erasure. \
         Whoever uploaded a file gets it as it was uploaded, until it is erased.\n\n|  |",
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
    page
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
    fn the_exact_point_of_an_anonymous_ticket_is_never_public() {
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
        if std::env::var_os("WRITE_DOCS").is_some() {
            std::fs::write(file, page()).expect("the page is written");
        }
        assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), page(), "WRITE_DOCS=1 writes it again");
    }
}
