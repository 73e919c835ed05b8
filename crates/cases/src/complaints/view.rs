//! Tickets as a caller sees them: what of each field is for [`visibility`] to say.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock_rules::{is_over, last_day};
use super::encrypted::read_all;
use super::model::*;
use super::visibility::{self, Audience, Field, Person, is_office};
use super::{links, store};
use crate::access::Role;
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::complexes::model::Point;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::files;
use crate::http::Entity;
use crate::personal::{self, Purpose};
use crate::policy;
use crate::policy::complaints::{DeadlineClock, UtilityKind};
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::service::Ctx;

/// Who handles a ticket (承办单位).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Handler {
    pub role: Role,
    /// Its division; empty for a company (区划代码).
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// The company, where one handles it.
    pub company_id: Option<Id>,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
}

/// How to reach the complainant (联系方式), as far as the caller may know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    /// It is masked; `unmask` shows it in full to whoever may see it.
    pub masked: bool,
    /// Name (姓名).
    #[schema(max_length = 60, example = "张**")]
    pub name: Option<String>,
    /// Phone (电话).
    #[schema(max_length = 40, example = "138****0000")]
    pub phone: Option<String>,
    /// Address (住址).
    #[schema(max_length = 200, example = "望远示范花园****")]
    pub address: Option<String>,
}

/// An extension (延期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionView {
    /// How much, in the unit of the ticket's clock.
    #[schema(minimum = 1)]
    pub amount: u32,
    pub asked_at: Instant,
    /// Null while the supervisor has not decided.
    pub granted: Option<bool>,
}

/// A row that the ticket led to or belongs with (关联), and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    pub kind: LinkKind,
    pub id: Id,
    /// State of that row.
    #[schema(max_length = 40, example = "confirmed")]
    pub state: Option<String>,
}

/// A complaint (诉求工单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Complaint {
    pub id: Id,
    /// Grows by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    /// Code of the category.
    #[schema(max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// The category in Chinese.
    #[schema(max_length = 100, example = "环境卫生")]
    pub category_zh: String,
    /// The category in English.
    #[schema(max_length = 200, example = "Cleaning")]
    pub category_en: String,
    /// Which utility, where the category is of several.
    pub organisation: Option<UtilityKind>,
    pub state: ComplaintState,
    /// Its handler still owes something.
    pub open: bool,
    /// Open, and its time to reply is over; while it waits for the complainant none runs.
    pub overdue: bool,
    /// Open, not accepted, and its time to accept is over.
    pub accept_overdue: bool,
    /// What its limits count.
    pub clock: DeadlineClock,
    /// Until when it is to be accepted: before this instant, which for a day is 24:00 (Civil Code 203).
    pub accept_due: Instant,
    /// Until when it is to be replied to, with what was added for pauses and an extension: before this instant.
    pub resolve_due: Instant,
    /// Years up to these whose arrangement of holidays is not on file (尚无节假日安排的年份): until it is, they may move to later
    /// days.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Since when it waits for the complainant.
    pub paused_since: Option<Instant>,
    pub extension: Option<ExtensionView>,
    pub submitted_at: Instant,
    pub accepted_at: Option<Instant>,
    /// When it was replied to.
    pub resolved_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    /// Every acceptance was on time; null before the first.
    pub accepted_on_time: Option<bool>,
    /// Every reply was on time; null before the first.
    pub resolved_on_time: Option<bool>,
    /// Red cards given.
    #[schema(minimum = 0)]
    pub red_cards: i64,
    /// Since when it is with its supervisor, too, because it was late.
    pub escalated_at: Option<Instant>,
    /// The complainant reopened it; that is possible once.
    pub reopened: bool,
    /// How satisfied the complainant is with the last reply, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<i64>,
    pub handler: Handler,
    /// Who supervises it (督办单位); null where every office that could is the handler or is complained of.
    pub supervising_office: Option<OfficeRef>,
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
    /// The company that served the complex when it came in, or that handles it; shown to offices.
    pub company_id: Option<Id>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits; empty for a ticket that no office of a township may see.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits; empty where only the township is known.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Where; to others than the offices and the complainant the complex, or a grid of about 100 m, unless an office
    /// released the exact point.
    pub point: Option<Point>,
    /// An office released the exact point to those who handle the ticket.
    pub point_released: bool,
    /// Where exactly, in words.
    #[schema(max_length = 200, example = "3 号楼 2 单元门厅")]
    pub location: Option<String>,
    /// What the complainant told; to others than the offices and the complainant without what names or reaches a person.
    #[schema(max_length = 5000, example = "楼道垃圾连续三天无人清理，气味很大")]
    pub description: Option<String>,
    /// Photographs and the like; to others than the offices and the complainant without links, and of files only pictures.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    /// Null where there is none, where it was erased, and to those who may not know it.
    pub contact: Option<ContactView>,
    /// The complainant did not want to be known.
    pub anonymous: bool,
    /// The complainant lets the company that handles it see the contact.
    pub consent_to_company: bool,
    /// When its personal data were erased.
    pub erased_at: Option<Instant>,
    /// The hotline's own number of it; shown to offices.
    #[schema(max_length = 40)]
    pub hotline_number: Option<String>,
    pub confidentiality: Confidentiality,
    /// Its category may be shown to anybody.
    pub public: bool,
    /// What anybody may read of it.
    #[schema(max_length = 500)]
    pub public_summary: Option<String>,
    /// The office complained of.
    pub complained_office: Option<OfficeRef>,
    /// What it led to and belongs with.
    #[schema(max_items = 50)]
    pub links: Vec<LinkView>,
    /// The ticket that it was merged into.
    pub merged_into: Option<Id>,
    /// Residents who submitted or follow it.
    #[schema(minimum = 0)]
    pub followers: i64,
    /// Version of the policy that its category is of.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub updated_at: Instant,
}

/// Which audience the caller is of each of these tickets.
pub fn audience_of(conn: &mut Conn, ctx: &Ctx, ids: &[Id]) -> WorkResult<impl Fn(Id) -> Audience + use<>> {
    let role = ctx.caller.role;
    let own = match role {
        Role::Resident => store::owned(conn, ids, &ctx.caller.person())?,
        _ => Vec::new(),
    };
    Ok(move |id: Id| Audience::of(role, own.contains(&id)))
}

pub fn entity(conn: &mut Conn, ctx: &Ctx, row: ComplaintRow) -> WorkResult<Entity<Complaint>> {
    let (id, version) = (row.id, row.version);
    let view =
        views(conn, ctx, vec![row])?.pop().ok_or_else(|| Problem::broken("a complaint that was read has no view"))?;
    Ok(Entity::new(id, version, view))
}

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<ComplaintRow>) -> WorkResult<Vec<Complaint>> {
    let ring = ctx.state.keys.ring();
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut submission = read_all::<Submission>(personal::decrypt_many(conn, &ring, &ids, Purpose::Description)?)?;
    let mut contacts = read_all::<Contact>(personal::decrypt_many(conn, &ring, &ids, Purpose::Contact)?)?;
    let audience = audience_of(conn, ctx, &ids)?;
    let complexes = complexes::names_of(conn, &rows.iter().filter_map(|row| row.complex_id).collect::<Vec<_>>())?;
    let points = match is_office(ctx.caller.role) {
        true => HashMap::new(),
        false => complexes::points_of(conn, &rows.iter().filter_map(|row| row.complex_id).collect::<Vec<_>>())?,
    };
    let files = submission.iter().flat_map(|(id, submission)| {
        files::attachments_of(&submission.evidence).into_iter().map(|file| (file, audience(*id))).collect::<Vec<_>>()
    });
    let shown = visible_files(conn, ctx, files.collect())?;
    let companies = companies::names_of(conn, &rows.iter().filter_map(|row| row.company_id).collect::<Vec<_>>())?;
    let followers = store::follower_counts(conn, &ids)?;
    let states = links::states_of(conn, rows.iter().flat_map(|row| &row.course.0.links))?;
    let versions: Vec<i64> = rows.iter().map(|row| row.course.0.policy_version).collect();
    let policies = policy::holding(conn, &ctx.state, &versions)?;
    rows.into_iter()
        .map(|row| {
            let category = policies
                .get(row.course.0.policy_version)
                .and_then(|version| version.document().complaints.category(&row.category));
            let names = Names {
                category: category.map(|one| (one.name_zh.clone(), one.name_en.clone())).unwrap_or_default(),
                complex: row.complex_id.and_then(|id| complexes.get(&id)).cloned(),
                company: row.company_id.and_then(|id| companies.get(&id)).map(|(name, _)| name.clone()),
                followers: followers.get(&row.id).copied().unwrap_or_default(),
            };
            let audience = audience(row.id);
            let contact = contacts.remove(&row.id);
            let who = Person::of(contact.as_ref(), row.course.0.anonymous);
            let submission = submission
                .remove(&row.id)
                .map(|submission| visibility::visible_submission(audience, submission, &who, |id| shown.contains(&id)));
            let of_complex = row.complex_id.and_then(|id| points.get(&id)).copied();
            let counts_days = row.is_open && row.course.0.clock == DeadlineClock::WorkingDays;
            let last = counts_days.then(|| last_day(row.resolve_due, ctx.state.clock.zone()));
            let missing = calendar::missing_until(conn, ctx, &row.county, [last])?;
            Ok(Complaint {
                calendar_missing: missing,
                ..view(ctx, row, audience, contact, submission, of_complex, names, &states)
            })
        })
        .collect()
}

/// Of the files of tickets, those that the caller gets; an office gets all.
pub fn visible_files(conn: &mut Conn, ctx: &Ctx, files: Vec<(Id, Audience)>) -> WorkResult<HashSet<Id>> {
    match is_office(ctx.caller.role) {
        true => Ok(files.into_iter().map(|(id, _)| id).collect()),
        false => {
            let files: Vec<_> = files.into_iter().map(|(id, audience)| (id, visibility::files(audience))).collect();
            files::visible_of_complaints(conn, ctx, &files)
        }
    }
}

struct Names {
    category: (String, String),
    complex: Option<String>,
    company: Option<String>,
    followers: i64,
}

/// Description, place and evidence, as an audience may read them.
type Words = (Option<String>, Option<String>, Vec<Evidence>);

#[expect(clippy::too_many_arguments, reason = "all that a complaint is shown with, read before in one place")]
fn view(
    ctx: &Ctx,
    row: ComplaintRow,
    audience: Audience,
    contact: Option<Contact>,
    submission: Option<Words>,
    of_complex: Option<Point>,
    names: Names,
    states: &HashMap<(LinkKind, Id), String>,
) -> Complaint {
    let (handler, supervising_office) = (row.handler(), row.supervising_office());
    let office = audience == Audience::Office;
    let knows = |field| visibility::is_clear(audience, field);
    let course = row.course.0;
    let runs = row.is_open && course.paused_at.is_none();
    let (description, location, evidence) = submission.unwrap_or_default();
    let with_company = handler.role == Role::PropertyCompany;
    Complaint {
        id: row.id,
        version: row.version,
        kind: row.kind,
        channel: row.channel,
        category: row.category,
        category_zh: names.category.0,
        category_en: names.category.1,
        organisation: row.organisation,
        state: row.state,
        open: row.is_open,
        overdue: runs && is_over(row.resolve_due, ctx.now),
        accept_overdue: runs && course.accepted_at.is_none() && is_over(course.accept_due, ctx.now),
        clock: course.clock,
        accept_due: course.accept_due,
        resolve_due: row.resolve_due,
        calendar_missing: Vec::new(),
        paused_since: course.paused_at,
        extension: course.extension.map(|one| ExtensionView {
            amount: one.amount,
            asked_at: one.asked_at,
            granted: one.granted,
        }),
        submitted_at: row.submitted_at,
        accepted_at: course.accepted_at,
        resolved_at: course.resolved_at,
        closed_at: course.closed_at,
        accepted_on_time: row.accepted_on_time,
        resolved_on_time: row.resolved_on_time,
        red_cards: row.red_cards,
        escalated_at: course.escalated_at,
        reopened: row.reopened,
        satisfaction: row.satisfaction,
        handler: Handler {
            role: handler.role,
            division: handler.division,
            company_id: row.company_id.filter(|_| with_company),
            company_name: names.company.filter(|_| with_company),
        },
        supervising_office,
        complex_id: row.complex_id,
        complex_name: names.complex,
        company_id: row.company_id.filter(|_| with_company || knows(Field::ServingCompany)),
        county: row.county,
        township: row.township,
        community: row.community,
        point: visibility::point(audience, course.point, of_complex, course.point_released, course.anonymous),
        point_released: course.point_released,
        location,
        description,
        evidence,
        contact: contact.and_then(|contact| visibility::contact(audience, contact)).map(contact_view),
        anonymous: course.anonymous,
        consent_to_company: course.consent,
        erased_at: course.erased_at,
        hotline_number: row.hotline_number.filter(|_| knows(Field::HotlineNumber)),
        confidentiality: row.confidentiality,
        public: row.is_public,
        public_summary: course.public_summary,
        complained_office: course.complained_office.filter(|_| knows(Field::ComplainedOffice)),
        // A case is no party's business before its notice, nor a planned visit anybody's to prepare for.
        links: course
            .links
            .into_iter()
            .filter(|link| office || (audience == Audience::Complainant && link.kind == LinkKind::Violation))
            .map(|link| LinkView { kind: link.kind, state: states.get(&(link.kind, link.id)).cloned(), id: link.id })
            .collect(),
        merged_into: course.merged_into,
        followers: names.followers,
        policy_version: course.policy_version,
        updated_at: row.updated_at,
    }
}

fn contact_view((masked, contact): (bool, Contact)) -> ContactView {
    ContactView { masked, name: contact.name, phone: contact.phone, address: contact.address }
}

pub fn in_full(contact: Contact) -> ContactView {
    contact_view((false, contact))
}
