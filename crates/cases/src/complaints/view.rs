//! Complaints as a caller sees them; [`visibility`] decides the form of each field.

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

/// Handler of a complaint (承办单位).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Handler {
    pub role: Role,
    /// Division code (区划代码) of 6, 9 or 12 digits; empty for a company.
    #[schema(max_length = 12, example = "640121102")]
    pub division: String,
    /// The handling company; null if the handler is an office.
    pub company_id: Option<Id>,
    /// Name of the company; null if the handler is an office.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: Option<String>,
}

/// Contact of the complainant (联系方式), as far as it is visible to you.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    /// True if the values are masked. The handler can get them in full: `GET /v1/complaints/{id}?unmask=…`.
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

/// An extension request and its decision (延期).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionView {
    /// Amount of time, in the unit of the complaint's `clock`.
    #[schema(minimum = 1)]
    pub amount: u32,
    /// When the extension was requested.
    pub asked_at: Instant,
    /// Null while pending; false: refused.
    pub granted: Option<bool>,
}

/// A linked resource (关联) and its state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    pub kind: LinkKind,
    /// Id of the linked resource.
    pub id: Id,
    /// State of the linked resource.
    #[schema(max_length = 40, example = "confirmed")]
    pub state: Option<String>,
}

/// A complaint (诉求).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Complaint {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: ComplaintKind,
    pub channel: ComplaintChannel,
    /// Code of the category.
    #[schema(max_length = 64, example = "service.cleaning")]
    pub category: String,
    /// Chinese name of the category.
    #[schema(max_length = 100, example = "环境卫生")]
    pub category_zh: String,
    /// English name of the category.
    #[schema(max_length = 200, example = "Cleaning")]
    pub category_en: String,
    /// Kind of utility, from submission or transfer; otherwise null.
    pub organisation: Option<UtilityKind>,
    pub state: ComplaintState,
    /// False if replied, closed, rejected, merged.
    pub open: bool,
    /// True if open and past the resolution deadline. Always false during a pause.
    pub overdue: bool,
    /// True if open, not accepted and past the acceptance deadline.
    pub accept_overdue: bool,
    /// Unit of the time limits.
    pub clock: DeadlineClock,
    /// Acceptance deadline, exclusive; for working days it is 24:00 of the last day (Civil Code 203).
    pub accept_due: Instant,
    /// Resolution deadline, exclusive, with past pauses and extension.
    pub resolve_due: Instant,
    /// Years up to the resolution deadline whose holidays are not recorded yet (尚无节假日安排的年份). The deadline may still
    /// move to a later day.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Start of the current pause; null unless information from the complainant is pending.
    pub paused_since: Option<Instant>,
    pub extension: Option<ExtensionView>,
    pub submitted_at: Instant,
    /// Time of the acceptance, rejection or reply, whichever came first. Null until then, and again after a reopening.
    pub accepted_at: Option<Instant>,
    /// When replied to; null again if reopened.
    pub resolved_at: Option<Instant>,
    /// When closed, rejected or merged; null until then or if reopened.
    pub closed_at: Option<Instant>,
    /// True if every acceptance was on time; null before the first.
    pub accepted_on_time: Option<bool>,
    /// True if every reply was on time; null before the first.
    pub resolved_on_time: Option<bool>,
    /// Number of red cards (红牌), one for each missed deadline.
    #[schema(minimum = 0)]
    pub red_cards: i64,
    /// When it was escalated to the supervising office (first red card); null if not. The handler stays.
    pub escalated_at: Option<Instant>,
    /// True if the complainant reopened it, which is possible once.
    pub reopened: bool,
    /// Satisfaction rating of the last reply, 1 to 5; null if not rated.
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<i64>,
    pub handler: Handler,
    /// Supervising office (督办单位); null if every eligible office is the handler or complained of.
    pub supervising_office: Option<OfficeRef>,
    pub complex_id: Option<Id>,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: Option<String>,
    /// The handling company. Else, for offices: the last handling company, or the one that served the complex at
    /// submission.
    pub company_id: Option<Id>,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits; empty for a complaint that township offices must not see.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits; empty if only the township is known.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Exact for offices and the complainant. For others that of the complex, or rounded to about 100 m, unless an
    /// office released it.
    pub point: Option<Point>,
    /// True if an office released the exact point.
    pub point_released: bool,
    /// Location in words (具体位置).
    #[schema(max_length = 200, example = "3 号楼 2 单元门厅")]
    pub location: Option<String>,
    /// The description. Offices and the complainant get it in full, others without personal data.
    #[schema(max_length = 5000, example = "楼道垃圾连续三天无人清理，气味很大")]
    pub description: Option<String>,
    /// Evidence. Only offices and the complainant get URLs and attachments that are no pictures.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    /// Null if none was given, if it was erased, or if it is not visible to you.
    pub contact: Option<ContactView>,
    /// True if the complainant is anonymous.
    pub anonymous: bool,
    /// True if a handler that is not an office may see the contact.
    pub consent_to_company: bool,
    /// When the personal data were erased; null until then.
    pub erased_at: Option<Instant>,
    /// Number from the hotline (热线工单编号); visible to offices.
    #[schema(max_length = 40)]
    pub hotline_number: Option<String>,
    pub confidentiality: Confidentiality,
    /// True if the category is public.
    pub public: bool,
    /// Public summary (公开摘要) by an office; null if none.
    #[schema(max_length = 500)]
    pub public_summary: Option<String>,
    /// Office complained of; visible to offices and the complainant.
    pub complained_office: Option<OfficeRef>,
    /// Linked violations, inspections and hazards. Offices get all, the complainant violations, others none.
    #[schema(max_items = 50)]
    pub links: Vec<LinkView>,
    /// The target complaint of a merge; otherwise null.
    pub merged_into: Option<Id>,
    /// Number of residents who submitted or follow the complaint.
    #[schema(minimum = 0)]
    pub followers: i64,
    /// Version of the policy that governs the complaint.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub updated_at: Instant,
}

/// The audience that the caller belongs to for each of these complaints.
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

/// The attachments of complaints that are visible to the caller; an office sees all.
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

/// Description, location and evidence, in the form for an audience.
type Words = (Option<String>, Option<String>, Vec<Evidence>);

#[expect(clippy::too_many_arguments, reason = "the parts of a complaint view, read together beforehand")]
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
        // Parties learn of a case from its notice only, and must not be able to prepare for a planned inspection.
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
